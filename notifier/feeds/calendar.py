"""Effective dates as a calendar to subscribe to: iCalendar (RFC 5545, with names from RFC 7986). Pure.

There is one all-day event per change that says when it takes effect, and one for the last day of each rule entered by
hand. Everything in it is taken from the change, nothing from the clock: the same changes give the same bytes. icalendar
writes the format (docs/decisions/0026) and gets cleaned text only: it neither drops nor escapes control characters.
"""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO

from diffs.language.plain_text import clean, in_short, one_line
from diffs.wording import labels
from notifier.rendering import disclaimer
from notifier.rendering.escaping import web_link
from notifier.rendering.permanent_link import permanent_link
from notifier.rendering.title import full_title, where
from notifier.values import ENTRIES, Ending, ToldChange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from icalendar import Calendar, Event, Timezone

MEDIA_TYPE = "text/calendar"

#: RFC 5545 section 3.8.1.9: 1 is the highest, 5 the middle, 9 the lowest.
PRIORITIES = {"high": 1, "medium": 5, "low": 9}

#: How much of a change a calendar program shows: it has no room for more.
POINTS = 8


@dataclass(frozen=True, slots=True)
class About:
    """What a calendar says about itself: its name, its own address ("" for a file), and where the web pages are."""

    title: str
    self_url: str = ""
    base_url: str = ""


def render(about: About, changes: Iterable[ToldChange], endings: Iterable[Ending] = ()) -> bytes:
    """The calendar as bytes (UTF-8). Changes without an effective date are left out."""
    out = io.BytesIO()
    write(out, about, changes, endings)
    return out.getvalue()


def write(out: BinaryIO, about: About, changes: Iterable[ToldChange], endings: Iterable[Ending] = ()) -> None:
    """Write the calendar event by event, keeping none in memory. Arguments as for `render`."""
    head = _head(about)
    begins, ends = head.to_ical().split(_END)
    out.write(begins)
    empty = True
    for change in changes:
        if (on := change.effective_on) is not None:
            summary = full_title(change) if change.back else f"Takes effect: {full_title(change)}"
            event = _event(change, on, about.base_url, identity=change.urn, summary=summary)
            if change.back is not None:
                event.add("STATUS", "CANCELLED")  # RFC 5545 section 3.8.1.11
            out.write(event.to_ical())
            empty = False
    for ending in endings:
        # The rule has one end, whatever day that turns out to be: the id stays the same.
        identity = uuid.uuid5(ENTRIES, f"ends {ending.change.page}").urn
        summary = f"Ends: {where(ending.change)}"
        out.write(_event(ending.change, ending.on, about.base_url, identity=identity, summary=summary).to_ical())
        empty = False
    if empty:
        out.write(_utc().to_ical())
    out.write(_END + ends)


_END = b"END:VCALENDAR"


def _head(about: About) -> Calendar:
    from icalendar import Calendar, vDuration, vText  # 50 ms to load, and only a calendar needs it

    made = Calendar()
    # Names that RFC 5545 does not define have no type of their own there.
    title, twice_a_day = vText(one_line(about.title)), vDuration(timedelta(hours=12))
    for name, value in (
        ("VERSION", "2.0"),
        ("PRODID", "-//policywatch//effective dates//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("NAME", title),
        ("X-WR-CALNAME", title),
        ("DESCRIPTION", f"When policy changes take effect, and rules entered by hand end. {disclaimer.ALL}"),
        ("X-PUBLISHED-TTL", twice_a_day),
    ):
        made.add(name, value)
    made.add("REFRESH-INTERVAL", twice_a_day, parameters={"VALUE": "DURATION"})
    if web_link(about.self_url):
        made.add("SOURCE", about.self_url, parameters={"VALUE": "URI"})
    return made


def _utc() -> Timezone:
    """The time zone that is used, for a calendar without dates, which must not be empty (RFC 5545 section 3.6)."""
    from icalendar import Timezone, TimezoneStandard

    made, standard = Timezone(), TimezoneStandard()
    made.add("TZID", "Etc/UTC")
    standard.add("DTSTART", datetime(1970, 1, 1))  # noqa: DTZ001 (a zone begins at its own time)
    standard.add("TZOFFSETFROM", timedelta())
    standard.add("TZOFFSETTO", timedelta())
    made.add_component(standard)
    return made


def _event(change: ToldChange, on: date, base_url: str, *, identity: str, summary: str) -> Event:
    from icalendar import Event

    made = Event()
    link = permanent_link(change, base_url)
    decided = change.decided_at.astimezone(UTC)
    made.add("UID", identity.removeprefix("urn:uuid:"))
    # Without a METHOD these two are the same: when this was last written (section 3.8.7.2).
    made.add("DTSTAMP", decided)
    made.add("LAST-MODIFIED", decided)
    made.add("DTSTART", on)
    if on < date.max:
        made.add("DTEND", on + timedelta(days=1))
    made.add("SUMMARY", one_line(summary))
    made.add("DESCRIPTION", clean(_description(change, link)))
    if link:
        made.add("URL", link)
    if words := [one_line(word) for word in (change.marketplace, *change.categories) if one_line(word)]:
        made.add("CATEGORIES", words)
    made.add("PRIORITY", PRIORITIES.get(change.importance, 5))
    # It takes up nobody's time: the day stays free.
    made.add("TRANSP", "TRANSPARENT")
    made.add("CLASS", "PUBLIC")
    return made


def _description(change: ToldChange, link: str) -> str:
    place = f"{change.title} · {labels.marketplace(change.marketplace)} · {change.importance} importance"
    lines = [in_short(place, 400), *(f"• {in_short(point, 400)}" for point in change.points[:POINTS])]
    if change.effective_sentence:
        lines.append(f"“{in_short(change.effective_sentence, 400)}”")
    return "\n".join([*lines, *([link] if link else []), disclaimer.ALL])
