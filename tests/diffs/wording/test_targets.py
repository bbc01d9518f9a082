"""A target reads the same wherever it is told."""

from dataclasses import replace

import pytest

from diffs.values import Target, TargetMove
from diffs.wording.targets import held, move, with_unit

UNDER_4 = Target("late_shipment_rate", "<", 4.0, window="30 days", scope="seller-fulfilled")
AT_LEAST_95 = Target("valid_tracking_rate", ">=", 95.0)
INDEX = Target("inventory_performance_index", "range", 350.0, "score", 400.0)


@pytest.mark.parametrize(
    ("number", "unit", "words"),
    [
        ("2.5", "percent", "2.5%"),
        ("24", "hours", "24 hours"),
        ("1", "days", "1 day"),
        ("200", "score", "200 points"),
        ("1,000", "count", "1,000"),
    ],
)
def test_a_figure_is_shown_with_its_unit(number: str, unit: str, words: str) -> None:
    assert with_unit(number, unit) == words


def test_a_target_says_what_it_asks_for() -> None:
    assert held(UNDER_4) == "under 4%"
    assert held(AT_LEAST_95) == "at least 95%"
    assert held(INDEX) == "350 to 400 points"
    assert held(Target("order_count", ">=", 1000, "count")) == "at least 1,000"


@pytest.mark.parametrize(
    ("moved", "words"),
    [
        (
            TargetMove("stricter", UNDER_4, replace(UNDER_4, value=2.5)),
            "Late shipment rate: the limit falls from 4% to 2.5% (30 days; seller-fulfilled)",
        ),
        (
            TargetMove("looser", AT_LEAST_95, replace(AT_LEAST_95, value=90.0)),
            "Valid tracking rate: the minimum falls from 95% to 90%",
        ),
        (
            TargetMove("stricter", AT_LEAST_95, replace(AT_LEAST_95, comparator=">", value=97.0)),
            "Valid tracking rate: from at least 95% to over 97%, stricter",
        ),
        (TargetMove("appeared", None, INDEX), "New target: Inventory performance index 350 to 400 points"),
        (TargetMove("gone", AT_LEAST_95), "Target removed: Valid tracking rate at least 95%"),
        (TargetMove("gone"), "Target: gone"),
        (
            TargetMove("strength", replace(AT_LEAST_95, strength="recommendation"), AT_LEAST_95),
            "Valid tracking rate: from at least 95% (recommendation) to at least 95% (requirement), stricter",
        ),
        (
            TargetMove("scope", UNDER_4, replace(UNDER_4, scope=None)),
            "Late shipment rate under 4%: now for all (was: seller-fulfilled)",
        ),
        (
            TargetMove("window", UNDER_4, replace(UNDER_4, window="7 days")),
            "Late shipment rate under 4%: now measured over 7 days (was: 30 days)",
        ),
    ],
)
def test_a_target_that_moved_is_one_line(moved: TargetMove, words: str) -> None:
    assert move(moved) == words


def test_a_line_may_leave_the_days_out() -> None:
    assert move(TargetMove("gone", UNDER_4), window=False).endswith("under 4% (seller-fulfilled)")


def test_a_target_that_was_only_announced_is_removed_with_its_day() -> None:
    announced = Target("late_shipment_rate", "<", 3, effective_on="2027-01-15", scope="new sellers")
    yearly = Target("late_shipment_rate", "<", 3, effective_on="--05-01")

    assert move(TargetMove("gone", announced, None)) == (
        "Target removed: Late shipment rate under 3% from 15 January 2027 (new sellers)"
    )
    assert move(TargetMove("gone", yearly, None)) == "Target removed: Late shipment rate under 3%"
