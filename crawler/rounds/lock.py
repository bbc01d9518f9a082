"""One crawl at a time on one archive: two would ask the same pages twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import text
from sqlalchemy.engine import make_url

from diffs.database.archive import Archive
from diffs.errors import CrawlError

#: Names our lock among PostgreSQL's advisory locks.
CRAWL_LOCK = 7_065_767


class AnotherCrawl(CrawlError):
    """Another crawl is running on this archive."""


@contextmanager
def alone(archive: Archive) -> Iterator[None]:
    """Hold the archive's crawl lock for the block; the system lets go of it when the process ends, however it ends.

    Raises AnotherCrawl where somebody else holds it.
    """
    url = make_url(archive.url)
    if url.get_backend_name() == "postgresql":
        with _advisory(archive):
            yield
    elif url.database and url.database != ":memory:":
        with _file(Path(url.database).with_suffix(".crawling")):
            yield
    else:
        yield


@contextmanager
def _file(path: Path) -> Iterator[None]:
    try:
        with FileLock(path, timeout=0):
            yield
    except Timeout:
        raise _busy() from None


@contextmanager
def _advisory(archive: Archive) -> Iterator[None]:
    with archive.read() as session:
        if not session.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": CRAWL_LOCK}).scalar():
            raise _busy()
        try:
            yield
        finally:
            session.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": CRAWL_LOCK})


def _busy() -> AnotherCrawl:
    return AnotherCrawl(
        "Another crawl is running on this archive.", remedy="Wait until it has finished; nothing was asked."
    )
