"""Feeds over HTTP: of changes, of our own health, and the calendar of effective dates.

This covers filters, documents of a long feed (RFC 5005) and conditional GET. Addresses in a feed are taken from the
settings, never from the request: a forged Host header misleads nobody.
"""

import io
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from diffs.database.archive import Archive, Session
from diffs.judging.subscriptions import Filter
from diffs.store.changes import marks
from notifier import changes, watch_state
from notifier.feeds import calendar, feed, formats
from notifier.health import health
from notifier.settings import NotifierSettings

from . import answers

Form = Literal["rss", "atom", "json"]
Codes = Annotated[list[str], Field(max_length=100)]


class Scope(BaseModel):
    """What a feed is about. Each may be given several times, or several of them with commas between.

    Unknown values are refused: a misspelt filter would return everything, and nobody would notice.
    """

    model_config = ConfigDict(extra="forbid")

    page: Codes = []
    marketplace: Codes = []
    category: Codes = []

    def as_filter(self) -> Filter:
        """The filter in the form that subscribers use."""
        return Filter(_codes(self.page), _codes(self.marketplace), _codes(self.category), self.least)

    @property
    def least(self) -> str:
        """The lowest importance included: any."""
        return "low"


class GradedScope(Scope):
    """What a feed is about, with the lowest importance it includes."""

    importance: Literal["low", "medium", "high"] = "low"

    @property
    def least(self) -> str:
        """The lowest importance included."""
        return self.importance


class Asked(GradedScope):
    """The document of a feed that is requested, by its name: the newest if none is named."""

    archive: str = Field(default="", max_length=20)


def router(archive: Archive, settings: NotifierSettings, *, clock: Callable[[], datetime]) -> APIRouter:
    """The routes /feed.rss, .atom and .json, /health.rss, .atom and .json, and /calendar.ics."""
    routes = APIRouter()
    # The age that an empty feed gives. It stays, so that an empty feed is not new at every request.
    begun = clock()

    @routes.api_route("/feed.{form}", methods=["GET", "HEAD"])
    def feed_of(request: Request, form: Form, asked: Annotated[Asked, Query()]) -> Response:
        """All reported changes that pass the filter, newest first; older ones in archive documents."""
        wanted = asked.as_filter()
        with archive.read() as session:
            _refuse_unknown(session, wanted)
            found = marks(session, wanted)
            documents = feed.documents([mark.decided_at for mark in found])
            at = next((at for at, document in enumerate(documents) if document.name == asked.archive), None)
            if at is None:
                raise HTTPException(404, "The feed has no such archive document.")
            shown = found[documents[at].start : documents[at].end]
            channel = _channel(settings, f"/feed.{form}", wanted, documents, at=at, updated=begun)
            body = feed.render(form, channel, changes.in_full(session, shown, now=clock()))
            modified = changes.modified(session, shown)
        return _answer(request, body, feed.MEDIA_TYPES[form], modified, clock())

    @routes.api_route("/health.{form}", methods=["GET", "HEAD"])
    def health_of(request: Request, form: Form, asked: Annotated[Scope, Query()]) -> Response:
        """Pages that cannot be read and hosts at rest: what began, and what ended."""
        wanted, now = asked.as_filter(), clock()
        with archive.read() as session:
            _refuse_unknown(session, wanted)
            entries = health.entries(watch_state.events(session, wanted), watch_state.rests(session, wanted, now=now))
        query = feed.query_of(wanted)
        channel = formats.Channel(
            title=feed.title_of(f"{settings.site_name}: pages that cannot be read", wanted, ""),
            updated=begun,
            description=health.DESCRIPTION,
            base_url=settings.base_url,
            self_url=feed.address_of(settings.base_url, f"/health.{form}", query),
            scope=f"health {query}",
        )
        # No date of modification: a rest that ends leaves the feed, and no date would show that.
        return _answer(request, _rendered(form, channel, entries), feed.MEDIA_TYPES[form], None, now)

    @routes.api_route("/calendar.ics", methods=["GET", "HEAD"])
    def calendar_of(request: Request, asked: Annotated[GradedScope, Query()]) -> Response:
        """The effective dates of the reported changes that pass the filter, and the last days of manual rules."""
        wanted = asked.as_filter()
        with archive.read() as session:
            _refuse_unknown(session, wanted)
            found = [mark for mark in marks(session, wanted) if mark.effective_on is not None]
            about = calendar.About(
                title=feed.title_of(f"{settings.site_name}: effective dates", wanted, ""),
                self_url=feed.address_of(settings.base_url, "/calendar.ics", feed.query_of(wanted)),
                base_url=settings.base_url,
            )
            endings = changes.endings(session, wanted)
            body = calendar.render(about, changes.in_full(session, found, now=clock()), endings)
            told = [ending.change.decided_at for ending in endings]
            told += filter(None, [changes.modified(session, found)])
        return _answer(request, body, calendar.MEDIA_TYPE, max(told, default=None), clock())

    return routes


def _channel(
    settings: NotifierSettings, path: str, wanted: Filter, documents: list[feed.Document], *, at: int, updated: datetime
) -> formats.Channel:
    query = feed.query_of(wanted)
    names = [{"archive": [document.name]} if document.name else {} for document in documents]
    addresses = [feed.address_of(settings.base_url, path, query | name) for name in names]
    return formats.Channel(
        title=feed.title_of(settings.site_name, wanted),
        updated=updated,
        base_url=settings.base_url,
        self_url=addresses[at],
        scope=str(query),
        links=feed.relations(documents, at, addresses),
        archive=at > 0,
    )


def _rendered(form: str, channel: formats.Channel, entries: Iterable[formats.Entry]) -> bytes:
    out = io.BytesIO()
    formats.write(out, form, channel, entries)
    return out.getvalue()


def _answer(request: Request, body: bytes, media_type: str, modified: datetime | None, now: datetime) -> Response:
    answer = answers.conditional(request, body, f"{media_type}; charset=utf-8", modified=modified, now=now)
    answer.headers.update(answers.OPEN)
    return answer


def _refuse_unknown(session: Session, wanted: Filter) -> None:
    if sentence := changes.unknown(session, wanted):
        raise HTTPException(404, sentence)


def _codes(given: list[str]) -> tuple[str, ...]:
    """Codes as given, one by one or with commas between; each once, in order."""
    return tuple(sorted({word.strip() for value in given for word in value.split(",") if word.strip()}))
