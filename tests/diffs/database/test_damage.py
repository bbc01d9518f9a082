"""A damaged database is named as such, on files that are really damaged, and one that is not ours is left alone."""

import random
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from diffs.database import integrity
from diffs.database.archive import Archive, open_archive
from diffs.errors import ArchiveDamaged, ArchiveError
from diffs.store import pages, snapshots
from diffs.values import Capture
from diffs.wording.failures import explained
from tests.postgres import Postgres

START = datetime(2026, 1, 5, tzinfo=UTC)
PAGE = 4096


def fill(archive: Archive) -> None:
    """Two pages with thirty answers each, enough for tables and indexes of several pages."""
    with archive.begin() as session:
        for key in ("fees", "appeals"):
            page = pages.upsert(session, key=key, url=f"https://example.com/{key}", now=START)
            for number in range(30):
                body = random.Random(f"{key} {number}").randbytes(2_000)
                when = START + timedelta(hours=number)
                snapshots.add(session, page, Capture(url=page.url, body=body), observed_at=when, stored_at=when)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file of a filled archive that nobody has open."""
    path = tmp_path / "policywatch.db"
    archive = open_archive(f"sqlite:///{path}")
    fill(archive)
    archive.close()
    assert not path.with_name("policywatch.db-wal").exists()
    return path


def says_ok(path: Path) -> bool:
    """What SQLite's own check says, asked without any of our code."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as plain:
        try:
            whole = plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            return whole and not plain.execute("PRAGMA foreign_key_check").fetchall()
        except (sqlite3.DatabaseError, UnicodeDecodeError):  # its complaint may quote bytes that are no text
            return False


def found(path: Path) -> list[str]:
    """The damage that we name, be it at opening or by the check."""
    try:
        archive = open_archive(f"sqlite:///{path}", create=False)
    except ArchiveDamaged as error:
        return [explained(error)[0]]
    try:
        return integrity.damage(archive)
    finally:
        archive.close()


def test_a_whole_archive_has_no_damage(file: Path) -> None:
    assert says_ok(file)
    assert found(file) == []


@pytest.mark.parametrize("seed", range(20))
def test_what_sqlite_calls_damaged_is_never_called_whole(file: Path, seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(file.read_bytes())
    at = chance.randrange(1, len(data) // PAGE) * PAGE
    if seed % 4 == 0:
        data[at : at + PAGE] = chance.randbytes(PAGE)
    elif seed % 4 == 1:
        data[at : at + PAGE] = bytes(PAGE)
    elif seed % 4 == 2:
        del data[at:]
    else:
        for _ in range(40):
            data[chance.randrange(100, len(data))] = chance.randrange(256)
    file.write_bytes(data)

    whole = says_ok(file)
    named = found(file)

    assert bool(named) is not whole
    assert all("\n" not in line and line.strip() for line in named)


def test_a_row_without_its_parent_is_damage_too(file: Path) -> None:
    with sqlite3.connect(file) as plain:
        plain.execute("DELETE FROM page WHERE key = 'fees'")
    plain.close()

    assert found(file) == ["30 rows of snapshot without the row of page that belongs to it"]


@pytest.mark.parametrize("value", ["memory = '{\"looks\": \x01'", "created_at = '2026-13-45 00:00:00'"])
def test_a_value_that_no_longer_is_what_its_column_says_is_damage(file: Path, value: str) -> None:
    with sqlite3.connect(file) as plain:
        plain.execute(f"UPDATE page SET {value} WHERE key = 'appeals'")
    plain.close()

    assert says_ok(file)
    assert found(file)[0].startswith("page: a value in a row after 1 cannot be read (")


def test_text_that_is_no_longer_text_is_damage(file: Path) -> None:
    with sqlite3.connect(file) as plain:
        plain.execute("UPDATE page SET url = CAST(X'68FF74' AS TEXT)")
    plain.close()

    assert found(file)[0].startswith("page: a row cannot be read (Could not decode to UTF-8")


def test_one_that_is_cut_off_at_its_head_is_damage(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:50])

    assert found(file)[0].startswith("The archive is damaged: database disk image is malformed")


@pytest.mark.parametrize("create", [True, False])
@pytest.mark.parametrize("size", [0, PAGE])
def test_an_empty_file_is_never_taken_for_a_new_archive(tmp_path: Path, size: int, create: bool) -> None:
    path = tmp_path / "policywatch.db"
    if size:
        with sqlite3.connect(path) as plain:  # a database without a table
            plain.execute("PRAGMA user_version = 1")
        plain.close()
    else:
        path.touch()
    before = path.read_bytes()

    with pytest.raises(ArchiveDamaged, match=r"is empty.*Restore a backup.*to start over, remove the file"):
        open_archive(f"sqlite:///{path}", create=create)

    assert len(path.read_bytes()) == len(before)


def test_the_database_of_another_program_stays_as_it_is_to_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "recipes.db"
    with sqlite3.connect(path) as plain:
        plain.execute("CREATE TABLE recipe (name TEXT)")
    plain.close()
    before = path.read_bytes()

    with pytest.raises(ArchiveError, match="the database of another program"):
        open_archive(f"sqlite:///{path}")

    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["recipes.db"]


def test_one_that_has_lost_its_version_is_damaged_and_not_made_anew(file: Path) -> None:
    with sqlite3.connect(file) as plain:
        plain.execute("DELETE FROM alembic_version")
    plain.close()

    assert found(file)[0].endswith("does not say which version of policywatch wrote it.")


def test_a_stop_while_it_is_made_leaves_no_half_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("diffs.database.migrations.run.upgrade", stopped)

    with pytest.raises(KeyboardInterrupt):
        open_archive(f"sqlite:///{tmp_path / 'data' / 'policywatch.db'}")

    assert list((tmp_path / "data").iterdir()) == []


# --- PostgreSQL ---------------------------------------------------------------------------------------------------


@pytest.mark.postgresql
def test_a_server_whose_file_lost_a_block_or_a_row_is_called_damaged(postgres: Postgres) -> None:
    url = postgres.fresh_database()
    archive = open_archive(url)
    fill(archive)
    assert integrity.damage(archive) == []
    with archive.begin() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))  # follows no reference
        session.execute(text("DELETE FROM page WHERE key = 'fees'"))
    with archive.read() as session:
        session.execute(text("CHECKPOINT"))
        folder = session.execute(text("SHOW data_directory")).scalar()
        file = session.execute(text("SELECT pg_relation_filepath('body')")).scalar()
    archive.close()
    with Path(str(folder), str(file)).open("r+b") as body:
        body.seek(8192)
        body.write(b"\xff" * 8192)

    # A copy of the files is read from the disk, not from the server's memory.
    copied = open_archive(postgres.fresh_database(like=url))
    named = integrity.damage(copied)
    copied.close()

    assert any(line.startswith("body: invalid page in block 1") for line in named), named
    assert "30 rows of snapshot without the row of page that belongs to it" in named
