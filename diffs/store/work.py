"""Work on changes: who does what, by the change's permanent id; and what is muted."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select, update

from diffs.database.models import Change, Notice, Page, Work

#: The reason of a notice dropped because its change or page is muted; it is restored when that is unmuted.
MUTED = "muted"


def of(session: Session, uid: str) -> Work | None:
    """The work on a change; None if nothing was recorded about it."""
    return session.get(Work, uid)


def by_uid(session: Session) -> dict[str, Work]:
    """All work, by the change's id."""
    return {row.change_uid: row for row in session.exec(select(Work))}


def note(
    session: Session,
    change: Change,
    *,
    now: datetime,
    owner: str | None = None,
    text: str | None = None,
    done_at: datetime | None = None,
    undone: bool = False,
) -> Work:
    """Record who works on a change, a note, when it was done (UTC), or that it is not done after all.

    None leaves a field unchanged, "" empties it.
    """
    row = session.get(Work, change.uid) or Work(change_uid=change.uid, updated_at=now)
    if owner is not None:
        row.owner = owner
    if text is not None:
        row.note = text
    if done_at is not None or undone:
        row.done_at = None if undone else done_at
    row.updated_at = now
    session.add(row)
    session.flush()
    return row


def mute(session: Session, change: Change, *, now: datetime, muted: bool) -> int:
    """Mute or unmute a change; return how many waiting notices this dropped or restored."""
    note(session, change, now=now).muted = muted
    return _hold(session, [change.id], muted=muted)


def mute_page(session: Session, page: Page, *, muted: bool) -> int:
    """Mute or unmute a page, whose changes are stored and listed but not sent; return how many notices this affected.

    A change that is muted itself stays muted.
    """
    page.muted = muted
    silent = {uid for uid, row in by_uid(session).items() if row.muted}
    changes = session.exec(select(Change.id, Change.uid).where(Change.page_id == page.id)).all()
    return _hold(session, [number for number, uid in changes if uid not in silent], muted=muted)


def _hold(session: Session, ids: Iterable[int], *, muted: bool) -> int:
    """Drop the waiting notices, or make due again those dropped for this reason. Those being sent are not stopped."""
    of_these = col(Notice.change_id).in_(list(ids))
    waiting = (of_these, col(Notice.state) == "due")
    held = (of_these, col(Notice.state) == "dropped", col(Notice.error) == MUTED)
    statement = (
        update(Notice).where(*waiting).values(state="dropped", error=MUTED)
        if muted
        else update(Notice).where(*held).values(state="due", error="")
    )
    return session.connection().execute(statement).rowcount
