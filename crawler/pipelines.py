"""Hand every fetched page to the archive, where it is stored, committed, and then judged."""

from collections.abc import Awaitable, Callable
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from diffs.errors import ArchiveError
from diffs.wording.failures import in_full

from .items import FetchedPage
from .rounds.round import round_of


class IntoArchive:
    """Hands over every fetched page, whatever the response, and passes it on with the engine's judgement."""

    def __init__(self, keep: Callable[[FetchedPage], Awaitable[FetchedPage]]) -> None:
        self._keep = keep

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Create it from Scrapy's crawler."""
        return cls(round_of(crawler).keep)

    async def process_item(self, item: FetchedPage) -> FetchedPage:
        """The page with its verdict. An archive that cannot be written ends the round: fetches would be lost."""
        try:
            return await self._keep(item)
        except ArchiveError as error:
            raise DropItem(in_full(error)) from error
