"""Texts that pass: shown for some hours and taken back within a day. Pure.

A part that was not loaded, a banner for an hour, the edition for another country: no rule came into force by it. So a
new text waits for a further check: in a live crawl always for a second one, in recorded history as long as another one
follows within a day. It counts if anything that it changed is still other than before.

A text that came and went again and again is one of two that the site shows in turn: it is known from then on, like any
former text. A site that brings out a new text shows the old one in turn for hours, until all its servers have it.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from diffs.values import Comparison, Document, Hunk

from . import learned
from .evidence.words import says_something
from .history import Memory, without_held

#: How long recorded history waits for a second check: no change may be reported later than a day after it was shown.
WAITS = timedelta(days=1)
#: Over how long a text must come and go to be one of two in turn: our choice, longer than a site takes to be renewed.
IN_TURN = timedelta(days=2)
#: How many texts that were taken back are remembered of a page; the oldest make room.
REMEMBERED = 50


def waits(first: datetime, now: datetime, following: datetime | None) -> bool:
    """Whether a text first shown at `first` can wait, now, for the check `following` (UTC; None if there is none).

    A page that is checked once a day does not wait at all.
    """
    if following is None:
        return False
    return following - first < WAITS or (now > first and following - first == WAITS)


def is_taken_back(held: Comparison, now: Comparison, seen: tuple[str, ...], old: Document) -> bool:
    """Whether each place where a waiting text differed is as it was before, and nothing new of it is anywhere else.

    `held` and `now` compare the text before (`old`) with the waiting one and with the one shown now; `seen` are the
    marks of what would have been reported. Where something else is in the place now, the text was edited, not taken
    back, and so it is where a mark is not found.
    """
    if not any(map(says_something, now.hunks)):
        return True
    waiting = [hunk for hunk in held.hunks if learned.mark(hunk, old) in seen]
    if len({learned.mark(hunk, old) for hunk in waiting}) < len(set(seen)):
        return False
    if _added(waiting) & _added(now.hunks):
        return False  # a new section that was moved is still new
    return not any(_touches(one, other) for one in waiting for other in now.hunks)


def _added(hunks: Iterable[Hunk]) -> frozenset[str]:
    """The blocks that are only on the later side of hunks that say something."""
    telling = [hunk for hunk in hunks if says_something(hunk)]
    before = {block.compared for hunk in telling for block in hunk.before}
    return frozenset(block.compared for hunk in telling for block in hunk.after) - before


def _touches(one: Hunk, other: Hunk) -> bool:
    """Whether two hunks concern the same blocks of the old text, or ones next to each other."""
    return one.old_at <= other.old_at + len(other.before) and other.old_at <= one.old_at + len(one.before)


def taken_back(memory: Memory, at: datetime) -> Memory:
    """The memory after the text that waited was taken back at a check (UTC)."""
    passed = dict(memory.passed)
    first = passed.pop(memory.held, ())[:1]
    passed[memory.held] = (*first, at.isoformat())
    return replace(without_held(memory), passed=dict(list(passed.items())[-REMEMBERED:]))


def is_in_turn(memory: Memory, text: str) -> bool:
    """Whether a text was taken back again and again, over days."""
    first, last = (*memory.passed.get(text, ()), "", "")[:2]
    return bool(last) and datetime.fromisoformat(last) - datetime.fromisoformat(first) >= IN_TURN
