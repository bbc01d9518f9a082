"""British and American spelling: the same word written another way."""

import re

from diffs.language.normalise import loose
from diffs.values import Hunk, Op

from .words import changed

#: Each ending or syllable that the two write differently, and one form for both. Short words are left alone: "four".
_FORMS = tuple(
    (re.compile(shape), form)
    for shape, form in (
        (r"(?<=[a-z]{3})is(?=(?:e|es|ed|er|ers|ing|ation|ations)$)", "iz"),
        (r"(?<=[a-z]{2})ys(?=(?:e|es|ed|er|ers|ing)$)", "yz"),
        (r"(?<=[a-z]{2})our", "or"),
        (r"(?<=[a-z][bt])re(?=s?$)", "er"),
        (r"(?<=[a-z]{3}[ei])ll(?=(?:ed|ing|er|ers|or|ors)$)", "l"),
        (r"(?<=licen|defen|offen)c(?=es?$)", "s"),
        (r"(?<=preten)c(?=es?$)", "s"),
        (r"(?<=[a-z]{2})ogue(?=s?$)", "og"),
        (r"(?<=program)me(?=s?$)", ""),
        (r"(?<=fulfi)ll|(?<=enro)ll", "l"),
        (r"(?<=dg)e(?=ments?$)", ""),
    )
)


def same_words(hunk: Hunk, language: str) -> bool:
    """Whether an edit only spells words as the other side of the Atlantic does."""
    if hunk.op is not Op.EDITED or not language.startswith("en"):
        return False
    was, now = (loose(side).split() for side in changed(hunk))
    return bool(was) and len(was) == len(now) and all(map(_is_same, was, now))


def _is_same(one: str, other: str) -> bool:
    return one != other and _form(one) == _form(other)


def _form(word: str) -> str:
    for shape, form in _FORMS:
        word = shape.sub(form, word)
    return word
