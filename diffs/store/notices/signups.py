"""Addresses typed into the sign-up form by strangers, and how often each mailbox was asked as a result.

The counts are in the archive: a restarted program forgets none of them.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, func
from sqlmodel import Session, col, select, update

from diffs.database.models import Notice, Signup, Subscriber

from . import subscribers
from .outbox import QUESTION

#: A mailbox is asked once a day and so often in all until its record is forgotten; only once if its reader had left.
ONE_EACH = timedelta(days=1)
MOST_EACH = 3
MOST_OF_WHO_LEFT = 1
FORGOTTEN_AFTER = timedelta(days=30)

#: How many questions are sent in an hour, and how many may wait. One network may enter at most a hundredth of these in
#: a day, so a single stranger never uses up the limit for everybody.
MOST_AN_HOUR = 60
MOST_WAITING = 1_000
MOST_OF_ONE_SENDER = 10

#: A sign-up without an answer is forgotten after this time: the link in the question works for seven days.
UNANSWERED_AFTER = timedelta(days=8)


class Added(StrEnum):
    """The result of a sign-up."""

    NOTED = "noted"
    TOO_MANY_OF_SENDER = "too many of this sender"
    TOO_MANY = "too many"


def add(
    session: Session, *, address: str, mailbox: str, wishes: dict[str, Any], now: datetime, sender: str = ""
) -> Added:
    """Record an address with its wishes, unless its sender entered too many today or too many wait. `now` is UTC.

    The same work is done for every address: none is looked up. An unknown `sender` ("") is only subject to the limit
    for everybody.
    """
    # A time in the future counts: a wrong clock must not lift the limit.
    lately = select(func.count()).select_from(Signup).where(col(Signup.created_at) > now - ONE_EACH)
    if sender and session.exec(lately.where(Signup.sender == sender)).one() >= MOST_OF_ONE_SENDER:
        return Added.TOO_MANY_OF_SENDER
    waits = select(func.count()).select_from(Signup).where(Signup.address != "")
    due = select(func.count()).select_from(Notice).where(Notice.kind == QUESTION, Notice.state == "due")
    if session.exec(waits).one() + session.exec(due).one() >= MOST_WAITING:
        return Added.TOO_MANY
    session.add(Signup(created_at=now, mailbox=mailbox, address=address, wishes=wishes, sender=sender))
    return Added.NOTED


def waiting(session: Session) -> list[Signup]:
    """The sign-ups that were not handled yet, oldest first."""
    return list(session.exec(select(Signup).where(Signup.address != "").order_by(col(Signup.id))))


def may_ask(session: Session, mailbox: str, *, now: datetime, most: int = MOST_EACH) -> bool:
    """Whether a mailbox may be asked (again). Times after `now` (UTC) count: a wrong clock must not lift the limit."""
    asked = session.exec(select(Signup.asked_at).where(Signup.mailbox == mailbox, col(Signup.asked_at).is_not(None)))
    moments = [at for at in asked if at is not None]
    return len(moments) < most and all(now - at >= ONE_EACH for at in moments)


def next_turn(session: Session, *, now: datetime) -> datetime:
    """When one more question may be sent (UTC), so that no hour has more than MOST_AN_HOUR."""
    turns = select(Notice.not_before).where(Notice.kind == QUESTION).order_by(col(Notice.not_before).desc())
    before = session.exec(turns.offset(MOST_AN_HOUR - 1).limit(1)).first()
    return now if before is None else max(now, before + timedelta(hours=1))


def settle(row: Signup) -> None:
    """Reduce a handled sign-up to the mailbox's hash and whether it was asked."""
    row.address, row.wishes = "", None


def forget(session: Session, *, now: datetime) -> None:
    """Forget old sign-ups, their senders, and readers who did not answer. A reader who had left is stopped again."""
    of_before = (col(Signup.created_at) < now - ONE_EACH, col(Signup.sender) != "")
    session.execute(update(Signup).where(*of_before).values(sender=""))
    session.execute(delete(Signup).where(col(Signup.created_at) < now - FORGOTTEN_AFTER, col(Signup.address) == ""))
    before = now - UNANSWERED_AFTER
    last = func.coalesce(Subscriber.asked_at, Subscriber.signed_up_at)
    unanswered = select(Subscriber).where(Subscriber.state == "pending", col(Subscriber.signed_up_at) < before)
    for reader in session.exec(unanswered.where(last < before)).all():
        if reader.stopped_reason:
            subscribers.stop(session, reader, reason=reader.stopped_reason)
        else:
            subscribers.remove(session, reader)
