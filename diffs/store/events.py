"""Events: what the owner should know about our own looking. Never a change of policy."""

from datetime import datetime

from sqlmodel import Session, col, select

from diffs.models import Event, Page


def happened(session: Session, page: Page, kind: str, *, at: datetime, detail: str) -> Event:
    """Note an event, or that an open one of this kind goes on."""
    query = select(Event).where(Event.page_id == page.id, Event.kind == kind, col(Event.ended_at).is_(None))
    event = session.exec(query).first()
    if event is None:
        event = Event(page_id=page.id, kind=kind, started_at=at, last_at=at, detail=detail)
        session.add(event)
    else:
        event.last_at, event.count, event.detail = at, event.count + 1, detail
    return event


def ended(session: Session, page: Page, kinds: tuple[str, ...], *, at: datetime) -> None:
    """Close the open events of these kinds."""
    query = select(Event).where(Event.page_id == page.id, col(Event.ended_at).is_(None), col(Event.kind).in_(kinds))
    for event in session.exec(query):
        event.ended_at = at


def listed(session: Session, page: Page, *, open_only: bool = False) -> list[Event]:
    """The page's events, oldest first."""
    query = select(Event).where(Event.page_id == page.id).order_by(col(Event.started_at), col(Event.id))
    if open_only:
        query = query.where(col(Event.ended_at).is_(None))
    return list(session.exec(query).all())
