"""The text of a capture, extracted and without noise, and which kinds of noise it had."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from diffs.errors import ExtractionError
from diffs.language.short_hash import short_hash
from diffs.values import Capture, Document, Extraction, Selection

from . import boilerplate, extract
from .elements.copies import read_beside, read_once
from .links import cited
from .repair import mend


@dataclass(frozen=True, slots=True)
class Reading:
    """A capture's text: as extracted, and as policy text without noise.

    `extraction` is None if the bytes could not be read at all; then `document` is empty.
    """

    extraction: Extraction | None
    document: Document
    title: str = ""
    updated: str = ""
    traces: Mapping[str, str] = field(default_factory=dict)


#: What a difference in each trace means, for the owner. Other traces have the name of the rule that removed a block.
_TRACES = {
    "shown": "spaces, quotes or dashes",
    "markers": "numbering or list marks",
    "structure": "headings, lists or paragraphs",
    "links": "link targets",
    "scope": "the line that names the country",
    "sign_in": "a sign-in line",
    "feedback": "the feedback box",
    "navigation": "navigation",
    "cookies": "a cookie notice",
    "counters": "a counter",
    "tokens": "a one-time token",
    "copyright": "the copyright line",
}


def extraction_of(capture: Capture, selection: Selection) -> Extraction | None:
    """What a selection extracts from a capture; None if the bytes cannot be read at all."""
    try:
        return extract.extract(capture, selection)
    except ExtractionError:
        return None


@lru_cache(maxsize=8)  # consecutive checks mostly return the same container in another page around it
def clean(extraction: Extraction | None) -> Reading:
    """An extraction without its noise."""
    if extraction is None:
        return Reading(None, Document(title="", blocks=()))
    # The furniture at the ends of a copy is at the page's ends only if there is one copy.
    cleaned = boilerplate.clean(read_once(extraction.document))
    is_feed = extraction.container == "feed"  # its entries come and go
    return Reading(
        extraction,
        replace(cleaned.document, cited=() if is_feed else cited(cleaned.document.blocks)),
        title=extraction.title,
        updated=cleaned.updated,
        traces=_traces(cleaned.document) | _removed(cleaned),
    )


def mended(found: Reading, known: Document) -> Reading:
    """The reading corrected by `known`, the last good text: damaged places as there, and no second copy of it."""
    document = mend(read_beside(found.document, known), known)
    if document is found.document:
        return found
    return replace(found, document=document, traces=dict(found.traces) | _traces(document))


def _traces(document: Document) -> dict[str, str]:
    """A short hash of everything that may vary while the policy text stays the same, by kind."""
    blocks = document.blocks
    return {
        "shown": _short("\n".join(block.shown for block in blocks)),
        "markers": _short("\n".join(block.marker for block in blocks)),
        "structure": _short("\n".join(f"{block.kind}{block.level}" for block in blocks)),
        "links": _short("\n".join(link for block in blocks for link in block.links)),
    }


def _removed(cleaned: boilerplate.Cleaned) -> dict[str, str]:
    """The same for removed blocks, by the rule that removed them."""
    removed: dict[str, list[str]] = {}
    for block, rule in cleaned.removed:
        removed.setdefault(rule, []).append(block.shown)
    return {rule: _short("\n".join(texts)) for rule, texts in removed.items()}


def _short(text: str) -> str:
    return short_hash(text, 8)


def varied(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """What differs between two fetches with the same policy text, in words."""
    kinds = [kind for kind in dict.fromkeys([*before, *after]) if before.get(kind) != after.get(kind)]
    if not kinds:
        return "only markup, scripts, tokens or link parameters changed"
    named = [_TRACES.get(kind, kind.replace("-", " ").replace("_", " ")) for kind in kinds]
    return f"only {', '.join(named)} changed"
