"""What is waiting in the outbox, in numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from diffs.database.models import Notice, Subscriber

from .outbox import NEWS, OWNER, QUESTION

#: Whose notices can go out: news to active readers, questions to those who have not answered, and all to the owner.
_OPEN = or_(
    (col(Notice.kind) == NEWS) & (col(Subscriber.state) == "active"),
    (col(Notice.kind) == QUESTION) & (col(Subscriber.state) == "pending"),
    col(Notice.kind) == OWNER,
)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many notices wait: `due` could go now, `later` wait for their hour, `unsendable` have no channel set up.

    Those of readers who pause are in none of them.
    """

    due: int = 0
    later: int = 0
    unsendable: int = 0


def backlog(session: Session, *, now: datetime, channels: Iterable[str]) -> Backlog:
    """What waits in the outbox, being sent included, for readers on these channels and on others, and for the owner."""
    ready, channel = col(Notice.not_before) <= now, func.coalesce(Subscriber.channel, OWNER)
    query = (
        select(channel, ready, func.count())
        .select_from(Notice)
        .join(Subscriber, col(Notice.subscriber_id) == Subscriber.id, isouter=True)
        .where(col(Notice.state).in_(["due", "sending"]), _OPEN)
        .group_by(channel, ready)
    )
    known = set(channels)
    sums = {"due": 0, "later": 0, "unsendable": 0}
    for name, is_ready, number in session.exec(query):
        sums["unsendable" if name not in known else "due" if is_ready else "later"] += number
    return Backlog(**sums)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Of the due notices of readers: how many failed, and since when (UTC) the oldest is due."""

    failed: int = 0
    due_since: datetime | None = None


def waiting(session: Session, *, now: datetime) -> Waiting:
    """What waits, seen from how long and why. `now` is UTC."""
    of_reader, due = col(Notice.subscriber_id) == Subscriber.id, (Notice.state == "due", _OPEN)
    failed = select(func.count()).select_from(Notice).join(Subscriber, of_reader).where(*due, Notice.error != "")
    since = select(func.min(Notice.not_before)).join(Subscriber, of_reader).where(*due, col(Notice.not_before) <= now)
    return Waiting(session.exec(failed).one(), session.exec(since).one())


def counts(session: Session) -> dict[str, int]:
    """How many notices are in which state."""
    return dict(session.exec(select(Notice.state, func.count()).group_by(Notice.state)).all())
