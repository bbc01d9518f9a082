"""What the owner must be told about our own looking: kept until it is told, told once."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from diffs.database.models import OwnerNotice

#: A message that a program took and never settled is taken for unsent after this long.
STALE_AFTER = timedelta(minutes=15)


def note(session: Session, *, kind: str, about: str, at: datetime, subject: str, detail: str) -> OwnerNotice:
    """Make a notice that is due at once. `at` is UTC; a kind about one thing at one time is one notice."""
    uid = hashlib.sha256(f"{kind} {about} {at.isoformat()}".encode()).hexdigest()[:32]
    row = session.exec(select(OwnerNotice).where(OwnerNotice.uid == uid)).first()
    if row is None:
        row = OwnerNotice(uid=uid, kind=kind, about=about, created_at=at, not_before=at, subject=subject, detail=detail)
        session.add(row)
    return row


def claim(session: Session, *, now: datetime, by: str) -> OwnerNotice | None:
    """Take the oldest notice that is due at `now` (UTC) for sending, or None. Two programs never get the same one."""
    due = (
        select(OwnerNotice)
        .where(OwnerNotice.state == "due", col(OwnerNotice.not_before) <= now)
        .order_by(col(OwnerNotice.created_at), col(OwnerNotice.id))
        .limit(1)
    )
    while (row := session.exec(due).first()) is not None:
        taken = session.connection().execute(
            update(OwnerNotice)
            .where(col(OwnerNotice.id) == row.id, col(OwnerNotice.state) == "due")
            .values(state="sending", claimed_at=now, claimed_by=by, attempts=col(OwnerNotice.attempts) + 1)
        )
        session.refresh(row)
        if taken.rowcount:
            return row
    return None


def sent(session: Session, uid: str, *, now: datetime) -> None:
    """Mark a notice as told (UTC)."""
    _settle(session, uid, state="sent", sent_at=now, error="")


def retry(session: Session, uid: str, *, not_before: datetime, error: str) -> None:
    """Keep a notice that could not be told until a time (UTC)."""
    _settle(session, uid, state="due", not_before=not_before, error=error)


def shown(session: Session) -> int:
    """Say of all due notices that there is nobody to write to; how many. They stand in doctor and health."""
    done = session.connection().execute(
        update(OwnerNotice).where(col(OwnerNotice.state) == "due").values(state="shown")
    )
    return int(done.rowcount)


def release_stale(session: Session, *, now: datetime, is_dead: Callable[[str], bool]) -> None:
    """Make due again what a program took and never settled. Its uid stays, so a second copy is the same message."""
    for row in session.exec(select(OwnerNotice).where(OwnerNotice.state == "sending")):
        at = row.claimed_at
        stale = at is None or not now - STALE_AFTER < at <= now + STALE_AFTER
        if stale or is_dead(row.claimed_by):
            retry(session, row.uid, not_before=now, error="the program was stopped while sending")


def listed(session: Session, *, state: str = "") -> list[OwnerNotice]:
    """All notices to the owner, or those of a state, oldest first."""
    query = select(OwnerNotice).order_by(col(OwnerNotice.created_at), col(OwnerNotice.id))
    if state:
        query = query.where(OwnerNotice.state == state)
    return list(session.exec(query).all())


def _settle(session: Session, uid: str, **values: object) -> None:
    session.connection().execute(
        update(OwnerNotice)
        .where(col(OwnerNotice.uid) == uid, col(OwnerNotice.state) == "sending")
        .values(claimed_at=None, claimed_by="", **values)
    )
