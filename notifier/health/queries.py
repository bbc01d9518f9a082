"""Rows of the archive as values that say how our own looking and telling goes."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func
from sqlmodel import Session, col, select

from diffs.database.models import Event, Notice, Page, Snapshot, Subscriber
from diffs.judging.subscriptions import Topic, Wish, wants
from diffs.store import hosts, pages
from diffs.store.events import PRIVATE
from diffs.store.notices import outbox
from notifier.changes import unread

from .health import MOST, HealthEvent, Rest, State

EVERYTHING = Wish()

#: How long a host is left alone after a robot check (architecture.md, rule 9).
LONGEST = timedelta(hours=24)


def events(session: Session, wish: Wish = EVERYTHING, *, most: int = MOST) -> list[HealthEvent]:
    """The events of watched pages that pass a filter, those that began or ended last first. Importance is not asked.

    For everybody's eyes: what a report of the owner's says (`diffs.engine.report_events`) is none of them.
    """
    latest = func.coalesce(col(Event.ended_at), col(Event.started_at))
    query = (
        select(Event, Page)
        .join(Page, col(Event.page_id) == Page.id)
        .where(col(Page.watched).is_(True), col(Event.kind).not_in(PRIVATE))
        .order_by(latest.desc(), col(Event.id).desc())
    )
    found: list[HealthEvent] = []
    for event, page in session.exec(query.execution_options(yield_per=200)):
        if len(found) == most:
            break
        if wants(wish, Topic(page.key, page.marketplace, (page.category,), "high")):
            found.append(_event(event, page))
    return found


def rests(session: Session, wish: Wish = EVERYTHING, *, now: datetime) -> list[Rest]:
    """The hosts that are left alone at `now` (UTC) and have a watched page that passes the filter."""
    asked_for = {
        _host(page)
        for page in pages.listed(session, watched=True)
        if wants(wish, Topic(page.key, page.marketplace, (page.category,), "high"))
    }
    return [
        # The request after which the rest began was the last one; a clock that was set back must not make it later.
        Rest(host, min(row.last_request_at or row.rest_until - LONGEST, now), row.rest_until, row.rest_reason)
        for host, row in sorted(hosts.resting(session, now=now).items())
        if host in asked_for and row.rest_until is not None
    ]


def state(session: Session, *, now: datetime, channels: tuple[str, ...]) -> State:
    """How the whole goes at `now` (UTC); `channels` are those by which notices can be sent."""
    resting = hosts.resting(session, now=now)
    watched = pages.listed(session, watched=True)
    asked = [page for page in watched if _host(page) not in resting]
    backlog = outbox.backlog(session, now=now, channels=channels)
    return State(
        watched=len(asked),
        check_every=timedelta(seconds=min((page.check_every for page in asked), default=0)),
        last_look_at=_last_look(session) or max((page.created_at for page in watched), default=None),
        unread=len(unread(session)),
        resting=len({_host(page) for page in watched} & resting.keys()),
        due=backlog.due,
        failed=_waiting(session, func.count(), col(Notice.error) != "").one() or 0,
        parked=outbox.counts(session).get("parked", 0),
        untried_since=_waiting(session, func.min(Notice.not_before), col(Notice.not_before) <= now).one(),
    )


def _last_look(session: Session) -> datetime | None:
    looks = select(Snapshot.stored_at).where(col(Snapshot.recorded).is_(False))
    return session.exec(looks.order_by(col(Snapshot.id).desc()).limit(1)).first()


def _waiting(session: Session, what: Any, *conditions: Any) -> Any:
    """Something about the due notices of active readers."""
    query = select(what).join(Subscriber, col(Notice.subscriber_id) == Subscriber.id).select_from(Notice)
    return session.exec(query.where(Notice.state == "due", Subscriber.state == "active", *conditions))


def _event(event: Event, page: Page) -> HealthEvent:
    return HealthEvent(
        page=page.key,
        title=page.title or page.key,
        url=page.url,
        marketplace=page.marketplace,
        category=page.category,
        kind=event.kind,
        started_at=event.started_at,
        ended_at=event.ended_at,
        detail=event.detail,
    )


def _host(page: Page) -> str:
    try:
        return (urlsplit(page.url).hostname or "").rstrip(".")
    except ValueError:
        return ""
