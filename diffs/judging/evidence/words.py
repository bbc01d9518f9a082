"""What differs in a place, and whether that states a rule, which outweighs all evidence that it is furniture."""

import re
from functools import cache

from diffs.language.amounts import find
from diffs.language.dates import dates_in
from diffs.language.duties import duties
from diffs.language.vocabulary import plain, table
from diffs.values import Hunk, Op, SpanOp

#: Kinds of amounts that make a line a rule; a bare number may be a counter.
_FIGURES = frozenset(("percent", "money", "duration"))


def says_something(hunk: Hunk) -> bool:
    """Whether words differ: a change of markup or numbering alone says nothing."""
    return hunk.op not in (Op.COSMETIC, Op.RENUMBERED)


def changed(hunk: Hunk) -> tuple[str, str]:
    """The removed words and the added words; all words of blocks that are on one side only."""
    if not hunk.spans:
        return hunk.text_before, hunk.text_after
    gone, come = (
        " ".join(span.text for span in hunk.spans if span.op is op and not span.cosmetic)
        for op in (SpanOp.REMOVED, SpanOp.ADDED)
    )
    return gone, come


def states_rule(text: str, language: str = "") -> bool:
    """Whether a text holds a duty word, a negation, a percentage, an amount of money, a period or a date."""
    return (
        bool(duties(text))
        or negates(text)
        or any(amount.kind in _FIGURES for amount in find(text, language))
        or bool(dates_in(text, language))
    )


def negates(text: str) -> bool:
    """Whether a text contains a negation."""
    return not _negations().isdisjoint(plain(text).lower().replace("'", " '").split())


@cache
def _negations() -> frozenset[str]:
    return frozenset(table("wording_significance")["turns"]["negation"])


def drifts(before: str, after: str) -> bool:
    """Whether a rate moved by less than one hundredth: prices are not written with four decimals."""
    return _moved(before, after, _RATE) < _LITTLE


def wavers(before: str, after: str) -> bool:
    """Whether a figure has decimals, and the last of them moved."""
    return _moved(before, after, _DECIMALS) < _MORE


def _moved(before: str, after: str, shape: re.Pattern[str]) -> float:
    """By what fraction of itself a figure of this shape moved; 1 if its shape changed too."""
    if not (shape.fullmatch(before) and shape.fullmatch(after)):
        return 1.0
    was, now = (float(text.replace(",", ".")) for text in (before, after))
    return abs(now - was) / was if was else 1.0


_RATE, _DECIMALS = re.compile(r"\d{1,5}[.,]\d{4,9}"), re.compile(r"\d{1,5}[.,]\d{2,9}")
_LITTLE, _MORE = 0.01, 0.03
