"""Helpers for the tests of the crawl: a policy, a watched page, and an archive to crawl into."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from crawler.items import PageReport
from crawler.run import crawl
from crawler.settings import CrawlSettings
from crawler.watchlist.watchlists import WatchedPage
from diffs.database.archive import Archive, open_archive
from diffs.database.models import Host, Snapshot
from diffs.store import pages as stored_pages
from diffs.store import snapshots, versions
from diffs.wording.failures import in_words
from tests.site import Site

CONTACT = "tests@example.com"


def policy(*sentences: str, title: str = "Late Shipment Rate") -> str:
    """A whole help page of a made-up marketplace: the sentences among enough other ones to be a policy."""
    told = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    rest = "".join(
        f"<h2>{number}. Part {number}</h2><p>Sellers of our marketplace agree that part {number} of this policy "
        f"applies to every order they ship, and that we may review their account where they do not follow it. "
        f"Orders are reviewed over a period of {number + 20} days before any measure is taken.</p>"
        for number in range(1, 9)
    )
    return (
        f'<html lang="en"><head><title>{title}</title></head><body><nav>Home</nav>'
        f'<main id="full-help-page"><h1>{title}</h1>{told}{rest}</main></body></html>'
    )


def said(snapshot: Snapshot) -> str:
    """Why a look brought nothing, in words."""
    return in_words(snapshot.error)


def watched(site: Site, path: str, **more: Any) -> WatchedPage:
    """A page of the site under watch; its key is its path."""
    declared = {"key": path.strip("/") or "home", "url": site.url(path), "language": "en", **more}
    return WatchedPage.model_validate(declared)


@dataclass
class Seller:
    """Someone who looks at pages: an archive, settings, and a clock that moves only when told."""

    archive: Archive
    settings: CrawlSettings
    now: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)
    told: list[tuple[PageReport, int, int]] = field(default_factory=list)

    def looks_at(self, *pages: WatchedPage, **settings: Any) -> dict[str, PageReport]:
        """One round; the clock moves on by a day after it."""
        chosen = self.settings.model_copy(update=settings)
        try:
            reports = crawl(
                pages,
                archive=self.archive,
                settings=chosen,
                clock=lambda: self.now,
                progress=lambda *told: self.told.append(told),
            )
        finally:
            self.now += timedelta(days=1)
        return {report.page: report for report in reports}

    def snapshots_of(self, key: str) -> Sequence[Snapshot]:
        """All looks at a page, in order."""
        with self.archive.read() as session:
            page = stored_pages.get(session, key)
            assert page is not None
            return session.exec(select(Snapshot).where(Snapshot.page_id == page.id).order_by(col(Snapshot.id))).all()

    def body_of(self, snapshot: Snapshot) -> bytes:
        """The bytes of a look."""
        with self.archive.read() as session:
            return snapshots.body_of(session, snapshot)

    def text_of(self, key: str) -> str:
        """The text of a page's latest version, as shown."""
        with self.archive.read() as session:
            page = stored_pages.get(session, key)
            assert page is not None
            version = versions.latest(session, page)
            assert version is not None
            return versions.document_of(session, version).shown

    def host(self, name: str = "127.0.0.1") -> Host | None:
        """What the archive knows of a host."""
        with self.archive.read() as session:
            return session.get(Host, name)


def seller(folder: Path, **settings: Any) -> Seller:
    """A seller with an empty archive, who may look at the loopback and does not wait long."""
    given = {"contact": CONTACT, "allow_private_addresses": True, "timeout": 5.0, "max_wait": 2.0, "confirm": False}
    return Seller(open_archive(f"sqlite:///{folder / 'archive.db'}"), CrawlSettings(**{**given, **settings}))
