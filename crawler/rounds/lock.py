"""Allow only one crawl at a time on an archive: two would fetch the same pages twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from diffs.database import locks
from diffs.database.archive import Archive
from diffs.errors import CrawlError
from diffs.private_files import FILE_MODE

#: Names our lock among PostgreSQL's advisory locks.
CRAWL_LOCK = 7_065_767


class AnotherCrawl(CrawlError):
    """Another crawl is running on this archive."""


@contextmanager
def alone(archive: Archive) -> Iterator[None]:
    """Hold the archive's crawl lock for the block; the system releases it when the process ends, however it ends.

    Raises AnotherCrawl if another process holds it.
    """
    beside = locks.file_beside(archive, ".crawling")
    if locks.is_shared(archive):
        with locks.advisory(archive, CRAWL_LOCK) as held:
            if not held:
                raise _busy()
            yield
    elif beside is not None:
        with _file(beside):
            yield
    else:
        yield


@contextmanager
def _file(path: Path) -> Iterator[None]:
    try:
        with FileLock(path, timeout=0, mode=FILE_MODE):
            yield
    except Timeout:
        raise _busy() from None


def _busy() -> AnotherCrawl:
    return AnotherCrawl(
        "Another crawl is running on this archive.",
        remedy="Wait until it has finished; this one did not send any request.",
    )
