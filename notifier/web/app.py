"""The FastAPI app: feeds, calendar, health, permanent links, subscriptions.

It reads the archive and writes only what a reader decides for themselves. No cookies, no scripts, nothing from other
hosts. Every address that can be read answers HEAD as it answers GET: feed readers use it.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from diffs.database.archive import Archive
from diffs.errors import ArchiveError
from diffs.wording.failures import in_full
from notifier import watch_state
from notifier.channels.base import CHANNELS
from notifier.health import health
from notifier.settings import NotifierSettings
from notifier.subscribers.links import links_from
from notifier.values import stamp

from . import answers, feeds, pages
from .subscriptions import Desk

log = logging.getLogger(__name__)


def create_app(
    archive: Archive,
    settings: NotifierSettings | None = None,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> FastAPI:
    """The app on an open archive. It sends nothing: questions to new readers are sent by the outbox.

    `clock` gives the time in UTC. Raises SettingsError if links cannot be signed.
    """
    settings = settings or NotifierSettings()
    # No redirect to an address with or without a final slash: it would be made from the request's Host header.
    app = FastAPI(title=settings.site_name, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.include_router(pages.router(archive, settings, clock=clock))
    app.include_router(feeds.router(archive, settings, clock=clock))
    app.include_router(Desk(archive, settings, links_from(settings), clock=clock).router())

    @app.api_route("/healthz", methods=["GET", "HEAD"])
    def healthz() -> JSONResponse:
        """Whether all is well, for a supervisor: 200, or 503 with what somebody must fix."""
        said = _health_of(archive, clock())
        status = 503 if said["status"] == "failing" else 200
        return JSONResponse(said, status_code=status, headers={"cache-control": "no-store"})

    answers.speak_plainly(app, settings)

    @app.middleware("http")
    async def safely(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await answer(request)
        response.headers.update(answers.SAFETY)
        return response

    return app


def _health_of(archive: Archive, now: datetime) -> dict[str, Any]:
    try:
        with archive.read() as session:
            state = watch_state.state(session, now=now, channels=CHANNELS)
    except ArchiveError as error:
        log.error("%s", in_full(error))  # noqa: TRY400 (the sentence says it; the trace does not help)
        return {"status": "failing", "problems": ["The database cannot be read."], "warnings": []}
    problems, warnings = health.problems(state), health.warnings(state, now=now)
    return {
        "status": "failing" if problems else "warning" if warnings else "ok",
        "problems": problems,
        "warnings": warnings,
        "last_look_at": stamp(state.last_look_at) if state.last_look_at else None,
        "unread_pages": state.unread,
        "hosts_at_rest": state.resting,
        "notices_due": state.due,
        "notices_failed": state.failed,
        "notices_parked": state.parked,
    }
