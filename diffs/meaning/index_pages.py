"""Pages that an index lists: adding or removing one is news, however the links are ordered, grouped or titled.

The addresses that an index links to become part of the text that is compared, so that history, confirmation and noise
rules apply to them as they do to words. Which pages were added and removed is read from the two documents.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from diffs.language.normalise import tidy
from diffs.language.plain_text import shorten
from diffs.language.vocabulary import table
from diffs.reading.links import link_key
from diffs.values import Block, Comparison, Document, Fact, Hunk, Judgement, Outcome, Verdict

#: At most this share of the listed pages disappears at once: an index that lost more was not read completely.
MAY_VANISH = 0.5
#: A longer title is a sentence with a link in it; only its beginning is shown.
_TITLE = 160


@dataclass(frozen=True, slots=True)
class Listed:
    """A page that an index links to: its key (`link_key`), the words of the link, and its place on the index."""

    key: str
    title: str
    section: str = ""


def listed(document: Document, url: str) -> dict[str, Listed]:
    """The pages that an index at `url` links to, by key, in reading order.

    An index of help pages lists help pages; any other lists the pages of its own host. Its own address never counts.
    """
    found: dict[str, Listed] = {}
    for block in document.blocks:
        keys = _keys(block, url)
        for key in keys:
            # A line that consists of the link alone names the page better than a sentence that mentions it.
            if key not in found or (len(keys) == 1 and len(block.shown) < len(found[key].title)):
                found[key] = Listed(key, shorten(tidy(block.shown), _TITLE) or key, block.place)
    return found


def as_index(document: Document, url: str) -> Document:
    """The document of an index page, with the link targets of every line added to the text that is compared."""
    return replace(document, blocks=tuple(_with_keys(block, url) for block in document.blocks), cited=())


def facts(comparison: Comparison, old: Document, new: Document, url: str) -> tuple[Fact, ...]:
    """Facts `page_listed` and `page_unlisted` for each page added or removed, on the hunk that shows it.

    The value is the page's address, the sentence is the words of its link. A page that no hunk shows is left out: its
    line is known to be noise.
    """
    was, now = listed(old, url), listed(new, url)
    found = []
    for kind, here, there, side in (("page_listed", now, was, "after"), ("page_unlisted", was, now, "before")):
        for key, entry in here.items():
            at = next((at for at, hunk in enumerate(comparison.hunks) if _shows(hunk, side, key, url)), -1)
            if key in there or at < 0:
                continue
            address, is_new = address_of(key, url), kind == "page_listed"
            values = ("", address, "", entry.title) if is_new else (address, "", entry.title, "")
            found.append(Fact(kind, *values, entry.section, at))
    return tuple(found)


def judged(judgement: Judgement, found: tuple[Fact, ...]) -> Judgement:
    """The judgement of an index's change: added or removed pages are material, whatever words changed."""
    came = sum(fact.kind == "page_listed" for fact in found)
    went = sum(fact.kind == "page_unlisted" for fact in found)
    if not came + went:
        return judgement
    reasons = [f"{_pages(came)} listed for the first time"] if came else []
    reasons += [f"{_pages(went)} no longer listed"] if went else []
    importance = judgement.importance if judgement.importance == "high" else "medium"
    told = judgement.reasons if judgement.significance == "material" else ()
    return replace(judgement, significance="material", importance=importance, reasons=(*reasons, *told)[:6])


def cut_short(old: Document, new: Document, url: str) -> Verdict | None:
    """A verdict that the index was not read completely, if most of its pages are missing at once; else None."""
    was, now = listed(old, url), listed(new, url)
    lost = [key for key in was if key not in now]
    if len(lost) <= MAY_VANISH * len(was):
        return None
    why = f"{len(lost)} of the {len(was)} pages that this index listed were missing at once."
    return Verdict(Outcome.TRUNCATED, "lost-links", why)


def address_of(key: str, url: str) -> str:
    """The address of a listed page, in the language that the index at `url` is read in."""
    if not key.startswith("help:"):
        return key
    host, topic = key.removeprefix("help:").rsplit("/", 1)
    rule = next((rule for rule in table("links")["help"] if re.search(rule["host"], host)), None)
    locale = re.search(r"[?&]locale=([A-Za-z]{2,3}[-_][A-Za-z0-9]{2,8})(?:&|$)", url)
    address = rule["address"].format(host=host, id=topic) if rule else f"https://{host}/{topic}"
    return f"{address}?locale={locale[1]}" if locale else address


def _keys(block: Block, url: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_counted(block.links, url)))


def _counted(links: tuple[str, ...], url: str) -> Iterator[str]:
    own = link_key(url)
    for link in links:
        key = link.split("#", 1)[0]
        if key == own.split("#", 1)[0]:
            continue
        if own.startswith("help:"):
            if key.startswith("help:"):
                yield key
        elif key.startswith("http") and urlsplit(key).netloc == urlsplit(own).netloc:
            yield key


def _with_keys(block: Block, url: str) -> Block:
    keys = _keys(block, url)
    return replace(block, compared=" ".join((block.compared, *keys))) if keys else block


def _shows(hunk: Hunk, side: str, key: str, url: str) -> bool:
    return any(key in _keys(block, url) for block in getattr(hunk, side))


def _pages(count: int) -> str:
    return "a page is" if count == 1 else f"{count} pages are"
