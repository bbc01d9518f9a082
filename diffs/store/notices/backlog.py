"""How many notices are waiting in the outbox."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from diffs.database.models import Notice, Subscriber

from .outbox import NEWS, OWNER, QUESTION

#: The notices that can be sent: news to active readers, questions to those who have not answered, all to the owner.
_OPEN = or_(
    (col(Notice.kind) == NEWS) & (col(Subscriber.state) == "active"),
    (col(Notice.kind) == QUESTION) & (col(Subscriber.state) == "pending"),
    col(Notice.kind) == OWNER,
)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many notices wait: `due` can be sent now, `later` wait for their hour, `unsendable` have no channel set up.

    Notices for paused readers are in none of these.
    """

    due: int = 0
    later: int = 0
    unsendable: int = 0


def backlog(session: Session, *, now: datetime, channels: Iterable[str], has_owner: bool = True) -> Backlog:
    """What waits in the outbox, being sent included, for readers on these channels and on others, and for the owner.

    Without an owner what is meant for one is no message: a run drops it.
    """
    ready, channel = col(Notice.not_before) <= now, func.coalesce(Subscriber.channel, OWNER)
    query = (
        select(channel, ready, func.count())
        .select_from(Notice)
        .join(Subscriber, col(Notice.subscriber_id) == Subscriber.id, isouter=True)
        .where(col(Notice.state).in_(["due", "sending"]), _OPEN)
        .where(has_owner or col(Notice.kind) != OWNER)
        .group_by(channel, ready)
    )
    known = set(channels)
    sums = {"due": 0, "later": 0, "unsendable": 0}
    for name, is_ready, number in session.exec(query):
        sums["unsendable" if name not in known else "due" if is_ready else "later"] += number
    return Backlog(**sums)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The due notices of readers: how many failed, and since when (UTC) the oldest has been due."""

    failed: int = 0
    due_since: datetime | None = None


def waiting(session: Session, *, now: datetime) -> Waiting:
    """The due notices at `now` (UTC): how long they have waited, and why."""
    of_reader, due = col(Notice.subscriber_id) == Subscriber.id, (Notice.state == "due", _OPEN)
    failed = select(func.count()).select_from(Notice).join(Subscriber, of_reader).where(*due, Notice.error != "")
    since = select(func.min(Notice.not_before)).join(Subscriber, of_reader).where(*due, col(Notice.not_before) <= now)
    return Waiting(session.exec(failed).one(), session.exec(since).one())


def counts(session: Session) -> dict[str, int]:
    """The number of notices in each state."""
    return dict(session.exec(select(Notice.state, func.count()).group_by(Notice.state)).all())
