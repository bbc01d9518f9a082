"""The web pages for people: the newest changes, and one page for each change."""

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from diffs.database.archive import Archive
from diffs.judging.subscriptions import Filter
from diffs.store import changes
from notifier.changes import in_full, told_change
from notifier.feeds import feed
from notifier.rendering.title import full_title
from notifier.settings import NotifierSettings

from . import answers

#: Changes on the first page.
NEWEST = 50


def router(archive: Archive, settings: NotifierSettings, *, clock: Callable[[], datetime]) -> APIRouter:
    """The routes / and /changes/ID."""
    routes = APIRouter(default_response_class=HTMLResponse)

    @routes.api_route("/", methods=["GET", "HEAD"])
    def newest(request: Request) -> Response:
        """The newest changes, and where the feeds are."""
        with archive.read() as session:
            shown = list(in_full(session, changes.marks(session, Filter(), limit=NEWEST), now=clock()))
        body = answers.page(settings, settings.site_name, answers.part("newest", settings, changes=shown))
        return answers.conditional(request, body, answers.HTML, modified=None, now=clock())

    @routes.api_route("/changes/{uid}", methods=["GET", "HEAD"])
    def change_page(request: Request, uid: str) -> Response:
        """One change, under an address that never changes."""
        with archive.read() as session:
            found = changes.by_uid(session, uid)
            # The beginning of an id is enough on the command line; an address must name one change for ever.
            if found is None or not found[0].told or found[0].uid != uid:
                raise HTTPException(404, "There is no such change.")
            change = told_change(*found, session, now=clock())
        content = Markup(feed.page_html(change))  # noqa: S704 (made by templates that escape)
        wanted = Filter(pages=(change.page,))
        own = feed.autodiscovery(
            settings.base_url, feed.title_of(settings.site_name, wanted), query=feed.query_of(wanted)
        )
        body = answers.page(settings, full_title(change), content, discovery=own)
        return answers.conditional(request, body, answers.HTML, modified=None, now=clock())

    return routes
