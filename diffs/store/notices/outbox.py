"""The outbox: one row per message and person, committed together with what it reports.

The states of a row: due → sending → sent; due again if the delivery failed for now; parked if it was refused for good;
dropped if it was no longer wanted. Rows sent in one message share its `message_id`, which is fixed before the first
attempt and never changes: a message sent twice after a crash is one message to the reader.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select, update

from diffs.database.models import Change, Notice, OwnerNotice, Page, Subscriber
from diffs.judging.subscriptions import due_at
from diffs.language.short_hash import short_hash

#: The kinds of notices: news for a reader, a question to a new one, a message to the owner (also their channel's name).
NEWS, QUESTION, OWNER = "news", "question", "owner"

#: The claim of a worker that cannot be checked is dead after this time, which is longer than any delivery may take.
STALE_AFTER = timedelta(minutes=15)

#: No cadence or wait delays a notice for longer: a later time was set while a clock was wrong.
FURTHEST = timedelta(days=8)

#: The most changes in one message; the rest are sent in the next.
LIMIT = 200

#: How many rows are written or read at once: this bounds memory for any number of subscribers.
BATCH = 500


@dataclass(frozen=True)
class Parcel:
    """The content of one message.

    `to` is the subscriber or, for the owner, whose address is not in the archive, the owner's notice. News has the ids
    of the changes it reports, in the order of the queue (none: a heartbeat). `attempts` counts the deliveries begun,
    including this one.
    """

    kind: str
    message_id: str
    to: Subscriber | OwnerNotice
    attempts: int
    change_ids: tuple[int, ...] = ()

    @property
    def channel(self) -> str:
        """The channel by which it is sent; messages to the owner have one of that name."""
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
    """Claim and return the next message of these kinds that can be sent on one of these channels, or None.

    It contains all due news of its subscriber, up to `limit` changes, except news in a message that was begun before:
    that one is completed as it was. `by` names the worker, `domain` ends a new Message-ID. Two workers never
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
    # On PostgreSQL, two workers take two readers; on SQLite, only one worker writes at a time and this has no effect.
    if kind == OWNER:
        return query.with_for_update(of=Notice, skip_locked=True)
    return (
        query.join(Subscriber, col(Notice.subscriber_id) == Subscriber.id)
        .where(Subscriber.state == ("active" if kind == NEWS else "pending"), col(Subscriber.channel).in_(channels))
        .with_for_update(of=Subscriber, skip_locked=True, key_share=True)
    )


def _address(session: Session, row: Any, *, now: datetime, domain: str, limit: int) -> str:
    """Give a notice its Message-ID, and the other due news of its subscriber the same one; return it.

    It is made from the content of the message, not from row numbers: a restored backup uses those again, and mail
    programs never show another message with an id that they have already received.
    """
    if row.kind == OWNER:
        ids, name = [row.id], f"owner.{session.get_one(OwnerNotice, row.owner_notice_id).uid}"
    else:
        found = _travel_together(session, row, now=now, limit=limit)
        ids = [number for number, *_ in found]
        said = [_said(row, made, before, uid) for _, made, before, uid in found]
        key = session.get_one(Subscriber, row.subscriber_id).key
        name = f"notice.{short_hash(' '.join([key, *said]), 32)}"
    message_id = f"<{name}@{domain}>"
    # Not "is null": SQLite would search all waiting rows for that, instead of fetching these few by number.
    free = func.coalesce(Notice.message_id, "") == ""
    session.exec(update(Notice).where(col(Notice.id).in_(ids), free).values(message_id=message_id))
    return message_id


def _said(row: Any, made: datetime, sent_before: datetime | None, uid: str | None) -> str:
    """What one notice says, for the Message-ID: a change by its uid; if it was sent before, also when."""
    if uid is None:
        return f"{row.kind} {made.isoformat()}"
    return f"{uid} {sent_before.isoformat()}" if sent_before else uid


def _travel_together(
    session: Session, row: Any, *, now: datetime, limit: int
) -> list[tuple[int, datetime, datetime | None, str | None]]:
    """The subscriber's due notices of this kind: number, when made and last sent (UTC), uid of the change if any."""
    query = (
        select(Notice.id, Notice.created_at, Notice.sent_at, Change.uid)
        .join(Change, col(Notice.change_id) == Change.id, isouter=True)
        .where(Notice.subscriber_id == row.subscriber_id, Notice.kind == row.kind, Notice.state == "due")
        .where(col(Notice.message_id).is_(None), col(Notice.not_before) <= now)
        .order_by(col(Notice.not_before), col(Notice.id))
        .limit(limit)
    )
    return list(session.exec(query).all())


def parcel(session: Session, message_id: str) -> Parcel:
    """The claimed message with this id. Raises LookupError if there is none."""
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
    """The changes with these ids and their pages, earliest decided first."""
    query = (
        select(Change, Page)
        .join(Page, col(Change.page_id) == Page.id)
        .where(col(Change.id).in_(list(ids)))
        .order_by(col(Change.decided_at), col(Change.id))
    )
    return list(session.exec(query).all())


def sent(session: Session, message_id: str, *, now: datetime) -> int:
    """Mark a message as sent; return how many notices it contained. `now` is UTC."""
    return _settle(session, message_id, state="sent", sent_at=now, error="")


def retry(session: Session, message_id: str, *, not_before: datetime, error: str, counted: bool = True) -> int:
    """Make a message due again from `not_before` (UTC) on, since it could not be sent; return its number of notices.

    With `counted` False the attempt is not counted: the recipient's turn never came.
    """
    attempts = col(Notice.attempts) if counted else col(Notice.attempts) - 1
    return _settle(session, message_id, state="due", not_before=not_before, error=error, attempts=attempts)


def park(session: Session, message_id: str, *, error: str) -> int:
    """Keep a message that was refused for good, with the reason, and do not try again; return its number of notices."""
    return _settle(session, message_id, state="parked", error=error)


def _settle(session: Session, message_id: str, **values: object) -> int:
    claimed = (col(Notice.message_id) == message_id, col(Notice.state) == "sending")
    done = session.connection().execute(
        update(Notice).where(*claimed).values(claimed_by="", claimed_at=None, **values),
    )
    return done.rowcount


def release_stale(session: Session, *, now: datetime, is_dead: Callable[[str], bool] | None = None) -> int:
    """Make notices due again that a worker claimed and never settled; return how many.

    A claim is stale after 15 minutes, if it is in the future (the clock was set back), or at once if `is_dead` knows
    that its worker (`claimed_by`) is no longer running. The Message-ID stays.
    """
    error = "the program was stopped while sending"
    return sum(
        retry(session, message_id, not_before=now, error=error)
        for message_id in stale(session, now=now, is_dead=is_dead)
    )


def stale(session: Session, *, now: datetime, is_dead: Callable[[str], bool] | None = None) -> list[str]:
    """The Message-IDs of messages that a worker claimed and never settled, by the rules of `release_stale`."""
    held = select(Notice.message_id, Notice.claimed_by, Notice.claimed_at).where(Notice.state == "sending").distinct()
    return [
        message_id
        for message_id, by, at in session.exec(held)
        if message_id is not None
        and (at is None or not now - STALE_AFTER < at <= now + STALE_AFTER or (is_dead is not None and is_dead(by)))
    ]


def pull_back(session: Session, *, now: datetime) -> int:
    """Give a new hour to notices that a wrong clock had delayed beyond any possible wait; return how many."""
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
    # The rest do not wait for anybody's hour.
    return moved + session.connection().execute(update(Notice).where(*far).values(not_before=now)).rowcount
