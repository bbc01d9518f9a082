"""What the command line calls: one round of looking, or several in one process."""

import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scrapy.crawler import Crawler
from scrapy.settings import Settings

from diffs.database.archive import Archive

from .fetchers.browser.fetcher import browser_settings
from .items import PageReport
from .rounds import reactor
from .rounds.lock import AnotherCrawl, alone
from .rounds.probe import Probed, ProbeRound
from .rounds.round import Progress, Round, Waiting
from .rounds.selection import check_contact, due_pages, watched_pages
from .rounds.unfinished import judge_left_over
from .settings import CrawlSettings, scrapy_settings
from .watchlist.watchlists import WatchedPage

__all__ = ["AnotherCrawl", "Interrupted", "Plan", "crawl", "crawl_rounds", "due_pages", "probe", "watched_pages"]


#: Reports on their way from Scrapy's thread to the caller's; None when the round is over.
Told = queue.SimpleQueue[tuple[PageReport, int, int] | None]


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a round, after it was wound up: what came is stored. `reports` are those of all its pages."""

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
) -> list[PageReport]:
    """Look at all pages once, store and judge what comes, and return a report per page, in the order given.

    `clock` gives the time in UTC. `progress` is called in this thread with every page's report, the number of pages
    done and their number; `waiting` in Scrapy's thread with every wait for a host.
    `stop`, when set, winds the round up early.
    Raises SettingsError where a contact is missing, AnotherCrawl where one is running on the archive, ArchiveError
    where the archive cannot be written (what came before is stored), and Interrupted for Ctrl-C.
    """
    check_contact(pages, settings)
    told: Told = queue.SimpleQueue()
    current = Round(
        pages,
        archive=archive,
        settings=settings,
        clock=clock,
        progress=lambda *told_of: told.put(told_of),
        waiting=waiting,
    )
    interrupted = _conduct(current, told, progress, stop)
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
    """Look at pages to see what they bring today; nothing of it enters the archive but when their hosts were asked.

    Entries that are switched off are looked at too. Returns what each brought, in the order given, and whether Ctrl-C
    ended it early. `clock`, `progress` and what is raised are those of `crawl`, save Interrupted.
    """
    check_contact([page.model_copy(update={"enabled": True}) for page in pages], settings)
    told: Told = queue.SimpleQueue()
    current = ProbeRound(
        pages, archive=archive, settings=settings, clock=clock, progress=lambda *told_of: told.put(told_of)
    )
    interrupted = _conduct(current, told, progress, None)
    return current.probed(), interrupted


def _conduct(current: Round, told: Told, progress: Progress | None, stop: threading.Event | None) -> bool:
    """Let a round run to its end, alone on its archive; say whether Ctrl-C ended it."""
    with alone(current.archive):
        try:
            judge_left_over(current.archive, confirm=current.settings.confirm)
            work = reactor.submit(_crawl(current))
            work.add_done_callback(lambda _: told.put(None))
            interrupted = _wait(current, told, progress, stop)
            work.result()
        finally:
            current.close()
    if current.fatal is not None:
        raise current.fatal
    return interrupted


@dataclass(frozen=True, slots=True)
class Plan:
    """One of several rounds: its pages, its clock (UTC), and what to do before it begins."""

    pages: Sequence[WatchedPage]
    clock: Callable[[], datetime]
    before: Callable[[], object] | None = None


def crawl_rounds(
    plans: Iterable[Plan], *, archive: Archive, settings: CrawlSettings, progress: Progress | None = None
) -> list[list[PageReport]]:
    """Several rounds one after the other, each with its own clock; raises what `crawl` raises."""
    reports = []
    for plan in plans:
        if plan.before is not None:
            plan.before()
        reports.append(crawl(plan.pages, archive=archive, settings=settings, clock=plan.clock, progress=progress))
    return reports


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
    told: Told,
    progress: Progress | None,
    stop: threading.Event | None,
) -> bool:
    """Pass reports on until the round is over; say whether Ctrl-C ended it."""
    interrupted = False
    while True:
        try:
            report = told.get(timeout=0.25) if stop is not None else told.get()
        except queue.Empty:
            current.stopping = current.stopping or (stop is not None and stop.is_set())
            continue
        except KeyboardInterrupt:
            if interrupted:
                raise  # the second one does not wait
            interrupted = current.stopping = True
            continue
        if report is None:
            return interrupted
        if progress is not None:
            progress(*report)
