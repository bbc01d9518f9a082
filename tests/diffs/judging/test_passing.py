"""Texts that pass: how long one waits, when it was taken back, and when it is one of two in turn."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from diffs.judging.history import Memory
from diffs.judging.learned import marks
from diffs.judging.passing import REMEMBERED, is_in_turn, is_taken_back, taken_back, waits
from diffs.values import Comparison, Op
from tests.diffs.judging.test_learned import document, edit

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
OLD = document("Intro", "Fees are 5%", "Returns", "End")
FEES = edit(1, "Fees are 5%", "Fees are 6%")


@pytest.mark.parametrize(
    ("now", "following", "expected"),
    [(0, 12, True), (12, 24, True), (12, 25, False), (0, 24, False), (24, 36, False), (0, None, False)],
)
def test_a_text_waits_as_long_as_a_check_follows_within_a_day(now: int, following: int | None, expected: bool) -> None:
    later = None if following is None else START + following * HOUR

    assert waits(START, START + now * HOUR, later) is expected


def test_a_text_was_taken_back_when_all_is_as_before() -> None:
    assert is_taken_back(FEES, Comparison(), marks(FEES, OLD), OLD)


def test_a_text_was_taken_back_when_only_another_place_differs() -> None:
    assert is_taken_back(FEES, edit(3, "End", "The end"), marks(FEES, OLD), OLD)


def test_a_text_was_not_taken_back_where_something_else_is_in_its_place() -> None:
    assert not is_taken_back(FEES, edit(1, "Fees are 5%", "Fees are 7%"), marks(FEES, OLD), OLD)


def test_a_new_part_that_was_moved_was_not_taken_back() -> None:
    first, then = added(2, "You insure each parcel for $100."), added(4, "You insure each parcel for $100.")

    assert not is_taken_back(first, then, marks(first, OLD), OLD)
    assert is_taken_back(first, added(4, "You answer within 2 days."), marks(first, OLD), OLD)


def added(at: int, text: str) -> Comparison:
    return Comparison((replace(edit(at, "", text).hunks[0], op=Op.ADDED, before=()),))


def test_a_text_was_not_taken_back_when_nobody_can_tell_where_it_differed() -> None:
    assert not is_taken_back(FEES, edit(3, "End", "The end"), ("elsewhere:unknown",), OLD)


def held(memory: Memory, text: str, hours: float) -> Memory:
    waiting = Memory(held=text, held_since=START + hours * HOUR, held_snapshot=2, passed=memory.passed)
    return taken_back(waiting, START + (hours + 3) * HOUR)


def test_a_text_that_is_taken_back_waits_no_longer() -> None:
    memory = held(Memory(), "a", 0)

    assert (memory.held, memory.held_since, memory.held_snapshot) == ("", None, 0)


def test_a_text_is_one_of_two_in_turn_when_it_came_and_went_for_days() -> None:
    once = held(Memory(), "a", 0)
    on_one_day = held(once, "a", 20)
    for_days = held(held(on_one_day, "b", 30), "a", 48)

    assert [is_in_turn(memory, "a") for memory in (Memory(), once, on_one_day, for_days)] == [False, False, False, True]
    assert Memory.from_json(for_days.to_json()) == for_days


def test_of_texts_that_were_taken_back_the_latest_are_remembered() -> None:
    memory = Memory()
    for number in range(REMEMBERED + 3):
        memory = held(memory, f"text {number}", number)

    assert len(memory.passed) == REMEMBERED
    assert "text 2" not in memory.passed
