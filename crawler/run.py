"""What the command line calls: one round, or a probe."""

import queue
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from scrapy.crawler import Crawler
from scrapy.settings import Settings

from diffs.database.archive import Archive
from diffs.engine import wording
from diffs.engine.rephrasing import Model

from .fetchers.browser.fetcher import browser_settings
from .items import PageReport
from .rounds import alarm, reactor
from .rounds.lock import AnotherCrawl, alone
from .rounds.probe import Probed, Prober, switched_on
from .rounds.round import Progress, Round, Waiting
from .rounds.selection import check_contact, due_pages, watched_pages
from .rounds.unfinished import judge_left_over
from .settings import CrawlSettings, scrapy_settings
from .watchlist.watchlists import WatchedPage

__all__ = ["AnotherCrawl", "Interrupted", "crawl", "due_pages", "probe", "watched_pages"]


#: Finished pages, on their way from Scrapy's thread to the caller's; None when the round is over.
Ended = queue.SimpleQueue[tuple[PageReport, int, int] | None]


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a round, after winding up: what was fetched is stored. `reports` covers all its pages."""

    def __init__(self, reports: list[PageReport]) -> None:
        super().__init__()
        self.reports = reports


def crawl(
    pages: Sequence[WatchedPage],
    *,
    archive: Archive,
    settings: CrawlSettings,
    clock: Callable[[], datetime],
    progress: Progress | None = None,
    waiting: Waiting | None = None,
    stop: threading.Event | None = None,
    model: Model | None = None,
) -> list[PageReport]:
    """A report per page, in the order given; all pages were fetched once; the responses were stored, judged and worded.

    `clock` gives the time in UTC. `progress` is called in this thread with every page's report, the number of pages
    done and their number; `waiting` in Scrapy's thread with every wait for a host.
    `stop`, when set, winds the round up early. `model` may rephrase what is to be sent.
    Raises SettingsError if a contact is missing, AnotherCrawl if one is running on the archive, ArchiveError
    if the archive cannot be written (what was fetched before is stored), and Interrupted for Ctrl-C.
    """
    check_contact(pages, settings)
    ended: Ended = queue.SimpleQueue()
    current = Round(
        pages,
        archive=archive,
        settings=settings,
        clock=clock,
        progress=lambda *page: ended.put(page),
        waiting=waiting,
    )
    interrupted = _conduct(current, ended, progress, stop)
    wording.word_all(archive, None if interrupted else model)
    alarm.tell_owner(archive, now=clock(), after=settings.tell_owner_after)
    reports = [current.reports[page.key] for page in current.pages.values()]
    if interrupted:
        raise Interrupted(reports)
    return reports


def probe(
    pages: Sequence[WatchedPage],
    *,
    archive: Archive,
    settings: CrawlSettings,
    clock: Callable[[], datetime],
    progress: Progress | None = None,
) -> tuple[list[Probed], bool]:
    """What each page returns today, in the order given, and whether Ctrl-C ended the probe early.

    Nothing enters the archive except when each host was asked. Entries that are switched off are fetched too.
    `clock`, `progress` and the errors raised are those of `crawl`, except Interrupted.
    """
    check_contact([page.model_copy(update={"enabled": True}) for page in pages], settings)
    ended: Ended = queue.SimpleQueue()
    prober = Prober(archive, pages)
    current = Round(
        [switched_on(page) for page in pages],
        archive=archive,
        settings=settings,
        clock=clock,
        keeper=prober,
        progress=lambda *page: ended.put(page),
    )
    interrupted = _conduct(current, ended, progress, None)
    return prober.probed(current.reports), interrupted


def _conduct(current: Round, ended: Ended, progress: Progress | None, stop: threading.Event | None) -> bool:
    """Whether Ctrl-C ended the round, which runs alone on its archive."""
    with alone(current.archive):
        try:
            reactor.start()
            work = reactor.submit(_crawl(current))
            work.add_done_callback(lambda _: ended.put(None))
            interrupted = _wait(current, ended, progress, stop)
            work.result()
            if current.fatal is None:
                interrupted = _left_over(current, stop) or interrupted
        finally:
            current.close()
    if current.fatal is not None:
        raise current.fatal
    return interrupted


def _left_over(current: Round, stop: threading.Event | None) -> bool:
    """Whether Ctrl-C ended this: all pages are fetched by now, so what was left over keeps none waiting."""

    def stopped() -> bool:
        return current.stopping or (stop is not None and stop.is_set())

    try:
        judge_left_over(current.archive, confirm=current.settings.confirm, stopped=stopped)
    except KeyboardInterrupt:
        return True
    return False


async def _crawl(current: Round) -> None:
    from .spiders.pages import PagesSpider

    pages = list(current.pages.values())
    reactor.resolver().allow_private = current.settings.allow_private_addresses
    found = Settings()
    found.setmodule("crawler.settings", priority="project")
    given: dict[str, Any] = {
        **scrapy_settings(current.settings),
        **browser_settings(pages, current.settings),
        "POLICYWATCH_ROUND_GIVEN": True,
    }
    found.setdict(given, priority="cmdline")
    await Crawler(PagesSpider, found).crawl_async(round=current)


def _wait(
    current: Round,
    ended: Ended,
    progress: Progress | None,
    stop: threading.Event | None,
) -> bool:
    """Whether Ctrl-C ended the round; reports are passed on until it is over."""
    interrupted = False
    while True:
        try:
            report = ended.get(timeout=0.25) if stop is not None else ended.get()
        except queue.Empty:
            current.stopping = current.stopping or (stop is not None and stop.is_set())
            continue
        except KeyboardInterrupt:
            if interrupted:
                raise  # a second Ctrl-C does not wait
            interrupted = current.stopping = True
            continue
        if report is None:
            return interrupted
        if progress is not None:
            progress(*report)
