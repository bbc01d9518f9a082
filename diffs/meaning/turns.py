"""What reverses a sentence without changing its subject: duty, negation, condition, quantity, answer, time of day.

One small word decides whether a seller may, must or must not. So these are read by grammar, from function words, which
are few in every language and the same in every policy.
"""

import re
from collections import Counter
from functools import cache, lru_cache

from diffs.language.answers import listed, spoken
from diffs.language.duties import duties
from diffs.language.normalise import MARKS, fold, marked
from diffs.language.vocabulary import plain, table, words

# How strongly a duty word binds; a step between kinds of equal strength is no turn.
_FORCE = {"must_not": -2, "should_not": -1, "may": 0, "should": 1, "must": 2, "discretion": 3}
_WORD = re.compile(r"[^\W\d_]+")
#: What separates an answer from other text (cells, a colon, a question), and what is not part of it.
_BORDERS, _AROUND = re.compile(r"[|:?？：]"), " .,;!。()[]"
_CLOCK = re.compile(
    r"(?<![\d.:])\d{1,2}(?:[.:h]\d\d)?\s?(?:[ap]\.?\s?m\b|uhr\b|h\b|o'clock|時)|(?<![\d.:])\d{1,2}[:h][0-5]\d(?![\d:])"
    r"|\b(?:noon|midnight|mittags?|mitternacht|midi|minuit|mezzogiorno|mezzanotte|mediodía|medianoche)\b",
    re.IGNORECASE,
)
#: A sign that changes the meaning of the figure beside it: "+2", "-5", "18+", "≠ 20".
#: A plus may also follow the unit: "18 months +".
_SIGN = re.compile(
    r"(?<![^\s(])(?:-|[+<>≤≥=≠±]\s?)(?=[\d$€£])|(?<=\d)\+(?!\s?\d)|(?<=\d)\s?[^\W\d]{1,12}\s?(\+)(?!\s?\d)"
)
_SIGNS = re.compile(f"[{MARKS}]")
_NOT = re.compile(r"n['’]t\b|(?<=\bcan)not\b", re.IGNORECASE)


@lru_cache(maxsize=8192)
def turns(before: str, after: str) -> frozenset[str]:
    """How a reworded sentence was turned round; empty if it was not.

    Any of "duty", "negation", "condition", "quantity", "answer" (yes and no, tick and cross), "clock" (a time of day),
    "sign" (plus and minus beside a figure). A sentence on one side only ("" on the other) was not turned.
    """
    if not (before and after):
        return frozenset()
    was, now = _words(before), _words(after)
    found = {name for name in ("negation", "condition") if _count(was, name) != _count(now, name)}
    # Leaving out "all" says little; putting "some" in its place says much.
    if all(_count(was, name) != _count(now, name) for name in ("whole", "part")):
        found.add("quantity")
    if forces(before) != forces(after):
        found.add("duty")
    if answers(before) != answers(after) or spoken(before) != spoken(after):
        found.add("answer")
    for name, pattern in (("clock", _CLOCK), ("sign", _SIGN)):
        if _found(pattern, before) != _found(pattern, after):
            found.add(name)
    return frozenset(found)


def answers(text: str) -> tuple[str, ...]:
    """The separate answers in a text and its signs for yes and no, in order."""
    plainly = marked(fold(text))
    stated = (part.strip(_AROUND).casefold() for part in _BORDERS.split(plainly))
    return (*(part for part in stated if part in listed()), *_SIGNS.findall(plainly))


def is_answer(text: str) -> bool:
    """Whether a text is only an answer: "Yes.", "✗"."""
    return len(answers(text)) == 1 and len(text.split()) <= _ANSWER_WORDS


_ANSWER_WORDS = 2


def binds(headings: str) -> bool:
    """Whether headings make a rule of each entry below them: "Prohibited items", "Restricted products"."""
    return bool(forces(headings)) or words("wording_significance", "restricting").found_in(plain(headings))


def _found(pattern: re.Pattern[str], text: str) -> list[str]:
    return ["".join((hit[hit.lastindex or 0]).lower().split()) for hit in pattern.finditer(fold(text))]


def _words(sentence: str) -> Counter[str]:
    return Counter(_WORD.findall(_NOT.sub(" not", plain(sentence)).lower()))


def _count(words: Counter[str], name: str) -> int:
    return sum(words[word] for word in _listed(name))


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(table("wording_significance")["turns"][name])


def forces(sentence: str) -> tuple[int, ...]:
    """How strongly the duty words of a text bind, from forbidding (below 0) to a duty (above)."""
    return tuple(sorted(_FORCE[duty.kind] for duty in duties(sentence)))
