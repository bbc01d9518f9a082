"""Archives of older versions are brought up to date, whole or not at all; those of newer ones are refused."""

import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Engine, String, text
from sqlmodel import SQLModel, select

from diffs.database import models  # noqa: F401 (its tables)
from diffs.database.archive import Archive, engine_for, open_archive
from diffs.database.migrations.head import HEAD
from diffs.database.migrations.run import config, migrating
from diffs.database.models import Change, OwnerNotice, Page
from diffs.errors import ArchiveError
from tests.diffs.database.test_archive import url, with_a_look


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
