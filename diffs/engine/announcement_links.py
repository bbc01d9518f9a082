"""Find the announcement that foretold a change: once, before the change is put into words."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

from sqlmodel import Session, col, select

from diffs.database.models import Change, Page
from diffs.language.tags import located
from diffs.meaning.announcements import Announcement, Followed, match
from diffs.reading.links import link_key
from diffs.store import changes

#: Announcements older than this no longer foretell anything.
OLDEST = timedelta(days=200)


def link(session: Session, rows: Sequence[tuple[Change, Page]]) -> int:
    """Add to each reported edit the announcement that surely preceded it; how many were found.

    Only what was seen by the end of the change's own day (UTC) counts, so an import never looks ahead.
    """
    edits = [(change, page) for change, page in rows if change.told and change.kind == "edit"]
    known = _announcements(session, edits) if edits else []
    found = 0
    for change, page in edits:
        seen_on = change.seen_at.date()
        possible = [
            announcement
            for row, other, announcement in known
            if other.id != page.id
            and change.seen_at - OLDEST <= row.seen_at
            and row.seen_at.date() <= seen_on
            and _shared(page, other)
        ]
        fact = match(Followed(link_key(page.url), page.title, seen_on, change.effective_on), possible)
        if fact is not None and not any(one["kind"] == "announced" for one in change.facts or ()):
            change.facts = [*(change.facts or ()), asdict(fact)]
            session.add(change)
            found += 1
    return found


def _announcements(session: Session, edits: Sequence[tuple[Change, Page]]) -> list[tuple[Change, Page, Announcement]]:
    since = min(change.seen_at for change, _ in edits) - OLDEST
    query = select(Change, Page).join(Page, col(Change.page_id) == Page.id)
    query = query.where(Change.kind == "announced", col(Change.told).is_(True), col(Change.seen_at) >= since)
    return [(row, page, _announcement(row, page)) for row, page in session.exec(query)]


def _announcement(row: Change, page: Page) -> Announcement:
    blocks = tuple(block for hunk in changes.comparison_of(row).hunks for block in hunk.after)
    day = row.updated_on or row.seen_at.date()
    language = located(page.language, page.marketplace)
    return Announcement(row.uid, page.title or page.key, day, row.effective_on, blocks, language)


def codes_of(page: Page) -> frozenset[str]:
    """The codes of a page's marketplaces, in capitals; none if it may belong to any."""
    return frozenset(code.strip().upper() for code in page.marketplace.split(",") if code.strip())


def _shared(one: Page, other: Page) -> bool:
    """Whether two pages can belong to one marketplace; a page with none matches all."""
    codes, others = codes_of(one), codes_of(other)
    return not (codes and others) or bool(codes & others)
