"""Enter watched pages into the archive, and read from it what the next request needs."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from crawler.watchlist.watchlists import WatchedPage
from diffs.database.archive import Session
from diffs.database.models import Page
from diffs.store import pages, snapshots


def enrol(session: Session, page: WatchedPage, *, now: datetime) -> Page:
    """The archive's row of a watched page, as declared now (`now` in UTC)."""
    return pages.upsert(session, key=page.key, now=now, watched=True, **_declared(page))


def enrol_all(session: Session, watched: Iterable[WatchedPage], *, now: datetime) -> dict[str, dict[str, str]]:
    """Enter all pages, and return the headers of a conditional GET for each that has been read at this address."""
    rows = {row.key: row for row in pages.listed(session)}
    found: dict[str, dict[str, str]] = {}
    for page in watched:
        row = rows.get(page.key)
        if row is not None and row.id and (row.url, row.fetch) == (page.url, page.fetch):
            found[page.key] = snapshots.validators(session, row.id, url=page.url, fetched_by=page.fetch, now=now)
        if row is None or not _as_declared(row, page):
            enrol(session, page, now=now)
    return found


def _declared(page: WatchedPage) -> dict[str, Any]:
    return {
        "url": page.url,
        "title": page.title,
        "marketplace": page.marketplace,
        "category": page.category,
        "language": page.language,
        "fetch": page.fetch,
        "check_every": page.check_every,
        "select": list(page.select),
        "remove": list(page.remove),
        "is_index": page.index,
    }


def _as_declared(row: Page, page: WatchedPage) -> bool:
    return row.watched and all(getattr(row, name) == value for name, value in _declared(page).items())
