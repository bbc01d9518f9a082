"""Notices: the outbox. One row per change and subscriber, committed together with the change.

The way of a row: due → sending → sent; back to due when the delivery failed for now; parked when it was refused for
good; dropped when it was no longer wanted. Rows that travel in one message share its `message_id`, which is fixed
before the first attempt and never changes: a message sent twice after a crash is one message to the reader.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial

from sqlalchemy import func, insert
from sqlalchemy.orm import load_only
from sqlmodel import Session, col, select, update

from diffs.database.models import Change, Notice, Page, Subscriber
from diffs.judging.subscriptions import Filter, due_at, wants

from . import subscribers

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
    """What goes out in one message: to whom, and the ids of the changes it tells, in the order of the queue.

    A heartbeat tells no change. `attempts` counts the deliveries begun, this one included.
    """

    message_id: str
    subscriber: Subscriber
    change_ids: tuple[int, ...]
    attempts: int


def queue(session: Session, change: Change, page: Page, *, now: datetime) -> int:
    """One due notice for every active subscriber who wants this change; how many were made.

    To be called in the transaction that commits the change, when it becomes told. Nothing is queued for imported
    history (`recorded`), for what is not told, or for a muted page. Calling it twice makes nothing new for those who
    have a notice already. `now` is UTC; each reader's cadence and time zone say when their notice may go out.
    """
    if change.recorded or not change.told or page.muted:
        return 0
    session.flush()
    have = set(session.exec(select(Notice.subscriber_id).where(Notice.change_id == change.id)))
    topic = subscribers.topic_of(change, page)
    hour = cache(partial(due_at, now=now))  # ten thousand readers live in few time zones
    rows = (
        {
            "change_id": change.id,
            "subscriber_id": reader.id,
            "state": "due",
            "created_at": now,
            "not_before": hour(reader.cadence, reader.time_zone),
            "attempts": 0,
            "claimed_by": "",
            "error": "",
        }
        for reader in _active(session)
        if reader.id not in have and wants(reader.filter, topic)
    )
    made = list(rows)
    for start in range(0, len(made), BATCH):
        session.connection().execute(insert(Notice), made[start : start + BATCH])
    return len(made)


@dataclass(frozen=True, slots=True)
class _Reader:
    """The columns of a subscriber that decide; cheaper than a row when there are ten thousand."""

    id: int
    cadence: str
    time_zone: str
    pages: list[str]
    marketplaces: list[str]
    categories: list[str]
    importance: str

    @property
    def filter(self) -> Filter:
        """What this reader wants to hear of."""
        return subscribers.filter_from(self.pages, self.marketplaces, self.categories, self.importance)


def _active(session: Session) -> Iterable[_Reader]:
    columns = (
        Subscriber.id,
        Subscriber.cadence,
        Subscriber.time_zone,
        Subscriber.pages,
        Subscriber.marketplaces,
        Subscriber.categories,
        Subscriber.importance,
    )
    rows = session.connection().execute(
        select(*columns).where(Subscriber.state == "active").order_by(col(Subscriber.id)),  # type: ignore[call-overload]
    )
    return (_Reader(*row) for row in rows)


def claim(
    session: Session,
    *,
    now: datetime,
    by: str,
    domain: str,
    channels: Iterable[str],
    limit: int = LIMIT,
) -> Parcel | None:
    """Take the next message that may go out on one of these channels, or None when there is none.

    All due notices of its subscriber travel in it, up to `limit` changes, unless they belong to a message that was
    begun before: that one is completed as it was. `by` names the worker, `domain` ends a new Message-ID. Two workers
    never get the same message: each row is taken by an update that only one of them can win.
    """
    next_due = (
        select(Notice.subscriber_id, Notice.message_id)
        .join(Subscriber, col(Notice.subscriber_id) == Subscriber.id)
        .where(Notice.state == "due", col(Notice.not_before) <= now)
        .where(Subscriber.state == "active", col(Subscriber.channel).in_(list(channels)))
        .order_by(col(Notice.not_before), col(Notice.id))
        .limit(1)
        # On PostgreSQL two workers take two readers; on SQLite one worker writes at a time, and this says nothing.
        .with_for_update(of=Subscriber, skip_locked=True, key_share=True)
    )
    while (row := session.exec(next_due).first()) is not None:
        reader, message_id = row
        message_id = message_id or _address(session, reader, now=now, domain=domain, limit=limit)
        taken = session.connection().execute(
            update(Notice)
            .where(col(Notice.message_id) == message_id, col(Notice.state) == "due")
            .values(state="sending", claimed_at=now, claimed_by=by, attempts=col(Notice.attempts) + 1),
        )
        if taken.rowcount:
            return parcel(session, message_id)
    return None


def _address(session: Session, subscriber_id: int, *, now: datetime, domain: str, limit: int) -> str:
    """Give the subscriber's due notices their common Message-ID."""
    waiting = (
        select(Notice.id)
        .where(Notice.subscriber_id == subscriber_id, Notice.state == "due", col(Notice.message_id).is_(None))
        .where(col(Notice.not_before) <= now)
        .order_by(col(Notice.not_before), col(Notice.id))
        .limit(limit)
    )
    ids = list(session.exec(waiting))
    key = session.exec(select(Subscriber.key).where(Subscriber.id == subscriber_id)).one()
    digest = hashlib.sha256(f"{key} {' '.join(map(str, ids))}".encode()).hexdigest()
    message_id = f"<notice.{digest[:32]}@{domain}>"
    # Not "is null": SQLite would look for that among all that wait, instead of for these few by their numbers.
    free = func.coalesce(Notice.message_id, "") == ""
    session.exec(update(Notice).where(col(Notice.id).in_(ids), free).values(message_id=message_id))
    return message_id


def parcel(session: Session, message_id: str) -> Parcel:
    """The message with this id that was claimed. Raises LookupError where there is none."""
    query = (
        select(Notice.change_id, Notice.attempts, Notice.subscriber_id)
        .where(Notice.message_id == message_id, Notice.state == "sending")
        .order_by(col(Notice.id))
    )
    rows = session.exec(query).all()
    reader = session.get(Subscriber, rows[0][2]) if rows else None
    if reader is None:
        raise LookupError(message_id)
    ids = tuple(change_id for change_id, _, _ in rows if change_id is not None)
    return Parcel(message_id, reader, ids, max(row[1] for row in rows))


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
        .where(*far)
        .distinct()
    )
    moved = 0
    for reader, cadence, time_zone in session.exec(readers).all():
        again = due_at(cadence, time_zone, now)
        of_reader = update(Notice).where(col(Notice.subscriber_id) == reader, *far).values(not_before=again)
        moved += session.connection().execute(of_reader).rowcount
    return moved


def fit(session: Session, subscriber: Subscriber, *, now: datetime) -> None:
    """Fit what waits for a subscriber to wishes that were just changed.

    What is no longer wanted is dropped, the rest goes at the hour of the new cadence and time zone. Messages that were
    begun are completed as they were.
    """
    session.flush()
    query = (
        select(Notice.id, Change, Page)
        .join(Change, col(Notice.change_id) == Change.id, isouter=True)
        .join(Page, col(Change.page_id) == Page.id, isouter=True)
        .where(Notice.subscriber_id == subscriber.id, Notice.state == "due", col(Notice.message_id).is_(None))
        .options(load_only(Change.categories, Change.importance))  # type: ignore[arg-type]
    )
    wanted = subscribers.filter_of(subscriber)
    kept: dict[bool, list[int]] = {True: [], False: []}
    rows: Iterable[tuple[int, Change | None, Page]] = session.exec(query)
    for notice, change, page in rows:
        keep = subscriber.heartbeat if change is None else wants(wanted, subscribers.topic_of(change, page))
        kept[keep].append(notice)
    _write(session, kept[False], state="dropped", error="no longer wanted")
    _write(session, kept[True], not_before=due_at(subscriber.cadence, subscriber.time_zone, now))


def _write(session: Session, ids: list[int], **values: object) -> None:
    for start in range(0, len(ids), BATCH):
        session.exec(update(Notice).where(col(Notice.id).in_(ids[start : start + BATCH])).values(**values))


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many notices wait: `due` could go now, `later` wait for their hour, `unsendable` have no channel set up.

    Those of readers who pause are in none of them.
    """

    due: int = 0
    later: int = 0
    unsendable: int = 0


def backlog(session: Session, *, now: datetime, channels: Iterable[str]) -> Backlog:
    """What waits in the outbox, being sent included, for readers on these channels and on others."""
    ready = col(Notice.not_before) <= now
    query = (
        select(Subscriber.channel, ready, func.count())
        .join(Notice, col(Notice.subscriber_id) == Subscriber.id)
        .where(col(Notice.state).in_(["due", "sending"]), Subscriber.state == "active")
        .group_by(Subscriber.channel, ready)
    )
    known = set(channels)
    sums = {"due": 0, "later": 0, "unsendable": 0}
    for channel, is_ready, number in session.exec(query):
        sums["unsendable" if channel not in known else "due" if is_ready else "later"] += number
    return Backlog(**sums)


def counts(session: Session) -> dict[str, int]:
    """How many notices are in which state."""
    return dict(session.exec(select(Notice.state, func.count()).group_by(Notice.state)).all())


@dataclass(frozen=True, slots=True)
class Waiting:
    """Of the due notices of active readers: how many failed, and since when (UTC) the oldest is due."""

    failed: int = 0
    due_since: datetime | None = None


def waiting(session: Session, *, now: datetime) -> Waiting:
    """What waits, seen from how long and why. `now` is UTC."""
    mine = (col(Notice.subscriber_id) == Subscriber.id, Notice.state == "due", Subscriber.state == "active")
    failed = select(func.count()).select_from(Notice).join(Subscriber, mine[0]).where(*mine[1:], Notice.error != "")
    since = select(func.min(Notice.not_before)).join(Subscriber, mine[0])
    since = since.where(*mine[1:], col(Notice.not_before) <= now)
    return Waiting(session.exec(failed).one(), session.exec(since).one())
