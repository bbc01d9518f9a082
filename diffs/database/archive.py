"""Open the archive: SQLite by default, PostgreSQL by URL; migrate on open; hand out sessions."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlmodel import Session, create_engine

from diffs.errors import ArchiveError, ArchiveFull, ArchiveLocked, ArchiveMissing

from .migrations.head import HEAD

#: Whoever uses the archive names its sessions from here; only the archive's own rooms know the library behind it.
__all__ = ["BUSY_TIMEOUT_MS", "Archive", "Session", "engine_for", "open_archive", "sqlite_version"]

log = logging.getLogger(__name__)

#: How long a writer waits for another one, in milliseconds, before the archive is called locked.
BUSY_TIMEOUT_MS = 15_000


class Archive:
    """An open archive. `begin` gives one write transaction, `read` a view for reading."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(policywatch_reading=True)

    @property
    def url(self) -> str:
        """The database's URL without its password."""
        return self._engine.url.render_as_string(hide_password=True)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One write transaction: committed at the end of the block, rolled back when it raises.

        Raises ArchiveError when the database is locked, full or unreadable.
        """
        with _spoken_of(), Session(self._engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading; nothing it changes is kept."""
        with _spoken_of(), Session(self._reading, expire_on_commit=False, autoflush=False) as session:
            yield session

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()


@contextmanager
def _spoken_of() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise _spoken(error) from error


def _spoken(error: SQLAlchemyError) -> ArchiveError:
    cause = getattr(error, "orig", None) or error
    kind, remedy = _KINDS.get(_code(cause), (ArchiveError, "Run policywatch doctor."))
    return kind(f"The archive cannot be used: {str(cause).splitlines()[0]}.", remedy=remedy)


def _code(cause: BaseException) -> int | str:
    """The database's own code for what happened: SQLite's primary result code, or PostgreSQL's SQLSTATE."""
    code = getattr(cause, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else str(getattr(cause, "sqlstate", None) or "")


_LOCKED = (ArchiveLocked, "Another program is writing to it; try again when it has finished.")
_FULL = (ArchiveFull, "Make room on the disk and run the same command again; nothing stored was lost.")
_KINDS: dict[int | str, tuple[type[ArchiveError], str]] = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    "55P03": _LOCKED,  # lock_not_available
    sqlite3.SQLITE_FULL: _FULL,
    "53100": _FULL,  # disk_full
}


def sqlite_version() -> str:
    """The version of the SQLite that this Python brings, as "3.40.1"."""
    return sqlite3.sqlite_version


def open_archive(url: str, *, create: bool = True, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> Archive:
    """Open the archive at an SQLAlchemy URL and bring its tables up to date.

    With `create` one that is not there yet is made, the folder of an SQLite file too; without it that raises
    ArchiveMissing, and nothing is left behind. Raises ArchiveError with a remedy when the URL is wrong, the file is no
    archive, is newer than this program, or cannot be written.
    """
    engine = engine_for(url, create=create, busy_timeout_ms=busy_timeout_ms)
    with _spoken_of():
        _migrate(engine, create=create)
    return Archive(engine)


def engine_for(url: str, *, create: bool = True, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> Engine:
    """An engine set up as the archive needs it, nothing opened yet.

    Raises ArchiveError for a URL of no use, and without `create` ArchiveMissing where an SQLite file is not there.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
            file = Path(str(parsed.database)).expanduser()
            if not create and not file.exists():
                raise _none_at(parsed)
            file.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed)
    except (ArgumentError, NoSuchModuleError, ImportError, OSError) as error:
        remedy = "Set POLICYWATCH_DATABASE_URL to an SQLAlchemy URL, or unset it for the default."
        raise ArchiveError(f"The archive cannot be opened: {error}.", remedy=remedy) from error
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine, busy_timeout_ms)
    return engine


def _prepare_sqlite(engine: Engine, busy_timeout_ms: int) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling is switched off: we say BEGIN ourselves (SQLAlchemy, "pysqlite").
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            f"busy_timeout={busy_timeout_ms}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes its lock at the start: a deferred one could fail half-way with "database is locked".
        reading = connection.get_execution_options().get("policywatch_reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _none_at(url: URL) -> ArchiveMissing:
    return ArchiveMissing(f"There is no archive at {url.render_as_string(hide_password=True)} yet.")


def _migrate(engine: Engine, *, create: bool) -> None:
    with engine.execution_options(policywatch_reading=True).connect() as connection:
        revision = _revision(connection)
        if revision == HEAD:
            return
        if revision is None and not create and not inspect(connection).get_table_names():
            raise _none_at(engine.url)
    # Alembic is loaded only where there is something to do: it costs a fifth of a second.
    from .migrations.run import upgrade

    upgrade(engine)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    return str(row[0]) if row else None
