"""A page's own short name of a metric is read as that metric."""

from diffs.targets.extract import extract_targets
from diffs.targets.metrics.aliases import aliases_in, mentioned
from tests.diffs.phrasing import heading, policy

PAGE = policy(
    heading("Rules"),
    "The seller-fault cancellation rate (SFX) counts orders that you cancel.",
    "Keep your SFX under 2%.",
)


def test_a_short_name_in_brackets_stands_for_the_metric_before_it() -> None:
    ((short, metric),) = aliases_in(PAGE)

    assert (short, metric.name) == ("SFX", "cancellation_rate")
    assert [(one.start, one.end) for one in mentioned("Keep your SFX low, not SFXY.", aliases_in(PAGE))] == [(10, 13)]


def test_a_target_of_a_short_name_is_one_of_the_metric() -> None:
    assert [(target.metric, target.value) for target in extract_targets(PAGE)] == [("cancellation_rate", 2)]
