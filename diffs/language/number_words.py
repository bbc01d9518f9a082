"""Numbers as words in many languages: "two hundred", "fünfundneunzig", "noventa y cinco", "half"."""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from .alternatives import small
from .vocabulary import table

_WORD = re.compile(r"[^\W\d_]+|[½¼]")


@dataclass(frozen=True, slots=True)
class Spelled:
    """A number, or a part of one ("half", `is_part`), and where a text writes it as words."""

    value: float
    start: int
    end: int
    is_part: bool = False


def spelled_numbers(text: str) -> tuple[Spelled, ...]:
    """The numbers and parts that a plain text writes as words, in order, the longest at each place, none in another.

    Many are none: "on" is ten in Turkish. The words around must say that a number is meant.
    """
    letters, phrases = small(text), _by_first_word()
    words = list(_WORD.finditer(letters))
    if phrases.keys().isdisjoint([word.group() for word in words]):
        return ()
    found: list[Spelled] = []
    end = 0
    for word in words:
        start = word.start()
        for phrase, value, is_part in phrases.get(word.group(), ()) if start >= end else ():
            if letters.startswith(phrase, start) and not letters[start + len(phrase) :][:1].isalpha():
                end = start + len(phrase)
                found.append(Spelled(value, start, end, is_part))
                break
    return tuple(found)


def has_number(text: str) -> bool:
    """Whether a plain text may hold a number at all, in digits or words: a cheap check, which most sentences fail."""
    return _DIGIT.search(text) is not None or not _first_words().isdisjoint(_WORD.findall(small(text)))


_DIGIT = re.compile(r"\d|[百千]")


@cache
def _first_words() -> frozenset[str]:
    counted = (word.split("-")[0] for group in table("wording_amounts")["numbers"].values() for word in group)
    return frozenset((*_by_first_word(), *counted))


@cache
def _by_first_word() -> dict[str, list[tuple[str, float, bool]]]:
    """Each phrase for a number and its value by its first word, the longest first."""
    listed = table("number_words")
    named = [
        (one, float(value), False)
        for group in listed["numbers"].values()
        for value, forms in group.items()
        for one in forms
    ]
    named += [(one, float(value), True) for value, forms in listed["fractions"].items() for one in forms]
    phrases: dict[str, list[tuple[str, float, bool]]] = defaultdict(list)
    for phrase, value, is_part in sorted(named, key=lambda one: -len(one[0])):
        phrases[_WORD.match(phrase).group()].append((phrase, value, is_part))  # type: ignore[union-attr]
    return dict(phrases)
