"""Responses of the web app: 304 when nothing is new, and errors in plain words that reveal no internals."""

import hashlib
import logging
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from starlette.exceptions import HTTPException

from diffs.errors import ArchiveError
from diffs.wording.failures import in_full
from notifier.feeds import feed
from notifier.rendering import disclaimer
from notifier.rendering.diff_html import environment
from notifier.settings import NotifierSettings

log = logging.getLogger(__name__)

HTML = "text/html; charset=utf-8"

#: Sent with every response: nothing is loaded from elsewhere, no address leaks (links carry tokens), no frame.
SAFETY = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}

#: Feeds are for everybody, including readers in a browser.
OPEN = {"access-control-allow-origin": "*"}

#: What an error means to a reader, if the program has no better words.
WORDS = {
    404: "There is nothing at this address.",
    405: "This address cannot be used that way.",
    422: "This address has an unknown part, or a value that cannot be used.",
    500: "Something went wrong here. It has been noted; please try again later.",
    503: "The archive cannot be read at the moment. Please try again later.",
}


def conditional(
    request: Request, body: bytes, media_type: str, *, modified: datetime | None, now: datetime
) -> Response:
    """The body with its validators, or 304 if the reader already has it (RFC 9110, section 13).

    `modified` (UTC) is when the newest part of it was added. A date is only precise to the second: one that is not over
    yet is not sent, because more may be added in it.
    """
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "public, max-age=300"}
    if modified is not None:
        modified = modified.astimezone(UTC).replace(microsecond=0)
        if (now - modified).total_seconds() >= 1:
            headers["last-modified"] = format_datetime(modified, usegmt=True)
    if _known(request, tag, modified if "last-modified" in headers else None, now):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _known(request: Request, tag: str, modified: datetime | None, now: datetime) -> bool:
    asked = request.headers.get("if-none-match")
    if asked is not None:
        known = {part.strip().removeprefix("W/") for part in asked.split(",")}
        return tag in known or "*" in known
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    # A date in the future, or without a zone, cannot be from a response of ours.
    return modified is not None and since.tzinfo is not None and modified <= since <= now


def root(settings: NotifierSettings) -> str:
    """The path under which the site is published: "" or "/policies". Links between our pages begin with it."""
    return urlsplit(settings.base_url).path


def page(settings: NotifierSettings, title: str, content: Markup, *, discovery: str = "") -> bytes:
    """A whole page around content that is HTML. `discovery` are further elements for the head, safe HTML."""
    site = settings.site_name
    found = [feed.autodiscovery(settings.base_url, site), discovery]
    found += [feed.autodiscovery(settings.base_url, f"{site}: pages that cannot be read", "/health")]
    found += [feed.calendar_discovery(settings.base_url, f"{site}: effective dates")]
    head = Markup("\n".join(part for part in found if part))  # noqa: S704 (escaped there)
    fields = {"title": title, "site": site, "content": content, "discovery": head, "root": root(settings)}
    return environment().get_template("web/page.html").render(**fields, notes=disclaimer.ALL).encode()


def part(name: str, settings: NotifierSettings, **fields: object) -> Markup:
    """The content of a page, made by one of the templates in `web/`."""
    template = environment().get_template(f"web/{name}.html")
    return Markup(template.render(root=root(settings), **fields))  # noqa: S704 (autoescaped)


def said(settings: NotifierSettings, words: str, *, status: int = 200) -> Response:
    """A page that says one thing."""
    body = page(settings, settings.site_name, part("message", settings, said=words))
    return HTMLResponse(body, status, headers={"cache-control": "no-store"})


def speak_plainly(app: FastAPI, settings: NotifierSettings) -> None:
    """Answer every error with a page in plain words; internal failures are written to the log."""

    @app.exception_handler(HTTPException)
    def refused(_: Request, error: HTTPException) -> Response:
        own = error.detail not in ("Not Found", "Method Not Allowed")
        answer = said(settings, error.detail if own else WORDS[error.status_code], status=error.status_code)
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(RequestValidationError)
    def odd(_: Request, error: RequestValidationError) -> Response:
        names = sorted({str(found["loc"][-1]) for found in error.errors()})
        return said(settings, f"{WORDS[422]} ({', '.join(names)})", status=422)

    @app.exception_handler(ArchiveError)
    def unusable(_: Request, error: ArchiveError) -> Response:
        log.error("%s", in_full(error))
        answer = said(settings, WORDS[503], status=503)
        answer.headers["retry-after"] = "60"
        return answer

    @app.exception_handler(Exception)
    def failed(_: Request, __: Exception) -> Response:
        # The server writes the traceback to the log. This response passes no middleware, so it gets its headers here.
        answer = said(settings, WORDS[500], status=500)
        answer.headers.update(SAFETY)
        return answer
