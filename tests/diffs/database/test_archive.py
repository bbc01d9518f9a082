"""Opening an archive: a new one, an old one, a locked one, a newer one, and a file that is none."""

import random
import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import create_engine, select

from diffs.database import models  # noqa: F401 (its tables)
from diffs.database.archive import Archive, open_archive
from diffs.database.models import Page, Snapshot
from diffs.errors import ArchiveError, ArchiveFull, ArchiveLocked
from diffs.failures import Failure, Reason
from diffs.store import pages, snapshots
from diffs.values import Capture
from diffs.wording.failures import in_full

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'sub' / 'policywatch.db'}"


def with_a_look(archive: Archive) -> None:
    with archive.begin() as session:
        page = pages.upsert(session, key="fees", url="https://example.com/fees", now=NOW)
        snapshots.add(session, page, Capture(url=page.url, body=b"<p>Fees</p>"), observed_at=NOW, stored_at=NOW)


def test_opening_makes_the_folder_and_the_tables_once(tmp_path: Path) -> None:
    for _ in range(2):
        archive = open_archive(url(tmp_path))
        with archive.read() as session:
            assert session.exec(select(Page)).all() == []
        archive.close()


def test_a_file_that_is_no_archive_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("my shopping list " * 100)

    with pytest.raises(ArchiveError, match="not a database"):
        open_archive(f"sqlite:///{path}")

    assert path.read_text().startswith("my shopping list")


@pytest.mark.parametrize("bad", ["nonsense", "nosuch://host/db", "sqlite:////proc/none/x.db"])
def test_a_wrong_address_is_an_error_with_a_remedy(bad: str) -> None:
    with pytest.raises(ArchiveError, match="POLICYWATCH_DATABASE_URL"):
        open_archive(bad)


def test_a_locked_archive_says_that_another_program_writes(tmp_path: Path) -> None:
    archive = open_archive(url(tmp_path), busy_timeout_ms=50)
    other = sqlite3.connect(tmp_path / "sub" / "policywatch.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(ArchiveLocked) as error:
        with_a_look(archive)

    assert error.value.failure == Failure(Reason.ARCHIVE_LOCKED, detail="database is locked")
    assert "Another program is writing to it" in in_full(error.value)

    other.execute("ROLLBACK")
    other.close()
    with_a_look(archive)


def test_a_full_disk_costs_nothing_that_was_stored(tmp_path: Path) -> None:
    archive = open_archive(url(tmp_path))
    with_a_look(archive)

    def fill() -> None:
        with archive.begin() as session:
            used = session.connection().exec_driver_sql("PRAGMA page_count").scalar()
            session.connection().exec_driver_sql(f"PRAGMA max_page_count = {used}")
            page = pages.get(session, "fees")
            assert page
            capture = Capture(url=page.url, body=random.Random(1).randbytes(500_000))
            snapshots.add(session, page, capture, observed_at=NOW, stored_at=NOW)

    with pytest.raises(ArchiveFull) as error:
        fill()

    assert "Make room on the disk" in in_full(error.value)

    with archive.read() as session:
        assert len(session.exec(select(Snapshot)).all()) == 1


def test_what_a_failed_block_wrote_is_taken_back(archive: Archive) -> None:
    def fail() -> None:
        with archive.begin() as session:
            pages.upsert(session, key="fees", url="https://example.com", now=NOW)
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    with archive.read() as session:
        assert pages.get(session, "fees") is None


def test_many_writers_take_turns(archive: Archive) -> None:
    failed: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for step in range(10):
                with archive.begin() as session:
                    pages.upsert(session, key=f"page-{number}-{step}", url="https://example.com", now=NOW)
        except BaseException as error:  # noqa: BLE001 (told below)
            failed.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    with archive.read() as session:
        assert len(pages.listed(session)) == 40


def test_a_password_in_the_address_is_never_shown() -> None:
    engine = create_engine("sqlite://")
    engine.url = engine.url.set(username="seller", password="hunter2", host="db")  # type: ignore[misc]

    assert "hunter2" not in Archive(engine).url


def test_a_time_without_a_zone_is_refused(archive: Archive) -> None:
    with pytest.raises(ArchiveError, match="without a zone"), archive.begin() as session:
        pages.upsert(session, key="fees", url="https://example.com", now=datetime(2026, 1, 1))  # noqa: DTZ001
