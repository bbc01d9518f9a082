"""Heartbeats: readers who asked for one learn, at the hour of their digest, that nothing changed.

A heartbeat is a notice without a change and passes through the same states: due, sending, sent.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from diffs.database.models import Notice, Subscriber
from diffs.judging.subscriptions import last_slot

from .outbox import NEWS

#: Anything older is irrelevant: it is before the last two digest hours of any cadence.
LOOK_BACK = timedelta(days=15)

_A_MOMENT = timedelta(microseconds=1)

#: Questions and notices to the owner are not news.
_NEWS = col(Notice.kind) == NEWS


def queue(session: Session, *, now: datetime) -> int:
    """Queue a heartbeat for every reader whose hour has passed without news, and return how many. `now` is UTC.

    Missed hours are not made up for: one heartbeat covers them all.
    """
    found = missing(session, now=now, lock=True)
    for reader, slot in found:
        session.add(Notice(subscriber_id=reader.id, created_at=now, not_before=slot))
    session.flush()
    return len(found)


def missing(session: Session, *, now: datetime, lock: bool = False) -> list[tuple[Subscriber, datetime]]:
    """The readers who should get a heartbeat now, and for which hour (UTC).

    `lock` keeps a second program from finding the same until the transaction ends.
    """
    wished = select(Subscriber).where(Subscriber.state == "active", col(Subscriber.heartbeat).is_(True))
    wished = wished.order_by(col(Subscriber.id))
    readers = list(session.exec(wished.with_for_update(key_share=True) if lock else wished))
    if not readers:
        return []
    busy, told, beaten = _busy(session, now), _told(session, now), _beaten(session, now)
    found = []
    for reader in readers:
        slot = last_slot(reader.cadence, reader.time_zone, now)
        began = reader.confirmed_at or reader.created_at
        before = told.get(reader.id)
        if (
            began <= slot
            and reader.id not in busy
            and (before is None or before < _quiet_since(reader, slot))
            and (reader.id not in beaten or beaten[reader.id] < slot)
        ):
            found.append((reader, slot))
    return found


def before(reader: Subscriber, slot: datetime) -> datetime:
    """The digest hour before `slot` (UTC), from which a heartbeat reports."""
    return last_slot(reader.cadence, reader.time_zone, slot - _A_MOMENT)


def _quiet_since(reader: Subscriber, slot: datetime) -> datetime:
    # Immediate readers get the day's changes during the day; the others get them at that hour.
    return slot if reader.cadence in ("daily", "weekly") else before(reader, slot)


def _busy(session: Session, now: datetime) -> set[int]:
    """The readers with news that is due or being sent."""
    on_its_way = or_(col(Notice.not_before) <= now, col(Notice.message_id).is_not(None))
    query = select(Notice.subscriber_id).where(col(Notice.state).in_(["due", "sending"]), on_its_way, _NEWS).distinct()
    return {reader for reader in session.exec(query) if reader is not None}


def _told(session: Session, now: datetime) -> dict[int, datetime]:
    """When each reader was last sent news (UTC), ignoring times that a wrong clock set in the future."""
    latest = func.max(Notice.sent_at)
    query = (
        select(Notice.subscriber_id, latest)
        .where(Notice.state == "sent", col(Notice.sent_at).between(now - LOOK_BACK, now), _NEWS)
        .group_by(col(Notice.subscriber_id))
    )
    return {reader: at for reader, at in session.exec(query) if reader is not None and at is not None}


def _beaten(session: Session, now: datetime) -> dict[int, datetime]:
    """The hour of each reader's last heartbeat (UTC), whether or not it was sent."""
    query = (
        select(Notice.subscriber_id, func.max(Notice.not_before))
        .where(col(Notice.change_id).is_(None), col(Notice.not_before).between(now - LOOK_BACK, now), _NEWS)
        .group_by(col(Notice.subscriber_id))
    )
    return {reader: at for reader, at in session.exec(query) if reader is not None}
