"""Which headings and labels have no subject of their own ("Requirements", "New sellers"), and which name a case."""

import re
from functools import lru_cache

from diffs.language.vocabulary import plain, words
from diffs.targets.limits.comparators import has_cue, speaks_of_breach
from diffs.targets.metrics.concepts import concepts, takes_sales

from .audience import audience_above

_WORD = re.compile(r"[^\W\d_]{4,}")


@lru_cache(maxsize=1024)
def is_passed_over(heading: str) -> bool:
    """Whether what stands below a heading may still be about the metric of a heading above it."""
    flat = plain(heading)
    if not _WORD.search(flat) or has_cue(flat) or speaks_of_breach(flat) or audience_above(flat):
        return True
    return words("wording_targets", "cues", "part").found_in(flat)


def names_a_case(label: str) -> bool:
    """Whether a label says of what it speaks only when something is so: "Return after 30 days", "Cancelled late".

    A metric's label is its name alone: "Cancellations", "Orders cancelled by the seller".
    """
    flat = _BRACKETS.sub("", plain(label))
    about = concepts(flat)
    rest = (
        word.group()
        for word in _WORD.finditer(flat)
        if not any(one.start < word.end() and word.start() < one.end for one in about)
    )
    return any(not (is_passed_over(word) or takes_sales(word)) for word in rest)


_BRACKETS = re.compile(r"\([^()]{0,60}\)")
