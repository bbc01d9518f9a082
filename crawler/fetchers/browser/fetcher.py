"""Fetch a page filled by scripts, shown by a Chromium that is already installed (the extra `browser`).

There is one browser per round and a fresh context per fetch. The browser has no network of its own: Scrapy fetches the
page and what it requests (`crawler.fetchers.browser.parts`). The fetcher waits for the policy to appear, and takes
what is there when time is up.
"""

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.http import Response

from crawler.fetchers.http import Http
from crawler.items import Look
from crawler.settings import CrawlSettings
from crawler.watchlist.watchlists import WatchedPage
from diffs.failures import Failure, Reason
from diffs.values import Capture

from . import installed

if TYPE_CHECKING:
    from .parts import Parts

#: How many characters a container must show to count as filled: with fewer it is a frame without content.
FILLED = 200

#: How long a page may take to fill after it has loaded, in seconds.
PATIENCE = 15.0

#: How long we wait for parts still being fetched once the policy shows, in seconds: one may be the rest of it.
SETTLING = 2.0

_ARGUMENTS = (
    # No name resolves and no address is reachable: everything goes through crawler.fetchers.browser.parts.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy",
    # No process for graphics, none in reserve, none for extensions: they use memory and show no text.
    "--disable-gpu",
    "--in-process-gpu",
    "--disable-software-rasterizer",
    "--disable-features=SpareRendererForSitePerProcess,Translate,OptimizationHints,MediaRouter",
    "--disable-extensions",
    "--disable-component-extensions-with-background-pages",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--js-flags=--max-old-space-size=384",
)


class Browser(Http):
    """Opens the page in a fresh context and takes what it shows once its policy is there."""

    def request(self, page: WatchedPage, look: Look, headers: Mapping[str, str], **kept: Any) -> Request:  # noqa: ARG002 (a rendered page has no validators)
        """The request for a page to show; its meta holds what `crawler.fetchers.browser.handler` does with it."""
        meta = kept.pop("meta", {}) | {
            "playwright": True,
            "policywatch_select": page.select,
            "policywatch_parts_from": page.parts_from,
            "playwright_context": f"{look.page} {look.purpose} {look.attempt}",
            "playwright_context_kwargs": {
                "accept_downloads": False,
                "service_workers": "block",
                "locale": page.language.replace("_", "-") or "en",
            },
        }
        return super().request(page, look, {}, meta=meta, **kept)

    def capture(self, page: WatchedPage, response: Response) -> Capture:
        """The page as the browser finally showed it; if it was not shown there, as the site returned it."""
        left_out = response.meta.get("policywatch_left_out", "")
        return replace(super().capture(page, response), fetched_by="browser", error=left_out)

    def missing(self, settings: CrawlSettings) -> Failure | None:
        """What has to be installed first, or None."""
        needed = installed.missing(settings)
        return Failure(Reason.BROWSER_MISSING, detail=" and ".join(needed)) if needed else None


def browser_settings(pages: Iterable[WatchedPage], settings: CrawlSettings) -> dict[str, Any]:
    """Scrapy's settings for a round that needs the browser; {} for one that does not need it or cannot have it."""
    if not any("browser" in (page.fetch, page.fallback) for page in pages) or FETCHER.missing(settings):
        return {}
    handler = "crawler.fetchers.browser.handler.Browsing"
    return {
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 1,
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": settings.timeout * 1000,
        "PLAYWRIGHT_LAUNCH_OPTIONS": {
            "executable_path": installed.program(settings),
            "args": _ARGUMENTS,
            # Chromium's own sandbox works for every user but root.
            "chromium_sandbox": os.geteuid() != 0,
            "handle_sigint": False,
            "handle_sigterm": False,
            "handle_sighup": False,
        },
    }


#: Whether one of the selectors shows any text. A selector that this browser does not understand is skipped.
_SHOWS = """([selectors, enough]) => selectors.some(selector => {
  try { return [...document.querySelectorAll(selector)].some(e => (e.innerText || "").trim().length >= enough) }
  catch { return false }
})"""

_LENGTH = "() => document.body ? document.body.innerText.trim().length : 0"


async def filled(page: Any, selectors: tuple[str, ...], parts: "Parts") -> bool:
    """Wait until one of the selectors shows text or, without selectors, until the page's text stops changing.

    Then wait a moment for the parts still being fetched. When the time is up the page is taken as it is, and False is
    returned.
    """
    began = monotonic()

    def left() -> float:
        return began + PATIENCE + parts.paced - monotonic()

    try:
        if not selectors:
            return await _stands_still(page, parts, left)
        while (seconds := left()) > 0:
            if await _shows(page, selectors, seconds):
                await parts.settle(min(SETTLING, left()))
                return True
        return False
    finally:
        parts.end()


async def _shows(page: Any, selectors: tuple[str, ...], seconds: float) -> bool:
    from playwright.async_api import TimeoutError as NotInTime

    with suppress(NotInTime):
        arguments = [list(selectors), FILLED]
        await page.wait_for_function(_SHOWS, arg=arguments, polling=50, timeout=seconds * 1000)
        return True
    return False


async def _stands_still(page: Any, parts: "Parts", left: Callable[[], float]) -> bool:
    before = -1
    while left() > 0:
        length = await page.evaluate(_LENGTH)
        if length >= FILLED and length == before and parts.idle:
            return True
        before = length
        await asyncio.sleep(0.25)
    return False


FETCHER = Browser()
