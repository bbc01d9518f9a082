"""Scrapy's download handler for pages that a browser shows (only with the extra `browser`).

The page itself is fetched as usual, through every middleware, and handed to the browser; what it then requests is
fetched through `crawler.fetchers.browser.parts`. One browser per round, one context per fetch; time and memory are
bounded.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from playwright.async_api import Error
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError
from scrapy.http import Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
from scrapy_playwright.page import PageMethod

from crawler.failures import NotAsked, Unshown, first_line
from crawler.fetchers.download import Downloads, LetsGo
from crawler.fetchers.http import media_type
from crawler.headers import plain_headers
from crawler.items import CUT_OFF, DOCUMENT, PART
from diffs.failures import Failure, Reason
from diffs.judging.gate import is_block
from diffs.values import Capture

from . import fetcher, processes
from .parts import Parts

#: How many pages are open in the browser at a time.
PLACES = 2

#: How much memory one process of the browser may hold, in bytes.
ROOM = 512 * 1024 * 1024

#: How often that is checked, in seconds.
_EVERY = 0.25

#: How long the browser may take to close a page, in seconds.
_CLOSING = 5.0

#: How often the browser may be started in one round.
STARTS = 5


class Browsing(LetsGo, ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]
    """Shows requests marked for it in the browser, in a context that ends with the fetch; passes on the rest."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._web = Downloads(crawler)
        self._places = asyncio.Semaphore(PLACES)
        self._starting = asyncio.Lock()
        self._starts = 0
        self._out_of_order: Failure | None = None
        # The spider alone requests a page again, when it is the host's turn.
        self.config.target_closed_max_retries = 0

    async def close(self) -> None:
        """End the browser, even one that no longer responds."""
        await self._web.close()
        try:
            async with asyncio.timeout(2 * _CLOSING):
                await super().close()
        except (TimeoutError, Error):
            processes.end_larger(os.getpid(), 0)

    async def download_request(self, request: Request) -> Response:
        """Fetch the page, and show it if requested. Raises NotAsked, Unshown, or what a fetch raises."""
        if not request.meta.get("playwright"):
            return await self._web.download_request(request)
        await self._start()
        document = await self._engine.engine.download_async(_document(request))
        request.meta["download_latency"] = document.meta.get("download_latency", 0.0)
        if not _can_be_shown(document):
            return document.replace(request=request)
        # Only now, so that a host that does not answer takes no place from the others.
        async with self._places:
            try:
                await self._start()
            except NotAsked as error:
                raise Unshown(error.failure) from error
            return await self._shown(request, document)

    async def _start(self) -> None:
        """Make sure the browser is running. Raises NotAsked if it cannot run."""
        async with self._starting:
            if self._stopped():
                raise NotAsked(Failure(Reason.STOPPED))
            await self._old_one_gone()
            if not self._out_of_order and not hasattr(self, "browser"):
                await self._start_afresh()
        if self._out_of_order:
            raise NotAsked(self._out_of_order)

    async def _start_afresh(self) -> None:
        self._starts += 1
        if self._starts > STARTS:
            self._out_of_order = Failure(Reason.BROWSER_WORN_OUT)
            return
        try:
            await self._maybe_launch_browser()
        except Exception as error:  # noqa: BLE001 (a missing library, a wrong program, a full disk: all the same)
            self._out_of_order = Failure(Reason.BROWSER_BROKEN, detail=first_line(error))

    async def _old_one_gone(self) -> None:
        # scrapy-playwright removes it itself once it learns that it has ended.
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSING):
                while hasattr(self, "browser") and not self.browser.is_connected():  # noqa: ASYNC110 (it has no event)
                    await asyncio.sleep(0.05)

    async def _shown(self, request: Request, document: Response) -> Response:
        parts = Parts(document, self._engine.engine.download_async, request.meta["policywatch_parts_from"])
        latency = request.meta["download_latency"]
        limit = self._engine.settings.getfloat("DOWNLOAD_TIMEOUT") + fetcher.PATIENCE
        waiting = _prepare(request, parts, self._engine.settings["USER_AGENT"])
        async with self._bounded(request, parts, limit):
            response = await super().download_request(request)
        parts.end()
        request.meta["download_latency"] = latency
        if parts.halted is not None:
            raise NotAsked(parts.halted)  # with some of its parts missing it would be a different page
        if parts.refused is not None and not waiting.result:
            # What the site answered to a part of the page, it answered to us: the fetch returns that, not an empty
            # frame.
            return parts.refused.replace(url=document.url, request=request)
        request.meta["policywatch_left_out"] = "" if waiting.result else parts.told()
        if len(response.body) > self._engine.settings.getint("DOWNLOAD_MAXSIZE"):
            raise DownloadCancelledError("the rendered page is too large")
        headers = {name: value for name, value in document.headers.items() if name.lower() != b"content-length"}
        return response.replace(url=parts.led_to or response.url, status=document.status, headers=headers)

    @asynccontextmanager
    async def _bounded(self, request: Request, parts: Parts, limit: float) -> AsyncIterator[None]:
        """Hold the block to its time and memory limits, and close its context. Raises Unshown if it failed.

        The time that its parts have to wait for one another comes on top.
        """
        ends = asyncio.get_running_loop().time() + limit
        bound = asyncio.timeout_at(ends)

        def extend() -> None:
            with suppress(RuntimeError):  # it has already finished
                bound.reschedule(ends + parts.paced)

        watched = _Watch(extend)
        watching = asyncio.ensure_future(watched.watch())
        try:
            async with bound:
                yield
        except TimeoutError as error:
            raise Unshown(Failure(Reason.BROWSER_TIMEOUT, detail=f"{limit:.0f}")) from error
        except Error as error:
            raise self._why(error, watched) from error
        finally:
            watching.cancel()
            await self._forget(request.meta["playwright_context"])

    def _why(self, error: Error, watched: "_Watch") -> Unshown:
        text = str(error)
        if watched.ended or "crashed" in text:
            return Unshown(Failure(Reason.BROWSER_MEMORY, detail=str(ROOM // 1024**2)))
        if not (hasattr(self, "browser") and self.browser.is_connected()) or "has been closed" in text:
            return Unshown(Failure(Reason.BROWSER_ENDED), interrupted=True)
        return Unshown(Failure(Reason.BROWSER_FAILED, detail=first_line(error)))

    async def _forget(self, context: str) -> None:
        wrapper = self.context_wrappers.get(context)
        if wrapper is None:
            return
        try:
            async with asyncio.timeout(_CLOSING):
                await wrapper.context.close()
        except (TimeoutError, Error):
            # It no longer responds: the next page gets a new one.
            processes.end_larger(os.getpid(), 0)


class _Watch:
    """Ends browser processes that grow too large; `ended` counts them. `each_time` is called at every check."""

    def __init__(self, each_time: Callable[[], None]) -> None:
        self.ended = 0
        self._each_time = each_time

    async def watch(self) -> None:
        while True:
            await asyncio.sleep(_EVERY)
            self.ended += processes.end_larger(os.getpid(), ROOM)
            self._each_time()


def _document(request: Request) -> Request:
    """The request for the page itself, fetched without a browser; a redirect is left to the outer request."""
    meta = {
        PART: DOCUMENT,
        "download_slot": f"{request.url} itself",
        "dont_redirect": True,
        "autothrottle_dont_adjust_delay": True,
    }
    return Request(request.url, headers=request.headers, meta=meta, dont_filter=True)


def _can_be_shown(document: Response) -> bool:
    """Whether a browser can show it: a whole page only; a refusal, challenge, redirect or PDF needs no browser."""
    headers = plain_headers(document.headers)
    came = Capture(url=document.url, status=document.status, headers=headers, body=document.body)
    is_page = media_type(headers) == "html" and bool(document.body.strip())
    return 200 <= document.status < 300 and is_page and CUT_OFF not in document.flags and not is_block(came)


def _prepare(request: Request, parts: Parts, user_agent: str) -> PageMethod:
    """Tell scrapy-playwright how to show the page; the returned method will hold the result of the waiting."""

    async def init(page: Any, _: Request) -> None:
        await page.route("**", parts.answer)  # before scrapy-playwright's own, which would let the browser fetch

    request.meta["playwright_page_init_callback"] = init
    request.meta["playwright_context_kwargs"]["user_agent"] = user_agent
    request.meta["playwright_page_goto_kwargs"] = {"wait_until": "commit"}
    waiting = PageMethod(fetcher.filled, request.meta["policywatch_select"], parts)
    request.meta["playwright_page_methods"] = [waiting]
    return waiting
