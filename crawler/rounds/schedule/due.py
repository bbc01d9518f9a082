"""Which pages are due. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: A check may be early by this share of its interval: a timer that fires every 12 hours must not miss it by seconds.
TOLERANCE = 0.02

#: A page that was not reached because the network was down is tried again after this long.
UNREACHED = timedelta(minutes=30)

#: A time that never comes (UTC): that of a host that is switched off.
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Watch:
    """What decides when a page is due: `check_every` in seconds, `last_look_at` in UTC or None.

    `held`: its last check found a new text, which a second fetch is to confirm. `unreached`: its last check did not get
    as far as its site, because this machine had no network.
    """

    key: str
    host: str
    check_every: int
    last_look_at: datetime | None = None
    held: bool = False
    unreached: bool = False


def due_at(watch: Watch, *, jitter: float = 0.0) -> datetime | None:
    """When the page is due (UTC); None means now: it was never fetched, or a text waits for its second fetch.

    `jitter` from 0 to 1 brings a page forward by up to a tenth of its interval, so that not all are due in the same
    minute. Forward only: a page pushed back would miss the timer that was set for it.
    """
    if watch.last_look_at is None or watch.held:
        return None
    if watch.unreached:
        return watch.last_look_at + min(timedelta(seconds=watch.check_every), UNREACHED)
    return watch.last_look_at + timedelta(seconds=watch.check_every * (1 - TOLERANCE - 0.1 * jitter))


def due(
    watches: Iterable[Watch],
    *,
    now: datetime,
    jitter: Mapping[str, float] | None = None,
    resting: Mapping[str, datetime] | None = None,
) -> list[str]:
    """The keys of the pages due at `now`, the one that has waited longest first.

    `resting` names hosts that are left alone until a time; their pages are not due before it.
    """
    jitter, resting = jitter or {}, resting or {}
    found: list[tuple[datetime | None, str]] = []
    for watch in watches:
        until = resting.get(watch.host)
        moment = due_at(watch, jitter=jitter.get(watch.key, 0.0))
        if (until is None or until <= now) and (moment is None or moment <= now):
            found.append((moment, watch.key))
    return [key for _, key in sorted(found, key=lambda entry: (entry[0] is not None, entry[0] or now))]


def first_due(watches: Iterable[Watch], *, resting: Mapping[str, datetime] | None = None) -> datetime | None:
    """When the first of the pages is due (UTC): the earliest possible time for one that is due now.

    None if there is no page, or all hosts are left alone for ever.
    """
    resting = resting or {}
    earliest = datetime.min.replace(tzinfo=UTC)
    moments = (max(due_at(watch) or earliest, resting.get(watch.host, earliest)) for watch in watches)
    return min((moment for moment in moments if moment != NEVER), default=None)
