"""Changes as feeds: RSS 2.0, Atom and JSON Feed. Pure.

Every change is an entry of its own and stays one: the id, the date and the link never change. A feed that grows long is
split into documents: the newest entries, and archives that stay as they are (RFC 5005 and docs/decisions/0018).
"""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from itertools import groupby
from typing import BinaryIO
from urllib.parse import urlencode

from diffs.judging.subscriptions import Filter
from diffs.language.plain_text import clean, in_short, one_line
from diffs.wording import labels
from notifier.rendering import disclaimer
from notifier.rendering.diff_html import diff_html, environment
from notifier.rendering.diff_view import FULL, Room
from notifier.rendering.escaping import web_link
from notifier.rendering.moved_targets import unsaid
from notifier.rendering.permanent_link import permanent_link
from notifier.rendering.title import full_title
from notifier.values import ToldChange, stamp

from . import formats
from .formats import MEDIA_TYPES, Channel, Entry

__all__ = ["MEDIA_TYPES", "Channel", "render", "write"]

#: Entries in an archive document; the newest document has between this many and twice as many.
PER_DOCUMENT = 50

#: Roughly how many characters an entry has as HTML, its title and one of its points; and how many points it has.
LONGEST = 40_000
LONGEST_TITLE = 300
LONGEST_POINT = 600
MOST_POINTS = 40

#: How much of a comparison is shown if all of it is too long for a feed, from much to nothing.
SMALLER = (
    Room(context=160, line=2_000, total=16_000, places=100),
    Room(context=90, line=600, total=5_000, places=30),
    Room(context=0, line=0, total=0, places=0),
)

CALENDAR_TYPE = "text/calendar"


def render(form: str, channel: Channel, changes: Iterable[ToldChange]) -> bytes:
    """The feed as bytes (UTF-8). `form` is rss, atom or json; `changes` come latest decided first.

    Raises ValueError for another form.
    """
    out = io.BytesIO()
    write(out, form, channel, changes)
    return out.getvalue()


def write(out: BinaryIO, form: str, channel: Channel, changes: Iterable[ToldChange]) -> None:
    """Write the feed entry by entry. Arguments and errors as for `render`."""
    formats.write(out, form, channel, (entry_of(change, channel.base_url) for change in changes))


def entry_of(change: ToldChange, base_url: str) -> Entry:
    """A change as an entry of a feed whose site is at `base_url` ("" for none)."""
    link = permanent_link(change, base_url)
    return Entry(
        urn=change.urn,
        title=in_short(full_title(change), LONGEST_TITLE),
        at=change.decided_at,
        modified=max(change.back.since, change.decided_at) if change.back else None,
        summary=entry_text(change),
        html=entry_html(change, link=link),
        link=link,
        source=web_link(change.url),
        source_title=change.title,
        terms=tuple(_terms(change)),
        extra={
            "change": change.uid,
            "page": change.page,
            "marketplace": change.marketplace,
            "kind": change.kind,
            "importance": change.importance,
            "seen_at": stamp(change.seen_at),
            "effective_on": change.effective_on.isoformat() if change.effective_on else None,
        },
    )


def entry_html(change: ToldChange, *, link: str = "") -> str:
    """The entry as HTML: points, targets, the comparison, the notes.

    It takes about LONGEST characters at most: a longer comparison is cut, and `link` leads to all of it.
    """
    html = _html(change, FULL, link)
    for room in SMALLER:
        if len(html) <= LONGEST:
            break
        html = _html(change, room, link)
    return html


def page_html(change: ToldChange) -> str:
    """The entry as HTML for the change's own page, which already has the notes: all of it."""
    return _html(change, FULL, "", with_notes=False)


def _html(change: ToldChange, room: Room, link: str, *, with_notes: bool = True) -> str:
    template = environment().get_template("entry.html")
    return clean(
        template.render(
            change=change,
            points=points_of(change),
            moves=unsaid(change, [change.headline, *points_of(change)]),
            diff=diff_html(change.comparison, room=room, more=link, marked=with_notes),
            source=web_link(change.url),
            link=web_link(link),
            notes=disclaimer.ALL if with_notes else "",
        )
    ).strip()


def entry_text(change: ToldChange) -> str:
    """The summary as plain text: the effective date, then one point a line; the headline if there are no points."""
    lines = [f"Effective {labels.day(change.effective_on)}."] if change.effective_on else []
    lines += [change.note] if change.note else []
    lines += [f"• {point}" for point in points_of(change)] or [in_short(change.headline, LONGEST_TITLE)]
    return "\n".join(lines)


def points_of(change: ToldChange) -> list[str]:
    """The points of a change, one per line, within limits: a page may say anything at any length."""
    return [in_short(point, LONGEST_POINT) for point in change.points[:MOST_POINTS]]


def _terms(change: ToldChange) -> Iterator[tuple[str, str]]:
    yield "page", change.page
    if change.marketplace:
        yield "marketplace", change.marketplace
    yield from (("category", category) for category in change.categories)
    yield "importance", change.importance
    yield "kind", change.kind


# --- what a feed is about -----------------------------------------------------------------------------------------


def query_of(wanted: Filter) -> dict[str, list[str]]:
    """A filter as query parameters, always in the same order: one feed has one address."""
    markets = tuple(code.upper() for code in wanted.marketplaces)
    parts = {"page": wanted.pages, "marketplace": markets, "category": wanted.categories}
    chosen = {name: sorted(set(values)) for name, values in parts.items() if values}
    return chosen | ({"importance": [wanted.importance]} if wanted.importance != "low" else {})


def address_of(base_url: str, path: str, query: Mapping[str, Sequence[str]]) -> str:
    """The address of a feed, "" without a site. Codes of several values are joined: "marketplace=DE,US"."""
    if not base_url:
        return ""
    words = urlencode({name: ",".join(values) for name, values in query.items()}, safe=",")
    return f"{base_url}{path}{'?' + words if words else ''}"


def title_of(site: str, wanted: Filter, everything: str = "all changes") -> str:
    """A feed's title: the site and what it is about; `everything` is used if nothing was chosen."""
    query = query_of(wanted)
    about = list(query.get("page", []))
    about += [labels.marketplace(code) for code in query.get("marketplace", [])]
    about += [labels.category(code) for code in query.get("category", [])]
    about += [f"{level} importance" + (" and more" if level != "high" else "") for level in query.get("importance", [])]
    return one_line(": ".join(part for part in (site, ", ".join(about) or everything) if part))


def autodiscovery(
    base_url: str, title: str, path: str = "/feed", query: Mapping[str, Sequence[str]] | None = None
) -> str:
    """The `<link rel="alternate">` elements by which browsers and readers find the three feeds, as safe HTML."""
    words = urlencode({name: ",".join(values) for name, values in (query or {}).items()}, safe=",")
    return "\n".join(
        _alternate(media, title, f"{base_url}{path}.{form}{'?' + words if words else ''}")
        for form, media in MEDIA_TYPES.items()
    )


def calendar_discovery(base_url: str, title: str) -> str:
    """The element by which the calendar of effective dates is found, as safe HTML."""
    return _alternate(CALENDAR_TYPE, title, f"{base_url}/calendar.ics")


def _alternate(media: str, title: str, address: str) -> str:
    return f'<link rel="alternate" type="{media}" title="{escape(one_line(title))}" href="{escape(address)}">'


# --- the documents of a long feed ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a feed: the entries from `start` to before `end`, counted from the newest.

    `name` is "" for the newest one, else the year and a number in it: "2026.1" is the oldest of 2026.
    """

    name: str
    start: int
    end: int


def documents(moments: Sequence[datetime], size: int = PER_DOCUMENT) -> list[Document]:
    """The documents of a feed whose entries were decided at these moments (newest first), the newest document first.

    Each year is split into parts of `size` entries, counted from its oldest: a part that is full, or whose year is
    over, never changes. The newest document has the newest parts, at least `size` entries if there are that many.
    History imported later changes only the parts of its own year.
    """
    parts: list[Document] = []
    start = 0
    for year, group in groupby(moment.astimezone(UTC).year for moment in moments):
        over = start + len(list(group))
        for number in range(-(-(over - start) // size), 0, -1):
            # Full parts end at a multiple of `size` from the year's oldest entry; the newest has what is left.
            end = over - (number - 1) * size
            parts.append(Document(f"{year}.{number}", start, end))
            start = end
    newest = next((at for at, part in enumerate(parts, 1) if part.end >= size), len(parts))
    return [Document("", 0, parts[newest - 1].end if parts else 0), *parts[newest:]]


def relations(found: Sequence[Document], at: int, addresses: Sequence[str]) -> dict[str, str]:
    """The links of document number `at`, by relation: for paging, and to recognise archives as such."""
    if len(found) == 1 or not all(addresses):
        return {}
    links = {"first": addresses[0], "last": addresses[-1]}
    if at > 0:
        links |= {"current": addresses[0], "previous": addresses[at - 1]}
        links |= {"next-archive": addresses[at - 1]} if at > 1 else {}
    if at + 1 < len(found):
        links |= {"next": addresses[at + 1], "prev-archive": addresses[at + 1]}
    return links
