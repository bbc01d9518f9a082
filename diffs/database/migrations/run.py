"""Bring an archive's tables up to date."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine

from diffs.errors import ArchiveError


def config() -> Config:
    """Alembic's configuration, without a file."""
    alembic = Config()
    alembic.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return alembic


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run the missing migrations in one transaction.

    Raises ArchiveError if the archive is newer than this program, or a migration would break it.
    """
    with migrating(engine) as connection:
        alembic = config()
        alembic.attributes["connection"] = connection
        try:
            command.upgrade(alembic, revision)
        except CommandError as error:
            remedy = "Update policywatch; the archive was written by a newer one."
            raise ArchiveError(f"The archive cannot be brought up to date: {error}.", remedy=remedy) from error


@contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """A transaction in which tables may be rebuilt; committed at the end, rolled back if it raises.

    On SQLite a migration rebuilds a table by copying it and dropping the old one. With foreign keys on, the drop would
    cascade to the children's rows. So they are off on this one connection, and checked before the commit.
    Raises ArchiveError if a row would refer to nothing.
    """
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            yield connection
        return
    with engine.connect() as connection:
        # SQLite ignores this pragma inside a transaction, so the one that the engine began is ended first.
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield connection
            _check_references(connection)
            connection.commit()
        finally:
            connection.rollback()
            connection.connection.cursor().execute("PRAGMA foreign_keys=ON")


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken:
        raise ArchiveError(
            f"A migration would break the archive: a row of {broken[0]} refers to a missing row of {broken[2]}.",
            remedy="Nothing was changed. Please report this.",
        )
