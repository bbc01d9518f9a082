"""Queue notices, one per change and subscriber, and adapt waiting ones to new wishes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial

from sqlalchemy import insert
from sqlalchemy.orm import load_only
from sqlmodel import Session, col, select, update

from diffs.database.models import Change, Notice, Page, Subscriber
from diffs.judging.subscriptions import Filter, due_at, wants

from . import returns, subscribers
from .outbox import BATCH, NEWS, QUESTION


def queue(session: Session, change: Change, page: Page, *, now: datetime) -> int:
    """Queue a due notice for every active subscriber who wants this change; return how many.

    To be called in the transaction that commits the change, when it becomes reported. Nothing is queued for imported
    history (`recorded`), for an unreported change, or for a muted page. A second call adds nothing for those who
    already have a notice. `now` is UTC; each reader's cadence and time zone decide when their notice may be sent.
    """
    if change.recorded or not change.told or page.muted:
        return 0
    session.flush()
    have = set(session.exec(select(Notice.subscriber_id).where(Notice.change_id == change.id)))
    if change.kind == "rollback":
        have |= returns.heard(session, page, since=change.seen_at)  # the same said once
    topic = subscribers.topic_of(change, page)
    hour = cache(partial(due_at, now=now))  # ten thousand readers share a few time zones
    rows = (
        {
            "kind": NEWS,
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
    """The columns of a subscriber that matter here; cheaper than full rows for ten thousand readers."""

    id: int
    cadence: str
    time_zone: str
    pages: list[str]
    marketplaces: list[str]
    categories: list[str]
    importance: str

    @property
    def filter(self) -> Filter:
        """Which changes this reader wants."""
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


def ask(session: Session, reader: Subscriber, *, now: datetime, not_before: datetime) -> bool:
    """Queue the question whether a pending subscriber wants notices; False if one already waits. Times in UTC."""
    session.flush()
    waits = select(Notice.id).where(Notice.subscriber_id == reader.id, Notice.kind == QUESTION)
    if session.exec(waits.where(col(Notice.state).in_(["due", "sending"]))).first() is not None:
        return False
    session.add(Notice(kind=QUESTION, subscriber_id=reader.id, created_at=now, not_before=not_before))
    return True


def question_due(session: Session, *, now: datetime) -> bool:
    """Whether a question may be sent at `now` (UTC)."""
    due = select(Notice.id).where(Notice.kind == QUESTION, Notice.state == "due", col(Notice.not_before) <= now)
    return session.exec(due.limit(1)).first() is not None


def fit(session: Session, subscriber: Subscriber, *, now: datetime) -> None:
    """Adapt the waiting notices of a subscriber to wishes that were just changed.

    Unwanted notices are dropped, the rest are sent at the hour of the new cadence and time zone. Messages already
    begun are completed as they were.
    """
    session.flush()
    query = (
        select(Notice.id, Change, Page)
        .join(Change, col(Notice.change_id) == Change.id, isouter=True)
        .join(Page, col(Change.page_id) == Page.id, isouter=True)
        .where(
            Notice.subscriber_id == subscriber.id,
            Notice.kind == NEWS,
            Notice.state == "due",
            col(Notice.message_id).is_(None),
        )
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
