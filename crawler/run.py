"""What the command line calls: one round of looking, or several in one process."""

import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scrapy.crawler import Crawler
from scrapy.settings import Settings

from diffs.database import Archive

from . import reactor
from .alone import AnotherCrawl, alone
from .fetchers.browser import browser_settings
from .items import PageReport
from .pages import WatchedPage
from .rounds import Progress, Round
from .settings import CrawlSettings, scrapy_settings
from .standalone import check_contact, due_pages, watched_pages

__all__ = ["AnotherCrawl", "Interrupted", "Plan", "crawl", "crawl_rounds", "due_pages", "watched_pages"]


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
    stop: threading.Event | None = None,
) -> list[PageReport]:
    """Look at all pages once, store and judge what comes, and return a report per page, in the order given.

    `clock` gives the time in UTC. `progress` is called in this thread with every page's report, the number of pages
    done and their number. `stop`, when set, winds the round up early.
    Raises SettingsError where a contact is missing, AnotherCrawl where one is running on the archive, ArchiveError
    where the archive cannot be written (what came before is stored), and Interrupted for Ctrl-C.
    """
    check_contact(pages, settings)
    told: queue.SimpleQueue[tuple[PageReport, int, int] | None] = queue.SimpleQueue()
    current = Round(pages, archive=archive, settings=settings, clock=clock, progress=lambda *told_of: told.put(told_of))
    with alone(archive):
        try:
            work = reactor.submit(_crawl(current))
            work.add_done_callback(lambda _: told.put(None))
            interrupted = _wait(current, told, progress, stop)
            work.result()
        finally:
            current.close()
    if current.fatal is not None:
        raise current.fatal
    reports = [current.reports[page.key] for page in current.pages.values()]
    if interrupted:
        raise Interrupted(reports)
    return reports


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
    told: "queue.SimpleQueue[tuple[PageReport, int, int] | None]",
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
