"""Rows of the archive as values that describe our own fetching and sending."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from diffs.database.archive import Session
from diffs.database.models import Event, Page
from diffs.judging.subscriptions import Filter, Topic, wants
from diffs.store import events as stored
from diffs.store import hosts, pages, snapshots
from diffs.store.notices.backlog import backlog, counts, waiting
from diffs.store.observations import PageLooks
from notifier.changes import held, unread
from notifier.values import Looked

from .health.health import HELD_FOR, MOST, HealthEvent, Rest, State

EVERYTHING = Filter()

#: How long a host is left alone after a robot check (architecture.md, rule 9).
LONGEST = timedelta(hours=24)


def events(session: Session, wanted: Filter = EVERYTHING, *, most: int = MOST) -> list[HealthEvent]:
    """The events of watched pages that pass a filter, those that began or ended last first. Importance is ignored.

    They are for everybody: what a report by the owner says (`diffs.store.events.PRIVATE`) is not among them.
    """
    found: list[HealthEvent] = []
    for event, page in stored.public(session):
        if len(found) == most:
            break
        if wants(wanted, Topic(page.key, page.marketplace, (page.category,), "high")):
            found.append(_event(event, page))
    return found


def rests(session: Session, wanted: Filter = EVERYTHING, *, now: datetime) -> list[Rest]:
    """The hosts that are left alone at `now` (UTC) and have a watched page that passes the filter."""
    asked_for = {
        _host(page)
        for page in pages.listed(session, watched=True)
        if wants(wanted, Topic(page.key, page.marketplace, (page.category,), "high"))
    }
    return [
        # The request after which the rest began was the last one; a clock that was set back must not make it later.
        Rest(host, min(row.last_request_at or row.rest_until - LONGEST, now), row.rest_until, row.rest_reason)
        for host, row in sorted(hosts.resting(session, now=now).items())
        if host in asked_for and row.rest_until is not None
    ]


def state(session: Session, *, now: datetime, channels: tuple[str, ...]) -> State:
    """The overall state at `now` (UTC); `channels` are those by which notices can be sent."""
    resting = hosts.resting(session, now=now)
    watched = pages.listed(session, watched=True)
    asked = [page for page in watched if _host(page) not in resting]
    left = backlog(session, now=now, channels=channels)
    waits = waiting(session, now=now)
    closed = unread(session)
    halved = [page for page in closed if page.kind == "shrunk"]
    followed = held(session)
    return State(
        pages=len(watched),
        watched=len(asked),
        check_every=timedelta(seconds=min((page.check_every for page in asked), default=0)),
        last_look_at=snapshots.last_stored_at(session) or max((page.created_at for page in watched), default=None),
        unread=len(closed),
        held=sum(now - page.since > HELD_FOR for page in (*followed, *halved)),
        unlike=len(followed),
        resting=len({_host(page) for page in watched} & resting.keys()),
        due=left.due,
        failed=waits.failed,
        parked=counts(session).get("parked", 0),
        untried_since=waits.due_since,
    )


def looked(pages: Iterable[PageLooks], wanted: Filter) -> Looked:
    """A summary of the fetches of all pages that concern somebody."""
    # Whatever importance a change might have had.
    mine = [page for page in pages if wants(wanted, Topic(page.page, page.marketplace, (page.category,), "high"))]
    return Looked(
        pages=len(mine),
        visited=sum(page.looks > 0 for page in mine),
        read=sum(page.read > 0 for page in mine),
        looks=sum(page.looks for page in mine),
        last_read_at=max((page.last_read_at for page in mine if page.last_read_at), default=None),
    )


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
