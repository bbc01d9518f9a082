"""Fetch through Scrapy what a page loads while the browser shows it: the browser itself has no network.

So everything that holds for a page holds for its parts: robots.txt, also after a redirect; no private address; no
untrusted certificate; the limits on the time and size of a response; our name. Parts come from the page's own site and
from hosts that its watch-list entry names (`parts_from`): those get GET requests only, and the page never moves there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler.failures import NotAsked, Refused, brief, failure_of
from crawler.fetchers.http import media_type
from crawler.headers import plain_headers
from crawler.items import PACED, PART
from diffs.judging.gate import is_block
from diffs.values import Capture
from diffs.wording.failures import sentence

if TYPE_CHECKING:
    from diffs.failures import Failure

#: Kinds of resources that a policy's text does not need.
NEEDLESS = frozenset({"image", "media", "font", "websocket", "eventsource", "manifest", "texttrack", "other", "ping"})

#: How many parts one page may request. A page that keeps requesting more is not read any better for it.
MOST = 100

#: How many of them are fetched at a time.
TOGETHER = 4

#: How many redirects of a part are followed.
HOPS = 5

#: Fields of a part's request that the browser chooses; our name and the packing of the response are up to Scrapy.
_KEPT = ("accept", "accept-language", "content-type", "origin", "referer", "x-requested-with")

#: Fields of a response that the browser is not given: it gets the body unpacked, and keeps no cookies.
_DROPPED = frozenset(
    {b"content-encoding", b"content-length", b"transfer-encoding", b"set-cookie", b"content-disposition"}
)

Fetch = Callable[[Request], Awaitable[Response]]


class Parts:
    """The parts of one page: answers what the browser requests, and records what it did not get.

    `document` is the page itself, which has already been fetched. `left_out` has the reason by address. `led_to` is the
    address that the page tried to move to and was not allowed to, "" if there is none. `refused` is the response in
    which the site told us to stop or asked for a human; `halted` is why we may send its host no more requests: after
    either, nothing more is requested for the page. `paced` is how many seconds parts had to wait for one another: the
    page cannot be faster.
    """

    def __init__(self, document: Response, fetch: Fetch, also: Iterable[str] = ()) -> None:
        self.left_out: dict[str, str] = {}
        self.led_to = ""
        self.refused: Response | None = None
        self.halted: Failure | None = None
        self.paced = 0.0
        self._document: Response | None = document
        self._site = _site(document.url)
        self._host = urlsplit(document.url).netloc
        self._also = frozenset(host.lower() for host in also)
        self._fetch = fetch
        self._asked = 0
        self._places = asyncio.Semaphore(TOGETHER)
        self._over = asyncio.Event()
        self._on_their_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def idle(self) -> bool:
        """Whether no part is being fetched."""
        return self._idle.is_set()

    def told(self) -> str:
        """What the page did not get and why, in words; "" if it got everything."""
        most = list(self.left_out.items())[:3]
        words = "; ".join(f"{brief(url, 120)} ({why.rstrip('.')})" for url, why in most)
        more = len(self.left_out) - len(most)
        return f"Not fetched for it: {words}{f'; {more} more' if more else ''}." if words else ""

    async def settle(self, seconds: float) -> None:
        """Wait until no part is being fetched, for at most this long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), seconds)

    def end(self) -> None:
        """Give up what is still being fetched: the page is read as it is."""
        self._over.set()

    async def answer(self, route: Any) -> None:
        """Give the browser what it requests, or nothing. For Playwright's `Page.route`."""
        from playwright.async_api import Error

        with suppress(Error):  # the page was closed, or moved on, before its part arrived
            response = await self._part(route.request)
            if response is None:
                await route.abort("blockedbyclient")
            else:
                await route.fulfill(status=response.status, headers=_fields(response), body=response.body)

    async def _part(self, asked: Any) -> Response | None:
        is_page = asked.is_navigation_request() and asked.frame.parent_frame is None
        document, self._document = self._document, None
        if document is not None and is_page:
            return document
        if not self._wanted(asked, is_page=is_page):
            return None
        self._on_their_way += 1
        self._idle.clear()
        try:
            return await self._before_the_end(self._fetched(asked, is_page=is_page))
        finally:
            self._on_their_way -= 1
            if not self._on_their_way:
                self._idle.set()

    def _wanted(self, asked: Any, *, is_page: bool) -> bool:
        if asked.resource_type in NEEDLESS or (asked.resource_type == "document" and not is_page):
            return False
        if not self._is_ours(asked.url, is_page=is_page):
            return False
        if self.refused is not None:
            self._leave_out(asked.url, "the site had asked us to stop", is_page=False)
            return False
        if self.halted is not None:
            return False
        methods = ("GET", "HEAD", "POST") if _site(asked.url) == self._site else ("GET", "HEAD")
        if asked.method not in methods:
            self._leave_out(asked.url, f"{asked.method} would change something there", is_page=is_page)
            return False
        self._asked += 1
        if self._asked > MOST:
            self._leave_out(f"{self._site}/", f"the page asked for more than {MOST} parts", is_page=False)
        return self._asked <= MOST

    async def _fetched(self, asked: Any, *, is_page: bool) -> Response | None:
        fields = {name: value for name, value in asked.headers.items() if name in _KEPT}
        request = self._request(asked.url, fields, method=asked.method, body=asked.post_data_buffer or b"")
        async with self._places:
            for _ in range(HOPS):
                if self.refused is not None or self.halted is not None:
                    return None
                response = await self._response(request, is_page=is_page)
                if response is not None and _asks_to_stop(response):
                    self.refused = response
                where = _leads_to(response) if response is not None else ""
                if not where:
                    return response
                if not self._is_ours(where, is_page=is_page):
                    return None
                request = self._request(where, fields)
        self.left_out.setdefault(asked.url, "it redirects in an endless loop")
        return None

    def _request(self, url: str, fields: Mapping[str, str], *, method: str = "GET", body: bytes = b"") -> Request:
        meta = {
            PART: True,
            # A slot of its own: the host's slot is taken by the page, which waits for this part.
            "download_slot": f"{self._host} part {self._asked}",
            "autothrottle_dont_adjust_delay": True,
            # Every redirect is checked here: none leaves the site.
            "dont_redirect": True,
        }
        return Request(url, method=method, headers=dict(fields), body=body, meta=meta, dont_filter=True)

    async def _response(self, request: Request, *, is_page: bool) -> Response | None:
        try:
            return await self._fetch(request)
        except NotAsked as error:
            self.halted = self.halted or error.failure
        except Refused as error:
            self._leave_out(request.url, sentence(error.failure), is_page=is_page)
        except Exception as error:  # noqa: BLE001 (whatever kept a part away: the page goes on without it)
            self.left_out.setdefault(request.url, sentence(failure_of(error, request.url)))
        finally:
            self.paced += request.meta.get(PACED, 0.0)
        return None

    async def _before_the_end(self, fetching: Awaitable[Response | None]) -> Response | None:
        task = asyncio.ensure_future(fetching)
        over = asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait({task, over}, return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            task.cancel()
            over.cancel()

    def _is_ours(self, url: str, *, is_page: bool) -> bool:
        if _site(url) == self._site or (not is_page and self._is_named(url)):
            return True
        why = f"{urlsplit(url).netloc or url} is another site, and parts_from does not name it"
        self._leave_out(url, why, is_page=is_page)
        return False

    def _is_named(self, url: str) -> bool:
        parts = urlsplit(url)
        # Never with less protection than the page itself has.
        return (parts.hostname or "") in self._also and parts.scheme in {"https", urlsplit(self._site).scheme}

    def _leave_out(self, url: str, why: str, *, is_page: bool) -> None:
        self.left_out.setdefault(url, why)
        if is_page:
            self.led_to = url


def _site(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _asks_to_stop(response: Response) -> bool:
    if response.status in (429, 503):
        return True
    headers = plain_headers(response.headers)
    if response.status == 200 and media_type(headers) != "html":
        return False
    return is_block(Capture(url=response.url, status=response.status, headers=headers, body=response.body))


def _leads_to(response: Response) -> str:
    where = response.headers.get("Location") if response.status in (301, 302, 303, 307, 308) else None
    return urljoin(response.url, where.decode("latin-1")) if where else ""


def _fields(response: Response) -> dict[str, str]:
    return {
        name.decode("latin-1"): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
        if name.lower() not in _DROPPED
    }
