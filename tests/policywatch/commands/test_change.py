"""change and page: who works on a change, when it was done, what is muted."""

import csv
import io
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.policywatch.program import Program, policy, save


def late(limit: int) -> str:
    return policy(f"You must keep your late shipment rate under {limit}%.")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    looks = {"2026-01-05T08:00:00Z": late(4), "2026-02-02T08:00:00Z": late(3), "2026-03-02T08:00:00Z": late(2)}
    save(folder / "in", "us-late", looks, marketplace="US", category="performance")
    assert Program(folder)("import", "folder", "in").code == 0
    return folder


@pytest.fixture
def program(archive: Path, tmp_path: Path) -> Program:
    shutil.copytree(archive / "policywatch-data", tmp_path / "policywatch-data")
    return Program(tmp_path, now=datetime(2026, 3, 10, 12, tzinfo=UTC))


def ids(program: Program, *options: str) -> list[str]:
    return [change["id"] for change in program("changes", "--json", *options).objects]


def test_a_change_is_shown_whole_by_the_beginning_of_its_id(program: Program) -> None:
    ended = program("change", ids(program)[0][:8])

    assert ended.code == 0
    assert "the limit falls from 4% to 3%" in ended.out.splitlines()[0]
    assert "id " + ids(program)[0] in ended.out
    assert "  ~ You must keep your late shipment rate under [-4%-]{+3%+}." in ended.out
    assert "Why it matters: " in ended.out
    assert "Open: nobody has taken it" in ended.out


def test_an_owner_a_note_and_a_day_stay_with_the_change(program: Program) -> None:
    first, second = ids(program)
    program("change", first, "--owner", "Ann", "--note", "tell the warehouse")
    ended = program("change", first, "--done", "2026-03-09")

    assert "Done on 2026-03-09.\nOwner: Ann\nNote: tell the warehouse" in ended.out
    work = program("change", first, "--json").objects[0]["work"]
    assert work == {"owner": "Ann", "note": "tell the warehouse", "done_at": "2026-03-09T00:00:00Z", "muted": False}
    assert ids(program, "--done") == [first]
    assert ids(program, "--open") == [second]
    assert [row["work"] for row in program("changes").table] == ["", "Ann, done 2026-03-09"]
    assert ids(program, "--owner", "ann") == [first]
    assert ids(program, "--owner", "") == [second]
    assert program("changes", "--owner", "Bob").out == "No change matches.\n"


def test_done_now_and_not_done_after_all_and_nobodys(program: Program) -> None:
    first = ids(program)[0]
    program("change", first, "--owner", "Ann", "--done", "now")
    assert program("change", first, "--json").objects[0]["work"]["done_at"] == "2026-03-10T12:00:00Z"

    program("change", first, "--undone", "--owner", "")
    assert program("change", first, "--json").objects[0]["work"]["done_at"] is None
    assert "Open." in program("change", first).out
    assert ids(program, "--owner", "") == ids(program)


def test_work_outlives_reading_the_page_again_by_other_rules(program: Program) -> None:
    first = ids(program)[0]
    program("change", first, "--owner", "Ann", "--done", "now")
    # An older look comes in, under another title: everything of the page is derived anew.
    save(program.folder / "more", "us-late", {"2025-12-01T08:00:00Z": late(4)}, title="Late", marketplace="US")
    assert program("import", "folder", "more").code == 0

    assert program("change", first, "--json").objects[0]["work"]["owner"] == "Ann"
    assert ids(program, "--done") == [first]


def test_a_change_says_how_the_owners_own_figures_compare(program: Program) -> None:
    heading = "marketplace,metric,numerator,denominator"
    (program.folder / "mine.csv").write_text(f"{heading}\nUS,LSR,14,400\nUK,LSR,1,400\n", encoding="utf-8")
    program("scorecard", "mine.csv")

    ended = program("change", ids(program)[0])
    assert (
        "You are at 3.5% (late shipment rate, 14 of 400 orders): you would miss the new target under 3%." in ended.out
    )
    assert len(program("change", ids(program)[0], "--json").objects[0]["standing"]) == 1
    assert "You are at" not in program("feed").out, "feeds are public"
    assert "You are at" not in program("changes", "--json").out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--done", "now", "--undone"], "--done and --undone contradict each other"),
        (["--done", "soon"], "'soon' is not a date"),
        (["--owner", "x" * 121], "--owner is longer than 120 characters"),
        (["--note", "x" * 4001], "--note is longer than 4000 characters"),
    ],
)
def test_wrong_use_says_what_is_wrong(program: Program, options: list[str], said: str) -> None:
    ended = program("change", ids(program)[0], *options)

    assert ended.code == 2
    assert said in ended.err


def test_a_change_that_is_not_there(program: Program) -> None:
    ended = program("change", "abcdef")

    assert (ended.code, "There is no change 'abcdef'" in ended.err) == (2, True)
    assert "is too short: give an id's first 6 characters or more." in program("change", "abc").err


def test_changes_leave_as_csv_that_runs_no_formula(program: Program) -> None:
    program("change", ids(program)[0], "--owner", "@SUM(A1)", "--note", "=1+1\nand more")
    ended = program("changes", "--format", "csv")

    rows = list(csv.DictReader(io.StringIO(ended.out, newline="")))
    assert [row["id"] for row in rows] == ids(program)
    assert (rows[0]["owner"], rows[0]["note"]) == ("'@SUM(A1)", "'=1+1 and more")
    assert (rows[0]["told"], rows[1]["owner"], rows[1]["muted"]) == ("yes", "", "")
    assert "the limit falls from 4% to 3%" in rows[0]["points"]


def test_changes_leave_as_markdown(program: Program) -> None:
    program("change", ids(program)[0], "--owner", "Ann <a@x>", "--note", "see *this*", "--done", "2026-03-09")
    ended = program("changes", "--format", "md")

    first, second = ended.out.split("\n## ")[:2]
    assert first.startswith("## Late shipment rate: the limit falls from 4% to 3%")
    assert "[Late Shipment Rate](<https://market.example/help/us-late>)" in first
    assert "Owner: Ann &lt;a@x&gt; · Done: 2026-03-09 · Note: see \\*this\\*" in first
    assert second.rstrip().endswith("Open")
    assert program("changes", "--format", "md", "--owner", "nobody").out == "No changes.\n"


def test_two_ways_to_write_the_same_are_one_too_many(program: Program) -> None:
    assert program("changes", "--format", "csv", "--json").code == 2


def test_a_muted_page_says_so_and_can_be_heard_again(program: Program) -> None:
    assert "notices\tmuted: no notices of its changes are sent" in program("page", "us-late", "--mute").out
    assert program("page", "us-late", "--json").objects[0]["muted"] is True
    shown = program("page", "us-late", "--unmute", "--json").objects[0]
    assert (shown["muted"], shown["changes"], shown["version_seq"]) == (False, 2, 3)
    assert program("page", "us-lat").code == 2


def test_a_muted_change_says_so(program: Program) -> None:
    ended = program("change", ids(program)[0], "--mute")

    assert "Muted; 0 notices held back." in ended.err
    assert "Muted: no notice of it is sent." in ended.out
