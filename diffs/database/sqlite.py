"""An archive in an SQLite file: made completely or not at all, opened for writing if that is allowed."""

import os
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, event

from diffs.private_files import new_private_file, private_folder

#: SQLite's primary result codes for "this cannot be opened for writing".
_NOT_WRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
#: The files that SQLite keeps beside its file while it is open.
BESIDE = ("-wal", "-shm")


def prepare(engine: Engine, file: Path | None, busy_timeout_ms: int) -> None:
    """Set up an engine as the archive needs it; `file` is None for one in memory."""
    if file is not None:

        @event.listens_for(engine, "do_connect")
        def open_file(_dialect: Any, _record: Any, _given: Any, options: dict[str, Any]) -> sqlite3.Connection:
            return _opened(file, **{name: value for name, value in options.items() if name != "uri"})

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling is switched off: we issue BEGIN ourselves (SQLAlchemy, "pysqlite").
        connection.isolation_level = None
        for pragma in (f"busy_timeout={busy_timeout_ms}", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal" and not _is_foreign(connection):
            connection.execute("PRAGMA journal_mode=WAL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes its lock at the start: a deferred one could fail half-way with "database is locked".
        reading = connection.get_execution_options().get("policywatch_reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _is_foreign(connection: sqlite3.Connection) -> bool:
    """Whether the database has tables but not the one that every archive has: then not a byte of it is changed."""
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return bool(names) and "alembic_version" not in names


def _opened(file: Path, **options: Any) -> sqlite3.Connection:
    """A connection that never creates a file; one for reading if nothing may be written."""
    name = f"file:{quote(str(file.absolute()))}"
    connection: sqlite3.Connection = sqlite3.connect(f"{name}?mode=rw", uri=True, **options)
    try:
        connection.execute("PRAGMA schema_version")
    except sqlite3.OperationalError as error:
        connection.close()
        if error.sqlite_errorcode & 0xFF not in _NOT_WRITABLE or not _only_readable(file):
            raise
        # Nobody can write here, and nothing waits in the log: the file is read as it is, without locks.
        connection = sqlite3.connect(f"{name}?immutable=1", uri=True, **options)
    return connection


def _only_readable(file: Path) -> bool:
    """Whether a file can be read but not written, and is all there is of its archive."""
    log = file.with_name(f"{file.name}-wal")
    return (
        _may(file, os.R_OK)
        and not (_may(file, os.W_OK) and _may(file.parent, os.W_OK))
        and not (log.exists() and log.stat().st_size)
    )


def _may(path: Path, way: int) -> bool:
    return os.access(path, way, effective_ids=True)


def make(file: Path, fill: Callable[[Path], None]) -> None:
    """Make an archive's file, for its owner alone, with what `fill` writes into it.

    It gets its name only when complete: an interruption leaves nothing that looks like an archive, and of two programs
    at once only one makes it. Raises OSError if it cannot be made, and what `fill` raises.
    """
    private_folder(file.parent)
    half = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    os.close(new_private_file(half))
    try:
        fill(half)
        _name(half, file)
    finally:
        for suffix in ("", *BESIDE):
            with suppress(OSError):
                half.with_name(half.name + suffix).unlink()


def _name(half: Path, file: Path) -> None:
    try:
        file.hardlink_to(half)
    except FileExistsError:
        return
    except OSError:  # a file system without links
        if not file.exists():
            half.rename(file)
