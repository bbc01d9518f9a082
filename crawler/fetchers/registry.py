"""The table of fetchers and their common interface: how a page is requested, and how its response is read.

`request` makes the request for a fetch, `capture` reads the response. How robots.txt, politeness and the archive are
handled is the same for all of them.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from scrapy import Request
from scrapy.http import Response

from crawler.items import Look
from crawler.settings import CrawlSettings
from crawler.watchlist.watchlists import WatchedPage
from diffs.failures import Failure
from diffs.values import Capture

from . import feed, help_api, http
from .browser import fetcher as browser


class Fetcher(Protocol):
    """One way of fetching a page."""

    def request(self, page: WatchedPage, look: Look, headers: Mapping[str, str], **kept: Any) -> Request:
        """The request for one fetch; `headers` are those of a conditional GET, `kept` is passed to Scrapy as is.

        Raises Unusable if the page's address does not fit this way.
        """

    def capture(self, page: WatchedPage, response: Response) -> Capture:
        """What the response contained."""

    def missing(self, settings: CrawlSettings) -> Failure | None:
        """What has to be installed before this way can be used, or None."""


#: By name: the names are `Fetcher` in `crawler/watchlist/watchlists.py`.
_FETCHERS: dict[str, Fetcher] = {
    "http": http.FETCHER,
    "help-api": help_api.FETCHER,
    "browser": browser.FETCHER,
    "feed": feed.FETCHER,
}


def fetcher(name: str) -> Fetcher:
    """The fetcher of this name. Raises KeyError if there is none."""
    return _FETCHERS[name]
