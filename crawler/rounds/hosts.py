"""When a host may be asked: turns, rests, switches and delays, across workers and restarts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.addresses import is_loopback
from crawler.settings import CrawlSettings
from diffs.database.archive import Archive, Session
from diffs.failures import Failure, Reason
from diffs.store import hosts
from diffs.store.notices import owner

from .archive_thread import ArchiveThread
from .user_hosts import UserHosts

#: A request that starts this much later than its reserved moment, in seconds, is recorded at its real time.
LATE = 0.2

#: The owner is told of a rest of at least this length; shorter ones are what a busy host asks for.
REPORTED_FROM = timedelta(hours=24)


#: For hosts that no other archive needs to know about.
_ALONE = UserHosts(None)


@dataclass(frozen=True, slots=True)
class Turn:
    """When we may ask a host: at a moment (UTC), or not.

    `refused` says why not: the host is switched off, has reached its daily limit, or rests until `refused.at`.
    `taken_at` is when the moment was taken (UTC).
    """

    at: datetime
    refused: Failure | None = None
    taken_at: datetime | None = None


class Hosts:
    """The hosts of a round, as the archive knows them.

    `now` gives the time in UTC and advances during the round; `clock` is the round's own, which may stand still: a
    notice made at its time is due at once. Every method raises ArchiveError if the archive cannot be used.
    """

    def __init__(
        self,
        archive: Archive,
        thread: ArchiveThread,
        settings: CrawlSettings,
        *,
        clock: Callable[[], datetime],
        now: Callable[[], datetime],
    ) -> None:
        self._archive = archive
        self._thread = thread
        self._settings = settings
        self._clock = clock
        self._now = now
        self._delays: dict[str, float] = {}
        self._of_user = UserHosts(settings.user_hosts)

    def gap(self, host: str) -> float:
        """The least time between two requests to a host in seconds: ours, or the one its robots.txt asks for."""
        return max(self._settings.gap(loopback=is_loopback(host)), self._delays.get(host, 0.0))

    async def turn(self, host: str, gap: float) -> Turn:
        """Take the next moment to ask a host, at least `gap` seconds after anybody's last one, and count the request.

        A turn that refuses counts nothing.
        """
        return await self._thread.run(lambda: self._turn(host, gap))

    def _turn(self, host: str, gap: float) -> Turn:
        now = self._now()
        budget = self._settings.budget(loopback=is_loopback(host))
        with self._archive.begin() as session:
            hosts.pull_back(session, now=now)
            refusal = self._refusal(session, host, now)
            if refusal is not None:
                return refusal
            moment = hosts.free_at(session, host, now=now, gap=gap, budget=budget)
            if moment is not None:
                moment = self._users(host).reserve(host, now=now, after=moment, gap=gap, budget=budget)
            if moment is not None:
                moment = hosts.reserve(session, host, now=moment, gap=gap, budget=budget)
            if moment is None:
                return Turn(now, Failure(Reason.BUDGET_USED, host, detail=str(budget)))
            return Turn(moment, taken_at=now)

    def _users(self, host: str) -> UserHosts:
        """What this user's archives know together about a host; None for this machine itself."""
        return _ALONE if is_loopback(host) else self._of_user

    def _refusal(self, session: Session, host: str, now: datetime) -> Turn | None:
        """Why a host may not be asked now, whoever asks; None if it may."""
        if host in self._settings.hosts_off:
            return Turn(now, Failure(Reason.HOST_OFF_BY_SETTING, host))
        row = hosts.get(session, host)
        if row is not None and row.off_since is not None:
            return Turn(now, Failure(Reason.HOST_OFF, host, detail=row.off_reason, at=row.off_since))
        if row is not None and row.rest_until is not None and row.rest_until > now:
            return Turn(now, Failure(Reason.HOST_RESTS, host, detail=row.rest_reason, at=row.rest_until))
        return None

    async def part(self, host: str) -> Failure | None:
        """Count a request for a part of a page already being fetched; why it must not be made, or None.

        It takes no moment of its own, but the next request keeps the gap from it.
        """
        return await self._thread.run(lambda: self._part(host))

    def _part(self, host: str) -> Failure | None:
        now = self._now()
        budget = self._settings.budget(loopback=is_loopback(host))
        with self._archive.begin() as session:
            refusal = self._refusal(session, host, now)
            if refusal is not None:
                return refusal.refused
            counted = self._users(host).count(host, now=now, budget=budget)
            counted = counted and hosts.count_part(session, host, now=now, budget=budget)
            return None if counted else Failure(Reason.BUDGET_USED, host, detail=str(budget))

    async def begins(self, host: str, turn: Turn) -> Turn | None:
        """Record that the request of this turn is made now: if it is later than reserved, later requests count from it.

        If the host was stopped meanwhile, a refusing turn is returned; the request is neither made nor counted.
        """
        now = self._now()
        waited = (now - turn.taken_at).total_seconds() > LATE if turn.taken_at else False
        return await self._thread.run(lambda: self._begins(host, turn, now)) if waited else None

    def _begins(self, host: str, turn: Turn, now: datetime) -> Turn | None:
        with self._archive.begin() as session:
            refusal = self._refusal(session, host, now)
            if refusal is not None:
                hosts.give_back(session, host, moment=turn.at)
                self._users(host).give_back(host)
            elif (now - turn.at).total_seconds() > LATE:
                hosts.asked(session, host, at=now)
                self._users(host).asked(host, now=now)
            return refusal

    async def give_back(self, host: str, turn: Turn) -> None:
        """Take back a request that was counted and is not made."""

        def note(session: Session) -> None:
            hosts.give_back(session, host, moment=turn.at)
            self._users(host).give_back(host)

        await self._note(note)

    async def rest(self, host: str, duration: timedelta, reason: str) -> None:
        """Leave a host alone for a while, in this round and in all that follow.

        The owner is told of a rest that is not short: the notice is committed with the rest, once per rest.
        """
        now = self._now()
        until = now + duration

        def note(session: Session) -> None:
            if hosts.rest(session, host, now=now, until=until, reason=reason, tell=duration >= REPORTED_FROM):
                owner.note(
                    session,
                    kind="rest",
                    about=host,
                    at=self._clock(),
                    subject=f"{host} asked us to stop: left alone until {until:%Y-%m-%d %H:%M} UTC",
                    detail=reason,
                )

        await self._note(note)

    async def robots_read(self, host: str, says: str) -> None:
        """Record the result of fetching a host's robots.txt: a short description, or a failure as text."""
        now = self._now()
        await self._note(lambda session: hosts.robots_read(session, host, at=now, says=says))

    async def slow_down(self, host: str, crawl_delay: float | None) -> None:
        """Keep to the Crawl-delay of a host's robots.txt, in seconds."""
        if crawl_delay is not None and crawl_delay > 0:
            self._delays[host] = crawl_delay

        def note(session: Session) -> None:
            known = hosts.get(session, host)
            if (known.crawl_delay if known else None) != crawl_delay:
                hosts.slow_down(session, host, crawl_delay=crawl_delay)

        await self._note(note)

    async def _note(self, work: Callable[[Session], None]) -> None:
        def write() -> None:
            with self._archive.begin() as session:
                work(session)

        await self._thread.run(write)
