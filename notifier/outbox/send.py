"""The order in which notices go out: word the changes, take what is due, deliver it, mark it.

One message per reader at a time: it is taken in one transaction, delivered outside of any, and marked in another. A
crash between delivering and marking sends it again under the same Message-ID. A message that fails waits longer each
time; one reader's failure never holds back the next; a channel that is down is left alone until the next run.
"""

import logging
import random as chance
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from diffs.database.archive import Archive, Session
from diffs.database.models import Subscriber
from diffs.engine import wording
from diffs.errors import ChannelDown, DeliveryError, RecipientGone, RecipientRefused
from diffs.judging.subscriptions import Topic, last_slot, wants
from diffs.store import chain, reports
from diffs.store.notices import heartbeats, outbox, plan, subscribers
from diffs.store.observations import PageLooks, looks
from notifier.changes import told_change, unread
from notifier.channels.base import Channels
from notifier.health.queries import looked
from notifier.mail.digest import Digest, subject
from notifier.rendering.standing import for_the_owner
from notifier.settings import NotifierSettings
from notifier.subscribers.links import PREFERENCES, UNSUBSCRIBE, Links, links_from
from notifier.values import Looked, ToldChange, Unread

from .worker import is_dead, this_process

log = logging.getLogger(__name__)

#: First wait after a failure, doubled at each further one, never more than the longest; how much chance may add.
FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=12)
JITTER = 0.25

#: How long a message waits that found its whole channel down.
DOWN_WAIT = timedelta(minutes=10)

#: Attempts after which a reader's server that always says "later" counts as a refusal: about five days (RFC 5321
#: section 4.5.4.1 asks for four to five). Attempts while the whole channel is down do not count.
MOST_ATTEMPTS = 18

#: Changes kept in memory between two messages: most readers of one run are told the same ones.
KEPT_CHANGES = 500


@dataclass(frozen=True, slots=True)
class Trouble:
    """A message that did not go out: through which channel, to whom (secrets left out), and why."""

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
    """What a run did.

    `sent` and `parked` (refused for good) count messages, `told` the notices in those sent, `worded` the changes that
    got their words. `left` is what waits now. `troubles` are what failed, `planned` what a dry run would send.
    """

    worded: int = 0
    sent: int = 0
    told: int = 0
    parked: int = 0
    left: outbox.Backlog = field(default_factory=outbox.Backlog)
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
) -> Report:
    """Send everything that is due at `now` (UTC), once.

    `channels` are by name (email, apprise, webhook); what has no channel stays due. `clock` tells the time while a long
    run goes on; without it the time stands still. `random` gives a number from 0 to 1. `stopped` is asked before each
    message: what is left stays due. A dry run stores and delivers nothing, and plans what a run would send.
    Raises ArchiveError when the archive is unusable; what was sent until then is marked.
    """
    settings = settings or NotifierSettings()
    office = _Office(archive, channels, settings, random=random, clock=clock or (lambda: now))
    report = Report()
    if dry_run:
        report.planned = office.plan(now)
    else:
        with archive.begin() as session:
            report.worded = wording.word(session)
            outbox.release_stale(session, now=now, is_dead=is_dead)
            outbox.pull_back(session, now=now)
            heartbeats.queue(session, now=now)
        office.send_all(report, stopped)
    with archive.read() as session:
        report.left = outbox.backlog(session, now=now, channels=channels)
    return report


def compose(
    subscriber: Subscriber,
    changes: tuple[ToldChange, ...],
    *,
    message_id: str,
    now: datetime,
    settings: NotifierSettings,
    links: Links,
    unread_pages: Iterable[Unread] = (),
    head: str = "",
    standing: Iterable[str] = (),
    looked_at: Looked | None = None,
    since: datetime | None = None,
) -> Digest:
    """The digest that tells these changes to this reader, with the unread pages that concern them. Stores nothing.

    `since` (UTC) begins the period of a digest without changes, and `looked_at` is what was looked at in it.
    """
    wanted = subscribers.filter_of(subscriber)
    concern = (
        page
        for page in unread_pages
        # Whatever the change may be that we cannot see: its importance and category are not known either.
        if wants(wanted, Topic(page.page, page.marketplace, wanted.categories[:1], "high"))
    )
    return Digest(
        message_id=message_id,
        to=subscriber.address,
        sender=settings.sender,
        changes=changes,
        now=now,
        since=min((change.decided_at for change in changes), default=since or now),
        until=max((change.decided_at for change in changes), default=now),
        name=subscriber.name,
        unread=tuple(concern),
        standing=tuple(standing),
        looked=looked_at,
        time_zone=subscriber.time_zone,
        base_url=settings.base_url,
        site=settings.site_name,
        head=head,
        unsubscribe=links.to(UNSUBSCRIBE, subscriber.key),
        preferences=links.to(PREFERENCES, subscriber.key),
        key=subscriber.key,
    )


def shown_address(subscriber: Subscriber) -> str:
    """To whom, fit for a log: mail addresses as they are; others by name or scheme, since they hold secrets."""
    if subscriber.channel == "email":
        return subscriber.address
    return subscriber.name or f"{subscriber.address.partition(':')[0]}://…"


def wait_after(attempts: int, luck: float) -> timedelta:
    """How long to wait after this many failed attempts; `luck` from 0 to 1 spreads those who failed together."""
    doubled: timedelta = FIRST_WAIT * 2 ** min(attempts - 1, 20)
    return min(LONGEST_WAIT, doubled) * (1 + JITTER * luck)


class _Office:
    """What one run works with."""

    def __init__(
        self,
        archive: Archive,
        channels: Channels,
        settings: NotifierSettings,
        *,
        random: Callable[[], float],
        clock: Callable[[], datetime],
    ) -> None:
        self._archive, self._channels, self._settings = archive, channels, settings
        self._links, self._random, self._clock = links_from(settings), random, clock
        self._changes: dict[int, ToldChange] = {}
        self._looks: dict[datetime, list[PageLooks]] = {}
        with archive.read() as session:
            self._unread, self._head = unread(session), chain.head(session)
            self._figures = [metric for _, metric in reports.current(session)]

    def plan(self, now: datetime) -> list[Planned]:
        """What would be sent now."""
        planned = []
        with self._archive.read() as session:
            for message in plan.planned(session, now=now, channels=self._channels, is_dead=is_dead):
                reader, changes = message.subscriber, self._told(session, message.change_ids)
                line = subject(self._digest(session, reader, changes, "<dry.run@localhost>"))
                planned.append(Planned(reader.channel, shown_address(reader), line, len(changes)))
        return planned

    def send_all(self, report: Report, stopped: Callable[[], bool]) -> None:
        """Send message after message until nothing is due, no channel is left that works, or we are stopped."""
        working = set(self._channels)
        while working and not stopped():
            with self._archive.begin() as session:
                parcel = outbox.claim(
                    session, now=self._clock(), by=this_process(), domain=self._settings.mail_domain, channels=working
                )
            if parcel is None:
                return
            try:
                self._send(parcel)
            except DeliveryError as error:
                self._failed(parcel, error, report)
                if isinstance(error, ChannelDown):
                    working.discard(parcel.subscriber.channel)
                continue
            with self._archive.begin() as session:
                report.told += outbox.sent(session, parcel.message_id, now=self._clock())
            report.sent += 1

    def _send(self, parcel: outbox.Parcel) -> None:
        with self._archive.read() as session:
            changes = self._told(session, parcel.change_ids)
            digest = self._digest(session, parcel.subscriber, changes, parcel.message_id)
        try:
            self._channels[parcel.subscriber.channel].deliver(digest)
        except DeliveryError:
            raise
        except Exception as error:
            # A message that our own code or a chat library stumbles over waits like one that was not taken; the
            # messages of all other readers go out.
            log.exception("notice %s could not be delivered", parcel.message_id)
            raise DeliveryError(f"a fault of our own: {type(error).__name__}") from error

    def _failed(self, parcel: outbox.Parcel, error: DeliveryError, report: Report) -> None:
        now, reader = self._clock(), parcel.subscriber
        down = isinstance(error, ChannelDown)
        park = isinstance(error, RecipientRefused) or (not down and parcel.attempts >= MOST_ATTEMPTS)
        wait = DOWN_WAIT * (1 + JITTER * self._random()) if down else wait_after(parcel.attempts, self._random())
        with self._archive.begin() as session:
            if park:
                outbox.park(session, parcel.message_id, error=error.message)
            else:
                outbox.retry(session, parcel.message_id, not_before=now + wait, error=error.message, counted=not down)
            if isinstance(error, RecipientGone) and (kept := session.get(Subscriber, reader.id)) is not None:
                subscribers.stop(session, kept, reason=error.message)
        report.parked += park
        report.troubles.append(Trouble(reader.channel, shown_address(reader), str(error), parked=park))
        log.warning("notice %s was not sent (%s): %s", parcel.message_id, "parked" if park else "stays due", error)

    def _digest(self, session: Session, reader: Subscriber, changes: tuple[ToldChange, ...], message_id: str) -> Digest:
        now = self._clock()
        quiet_since = heartbeats.before(reader, last_slot(reader.cadence, reader.time_zone, now))
        return compose(
            reader,
            changes,
            message_id=message_id,
            now=now,
            settings=self._settings,
            links=self._links,
            unread_pages=self._unread,
            head=self._head,
            standing=for_the_owner(changes, self._figures) if reader.standing else (),
            looked_at=None if changes else self._looked(session, reader, quiet_since, now),
            since=quiet_since,
        )

    def _looked(self, session: Session, reader: Subscriber, since: datetime, until: datetime) -> Looked:
        if since not in self._looks:
            self._looks[since] = looks(session, since=since, until=until)
        return looked(self._looks[since], subscribers.filter_of(reader))

    def _told(self, session: Session, ids: tuple[int, ...]) -> tuple[ToldChange, ...]:
        missing = [number for number in ids if number not in self._changes]
        if missing:
            if len(self._changes) + len(missing) > KEPT_CHANGES:
                self._changes = {number: self._changes[number] for number in ids if number in self._changes}
            for change, page in outbox.changes_with(session, missing):
                if change.id is not None:
                    self._changes[change.id] = told_change(change, page)
        return tuple(self._changes[number] for number in ids if number in self._changes)
