"""The long-running process: fetch what is due, send what is due, wait; round after round.

What is due is in the archive, so nothing is lost when the process ends, however it ends: the next one finds the
same pages due and the same notices waiting. Settings and watch-lists are read again for every round.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from crawler import run
from crawler.items import PageReport
from crawler.rounds.selection import next_due
from crawler.rounds.unfinished import judge_left_over
from crawler.settings import CrawlSettings, crawl_settings
from crawler.watchlist.watchlists import WatchedPage
from diffs.database.archive import Archive
from diffs.errors import ArchiveDamaged, ArchiveError, PolicywatchError
from diffs.failures import Failure, Reason
from diffs.store.notices.backlog import backlog
from diffs.store.notices.outbox import OWNER
from diffs.values import READ
from diffs.wording import labels
from diffs.wording.failures import in_full, sentence
from notifier.channels.base import CHANNELS
from notifier.channels.open import open_channels
from notifier.outbox import send
from notifier.subscribers.links import links_from
from policywatch import context
from policywatch.terminal import round_report
from policywatch.watchlists import settle
from policywatch.watchlists.lists import watched

log = logging.getLogger(__name__)

Say = Callable[[str], object]

#: How often the archive is checked for what is due, in seconds.
TICK = 60.0

#: A page that could not even be requested (its host is silent, its fetcher missing) is tried again after this long.
LATER = timedelta(minutes=30)

#: What depends on the time alone (heartbeats, the end of rules entered by hand, times set by a wrong clock) is checked
#: at every quarter of an hour, in minutes: hours begin at one of them in all time zones.
QUARTER = 15


@dataclass
class Schedule:
    """Rounds on one archive until `stop` is set.

    `say` is called with a line per round in plain words, with `quiet` only if something happened. `clock` gives the
    time in UTC, `tick` the seconds between two checks of what is due; `watchlists` are watched instead of those in the
    settings.
    """

    archive: Archive
    say: Say
    stop: threading.Event
    clock: Callable[[], datetime] = context.now
    tick: float = TICK
    quiet: bool = False
    watchlists: Sequence[Path] = ()
    _held: dict[str, datetime] = field(default_factory=dict)
    _fresh: bool = True
    _said: set[str] = field(default_factory=set)
    _told_at: datetime | None = None

    def go_on(self) -> None:
        """Run round after round. A failure in one is reported, and the next one begins.

        Raises ArchiveDamaged.
        """
        while not self.stop.is_set():
            self._safely(self.look)
            self._safely(self.tell)  # a failed check does not keep notices back
            self.stop.wait(self.tick)

    def _safely(self, step: Callable[[], None]) -> None:
        try:
            step()
        except ArchiveDamaged:
            raise  # no later round can repair it, and what is written into it may be lost
        except ArchiveError as error:
            self._once(f"The archive cannot be used now; the next round tries again. {in_full(error)}")
        except PolicywatchError as error:
            self._once(f"This round failed: {in_full(error)}")
        except Exception as error:
            log.exception("a round ended with a fault of ours")
            self._once(f"An internal error ended this round ({type(error).__name__}); the next one runs as planned.")

    def look(self) -> None:
        """Check the pages that are due. Raises PolicywatchError."""
        settings = crawl_settings()
        pages, problems = watched(settings, self.watchlists)
        for problem in problems:
            self._once(str(problem))
        if not problems:  # a list that cannot be read has taken nothing off
            off = settle.settle(self.archive, pages, now=self.clock(), lists=self.watchlists)
            if off:
                self.say(settle.in_words(off))
        if settings.stop_file.exists():
            self._once(sentence(Failure(Reason.STOP_FILE, detail=str(settings.stop_file))))
        else:
            self._look(pages, settings)

    def _look(self, pages: Sequence[WatchedPage], settings: CrawlSettings) -> None:
        now = self.clock()
        fresh, self._fresh = self._fresh, False
        # No jitter: as it is asked every minute, a page would always be checked as early as jitter allows.
        due = run.due_pages(pages, self.archive, now=now, jitter=lambda: 0.0, settings=settings)
        due = [page for page in due if self._held.get(page.key, now) <= now]
        if not due:
            if fresh:  # otherwise the round does so, after its pages
                judge_left_over(self.archive, confirm=settings.confirm, stopped=self.stop.is_set)
            self._say_when(pages, settings)
            return
        model = context.model()
        reports = run.crawl(due, archive=self.archive, settings=settings, clock=self.clock, stop=self.stop, model=model)
        self._held |= {report.page: self.clock() + LATER for report in reports if report.outcome is None}
        self._said.clear()
        if not self.quiet or any(map(round_report.is_news, reports)):
            self.say(in_words(reports))

    def _say_when(self, pages: Sequence[WatchedPage], settings: CrawlSettings) -> None:
        if self.quiet:
            return
        moment = next_due(pages, self.archive, now=self.clock(), settings=settings)
        held = min((until for until in self._held.values() if until > self.clock()), default=None)
        moments = [at for at in (moment, held) if at is not None and at > self.clock()]
        self._once(
            f"Nothing is due; the next check is at {min(moments):%Y-%m-%d %H:%M} UTC."
            if moments
            else "Nothing is due: no page is switched on, or no host may be contacted."
        )

    def tell(self) -> None:
        """Send the notices that are due. Raises PolicywatchError."""
        settings, now = context.notifier_settings(), self.clock()
        quarter = now.replace(minute=now.minute // QUARTER * QUARTER, second=0, microsecond=0)
        by_the_hour = quarter != self._told_at
        if by_the_hour:
            context.review(self.archive, at=now)
        with self.archive.read() as session:
            waiting = backlog(session, now=now, channels=(*CHANNELS, OWNER))
        if waiting.due or by_the_hour:
            with open_channels(settings, links_from(settings)) as channels:
                report = send.run(
                    self.archive, channels, now=now, settings=settings, clock=self.clock, stopped=self.stop.is_set
                )
            self._told_at = quarter
            if report.sent:
                self.say(f"{labels.count(report.sent, 'message')} sent with {labels.count(report.told, 'notice')}.")
            if report.to_owner:
                self.say(f"{labels.count(report.to_owner, 'message')} sent to you, the owner.")
            for trouble in report.troubles:
                self.say(f"{'Refused for good' if trouble.parked else 'Not sent, stays due'}: {trouble}")

    def _once(self, line: str) -> None:
        """Print only once what stays true for many rounds."""
        if line not in self._said:
            self._said.add(line)
            self.say(line)


def in_words(reports: Sequence[PageReport]) -> str:
    """One round in one line."""
    unreached = round_report.out_of_reach(reports)
    if unreached:
        return unreached
    read = [report for report in reports if report.outcome in READ]
    unread = [report for report in reports if report.outcome is not None and report.outcome not in READ]
    rest = [report for report in reports if report.outcome is None]
    changed = len({number for report in reports for number in report.changes})
    parts = [f"Checked {labels.count(len(reports) - len(rest), 'page')}: {len(read)} read"]
    if unread:
        why = ", ".join(
            f"{count} {outcome}" for outcome, count in Counter(str(r.outcome) for r in unread).most_common()
        )
        parts.append(f"{len(unread)} could not be read ({why})")
    if rest:
        parts.append(f"{len(rest)} not checked ({rest[0].reason.rstrip('.')})")
    parts.append(labels.count(changed, "change"))
    return ", ".join(parts) + "."
