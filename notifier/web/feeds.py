"""Feeds and permanent pages of changes over HTTP: filters, paging (RFC 5005), conditional GET."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from pydantic import BaseModel, Field

from diffs.database import Archive
from diffs.matching import IMPORTANCES
from diffs.store import changes
from notifier import feed, labels, notes
from notifier.diff_html import environment
from notifier.reading import told_change
from notifier.settings import NotifierSettings
from notifier.told import ToldChange

#: Entries on one page of a feed.
PER_PAGE = 50

Form = Literal["rss", "atom", "json"]


class Filter(BaseModel):
    """What a feed is about; `n` is which page of it."""

    page: str | None = None
    marketplace: str | None = None
    category: str | None = None
    importance: Literal["low", "medium", "high"] = "low"
    n: int = Field(default=1, ge=1, le=1000)

    @property
    def chosen(self) -> dict[str, str]:
        """What was asked for beyond everything, as parts of an address."""
        return self.model_dump(exclude_defaults=True, exclude_none=True, exclude={"n"})


def router(archive: Archive, settings: NotifierSettings, *, clock: Callable[[], datetime]) -> APIRouter:
    """The routes /feed.rss, /feed.atom, /feed.json, /changes/ID and /."""
    routes = APIRouter()

    @routes.api_route("/feed.{form}", methods=["GET", "HEAD"])
    def feed_of(request: Request, form: Form, asked: Annotated[Filter, Query()]) -> Response:
        """A feed of all told changes that pass the filter, newest first."""
        wanted = IMPORTANCES[IMPORTANCES.index(asked.importance) :]
        first = (asked.n - 1) * PER_PAGE
        with archive.read() as session:
            rows = changes.listed(session, page=asked.page, marketplace=asked.marketplace, category=asked.category)
            rows = [row for row in rows if row[0].importance in wanted]
            if first and first >= len(rows):
                raise HTTPException(404, "The feed has no such page.")
            channel = _channel(settings, form, asked, last=-(-len(rows) // PER_PAGE), updated=clock())
            body = feed.render(form, channel, (told_change(*row) for row in rows[first : first + PER_PAGE]))
        return _conditional(request, body, f"{feed.MEDIA_TYPES[form]}; charset=utf-8", stable=bool(rows))

    @routes.api_route("/changes/{uid}", methods=["GET", "HEAD"], response_class=HTMLResponse)
    def change_page(request: Request, uid: str) -> Response:
        """One change, for ever."""
        with archive.read() as session:
            found = changes.by_uid(session, uid)
            if found is None or not found[0].told:
                raise HTTPException(404, "There is no such change.")
            change = told_change(*found)
        return _conditional(request, _page(settings, change.headline, _entry(change)), "text/html; charset=utf-8")

    @routes.api_route("/", methods=["GET", "HEAD"], response_class=HTMLResponse)
    def newest(request: Request) -> Response:
        """The newest changes, and where the feeds are."""
        with archive.read() as session:
            shown = [told_change(*row) for row in changes.listed(session, limit=PER_PAGE)]
        template = environment().get_template("web/newest.html")
        body = _page(settings, settings.site_name, Markup(template.render(changes=shown)))  # noqa: S704 (autoescaped)
        return _conditional(request, body, "text/html; charset=utf-8")

    return routes


def _channel(settings: NotifierSettings, form: Form, asked: Filter, *, last: int, updated: datetime) -> feed.Channel:
    chosen, n = asked.chosen, asked.n

    def address(page: int) -> str:
        query = urlencode(chosen | ({"n": str(page)} if page > 1 else {}))
        return f"{settings.base_url}/feed.{form}{'?' + query if query else ''}" if settings.base_url else ""

    links = {"first": address(1), "last": address(max(1, last))} if last > 1 else {}
    links |= {"previous": address(n - 1)} if n > 1 else {}
    links |= {"next": address(n + 1)} if n < last else {}
    about = [labels.marketplace(value) if name == "marketplace" else value for name, value in chosen.items()]
    return feed.Channel(
        title=f"{settings.site_name}: {', '.join(about) if about else 'all changes'}",
        updated=updated,
        base_url=settings.base_url,
        self_url=address(n),
        scope=urlencode(chosen),
        links={rel: href for rel, href in links.items() if href},
    )


def _entry(change: ToldChange) -> Markup:
    return Markup(feed.entry_html(change, with_notes=False))  # noqa: S704 (made by templates that escape)


def _page(settings: NotifierSettings, title: str, content: Markup) -> bytes:
    template = environment().get_template("web/page.html")
    discovery = Markup(feed.autodiscovery(settings.base_url, settings.site_name))  # noqa: S704 (escaped there)
    return template.render(
        title=title, site=settings.site_name, content=content, discovery=discovery, notes=notes.ALL
    ).encode()


def _conditional(request: Request, body: bytes, media_type: str, *, stable: bool = True) -> Response:
    """The body with its ETag, or 304 where the reader has it already."""
    # An empty feed carries the time of asking, which is no reason to call it new.
    tag = f'"{hashlib.sha256(body if stable else b"").hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "public, max-age=300"}
    known = {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)
