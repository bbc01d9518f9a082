"""What a page's history has taught about its noise: differences that go back and forth, places that always change.

Pure, like `diffs.judging.history`, whose `Memory` holds what is learned.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from diffs.language.short_hash import short_hash
from diffs.values import Comparison, Document, Hunk

from .evidence.words import says_something
from .history import Memory

#: A place that changed this often within `VOLATILE_WITHIN` is volatile: no clause is edited three times a fortnight.
VOLATILE_AFTER = 3
VOLATILE_WITHIN = timedelta(days=14)
#: How long a difference that went back and forth is known as flapping. Later, the same edit may be meant.
FLAPPING_FOR = timedelta(days=60)
#: How many flapping differences and places a page's memory holds; the oldest are dropped first.
REMEMBERED = 2_000


def learn_return(memory: Memory, comparison: Comparison, at: datetime) -> Memory:
    """The memory with a difference that has gone back and forth, hunk by hunk."""
    flaps = {name: time for name, time in memory.flaps.items() if _recent(time, at, FLAPPING_FOR)}
    for hunk in filter(says_something, comparison.hunks):
        flaps.pop(_difference(hunk), None)
        flaps[_difference(hunk)] = at.isoformat()
    return replace(memory, flaps=dict(list(flaps.items())[-REMEMBERED:]))


def learn_places(
    memory: Memory, comparison: Comparison, old: Document, at: datetime, bearing: frozenset[int] = frozenset()
) -> Memory:
    """The memory with the places where a text changed, to find those that change at every check.

    `bearing` are the indexes of hunks that state a figure, a date or a duty: a rule may be edited three times a
    fortnight, and that never makes it a counter.
    """
    places = dict(memory.places)
    for number, hunk in enumerate(comparison.hunks):
        if number in bearing or not says_something(hunk):
            continue
        place = _where(hunk, old)
        recent = tuple(time for time in places.pop(place, ()) if _recent(time, at, VOLATILE_WITHIN))
        places[place] = (*recent, at.isoformat())[-VOLATILE_AFTER:]
    return replace(memory, places=dict(list(places.items())[-REMEMBERED:]))


def without_noise(
    memory: Memory, comparison: Comparison, old: Document, at: datetime, bearing: frozenset[int] = frozenset()
) -> Comparison:
    """The comparison without flapping differences and volatile places; `bearing` is as in `learn_places`."""
    hunks = tuple(
        hunk
        for number, hunk in enumerate(comparison.hunks)
        if not _has_flapped(memory, hunk, at) and (number in bearing or not _is_volatile(memory, hunk, old, at))
    )
    return replace(comparison, hunks=hunks)


def _has_flapped(memory: Memory, hunk: Hunk, at: datetime) -> bool:
    flapped = memory.flaps.get(_difference(hunk), "")
    return bool(flapped) and _recent(flapped, at, FLAPPING_FOR)


def _is_volatile(memory: Memory, hunk: Hunk, old: Document, at: datetime) -> bool:
    return _is_restless(memory.places.get(_where(hunk, old), ()), at)


def _is_restless(times: tuple[str, ...], at: datetime) -> bool:
    # Asked at every check of every place known: most differed too seldom, whenever that was.
    if len(times) < VOLATILE_AFTER:
        return False
    return sum(_recent(time, at, VOLATILE_WITHIN) for time in times) >= VOLATILE_AFTER


def _recent(time: str, at: datetime, span: timedelta) -> bool:
    return at - datetime.fromisoformat(time) <= span


def marks(comparison: Comparison, old: Document) -> tuple[str, ...]:
    """An identifier for each hunk that says something: where it is and what differs there."""
    return tuple(mark(hunk, old) for hunk in comparison.hunks if says_something(hunk))


def confirmed(comparison: Comparison, old: Document, seen_twice: tuple[str, ...]) -> Comparison:
    """Only the hunks that two checks showed."""
    return replace(comparison, hunks=tuple(hunk for hunk in comparison.hunks if mark(hunk, old) in seen_twice))


def mark(hunk: Hunk, old: Document) -> str:
    """An identifier for a hunk: where it is and what differs there."""
    return f"{_where(hunk, old)}:{_difference(hunk)}"


def volatile_places(memory: Memory, at: datetime) -> int:
    """How many places of the page are known, at this time, to change at nearly every check."""
    return sum(_is_restless(times, at) for times in memory.places.values())


def _difference(hunk: Hunk) -> str:
    """One name for a difference, the same in either direction."""
    sides = sorted("\n".join(block.compared for block in side) for side in (hunk.before, hunk.after))
    return short_hash("\x00".join(sides))


def _where(hunk: Hunk, old: Document) -> str:
    """The name of a place: the blocks around it, which stay when the text in between changes."""
    end = hunk.old_at + len(hunk.before)
    before = old.blocks[hunk.old_at - 1].compared if hunk.old_at > 0 else "^"
    after = old.blocks[end].compared if end < len(old.blocks) else "$"
    return short_hash(f"{before}\x00{after}")
