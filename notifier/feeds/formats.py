"""The three formats of a feed, written entry by entry: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1. Pure.

Only the current entry is kept, so that a long feed needs no more memory than its longest entry. No feed library is
used: the maintained ones write no `content:encoded` in RSS or no JSON, and none takes entries one by one.
"""

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from itertools import chain
from types import MappingProxyType
from typing import Any, BinaryIO

from lxml import etree

from diffs.language.plain_text import clean, one_line
from notifier.rendering import disclaimer
from notifier.rendering.escaping import no_tags
from notifier.values import ENTRIES, stamp

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
HISTORY = "http://purl.org/syndication/history/1.0"
XML = "http://www.w3.org/XML/1998/namespace"

MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"},
)
GENERATOR = "policywatch"

#: Where an RSS channel without a site of its own leads: it must lead somewhere.
PROJECT = "https://github.com/policywatch/policywatch"


@dataclass(frozen=True, slots=True)
class Channel:
    """What a feed says about itself.

    `base_url` is where the web pages are ("" if there are none: links then lead to the policy pages themselves).
    `self_url` is the feed's own address, "" when it is a file. `scope` names what it is about ("marketplace=US"); with
    the title it makes the feed's id if there is no address. `updated` (UTC) is used when there is no entry yet. `links`
    are further addresses by relation, as RFC 5005 has them. `archive` says that this is one of its archive documents,
    which belongs to the feed at the address that `links` call "current".
    """

    title: str
    updated: datetime
    description: str = "Policy changes for marketplace sellers, in plain words and with the full comparison."
    base_url: str = ""
    self_url: str = ""
    scope: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    archive: bool = False

    @property
    def id(self) -> str:
        """The feed's permanent id, the same in all its documents."""
        return self.links.get("current") or self.self_url or uuid.uuid5(ENTRIES, f"{self.title}\n{self.scope}").urn


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, published once: `at` (UTC) is when. Only a mark is added to it, at `modified` (UTC).

    `urn` is its permanent id. `title` and `summary` are plain text, `html` is safe HTML. `link` is where it is read,
    `source` the page it is about; both are web addresses or "". `terms` are pairs of scheme and word. `extra` is copied
    into the JSON form.
    """

    urn: str
    title: str
    at: datetime
    summary: str
    html: str
    link: str = ""
    source: str = ""
    source_title: str = ""
    terms: tuple[tuple[str, str], ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    modified: datetime | None = None


def write(out: BinaryIO, form: str, channel: Channel, entries: Iterable[Entry]) -> None:
    """Write a feed; `form` is rss, atom or json, `entries` are newest first. Raises ValueError for another form."""
    writers = {"rss": _write_rss, "atom": _write_atom, "json": _write_json}
    if form not in writers:
        raise ValueError(f"no feed is called {form!r}: rss, atom or json")
    waiting = iter(entries)
    newest = next(waiting, None)
    updated = newest.modified or newest.at if newest else channel.updated
    writers[form](out, channel, updated.astimezone(UTC), chain([newest] if newest else [], waiting))
    out.write(b"\n")


def _write_rss(out: BinaryIO, channel: Channel, updated: datetime, entries: Iterator[Entry]) -> None:
    with etree.xmlfile(out, encoding="utf-8") as xml:
        xml.write_declaration()
        spaces = {"atom": ATOM, "content": CONTENT, "fh": HISTORY}
        with xml.element("rss", {"version": "2.0"}, nsmap=spaces), xml.element("channel"):
            _text(xml, "title", no_tags(channel.title))
            _text(xml, "link", channel.base_url or channel.self_url or PROJECT)
            _text(xml, "description", no_tags(f"{channel.description} {disclaimer.ALL}"))
            _text(xml, "language", "en")
            _text(xml, "lastBuildDate", format_datetime(updated))
            _text(xml, "generator", GENERATOR)
            for rel, href in _relations(channel):
                _empty(xml, f"{{{ATOM}}}link", rel=rel, href=href, type=MEDIA_TYPES["rss"])
            if channel.archive:
                _empty(xml, f"{{{HISTORY}}}archive")
            for entry in entries:
                _rss_item(xml, entry)


def _rss_item(xml: Any, entry: Entry) -> None:
    with xml.element("item"):
        _text(xml, "title", no_tags(entry.title))
        if entry.link:
            _text(xml, "link", entry.link)
        _text(xml, "guid", entry.urn, isPermaLink="false")
        _text(xml, "pubDate", format_datetime(entry.at.astimezone(UTC)))
        for domain, term in entry.terms:
            _text(xml, "category", one_line(term), domain=domain)
        # The description of RSS is HTML: the plain summary is escaped once for that, and once more by the writer.
        _text(xml, "description", escape(clean(entry.summary), quote=False).replace("\n", "<br>"))
        _text(xml, f"{{{CONTENT}}}encoded", entry.html)


def _write_atom(out: BinaryIO, channel: Channel, updated: datetime, entries: Iterator[Entry]) -> None:
    with etree.xmlfile(out, encoding="utf-8") as xml:
        xml.write_declaration()
        spaces = {None: ATOM, "xml": XML, "fh": HISTORY}
        with xml.element(f"{{{ATOM}}}feed", {f"{{{XML}}}lang": "en"}, nsmap=spaces):
            _atom(xml, "id", channel.id)
            _atom(xml, "title", one_line(channel.title))
            _atom(xml, "subtitle", one_line(f"{channel.description} {disclaimer.ALL}"))
            _atom(xml, "updated", stamp(updated))
            _atom(xml, "generator", GENERATOR, uri=PROJECT)
            with xml.element(f"{{{ATOM}}}author"):
                _atom(xml, "name", GENERATOR)
            if channel.base_url:
                _empty(xml, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=f"{channel.base_url}/")
            for rel, href in _relations(channel):
                _empty(xml, f"{{{ATOM}}}link", rel=rel, type=MEDIA_TYPES["atom"], href=href)
            if channel.archive:
                _empty(xml, f"{{{HISTORY}}}archive")
            for entry in entries:
                _atom_entry(xml, entry)


def _atom_entry(xml: Any, entry: Entry) -> None:
    with xml.element(f"{{{ATOM}}}entry"):
        _atom(xml, "id", entry.urn)
        _atom(xml, "title", one_line(entry.title), type="text")
        _atom(xml, "published", stamp(entry.at))
        _atom(xml, "updated", stamp(entry.modified or entry.at))
        if entry.link:
            _empty(xml, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=entry.link)
        if entry.source and entry.source != entry.link:
            about = {"type": "text/html", "href": entry.source, "title": one_line(entry.source_title)}
            _empty(xml, f"{{{ATOM}}}link", rel="related", **about)
        for scheme, term in entry.terms:
            _empty(xml, f"{{{ATOM}}}category", term=one_line(term), scheme=f"urn:policywatch:{scheme}")
        _atom(xml, "summary", clean(entry.summary), type="text")
        _atom(xml, "content", entry.html, type="html")


def _write_json(out: BinaryIO, channel: Channel, updated: datetime, entries: Iterator[Entry]) -> None:
    head: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": one_line(channel.title),
        "description": one_line(f"{channel.description} {disclaimer.ALL}"),
        "language": "en",
        "authors": [{"name": GENERATOR, "url": PROJECT}],
        "_policywatch": {"updated": stamp(updated), "archive": channel.archive, "links": dict(channel.links)},
    }
    optional = {
        "home_page_url": f"{channel.base_url}/" if channel.base_url else "",
        "feed_url": channel.self_url,
        "next_url": channel.links.get("next", ""),
    }
    head |= {name: value for name, value in optional.items() if value}
    # The items are last, one after the other.
    out.write(json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "items": [')
    border = b"\n"
    for entry in entries:
        out.write(border + json.dumps(_json_item(entry), ensure_ascii=False).encode())
        border = b",\n"
    out.write(b"\n]}")


def _json_item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.urn,
        "title": one_line(entry.title),
        "summary": clean(entry.summary),
        "content_html": entry.html,
        "date_published": stamp(entry.at),
        "date_modified": stamp(entry.modified or entry.at),
        "tags": [one_line(term) for _, term in entry.terms],
        "_policywatch": dict(entry.extra),
    }
    other = entry.source if entry.source != entry.link else ""
    return item | ({"url": entry.link} if entry.link else {}) | ({"external_url": other} if other else {})


def _relations(channel: Channel) -> Iterator[tuple[str, str]]:
    if channel.self_url:
        yield "self", channel.self_url
    yield from channel.links.items()


def _atom(xml: Any, name: str, text: str, **attributes: str) -> None:
    _text(xml, f"{{{ATOM}}}{name}", text, **attributes)


def _text(xml: Any, name: str, text: str, **attributes: str) -> None:
    with xml.element(name, attributes):
        xml.write(text)


def _empty(xml: Any, name: str, **attributes: str) -> None:
    with xml.element(name, attributes):
        pass
