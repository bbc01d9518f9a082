"""`diff` without versions: what the page shows now beside what it showed before, whichever number it has."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.policywatch.program import Program, policy, save

FOUR, THREE = policy("Keep your late shipment rate under 4%."), policy("Keep your late shipment rate under 3%.")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A page whose limit went down to 3%, and a week later back to 4%."""
    looks = {"2026-01-05T08:00:00Z": FOUR, "2026-02-02T08:00:00Z": THREE, "2026-02-09T08:00:00Z": FOUR}
    save(tmp_path / "saved", "us-late", looks)
    program = Program(tmp_path, now=datetime(2026, 2, 10, tzinfo=UTC))
    assert program("import", "folder", "saved").code == 0
    return program


def test_after_a_step_back_diff_shows_what_the_page_says_now(program):
    ended = program("diff", "us-late")

    assert "From version 2, " in ended.out
    assert "To version 1, " in ended.out
    assert "The page returned to version 1.\n" in ended.out
    assert "  ~ Keep your late shipment rate under [-3%-]{+4%+}.\n" in ended.out


def test_versions_that_are_named_are_compared_as_named(program):
    ended = program("diff", "us-late", "--from", "2", "--to", "1")

    assert "went back" not in ended.out
    assert "[-4%-]{+3%+}" in program("diff", "us-late", "--to", "2").out
    assert "[-3%-]{+4%+}" in program("diff", "us-late", "--from", "2").out


def test_history_health_and_page_name_the_version_that_is_shown(program):
    assert [(row["version"], row["state"]) for row in program("history", "us-late").table] == [
        ("1", "shown now"),
        ("2", "confirmed"),
    ]
    assert [row["shown_now"] for row in program("history", "us-late", "--json").objects] == [True, False]
    assert program("page", "us-late", "--json").objects[0]["version_seq"] == 1
    assert program("health", "--json").objects[0]["version_seq"] == 1


def test_a_page_with_one_text_differs_from_nothing(tmp_path):
    save(tmp_path / "saved", "us-late", {"2026-01-05T08:00:00Z": FOUR})
    program = Program(tmp_path)
    program("import", "folder", "saved")

    assert program("diff", "us-late").out.endswith("The two texts say the same.\n")
    assert "<p>The two texts say the same.</p>" in program("diff", "us-late", "--format", "html").out
    assert program("diff", "us-late", "--format", "md").out.endswith("The two texts say the same.\n")


def test_only_the_words_that_changed_are_marked_and_a_new_clause_is_alone(tmp_path):
    added = policy("Keep your late shipment rate under 3%.", "We may hold your funds for 14 days.")
    save(tmp_path / "saved", "us-late", {"2026-01-05T08:00:00Z": FOUR, "2026-02-02T08:00:00Z": added})
    program = Program(tmp_path)
    program("import", "folder", "saved")

    out = program("diff", "us-late").out

    assert "  + We may hold your funds for 14 days.\n" in out
    assert "  ~ Keep your late shipment rate under [-4%-]{+3%+}.\n" in out
