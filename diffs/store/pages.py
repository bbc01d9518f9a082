"""Pages: those that are watched, and those whose history was imported."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from diffs.database.models import Page, Snapshot
from diffs.values import Selection

#: The ways in which a page is fetched, not imported (`crawler.watchlist.watchlists.CRAWLED`).
FETCHED = frozenset({"http", "browser", "help-api", "feed"})


def upsert(
    session: Session,
    *,
    key: str,
    url: str,
    now: datetime,
    title: str = "",
    marketplace: str = "",
    category: str = "",
    language: str = "",
    fetch: str = "http",
    check_every: int = 43_200,
    select: Sequence[str] = (),
    remove: Sequence[str] = (),
    is_index: bool = False,
    watched: bool = True,
) -> Page:
    """The page with this key, as declared now; created if it is new. `check_every` is in seconds, `now` in UTC."""
    page = get(session, key)
    if page is None:
        page = Page(key=key, url=url, created_at=now)
        page.decisions = _said_of_site(session, page) or None
        session.add(page)
    declared = {
        "url": url,
        "title": title,
        "marketplace": marketplace,
        "category": category,
        "language": language,
        "fetch": fetch,
        "check_every": check_every,
        "select": list(select),
        "remove": list(remove),
        "is_index": is_index,
        "watched": watched,
    }
    for name, value in declared.items():
        if getattr(page, name) != value:
            setattr(page, name, value)
    session.flush()
    return page


def get(session: Session, key: str) -> Page | None:
    """The page with this key, or None."""
    return session.exec(select(Page).where(Page.key == key)).first()


def on_site_of(page: Page) -> ColumnElement[bool]:
    """The condition for the pages of the same site, the page itself included."""
    parts = urlsplit(page.url)
    return col(Page.url).startswith(f"{parts.scheme}://{parts.netloc}/", autoescape=True)


def _said_of_site(session: Session, page: Page) -> list[dict[str, Any]]:
    """What the owner said about all pages of a site, in order: it applies to those added later, too."""
    said: dict[tuple[int, str, bool], dict[str, Any]] = {}
    for one in session.exec(select(Page).where(on_site_of(page)).order_by(col(Page.id))):
        for decision in one.decisions or ():
            if decision.get("site"):
                said.setdefault((decision["snapshot"], decision["change"], decision["is_noise"]), decision)
    return sorted(said.values(), key=lambda decision: decision["snapshot"])


def unwatch(session: Session, key: str) -> bool:
    """Mark a page as no longer watched, keeping its history; return whether the archive has it."""
    page = get(session, key)
    if page is not None:
        page.watched = False
    return page is not None


def left_out(session: Session, keys: Collection[str]) -> list[str]:
    """The keys of the watched pages that are fetched and not among these: no watch-list has them any more."""
    return [page.key for page in listed(session, watched=True) if page.fetch in FETCHED and page.key not in keys]


def is_off(page: Page) -> bool:
    """Whether a page was taken off the watch-lists; of an imported history nobody expects that it goes on."""
    return not page.watched and page.fetch in FETCHED


def listed(session: Session, watched: bool | None = None) -> list[Page]:
    """All pages by key; with `watched`, only those a watch-list declares (or only the others)."""
    query = select(Page).order_by(Page.key)
    if watched is not None:
        query = query.where(col(Page.watched) == watched)
    return list(session.exec(query).all())


def selection(page: Page) -> Selection:
    """The page's selectors as a value."""
    return Selection(select=tuple(page.select), remove=tuple(page.remove))


def with_unjudged(session: Session) -> Sequence[str]:
    """The keys of the pages that have snapshots nobody has judged yet."""
    newer = select(Snapshot.id).where(Snapshot.page_id == Page.id, col(Snapshot.id) > Page.derived_to)
    return session.exec(select(Page.key).where(newer.exists()).order_by(Page.key)).all()
