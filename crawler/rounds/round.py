"""One round of looking: what its parts share, and the only door from the crawl to the archive.

All work on the archive happens in one thread beside Scrapy's, in order, so that a slow disk or a long comparison
never keeps the crawl from noticing an answer or a timeout.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, TypeVar

from scrapy.crawler import Crawler

from crawler.addresses import is_loopback
from crawler.items import FetchedPage, Judged, Look, PageReport
from crawler.settings import CrawlSettings
from crawler.watchlist.watchlists import WatchedPage
from diffs.database.archive import Archive, Session
from diffs.engine import derive
from diffs.errors import ArchiveError, BodyLost
from diffs.store import events, hosts, observations, snapshots, versions
from diffs.store import pages as stored_pages
from diffs.store.notices import owner
from diffs.values import READ, Outcome

from .enrol import enrol, enrol_all

log = logging.getLogger(__name__)

T = TypeVar("T")

#: A request that leaves this much later than its moment, in seconds, is noted as having left then.
LATE = 0.2

#: The owner is told of a rest of at least this length; shorter ones are what a busy host asks for.
TOLD_FROM = timedelta(hours=24)

#: Told of every page's end: the report, how many pages are done, and how many there are.
Progress = Callable[[PageReport, int, int], None]


@dataclass(frozen=True, slots=True)
class Turn:
    """A host's word on when we may ask: at a moment (UTC), not before its rest is over, or not in this round.

    `closed` says why not in this round: the host is switched off, or has had its requests of the day.
    `taken_at` is when the moment was taken (UTC).
    """

    at: datetime
    resting_until: datetime | None = None
    reason: str = ""
    closed: str = ""
    taken_at: datetime | None = None


#: Told in Scrapy's thread that a page waits for its host: the host, and until when (monotonic seconds).
Waiting = Callable[[str, float], None]


class Round:
    """The pages of one round, and what has become of them.

    `clock` gives the time in UTC; a simulated one may stand still. `progress` is called in Scrapy's thread.
    """

    def __init__(
        self,
        pages: Sequence[WatchedPage],
        *,
        archive: Archive,
        settings: CrawlSettings,
        clock: Callable[[], datetime],
        progress: Progress | None = None,
        waiting: Waiting | None = None,
    ) -> None:
        self.pages = {page.key: page for page in pages}
        self.settings = settings
        self.clock = clock
        self.reports: dict[str, PageReport] = {}
        self.fatal: ArchiveError | None = None
        self.stopping = False
        self.archive = archive
        self.waiting = waiting
        self._stopped_by = ""
        self._progress = progress
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._unconfirmed: set[str] = set()
        self._delays: dict[str, float] = {}
        self._validators: dict[str, dict[str, str]] = {}
        self._finished: set[str] = set()
        self._began = (clock(), monotonic())

    def now(self) -> datetime:
        """The time in UTC, which goes on even where the round's clock stands still."""
        began, tick = self._began
        return max(self.clock(), began + timedelta(seconds=monotonic() - tick))

    def stopped(self) -> str:
        """Why nothing more is asked in this round; "" while it goes on."""
        if self.settings.stop_file.exists():
            self.stopping = True
            self._stopped_by = f"Looking is stopped: {self.settings.stop_file} is there. policywatch go takes it away."
        return (self._stopped_by or "The round was stopped.") if self.stopping else ""

    def close(self) -> None:
        """Let the archive's thread finish what it has begun."""
        self._thread.shutdown(wait=True)

    # --- pages ---

    async def enrol(self) -> list[Look]:
        """Enter the pages into the archive and return the first look at each."""
        await self._in_archive(self._enrol)
        for page in self.pages.values():
            if not page.crawled:
                self.leave_out(page.key, f"read from {page.fetch}, not crawled." if page.enabled else "switched off.")
                self.finish(page.key)
        return [Look(page.key, fetch=page.fetch) for page in self.pages.values() if page.crawled]

    def _enrol(self) -> None:
        now = self.clock()
        with self.archive.begin() as session:
            self._validators = enrol_all(session, self.pages.values(), now=now)

    def validators(self, look: Look) -> Mapping[str, str]:
        """Headers for a conditional GET; none for a second look, which must bring the text itself."""
        ordinary = look.purpose == "look" and look.fetch == self.pages[look.page].fetch
        return self._validators.get(look.page, {}) if ordinary else {}

    async def keep(self, fetched: FetchedPage) -> FetchedPage:
        """Store what a look brought back, then judge it.

        The snapshot is committed before it is judged: a fault in judging costs nothing. Raises ArchiveError where the
        archive cannot be written; then the round cannot go on.
        """
        return await self._in_archive(lambda: self._keep(fetched))

    def _keep(self, fetched: FetchedPage) -> FetchedPage:
        try:
            known = self._store(fetched)
        except ArchiveError:
            raise
        except Exception as error:
            log.exception("page %s: could not be stored", fetched.look.page)
            return replace(fetched, judged=Judged(Outcome.ERROR, reason=_fault(error, "the look could not be stored")))
        return replace(fetched, judged=self._judge(fetched, known))

    def _store(self, fetched: FetchedPage) -> Mapping[Any, Any]:
        page = self.pages[fetched.look.page]
        with self.archive.begin() as session:
            row = stored_pages.get(session, page.key) or enrol(session, page, now=fetched.observed_at)
            snapshots.add(
                session,
                row,
                fetched.capture,
                observed_at=fetched.observed_at,
                stored_at=self.clock(),
                purpose=fetched.look.purpose,
                language=page.language,
            )
            return session.info

    def _judge(self, fetched: FetchedPage, known: Mapping[Any, Any]) -> Judged:
        key = fetched.look.page
        try:
            with self.archive.begin() as session:
                session.info.update(known)  # the bytes just stored need not be unpacked again
                row = stored_pages.get(session, key)
                assert row is not None
                unknown = versions.latest(session, row) is None
                derived = derive.derive(session, row, confirm=self.settings.confirm)
                outcome = derived.outcome or Outcome.ERROR
                return Judged(
                    outcome=outcome,
                    reason=derived.reason,
                    wants_confirmation=self.settings.confirm and derived.wants_confirmation,
                    version_seq=derived.version_seq,
                    changes=derived.changes,
                    last_ok_at=fetched.observed_at if outcome in READ else observations.last_read_at(session, row),
                    events=tuple(event.kind for event in events.listed(session, row, open_only=True)),
                    first=unknown and derived.version_seq is not None,
                )
        except BodyLost as error:
            return Judged(Outcome.ERROR, reason=str(error))
        except ArchiveError:
            raise
        except Exception as error:
            # A fault of ours in reading one page must not stop the round; the snapshot is safe and is judged again.
            log.exception("page %s: could not be judged", key)
            return Judged(Outcome.ERROR, reason=_fault(error, "the snapshot is kept"))

    # --- hosts ---

    def gap(self, host: str) -> float:
        """The least time between two requests to a host in seconds: ours, or the one its robots.txt asks for."""
        return max(self.settings.gap(loopback=is_loopback(host)), self._delays.get(host, 0.0))

    async def turn(self, host: str, gap: float) -> Turn:
        """Take the next moment to ask a host, at least `gap` seconds after anybody's last one, and count the request.

        A turn that says the host rests, or is closed for now, counts nothing.
        """
        return await self._in_archive(lambda: self._turn(host, gap))

    def _turn(self, host: str, gap: float) -> Turn:
        now = self.now()
        budget = self.settings.budget(loopback=is_loopback(host))
        with self.archive.begin() as session:
            refusal = self._refusal(session, host, now)
            if refusal is not None:
                return refusal
            moment = hosts.reserve(session, host, now=now, gap=gap, budget=budget)
            if moment is None:
                why = f"{host} has had its {budget} requests of today; this page waits until 00:00 UTC."
                return Turn(now, closed=why)
            return Turn(moment, taken_at=now)

    def _refusal(self, session: Session, host: str, now: datetime) -> Turn | None:
        """Why a host may not be asked now, whoever wants to; None where it may."""
        if host in self.settings.hosts_off:
            return Turn(now, closed=f"{host} is switched off in the settings (hosts_off).")
        row = hosts.get(session, host)
        if row is not None and row.off_since is not None:
            reason = f" ({row.off_reason})" if row.off_reason else ""
            why = (
                f"{host} is switched off since {row.off_since:%Y-%m-%d}{reason}. policywatch host on {host} ends that."
            )
            return Turn(now, closed=why)
        if row is not None and row.rest_until is not None and row.rest_until > now:
            return Turn(now, row.rest_until, row.rest_reason)
        return None

    async def begins(self, host: str, turn: Turn) -> Turn | None:
        """Say that the request of this turn is made now: a later moment than reserved binds everybody after it.

        What was decided about the host while the request waited comes back as a turn that refuses; then it is not made,
        and not counted.
        """
        now = self.now()
        waited = (now - turn.taken_at).total_seconds() > LATE if turn.taken_at else False
        return await self._in_archive(lambda: self._begins(host, turn, now)) if waited else None

    def _begins(self, host: str, turn: Turn, now: datetime) -> Turn | None:
        with self.archive.begin() as session:
            refusal = self._refusal(session, host, now)
            if refusal is not None:
                hosts.give_back(session, host, moment=turn.at)
            elif (now - turn.at).total_seconds() > LATE:
                hosts.asked(session, host, at=now)
            return refusal

    async def give_back(self, host: str, turn: Turn) -> None:
        """Take back a request that was counted and is not made."""

        def note() -> None:
            with self.archive.begin() as session:
                hosts.give_back(session, host, moment=turn.at)

        await self._in_archive(note)

    async def rest(self, host: str, duration: timedelta, reason: str) -> None:
        """Leave a host alone for a while, in this round and in all that follow.

        The owner is told of a rest that is no short one: the notice is committed with the rest, once per rest.
        """
        now = self.now()
        until = now + duration

        def note() -> None:
            with self.archive.begin() as session:
                if hosts.rest(session, host, now=now, until=until, reason=reason, tell=duration >= TOLD_FROM):
                    owner.note(
                        session,
                        kind="rest",
                        about=host,
                        at=self.clock(),
                        subject=f"{host} asked us to stop: left alone until {until:%Y-%m-%d %H:%M} UTC",
                        detail=reason,
                    )

        await self._in_archive(note)

    async def robots_read(self, host: str, says: str) -> None:
        """Note what became of asking for a host's robots.txt."""
        now = self.now()

        def note() -> None:
            with self.archive.begin() as session:
                hosts.robots_read(session, host, at=now, says=says)

        await self._in_archive(note)

    async def slow_down(self, host: str, crawl_delay: float | None) -> None:
        """Keep to the Crawl-delay of a host's robots.txt, in seconds."""
        if crawl_delay is not None and crawl_delay > 0:
            self._delays[host] = crawl_delay

        def note() -> None:
            with self.archive.begin() as session:
                known = hosts.get(session, host)
                if (known.crawl_delay if known else None) != crawl_delay:
                    hosts.slow_down(session, host, crawl_delay=crawl_delay)

        await self._in_archive(note)

    # --- the end of a page ---

    def settle(self, fetched: FetchedPage) -> None:
        """Note what a look made of its page; a later look of this round may say otherwise."""
        page, judged, capture = self.pages[fetched.look.page], fetched.judged, fetched.capture
        assert judged is not None
        before = self.reports.get(page.key)
        changes = (*(before.changes if before else ()), *judged.changes)
        if judged.outcome in READ:
            # A new text that no second look has confirmed is held until one does.
            (self._unconfirmed.add if judged.wants_confirmation else self._unconfirmed.discard)(page.key)
        if before is not None and fetched.look.purpose == "confirm" and judged.outcome not in READ:
            why = judged.reason or capture.error
            reason = f"A new text was seen, but the second look failed ({why}); the next one decides."
            self.reports[page.key] = replace(before, reason=reason, events=judged.events, changes=changes)
            return
        self.reports[page.key] = PageReport(
            page=page.key,
            url=page.url,
            fetch=fetched.look.fetch,
            outcome=judged.outcome,
            # Where an answer came, the error says what was missing in it.
            reason=f"{judged.reason} {capture.error}".strip() if capture.status else judged.reason or capture.error,
            http_status=capture.status or None,
            last_ok_at=judged.last_ok_at,
            version_seq=judged.version_seq,
            events=judged.events,
            changes=changes,
            first=judged.first or (before is not None and before.first),
        )

    def leave_out(self, key: str, reason: str) -> None:
        """Note that a page was not looked at, or not once more, and why."""
        page, before = self.pages[key], self.reports.get(key)
        if before is None:
            before = PageReport(page=key, url=page.url, fetch=page.fetch, outcome=None)
        self.reports[key] = replace(before, reason=f"{before.reason} {reason}".strip())

    def finish(self, key: str) -> None:
        """Say that no further look at this page follows in this round."""
        if key not in self._finished:
            self._finished.add(key)
            self.reports[key] = replace(self.reports[key], held=key in self._unconfirmed)
            if self._progress is not None:
                self._progress(self.reports[key], len(self._finished), len(self.pages))

    def finish_rest(self, reason: str) -> None:
        """Say of all pages that were not finished why not: the round is over."""
        for key in self.pages:
            if key not in self._finished:
                self.leave_out(key, reason)
                self.finish(key)

    async def _in_archive(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except ArchiveError as error:
            self.fatal = self.fatal or error
            self.stopping = True
            raise


def _fault(error: Exception, then: str) -> str:
    return f"A fault in this program ({type(error).__name__}); {then}."


def round_of(crawler: Crawler) -> Round:
    """The round that a crawler works on. Every spider of ours carries one."""
    current = getattr(crawler.spider, "round", None)
    assert isinstance(current, Round), "the spider carries no round"
    return current
