"""Whether a saved file belongs to the page it is imported for."""

import re

from diffs.language.plain_text import in_short
from diffs.reading.links import link_key
from diffs.values import Document

from . import similarity

#: The share of a text that is found in the known one if both are the same page, whatever they are called.
_MOSTLY = 0.5
#: Where a saved page says where it is from: a browser's or SingleFile's note, or the page's own permanent address.
_SAVED_FROM = (
    re.compile(rb"<!--\s{0,9}saved from url=\(\d{1,6}\)(\S{1,2000})", re.IGNORECASE),
    re.compile(rb"Page saved with SingleFile\s{1,9}url:\s{0,9}(\S{1,2000})", re.IGNORECASE),
    re.compile(
        rb"<link\b[^<>]{0,300}\brel=[\"']?canonical[\"']?[^<>]{0,300}\bhref=[\"']([^\"'<>]{1,2000})", re.IGNORECASE
    ),
    re.compile(
        rb"<link\b[^<>]{0,300}\bhref=[\"']([^\"'<>]{1,2000})[\"'][^<>]{0,300}\brel=[\"']?canonical", re.IGNORECASE
    ),
)
#: Such a note is at the beginning of a file (bytes).
_BEGINNING = 200_000


def saved_from(body: bytes) -> str:
    """The address that a saved page gives as its own, "" if it gives none."""
    beginning = body[:_BEGINNING]
    found = next((match[1] for pattern in _SAVED_FROM if (match := pattern.search(beginning))), b"")
    return found.decode("utf-8", "replace")


def why_not(document: Document, address: str, *, title: str, url: str, known: Document | None) -> str:
    """Why the file seems to be another page than the one meant, as a clause; "" if it may well be that page.

    `address` is what the file gives as its own, `title` and `url` are the page's, `known` is its newest text. One
    good sign is enough: the same address, a title that the page is known by, or mostly the same text.
    """
    if address and _is_same(link_key(address), link_key(url)):
        return ""
    titles = [name for name in (title, known.title if known else "") if name]
    if any(similarity.bears(document, name) for name in titles):
        return ""
    if known is not None and similarity.shared(document, known) >= _MOSTLY:
        return ""
    if not titles or not document.title:
        return f"it says that it was saved from {in_short(address, 120)}" if address else ""
    if known is None and not address and similarity.names_alike(document, titles[0]):
        return ""
    named = f"it is titled “{in_short(document.title, 80)}”, the page “{in_short(titles[0], 80)}”"
    return f"{named}, and it says that it was saved from {in_short(address, 120)}" if address else named


def _is_same(one: str, other: str) -> bool:
    """Whether two addresses are the same page, with or without "www.", or with the parameters missing from one."""
    one, other = (address.replace("://www.", "://", 1) for address in (one, other))
    if "?" in one and "?" in other:
        return one == other
    return one.partition("?")[0] == other.partition("?")[0]
