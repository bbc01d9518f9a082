"""Answers that begin a sentence: "No, refunds are paid" says the opposite of "No refunds are paid"."""

import re
from functools import cache

from .normalise import fold
from .vocabulary import table

_FIRST = re.compile(r"(?:^|[.?!:|])[\s\"'(]{0,3}(?P<word>[^\W\d_]{1,8})\s?,(?=\s)")


def spoken(text: str) -> tuple[str, ...]:
    """The words for yes and no that begin a sentence and stand before a comma, in order, in lower case."""
    if "," not in text:
        return ()
    found = (hit["word"].casefold() for line in text.split("\n") for hit in _FIRST.finditer(fold(line)))
    return tuple(word for word in found if word in listed())


@cache
def listed() -> frozenset[str]:
    """All words for yes and no, in lower case."""
    return frozenset(table("wording_significance")["answers"])
