"""Open the archive: SQLite by default, PostgreSQL by URL; migrate on opening; provide sessions."""

import logging
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import QueuePool
from sqlmodel import Session, create_engine

from diffs.errors import RESTORE, ArchiveDamaged, ArchiveError, ArchiveMissing, refused
from diffs.failures import Failure, Reason
from diffs.private_files import is_open, new_private_file, private_folder

from . import addresses, sqlite
from .migrations.head import HEAD

#: Users of the archive get its session type from here; only the archive's own rooms know the library behind it.
__all__ = ["BUSY_TIMEOUT_MS", "Archive", "Session", "engine_for", "open_archive", "sqlite_version"]

log = logging.getLogger(__name__)

#: How long a writer waits for another, in milliseconds, before the archive counts as locked.
BUSY_TIMEOUT_MS = 15_000


class Archive:
    """An open archive. `begin` gives a write transaction, `read` a session for reading."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(policywatch_reading=True)

    @property
    def url(self) -> str:
        """The database's URL without its password."""
        return addresses.shown(self._engine.url)

    @property
    def secret_url(self) -> str:
        """The database's URL with its password: for a process of our own, never to be shown."""
        return self._engine.url.render_as_string(hide_password=False)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One write transaction: committed at the end of the block, rolled back when it raises.

        Raises ArchiveError if the database is locked, full or unreadable.
        """
        with _translated(), Session(self._engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading; changes made in it are not kept."""
        with _translated(), Session(self._reading, expire_on_commit=False, autoflush=False) as session:
            yield session

    def let_go(self) -> bool:
        """Whether this process now holds no connection to the archive; the next use opens one.

        Only then may it be copied (`os.fork`): SQLite takes its locks for a whole process, and a copy would count on
        those of the original. False where somebody works with the archive, or that cannot be known.
        """
        pool = self._engine.pool
        if not isinstance(pool, QueuePool) or pool.checkedout():
            return False
        self._engine.dispose()
        file = addresses.file_of(self._engine.url)
        return file is None or not is_open(file)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise _refused(error) from error
    except UnicodeDecodeError as error:  # SQLite quotes bytes that are not text when a schema is damaged
        raise refused(Failure(Reason.ARCHIVE_DAMAGED, detail="its own description is not text")) from error


def _refused(error: SQLAlchemyError) -> ArchiveError:
    cause = getattr(error, "orig", None) or error
    reason = _reason(error, cause)
    return refused(Failure(reason, detail=str(cause).splitlines()[0]))


def _reason(error: SQLAlchemyError, cause: BaseException) -> Reason:
    code = _code(cause)
    if str(cause).startswith("Could not decode to UTF-8"):  # the driver's own message, without a code
        return Reason.ARCHIVE_DAMAGED
    if isinstance(error, OperationalError) and not code:  # no answer from a database at all
        return Reason.ARCHIVE_NO_SERVER
    return _REASONS.get(code, Reason.ARCHIVE_UNUSABLE)


def _code(cause: BaseException) -> int | str:
    """The database's own code for the error: SQLite's primary result code, or PostgreSQL's SQLSTATE."""
    code = getattr(cause, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else str(getattr(cause, "sqlstate", None) or "")


_REASONS: Mapping[int | str, Reason] = {
    sqlite3.SQLITE_BUSY: Reason.ARCHIVE_LOCKED,
    sqlite3.SQLITE_LOCKED: Reason.ARCHIVE_LOCKED,
    "55P03": Reason.ARCHIVE_LOCKED,  # lock_not_available
    sqlite3.SQLITE_FULL: Reason.ARCHIVE_FULL,
    "53100": Reason.ARCHIVE_FULL,  # disk_full
    sqlite3.SQLITE_CORRUPT: Reason.ARCHIVE_DAMAGED,
    sqlite3.SQLITE_NOTADB: Reason.ARCHIVE_FOREIGN,
    "XX001": Reason.ARCHIVE_DAMAGED,  # data_corrupted
    "XX002": Reason.ARCHIVE_DAMAGED,  # index_corrupted
    sqlite3.SQLITE_READONLY: Reason.ARCHIVE_READ_ONLY,
    "25006": Reason.ARCHIVE_READ_ONLY,  # read_only_sql_transaction
    sqlite3.SQLITE_IOERR: Reason.ARCHIVE_DISK,
    "58030": Reason.ARCHIVE_DISK,  # io_error
}


def sqlite_version() -> str:
    """The version of SQLite that this Python comes with, as "3.40.1"."""
    return sqlite3.sqlite_version


def open_archive(url: str, *, create: bool = True, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> Archive:
    """Open the archive at an SQLAlchemy URL and bring its tables up to date.

    With `create` a missing archive is created, including the folder of an SQLite file; without it, ArchiveMissing is
    raised and nothing is left behind. Raises ArchiveError with a remedy if the URL is wrong, the file is no archive,
    is newer than this program, or cannot be written.
    """
    file = addresses.file_of(addresses.parsed(url))
    with _reached():
        if file is not None and file.is_file() and not file.stat().st_size:
            raise _empty(addresses.shown(url))  # before SQLite writes its first page into it
        if file is not None and create and not file.exists():
            sqlite.make(file, _fill)
    engine = engine_for(url, create=create, busy_timeout_ms=busy_timeout_ms)
    with _translated():
        _migrate(engine, file, create=create)
    return Archive(engine)


def engine_for(url: str, *, create: bool = True, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> Engine:
    """An engine set up as the archive needs it, with nothing opened yet.

    Raises ArchiveError for an unusable URL, and ArchiveMissing without `create` if there is no SQLite file.
    """
    parsed = addresses.parsed(url)
    file = addresses.file_of(parsed)
    with _reached():
        if file is not None and not file.exists():
            if not create:
                raise _none_at(parsed)
            private_folder(file.parent)
            os.close(new_private_file(file))
    try:
        engine = create_engine(parsed)
    except (NoSuchModuleError, ImportError) as error:
        raise ArchiveError(f"The archive cannot be opened: {error}.", remedy=addresses.REMEDY) from error
    if engine.dialect.name == "sqlite":
        sqlite.prepare(engine, file, busy_timeout_ms)
    return engine


def _fill(file: Path) -> None:
    from .migrations.run import upgrade

    engine = engine_for(URL.create("sqlite", database=str(file)).render_as_string())
    try:
        with _translated():
            upgrade(engine)
    finally:
        engine.dispose()


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        remedy = "Give the user who runs policywatch access to its folder."
        raise ArchiveError(f"The archive cannot be opened: {error}.", remedy=remedy) from error
    except (OSError, ValueError) as error:  # the folder cannot be made, or no folder can have this name
        raise ArchiveError(f"The archive cannot be opened: {error}.", remedy=addresses.REMEDY) from error


def _none_at(url: URL) -> ArchiveMissing:
    return ArchiveMissing(f"There is no archive at {addresses.shown(url)} yet.")


def _migrate(engine: Engine, file: Path | None, *, create: bool) -> None:
    with engine.execution_options(policywatch_reading=True).connect() as connection:
        revision = _revision(connection)
        if revision == HEAD:
            return
        if revision is None:
            _refuse_what_is_no_archive(connection, file, create=create)
    # Alembic is loaded only if there is something to do: that takes a fifth of a second.
    from .migrations.run import upgrade

    upgrade(engine)


def _refuse_what_is_no_archive(connection: Connection, file: Path | None, *, create: bool) -> None:
    """Raise ArchiveError if there is a file without a version: archives are named when complete, so it is not ours."""
    where, tables = addresses.shown(connection.engine.url), inspect(connection).get_table_names()
    if file is None and "alembic_version" not in tables:
        if not create and not tables:
            raise _none_at(connection.engine.url)
        return
    if not tables:
        raise _empty(where)
    if "alembic_version" in tables:
        message = f"The archive {where} does not say which version of policywatch wrote it."
        raise ArchiveDamaged(message, remedy=RESTORE)
    message = f"{where} is the database of another program; nothing in it was touched."
    raise ArchiveError(message, remedy=addresses.REMEDY)


def _empty(where: str) -> ArchiveDamaged:
    return ArchiveDamaged(
        f"The archive {where} is empty: what it held is lost, or it was never one.",
        remedy="Restore a backup (docs/backup.md); to start over, remove the file.",
    )


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    return str(row[0]) if row else None
