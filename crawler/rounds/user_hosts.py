"""When hosts were asked by any archive of this user: a small file, so that two archives act as one guest.

Each archive counts its own requests; a second archive of the same user knows nothing of them. Here the gap and the
daily limit hold for all of them. Elapsed time is taken from the clock that nobody can set (since the machine was
started), so that a clock put forward grants no second day, and one put back no shorter gap.
"""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from diffs.private_files import FILE_MODE, private_folder, write_private

_Given = TypeVar("_Given")

log = logging.getLogger(__name__)

#: Time since the machine was started: which start that was, "" if it is not known, and seconds.
Ticks = Callable[[], tuple[str, float]]

#: The wall clock and the ticks may drift apart by this much, in seconds; a larger difference means the clock was set.
SET = timedelta(hours=1).total_seconds()

#: After this many seconds by ticks a day is over, whatever the clock says.
DAY = timedelta(days=1).total_seconds()

#: Hosts that nobody has asked for this long are forgotten, in seconds.
KEPT = timedelta(days=8).total_seconds()

#: How long another archive may hold the file, in seconds; it holds it for milliseconds.
PATIENCE = 5.0

_BOOT = Path("/proc/sys/kernel/random/boot_id")


def since_start() -> tuple[str, float]:
    """Which start of the machine this is, and the seconds since, sleep included; "" on systems that do not say."""
    try:
        return _BOOT.read_text().strip(), time.clock_gettime(time.CLOCK_BOOTTIME)
    except (OSError, AttributeError):
        return "", time.monotonic()


@dataclass(frozen=True, slots=True)
class _Asked:
    """The last request to a host, by the clock (seconds since 1970, UTC) and by ticks, and the requests of its day.

    `seen` and `seen_ticks` are both clocks when somebody last wanted to ask it, so that one that is set shows.
    """

    at: float
    ticks: float
    boot: str
    seen: float
    seen_ticks: float
    day: str
    used: int


class UserHosts:
    """The times of this user's hosts. If the file cannot be used the log says so once; each archive counts alone."""

    def __init__(self, path: Path | None, *, ticks: Ticks = since_start) -> None:
        self._path = path
        self._ticks = ticks
        self._said = False

    def reserve(self, host: str, *, now: datetime, after: datetime, gap: float, budget: int | None) -> datetime | None:
        """The next moment (UTC), not before `after`, `gap` seconds after anybody's last one; None: no request left.

        The request counts towards the daily limit.
        """

        def change(known: dict[str, _Asked]) -> datetime | None:
            last = known.get(host)
            self._forget(known, now)
            if last is not None and budget is not None and self._used(last, now) >= budget:
                known[host] = self._waits(last, now)
                return None
            moment = max(after, now + timedelta(seconds=self._wait(last, now, gap)))
            known[host] = self._noted(last, now, moment)
            return moment

        return self._changed(change)

    def count(self, host: str, *, now: datetime, budget: int | None) -> bool:
        """Count a request made at `now` (UTC) without a turn; False if the daily limit is reached."""

        def change(known: dict[str, _Asked]) -> bool:
            last = known.get(host)
            left = budget is None or self._used(last, now) < budget
            if left:
                known[host] = self._noted(last, now, now + timedelta(seconds=self._wait(last, now, 0)))
            return left

        return self._changed(change)

    def asked(self, host: str, *, now: datetime) -> None:
        """Record that a request is made now (UTC), later than the moment that was taken for it."""

        def change(known: dict[str, _Asked]) -> None:
            last = known.get(host)
            if last is not None and self._wait(last, now, 0) == 0:
                known[host] = replace(self._noted(last, now, now), used=last.used)

        self._changed(change)

    def give_back(self, host: str) -> None:
        """Take back a request that was counted and is not made."""

        def change(known: dict[str, _Asked]) -> None:
            last = known.get(host)
            if last is not None:
                known[host] = replace(last, used=max(0, last.used - 1))

        self._changed(change)

    def _wait(self, last: _Asked | None, now: datetime, gap: float) -> float:
        """How many seconds of the gap are left; 0 if it is over."""
        if last is None:
            return 0.0
        boot, ticks = self._ticks()
        if boot and boot == last.boot:
            return max(0.0, last.ticks + gap - ticks)
        wait = last.at + gap - now.timestamp()
        return max(0.0, wait) if wait <= SET else gap  # a clock that was ahead

    def _used(self, last: _Asked | None, now: datetime) -> int:
        """How many requests the host has had today. A day is over when the clock says so and was not set meanwhile."""
        if last is None or self._passed(last) > DAY:
            return 0
        return 0 if now.date().isoformat() > last.day and not self._was_set(last, now) else last.used

    def _passed(self, last: _Asked) -> float:
        """Seconds since somebody last wanted to ask, by ticks; 0 if the machine was restarted since."""
        boot, ticks = self._ticks()
        return ticks - last.seen_ticks if boot and boot == last.boot else 0.0

    def _was_set(self, last: _Asked, now: datetime) -> bool:
        boot, ticks = self._ticks()
        return boot == last.boot != "" and abs((now.timestamp() - last.seen) - (ticks - last.seen_ticks)) > SET

    def _noted(self, last: _Asked | None, now: datetime, moment: datetime) -> _Asked:
        """One more request, at a moment."""
        boot, ticks = self._ticks()
        at, used = ticks + (moment - now).total_seconds(), self._used(last, now) + 1
        return _Asked(moment.timestamp(), at, boot, now.timestamp(), ticks, self._day(last, now), used)

    def _waits(self, last: _Asked, now: datetime) -> _Asked:
        """No further request, because none is left; the current time by both clocks is recorded."""
        boot, ticks = self._ticks()
        at = ticks + self._wait(last, now, 0)
        return replace(last, ticks=at, boot=boot, seen=now.timestamp(), seen_ticks=ticks, day=self._day(last, now))

    def _day(self, last: _Asked | None, now: datetime) -> str:
        today = now.date().isoformat()
        if last is None or self._was_set(last, now) or self._used(last, now) == 0:
            return today
        return max(today, last.day)  # a clock that was put back does not return to a day that is over

    def _forget(self, known: dict[str, _Asked], now: datetime) -> None:
        boot, _ = self._ticks()
        for host, last in list(known.items()):
            passed = self._passed(last) if boot and boot == last.boot else now.timestamp() - last.seen
            if passed > KEPT:
                del known[host]

    def _changed(self, change: Callable[[dict[str, _Asked]], _Given]) -> _Given:
        """The result of a change to what is known, which is saved. If the file cannot be used nothing is known."""
        if self._path is None:
            return change({})
        try:
            private_folder(self._path.parent)
            with FileLock(f"{self._path}.lock", timeout=PATIENCE, mode=FILE_MODE):
                known = _read(self._path)
                given = change(known)
                write_private(
                    self._path, json.dumps({name: asdict(last) for name, last in sorted(known.items())}).encode()
                )
                return given
        except (OSError, Timeout) as error:
            if not self._said:
                log.warning("requests are not counted together with those of your other archives: %s", error)
            self._said = True
            return change({})


def _read(path: Path) -> dict[str, _Asked]:
    """What the file holds; nothing if it is missing or damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {host: _Asked(**fields) for host, fields in found.items()}
    except (FileNotFoundError, ValueError, TypeError, AttributeError):
        return {}
