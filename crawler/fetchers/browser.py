"""A page filled by scripts, read by a Chromium that is already installed (the extra `browser`).

One browser per round, a fresh context per look. The browser may reach the hosts of the round's pages only, at the
addresses that were checked when it started; pictures, fonts and media are not loaded. It waits for the policy to
appear, and takes what is there when the time is up.
"""

import asyncio
import os
import shutil
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from time import monotonic
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.addresses import host_of
from crawler.items import Look
from crawler.pages import WatchedPage
from crawler.settings import CrawlSettings
from diffs.document import Capture

from .http import plain_headers

#: Programs that will do, in order.
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

#: How many characters a container must show to count as filled: less is a frame without its picture.
FILLED = 200

#: How long a page may take to fill after it has loaded, in seconds.
PATIENCE = 15.0

_ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--js-flags=--max-old-space-size=384",
)


class Browser:
    """Opens the page in a fresh context and takes what it shows once its policy is there."""

    def request(self, page: WatchedPage, look: Look, headers: Mapping[str, str], **kept: Any) -> Request:  # noqa: ARG002 (a rendered page has no validators)
        """A page to open: what `crawler.browsing` does with it stands in the request's meta."""
        from scrapy_playwright.page import PageMethod

        meta = kept.pop("meta", {}) | {
            "playwright": True,
            "playwright_context": f"{look.page} {look.purpose} {look.attempt}",
            "playwright_context_kwargs": {
                "accept_downloads": False,
                "service_workers": "block",
                "locale": page.language.replace("_", "-") or "en",
            },
            "playwright_page_methods": [PageMethod(filled, page.select)],
        }
        return Request(
            page.url, headers={"Accept-Language": page.language or "en"}, meta=meta, dont_filter=True, **kept
        )

    def capture(self, page: WatchedPage, response: Response) -> Capture:
        """The page as it stood in the browser in the end."""
        return Capture(
            url=page.url,
            final_url=response.url,
            status=response.status,
            headers=plain_headers(response.headers),
            body=response.body,
            fetched_by="browser",
            media_type="html",
            language=page.language,
        )

    def missing(self, settings: CrawlSettings) -> str:
        """What has to be installed first, or ""."""
        if find_spec("scrapy_playwright") is None:
            return 'This page needs a browser. Install it with pip install "policywatch[browser]" and Chromium.'
        if not program(settings):
            return "This page needs a browser. Install Chromium (Debian: apt install chromium), or name it in chromium."
        return ""


def program(settings: CrawlSettings) -> str:
    """The browser's program: the one in the settings, else the first that is installed; "" where there is none."""
    wanted = (settings.chromium,) if settings.chromium else PROGRAMS
    return next((found for name in wanted if (found := shutil.which(name))), "")


def browser_settings(
    pages: Iterable[WatchedPage], settings: CrawlSettings, addresses: Mapping[str, str]
) -> dict[str, Any]:
    """Scrapy's settings for a round that needs the browser; {} for one that does not, or cannot have it.

    `addresses` are the IP addresses of the hosts, checked: the browser asks no other host and no other address.
    """
    if not any("browser" in (page.fetch, page.fallback) for page in pages) or FETCHER.missing(settings):
        return {}
    handler = "crawler.browsing.Browsing"
    return {
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
        "PLAYWRIGHT_MAX_CONTEXTS": 2,
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 1,
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": settings.timeout * 1000,
        "PLAYWRIGHT_ABORT_REQUEST": "crawler.browsing.unwanted",
        "PLAYWRIGHT_LAUNCH_OPTIONS": {
            "executable_path": program(settings),
            "args": [*_ARGUMENTS, f"--host-resolver-rules={_rules(addresses)}"],
            # Chromium's own sandbox works for every user but root.
            "chromium_sandbox": os.geteuid() != 0,
            "handle_sigint": False,
            "handle_sigterm": False,
            "handle_sighup": False,
        },
    }


def browser_hosts(pages: Iterable[WatchedPage]) -> set[str]:
    """The hosts that the browser of a round may have to ask."""
    return {host_of(page.url) for page in pages if page.crawled and "browser" in (page.fetch, page.fallback)}


def _rules(addresses: Mapping[str, str]) -> str:
    known = [f"MAP {host} {f'[{address}]' if ':' in address else address}" for host, address in addresses.items()]
    return ", ".join([*known, "MAP * ~NOTFOUND"])


async def filled(page: Any, selectors: tuple[str, ...]) -> None:
    """Wait until one of the selectors shows a text, without them until the page's text stands still."""
    ends = monotonic() + PATIENCE
    before = -1
    while monotonic() < ends:
        length = await _longest(page, selectors or ("body",))
        if length >= FILLED and (selectors or length == before):
            return
        before = length
        await asyncio.sleep(0.25 if selectors else 0.75)


async def _longest(page: Any, selectors: tuple[str, ...]) -> int:
    texts = [await page.locator(selector).all_inner_texts() for selector in selectors]
    return max((len(text.strip()) for found in texts for text in found), default=0)


FETCHER = Browser()
