"""Which pairs of figures are one that moved: both count the same thing and number no house, law or clause."""

import re
from functools import cache

from diffs.language.normalise import loose
from diffs.language.vocabulary import plain, table
from diffs.values import Fact

#: So many letters on either side of a figure say what it means.
_NEAR = 34
_WORD = re.compile(r"[^\W\d_]{3,}")
#: "12 (Indemnity)" is the number of a clause, "30 (thirty) days" is none.
_CLAUSE = re.compile(r"\s?\([A-ZÀ-Þ]")
_ORDINAL = re.compile(r"(?:st|nd|rd|th|e|er|ème|º|ª)\b", re.IGNORECASE)
_NUMBERED = re.compile(
    r"(?:n[°ºo]\.?|no\.|nr\.|#|§|art(?:icle|ikel|\.)?|section|clause|version|v\.?)\s*(?:\d+[./-])*$", re.IGNORECASE
)


def is_step(fact: Fact) -> bool:
    """Whether the two figures of a fact are one figure that moved."""
    if not (fact.before and fact.after) or loose(fact.before) == loose(fact.after):
        return False
    was, now = _around(fact.sentence_before, fact.before), _around(fact.sentence_after, fact.after)
    if was is None or now is None or any(_names_somebody(side) for side in (was, now)):
        return False
    if fact.kind == "count" and any(_CLAUSE.match(behind) for _, behind in (was, now)):
        return False
    if fact.kind == "date":
        return not any(_is_of_a_law(*side) for side in (was, now))
    words = [{word.lower() for part in side for word in _WORD.findall(part)} for side in (was, now)]
    return bool(words[0] & words[1]) or not (words[0] and words[1])


def _around(sentence: str, value: str) -> tuple[str, str] | None:
    """The letters before and after a value in its sentence; None if it is not there."""
    flat = plain(sentence)
    at = flat.find(plain(value))
    if at < 0:
        return None
    end = at + len(value)
    return flat[max(0, at - _NEAR) : at], flat[end : end + _NEAR]


def _names_somebody(side: tuple[str, str]) -> bool:
    before, behind = side
    return bool(
        _ORDINAL.match(behind)
        or _NUMBERED.search(before)
        or _identifies().search(before)
        or _identifies().match(behind.lstrip())
    )


def _is_of_a_law(before: str, behind: str) -> bool:
    return bool(_law().search(before) or _law().search(behind[:12]))


@cache
def _identifies() -> re.Pattern[str]:
    return _listed("no_figure")


@cache
def _law() -> re.Pattern[str]:
    return _listed("laws")


def _listed(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(table('wording_clauses')[name])})(?!\w)", re.IGNORECASE)
