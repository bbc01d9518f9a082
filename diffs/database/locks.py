"""A lock on a whole archive: a file beside an SQLite database, or PostgreSQL's advisory locks."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url

from .archive import Archive


def is_shared(archive: Archive) -> bool:
    """Whether the archive is on a server, which many machines may use, rather than in a file."""
    return make_url(archive.url).get_backend_name() == "postgresql"


def file_beside(archive: Archive, suffix: str) -> Path | None:
    """A path beside the archive's file, with another suffix; None if the archive is not a file."""
    url = make_url(archive.url)
    if is_shared(archive) or not url.database or url.database == ":memory:":
        return None
    return Path(url.database).with_suffix(suffix)


@contextmanager
def advisory(archive: Archive, key: int) -> Iterator[bool]:
    """Whether the server granted the lock with this number, which is held for the block.

    The server releases it when the connection ends, for whatever reason.
    """
    with archive.read() as session:
        held = bool(session.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}).scalar())
        try:
            yield held
        finally:
            if held:
                session.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
