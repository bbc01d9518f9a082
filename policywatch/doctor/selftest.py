"""`doctor --self-test`: one run from page to notice on this machine, with every fetcher that is installed.

fetch → judge → change → notice into a folder → chain of hashes. It needs no internet and touches no user's archive:
everything happens in a temporary folder, on made-up marketplaces served on the loopback.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr

from crawler import run
from crawler.fetchers.registry import fetcher
from crawler.items import PageReport
from crawler.settings import CrawlSettings
from crawler.watchlist.watchlists import WatchedPage
from diffs.database.archive import Archive, open_archive
from diffs.store import changes, evidence
from diffs.store.notices import subscribers
from diffs.values import READ
from diffs.wording.failures import sentence
from notifier.channels.open import open_channels
from notifier.outbox import send
from notifier.settings import NotifierSettings
from notifier.subscribers.links import links_from
from policywatch.demo.marketplace import EDITIONS
from policywatch.demo.seller_central import TARGET, TOPIC_BY_NAME, SellerCentral
from policywatch.demo.site import PAGES, DemoSite

from .checks import Check

FETCHERS = ("http", "help-api", "browser")


class Stage(Protocol):
    """A marketplace on the loopback on which fetchers can be tried. It is open as long as its `with` block."""

    fetchers: tuple[str, ...]

    def site(self) -> AbstractContextManager[object]:
        """The web site, served for the length of a `with` block."""

    def page(self, fetch: str) -> WatchedPage:
        """A page of the open site as this fetcher reads it."""

    def change(self) -> None:
        """Put another edition of that page online: a real policy change."""

    def restore(self) -> None:
        """Put the first edition online again."""


class SellerCentralStage:
    """A help hub that plays Seller Central: a public help service, and frames that a script fills in a browser."""

    fetchers: tuple[str, ...] = ("help-api", "browser")

    def __init__(self) -> None:
        self._site = SellerCentral()

    def site(self) -> SellerCentral:
        """The help hub."""
        return self._site

    def page(self, fetch: str) -> WatchedPage:
        """The late shipment policy, of which a plain request gets only the frame."""
        found = self._site.watched(TOPIC_BY_NAME["filled"], "browser" if fetch == "browser" else "help-api")
        return found.model_copy(update={"key": f"self-test-{fetch}", "marketplace": "US", "category": "performance"})

    def change(self) -> None:
        """Lower the target."""
        self._site.target = TARGET - 1

    def restore(self) -> None:
        """Put the first target back."""
        self._site.target = TARGET


class DemoStage:
    """The demo's marketplace: plain pages, which a browser may open too."""

    fetchers: tuple[str, ...] = ("http", "browser")

    def __init__(self) -> None:
        self._site = DemoSite()

    def site(self) -> DemoSite:
        """The demo's site."""
        return self._site

    def page(self, fetch: str) -> WatchedPage:
        """The late shipment policy."""
        page = next(page for page in PAGES if page.key == "us-late-shipment")
        return WatchedPage.model_validate(
            {
                "key": f"self-test-{fetch}",
                "url": f"{self._site.base_url}{page.path}",
                "title": page.title,
                "marketplace": "US",
                "language": "en",
                "select": "#help-page",
                "remove": ["[hidden]", ".scroll-to-top"],
                "fetch": fetch,
            },
            context={"allow_private_addresses": True},
        )

    def change(self) -> None:
        """Put the edition online in which the target falls."""
        self._site.edition = 3

    def restore(self) -> None:
        """Put the first edition online again."""
        self._site.edition = 1


#: The sites to try fetchers on. A fetcher is tried on the first one that names it.
STAGES: tuple[Callable[[], Stage], ...] = (SellerCentralStage, DemoStage)


def self_test(settings: CrawlSettings) -> Iterator[Check]:
    """Try every fetcher, then a change's way to its reader; one check per step, as it ends."""
    with tempfile.TemporaryDirectory(prefix="policywatch-self-test-") as name:
        folder = Path(name)
        ours = settings.model_copy(
            update={
                "contact": "self-test@example.com",
                "allow_private_addresses": True,
                "data_dir": folder,
                "min_gap": None,
                "requests_per_day": None,
                "hosts_off": (),
                "retries": 0,
                "confirm": True,
            }
        )
        archive = open_archive(f"sqlite:///{folder / 'policywatch.db'}")
        try:
            with archive.begin() as session:
                subscribers.add(
                    session,
                    channel="email",
                    address="seller@example.com",
                    now=EDITIONS[0].at,
                    confirmed=True,
                    cadence="at_once",
                )
            for fetch in FETCHERS:
                yield from _fetched(fetch, archive, ours)
            yield _noticed(archive, folder)
            yield _verified(archive)
        finally:
            archive.close()


def _fetched(fetch: str, archive: Archive, settings: CrawlSettings) -> Iterator[Check]:
    """The checks of reading a page with one fetcher, then seeing a change in it."""
    missing = fetcher(fetch).missing(settings)
    if missing:
        yield Check(f"fetch {fetch}", "note", f"not tried: {sentence(missing)}")
        return
    stage = next((made for made in (make() for make in STAGES) if fetch in made.fetchers), None)
    if stage is None:
        yield Check(f"fetch {fetch}", "note", "not tried: there is no test site for it on this machine")
        return
    with stage.site():
        stage.restore()
        page = stage.page(fetch)
        first = _look(page, archive, settings, EDITIONS[0].at)
        read = first.outcome in READ and first.version_seq == 1
        yield Check(f"fetch {fetch}", _ok(read), "a page was read and judged" if read else _why(first))
        if not read:
            return
        stage.change()
        second = _look(page, archive, settings, EDITIONS[2].at)
        with archive.read() as session:
            told = [row.headline for row, of in changes.listed(session) if of.key == page.key]
        found = told[0] if told else ""
        yield Check(f"change {fetch}", _ok(bool(found)), f"seen twice, reported: {found}" if found else _why(second))


def _look(page: WatchedPage, archive: Archive, settings: CrawlSettings, at: datetime) -> PageReport:
    ticks = count()
    (report,) = run.crawl([page], archive=archive, settings=settings, clock=lambda: at + timedelta(seconds=next(ticks)))
    return report


def _noticed(archive: Archive, folder: Path) -> Check:
    settings = NotifierSettings(
        data_dir=folder,
        smtp_url=SecretStr(f"folder:{folder / 'mail'}"),
        mail_from="policywatch <self-test@example.com>",
        base_url="",
        owner=SecretStr(""),
    )
    with open_channels(settings, links_from(settings)) as channels:
        report = send.run(archive, channels, now=EDITIONS[2].at + timedelta(days=1), settings=settings)
    written = len(list((folder / "mail").glob("*.eml")))
    good = report.sent == written >= 1 and not report.troubles
    why = "; ".join(map(str, report.troubles)) or "no notice was due"
    return Check("notice", _ok(good), f"{report.told} reported by mail, into a folder" if good else why)


def _verified(archive: Archive) -> Check:
    with archive.read() as session:
        verdict = evidence.verify(session)
    good = not verdict.broken
    return Check("evidence", _ok(good), "the hash chain is intact" if good else verdict.broken)


def _ok(good: bool) -> str:
    return "ok" if good else "broken"


def _why(report: PageReport) -> str:
    return f"{report.outcome or 'not checked'}: {report.reason}".rstrip(": ")
