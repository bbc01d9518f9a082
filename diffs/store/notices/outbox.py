"""The outbox: one row per message and person, committed together with what it reports.

The way of a row: due → sending → sent; back to due when the delivery failed for now; parked when it was refused for
good; dropped when it was no longer wanted. Rows that travel in one message share its `message_id`, which is fixed
before the first attempt and never changes: a message sent twice after a crash is one message to the reader.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select, update

from diffs.database.models import Change, Notice, OwnerNotice, Page, Subscriber
from diffs.judging.subscriptions import due_at

#: What a notice is: news for a reader, a question to a new one, a word to the owner (also the owner's channel's name).
NEWS, QUESTION, OWNER = "news", "question", "owner"

#: After this long a claim whose owner cannot be asked is taken for dead. Longer than any one delivery may take.
STALE_AFTER = timedelta(minutes=15)

#: No cadence and no wait puts a notice off for longer: what lies further ahead was written while a clock was wrong.
FURTHEST = timedelta(days=8)

#: Changes in one message; what is left goes in the next.
LIMIT = 200

#: Rows written or read at one go: bounds memory with any number of subscribers.
BATCH = 500


@dataclass(frozen=True)
class Parcel:
    """What goes out in one message.

    `to` is the subscriber; of a word to the owner, whose address is no row, that word. News have the ids of the changes
    they tell, in the order of the queue (none: a heartbeat). `attempts` counts the deliveries begun, this one included.
    """

    kind: str
    message_id: str
    to: Subscriber | OwnerNotice
    attempts: int
    change_ids: tuple[int, ...] = ()

    @property
    def channel(self) -> str:
        """The channel by which it goes; what is for the owner has one of that name."""
        return OWNER if isinstance(self.to, OwnerNotice) else self.to.channel


def claim(
    session: Session,
    *,
    now: datetime,
    by: str,
    domain: str,
    channels: Iterable[str],
    limit: int = LIMIT,
    kinds: Iterable[str] = (OWNER, QUESTION, NEWS),
) -> Parcel | None:
    """Take the next message of these kinds that may go out on one of these channels, or None when there is none.

    All due news of its subscriber travel in it, up to `limit` changes, unless they belong to a message that was begun
    before: that one is completed as it was. `by` names the worker, `domain` ends a new Message-ID. Two workers never
    get the same message: each row is taken by an update that only one of them can win.
    """
    ways = list(channels)
    for kind in kinds:
        if kind == OWNER and OWNER not in ways:
            continue
        query = _next_due(kind, now, ways)
        while (row := session.exec(query).first()) is not None:
            message_id = row.message_id or _address(session, row, now=now, domain=domain, limit=limit)
            taken = session.connection().execute(
                update(Notice)
                .where(col(Notice.message_id) == message_id, col(Notice.state) == "due")
                .values(state="sending", claimed_at=now, claimed_by=by, attempts=col(Notice.attempts) + 1),
            )
            if taken.rowcount:
                return parcel(session, message_id)
    return None


def _next_due(kind: str, now: datetime, channels: list[str]) -> Any:
    """The query for the notice of a kind that is due next, on one of these channels."""
    columns: Any = (Notice.id, Notice.kind, Notice.subscriber_id, Notice.owner_notice_id, Notice.message_id)
    query: Any = (
        select(*columns)
        .where(Notice.kind == kind, Notice.state == "due", col(Notice.not_before) <= now)
        .order_by(col(Notice.not_before), col(Notice.id))
        .limit(1)
    )
    # On PostgreSQL two workers take two readers; on SQLite one worker writes at a time, and this says nothing.
    if kind == OWNER:
        return query.with_for_update(of=Notice, skip_locked=True)
    return (
        query.join(Subscriber, col(Notice.subscriber_id) == Subscriber.id)
        .where(Subscriber.state == ("active" if kind == NEWS else "pending"), col(Subscriber.channel).in_(channels))
        .with_for_update(of=Subscriber, skip_locked=True, key_share=True)
    )


def _address(session: Session, row: Any, *, now: datetime, domain: str, limit: int) -> str:
    """Give a notice its Message-ID, and the other due news of its subscriber the same.

    It is made from what the message says, not from numbers of rows: a backup that was put back counts anew, and another
    message under an id that went out before is one that mail programs and receivers never show.
    """
    if row.kind == OWNER:
        ids, name = [row.id], f"owner.{session.get_one(OwnerNotice, row.owner_notice_id).uid}"
    else:
        found = _travel_together(session, row, now=now, limit=limit)
        ids = [number for number, *_ in found]
        said = [uid or f"{row.kind} {made.isoformat()}" for _, made, uid in found]
        key = session.get_one(Subscriber, row.subscriber_id).key
        name = f"notice.{hashlib.sha256(' '.join([key, *said]).encode()).hexdigest()[:32]}"
    message_id = f"<{name}@{domain}>"
    # Not "is null": SQLite would look for that among all that wait, instead of for these few by their numbers.
    free = func.coalesce(Notice.message_id, "") == ""
    session.exec(update(Notice).where(col(Notice.id).in_(ids), free).values(message_id=message_id))
    return message_id


def _travel_together(
    session: Session, row: Any, *, now: datetime, limit: int
) -> list[tuple[int, datetime, str | None]]:
    """The subscriber's due notices of this kind: number, when it was made, the uid of its change where it has one."""
    query = (
        select(Notice.id, Notice.created_at, Change.uid)
        .join(Change, col(Notice.change_id) == Change.id, isouter=True)
        .where(Notice.subscriber_id == row.subscriber_id, Notice.kind == row.kind, Notice.state == "due")
        .where(col(Notice.message_id).is_(None), col(Notice.not_before) <= now)
        .order_by(col(Notice.not_before), col(Notice.id))
        .limit(limit)
    )
    return list(session.exec(query).all())


def parcel(session: Session, message_id: str) -> Parcel:
    """The message with this id that was claimed. Raises LookupError where there is none."""
    columns: Any = (Notice.kind, Notice.subscriber_id, Notice.owner_notice_id, Notice.change_id, Notice.attempts)
    query: Any = select(*columns).where(Notice.message_id == message_id, Notice.state == "sending")
    rows = session.exec(query.order_by(col(Notice.id))).all()
    if not rows:
        raise LookupError(message_id)
    first = rows[0]
    to: Subscriber | OwnerNotice
    if first.kind == OWNER:
        to = session.get_one(OwnerNotice, first.owner_notice_id)
    else:
        to = session.get_one(Subscriber, first.subscriber_id)
    ids = tuple(row.change_id for row in rows if row.change_id is not None)
    return Parcel(first.kind, message_id, to, max(row.attempts for row in rows), ids)


def changes_with(session: Session, ids: Iterable[int]) -> list[tuple[Change, Page]]:
    """The changes with these ids, with their pages, oldest decided first."""
    query = (
        select(Change, Page)
        .join(Page, col(Change.page_id) == Page.id)
        .where(col(Change.id).in_(list(ids)))
        .order_by(col(Change.decided_at), col(Change.id))
    )
    return list(session.exec(query).all())


def sent(session: Session, message_id: str, *, now: datetime) -> int:
    """The message arrived; how many notices it carried."""
    return _settle(session, message_id, state="sent", sent_at=now, error="")


def retry(session: Session, message_id: str, *, not_before: datetime, error: str, counted: bool = True) -> int:
    """The message did not go out for now; try again from `not_before` on.

    `counted` False takes the attempt back: it never came to the recipient's turn.
    """
    attempts = col(Notice.attempts) if counted else col(Notice.attempts) - 1
    return _settle(session, message_id, state="due", not_before=not_before, error=error, attempts=attempts)


def park(session: Session, message_id: str, *, error: str) -> int:
    """The message was refused for good: keep it, with the reason, and do not try again."""
    return _settle(session, message_id, state="parked", error=error)


def _settle(session: Session, message_id: str, **values: object) -> int:
    claimed = (col(Notice.message_id) == message_id, col(Notice.state) == "sending")
    done = session.connection().execute(
        update(Notice).where(*claimed).values(claimed_by="", claimed_at=None, **values),
    )
    return done.rowcount


def release_stale(session: Session, *, now: datetime, is_dead: Callable[[str], bool] | None = None) -> int:
    """Make due again what a worker took and never settled; how many rows.

    A claim is stale after 15 minutes, when it lies in the future (the clock went back), or at once where `is_dead`
    knows that its owner (`claimed_by`) runs no more. The Message-ID stays.
    """
    error = "the program was stopped while sending"
    return sum(
        retry(session, message_id, not_before=now, error=error)
        for message_id in stale(session, now=now, is_dead=is_dead)
    )


def stale(session: Session, *, now: datetime, is_dead: Callable[[str], bool] | None = None) -> list[str]:
    """The Message-IDs of what a worker took and never settled, by the rules of `release_stale`."""
    held = select(Notice.message_id, Notice.claimed_by, Notice.claimed_at).where(Notice.state == "sending").distinct()
    return [
        message_id
        for message_id, by, at in session.exec(held)
        if message_id is not None
        and (at is None or not now - STALE_AFTER < at <= now + STALE_AFTER or (is_dead is not None and is_dead(by)))
    ]


def pull_back(session: Session, *, now: datetime) -> int:
    """Give a new hour to what a wrong clock had put off beyond any wait there is; how many rows."""
    far = (col(Notice.state) == "due", col(Notice.not_before) > now + FURTHEST)
    readers = (
        select(Subscriber.id, Subscriber.cadence, Subscriber.time_zone)
        .join(Notice, col(Notice.subscriber_id) == Subscriber.id)
        .where(*far, Notice.kind == NEWS)
        .distinct()
    )
    moved = 0
    for reader, cadence, time_zone in session.exec(readers).all():
        again = due_at(cadence, time_zone, now)
        of_reader = update(Notice).where(col(Notice.subscriber_id) == reader, *far).values(not_before=again)
        moved += session.connection().execute(of_reader).rowcount
    # What is left waits for nobody's hour.
    return moved + session.connection().execute(update(Notice).where(*far).values(not_before=now)).rowcount
