"""What a sentence requires, allows or forbids, read from its duty words."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from .alternatives import needed_as_written
from .vocabulary import plain, table

_KINDS = ("must_not", "should_not", "must", "should", "discretion", "may")


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty word: its kind (must, must_not, should, should_not, may, discretion), how it is written, and its place."""

    kind: str
    text: str
    start: int


@lru_cache(maxsize=4096)
def duties(sentence: str) -> tuple[Duty, ...]:
    """The duty words of a sentence in order; "must not" is one word and contains no "must"."""
    flat = _lowered(plain(sentence))
    found: list[Duty] = []
    for kind in _KINDS:
        if not [word for word in _needed(kind) if word in flat]:
            continue
        hits = _words(kind).finditer(flat)
        found += [Duty(kind, sentence[hit.start() : hit.end()], hit.start()) for hit in hits]
        flat = _words(kind).sub(lambda match: "\u2022" * len(match.group()), flat)
    return tuple(sorted(found, key=lambda duty: duty.start))


def _lowered(text: str) -> str:
    """The text in lower case with its length kept (a few letters become two in lower case)."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(one.lower()[:1] for one in text)


@cache
def _needed(kind: str) -> tuple[str, ...]:
    """Words of which every sentence with a duty word of this kind contains one."""
    return tuple(dict.fromkeys(word for one in _listed(kind) for word in needed_as_written(one) or ("",)))


def _listed(kind: str) -> list[str]:
    spaced = (one.replace(" ", r"\s+") for one in table("wording_duty")["words"][kind])
    return [one if "\\" in one or ord(one[0]) >= 0x3000 else one.lower() for one in spaced]


@cache
def _words(kind: str) -> re.Pattern[str]:
    """The pattern for the words of a kind, in lower case: much faster than ignoring case."""
    latin = "|".join(one for one in _listed(kind) if ord(one[0]) < 0x3000)
    others = "".join(f"|{one}" for one in _listed(kind) if ord(one[0]) >= 0x3000)
    return re.compile(rf"(?<![^\W\d_])(?:{latin})(?![^\W\d_]){others}")
