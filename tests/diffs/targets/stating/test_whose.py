"""Each figure of a sentence has its own scope, window and strength, and what binds nobody is no limit."""

from dataclasses import replace

import pytest

from diffs.targets.extract import extract_targets
from diffs.targets.over_time.moves import moves
from diffs.values import Document, Target
from diffs.wording.targets import move
from tests.diffs.phrasing import heading, policy


def found(sentence: str, language: str = "en", above: str = "Rules") -> tuple[Target, ...]:
    return extract_targets(page(sentence, language, above))


def page(sentence: str, language: str = "en", above: str = "Rules") -> Document:
    return replace(policy(heading(above), sentence), language=language)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The late shipment rate must be 4% or less; for Premium Shipping 1%.", [(4, None), (1, "premium shipping")]),
        ("Your late shipment rate must stay under 5% in the US and 3% in Canada.", [(5, "US"), (3, "Canada")]),
        (
            "Sellers with more than 500 orders must keep their late shipment rate under 2%; all others must keep it under 4%.",
            [(2, "Sellers with more than 500 orders"), (4, "all others")],
        ),
        (
            "In their first 90 days, sellers must keep their late shipment rate under 6%.",
            [(6, "In their first 90 days")],
        ),
        (
            "The cancellation rate must be below 1% for sellers with at least 1,000 orders and below 3% for everyone else.",
            [(1, "sellers with at least 1,000 orders"), (3, "everyone else")],
        ),
        (
            "If you ship fewer than 100 orders a month, your late shipment rate must stay below 6%.",
            [(6, "If you ship fewer than 100 orders")],
        ),
        ("Your late shipment rate must be under 4%, except for sellers with fewer than 30 orders.", [(4, None)]),
        (
            "The late shipment rate must be under 4% and the cancellation rate under 2.5% for seller-fulfilled orders.",
            [(4, "seller-fulfilled"), (2.5, "seller-fulfilled")],
        ),
    ],
)
def test_a_scope_is_that_of_the_figure_it_is_about(sentence: str, expected: list[tuple[float, str | None]]) -> None:
    assert [(one.value, one.scope) for one in found(sentence)] == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Keep your late shipment rate under 4% over 30 days and your cancellation rate under 2.5%.",
            ["30 days", None],
        ),
        (
            "Over 30 days, keep your late shipment rate under 4% and your cancellation rate under 2.5%.",
            ["30 days", "30 days"],
        ),
        (
            "Keep your late shipment rate under 4% and your cancellation rate under 2.5% over 30 days.",
            ["30 days", "30 days"],
        ),
    ],
)
def test_a_window_is_that_of_the_figure_it_is_about(sentence: str, expected: list[str | None]) -> None:
    assert [one.window for one in found(sentence)] == expected


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("The average seller has a late shipment rate under 2%.", "en"),
        ("Most sellers have a cancellation rate of 1% or less.", "en"),
        ("Our own late shipment rate is 0.8%, well under 1%.", "en"),
        ("Your late shipment rate is currently under 1%.", "en"),
        ("Die Stornorate der meisten Händler liegt unter 1 %, die meisten Händler liegen bei 0,5 %.", "de"),
        ("A late shipment rate above 4% no longer leads to deactivation.", "en"),
        ("Eine Stornorate über 4 % führt nicht mehr zur Sperrung.", "de"),
        ("Wir haben eine Stornorate von 2 % erwogen.", "de"),
    ],
)
def test_what_binds_nobody_is_no_limit(sentence: str, language: str) -> None:
    assert found(sentence, language) == ()


def test_a_limit_that_was_only_considered_is_none() -> None:
    assert [one.value for one in found("We considered a late shipment rate limit of 3% but will keep 4%.")] == [4]


def test_a_share_of_twenty_five_is_a_limit() -> None:
    assert [one.value for one in found("Your late shipment rate may not exceed 1 in 25.")] == [4]


def test_it_is_now_moves_the_limit_of_the_sentence_before() -> None:
    before, after = (
        page(f"The limit was 4% until March 3. It is now {now}%.", above="Late shipment rate") for now in (3, 2)
    )

    (moved,) = moves(extract_targets(before), extract_targets(after))

    assert move(moved) == "Late shipment rate: the limit falls from 3% to 2%"


def test_it_is_now_is_read_in_german_too() -> None:
    (now,) = found("Die Grenze lag bis 3. März bei 4 %. Sie liegt jetzt bei 3 %.", "de", above="Stornorate")

    assert (now.metric, now.value) == ("cancellation_rate", 3)


def test_a_requirement_stays_when_the_advice_beside_it_is_dropped() -> None:
    both, one = (
        found(text)
        for text in (
            "A valid tracking rate of 97% is required, 99% is recommended.",
            "A valid tracking rate of 97% is required.",
        )
    )

    assert [(target.value, target.strength) for target in both] == [(97, "requirement"), (99, "recommendation")]
    assert [(moved.move, moved.before and moved.before.value) for moved in moves(both, one)] == [("gone", 99)]


def test_a_time_in_another_unit_is_the_same_target() -> None:
    before, after, same = (
        found(f"Answer buyer messages within {time}.") for time in ("one day", "36 hours", "24 hours")
    )

    (moved,) = moves(before, after)

    assert move(moved).endswith("the limit rises from 1 day to 36 hours")
    assert moves(before, same) == ()
