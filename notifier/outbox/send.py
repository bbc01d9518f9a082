"""Send notices in order: word the changes, claim what is due, deliver it, mark it.

One message at a time: it is claimed in one transaction, delivered outside of any, and marked in another. A crash
between delivering and marking sends it again under the same Message-ID. A message that fails waits longer each time;
one reader's failure never holds back the next; a channel that is down is left alone until the next run.
"""

import logging
import random as chance
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from diffs.database.archive import Archive
from diffs.database.models import OwnerNotice, Subscriber
from diffs.engine import wording
from diffs.errors import ChannelDown, DeliveryError, RecipientGone, RecipientRefused
from diffs.store.notices import heartbeats, outbox, owner, plan, returns, subscribers
from diffs.store.notices.backlog import Backlog, backlog
from diffs.store.notices.outbox import NEWS, OWNER, QUESTION
from notifier.channels.base import Channels
from notifier.settings import NotifierSettings
from notifier.subscribers import opt_in

from .compose import Writer
from .worker import is_dead, this_process

log = logging.getLogger(__name__)

#: The first wait after a failure, doubled at each further one; the longest wait; how much chance may add.
FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=12)
JITTER = 0.25

#: How long a message waits if its whole channel was down.
DOWN_WAIT = timedelta(minutes=10)

#: Attempts after which a reader's server that always says "later" counts as a refusal: about five days (RFC 5321
#: section 4.5.4.1 asks for four to five). Attempts while the whole channel is down do not count.
MOST_ATTEMPTS = 18


@dataclass(frozen=True, slots=True)
class Trouble:
    """A message that was not sent: through which channel, to whom (secrets left out), and why."""

    channel: str
    to: str
    reason: str
    parked: bool = False

    def __str__(self) -> str:
        return f"{self.channel} to {self.to}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Planned:
    """A message that a dry run would send, with the number of changes in it."""

    channel: str
    to: str
    subject: str
    changes: int


@dataclass
class Report:
    """The result of a run.

    `sent` and `parked` (refused for good) count messages to readers, `told` the notices in those sent, `asked` the
    questions that were sent, `to_owner` what the owner was sent, `worded` the changes that were worded. `left` is
    what is still waiting. `troubles` are what failed, `planned` what a dry run would send.
    """

    worded: int = 0
    sent: int = 0
    told: int = 0
    asked: int = 0
    to_owner: int = 0
    parked: int = 0
    left: Backlog = field(default_factory=Backlog)
    troubles: list[Trouble] = field(default_factory=list)
    planned: list[Planned] = field(default_factory=list)


def run(
    archive: Archive,
    channels: Channels,
    *,
    now: datetime,
    random: Callable[[], float] = chance.random,
    settings: NotifierSettings | None = None,
    clock: Callable[[], datetime] | None = None,
    stopped: Callable[[], bool] = lambda: False,
    dry_run: bool = False,
    kinds: Iterable[str] = (OWNER, QUESTION, NEWS),
) -> Report:
    """Send everything of these kinds that is due at `now` (UTC), once.

    `channels` are by name (email, apprise, webhook, owner); what has no channel stays due. `clock` gives the time while
    a long run continues; without it the time does not advance. `random` gives a number from 0 to 1. `stopped` is
    asked before each message: what is left stays due. A dry run stores and delivers nothing, and
    plans what a run would send. Raises ArchiveError if the archive is unusable; what was sent until then is marked.
    """
    settings = settings or NotifierSettings()
    run_ = _Run(archive, channels, settings, random=random, clock=clock or (lambda: now), kinds=tuple(kinds))
    report = run_.report
    if dry_run:
        report.planned = run_.plan(now)
    else:
        run_.prepare(now)
        run_.send_all(stopped)
        report.troubles += run_.out_of_reach()
    with archive.read() as session:
        report.left = backlog(session, now=now, channels=channels, has_owner=bool(settings.owner.get_secret_value()))
    return report


def shown_address(subscriber: Subscriber) -> str:
    """To whom a message goes, fit for a log: mail addresses as they are; others by name or scheme."""
    if subscriber.channel == "email":
        return subscriber.address
    return subscriber.name or f"{subscriber.address.partition(':')[0]}://…"


def shown(to: Subscriber | OwnerNotice) -> str:
    """To whom a message goes, fit for a log."""
    return "you" if isinstance(to, OwnerNotice) else shown_address(to)


def wait_after(attempts: int, luck: float) -> timedelta:
    """How long to wait after this many failed attempts; `luck` from 0 to 1 spreads out those that failed together."""
    doubled: timedelta = FIRST_WAIT * 2 ** min(attempts - 1, 20)
    return min(LONGEST_WAIT, doubled) * (1 + JITTER * luck)


class _Run:
    """What one run works with, and its results so far."""

    def __init__(
        self,
        archive: Archive,
        channels: Channels,
        settings: NotifierSettings,
        *,
        random: Callable[[], float],
        clock: Callable[[], datetime],
        kinds: tuple[str, ...],
    ) -> None:
        self._archive, self._channels, self._settings = archive, channels, settings
        self._random, self._clock, self._kinds = random, clock, kinds
        self._writer = Writer(archive, settings, clock=clock)
        self.report = Report()

    def prepare(self, now: datetime) -> None:
        """Make due what is to be sent by now."""
        with self._archive.begin() as session:
            outbox.release_stale(session, now=now, is_dead=is_dead)
            outbox.pull_back(session, now=now)
            if NEWS in self._kinds:
                self.report.worded = wording.word(session)
                returns.queue(session, now=now)
                heartbeats.queue(session, now=now)
            if QUESTION in self._kinds:
                opt_in.take_in(session, now=now)
            if OWNER in self._kinds and not self._settings.owner.get_secret_value():
                owner.drop(session)

    def plan(self, now: datetime) -> list[Planned]:
        """The messages that would be sent now."""
        planned = []
        with self._archive.read() as session:
            for parcel in plan.planned(session, now=now, channels=self._channels, is_dead=is_dead):
                line = self._writer.message(session, parcel).subject
                planned.append(Planned(parcel.channel, shown(parcel.to), line, len(parcel.change_ids)))
        return planned

    def send_all(self, stopped: Callable[[], bool]) -> None:
        """Send message after message until nothing is due, no channel works any more, or the run is stopped."""
        working = set(self._channels)
        while working and not stopped():
            with self._archive.begin() as session:
                parcel = outbox.claim(
                    session,
                    now=self._clock(),
                    by=this_process(),
                    domain=self._settings.mail_domain,
                    channels=working,
                    kinds=self._kinds,
                )
            if parcel is None:
                return
            try:
                self._send(parcel)
            except DeliveryError as error:
                self._failed(parcel, error)
                if isinstance(error, ChannelDown):
                    down = self._channels[parcel.channel]
                    working -= {name for name in working if self._channels[name] is down}
            else:
                self._sent(parcel)

    def out_of_reach(self) -> list[Trouble]:
        """What is wrong if the owner has an address and no channel leads there."""
        if OWNER in self._channels or OWNER not in self._kinds or not self._settings.owner.get_secret_value():
            return []
        with self._archive.read() as session:
            waits = owner.is_due(session, now=self._clock())
        reason = "No mail server is set. Set POLICYWATCH_SMTP_URL."
        return [Trouble(OWNER, "you", reason)] if waits else []

    def _send(self, parcel: outbox.Parcel) -> None:
        with self._archive.read() as session:
            message = self._writer.message(session, parcel)
        try:
            self._channels[parcel.channel].deliver(message)
        except DeliveryError:
            raise
        except Exception as error:
            # A message that our own code or a chat library fails on waits like one that was not accepted; the messages
            # of all other readers are sent.
            log.exception("notice %s could not be delivered", parcel.message_id)
            raise DeliveryError(f"a bug of our own: {type(error).__name__}") from error

    def _sent(self, parcel: outbox.Parcel) -> None:
        now, report = self._clock(), self.report
        with self._archive.begin() as session:
            number = outbox.sent(session, parcel.message_id, now=now)
            if parcel.kind == QUESTION and isinstance(parcel.to, Subscriber):
                subscribers.asked(session, parcel.to.key, at=now)
        if parcel.kind == NEWS:
            report.sent, report.told = report.sent + 1, report.told + number
        elif parcel.kind == QUESTION:
            report.asked += 1
        else:
            report.to_owner += 1

    def _failed(self, parcel: outbox.Parcel, error: DeliveryError) -> None:
        now = self._clock()
        down = isinstance(error, ChannelDown)
        refused = isinstance(error, RecipientRefused) or (not down and parcel.attempts >= MOST_ATTEMPTS)
        # Messages to the owner are never given up: the owner can correct the address.
        park = refused and parcel.kind != OWNER
        wait = DOWN_WAIT * (1 + JITTER * self._random()) if down else wait_after(parcel.attempts, self._random())
        with self._archive.begin() as session:
            if park:
                outbox.park(session, parcel.message_id, error=error.message)
            else:
                outbox.retry(session, parcel.message_id, not_before=now + wait, error=error.message, counted=not down)
            if isinstance(error, RecipientGone) and isinstance(parcel.to, Subscriber):
                kept = session.get(Subscriber, parcel.to.id)
                if kept is not None:
                    subscribers.stop(session, kept, reason=error.message)
        self.report.parked += park
        self.report.troubles.append(Trouble(parcel.channel, shown(parcel.to), str(error), parked=park))
        log.warning("notice %s was not sent (%s): %s", parcel.message_id, "parked" if park else "stays due", error)
