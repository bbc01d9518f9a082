"""Changes as feeds: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1. Pure.

Every change is an entry of its own and stays one: the id, the date and the link never change. Entries are written one
after the other, so that a long feed needs no more memory than its longest entry. No feed library is used: the kept-up
ones write no `content:encoded` in RSS or no JSON, and none lets entries pass one by one.
"""

import io
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

from . import labels, notes
from .diff_html import diff_html, environment
from .safe import clean, no_tags, one_line, web_link
from .told import ENTRIES, ToldChange, stamp

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
XML = "http://www.w3.org/XML/1998/namespace"

MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"},
)
GENERATOR = "policywatch"


@dataclass(frozen=True, slots=True)
class Channel:
    """What a feed says about itself.

    `base_url` is where the web pages are ("" where there are none: links then lead to the policy pages themselves).
    `self_url` is the feed's own address, "" when it is a file. `scope` names what it is about ("marketplace=US"); with
    the title it makes the feed's id where there is no address. `updated` (UTC) is used when there is no entry yet.
    `links` are further addresses by relation, as RFC 5005 has them for paging: first, previous, next, last.
    """

    title: str
    updated: datetime
    description: str = "Policy changes for marketplace sellers, in plain words and with the full comparison."
    base_url: str = ""
    self_url: str = ""
    scope: str = ""
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The feed's permanent id."""
        return self.self_url or uuid.uuid5(ENTRIES, f"{self.title}\n{self.scope}").urn


def permanent_link(change: ToldChange, base_url: str) -> str:
    """Where a change is read: its page of our site, or the policy page itself where there is no site; "" if neither."""
    return f"{base_url}/changes/{change.uid}" if web_link(base_url) else web_link(change.url)


def render(form: str, channel: Channel, changes: Iterable[ToldChange]) -> bytes:
    """The feed as bytes (UTF-8). `form` is rss, atom or json; `changes` come newest decided first.

    Raises ValueError for another form.
    """
    out = io.BytesIO()
    write(out, form, channel, changes)
    return out.getvalue()


def write(out: BinaryIO, form: str, channel: Channel, changes: Iterable[ToldChange]) -> None:
    """Write the feed entry by entry. Arguments and errors as for `render`."""
    writers = {"rss": _write_rss, "atom": _write_atom, "json": _write_json}
    if form not in writers:
        raise ValueError(f"no feed is called {form!r}: rss, atom or json")
    entries = iter(changes)
    newest = next(entries, None)
    updated = newest.decided_at if newest else channel.updated
    writers[form](out, channel, updated.astimezone(UTC), chain([newest] if newest else [], entries))


def autodiscovery(base_url: str, title: str, path: str = "/feed") -> str:
    """The `<link rel="alternate">` elements by which browsers and readers find the three feeds, as safe HTML."""
    title, address = escape(one_line(title)), escape(base_url + path)
    return "\n".join(
        f'<link rel="alternate" type="{media}" title="{title}" href="{address}.{form}">'
        for form, media in MEDIA_TYPES.items()
    )


def entry_html(change: ToldChange, *, link: str = "", with_notes: bool = True) -> str:
    """The whole entry as HTML: points, targets, the full comparison, and (unless the page has them) the notes."""
    template = environment().get_template("entry.html")
    fields = {"change": change, "diff": diff_html(change.comparison), "source": web_link(change.url)}
    return clean(template.render(**fields, link=web_link(link), notes=notes.ALL if with_notes else "")).strip()


def entry_text(change: ToldChange) -> str:
    """The summary as plain text: the effective date, then one point a line; the headline where there is no point."""
    lines = [f"Effective {labels.day(change.effective_on)}."] if change.effective_on else []
    lines += [f"• {one_line(point)}" for point in change.points] or [one_line(change.headline)]
    return "\n".join(lines)


def _write_rss(out: BinaryIO, channel: Channel, updated: datetime, changes: Iterator[ToldChange]) -> None:
    home = channel.base_url or channel.self_url or "https://localhost/"
    with etree.xmlfile(out, encoding="utf-8") as xml:
        xml.write_declaration()
        with (
            xml.element("rss", {"version": "2.0"}, nsmap={"atom": ATOM, "content": CONTENT, "dc": DC}),
            xml.element("channel"),
        ):
            _text(xml, "title", no_tags(channel.title))
            _text(xml, "link", home)
            _text(xml, "description", no_tags(f"{channel.description} {notes.ALL}"))
            _text(xml, "language", "en")
            _text(xml, "lastBuildDate", format_datetime(updated))
            _text(xml, "generator", GENERATOR)
            for rel, href in _relations(channel):
                _empty(xml, f"{{{ATOM}}}link", rel=rel, href=href, type=MEDIA_TYPES["rss"])
            for change in changes:
                _rss_item(xml, channel, change)


def _rss_item(xml: Any, channel: Channel, change: ToldChange) -> None:
    link = permanent_link(change, channel.base_url)
    with xml.element("item"):
        _text(xml, "title", no_tags(change.headline))
        if link:
            _text(xml, "link", link)
        _text(xml, "guid", change.urn, isPermaLink="false")
        _text(xml, "pubDate", format_datetime(change.decided_at.astimezone(UTC)))
        for domain, term in _terms(change):
            _text(xml, "category", term, domain=domain)
        # The description of RSS is HTML: the plain summary is escaped once for that, and once more by the writer.
        _text(xml, "description", escape(entry_text(change), quote=False).replace("\n", "<br>"))
        _text(xml, f"{{{CONTENT}}}encoded", entry_html(change, link=link))


def _write_atom(out: BinaryIO, channel: Channel, updated: datetime, changes: Iterator[ToldChange]) -> None:
    with etree.xmlfile(out, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element(f"{{{ATOM}}}feed", {f"{{{XML}}}lang": "en"}, nsmap={None: ATOM, "xml": XML}):
            _atom(xml, "id", channel.id)
            _atom(xml, "title", one_line(channel.title))
            _atom(xml, "subtitle", one_line(f"{channel.description} {notes.ALL}"))
            _atom(xml, "updated", stamp(updated))
            _atom(xml, "generator", GENERATOR)
            with xml.element(f"{{{ATOM}}}author"):
                _atom(xml, "name", GENERATOR)
            if channel.base_url:
                _empty(xml, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=f"{channel.base_url}/")
            for rel, href in _relations(channel):
                _empty(xml, f"{{{ATOM}}}link", rel=rel, type=MEDIA_TYPES["atom"], href=href)
            for change in changes:
                _atom_entry(xml, channel, change)


def _atom_entry(xml: Any, channel: Channel, change: ToldChange) -> None:
    link, source = permanent_link(change, channel.base_url), web_link(change.url)
    with xml.element(f"{{{ATOM}}}entry"):
        _atom(xml, "id", change.urn)
        _atom(xml, "title", one_line(change.headline), type="text")
        _atom(xml, "published", stamp(change.decided_at))
        _atom(xml, "updated", stamp(change.decided_at))
        if link:
            _empty(xml, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=link)
        if source and source != link:
            _empty(xml, f"{{{ATOM}}}link", rel="related", type="text/html", href=source, title=one_line(change.title))
        for scheme, term in _terms(change):
            _empty(xml, f"{{{ATOM}}}category", term=term, scheme=f"urn:policywatch:{scheme}")
        _atom(xml, "summary", entry_text(change), type="text")
        _atom(xml, "content", entry_html(change, link=link), type="html")


def _write_json(out: BinaryIO, channel: Channel, updated: datetime, changes: Iterator[ToldChange]) -> None:
    head: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": one_line(channel.title),
        "description": one_line(f"{channel.description} {notes.ALL}"),
        "language": "en",
        "authors": [{"name": GENERATOR}],
        "_policywatch": {"updated": stamp(updated)},
    }
    optional = {
        "home_page_url": f"{channel.base_url}/" if channel.base_url else "",
        "feed_url": channel.self_url,
        "next_url": channel.links.get("next", ""),
    }
    head |= {name: value for name, value in optional.items() if value}
    # The items come last, one after the other.
    out.write(json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "items": [')
    border = b"\n"
    for change in changes:
        out.write(border + json.dumps(_json_item(channel, change), ensure_ascii=False).encode())
        border = b",\n"
    out.write(b"\n]}\n")


def _json_item(channel: Channel, change: ToldChange) -> dict[str, Any]:
    link, source = permanent_link(change, channel.base_url), web_link(change.url)
    item: dict[str, Any] = {
        "id": change.urn,
        "title": one_line(change.headline),
        "summary": entry_text(change),
        "content_html": entry_html(change, link=link),
        "date_published": stamp(change.decided_at),
        "date_modified": stamp(change.decided_at),
        "tags": [term for _, term in _terms(change)],
        "_policywatch": {
            "change": change.uid,
            "page": change.page,
            "marketplace": change.marketplace,
            "kind": change.kind,
            "importance": change.importance,
            "seen_at": stamp(change.seen_at),
            "effective_on": change.effective_on.isoformat() if change.effective_on else None,
        },
    }
    return item | ({"url": link} if link else {}) | ({"external_url": source} if source and source != link else {})


def _relations(channel: Channel) -> Iterator[tuple[str, str]]:
    if channel.self_url:
        yield "self", channel.self_url
    yield from channel.links.items()


def _terms(change: ToldChange) -> Iterator[tuple[str, str]]:
    yield "page", one_line(change.page)
    if change.marketplace:
        yield "marketplace", one_line(change.marketplace)
    for category in change.categories:
        yield "category", one_line(category)
    yield "importance", change.importance
    yield "kind", change.kind


def _atom(xml: Any, name: str, text: str, **attributes: str) -> None:
    _text(xml, f"{{{ATOM}}}{name}", text, **attributes)


def _text(xml: Any, name: str, text: str, **attributes: str) -> None:
    with xml.element(name, attributes):
        xml.write(text)


def _empty(xml: Any, name: str, **attributes: str) -> None:
    with xml.element(name, attributes):
        pass
