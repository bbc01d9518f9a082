"""Rows of the archive as the values that are told: changes with their pages, pages that cannot be read."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from diffs.database.models import Change, Event, Page
from diffs.engine.wording import wording_of
from diffs.store import changes

from .values import ToldChange, Unread, VersionMark

#: Events that mean: we do not know at present what the page says.
UNREAD_KINDS = ("blocked", "unreadable", "shrunk", "stale", "gone_suspected", "robots")


def told_changes(session: Session, **filters: Any) -> tuple[ToldChange, ...]:
    """Changes as values, newest decided first; `filters` are those of `diffs.store.changes.listed`."""
    return tuple(told_change(change, page) for change, page in changes.listed(session, **filters))


def told_change(change: Change, page: Page) -> ToldChange:
    """One change as a value. A change without stored wording is worded here, but nothing is stored."""
    headline, points = wording_of(change, page)
    return ToldChange(
        uid=change.uid,
        page=page.key,
        title=page.title or page.key,
        url=page.url,
        marketplace=page.marketplace,
        category=page.category,
        language=page.language,
        kind=change.kind,
        seen_at=change.seen_at,
        decided_at=change.decided_at,
        headline=headline,
        points=points,
        comparison=changes.comparison_of(change),
        facts=changes.facts_of(change),
        moves=changes.moves_of(change),
        judgement=changes.judgement_of(change),
        effective_on=change.effective_on,
        effective_sentence=change.effective_sentence,
        updated_on=change.updated_on,
        from_version=_mark(change.from_version),
        to_version=_mark(change.to_version),
        told=change.told,
        recorded=change.recorded,
        reason=change.reason,
    )


def unread(session: Session) -> tuple[Unread, ...]:
    """The watched pages that cannot be read at present, each once, the longest unread first."""
    query = (
        select(Event, Page)
        .join(Page, col(Event.page_id) == Page.id)
        .where(col(Event.ended_at).is_(None), col(Event.kind).in_(UNREAD_KINDS), col(Page.watched).is_(True))
        .order_by(col(Event.started_at), col(Event.id))
    )
    found: dict[str, Unread] = {}
    for event, page in session.exec(query):
        known = Unread(page.key, page.title or page.key, page.url, page.marketplace, event.kind, event.started_at)
        found.setdefault(page.key, known)
    return tuple(found.values())


def _mark(fields: dict[str, Any] | None) -> VersionMark | None:
    if not fields:
        return None
    return VersionMark(
        seq=fields.get("seq", 0),
        first_seen_at=_moment(fields.get("first_seen_at")),
        last_seen_at=_moment(fields.get("last_seen_at")),
        text_sha256=fields.get("text_sha256", ""),
    )


def _moment(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None
