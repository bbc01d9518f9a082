"""Decide who gets a notice of a change, and when. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

#: From least to most, as significance grades them.
IMPORTANCES = ("low", "medium", "high")

#: How often somebody may want to be told.
CADENCES = ("at_once", "daily", "weekly")

#: When a digest is due, in the reader's own time zone: 08:00, weekly ones on Monday. Before the working day starts.
DIGEST_HOUR = 8
DIGEST_WEEKDAY = 0


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody wants to hear of. An empty filter means everything.

    `pages` are page keys, `importance` is the lowest importance to report. Marketplaces and categories are compared
    without regard to letter case.
    """

    pages: tuple[str, ...] = ()
    marketplaces: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    importance: str = "low"


@dataclass(frozen=True, slots=True)
class Topic:
    """What a change is about. `categories` are the page's and the change's own.

    `marketplace` may name several, separated by commas ("UK,DE").
    """

    page: str
    marketplace: str = ""
    categories: tuple[str, ...] = ()
    importance: str = "medium"


def wants(wanted: Filter, topic: Topic) -> bool:
    """Whether somebody with this filter is told of a change on this topic: every filter that is set must fit."""
    return (
        (not wanted.pages or topic.page in wanted.pages)
        and _meets(wanted.marketplaces, topic.marketplace.split(","))
        and _meets(wanted.categories, topic.categories)
        and _rank(topic.importance) >= _rank(wanted.importance)
    )


def due_at(cadence: str, time_zone: str, now: datetime) -> datetime:
    """The first moment (UTC) from `now` on at which a notice may go out to a reader with this cadence and time zone.

    An unknown time zone counts as UTC; an unknown cadence as at once, since late is worse than early.
    """
    now = now.astimezone(UTC)
    if cadence not in ("daily", "weekly"):
        return now
    zone = zone_of(time_zone)
    local = now.astimezone(zone)
    slot = local.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    if cadence == "weekly":
        slot += timedelta(days=(DIGEST_WEEKDAY - slot.weekday()) % 7)
    if slot.astimezone(UTC) < now:
        # Whole days on the reader's wall clock: 08:00 stays 08:00 when the clocks change.
        slot += timedelta(days=7 if cadence == "weekly" else 1)
    return slot.astimezone(UTC)


def last_slot(cadence: str, time_zone: str, now: datetime) -> datetime:
    """The last moment (UTC) up to `now` at which a digest of this cadence was due; of one at once, the daily one."""
    zone = zone_of(time_zone)
    local = now.astimezone(zone)
    slot = local.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    days = 1
    if cadence == "weekly":
        days = 7
        slot -= timedelta(days=(slot.weekday() - DIGEST_WEEKDAY) % 7)
    if slot.astimezone(UTC) > now.astimezone(UTC):
        slot -= timedelta(days=days)
    return slot.astimezone(UTC)


def zone_of(name: str) -> ZoneInfo:
    """The time zone with this IANA name; UTC where there is none."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # ValueError: a name that is a path; OSError: one that is a folder ("America") or too long.
        return ZoneInfo("UTC")


def _meets(wanted: tuple[str, ...], offered: tuple[str, ...] | list[str]) -> bool:
    if not wanted:
        return True
    return not {_folded(word) for word in wanted}.isdisjoint(_folded(word) for word in offered)


def _folded(word: str) -> str:
    return word.strip().casefold()


def _rank(importance: str) -> int:
    # An unknown importance counts as the highest: better one mail too many than a change that nobody heard of.
    return IMPORTANCES.index(importance) if importance in IMPORTANCES else len(IMPORTANCES) - 1
