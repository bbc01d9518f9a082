"""Refuse forbidden addresses before anything is sent, including for robots.txt and each step of a redirect."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.addresses import refused
from crawler.failures import Refused
from crawler.rounds.round import round_of
from diffs.failures import Reason


class AddressGuard:
    """Blocks requests to private networks; what a name resolves to is checked by `addresses.GuardedResolver`."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Create it from Scrapy's crawler."""
        return cls(allow_private=round_of(crawler).settings.allow_private_addresses)

    def process_request(self, request: Request) -> None:
        """Raise Refused if we may not request the address."""
        failure = refused(request.url)
        if failure and not (self._allow_private and failure.reason is Reason.PRIVATE_ADDRESS):
            raise Refused(failure)
