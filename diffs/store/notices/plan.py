"""What a run would send, which notices were refused and why, and which messages were returned."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_
from sqlmodel import Session, col, select, update

from diffs.database.models import Change, Notice, OwnerNotice, Page, Subscriber
from diffs.judging.subscriptions import due_at

from . import heartbeats, outbox
from .outbox import NEWS, OWNER, QUESTION, Parcel

#: The Message-ID of a message that is only planned.
PLANNED = "<dry.run@localhost>"


def planned(
    session: Session,
    *,
    now: datetime,
    channels: Iterable[str],
    is_dead: Callable[[str], bool] | None = None,
    limit: int = outbox.LIMIT,
) -> Iterator[Parcel]:
    """The messages that a run would send now, first come, first served. Nothing is claimed or written.

    The steps of a run before sending (releasing claims of dead programs, correcting hours set by a wrong clock, making
    heartbeats) are taken into account.
    """
    far, ways = col(Notice.not_before) > now + outbox.FURTHEST, list(channels)
    ready = or_(
        and_(col(Notice.state) == "due", or_(col(Notice.not_before) <= now, far)),
        and_(
            col(Notice.state) == "sending",
            col(Notice.message_id).in_(outbox.stale(session, now=now, is_dead=is_dead)),
        ),
    )
    yield from _alone(session, ready, ways)
    query = (
        select(Subscriber)
        .join(Notice, col(Notice.subscriber_id) == Subscriber.id)
        .where(ready, Notice.kind == NEWS, Subscriber.state == "active", col(Subscriber.channel).in_(ways))
        .group_by(col(Subscriber.id))
        .order_by(func.min(Notice.not_before), func.min(Notice.id))
    )
    waiting = list(session.exec(query))
    for reader in waiting:
        put_off = due_at(reader.cadence, reader.time_zone, now) > now
        rows = select(Notice.message_id, Notice.change_id).where(Notice.subscriber_id == reader.id, ready)
        rows = rows.where(~far) if put_off else rows
        rows = rows.where(Notice.kind == NEWS).order_by(col(Notice.not_before), col(Notice.id))
        yield from _messages(reader, session.exec(rows).all(), limit)
    known = {reader.id for reader in waiting}
    for reader, _ in heartbeats.missing(session, now=now):
        if reader.id not in known and reader.channel in ways:
            yield Parcel(NEWS, PLANNED, reader, 0)


def _alone(session: Session, ready: Any, ways: list[str]) -> Iterator[Parcel]:
    """The notices that are each one message: those to the owner, and questions."""
    alerts = select(OwnerNotice).join(Notice, col(Notice.owner_notice_id) == OwnerNotice.id)
    for alert in session.exec(alerts.where(ready).order_by(col(Notice.not_before))) if OWNER in ways else ():
        yield Parcel(OWNER, PLANNED, alert, 0)
    asked = select(Subscriber).join(Notice, col(Notice.subscriber_id) == Subscriber.id)
    asked = asked.where(ready, Notice.kind == QUESTION, Subscriber.state == "pending")
    for reader in session.exec(asked.where(col(Subscriber.channel).in_(ways)).order_by(col(Notice.not_before))):
        yield Parcel(QUESTION, PLANNED, reader, 0)


def _messages(reader: Subscriber, rows: Iterable[tuple[str | None, int | None]], limit: int) -> Iterator[Parcel]:
    """The rows of a reader as messages: those begun before as they are, the others together."""
    begun: dict[str, list[int | None]] = {}
    fresh: list[int | None] = []
    for message_id, change_id in rows:
        (begun.setdefault(message_id, []) if message_id else fresh).append(change_id)
    parts = [*begun.values(), *(fresh[start : start + limit] for start in range(0, len(fresh), limit))]
    for part in parts:
        yield Parcel(NEWS, PLANNED, reader, 0, tuple(number for number in part if number is not None))


@dataclass(frozen=True, slots=True)
class Row:
    """A notice with its content: the change and its page, or the text for the owner; "" where there is none.

    `subscriber` is None for the owner.
    """

    notice: Notice
    subscriber: Subscriber | None
    page: str
    headline: str


def listed(session: Session, *, state: str | None = None, limit: int = outbox.BATCH) -> list[Row]:
    """Notices, newest first; `state` is due, sending, sent, parked or dropped."""
    query: Any = (
        select(Notice, Subscriber, Page.key, func.coalesce(Change.headline, OwnerNotice.subject))
        .select_from(Notice)
        .join(Subscriber, col(Notice.subscriber_id) == Subscriber.id, isouter=True)
        .join(OwnerNotice, col(Notice.owner_notice_id) == OwnerNotice.id, isouter=True)
        .join(Change, col(Notice.change_id) == Change.id, isouter=True)
        .join(Page, col(Change.page_id) == Page.id, isouter=True)
        .order_by(col(Notice.id).desc())
        .limit(limit)
    )
    if state is not None:
        query = query.where(Notice.state == state)
    return [Row(notice, reader, page or "", headline or "") for notice, reader, page, headline in session.exec(query)]


def retry_parked(session: Session, number: int | None = None, *, now: datetime) -> int:
    """Make parked notices due again, either those of this one's message or all; return how many. `now` is UTC.

    The Message-ID stays: a reader who received the message after all sees it once. Notices for a stopped subscriber
    stay parked, since they would wait for ever.
    """
    stopped = select(Subscriber.id).where(Subscriber.state == "stopped")
    parked = and_(col(Notice.state) == "parked", col(Notice.subscriber_id).not_in(stopped))
    if number is not None:
        wanted = select(Notice.message_id).where(Notice.id == number, parked)
        parked = and_(parked, or_(col(Notice.id) == number, col(Notice.message_id).in_(wanted)))
    done = session.connection().execute(update(Notice).where(parked).values(state="due", not_before=now, attempts=0))
    return done.rowcount


def returned(session: Session, message_id: str, *, error: str) -> Subscriber | None:
    """Park the notices of a sent message that was returned as undeliverable; return its reader, None if it is not ours.

    If the reader confirmed again after it was sent, nothing is parked and None is returned: that failure is outdated.
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
