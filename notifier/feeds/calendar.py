"""Effective dates as a calendar to subscribe to: iCalendar (RFC 5545, with names from RFC 7986). Pure.

One all-day event per change that says when it takes effect, and one for the last day of each rule entered by hand.
Everything in it comes from the change, nothing from the clock: the same changes give the same bytes.
"""

import io
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import BinaryIO

from diffs.language.plain_text import clean, in_short, one_line
from diffs.wording import labels
from notifier.rendering import disclaimer
from notifier.rendering.escaping import web_link
from notifier.rendering.permanent_link import permanent_link
from notifier.rendering.title import full_title, where
from notifier.values import ENTRIES, Ending, ToldChange

MEDIA_TYPE = "text/calendar"

#: Longest line in octets, the line break not counted (RFC 5545 section 3.1).
WIDTH = 75

#: RFC 5545 section 3.8.1.9: 1 is the highest, 5 the middle, 9 the lowest.
PRIORITIES = {"high": 1, "medium": 5, "low": 9}

#: What a calendar program shows of a change: it has no room for more.
POINTS = 8

#: A calendar must hold something (RFC 5545 section 3.6): where there is no date yet, the time zone that is used.
_NOTHING_YET = (
    "BEGIN:VTIMEZONE",
    "TZID:Etc/UTC",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0000",
    "END:STANDARD",
    "END:VTIMEZONE",
)


@dataclass(frozen=True, slots=True)
class About:
    """What a calendar says about itself: its name, its own address ("" for a file), and where the web pages are."""

    title: str
    self_url: str = ""
    base_url: str = ""


def render(about: About, changes: Iterable[ToldChange], endings: Iterable[Ending] = ()) -> bytes:
    """The calendar as bytes (UTF-8). Changes without an effective date are passed over."""
    out = io.BytesIO()
    write(out, about, changes, endings)
    return out.getvalue()


def write(out: BinaryIO, about: About, changes: Iterable[ToldChange], endings: Iterable[Ending] = ()) -> None:
    """Write the calendar event by event. Arguments as for `render`."""
    _put(out, _head(about))
    empty = True
    for change in changes:
        if (on := change.effective_on) is not None:
            summary = f"Takes effect: {full_title(change)}"
            _put(out, _event(change, on, about.base_url, identity=change.urn, summary=summary))
            empty = False
    for ending in endings:
        # The rule has one end, whichever day that is in the end: the same id all along.
        identity = uuid.uuid5(ENTRIES, f"ends {ending.change.page}").urn
        summary = f"Ends: {where(ending.change)}"
        _put(out, _event(ending.change, ending.on, about.base_url, identity=identity, summary=summary))
        empty = False
    _put(out, [*(_NOTHING_YET if empty else ()), "END:VCALENDAR"])


def _head(about: About) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//policywatch//effective dates//EN", "CALSCALE:GREGORIAN")
    title = _text(one_line(about.title))
    yield from (f"NAME:{title}", f"X-WR-CALNAME:{title}")
    yield f"DESCRIPTION:{_text(f'When policy changes take effect, and rules entered by hand end. {disclaimer.ALL}')}"
    if web_link(about.self_url):
        yield f"SOURCE;VALUE=URI:{about.self_url}"
    yield from ("REFRESH-INTERVAL;VALUE=DURATION:PT12H", "X-PUBLISHED-TTL:PT12H")


def _event(change: ToldChange, on: date, base_url: str, *, identity: str, summary: str) -> Iterator[str]:
    decided = _moment(change.decided_at)
    link = permanent_link(change, base_url)
    yield from ("BEGIN:VEVENT", f"UID:{identity.removeprefix('urn:uuid:')}")
    # Without a METHOD these two are the same: when this was last written (section 3.8.7.2).
    yield from (f"DTSTAMP:{decided}", f"LAST-MODIFIED:{decided}")
    yield f"DTSTART;VALUE=DATE:{_day(on)}"
    if on < date.max:
        yield f"DTEND;VALUE=DATE:{_day(on + timedelta(days=1))}"
    yield f"SUMMARY:{_text(summary)}"
    yield f"DESCRIPTION:{_text(_description(change, link))}"
    if link:
        yield f"URL:{link}"
    if words := [change.marketplace, *change.categories]:
        yield "CATEGORIES:" + ",".join(_text(one_line(word)) for word in words if one_line(word))
    # It takes nobody's time: the day stays free.
    yield from (f"PRIORITY:{PRIORITIES.get(change.importance, 5)}", "TRANSP:TRANSPARENT", "CLASS:PUBLIC", "END:VEVENT")


def _description(change: ToldChange, link: str) -> str:
    place = f"{change.title} · {labels.marketplace(change.marketplace)} · {change.importance} importance"
    lines = [in_short(place, 400), *(f"• {in_short(point, 400)}" for point in change.points[:POINTS])]
    if change.effective_sentence:
        lines.append(f"“{in_short(change.effective_sentence, 400)}”")
    return "\n".join([*lines, *([link] if link else []), disclaimer.ALL])


def _text(words: str) -> str:
    """A value of type TEXT (section 3.3.11)."""
    escaped = clean(words).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\n", "\\n").replace("\t", " ").replace("\x85", " ")


def _day(day: date) -> str:
    return day.isoformat().replace("-", "")


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("-", "").replace(":", "").replace("+0000", "Z")


def _put(out: BinaryIO, lines: Iterable[str]) -> None:
    out.writelines(b"\r\n ".join(_folded(line)) + b"\r\n" for line in lines)


def _folded(line: str) -> Iterator[bytes]:
    """The line in parts of at most 75 octets, the blank that begins a further part counted, no letter torn apart."""
    part, length = bytearray(), 0
    for letter in line:
        octets = letter.encode()
        if length + len(octets) > WIDTH:
            yield bytes(part)
            part, length = bytearray(), 1
        part += octets
        length += len(octets)
    yield bytes(part)
