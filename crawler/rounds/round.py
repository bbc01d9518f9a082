"""One round: its pages, and what became of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

from scrapy.crawler import Crawler

from crawler.items import FetchedPage, Judged, Look, PageReport
from crawler.settings import CrawlSettings
from crawler.watchlist.watchlists import WatchedPage
from diffs.database.archive import Archive
from diffs.errors import ArchiveError
from diffs.failures import Failure, Reason
from diffs.values import READ, Capture
from diffs.wording.failures import in_words, sentence

from .archive_thread import ArchiveThread
from .archivist import Archivist, Keeper
from .hosts import Hosts

#: Called when a page is finished: the report, how many pages are done, and how many there are.
Progress = Callable[[PageReport, int, int], None]

#: Called in Scrapy's thread when a page waits for its host: the host, and until when (monotonic seconds).
Waiting = Callable[[str, float], None]


class Round:
    """The pages of one round, and what has become of them.

    `clock` gives the time in UTC; a simulated one may stand still. `keeper` decides what happens to what is fetched: by
    default it is stored and judged. `progress` is called in Scrapy's thread.
    """

    def __init__(
        self,
        pages: Sequence[WatchedPage],
        *,
        archive: Archive,
        settings: CrawlSettings,
        clock: Callable[[], datetime],
        keeper: Keeper | None = None,
        progress: Progress | None = None,
        waiting: Waiting | None = None,
    ) -> None:
        self.pages = {page.key: page for page in pages}
        self.settings = settings
        self.clock = clock
        self.archive = archive
        self.reports: dict[str, PageReport] = {}
        self.stopping = False
        self.waiting = waiting
        self._keeper = keeper or Archivist(
            archive, clock=clock, confirm=settings.confirm, stopped=lambda: self.stopping
        )
        self._thread = ArchiveThread()
        self._progress = progress
        self._stopped_by: Failure | None = None
        self._unconfirmed: set[str] = set()
        self._validators: Mapping[str, Mapping[str, str]] = {}
        self._finished: set[str] = set()
        self._began = (clock(), monotonic())
        self.hosts = Hosts(archive, self._thread, settings, clock=clock, now=self.now)

    def now(self) -> datetime:
        """The time in UTC, which advances even if the round's clock stands still."""
        began, tick = self._began
        return max(self.clock(), began + timedelta(seconds=monotonic() - tick))

    @property
    def fatal(self) -> ArchiveError | MemoryError | None:
        """Why the archive can no longer be used; None while it can."""
        return self._thread.fatal

    def stopped(self) -> Failure | None:
        """Why this round makes no more requests; None while it continues."""
        if self.settings.stop_file.exists():
            self.stopping = True
            self._stopped_by = Failure(Reason.STOP_FILE, detail=str(self.settings.stop_file))
        over = self.stopping or self.fatal is not None
        return (self._stopped_by or Failure(Reason.STOPPED)) if over else None

    def close(self) -> None:
        """Let the archive's thread finish what it has begun."""
        self._thread.close()
        self._keeper.close()

    async def enrol(self) -> list[Look]:
        """Enter the pages into the archive and return the first fetch of each. Raises ArchiveError."""
        self._validators = await self._thread.run(lambda: self._keeper.enrol(self.pages.values()))
        for page in self.pages.values():
            if not page.crawled:
                why = Failure(Reason.NOT_CRAWLED, detail=page.fetch) if page.enabled else Failure(Reason.SWITCHED_OFF)
                self.leave_out(page.key, why)
                self.finish(page.key)
        return [Look(page.key, fetch=page.fetch) for page in self.pages.values() if page.crawled]

    def validators(self, look: Look) -> Mapping[str, str]:
        """Headers for a conditional GET; none for a second fetch, which must bring the text itself."""
        ordinary = look.purpose == "look" and look.fetch == self.pages[look.page].fetch
        return self._validators.get(look.page, {}) if ordinary else {}

    async def keep(self, fetched: FetchedPage) -> FetchedPage:
        """What a fetch returned, judged and stored by the keeper. Raises ArchiveError."""
        return await self._thread.run(lambda: self._keeper.keep(self.pages[fetched.look.page], fetched))

    def settle(self, fetched: FetchedPage) -> None:
        """Record the result of a fetch for its page; a later fetch of this round may change it."""
        page, judged, capture = self.pages[fetched.look.page], fetched.judged, fetched.capture
        assert judged is not None
        before = self.reports.get(page.key)
        changes = (*(before.changes if before else ()), *judged.changes)
        if judged.outcome in READ:
            # A new text that no second fetch has confirmed is held until one does.
            (self._unconfirmed.add if judged.wants_confirmation else self._unconfirmed.discard)(page.key)
        if before is not None and fetched.look.purpose == "confirm" and judged.outcome not in READ:
            why = (judged.reason or in_words(capture.error)).rstrip(".")
            reason = f"A new text was seen, but the second check failed ({why}); the next one decides."
            self.reports[page.key] = replace(before, reason=reason, events=judged.events, changes=changes)
            return
        self.reports[page.key] = PageReport(
            page=page.key,
            url=page.url,
            fetch=fetched.look.fetch,
            outcome=judged.outcome,
            reason=_reason(judged, capture),
            failure=Failure.parsed(capture.error),
            http_status=capture.status or None,
            last_ok_at=judged.last_ok_at,
            version_seq=judged.version_seq,
            events=judged.events,
            changes=changes,
            partial=judged.partial,
            first=judged.first or (before is not None and before.first),
        )

    def leave_out(self, key: str, failure: Failure) -> None:
        """Record that a page was not fetched, or not once more, and why. The first failure stays the page's."""
        page, before = self.pages[key], self.reports.get(key)
        if before is None:
            before = PageReport(page=key, url=page.url, fetch=page.fetch, outcome=None, failure=failure)
        self.reports[key] = replace(before, reason=f"{before.reason} {sentence(failure)}".strip())

    def finish(self, key: str) -> None:
        """Report that no further fetch of this page follows in this round."""
        if key not in self._finished:
            self._finished.add(key)
            self.reports[key] = replace(self.reports[key], held=key in self._unconfirmed)
            if self._progress is not None:
                self._progress(self.reports[key], len(self._finished), len(self.pages))

    def finish_rest(self, failure: Failure) -> None:
        """Report for all pages that were not finished why not: the round is over."""
        for key in self.pages:
            if key not in self._finished:
                self.leave_out(key, failure)
                self.finish(key)


def _reason(judged: Judged, capture: Capture) -> str:
    """Why a page has its result. If there was a response, the error says what was missing in it."""
    missing = in_words(capture.error)
    if not capture.status:
        return judged.reason or missing
    return judged.reason if missing in judged.reason else f"{judged.reason} {missing}"


def round_of(crawler: Crawler) -> Round:
    """The round that a crawler works on. Each of our spiders has one."""
    current = getattr(crawler.spider, "round", None)
    assert isinstance(current, Round), "the spider carries no round"
    return current
