"""Scrapy's download handler, which stops with the round and opens a new connection for a second fetch."""

import asyncio
from contextlib import suppress
from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.defer import maybe_deferred_to_future

from crawler.failures import NotAsked
from crawler.items import Look
from crawler.rounds.round import round_of
from diffs.failures import Failure, Reason

#: How long a response that is being received may still take after the round was stopped, in seconds.
GRACE = 2.0


class LetsGo:
    """Mixed into a download handler: drops a response that does not arrive within the grace period after a stop."""

    def __init__(self, crawler: Crawler, *args: Any, **kwargs: Any) -> None:
        super().__init__(crawler, *args, **kwargs)  # type: ignore[call-arg]
        self._stopped = round_of(crawler).stopped
        self._engine = crawler

    async def download_request(self, request: Request) -> Response:
        """Fetch, or raise NotAsked."""
        task = asyncio.ensure_future(super().download_request(request))  # type: ignore[misc]
        try:
            await self._done(task)
            response: Response = task.result()
        finally:
            if not task.done():
                task.cancel()
                with suppress(BaseException):
                    await task
        return response

    async def _done(self, task: "asyncio.Future[Response]") -> None:
        stopped_for = 0.0
        while not task.done():
            await asyncio.wait({task}, timeout=0.5)
            if self._stopped() or not self._engine.engine.running:
                stopped_for += 0.5
            if stopped_for > GRACE and not task.done():
                raise NotAsked(Failure(Reason.STOPPED))


class Downloads(LetsGo, HTTP11DownloadHandler):
    """HTTP as Scrapy does it; a second fetch uses a connection of its own."""

    async def download_request(self, request: Request) -> Response:
        """Fetch, or raise NotAsked."""
        look = request.meta.get("look")
        if isinstance(look, Look) and look.purpose == "confirm":
            await maybe_deferred_to_future(self._pool.closeCachedConnections())  # type: ignore[no-untyped-call]
        return await super().download_request(request)
