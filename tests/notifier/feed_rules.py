"""The rules of the W3C feed validator for RSS 2.0 and Atom, and of the JSON Feed specification, as far as we need them.

`broken(form, data)` lists what is wrong with a feed, and is empty if it is valid. Written from the specifications (RSS 2.0,
RFC 4287, RFC 3339, RFC 822, RFC 5005, JSON Feed 1.1) and the best practices that the validator's documentation lists.
"""

import json
import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
RFC822 = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d (\+0000|GMT)"
)
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
# What the validator calls dangerous, or of no use outside of a page.
UNSAFE = {"script", "style", "iframe", "object", "embed", "form", "input", "base", "link", "meta", "img", "svg", "math"}
RELATIONS = {
    "self", "alternate", "related", "first", "last", "previous", "next", "current", "prev-archive", "next-archive",
}  # fmt: skip


def broken(form: str, data: bytes) -> list[str]:
    wrong = {"rss": _rss, "atom": _atom, "json": _json}[form](data)
    if control := re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", data):
        wrong.append(f"control character at {control.start()}")
    return wrong


def _rss(data: bytes) -> list[str]:
    root = etree.fromstring(data)
    wrong = [] if (root.tag, root.get("version")) == ("rss", "2.0") else ["not RSS 2.0"]
    (channel,) = root
    for name in ("title", "link", "description"):
        wrong += _once(channel, name)
    wrong += _web(channel.findtext("link"), "channel link") + _rfc822(channel.findtext("lastBuildDate"))
    wrong += [f"{name} twice" for name in ("language", "generator", "lastBuildDate") if len(channel.findall(name)) > 1]
    wrong += _links(channel.findall(f"{ATOM}link"), "application/rss+xml")
    items = channel.findall("item")
    wrong += _unique([item.findtext("guid") for item in items])
    for item in items:
        wrong += [
            f"{child.tag} twice" for child in item if child.tag != "category" and len(item.findall(child.tag)) > 1
        ]
        wrong += [] if item.findtext("title") or item.findtext("description") else ["neither title nor description"]
        wrong += [] if item.find("guid").get("isPermaLink") == "false" else ["guid taken for an address"]
        wrong += _web(item.findtext("link"), "item link") if item.find("link") is not None else []
        wrong += _rfc822(item.findtext("pubDate")) + _plain(item.findtext("title"))
        wrong += _html(item.findtext("description")) + _html(item.findtext(CONTENT))
        wrong += [] if all(category.text for category in item.findall("category")) else ["empty category"]
    return wrong


def _atom(data: bytes) -> list[str]:
    root = etree.fromstring(data)
    wrong = [] if root.tag == f"{ATOM}feed" else ["not Atom"]
    for element in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            wrong += _once(element, ATOM + name)
        wrong += _rfc3339(element.findtext(f"{ATOM}updated")) + _iri(element.findtext(f"{ATOM}id"))
    wrong += [] if root.findtext(f"{ATOM}author/{ATOM}name") else ["no author"]
    wrong += _links(root.findall(f"{ATOM}link"), "application/atom+xml", "text/html")
    entries = root.findall(f"{ATOM}entry")
    wrong += _unique([entry.findtext(f"{ATOM}id") for entry in entries])
    for entry in entries:
        wrong += _rfc3339(entry.findtext(f"{ATOM}published"))
        for name in ("summary", "content", "published"):
            wrong += _once(entry, ATOM + name)
        content = entry.find(f"{ATOM}content")
        wrong += [] if content.get("type") == "html" else ["content is not HTML"]
        wrong += _html(content.text) + _links(entry.findall(f"{ATOM}link"), "text/html")
        wrong += [] if len(entry.findall(f"{ATOM}link[@rel='alternate']")) < 2 else ["two alternates"]
        for category in entry.findall(f"{ATOM}category"):
            wrong += _iri(category.get("scheme")) + ([] if category.get("term") else ["empty term"])
    return wrong


def _json(data: bytes) -> list[str]:
    feed = json.loads(data)
    wrong = [] if feed["version"] == "https://jsonfeed.org/version/1.1" else ["not JSON Feed 1.1"]
    wrong += [] if isinstance(feed["title"], str) and feed["title"] else ["no title"]
    for name in ("home_page_url", "feed_url", "next_url"):
        wrong += _web(feed[name], name) if name in feed else []
    wrong += ["next_url is the feed itself"] if feed.get("next_url") == feed.get("feed_url") != None else []  # noqa: E711
    wrong += [] if all(author.keys() & {"name", "url", "avatar"} for author in feed["authors"]) else ["empty author"]
    known = {"version", "title", "description", "home_page_url", "feed_url", "next_url", "language", "authors", "items"}
    wrong += [f"unknown {name}" for name in feed.keys() - known if not name.startswith("_")]
    wrong += _unique([item["id"] for item in feed["items"]])
    item_keys = {
        "id",
        "url",
        "external_url",
        "title",
        "summary",
        "content_html",
        "date_published",
        "date_modified",
        "tags",
    }
    for item in feed["items"]:
        wrong += [f"unknown {name}" for name in item.keys() - item_keys if not name.startswith("_")]
        wrong += [] if isinstance(item["id"], str) and item["id"] else ["no id"]
        wrong += _html(item["content_html"]) + _rfc3339(item["date_published"]) + _rfc3339(item["date_modified"])
        wrong += [] if all(isinstance(tag, str) and tag for tag in item["tags"]) else ["odd tag"]
        for name in ("url", "external_url"):
            wrong += _web(item[name], name) if name in item else []
    return wrong


def _once(element: Any, name: str) -> list[str]:
    found = element.findall(name)
    return [] if len(found) == 1 and (found[0].text or "").strip() else [f"{name} is missing, empty or twice"]


def _unique(ids: list[Any]) -> list[str]:
    return [] if all(ids) and len(set(ids)) == len(ids) else ["ids are not unique"]


def _links(links: list[Any], *types: str) -> list[str]:
    wrong = [f"relation {link.get('rel')}" for link in links if link.get("rel") not in RELATIONS]
    wrong += [f"type {link.get('type')}" for link in links if link.get("type") not in types]
    relations = [link.get("rel") for link in links]
    wrong += ["a relation twice"] if len(set(relations)) < len(relations) else []
    return wrong + [problem for link in links for problem in _web(link.get("href"), "href")]


def _web(address: Any, what: str) -> list[str]:
    parts = urlsplit(address or "")
    good = parts.scheme in ("http", "https") and parts.hostname and address == address.strip() and " " not in address
    return [] if good else [f"{what} is no absolute web address: {address!r}"]


def _iri(text: str | None) -> list[str]:
    return [] if re.fullmatch(r"(https?://|urn:[a-z0-9][a-z0-9-]{1,31}:)\S+", text or "") else [f"no IRI: {text!r}"]


def _rfc822(text: Any) -> list[str]:
    if not RFC822.fullmatch(text or ""):
        return [f"no RFC 822 date: {text!r}"]
    day = datetime.strptime(text[5:25], "%d %b %Y %H:%M:%S")  # noqa: DTZ007 (only the day of the week is asked)
    return [] if day.strftime("%a") == text[:3] else [f"not that day of the week: {text}"]


def _rfc3339(text: str | None) -> list[str]:
    return [] if RFC3339.fullmatch(text or "") else [f"no RFC 3339 date: {text!r}"]


def _plain(title: str | None) -> list[str]:
    return ["HTML in a title"] if re.search(r"<[a-zA-Z/!?]|&(#x?[0-9a-f]+|[a-z]+);", title or "") else []


def _html(content: str | None) -> list[str]:
    """HTML without anything that acts, loads or leads to a relative address."""
    if not content:
        return ["no content"]
    body: Any = etree.HTML(content)
    wrong = ["<" + str(element.tag) + "> in content" for element in body.iter() if element.tag in UNSAFE]
    for element in body.iter():
        for name, value in element.attrib.items():
            if name.startswith("on") or name == "style":
                wrong.append(f"{name} in content")
            if name in ("href", "src"):
                wrong += _web(value, name)
    return wrong
