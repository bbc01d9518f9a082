"""note: rules that are only in a forum post or a mail, entered by hand, reported and ended."""

import os
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.notifier.feeds.test_calendar import read as read_calendar
from tests.policywatch.program import ROOT, Program

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
KEY = "note-late-shipments-do-not-count"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path, now=NOW).begin()


def enter(program: Program, *more: str, title: str = "Late shipments do not count") -> str:
    ended = program(
        *("note", "add", "--title", title, "--marketplace", "us", "--category", "performance"),
        *("--text", "The late shipment rate must be under 10% for seller-fulfilled orders.", *more),
    )
    assert ended.code == 0, ended.err
    return ended.out


DATES = ("--from", "2026-03-20", "--until", "2026-05-15", "--url", "https://forum.example/283950")


def test_an_entry_is_reported_like_a_change_and_marked_as_entered_by_hand(program: Program) -> None:
    out = enter(program, *DATES, "--importance", "high")

    (change,) = program("changes", "--json").objects
    assert out == f"Entered: {KEY} (change {change['id']})\n"
    assert (change["kind"], change["told"], change["rule"], change["reason"]) == (
        "announced",
        True,
        "note",
        "entered by hand",
    )
    assert change["headline"] == "By hand: Late shipments do not count (until 2026-05-15)"
    assert change["points"][1:] == [
        "In force from 2026-03-20 until 2026-05-15",
        "Entered by hand on 2026-03-20; source: https://forum.example/283950",
    ]
    assert (change["importance"], change["effective_on"], change["marketplace"]) == ("high", "2026-03-20", "US")
    assert change["targets"][0]["after"]["value"] == 10
    assert "By hand: Late shipments do not count" in program("feed").out
    assert "In force from 2026-03-20 until 2026-05-15" in program("change", change["id"]).out


def test_an_entry_is_in_the_evidence_and_can_be_read_again(program: Program) -> None:
    enter(program, *DATES)

    assert program("verify").out.startswith("The database is intact. 1 snapshot verified.")
    shown = program("show", KEY).out
    assert "must be under 10%" in shown
    assert "Until: 2026-05-15" in shown
    assert program("explain", KEY).code == 0
    assert program("health").out.startswith("No page has been checked yet"), "nobody looks at it"


def test_its_targets_count_from_its_first_day_to_its_last(program: Program) -> None:
    enter(program, *DATES)

    assert [len(program("targets", "--at", day, "--json").objects) for day in ("2026-03-20", "2026-05-15")] == [1, 1]
    assert program("targets", "--at", "2026-05-16", "--json").objects == []


def test_a_rule_for_later_binds_nobody_yet(program: Program) -> None:
    enter(program, "--from", "2026-04-01")

    (coming,) = program("targets", "--json").objects
    (then,) = program("targets", "--at", "2026-04-01", "--json").objects

    assert (coming["upcoming"], coming["begins_on"]) == (True, "2026-04-01")
    assert (then["upcoming"], then["begins_on"]) == (False, None)


def test_its_end_is_reported_when_the_last_day_is_over(program: Program) -> None:
    enter(program, *DATES)
    program.now = datetime(2026, 5, 15, 23, tzinfo=UTC)
    assert program("notify").code == 0
    assert len(program("changes", "--json").objects) == 1

    program.now += timedelta(hours=2)
    assert program("notify", "--dry-run").code == 0
    assert len(program("changes", "--json").objects) == 1, "a dry run stores nothing"
    for _ in range(2):
        assert program("notify").code == 0
    _, ended = program("changes", "--json").objects
    assert (ended["kind"], ended["headline"]) == ("gone", "Ended on 2026-05-15: Late shipments do not count")
    assert program("note", "list").table[0]["state"] == "ended"
    assert program("verify").out.startswith("The database is intact. 2 snapshots verified.")


def test_listing_shows_the_end_too(program: Program) -> None:
    enter(program, *DATES)
    program.now = datetime(2026, 6, 1, tzinfo=UTC)

    (row,) = program("note", "list", "--json").objects
    assert (row["id"], row["from"], row["until"], row["ended"]) == (KEY, "2026-03-20", "2026-05-15", True)


def test_an_entry_can_be_ended_by_hand(program: Program) -> None:
    enter(program)
    ended = program("note", "end", KEY)

    assert ended.out == "Ended on 2026-03-20: Late shipments do not count\n"
    again = program("note", "end", KEY)
    assert (again.code, again.err) == (2, f"{KEY} already ended on 2026-03-20.\n")


def test_an_end_that_lies_ahead_is_reported_when_it_comes(program: Program) -> None:
    enter(program)
    ended = program("note", "end", KEY, "--on", "2026-04-01")

    assert "will end on 2026-04-01; that is reported on the day after" in ended.out
    program.now = datetime(2026, 4, 2, tzinfo=UTC)
    program("note", "list")
    assert program("changes", "--json").objects[-1]["kind"] == "gone"


def test_a_rule_that_is_over_already_is_reported_with_its_end(program: Program) -> None:
    out = enter(program, "--from", "2020-03-20", "--until", "2020-05-15")

    assert out.endswith("Ended on 2020-05-15: Late shipments do not count\n")
    assert [change["kind"] for change in program("changes", "--json").objects] == ["announced", "gone"]


def test_the_same_is_not_entered_twice_and_the_same_title_gets_a_name_of_its_own(program: Program) -> None:
    enter(program)

    assert enter(program) == f"Already entered: {KEY}\n"
    assert f"Entered: {KEY}-2 " in enter(program, "--text", "Another text.")
    assert "Entered: note-chi-yan " in enter(program, title="遅延")
    assert "Entered: note-entry " in enter(program, title="…")


def test_a_long_text_is_kept_whole_and_shown_in_short(program: Program) -> None:
    enter(program, "--text", "word " * 200)

    (change,) = program("changes", "--json").objects
    assert change["points"][0].endswith("word…")
    assert len(change["points"][0]) <= 280
    assert program("show", KEY).out.count("word") == 200


def test_without_entries_the_list_says_how_to_make_one(program: Program) -> None:
    assert program("note", "list").out == "Nothing was entered by hand: policywatch note add --title …\n"
    assert "Entries: none yet." in program("note", "end", "note-x").err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--title", "  "], "--title is empty"),
        (["--title", "x" * 91], "--title is longer than 90 characters"),
        (["--title", "x", "--text", "x" * 20_001], "--text is longer than 20000 characters"),
        (["--title", "x", "--url", "javascript:alert(1)"], "is not a web address"),
        (["--title", "x", "--importance", "huge"], "--importance must be one of high, medium, low"),
        (["--title", "x", "--from", "2026-05-01", "--until", "2026-04-01"], "--until is before --from"),
        (["--title", "x", "--category", "toys"], "There is no category 'toys'"),
        (["--title", "x", "--from", "soon"], "'soon' is not a date"),
    ],
)
def test_wrong_use_says_what_is_wrong(program: Program, options: list[str], said: str) -> None:
    ended = program("note", "add", *options)

    assert ended.code == 2
    assert said in ended.err


def test_an_entry_cannot_end_before_it_begins(program: Program) -> None:
    enter(program, "--from", "2026-04-01")

    assert "it cannot end on 2026-03-20" in program("note", "end", KEY).err


def test_markup_and_control_characters_in_an_entry_are_text(program: Program) -> None:
    enter(program, "--text", "<script>x</script>\x1b[31m [bold]red[/bold]")

    out = program("changes").out + program("feed").out + program("show", KEY).out
    assert "\x1b" not in out
    assert "<script>" not in program("feed").out


def test_its_last_day_is_in_the_calendar_and_moves_with_it(program: Program) -> None:
    enter(program, *DATES)
    ends = "Ends: Late shipments do not count (US)"

    def days() -> dict[str, str]:
        data = program("feed", "--format", "ics", "--marketplace", "US").out.encode()
        return {event["SUMMARY"]: event["DTSTART"] for event in read_calendar(data)[1]}

    assert days() == {
        ends: "20260515",
        f"Takes effect: {ends[6:]}: By hand: Late shipments do not count (until 2026-05-15)": "20260320",
    }
    program("note", "end", KEY)
    assert days()[ends] == "20260320"
    assert program("feed", "--format", "ics", "--importance", "high").out.count("BEGIN:VEVENT") == 0
    assert program("feed", "--format", "ics", "--limit", "1", "-o", "one.ics").out.startswith("1 change ")


def test_a_rule_for_a_marketplace_nobody_knows_is_refused(program: Program) -> None:
    ended = program("note", "add", "--title", "Tracking", "--marketplace", "XX")

    assert ended.code == 2
    assert "There is no marketplace 'XX'" in ended.err
    assert program("note", "list", "--json").objects == []


def test_nothing_is_said_to_be_entered_before_it_is_stored(program: Program) -> None:
    """The disk has room for the beginning of what is written, and not for its end."""
    text = random.Random(1).randbytes(9_900).hex()  # nothing makes it shorter
    # What measures this run would want room of its own.
    script = (
        f"unset ${{!COVERAGE_*}}; ulimit -f 40; {sys.executable} -m policywatch note add --title Peak --text {text}"
    )
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=program.folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (3, ""), done.stderr
    assert done.stderr.count("\n") == 1
    assert program("note", "list").out.startswith("Nothing was entered by hand")
    assert program("verify").code == 0
