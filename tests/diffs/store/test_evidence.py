"""The chain over snapshots is intact, or the first break is named."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from diffs.database.archive import Archive
from diffs.store import chain, evidence, pages, snapshots
from diffs.values import Capture

START = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def filled(archive: Archive) -> Archive:
    """Six looks at two pages, one of which brought nothing."""
    with archive.begin() as session:
        for key in ("fees", "appeals"):
            pages.upsert(session, key=key, url=f"https://example.com/{key}", now=START)
        for number in range(6):
            page = pages.get(session, ("fees", "appeals")[number % 2])
            assert page
            body = b"" if number == 4 else f"<p>Edition {number} of the rules</p>".encode() * 20
            capture = Capture(url=page.url, body=body, status=200 if body else 0, error="" if body else "timed out")
            when = START + timedelta(hours=number)
            snapshots.add(session, page, capture, observed_at=when, stored_at=when)
    return archive


def verified(archive: Archive, head: str = "") -> evidence.Verified:
    with archive.read() as session:
        return evidence.verify(session, expected_head=head)


def damage(archive: Archive, statement: str) -> None:
    with archive.begin() as session:
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
        session.execute(text(statement))


def head_of(archive: Archive) -> str:
    with archive.read() as session:
        return chain.head(session)


def test_an_untouched_archive_holds(filled: Archive) -> None:
    assert verified(filled, head_of(filled)) == evidence.Verified(6, head_of(filled))


def test_an_empty_archive_holds(archive: Archive) -> None:
    assert verified(archive) == evidence.Verified(0, "")


@pytest.mark.parametrize("column", ["observed_at = '2025-01-01 00:00:00'", "status = 404", "url = 'x'", "page_id = 1"])
def test_a_changed_row_is_named(filled: Archive, column: str) -> None:
    damage(filled, f"UPDATE snapshot SET {column} WHERE id = 4")

    found = verified(filled)

    assert found.snapshots == 3
    assert "snapshot 4" in found.broken
    assert "changed after it was written" in found.broken


def test_a_row_taken_out_is_named(filled: Archive) -> None:
    damage(filled, "DELETE FROM snapshot WHERE id = 3")

    assert "snapshot 4" in verified(filled).broken
    assert "the row before it is missing" in verified(filled).broken


def test_a_damaged_body_is_named(filled: Archive) -> None:
    damage(filled, "UPDATE body SET data = x'00' WHERE sha256 = (SELECT body_sha256 FROM snapshot WHERE id = 2)")

    assert "snapshot 2 of appeals" in verified(filled).broken
    assert "is damaged" in verified(filled).broken


def test_a_cut_off_end_shows_where_its_head_was_written_down(filled: Archive) -> None:
    head = head_of(filled)
    damage(filled, "DELETE FROM snapshot WHERE id = 6")

    assert verified(filled).broken == ""
    assert "cut off" in verified(filled, head).broken
