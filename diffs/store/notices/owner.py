"""Notices to the owner about our own work, kept until they are sent once through the outbox."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select, update

from diffs.database.models import Notice, OwnerNotice
from diffs.language.short_hash import short_hash

from .outbox import OWNER

#: The reason of a notice dropped for want of an address; doctor and health still show it.
NOBODY = "no address of the owner was set"


def note(
    session: Session,
    *,
    kind: str,
    about: str,
    at: datetime,
    subject: str,
    detail: str,
    pages: Iterable[str] = (),
) -> OwnerNotice:
    """Queue a notice that is due at once. `at` is UTC; the same kind about the same thing and time is one notice.

    `pages` are the keys of the pages it is about, if any.
    """
    uid = short_hash(f"{kind} {about} {at.isoformat()}", 32)
    row = session.exec(select(OwnerNotice).where(OwnerNotice.uid == uid)).first()
    if row is None:
        row = OwnerNotice(uid=uid, kind=kind, about=about, created_at=at, subject=subject, detail=detail)
        row.pages = list(pages)
        session.add(row)
        session.flush()
        session.add(Notice(kind=OWNER, owner_notice_id=row.id, created_at=at, not_before=at))
        session.flush()
    return row


def drop(session: Session) -> int:
    """Drop all due notices because there is no address to write to; return how many. They are not sent later."""
    due = (col(Notice.kind) == OWNER, col(Notice.state) == "due")
    return int(session.connection().execute(update(Notice).where(*due).values(state="dropped", error=NOBODY)).rowcount)


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether anything waits for the owner at `now` (UTC)."""
    due = select(Notice.id).where(Notice.kind == OWNER, Notice.state == "due", col(Notice.not_before) <= now)
    return session.exec(due.limit(1)).first() is not None


def listed(session: Session) -> list[tuple[OwnerNotice, Notice]]:
    """All notices to the owner with their place in the outbox, oldest first."""
    query = (
        select(OwnerNotice, Notice)
        .join(Notice, col(Notice.owner_notice_id) == OwnerNotice.id)
        .order_by(col(OwnerNotice.created_at), col(OwnerNotice.id))
    )
    return list(session.exec(query).all())
