"""A limit is in force from its first day to its last, where the text gives them."""

from dataclasses import replace

import pytest

from diffs.targets.extract import extract_targets
from diffs.targets.over_time.moves import moves
from diffs.values import Block
from tests.diffs.phrasing import heading, item, policy, row

Days = tuple[float, str | None, str | None]


def days(*blocks: Block | str, language: str = "en") -> list[Days]:
    found = extract_targets(replace(policy(heading("Targets"), *blocks), language=language))
    return [(target.value, target.effective_on, target.ends_on) for target in found]


@pytest.mark.parametrize(
    ("sentence", "language", "expected"),
    [
        ("Keep your late shipment rate under 2% from 15 April 2026.", "en", [(2, "2026-04-15", None)]),
        (
            "Your late shipment rate must stay under 4% until 14 April 2026 and under 2% afterwards.",
            "en",
            [(4, None, "2026-04-14"), (2, "2026-04-15", None)],
        ),
        (
            "The late shipment rate must be under 4% today, and from 1 May 2026 under 2%.",
            "en",
            [(4, None, "2026-04-30"), (2, "2026-05-01", None)],
        ),
        (
            "The late shipment rate limit is 4%; from 1 May 2026, it must be under 2%.",
            "en",
            [(4, None, "2026-04-30"), (2, "2026-05-01", None)],
        ),
        (
            "From 1 May 2026, the late shipment rate must be under 2% and the cancellation rate under 1%.",
            "en",
            [(2, "2026-05-01", None), (1, "2026-05-01", None)],
        ),
        (
            "The late shipment rate must be under 2% and the cancellation rate under 1% from 1 May 2026.",
            "en",
            [(2, "2026-05-01", None), (1, "2026-05-01", None)],
        ),
        ("The late shipment rate limit falls from 4% to 3% on 1 May 2026.", "en", [(3, "2026-05-01", None)]),
        (
            "Sellers who joined after 1 May 2026 must keep a late shipment rate under 3%.",
            "en",
            [(3, None, None)],
        ),
        (
            "La tasa de cancelación debe ser inferior al 4% hasta el 30 de junio de 2026; a partir del 1 de julio de 2026, inferior al 3%.",
            "es",
            [(4, None, "2026-06-30"), (3, "2026-07-01", None)],
        ),
    ],
)
def test_a_date_is_that_of_the_figure_it_is_about(sentence: str, language: str, expected: list[Days]) -> None:
    assert days(sentence, language=language) == expected


def test_the_lead_the_heading_or_the_column_gives_the_days() -> None:
    line = item("Late shipment rate: under 3%")
    assert days("Requirements from 1 March 2027:", line) == [(3, "2027-03-01", None)]
    assert days(heading("Requirements until 31 May"), line) == [(3, None, "--05-31")]
    assert days(row("Metric", "until 31 May", "from 1 June"), row("Late shipment rate", "under 4%", "under 2%")) == [
        (4, None, "--05-31"),
        (2, "--06-01", None),
    ]
    assert days(row("Metric", "2 of 3", "Target"), row("Late shipment rate", "1", "under 2%")) == [(2, None, None)]


def test_the_sentence_beside_it_gives_the_days() -> None:
    assert days("The late shipment rate must be under 2%. This change takes effect on 1 May 2026.") == [
        (2, "2026-05-01", None)
    ]
    assert days(
        "The late shipment rate must be under 4% until 30 April 2026. After that, the late shipment rate must be under 2%."
    ) == [(4, None, "2026-04-30"), (2, "2026-05-01", None)]
    assert days("We wrote to you. Then the late shipment rate must be under 2%.") == [(2, None, None)]


def test_a_limit_that_another_follows_moves_to_it() -> None:
    before = policy("Your late shipment rate must stay under 4%.")
    after = policy("Your late shipment rate must stay under 4% until 14 April 2026 and under 2% afterwards.")

    (move,) = moves(extract_targets(before), extract_targets(after))

    assert (move.move, move.before and move.before.value, move.after and move.after.value) == ("stricter", 4, 2)


def test_a_limit_that_is_put_off_begins_on_the_new_day_and_does_not_end_on_it() -> None:
    assert days("The late shipment limit of under 3% is postponed from January 15, 2027 to March 1, 2027.") == [
        (3, "2027-03-01", None)
    ]


def test_the_day_on_which_a_limit_begins_for_some_is_not_that_for_all() -> None:
    rises = (
        "The target for valid tracking rises to 97%, from December 1, 2026 for new sellers and from February 1, 2027"
    )

    assert days(f"{rises} for all sellers.") == [(97, "2027-02-01", None)]
    assert days(f"{rises} for Plus sellers.") == [(97, "2026-12-01", None)]


def test_a_word_that_only_means_a_limit_is_no_metric_of_its_own() -> None:
    page = policy(
        heading("Rate verspäteter Lieferungen"),
        "Halten Sie die Rate verspäteter Lieferungen unter 4 %. Ab dem 1. Februar 2027 gilt ein Grenzwert von 3 %.",
    )
    found = extract_targets(replace(page, language="de"))

    assert [(one.metric, one.comparator, one.value, one.effective_on) for one in found] == [
        ("late_shipment_rate", "<", 4, None),
        ("late_shipment_rate", "<", 3, "2027-02-01"),
    ]


def test_the_step_of_a_minimum_is_that_of_the_metric_before_it() -> None:
    limit = "You must keep a valid tracking rate of at least 95%."
    for step in (
        "The minimum rises to 97% from February 1, 2027.",
        "The minimum rises to 97%: this applies from December 1, 2026 for new sellers, and from February 1, 2027 for all.",
    ):
        assert days(heading("Valid tracking rate"), f"{limit} {step}") == [(95, None, None), (97, "2027-02-01", None)]
