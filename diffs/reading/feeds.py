"""Read an RSS, RDF or Atom feed into values, one per entry. The content of an entry is HTML, as hostile as any page.

Entities that a feed declares are never expanded, nothing it names is fetched, and only the beginning of an endless
feed is read. A broken feed is read as far as it makes sense.
"""

import io
import re
from calendar import timegm
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from html import escape
from typing import Any
from urllib.parse import urljoin, urlsplit

#: The marks of a feed's entry among the links of its heading in a document: its name and its date.
ENTRY, DAY = "entry:", "day:"
#: At most so many characters of a feed are read: the newest entries are first.
MOST_TEXT = 3_000_000
MOST_ENTRIES = 300
#: An entry with more characters of HTML is cut: an announcement is not a book.
_MOST_CONTENT = 200_000

#: How many characters before the first element are read.
_PROLOG = 20_000
#: What may precede the first element: how it begins and how it ends.
_BEFORE = {"<?": "?>", "<!--": "-->"}
_REFERENCE = re.compile(r"&#([xX][0-9a-fA-F]+|[0-9]+);?")
_LONGEST_NUMBER = 10
_FIRST_HALF, _LAST_HALF, _LAST_CHARACTER = 0xD800, 0xDFFF, 0x10FFFF
_NAME = re.compile(r"<(rss|feed|(?:\w+:)?RDF)\b")
_CLOSING = {"rss": "</channel></rss>", "feed": "</feed>"}


@dataclass(frozen=True, slots=True)
class Item:
    """One entry as the feed gives it: `name` identifies it even if its title changes.

    `published` is its date (UTC); `updated` is the date of its last change, if it has no other. `content` is HTML.
    """

    name: str
    title: str
    link: str
    published: date | None
    updated: date | None
    content: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's title and language, and its entries in the order given."""

    title: str
    language: str
    items: tuple[Item, ...]


def read(text: str, base: str) -> Feed | None:
    """The feed in a text, `base` being its address; None if the text is not a feed. No content makes it raise."""
    # Imported only when needed: few pages are feeds.
    import feedparser

    at = _first_element(text)
    root = _NAME.match(text, at)
    if root is None:
        return None
    # What precedes it is dropped: an encoding that no longer applies, and any entity that the feed declares.
    text = text[at:]
    # As a stream, since a string may be taken for an address or a file name.
    text = _REFERENCE.sub(_of_a_character, _bounded(text, root[1]))
    stream = io.BytesIO(text.encode("utf-8", "replace"))
    headers = {"content-type": "application/xml; charset=utf-8"}
    parsed = feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    items: dict[str, Item] = {}
    for item in _items(parsed.entries, base):
        items.setdefault(item.name, item)
    return Feed(_text(parsed.feed, "title"), _text(parsed.feed, "language"), _newest(tuple(items.values())))


def _newest(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The newest entries in the order given; without dates, the first ones, which are usually the newest."""
    days = [item.published or item.updated or date.min for item in items]
    ranked = sorted(range(len(items)), key=lambda at: days[at], reverse=True)  # stable: the first ones of a day
    return tuple(items[at] for at in sorted(ranked[:MOST_ENTRIES]))


def _first_element(text: str) -> int:
    """The start of the first element; the end of the text if there is none."""
    at, end = 0, min(len(text), _PROLOG)
    while at < end:
        if text[at].isspace() or text[at] == "\ufeff":
            at += 1
            continue
        closing = next((closing for opening, closing in _BEFORE.items() if text.startswith(opening, at)), "")
        if text[at : at + 9].upper() == "<!DOCTYPE":
            inner, plain = text.find("[", at, end), text.find(">", at, end)
            closing = "]" if 0 <= inner < plain else ">"
        elif not closing:
            return at
        found = text.find(closing, at, end)
        at = found + len(closing) if found >= 0 else len(text)
        at += text.startswith(">", at) if closing == "]" else 0
    return len(text)


def _bounded(text: str, root: str) -> str:
    """The text cut to a bearable length after a complete entry."""
    if len(text) <= MOST_TEXT:
        return text
    ends = [found + len(tag) for tag in ("</item>", "</entry>") if (found := text.rfind(tag, 0, MOST_TEXT)) >= 0]
    return text[: max(ends, default=MOST_TEXT)] + _CLOSING.get(root, f"</{root}>")


def _of_a_character(reference: re.Match[str]) -> str:
    """The reference unchanged; U+FFFD if it names no character, which the parser could not read."""
    number = reference[1]
    code = -1
    if len(number) <= _LONGEST_NUMBER:
        code = int(number[1:] or "0", 16) if number[0] in "xX" else int(number)
    is_character = 0 <= code <= _LAST_CHARACTER and not _FIRST_HALF <= code <= _LAST_HALF
    return reference[0] if is_character else "\ufffd"


def _items(entries: list[dict[str, Any]], base: str) -> Iterator[Item]:
    """The entries, each named by its id, else by its address, else by its title and day."""
    found = [_item(entry, base) for entry in entries]
    found = [(names, item) for names, item in found if item.title or item.content]
    called: dict[str, set[str]] = {}
    for names, _ in found:
        for name in names:
            called.setdefault(name, set()).add(names[-1])
    for names, item in found:
        # An id or address that different entries share is the feed's, not theirs.
        name = next(name for name in names if len(called[name]) == 1)
        yield replace(item, name=sha256(name.encode("utf-8", "replace")).hexdigest()[:20])


def _item(entry: dict[str, Any], base: str) -> tuple[tuple[str, ...], Item]:
    """An entry without its name, and the names that it may have, the best first."""
    title, link = _text(entry, "title"), _address(_text(entry, "link"), base)
    published, updated = _day(entry, "published_parsed"), _day(entry, "updated_parsed")
    names = (_secure(_text(entry, "id")), _secure(link), f"{title}\x00{published}")
    return tuple(filter(None, names)), Item("", title or link, link, published, updated, _content(entry))


def _secure(name: str) -> str:
    """An id that is an address, with https for http: an entry stays the same when its site moves to https."""
    return f"https://{name[7:]}" if name[:7].lower() == "http://" else name


def _content(entry: Mapping[str, Any]) -> str:
    """The fullest text of an entry, as HTML."""
    found = [part for part in entry.get("content", ()) if isinstance(part, Mapping)]
    found += [part for part in (entry.get("summary_detail"),) if isinstance(part, Mapping)]
    texts = [_html(part) for part in found]
    return max(texts, key=len, default="")[:_MOST_CONTENT]


def _html(part: Mapping[str, Any]) -> str:
    value = part.get("value") or ""
    return f"<p>{escape(value)}</p>" if part.get("type") == "text/plain" else str(value)


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""


def _address(link: str, base: str) -> str:
    """A link as a complete web address; "" for any other kind of link."""
    try:
        whole = urljoin(base, link)
        return whole if link and urlsplit(whole).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _day(entry: dict[str, Any], name: str) -> date | None:
    """The date of a time (UTC); None if there is none or the calendar does not have it."""
    # As a plain dict: feedparser's own look-up warns, and substitutes one time for the other.
    parsed = dict.get(entry, name)
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC).date() if parsed else None
    except (ValueError, OverflowError, OSError):
        return None
