"""A text that a page shows again: marked in the lists, and never said to have been shown in between."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.policywatch.program import Program, policy, save

FOUR, TWO, THREE = (policy(f"Keep your late shipment rate under {percent}%.") for percent in (4, 2, 3))


def told_of(folder: Path, looks: dict[str, str]) -> Program:
    program = Program(folder, now=datetime(2026, 1, 31, tzinfo=UTC))
    assert program("import", "folder", save(folder / "in", "us-late", looks).parent).code == 0
    return program


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The limit was 4%, then 2% for a week, and is 4% again."""
    times = ("2026-01-05T08:00:00Z", "2026-01-12T08:00:00Z", "2026-01-19T08:00:07Z", "2026-01-26T08:00:00Z")
    return told_of(tmp_path, dict(zip(times, (FOUR, TWO, FOUR, FOUR), strict=True)))


def test_a_change_that_is_undone_is_marked_as_no_longer_on_the_page(program: Program) -> None:
    (change,) = program("changes", "--json").objects

    assert change["back_to"] == {"seq": 1, "since": "2026-01-19T08:00:07Z"}
    assert "No longer on the page: it went back to version 1 on 2026-01-19 08:00 UTC" in program("changes").out
    assert "it went back to version 1 on 2026-01-19 08:00 UTC." in program("change", change["id"]).out
    listed = " ".join(program.terminal("changes").split())
    assert "No longer on the page: it went back to version 1 on 2026-01-19 08:00 UTC." in listed


def test_the_return_itself_names_the_version(program: Program) -> None:
    returned = next(one for one in program("changes", "--all", "--json").objects if one["id"].startswith("look-"))

    assert returned["reason"].startswith("back to version 1: a text known from before")


def test_an_imported_return_that_lasted_for_a_month_is_a_change_of_its_own(tmp_path: Path) -> None:
    times = ("2025-11-05T08:00:00Z", "2025-11-12T08:00:00Z", "2025-11-19T08:00:00Z", "2025-12-20T08:00:00Z")
    program = told_of(tmp_path, dict(zip(times, (FOUR, TWO, FOUR, FOUR), strict=True)))

    assert sorted(one["kind"] for one in program("changes", "--json").objects) == ["edit", "rollback"]


def test_a_change_whose_text_stays_or_goes_on_is_not_marked(tmp_path: Path) -> None:
    times = ("2026-01-05T08:00:00Z", "2026-01-12T08:00:00Z", "2026-01-19T08:00:00Z")
    program = told_of(tmp_path, dict(zip(times, (FOUR, TWO, THREE), strict=True)))

    assert [change["back_to"] for change in program("changes", "--json").objects] == [None, None]


def test_an_edit_after_the_return_does_not_bring_back_what_was_undone(tmp_path: Path) -> None:
    times = ("2026-01-05T08:00:00Z", "2026-01-12T08:00:00Z", "2026-01-19T08:00:00Z", "2026-01-26T08:00:00Z")
    program = told_of(tmp_path, dict(zip(times, (FOUR, TWO, FOUR, THREE), strict=True)))

    first, last = sorted(program("changes", "--json").objects, key=lambda change: change["seen_at"])
    assert first["back_to"] == {"seq": 1, "since": "2026-01-19T08:00:00Z"}
    assert last["back_to"] is None


def test_what_was_undone_and_is_there_again_is_not_marked(tmp_path: Path) -> None:
    times = ("2026-01-05T08:00:00Z", "2026-01-12T08:00:00Z", "2026-01-19T08:00:00Z", "2026-01-26T08:00:00Z")
    program = told_of(tmp_path, dict(zip(times, (FOUR, TWO, FOUR, TWO), strict=True)))

    assert {change["back_to"] and change["back_to"]["seq"] for change in program("changes", "--json").objects} <= {None}


def test_of_three_texts_only_what_came_after_the_one_shown_again_is_undone(tmp_path: Path) -> None:
    times = ("2026-01-05T08:00:00Z", "2026-01-12T08:00:00Z", "2026-01-19T08:00:00Z", "2026-01-26T08:00:00Z")
    program = told_of(tmp_path, dict(zip(times, (FOUR, TWO, THREE, TWO), strict=True)))

    back = [change["back_to"] and change["back_to"]["seq"] for change in program("changes", "--json").objects]
    assert back == [None, 2]


def test_each_time_in_which_a_version_was_shown_is_said_by_itself(program: Program) -> None:
    spells = [
        {"first_seen_at": "2026-01-05T08:00:00Z", "last_seen_at": "2026-01-05T08:00:00Z"},
        {"first_seen_at": "2026-01-19T08:00:07Z", "last_seen_at": "2026-01-26T08:00:00Z"},
    ]
    both = "seen 2026-01-05 08:00 to 2026-01-05 08:00, and again 2026-01-19 08:00 to 2026-01-26 08:00 UTC"

    assert f"Version 1, {both}" in program("show", "us-late").out
    assert f"To version 1, {both}" in program("diff", "us-late").out
    assert program("show", "us-late", "--json").objects[0]["spells"] == spells
    assert [one["spells"] for one in program("history", "us-late", "--json").objects] == [
        spells,
        [{"first_seen_at": "2026-01-12T08:00:00Z", "last_seen_at": "2026-01-12T08:00:00Z"}],
    ]
    assert [row["times"] for row in program("history", "us-late").table] == ["2", "1"]
    assert "in between the page showed another text" in " ".join(program.terminal("history", "us-late").split())


def test_a_check_that_changes_lists_can_be_shown_by_its_id(program: Program) -> None:
    uid = next(one["id"] for one in program("changes", "--all", "--json").objects if one["id"].startswith("look-"))

    shown = program("change", uid)
    assert shown.code == 0
    assert "Not reported: back to version 1" in shown.out
    assert program("change", uid[:11], "--json").objects[0]["id"] == uid
    # Each command that it names finds this very check.
    for line in shown.out.splitlines():
        if "policywatch " in line:
            words = line.rpartition("policywatch ")[2].split()
            assert program(*words).code == 0
    assert program("explain", "us-late", "--at", "2026-01-19T08:00:07Z", "--json").objects[0]["version"] == 1
    assert program("explain", "us-late", "--at", "2026-01-19T08:00", "--json").objects[0]["version"] == 1
    assert program("explain", "us-late", "--at", "2026-01-19T08:00:06", "--json").objects[0]["version"] == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["look-"], "'look-' is too short"),
        (["look-000000"], "There is no check 'look-000000'"),
        (["look-", "--owner", "Ana"], "is a check without a change"),
        (["look-", "--noise"], "is a check without a change"),
    ],
)
def test_a_check_is_nothing_to_work_on(program: Program, arguments: list[str], says: str) -> None:
    uid = next(one["id"] for one in program("changes", "--all", "--json").objects if one["id"].startswith("look-"))
    if arguments[1:]:
        arguments = [uid, *arguments[1:]]

    ended = program("change", *arguments)

    assert (ended.code, says in ended.err) == (2, True), ended.err


def test_health_says_in_words_what_is_wrong_with_a_page(tmp_path: Path) -> None:
    times = [f"2026-01-{day:02}T08:00:00Z" for day in range(5, 11)]
    program = told_of(tmp_path, dict(zip(times, (FOUR, TWO, FOUR, TWO, FOUR, TWO), strict=True)))

    assert program("health", "--json").objects[0]["events"][0]["kind"] == "flapping"
    assert program("health").table[0]["events"] == "it shows different texts in turn since 2026-01-07"


def test_a_limit_for_later_is_told_with_its_day(tmp_path: Path) -> None:
    later = policy("Keep your late shipment rate under 4%; from 1 March 2026 it is 2%.")
    program = told_of(tmp_path, {"2026-01-05T08:00:00Z": FOUR, "2026-01-12T08:00:00Z": later})

    (change,) = program("changes", "--json").objects
    assert change["effective_on"] == "2026-03-01"
