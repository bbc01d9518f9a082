"""What speaks for and against a line at a page's edge being furniture: shares from 0 to 1 that need no vocabulary."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from diffs.values import Comparison, Document

from .known import Known
from .places import Place, places
from .zones import is_link

#: A row of so many links may be a shelf; one that is shorter is a pointer.
_SHELF = 3
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Step:
    """Both texts, the places in which they differ, and what is known of the page."""

    places: tuple[Place, ...]
    old: Document
    new: Document
    known: Known


def step_of(comparison: Comparison, old: Document, new: Document, known: Known) -> Step:
    """A step from one text to the next."""
    return Step(tuple(places(comparison)), old, new, known)


def signs(place: Place, step: Step) -> dict[str, float]:
    """The signs of a place, by their names in data/judge.toml."""
    blocks = (*place.before, *place.after)
    words = _WORD.findall(place.words.casefold())
    exchanged = _exchanged(place, step.old, step.new)
    return {
        "linked": _share(map(is_link, blocks)),
        "exchanged": exchanged,
        "foreign": _foreign(place, words, step),
        "comes": float(not exchanged and not (place.before and place.after)),
    }


def _share(found: Iterable[bool]) -> float:
    said = list(found)
    return sum(said) / len(said) if said else 0.0


def _exchanged(place: Place, old: Document, new: Document) -> float:
    """Which part of the row of links that a place is in was exchanged: a shelf is filled anew, an index gains one."""
    was, now = (Counter(_row(page, side)) for page, side in ((old, place.old_range), (new, place.new_range)))
    if min(was.total(), now.total()) < _SHELF:
        return 0.0
    return min((was - now).total(), (now - was).total()) / max(was.total(), now.total())


def _row(document: Document, side: range) -> Iterator[str]:
    blocks, start, stop = document.blocks, side.start, side.stop
    while start and is_link(blocks[start - 1]):
        start -= 1
    while stop < len(blocks) and is_link(blocks[stop]):
        stop += 1
    return (block.compared for block in blocks[start:stop] if is_link(block))


def _foreign(place: Place, words: list[str], step: Step) -> float:
    """Which part of the words stands nowhere else on the page: a policy is edited in its own words."""
    if not words:
        return 0.0
    own = _vocabulary(step.new) if place.after else _vocabulary(step.old)
    here = Counter(
        word for block in (place.after or place.before) for word in set(_WORD.findall(block.shown.casefold()))
    )
    return sum(own[word] <= here[word] for word in words) / len(words)


@lru_cache(maxsize=4)
def _vocabulary(document: Document) -> Counter[str]:
    return Counter(word for block in document.blocks for word in set(_WORD.findall(block.shown.casefold())))
