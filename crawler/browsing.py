"""Scrapy's download handler for pages that a browser opens (only with the extra `browser`)."""

import asyncio
from typing import Any

from scrapy import Request
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError
from scrapy.http import Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from .download import LetsGo
from .fetchers.browser import PATIENCE

#: What a policy's text does not need.
_NEEDLESS = frozenset({"image", "media", "font", "websocket", "eventsource", "manifest", "texttrack", "other", "ping"})


def unwanted(request: Any) -> bool:
    """Whether the browser's request is left out: everything that is no document, script, style or data."""
    return request.resource_type in _NEEDLESS


class Browsing(LetsGo, ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]
    """Opens what asks for it in the browser, in a context that ends with the look; the rest goes as usual."""

    async def download_request(self, request: Request) -> Response:
        """Fetch or open. The whole of it takes no longer than the timeout and the page's time to fill."""
        if not request.meta.get("playwright"):
            return await super().download_request(request)
        limit = self._crawler.settings.getfloat("DOWNLOAD_TIMEOUT") + PATIENCE
        request.meta["playwright_context_kwargs"]["user_agent"] = self._crawler.settings["USER_AGENT"]
        try:
            async with asyncio.timeout(limit):
                response = await super().download_request(request)
        except TimeoutError as error:
            raise DownloadTimeoutError(f"{request.url} took longer than {limit} seconds") from error
        finally:
            await self._forget(request.meta["playwright_context"])
        if len(response.body) > self._crawler.settings.getint("DOWNLOAD_MAXSIZE"):
            raise DownloadCancelledError("the rendered page is too large")
        return response

    async def _forget(self, context: str) -> None:
        wrapper = self.context_wrappers.get(context)
        if wrapper is not None:
            await wrapper.context.close()
