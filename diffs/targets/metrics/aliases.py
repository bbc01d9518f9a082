"""The short names that a page gives its metrics: "Seller-fault cancellation rate (SFCR)"."""

import re
from functools import lru_cache

from diffs.language.vocabulary import plain
from diffs.values import Document

from .concepts import concepts
from .known_metrics import KnownMetric, Mention, mentions

Aliases = tuple[tuple[str, KnownMetric], ...]

_BRACKETED = re.compile(r"\(\s*(?P<short>[A-Z][A-Z0-9-]{1,7})\s*\)")
#: At most so many characters lie between a name and its short form.
_REACH = 60


@lru_cache(maxsize=16)
def aliases_in(document: Document) -> Aliases:
    """The short names in capitals that a document explains next to a metric's name, each with that metric."""
    found: dict[str, KnownMetric] = {}
    for block in document.blocks:
        for match in _BRACKETED.finditer(block.shown) if "(" in block.shown else ():
            metric = _right_before(plain(block.shown[max(0, match.start() - _REACH) : match.start()]))
            if metric:
                found.setdefault(match["short"], metric)
    return tuple(found.items())


def mentioned(text: str, aliases: Aliases) -> tuple[Mention, ...]:
    """The places where a plain text mentions metrics by the page's short names."""
    return tuple(
        Mention(metric, *hit.span())
        for short, metric in aliases
        if short in text
        for hit in re.finditer(rf"(?<![\w-]){re.escape(short)}(?![\w-])", text)
    )


def _right_before(text: str) -> KnownMetric | None:
    named = [mention for mention in mentions(text) if len(text.rstrip()) - mention.end <= 1]
    if not named and re.search(
        r"(?:rate|ratio|score|percentage|quote|taux|tasso|tasa|taxa|率)\s*$", text, re.IGNORECASE
    ):
        named = list(concepts(text))
    return named[-1].metric if named else None
