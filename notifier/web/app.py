"""The FastAPI app: feeds, health, permanent links, subscriptions.

It reads the archive and writes only what a reader decides about themselves. No cookies, no scripts, nothing from other
hosts. Every address that can be read answers HEAD as it answers GET: feed readers ask so.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from diffs.database import Archive
from diffs.errors import ArchiveError
from diffs.store import notices
from notifier.channels import MailChannel
from notifier.reading import unread
from notifier.settings import NotifierSettings
from notifier.subscribers import links_from

from . import feeds
from .subscriptions import Desk

log = logging.getLogger(__name__)

#: Sent with every answer: nothing is loaded from anywhere, no address leaks (links carry tokens), no frame.
SAFETY = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def create_app(
    archive: Archive,
    settings: NotifierSettings | None = None,
    *,
    mail: MailChannel | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> FastAPI:
    """The app on an open archive. `mail` sends confirmations; without it nobody can subscribe here.

    `clock` gives the time in UTC. Raises SettingsError where links cannot be signed.
    """
    settings = settings or NotifierSettings()
    app = FastAPI(title=settings.site_name, docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(feeds.router(archive, settings, clock=clock))
    app.include_router(Desk(archive, settings, links_from(settings), mail=mail, clock=clock).router())

    @app.api_route("/healthz", methods=["GET", "HEAD"])
    def healthz() -> JSONResponse:
        """Whether the archive can be read, how many pages cannot be, and what waits in the outbox."""
        with archive.read() as session:
            waiting = notices.backlog(session, now=clock(), channels=["email", "apprise", "webhook"])
            return JSONResponse({"status": "ok", "unread_pages": len(unread(session)), "notices_due": waiting.due})

    @app.exception_handler(ArchiveError)
    def unusable(_: Request, error: ArchiveError) -> JSONResponse:
        log.error("the archive cannot be used: %s", error)
        return JSONResponse({"status": "the archive cannot be used"}, status_code=503, headers={"retry-after": "60"})

    @app.middleware("http")
    async def safely(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await answer(request)
        response.headers.update(SAFETY)
        return response

    return app
