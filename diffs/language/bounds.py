"""What a date bounds: the first day of a time or its last ("from 1 May", "until 30 April")."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from .alternatives import Alternatives
from .dates import Dated, dates_in, is_effective, is_led_by, is_update_stamp
from .vocabulary import pattern, plain, table, words

#: Any leap year: stands for the year of a day without one.
_ANY_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Bound:
    """A date of a text that is the first day of a time or, with `is_last`, its last; `start` and `end` are its place.

    `day` is an ISO date ("2026-05-01"), or "--05-01" where the text gives no year.
    """

    day: str
    is_last: bool
    start: int
    end: int


def bounds(text: str, language: str = "", *, of_change: bool = False) -> tuple[Bound, ...]:
    """The dates of a text that bound the time in which something applies, in order.

    `of_change` says that the text tells of a change: then "on 1 May" is the first day, too.
    """
    found = dates_in(text, language)
    if not found or words("wording_dates", "cues", "counted").found_in(plain(text)):
        return ()
    if words("wording_dates", "cues", "moved").found_in(plain(text)):
        return _moved(text, found)
    return tuple(_bounds(text, found, of_change=of_change))


def following(day: str, days: int = 1) -> str:
    """The day so many days later, written as it is; earlier if `days` is negative."""
    year = day[:4] if day[0] != "-" else ""
    moved = date.fromisoformat(f"{year or _ANY_YEAR}{day[-6:]}") + timedelta(days=days)
    return moved.isoformat() if year else f"-{moved.isoformat()[4:]}"


def on_calendar(day: str, near: date) -> date:
    """A day as a date; one without a year is that nearest to `near`."""
    if day[0] != "-":
        return date.fromisoformat(day)
    years = (near.year - 1, near.year, near.year + 1)
    # A leap day is in force for one day more where there is none.
    choices = [date(year, 3, 1) if day == "--02-29" else date(year, int(day[2:4]), int(day[5:])) for year in years]
    return min(choices, key=lambda one: abs(one - near))


def _moved(text: str, found: tuple[Dated, ...]) -> tuple[Bound, ...]:
    """The new first day of what is put off: "postponed from 15 January to 1 March", "now from 1 March instead of …"."""
    flat = plain(text)
    new = [one for one in found if not words("wording_dates", "cues", "instead").found_in(flat[: one.start][-_LED:])]
    last = new[-1] if new else found[-1]
    return (Bound(_first_of(last.key), False, last.start, last.end),)


#: How far before a date stands what says that it is the former one.
_LED = 16


def _bounds(text: str, found: tuple[Dated, ...], *, of_change: bool) -> Iterator[Bound]:
    before: Dated | None = None
    opened = False
    for dated in found:
        is_second = opened and before is not None and _TO.fullmatch(plain(text[before.end : dated.start])) is not None
        last = _last(text, dated) or (_last_of(dated.key) if is_second else "")
        first = "" if last else _first(text, dated, of_change=of_change)
        if last or first:
            yield Bound(last or first, bool(last), dated.start, dated.end)
        before, opened = dated, bool(first)


def _last(text: str, dated: Dated) -> str:
    """The last day of a time, if a date is that; else ""."""
    if is_led_by("ends", text, dated) or _ends_after().match(plain(text), dated.end):
        return _last_of(dated.key)
    return following(_first_of(dated.key), -1) if is_led_by("ends_before", text, dated) else ""


def _first(text: str, dated: Dated, *, of_change: bool) -> str:
    """The first day of a time, if a date is that; else ""."""
    if is_led_by("begins_behind", text, dated):
        return following(_last_of(dated.key))
    is_first = is_led_by("begins", text, dated) or is_effective(text, dated)
    is_first = is_first or (of_change and is_led_by("on_day", text, dated))
    return _first_of(dated.key) if is_first and not is_update_stamp(text, dated) else ""


def _first_of(key: str) -> str:
    """The first day that a date means: of a month its first."""
    return f"{key}-01" if _is_month(key) else key


def _last_of(key: str) -> str:
    """The last day that a date means: of a month its last."""
    return f"{key}-{monthrange(int(key[:4]), int(key[5:]))[1]}" if _is_month(key) else key


def _is_month(key: str) -> bool:
    return len(key) == len("2026-05") and key[0] != "-"


@cache
def _ends_after() -> Alternatives:
    return pattern(tuple(table("wording_dates")["cues"]["ends_after"]), before=r"\s?")


#: Between the two ends of a time: "from 1 May to 31 July".
_TO = re.compile(
    r"\s*(?:to|and|-|–|bis(?: zum)?|au|al?|tot(?: en met)?|do|e il|et le|y el|und)(?: the)?\s*", re.IGNORECASE
)
