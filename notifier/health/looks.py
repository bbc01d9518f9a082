"""What was looked at in a time: for whoever wants to hear that we do look, also when there is nothing to tell."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from diffs.database.models import Observation, Page
from diffs.judging.subscriptions import Topic, Wish, wants
from diffs.values import READ
from notifier.mail.digest import Looked


@dataclass(frozen=True, slots=True)
class PageLooks:
    """How often a watched page was looked at and could be read in a time, and when (UTC) it was read last."""

    page: str
    marketplace: str
    category: str
    looks: int
    read: int
    last_read_at: datetime | None


def looks(session: Session, *, since: datetime, until: datetime) -> list[PageLooks]:
    """Every watched page with its looks from `since` to `until` (UTC), none included."""
    read = col(Observation.outcome).in_([str(outcome) for outcome in READ])
    in_time = (col(Observation.page_id) == Page.id) & col(Observation.observed_at).between(since, until)
    query: Any = (
        select(  # type: ignore[call-overload]
            Page.key,
            Page.marketplace,
            Page.category,
            func.count(col(Observation.snapshot_id)),
            func.sum(case((read, 1), else_=0)),
            func.max(case((read, col(Observation.observed_at)))),
        )
        .join(Observation, in_time, isouter=True)
        .where(col(Page.watched).is_(True))
        .group_by(col(Page.id))
    )
    return [PageLooks(*row) for row in session.exec(query)]


def looked(pages: Iterable[PageLooks], wish: Wish) -> Looked:
    """The looks at the pages that concern somebody, together."""
    # Of whatever importance a change might have been.
    mine = [page for page in pages if wants(wish, Topic(page.page, page.marketplace, (page.category,), "high"))]
    return Looked(
        pages=len(mine),
        visited=sum(page.looks > 0 for page in mine),
        read=sum(page.read > 0 for page in mine),
        looks=sum(page.looks for page in mine),
        last_read_at=max((page.last_read_at for page in mine if page.last_read_at), default=None),
    )
