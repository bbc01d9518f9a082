"""accept and reject: what the owner decides about a text in the policy's place, and how health says it waits."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from diffs.database.archive import open_archive
from diffs.store import pages
from policywatch import context
from tests.policywatch.program import Program, policy, save

RULE = "Sellers keep the late shipment rate of their own orders below four of a hundred in every week of the year."
LONG = policy(
    *(f"{RULE} This holds for category {letter} of the goods." for letter in "abcdefghijklmnopqrstuvwxyz" * 2)
)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A watched page that shows a text other than its policy since 6 January 2026."""
    program = Program(tmp_path, now=datetime(2026, 1, 8, tzinfo=UTC))
    looks = {"2026-01-05T08:00:00Z": LONG, "2026-01-06T08:00:00Z": short(4)}
    assert program("import", "folder", save(tmp_path / "in", "us-late", looks).parent).code == 0
    with program.at_home():
        archive = open_archive(context.archive_settings().url)
        with archive.begin() as session:
            page = pages.get(session, "us-late")
            assert page
            page.watched = True
        archive.close()
    return program


def short(percent: int) -> str:
    return policy(f"Keep your late shipment rate under {percent}%.")


def test_a_text_in_the_policys_place_waits_for_the_owner_a_week_at_most(program: Program) -> None:
    ended = program("health", "--json")
    (page,) = ended.objects
    assert (ended.code, page["outcome"], page["version_seq"]) == (0, "truncated", 2)
    assert [event["kind"] for event in page["events"]] == ["second_line"]

    program.now = datetime(2026, 1, 14, tzinfo=UTC)
    assert program("health").code == 1


def test_accepting_it_reports_what_it_replaced(program: Program) -> None:
    assert program("accept", "us-late").code == 0

    (change,) = program("changes", "--json").objects
    assert (change["kind"], change["line"], change["seen_at"]) == ("replaced", 1, "2026-01-06T08:00:00Z")
    assert change["headline"].startswith("Replaced by another text: ")
    assert program("health", "--json").objects[0]["events"] == []
    assert program("accept", "us-late").code == 2
    assert program("reject", "us-late").code == 2


@pytest.fixture
def cut_off(tmp_path: Path) -> Program:
    """A page that arrived in part at its last check: its closing tags are missing."""
    program = Program(tmp_path, now=datetime(2026, 1, 8, tzinfo=UTC))
    looks = {"2026-01-05T08:00:00Z": LONG, "2026-01-06T08:00:00Z": LONG[: len(LONG) * 2 // 3]}
    assert program("import", "folder", save(tmp_path / "in", "us-late", looks).parent).code == 0
    return program


def test_a_part_of_a_page_is_not_accepted_for_the_whole(cut_off: Program) -> None:
    ended = cut_off("accept", "us-late")

    assert ended.code == 2
    assert "At the last check only a part of us-late arrived" in ended.err
    assert cut_off("changes").out.startswith("No changes yet.")


def test_a_page_that_does_end_there_can_be_accepted_on_purpose(cut_off: Program) -> None:
    assert cut_off("accept", "us-late", "--force").code == 0

    assert len(cut_off("changes", "--json").objects) == 1


def test_rejecting_it_reports_nothing_and_ends_the_question(program: Program) -> None:
    ended = program("reject", "us-late")
    program.now = datetime(2026, 2, 14, tzinfo=UTC)

    assert (ended.code, ended.err) == (0, "")
    assert "Rejected" in ended.out
    assert program("changes", "--json").objects == []
    assert program("health").code == 0
    assert program("reject", "us-late").code == 2


def test_explain_says_what_is_shown_in_the_policys_place(program: Program) -> None:
    said = program("explain", "us-late").out

    assert "Another text in the policy's place" in said
