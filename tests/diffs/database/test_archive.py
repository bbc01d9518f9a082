"""Opening an archive: a new one, an old one, a locked one, a newer one, and a file that is none."""

import random
import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Engine, String, text
from sqlmodel import SQLModel, create_engine, select

from diffs.database import models  # noqa: F401 (its tables)
from diffs.database.archive import Archive, engine_for, open_archive
from diffs.database.migrations.head import HEAD
from diffs.database.migrations.run import config, migrating
from diffs.database.models import Change, OwnerNotice, Page, Snapshot
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


def test_the_newest_revision_is_the_one_we_name() -> None:
    assert ScriptDirectory.from_config(config()).get_current_head() == HEAD


def test_migrations_give_the_tables_of_the_models(archive: Archive) -> None:
    from alembic.autogenerate import compare_metadata

    with archive.read() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": False})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_rows_of_a_child_survive_when_a_migration_rebuilds_their_parent(tmp_path: Path) -> None:
    archive = open_archive(url(tmp_path))
    with_a_look(archive)
    archive.close()
    engine = engine_for(url(tmp_path))

    with migrating(engine) as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("page", recreate="always") as batch:
            batch.add_column(Column("note", String, nullable=True))

    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM snapshot")).scalar() == 1


def test_a_migration_that_leaves_orphans_changes_nothing(tmp_path: Path) -> None:
    archive = open_archive(url(tmp_path))
    with_a_look(archive)
    archive.close()
    engine = engine_for(url(tmp_path))

    with pytest.raises(ArchiveError, match="would break the archive"), migrating(engine) as connection:
        connection.execute(text("DELETE FROM page"))

    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM page")).scalar() == 1


def test_an_archive_of_a_newer_program_is_refused_with_a_remedy(tmp_path: Path) -> None:
    open_archive(url(tmp_path)).close()
    with sqlite3.connect(tmp_path / "sub" / "policywatch.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(ArchiveError, match="Update policywatch"):
        open_archive(url(tmp_path))


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


def as_of(folder: Path, revision: str) -> Engine:
    """An archive with a fetch in it, as the program made it at an older revision."""
    archive = open_archive(url(folder))
    with_a_look(archive)
    archive.close()
    engine = engine_for(url(folder))
    with migrating(engine) as connection:
        alembic = config()
        alembic.attributes["connection"] = connection
        command.downgrade(alembic, revision)
    return engine


def test_the_pages_that_older_notices_report_are_read_out_of_their_sentences(tmp_path: Path) -> None:
    engine = as_of(tmp_path, "0008")
    notices = [("unread", "us-fees, us-late. Reasons: The site did not answer (2 pages)."), ("rest", "A robot check.")]
    with migrating(engine) as connection:
        for kind, detail in notices:
            connection.execute(
                text(
                    "INSERT INTO owner_notice (uid, kind, about, created_at, subject, detail)"
                    " VALUES (:kind, :kind, 'host', '2026-01-05 00:00:00', 'Pages could not be read', :detail)"
                ),
                {"kind": kind, "detail": detail},
            )
    engine.dispose()

    archive = open_archive(url(tmp_path))
    with archive.read() as session:
        found = {row.kind: row.pages for row in session.exec(select(OwnerNotice)).all()}
    archive.close()

    assert found == {"unread": ["us-fees", "us-late"], "rest": None}


def test_changes_of_an_older_archive_are_on_the_first_line(tmp_path: Path) -> None:
    engine = as_of(tmp_path, "0007")
    with migrating(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO change (uid, page_id, kind, snapshot_id, seen_at, decided_at, effective_sentence,"
                " significance, importance, told, recorded, reason, rule)"
                " VALUES ('c0ffee', 1, 'edit', 1, :now, :now, '', 'material', 'high', 1, 0, 'a new text', 'new-text')"
            ),
            {"now": "2026-01-05 00:00:00"},
        )
    engine.dispose()

    archive = open_archive(url(tmp_path))
    with archive.read() as session:
        (change,), (page,) = session.exec(select(Change)).all(), session.exec(select(Page)).all()
    archive.close()
    assert (change.uid, change.line, page.decisions) == ("c0ffee", 1, None)
