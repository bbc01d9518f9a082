"""Ages and dates that move with the clock: "2 days ago" becomes "3 days ago", and today's date becomes tomorrow's."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from diffs.language.amounts import find
from diffs.language.dates import Dated, dates_in

_UNITS = {
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
    "weeks": timedelta(days=7),
    "months": timedelta(days=30),
    "years": timedelta(days=365),
}
#: A page may date by its own time zone; our dates are UTC.
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Times:
    """When the old text was first and last seen, and when the new one is (UTC)."""

    first_seen: datetime
    last_seen: datetime
    now: datetime


def moved_with_time(before: str, after: str, times: Times, language: str = "", *, may_shrink: bool = False) -> bool:
    """Whether all ages and dates that differ between two lines differ by the time between the checks.

    With `may_shrink`, a period that is shorter by that time counts too: "payout in 9 days", then "payout in 8 days".
    """
    ages = tuple(zip(_ages(before, language), _ages(after, language), strict=False))
    days = tuple(zip(_days(before, language), _days(after, language), strict=False))
    moved_ages = [pair for pair in ages if pair[0] != pair[1]]
    moved_days = [pair for pair in days if pair[0] != pair[1]]
    if not (moved_ages or moved_days):
        return False
    return all(_aged(*pair, times, may_shrink=may_shrink) for pair in moved_ages) and all(
        _today(*pair, times) for pair in moved_days
    )


def without_clock(before: str, after: str, times: Times, language: str = "") -> tuple[str, str]:
    """Two lines without the dates in them that are each the day of their check, and the days of the week beside them.

    The lines as they are where no date moved so.
    """
    was, now = dates_in(before, language), dates_in(after, language)
    moved = [pair for pair in zip(was, now, strict=False) if _today(pair[0].day, pair[1].day, times)]
    if not moved:
        return before, after
    return _cut(before, [one for one, _ in moved]), _cut(after, [one for _, one in moved])


def is_of_hours(pairs: Iterable[tuple[str, str]], language: str = "") -> bool:
    """Whether all that differs between lines, before and after, is how many minutes or hours something lasts."""
    for before, after in pairs:
        was, now = find(before, language), find(after, language)
        moved = [one for one, other in zip(was, now, strict=False) if one.value != other.value]
        if len(was) != len(now) or not moved or any(one.unit not in ("minutes", "hours") for one in moved):
            return False
    return True


def _cut(text: str, dates: list[Dated]) -> str:
    for dated in sorted(dates, key=lambda one: -one.start):
        text = f"{_WEEKDAY.sub('', text[: dated.start])} {text[dated.end :]}"
    return text


#: A word before a date is the day of the week where a comma or a blank alone parts them.
_WEEKDAY = re.compile(r"[^\W\d_]{2,14}\.?,?\s{0,2}$")


def _ages(text: str, language: str) -> tuple[tuple[float, str], ...]:
    return tuple((age.value, age.unit) for age in find(text, language) if age.kind == "duration")


def _days(text: str, language: str) -> tuple[date | None, ...]:
    return tuple(dated.day for dated in dates_in(text, language))


def _aged(was: tuple[float, str], now: tuple[float, str], times: Times, *, may_shrink: bool) -> bool:
    unit = _UNITS.get(was[1])
    if unit is None or was[1] != now[1] or now[0] == was[0] or (now[0] < was[0] and not may_shrink):
        return False
    older = abs(now[0] - was[0]) * unit
    return times.now - times.last_seen - unit <= older <= times.now - times.first_seen + unit


def _today(was: date | None, now: date | None, times: Times) -> bool:
    """Whether each date is the day on which it was shown."""
    if was is None or now is None or now <= was:
        return False
    return abs(now - times.now.date()) <= _DAY and abs(was - times.last_seen.date()) <= _DAY
