"""Pages: those that are watched, and those whose history was imported."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from diffs.database.models import Page, Snapshot
from diffs.values import Selection

#: The ways in which a page is fetched, not imported (`crawler.watchlist.watchlists.CRAWLED`).
FETCHED = frozenset({"http", "browser", "help-api", "feed"})

#: How long a configuration that is not heard of keeps its pages watched: it may rest, or be gone with its folder.
CLAIM = timedelta(days=30)

#: How often a claim is written again: a service reads its lists every minute.
RENEWED = timedelta(days=1)


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
        page.watched, page.declared_by = False, None
    return page is not None


def declare(session: Session, keys: Collection[str], *, by: str, now: datetime) -> list[str]:
    """Enter that the configuration `by` has these pages and no others; return the keys that were taken off for it.

    Taken off is a fetched page that it no longer has and no other configuration has claimed within CLAIM. `by` is any
    name that stays the same, `now` the time in UTC. Changes nothing where nothing is new: a claim is renewed daily.
    """
    off = []
    for page in listed(session, watched=True):
        if page.fetch not in FETCHED:
            continue
        claims = {name: at for name, at in (page.declared_by or {}).items() if now - _moment(at) < CLAIM}
        if page.key in keys:
            if by not in claims or now - _moment(claims[by]) >= RENEWED:
                page.declared_by = {**claims, by: now.isoformat()}
            continue
        if by in claims:
            page.declared_by = claims = {name: at for name, at in claims.items() if name != by}
        if not claims:
            unwatch(session, page.key)
            off.append(page.key)
    return off


def _moment(at: str) -> datetime:
    return datetime.fromisoformat(at)


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
