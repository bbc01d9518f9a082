"""A copy of the archive, made while others go on using it."""

import sqlite3
from pathlib import Path

from diffs.errors import ArchiveDamaged, ArchiveError

from . import integrity
from .archive import Archive, open_archive


def copy(archive: Archive, file: Path) -> None:
    """Copy an SQLite archive into an empty file, as it is at one moment, and check the copy.

    Raises ArchiveDamaged if the copy is incomplete, ArchiveError if the archive is not an SQLite file.
    """
    with archive.read() as session:
        ours = session.connection().connection.driver_connection
        if not isinstance(ours, sqlite3.Connection):
            raise ArchiveError(
                "The archive is on a server, which makes its own backups.",
                remedy="Use pg_dump, and save policywatch.toml and signing.key beside it: docs/backup.md.",
            )
        copied = sqlite3.connect(file)
        try:
            ours.backup(copied)
        finally:
            copied.close()
    made = open_archive(f"sqlite:///{file}", create=False)
    try:
        found = integrity.damage(made)
    finally:
        made.close()
    if found:
        message = f"The archive is damaged: {found[0]}. No backup was made."
        raise ArchiveDamaged(message, remedy="docs/backup.md says what helps.")
