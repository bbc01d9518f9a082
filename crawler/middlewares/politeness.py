"""Hold every request until its host's turn, including for robots.txt and each step of a redirect."""

import asyncio
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)
from scrapy.http import Response

from crawler.addresses import host_of
from crawler.failures import NotAsked
from crawler.items import DOCUMENT, PACED, PART, PART_GAP, Look
from crawler.rounds.hosts import Hosts, Turn
from crawler.rounds.round import Waiting, round_of
from diffs.failures import Failure, Reason

#: The longest a page waits for its host's turn, in seconds; then it is left for the next round.
PATIENCE = 3_600.0

#: After this many requests in a row without any answer a host gets no more requests in this round.
SILENT = 3

#: A gap is lengthened by up to this share, never shortened.
JITTER = 0.1

_NO_ANSWER = (DownloadTimeoutError, DownloadConnectionRefusedError, CannotResolveHostError, DownloadFailedError)


@dataclass(slots=True, eq=False)
class _Host:
    """A host in this round: one request at a time holds the lock, from its turn to its response."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    asked_at: float | None = None
    silent: int = 0
    parts: asyncio.Lock = field(default_factory=asyncio.Lock)
    part_at: float = 0.0


class Politeness:
    """One request at a time per host, with the gap between two of them kept across workers and restarts.

    A moment is reserved in the archive, so that another process that asks the same host waits for its own, now or after
    a restart; within this process the gap is kept by the monotonic clock too. robots.txt is a request like any other.
    Each reservation also counts the request against the host's daily limit.
    """

    def __init__(
        self,
        crawler: Crawler,
        hosts: Hosts,
        *,
        stopped: Callable[[], Failure | None],
        now: Callable[[], datetime],
        max_wait: float,
        waiting: Waiting | None = None,
    ) -> None:
        self._crawler = crawler
        self._archive = hosts
        self._stopped = stopped
        self._now = now
        self._max_wait = max_wait
        self._waiting = waiting
        self._hosts: dict[str, _Host] = {}
        self._holding: dict[Request, _Host] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Create it from Scrapy's crawler."""
        current = round_of(crawler)
        return cls(
            crawler,
            current.hosts,
            stopped=current.stopped,
            now=current.now,
            max_wait=current.settings.max_wait,
            waiting=current.waiting,
        )

    async def process_request(self, request: Request) -> None:
        """Hold the request until its host may be asked. Raises NotAsked if that is not possible in this round."""
        name = host_of(request.url)
        if request.meta.get(PART):
            if request.meta[PART] != DOCUMENT:
                await self._count_part(name, request)
            return  # it belongs to a fetch that has its turn
        host = self._hosts.setdefault(name, _Host())
        await host.lock.acquire()
        try:
            await self._wait(name, host, request)
        except BaseException:
            host.lock.release()
            raise
        host.asked_at = monotonic()
        self._holding[request] = host

    async def _count_part(self, name: str, request: Request) -> None:
        """Count a part of a page, a moment after the part before it; the page itself has waited for the gap.

        Raises NotAsked if it may not be requested.
        """
        host = self._hosts.setdefault(name, _Host())
        gap = request.meta[PACED] = min(PART_GAP, self._archive.gap(name))
        async with host.parts:
            pause = host.part_at + gap - monotonic()
            if pause > 0:
                await asyncio.sleep(pause)
            self._go_on()
            refused = await self._archive.part(name)
            if refused is not None:
                raise NotAsked(refused)
            host.part_at = monotonic()

    def process_response(self, request: Request, response: Response) -> Response:
        """Let the next request to the host begin."""
        host = self._release(request)
        if host is not None:
            host.silent = 0
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Let the next request to the host begin; count how often the host stayed silent."""
        host = self._release(request)
        if host is not None:
            host.silent = host.silent + 1 if isinstance(exception, _NO_ANSWER) else 0

    def _release(self, request: Request) -> _Host | None:
        host = self._holding.pop(request, None)
        if host is not None:
            if request.meta.get("playwright"):
                host.asked_at = monotonic()  # a page in the browser requested its last part only just now
            host.lock.release()
        return host

    async def _wait(self, name: str, host: _Host, request: Request) -> None:
        self._go_on()
        if host.silent >= SILENT:
            raise NotAsked(Failure(Reason.HOST_SILENT, name, detail=str(SILENT)))
        gap = self._gap(name, host, request)
        turn = await self._turn(name, gap)
        try:
            pause = (turn.at - self._now()).total_seconds()
            if host.asked_at is not None:
                pause = max(pause, host.asked_at + gap - monotonic())
            await self._sleep(name, pause, most=PATIENCE)
        except NotAsked:
            await self._archive.give_back(name, turn)
            raise
        withdrawn = await self._archive.begins(name, turn)
        if withdrawn is not None and withdrawn.refused is not None:
            raise NotAsked(withdrawn.refused)

    def _gap(self, name: str, host: _Host, request: Request) -> float:
        """The least time since the host's last request, in seconds; AutoThrottle's is longer if the host is slow."""
        gap = self._archive.gap(name)
        look = request.meta.get("look")
        if isinstance(look, Look) and look.attempt > 1 and "redirect_times" not in request.meta:
            gap *= 2 ** (look.attempt - 1)
        slot = self._crawler.engine.downloader.slots.get(name)
        slowly = slot.delay if slot is not None and host.asked_at is not None else 0.0
        return max(gap * (1 + JITTER * random.random()), slowly)

    async def _turn(self, name: str, gap: float) -> Turn:
        """A moment to ask the host; a short rest is waited out, a long one ends the round for this host."""
        while True:
            turn = await self._archive.turn(name, gap)
            if turn.refused is None:
                return turn
            until = turn.refused.at if turn.refused.reason is Reason.HOST_RESTS else None
            pause = (until - self._now()).total_seconds() if until else math.inf
            if pause > self._max_wait:
                raise NotAsked(turn.refused)
            await self._sleep(name, max(pause, 0.01))

    async def _sleep(self, name: str, seconds: float, *, most: float = math.inf) -> None:
        """Wait for the host; raise NotAsked if that takes more than `most` seconds, or the round ends meanwhile."""
        if seconds > most:
            raise NotAsked(Failure(Reason.HOST_BUSY, name, detail=f"{seconds:.0f}"))
        ends = monotonic() + seconds
        if seconds > 1 and self._waiting is not None:
            self._waiting(name, ends)
        while (left := ends - monotonic()) > 0:
            await asyncio.sleep(min(left, 0.25))
            self._go_on()
        self._go_on()

    def _go_on(self) -> None:
        """Raise NotAsked if the round is over."""
        why = self._stopped()
        if why or not self._crawler.engine.running:
            raise NotAsked(why or Failure(Reason.STOPPED))
