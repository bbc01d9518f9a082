"""A date holds back only the target that it is about."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from diffs.targets.over_time.holding import concern, is_held_back, is_of, standing
from diffs.targets.over_time.repeats import once
from diffs.values import Target

LATE = Target("late_shipment_rate", "<", 2, sentence="Effective 1 June 2027, keep your LSR under 2%.")


@pytest.mark.parametrize(
    ("sentence", "held"),
    [
        ("", True),
        ("Effective 1 June 2027, keep your LSR under 2%.", True),
        ("From 1 June 2027 a lower late shipment rate applies.", True),
        ("These changes take effect on 1 June 2027.", True),
        ("Die neue Richtlinie gilt ab dem 1. Juni 2027.", True),
        ("Effective January 15, 2027, orders with Buy Shipping labels are not counted.", False),
        ("From 15 January 2027 cancelled parcels are counted by units.", False),
        ("Effective January 15, 2027, warehouses in the north close earlier on holidays.", False),
        ("Effective January 15, 2027", None),
    ],
)
def test_a_date_is_that_of_what_its_sentence_is_about(sentence: str, held: bool | None) -> None:
    assert is_held_back(LATE, sentence) is held


DAY, SEEN = date(2026, 3, 1), date(2026, 2, 10)


def figures_of(stated: list[Target], day: date = DAY, **change: Any) -> tuple[list[float], dict[float, date]]:
    """The values in force on a day, and those to come, each with its first day."""
    found = standing(stated, day, seen=SEEN, **change)
    return [stated[at].value for at in found.binding], {stated[at].value: on for at, on in found.announced.items()}


def test_a_limit_is_in_force_from_its_first_day_to_its_last() -> None:
    old, new = Target("late_shipment_rate", "<", 4, ends_on="2026-04-14"), replace(LATE, effective_on="2026-04-15")

    assert figures_of([old, new]) == ([4], {2: date(2026, 4, 15)})
    assert figures_of([old, new], date(2026, 4, 15)) == ([2], {})


def test_a_day_without_a_year_is_the_one_nearest_to_when_the_text_was_seen() -> None:
    ending = Target("late_shipment_rate", "<", 4, ends_on="--04-30")

    assert figures_of([ending]) == ([4], {})
    assert figures_of([ending], date(2026, 5, 1)) == ([], {})


def test_a_limit_with_a_date_takes_the_place_of_one_without() -> None:
    plain, new = Target("late_shipment_rate", "<", 4), replace(LATE, effective_on="2026-04-15")

    assert figures_of([plain, new]) == ([4], {2: date(2026, 4, 15)})
    assert figures_of([plain, new], date(2026, 5, 1)) == ([2], {})


def test_a_sentence_that_states_the_new_limit_does_not_hold_the_old_one_back() -> None:
    plain, again = Target("late_shipment_rate", "<", 4), Target("late_shipment_rate", "<", 2)
    new = replace(LATE, effective_on="2026-06-01")

    found = figures_of([plain, again, new], sentence=LATE.sentence, begins=date(2026, 6, 1))

    assert found == ([4], {2: date(2026, 6, 1)})


def test_a_date_for_the_whole_text_holds_all_of_it_back() -> None:
    found = standing([LATE], DAY, seen=SEEN, sentence="", begins=date(2026, 6, 1))
    unclear = standing([LATE], DAY, seen=SEEN, sentence="Effective January 15, 2027", begins=date(2027, 1, 15))

    assert (found.is_whole, found.binding, found.announced) == (True, [], {0: date(2026, 6, 1)})
    assert (unclear.is_whole, unclear.binding, unclear.unclear) == (False, [0], [0])


def test_a_limit_for_canada_is_none_for_the_us() -> None:
    canada = replace(LATE, scope="Canada")

    assert is_of(LATE, {concern(canada)})
    assert not is_of(replace(LATE, scope="US"), {concern(canada)})


def test_what_a_page_states_twice_is_one_target() -> None:
    plain, breach = Target("late_shipment_rate", "<", 4), Target("late_shipment_rate", "<=", 4)
    measured, advised = replace(breach, window="30 days"), replace(plain, strength="recommendation")
    other = replace(plain, window="10 days")

    assert once([breach, plain], lambda one: one) == [plain]
    assert once([plain, measured, advised], lambda one: one) == [measured]
    assert once([measured, other], lambda one: one) == [measured, other]
