"""Who gets a notice of a change, and when. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

#: From least to most, as significance grades them.
IMPORTANCES = ("low", "medium", "high")

#: How often a subscriber may want a notice.
CADENCES = ("at_once", "daily", "weekly")

#: When a digest is due in the reader's time zone: 08:00, before the working day starts; weekly digests on Monday.
DIGEST_HOUR = 8
DIGEST_WEEKDAY = 0


@dataclass(frozen=True, slots=True)
class Filter:
    """What a subscriber wants to hear about. An empty filter means everything.

    `pages` are page keys; `importance` is the lowest importance to report. Marketplaces and categories are compared
    case-insensitively.
    """

    pages: tuple[str, ...] = ()
    marketplaces: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    importance: str = "low"


@dataclass(frozen=True, slots=True)
class Topic:
    """What a change is about. `categories` are those of the page and of the change.

    `marketplace` may name several, separated by commas ("UK,DE").
    """

    page: str
    marketplace: str = ""
    categories: tuple[str, ...] = ()
    importance: str = "medium"


def wants(wanted: Filter, topic: Topic) -> bool:
    """Whether a subscriber with this filter gets a change on this topic: every filter that is set must match."""
    return (
        (not wanted.pages or topic.page in wanted.pages)
        and _meets(wanted.marketplaces, topic.marketplace.split(","))
        and _meets(wanted.categories, topic.categories)
        and _rank(topic.importance) >= _rank(wanted.importance)
    )


def due_at(cadence: str, time_zone: str, now: datetime) -> datetime:
    """The first moment (UTC) at or after `now` when a reader with this cadence and time zone may get a notice.

    An unknown time zone counts as UTC, an unknown cadence as at once: late is worse than early.
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
        # Whole days by the reader's clock: 08:00 stays 08:00 when daylight saving time begins or ends.
        slot += timedelta(days=7 if cadence == "weekly" else 1)
    return slot.astimezone(UTC)


def last_slot(cadence: str, time_zone: str, now: datetime) -> datetime:
    """The last moment (UTC) up to `now` at which a digest of this cadence was due; for "at once", the daily one."""
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
    """The time zone with this IANA name; UTC if there is none."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # ValueError: the name is a path; OSError: it is a folder ("America") or too long.
        return ZoneInfo("UTC")


def _meets(wanted: tuple[str, ...], offered: tuple[str, ...] | list[str]) -> bool:
    if not wanted:
        return True
    return not {_folded(word) for word in wanted}.isdisjoint(_folded(word) for word in offered)


def _folded(word: str) -> str:
    return word.strip().casefold()


def _rank(importance: str) -> int:
    # An unknown importance counts as the highest: better one mail too many than an unnoticed change.
    return IMPORTANCES.index(importance) if importance in IMPORTANCES else len(IMPORTANCES) - 1
