"""One crawl at a time on one archive: two would ask the same pages twice."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url

from diffs.database import Archive
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
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _busy(os.read(descriptor, 20).decode(errors="replace")) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _advisory(archive: Archive) -> Iterator[None]:
    with archive.read() as session:
        if not session.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": CRAWL_LOCK}).scalar():
            raise _busy("")
        try:
            yield
        finally:
            session.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": CRAWL_LOCK})


def _busy(process: str) -> AnotherCrawl:
    who = f" (process {process})" if process.strip().isdigit() else ""
    return AnotherCrawl(
        f"Another crawl is running on this archive{who}.", remedy="Wait until it has finished; nothing was asked."
    )
