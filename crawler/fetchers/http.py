"""Fetch a page with a plain GET."""

from collections.abc import Mapping
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.headers import plain_headers
from crawler.items import Look
from crawler.settings import CrawlSettings
from crawler.watchlist.watchlists import WatchedPage
from diffs.failures import Failure
from diffs.values import Capture

#: Content types that are Markdown or plain text; everything else is read as HTML, or not at all.
_TEXTS = {"text/markdown": "markdown", "text/x-markdown": "markdown", "text/plain": "text"}
_HTML = {"text/html", "application/xhtml+xml", "application/xml", "text/xml", ""}


class Http:
    """Requests the page itself."""

    def request(self, page: WatchedPage, look: Look, headers: Mapping[str, str], **kept: Any) -> Request:
        """A GET in the page's language; a second fetch asks every cache on the way for the original."""
        fields = {"Accept-Language": page.language or "en", **headers}
        if look.purpose == "confirm":
            fields |= {"Cache-Control": "no-cache", "Pragma": "no-cache"}
        return Request(page.url, headers=fields, dont_filter=True, **kept)

    def capture(self, page: WatchedPage, response: Response) -> Capture:
        """Status, headers, final address and bytes as received, unpacked."""
        headers = plain_headers(response.headers)
        return Capture(
            url=page.url,
            final_url=response.url,
            status=response.status,
            headers=headers,
            body=response.body,
            fetched_by="http",
            media_type=media_type(headers),
            language=page.language,
        )

    def missing(self, settings: CrawlSettings) -> Failure | None:  # noqa: ARG002 (the interface's)
        """None: this way always works."""
        return None


def media_type(headers: Mapping[str, str]) -> str:
    """The kind of content by its Content-Type: html, markdown, text or other."""
    kind = headers.get("content-type", "").split(";", 1)[0].strip().lower()
    return "html" if kind in _HTML else _TEXTS.get(kind, "other")


FETCHER = Http()
