"""Fetch a feed of announcements: a plain GET that accepts feeds."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.items import Look
from crawler.watchlist.watchlists import WatchedPage
from diffs.values import Capture

from .http import Http

_ACCEPT = "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, application/xml;q=0.8, */*;q=0.1"


class Feed(Http):
    """Requests a feed like any page, including conditional GET."""

    def request(self, page: WatchedPage, look: Look, headers: Mapping[str, str], **kept: Any) -> Request:
        """The same GET, with an Accept header that prefers feeds."""
        return super().request(page, look, {"Accept": _ACCEPT, **headers}, **kept)

    def capture(self, page: WatchedPage, response: Response) -> Capture:
        """The response, to be read as a feed; one that is no feed is judged as the page it is."""
        return replace(super().capture(page, response), fetched_by="feed", media_type="feed")


FETCHER = Feed()
