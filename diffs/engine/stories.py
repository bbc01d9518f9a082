"""Tie reported changes that are one story, on whatever page each is told."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from diffs.database.models import Change, Page
from diffs.meaning.stories import WITHIN, Source, stories
from diffs.store import changes

from .announcement_links import codes_of

#: The kinds of change that can be one story with another.
_KINDS = ("edit", "announced", "replaced")


def tie(session: Session, rows: Sequence[tuple[Change, Page]]) -> int:
    """Give each reported change among these its story, with those it shares it with; how many changes got another.

    Called before the changes are worded and after their announcements were found.
    """
    new = [change for change, _ in rows if change.told and change.kind in _KINDS]
    if not new:
        return 0
    query = select(Change, Page).join(Page, col(Change.page_id) == Page.id)
    query = query.where(
        col(Change.told).is_(True),
        col(Change.kind).in_(_KINDS),
        col(Change.seen_at) >= min(change.seen_at for change in new) - WITHIN,
        col(Change.seen_at) <= max(change.seen_at for change in new) + WITHIN,
    )
    known = session.exec(query).all()
    found, tied = stories([_source(change, page) for change, page in known]), 0
    for change, _ in known:
        if change.story != found[change.uid]:
            change.story = found[change.uid]
            session.add(change)
            tied += 1
    return tied


def _source(change: Change, page: Page) -> Source:
    announced = next((fact.after for fact in changes.facts_of(change) if fact.kind == "announced"), "")
    moves = changes.moves_of(change)
    return Source(change.uid, page.key, codes_of(page), change.seen_at, moves, announced, change.story)
