"""The demo marketplace, served over HTTP on the loopback.

    with DemoSite() as site:
        site.edition = 3
        ...  # crawl site.base_url

Every request gets fresh tokens, link parameters and counters, as real sites give; what else gets in the way in an
edition is described in `history.toml`.
"""

import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files

from aiohttp import ETag, web

from .marketplace import EDITIONS, PAGE_BY_ID, PAGES, DemoPage, Edition, Noise
from .render import article_of, help_home, help_page
from .serving import LoopbackSite, Visit

__all__ = ["EDITIONS", "PAGES", "DemoSite", "Visit", "watchlist_toml"]

#: Seconds the site asks clients to wait when it is closed for maintenance.
RETRY_AFTER = 1

#: Responses that replace the whole page, with their HTTP status.
_ANSWERS: Mapping[Noise, int] = {
    Noise.ROBOT_CHECK: 200,
    Noise.SORRY: 200,
    Noise.JS_SHELL: 200,
    Noise.UNAVAILABLE: 503,
}


class DemoSite(LoopbackSite):
    """The demo marketplace in a web server of its own. `edition` (from 1) says which edition is online."""

    name = "demo-site"

    def __init__(self, *, edition: int = 1) -> None:
        super().__init__()
        self.edition = edition

    @property
    def edition(self) -> int:
        """Number of the edition that is online."""
        return self._edition

    @edition.setter
    def edition(self, number: int) -> None:
        if not 1 <= number <= len(EDITIONS):
            raise ValueError(f"the demo has editions 1 to {len(EDITIONS)}, not {number}")
        self._edition = number

    def application(self) -> web.Application:
        """The pages of the edition that is online, robots.txt and the sign-in page."""
        application = web.Application(middlewares=[self.remember])
        application.router.add_get("/robots.txt", _robots)
        application.router.add_get("/signin", _sign_in)
        application.router.add_get("/{marketplace:us|uk}/help/", self._home)
        application.router.add_get("/{marketplace:us|uk}/help/{id}", self._help)
        return application

    def not_found(self) -> web.Response:
        """The page for what does not exist."""
        return _answer("not_found", 404)

    async def _home(self, request: web.Request) -> web.Response:
        marketplace = request.match_info["marketplace"].upper()
        return _page(help_home(marketplace, self.edition, visit=len(self.visits)))

    async def _help(self, request: web.Request) -> web.Response:
        edition = EDITIONS[self.edition - 1]
        page = PAGE_BY_ID.get(request.match_info["id"])
        if page is None or page.path != request.path or not page.is_online(edition.number):
            raise web.HTTPNotFound
        noise = edition.noise.get(page.key)
        if noise is Noise.SIGN_IN:
            return web.Response(status=302, headers={"Location": f"/signin?return_to={page.path}"})
        if noise is not None and noise in _ANSWERS:
            return _answer(noise, _ANSWERS[noise])
        return self._article(request, page, edition)

    def _article(self, request: web.Request, page: DemoPage, edition: Edition) -> web.Response:
        response = _page(help_page(page, edition, visit=len(self.visits)))
        if not page.etag:
            response.headers["Cache-Control"] = "no-cache"
            return response
        # Weak: tokens differ at every request, the policy does not.
        tag = ETag(hashlib.sha256(article_of(page, edition).encode()).hexdigest()[:16], is_weak=True)
        modified = page.last_modified(edition.number)
        if _is_fresh(request, tag, modified.timestamp()):
            response = web.Response(status=304)
        response.etag = tag
        response.last_modified = modified
        return response


def watchlist_toml(base_url: str) -> str:
    """The watch-list of the demo as TOML: all pages, including the one that does not exist yet."""
    head = [
        "# The demo marketplace, as `policywatch demo` watches it.",
        "",
        "[defaults]",
        'select = "#help-page"',
        'remove = ["[hidden]", ".scroll-to-top"]',
        'check_every = "12h"',
        'fetch = "http"',
        'language = "en"',
    ]
    entries = [
        "\n".join(
            [
                "[[page]]",
                *(
                    f"{name} = {json.dumps(value, ensure_ascii=False)}"
                    for name, value in _entry(page, base_url).items()
                ),
            ]
        )
        for page in PAGES
    ]
    return "\n\n".join(["\n".join(head), *entries]) + "\n"


def _entry(page: DemoPage, base_url: str) -> dict[str, str]:
    return {
        "key": page.key,
        "url": f"{base_url}{page.path}?locale={page.locale}",
        "title": page.title,
        "marketplace": page.marketplace,
        "category": page.category,
    }


def _is_fresh(request: web.Request, tag: ETag, modified: float) -> bool:
    # RFC 9110, section 13.1.3: If-Modified-Since is ignored if If-None-Match is given.
    if request.if_none_match is not None:
        return any(known.value in (tag.value, "*") for known in request.if_none_match)
    since = request.if_modified_since
    return since is not None and since.timestamp() >= modified


def _page(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html")


def _answer(name: str, status: int) -> web.Response:
    response = _page((files("policywatch.demo") / "answers" / f"{name}.html").read_text(encoding="utf-8"))
    response.set_status(status)
    if name == Noise.UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


async def _robots(_request: web.Request) -> web.Response:
    text = (files("policywatch.demo") / "robots.txt").read_text(encoding="utf-8")
    return web.Response(text=text, content_type="text/plain")


async def _sign_in(_request: web.Request) -> web.Response:
    return _answer("sign_in", 200)
