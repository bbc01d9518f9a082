"""Events: what the owner should know about our own fetching. They are never changes of a policy."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from diffs.database.models import Event, Page

from .pages import on_site_of

#: Where the seller's own report disagrees with a page: another target, or one that moved from report to report.
DIFFERS = "target_differs"
MOVED = "report_target_moved"
#: Both reveal something about the owner's account: only the owner sees them, on no public page and in no feed.
PRIVATE = (DIFFERS, MOVED)


#: A page shows a text other than its policy (`diffs.judging.lines`): read and followed, but not accepted.
SECOND_LINE = "second_line"
#: A site changed the same words on several of its pages: stored with one of them.
SITE_WIDE = "site_wide"
#: A page shows a text that the owner said is not its policy.
REJECTED = "rejected"
#: A page shows a former text again, perhaps in turn with another.
FLAPPING = "flapping"
#: A page cannot be read at present, for whatever reason.
UNREAD = ("blocked", "unreadable", "shrunk", "stale", "gone_suspected", "robots")


def last(session: Session, kind: str) -> datetime | None:
    """When an event of this kind last happened on any page (UTC); None if never."""
    return session.exec(select(func.max(Event.last_at)).where(Event.kind == kind)).first()


class OpenEvents:
    """The open events of one page, while its fetches are judged."""

    def __init__(self, session: Session, page: Page) -> None:
        self._session = session
        self._page_id = page.id
        self._open = {event.kind: event for event in listed(session, page, open_only=True)}

    def happened(self, kind: str, *, at: datetime, detail: str) -> None:
        """Record an event, or that an open one of this kind continues. `at` is UTC."""
        event = self._open.get(kind)
        if event is None:
            event = Event(page_id=self._page_id, kind=kind, started_at=at, last_at=at, detail=detail)
            self._session.add(event)
            self._open[kind] = event
        else:
            event.last_at, event.count, event.detail = at, event.count + 1, detail

    def since(self, kind: str) -> datetime | None:
        """When the open event of this kind began (UTC); None if there is none."""
        event = self._open.get(kind)
        return event.started_at if event else None

    def quiet(self, kind: str, *, at: datetime, after: timedelta) -> None:
        """Close the open event of this kind if it has not happened again for `after`."""
        event = self._open.get(kind)
        if event is not None and at - event.last_at >= after:
            self.ended((kind,), at=at)

    def ended(self, kinds: tuple[str, ...], *, at: datetime) -> None:
        """Close the open events of these kinds."""
        for kind in kinds:
            event = self._open.pop(kind, None)
            if event is not None:
                event.ended_at = at


def listed(session: Session, page: Page, *, open_only: bool = False) -> list[Event]:
    """The page's events, oldest first."""
    query = select(Event).where(Event.page_id == page.id).order_by(col(Event.started_at), col(Event.id))
    if open_only:
        query = query.where(col(Event.ended_at).is_(None))
    return list(session.exec(query).all())


def going_on(session: Session, kinds: Iterable[str]) -> list[tuple[Event, Page]]:
    """The open events of these kinds, with their watched pages, oldest first."""
    query = (
        select(Event, Page)
        .join(Page, col(Event.page_id) == Page.id)
        .where(col(Event.ended_at).is_(None), col(Event.kind).in_(list(kinds)), col(Page.watched).is_(True))
        .order_by(col(Event.started_at), col(Event.id))
    )
    return list(session.exec(query).all())


def is_open_on_site(session: Session, page: Page, kind: str) -> bool:
    """Whether an event of this kind is open for any page of the page's site."""
    query = select(Event.id).join(Page, col(Event.page_id) == Page.id)
    here = (col(Event.ended_at).is_(None), Event.kind == kind, on_site_of(page))
    return session.exec(query.where(*here).limit(1)).first() is not None


def public(session: Session) -> Iterator[tuple[Event, Page]]:
    """The public events of watched pages, those that began or ended last first."""
    latest = func.coalesce(col(Event.ended_at), col(Event.started_at))
    query = (
        select(Event, Page)
        .join(Page, col(Event.page_id) == Page.id)
        .where(col(Page.watched).is_(True), col(Event.kind).not_in(PRIVATE))
        .order_by(latest.desc(), col(Event.id).desc())
    )
    yield from session.exec(query.execution_options(yield_per=200))
