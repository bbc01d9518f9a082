"""The one thread in which a round works on the archive.

All archive work happens there, in order and outside Scrapy's thread, so that a slow disk or a long comparison never
keeps the crawl from noticing a response or a timeout.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from diffs.errors import ArchiveError

T = TypeVar("T")


class ArchiveThread:
    """Runs work on the archive, one piece after the other.

    Raises RuntimeError if the system has no thread for it.
    `fatal` is the first error after which the archive cannot be used, None while it can.
    """

    def __init__(self) -> None:
        self.fatal: ArchiveError | MemoryError | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        # It starts now: if the system has no thread for it, nothing is fetched.
        self._thread.submit(int)

    async def run(self, work: Callable[[], T]) -> T:
        """The result of a piece of work, once it is done.

        Raises what it raises; an ArchiveError or a MemoryError is fatal.
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except (ArchiveError, MemoryError) as error:
            self.fatal = self.fatal or error
            raise

    def close(self) -> None:
        """Let the thread finish what it has begun."""
        self._thread.shutdown(wait=True)
