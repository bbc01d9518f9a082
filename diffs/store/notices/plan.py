"""What became of notices: what a run would send, what was refused and why, what came back."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_
from sqlmodel import Session, col, select, update

from diffs.database.models import Change, Notice, Page, Subscriber
from diffs.judging.subscriptions import due_at

from . import heartbeats, outbox


@dataclass(frozen=True, slots=True)
class Plan:
    """A message that a run would send: to whom, and the changes in it. A heartbeat has none."""

    subscriber: Subscriber
    change_ids: tuple[int, ...] = ()


def planned(
    session: Session,
    *,
    now: datetime,
    channels: Iterable[str],
    is_dead: Callable[[str], bool] | None = None,
    limit: int = outbox.LIMIT,
) -> Iterator[Plan]:
    """The messages that a run would send now, first come first served. Nothing is claimed or written.

    What a run does before it sends (release what a dead program took, mend hours that a wrong clock gave, make
    heartbeats) is taken into account.
    """
    far = col(Notice.not_before) > now + outbox.FURTHEST
    ready = or_(
        and_(col(Notice.state) == "due", or_(col(Notice.not_before) <= now, far)),
        and_(
            col(Notice.state) == "sending",
            col(Notice.message_id).in_(outbox.stale(session, now=now, is_dead=is_dead)),
        ),
    )
    query = (
        select(Notice.subscriber_id)
        .join(Subscriber, col(Notice.subscriber_id) == Subscriber.id)
        .where(ready, Subscriber.state == "active", col(Subscriber.channel).in_(list(channels)))
        .group_by(col(Notice.subscriber_id))
        .order_by(func.min(Notice.not_before), func.min(Notice.id))
    )
    waiting = list(session.exec(query))
    for number in waiting:
        reader = session.get_one(Subscriber, number)
        put_off = due_at(reader.cadence, reader.time_zone, now) > now
        rows = select(Notice.message_id, Notice.change_id).where(Notice.subscriber_id == number, ready)
        rows = rows.where(~far) if put_off else rows
        rows = rows.order_by(col(Notice.not_before), col(Notice.id))
        yield from _messages(reader, session.exec(rows).all(), limit)
    known = set(waiting)
    for reader, _ in heartbeats.missing(session, now=now):
        if reader.id not in known and reader.channel in channels:
            yield Plan(reader)


def _messages(reader: Subscriber, rows: Iterable[tuple[str | None, int | None]], limit: int) -> Iterator[Plan]:
    """The rows of a reader by the messages in which they go: begun ones as they are, the others together."""
    begun: dict[str, list[int | None]] = {}
    fresh: list[int | None] = []
    for message_id, change_id in rows:
        (begun.setdefault(message_id, []) if message_id else fresh).append(change_id)
    parts = [*begun.values(), *(fresh[start : start + limit] for start in range(0, len(fresh), limit))]
    for part in parts:
        yield Plan(reader, tuple(number for number in part if number is not None))


@dataclass(frozen=True, slots=True)
class Row:
    """A notice with whom it is for and what it tells ("" for a heartbeat)."""

    notice: Notice
    subscriber: Subscriber
    page: str
    headline: str


def listed(session: Session, *, state: str | None = None, limit: int = outbox.BATCH) -> list[Row]:
    """Notices, newest first; `state` is due, sending, sent, parked or dropped."""
    query: Any = (
        select(Notice, Subscriber, Page.key, Change.headline)
        .join(Subscriber, col(Notice.subscriber_id) == Subscriber.id)
        .join(Change, col(Notice.change_id) == Change.id, isouter=True)
        .join(Page, col(Change.page_id) == Page.id, isouter=True)
        .order_by(col(Notice.id).desc())
        .limit(limit)
    )
    if state is not None:
        query = query.where(Notice.state == state)
    return [Row(notice, reader, page or "", headline or "") for notice, reader, page, headline in session.exec(query)]


def retry_parked(session: Session, number: int | None = None, *, now: datetime) -> int:
    """Make parked notices due again: those of the message in which this one travelled, or all; how many.

    The Message-ID stays: whoever got the message after all sees it once. What is parked for somebody who was stopped
    stays parked: it would wait for ever. `now` is UTC.
    """
    stopped = select(Subscriber.id).where(Subscriber.state == "stopped")
    parked = and_(col(Notice.state) == "parked", col(Notice.subscriber_id).not_in(stopped))
    if number is not None:
        wanted = select(Notice.message_id).where(Notice.id == number, parked)
        parked = and_(parked, or_(col(Notice.id) == number, col(Notice.message_id).in_(wanted)))
    done = session.connection().execute(update(Notice).where(parked).values(state="due", not_before=now, attempts=0))
    return done.rowcount


def returned(session: Session, message_id: str, *, error: str) -> Subscriber | None:
    """A message that was taken came back as undeliverable: park what it told. To whom it went, None if it is not ours.

    Nothing is parked, and nobody named, where the reader confirmed anew after it was sent: that is an old story.
    """
    query = (
        select(Subscriber, func.max(Notice.sent_at))
        .join(Notice, col(Notice.subscriber_id) == Subscriber.id)
        .where(Notice.message_id == message_id, Notice.state == "sent")
        .group_by(col(Subscriber.id))
    )
    row = session.exec(query).first()
    if row is None or (row[0].confirmed_at is not None and row[1] is not None and row[1] < row[0].confirmed_at):
        return None
    sent = (col(Notice.message_id) == message_id, col(Notice.state) == "sent")
    session.exec(update(Notice).where(*sent).values(state="parked", error=error))
    return row[0]
