"""FetchedPage → snapshot in the archive, committed; then judged."""

from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from diffs.errors import ArchiveError

from .items import FetchedPage
from .rounds.round import Round, round_of


class Archivist:
    """Hands every look to the archive, whatever came, and passes it on with the engine's word on it."""

    def __init__(self, crawler: Crawler, current: Round) -> None:
        self._crawler = crawler
        self._round = current

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        return cls(crawler, round_of(crawler))

    async def process_item(self, item: FetchedPage) -> FetchedPage:
        """Store and judge. An archive that cannot be written ends the round: to fetch on would be for nothing."""
        try:
            return await self._round.keep(item)
        except ArchiveError as error:
            raise DropItem(str(error)) from error
