"""Times at which nobody could read a page, and texts in the policy's place: "not read" is never "unchanged"."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.diffs.engine.test_second_lines import long, rewrite
from tests.policywatch.commands.test_crawl import ROBOT_CHECK
from tests.policywatch.program import Program, policy, save

FOUR, TWO = (policy(f"Keep your late shipment rate under {percent}%.") for percent in (4, 2))


def day(number: int) -> str:
    return f"2026-01-{number:02}T08:00:00Z"


@pytest.fixture
def watched(tmp_path: Path) -> Callable[..., Program]:
    """A program whose page answered so, a check every day from 5 January 2026 on; `today` is in that month."""

    def begun(*answers: str, today: int = 31) -> Program:
        looks = {day(5 + number): answer for number, answer in enumerate(answers)}
        program = Program(tmp_path, now=datetime(2026, 1, today, 12, tzinfo=UTC))
        assert program("import", "folder", save(tmp_path / "in", "us-late", looks, check_every="24h").parent).code == 0
        return program

    return begun


def test_days_without_a_text_are_said_and_never_part_of_one_unbroken_time(watched: Callable[..., Program]) -> None:
    program = watched(FOUR, FOUR, ROBOT_CHECK, ROBOT_CHECK, ROBOT_CHECK, FOUR, today=10)

    shown = program("show", "us-late").out
    assert "Version 1, seen 2026-01-05 08:00 to 2026-01-10 08:00 UTC" in shown
    assert "Could not be read from 2026-01-07 08:00 to 2026-01-09 08:00 UTC (3 checks: " in shown
    (row,) = program("history", "us-late").table
    assert row["could not be read"] == "2026-01-07 08:00 to 2026-01-09 08:00"
    assert row["state"] == "shown now"
    told = " ".join(program.terminal("history", "us-late", columns=200).split())
    assert "Could not be read from 2026-01-07 08:00 to 2026-01-09 08:00 UTC (3 checks: " in told
    (version,) = program("history", "us-late", "--json").objects
    (gap,) = version["unread"]
    assert (gap["from"], gap["to"], gap["checks"], gap["outcome"]) == (day(7), day(9), 3, "robot_check")
    assert (gap["read_before"], gap["read_after"]) == (day(6), day(10))
    assert program("show", "us-late", "--json").objects[0]["unread"] == [gap]


def test_a_text_asked_for_from_days_without_one_is_the_last_read_before(watched: Callable[..., Program]) -> None:
    program = watched(FOUR, FOUR, ROBOT_CHECK, ROBOT_CHECK, TWO, today=9)

    shown = program("show", "us-late", "--at", "2026-01-07").out
    assert "under 4%" in shown
    assert "At 2026-01-07 23:59 UTC the page could not be read: from 2026-01-07 08:00 to 2026-01-08 08:00 UTC" in shown
    assert "it was read again at 2026-01-09 08:00 UTC" in shown
    assert "The text below was the last one read before, at 2026-01-06 08:00 UTC" in shown
    assert "what the page said at 2026-01-07 23:59 UTC is not known" in shown
    assert "could not be read" not in program("show", "us-late", "--at", "2026-01-06").out
    assert "could not be read" not in program("show", "us-late", "--at", "2026-01-09").out
    assert program("show", "us-late", "--at", "2026-01-07", "--json").objects[0]["in_gap"]["from"] == day(7)


def test_evidence_of_a_day_without_a_text_says_that_nobody_knows(
    watched: Callable[..., Program], tmp_path: Path
) -> None:
    program = watched(FOUR, ROBOT_CHECK, ROBOT_CHECK, FOUR, today=8)

    ended = program("evidence", "us-late", "--at", "2026-01-06", "-o", tmp_path / "out")
    assert ended.code == 0
    assert "The text below was the last one read before" in " ".join(ended.out.split())
    assert "what the page said at 2026-01-06 23:59 UTC is not known" in (tmp_path / "out" / "text.txt").read_text()
    record = json.loads((tmp_path / "out" / "record.json").read_text())
    assert record["checked_at"] == day(5)
    assert record["version"]["in_gap"]["from"] == day(6)
    assert record["not_known"][0].startswith("At 2026-01-06 23:59 UTC the page could not be read")


def test_a_page_that_cannot_be_read_is_not_called_shown_now(watched: Callable[..., Program]) -> None:
    program = watched(FOUR, FOUR, ROBOT_CHECK, ROBOT_CHECK, today=8)

    assert "The page cannot be read since 2026-01-07 08:00 UTC: " in program("show", "us-late").out
    (row,) = program("history", "us-late").table
    assert row["state"] == "last read; cannot be read now"


def test_a_time_without_any_check_is_no_time_without_a_change(watched: Callable[..., Program], tmp_path: Path) -> None:
    looks = {day(5): FOUR, day(25): FOUR}
    program = Program(tmp_path, now=datetime(2026, 1, 25, 12, tzinfo=UTC))
    assert program("import", "folder", save(tmp_path / "in", "us-late", looks, check_every="24h").parent).code == 0

    shown = program("show", "us-late", "--at", "2026-01-15").out
    assert "The page was checked at 2026-01-05 08:00 UTC and not again until 2026-01-25 08:00 UTC: " in shown
    assert "not known" not in program("show", "us-late").out


def test_of_many_times_without_a_text_the_longest_are_named(watched: Callable[..., Program]) -> None:
    program = watched(*[FOUR, ROBOT_CHECK] * 5, FOUR, today=15)

    shown = program("show", "us-late").out
    assert shown.count("Could not be read at 2026-01-") == 3
    assert "Could not be read at 2 more times" in shown
    assert program("history", "us-late").table[0]["could not be read"].endswith("; and 2 more times")
    assert len(program("history", "us-late", "--json").objects[0]["unread"]) == 5


def test_a_text_in_the_place_of_the_policy_is_called_that(watched: Callable[..., Program], tmp_path: Path) -> None:
    program = watched(long(), long(), rewrite(), rewrite(), today=8)

    shown = program("show", "us-late").out
    assert "This text is in the place of the policy since 2026-01-07 08:00 UTC and is not taken for it: " in shown
    last = "The last text of the policy is version 1, read at 2026-01-06 08:00 UTC: policywatch show us-late --at "
    assert f"{last}2026-01-06T08:00:00Z" in shown
    assert "part f of the agreement" in program("show", "us-late", "--at", "2026-01-06T08:00:00Z").out
    assert [row["state"] for row in program("history", "us-late").table] == [
        "last text of the policy",
        "shown now in the policy's place",
    ]
    states = [(one["shown_now"], one["last_of_the_policy"]) for one in program("history", "us-late", "--json").objects]
    assert states == [(False, True), (True, False)]
    assert program("evidence", "us-late", "-o", tmp_path / "out").code == 0
    assert last in (tmp_path / "out" / "text.txt").read_text()
