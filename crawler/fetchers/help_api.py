"""Fetch a help centre's article with one JSON call to its own interface, without the page around it.

The Seller Central help pages are filled by a script from this call (domain notes, html.md, section 1). The call sends
the headers that its endpoint needs under our own User-Agent, nothing more; robots.txt holds for the endpoint too.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler.failures import Unusable
from crawler.headers import plain_headers
from crawler.items import Look
from crawler.settings import CrawlSettings
from crawler.watchlist.watchlists import WatchedPage
from diffs.failures import Failure, Reason
from diffs.values import Capture

ENDPOINT = "/help/hub/mons-api/GetHelpTopic"

#: IDs are letters and digits, with at least one digit: "help" is a folder. The oldest topics have three digits.
_ID = re.compile(r"(?=.*\d)[A-Za-z0-9]{3,40}")


class HelpApi:
    """Requests one topic from the help centre."""

    def request(self, page: WatchedPage, look: Look, headers: Mapping[str, str], **kept: Any) -> Request:  # noqa: ARG002 (a POST has no validators)
        """The call for the topic that the page's address names. Raises Unusable if it names none."""
        parts = urlsplit(page.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        question = {
            "guid": topic_of(page.url),
            "locale": locale_of(page),
            "statuses": ["Live"],
            "consistentRead": False,
        }
        fields = {
            "Accept": "application/json",
            "Accept-Language": locale_of(page),
            "Content-Type": "application/json;charset=UTF-8",
            "Origin": origin,
            "Referer": page.url.split("?", 1)[0],
        }
        body = json.dumps(question)
        return Request(origin + ENDPOINT, method="POST", headers=fields, body=body, dont_filter=True, **kept)

    def capture(self, page: WatchedPage, response: Response) -> Capture:
        """The response as received; `url` and `final_url` are the page's own, because that is what a reader opens."""
        headers = plain_headers(response.headers)
        is_json = "json" in headers.get("content-type", "") or response.body.lstrip()[:1] == b"{"
        moved = response.request is not None and bool(response.request.meta.get("redirect_urls"))
        return Capture(
            url=page.url,
            final_url=response.url if moved else page.url,
            status=response.status,
            headers=headers,
            body=response.body,
            fetched_by="help-api",
            # A block or an error is returned as a page, and is judged as one.
            media_type="help-api" if is_json else "html",
            language=page.language,
        )

    def missing(self, settings: CrawlSettings) -> Failure | None:  # noqa: ARG002 (the interface's)
        """None: this way always works."""
        return None


def topic_of(url: str) -> str:
    """The id of the help topic that an address names: its last path segment, or its itemID.

    Raises Unusable if there is none.
    """
    parts = urlsplit(url)
    asked = parse_qs(parts.query).get("itemID", [""])[0]
    last = asked or parts.path.rstrip("/").rsplit("/", 1)[-1]
    if not _ID.fullmatch(last):
        raise Unusable(Failure(Reason.NO_TOPIC, detail=url))
    return last


def locale_of(page: WatchedPage) -> str:
    """The locale to request, such as "en-US": the address's own, otherwise the page's language."""
    query = parse_qs(urlsplit(page.url).query)
    named = next((query[name][0] for name in ("locale", "language", "mons_sel_locale") if name in query), "")
    return (named or page.language or "en-US").replace("_", "-")


FETCHER = HelpApi()
