"""Places that are other at check after check: no policy is written anew each day.

A place is known by what is around it: the lines before and after it, or, where a section holds nothing but short lines,
by that section's heading. At a page's edge (above its first sentence, below its last) the second difference in a row is
habit; inside the text the third; where a line only grows or shrinks, two more. Duties, bans and negations are never
habit, nor is a figure or a date inside the text that does not move with the clock.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import zip_longest

from diffs.language.amounts import find
from diffs.language.dates import dates_in, is_update_stamp
from diffs.language.duties import duties
from diffs.language.normalise import loose
from diffs.values import Block, BlockKind, Document, Op

from . import clock
from .known import Known
from .places import Place
from .words import changed, negates, states_rule, wavers
from .zones import is_link, is_prose, zones

#: So many differences in a row make a habit: at a page's edge, inside its text, and how many more where a rule may be.
_AT_EDGE, _INSIDE, _FURTHER = 1, 2, 2
#: On what share of the days on which the page was checked it must have differed, and how far back that counts.
_MOST, _WITHIN = 0.5, timedelta(days=60)
#: What a habit can hold at most; anything longer is a clause.
_MOST_BLOCKS, _MOST_WORDS = 12, 60
#: How many lines make a shelf, how many of them where all are links.
_SHELF, _LINKS = 2, 3
#: What is said of a place inside the text.
_DIFFERS = "a place whose text differs at most checks"
#: What the names of places begin with.
KINDS = _BETWEEN, _SHELF_OF = ("between:", "shelf:")


def names(place: Place, old: Document) -> Iterator[str]:
    """The names under which the differences of a place are remembered; none for one that is too long for a habit."""
    sides = (place.before, place.after)
    if any(len(side) > _MOST_BLOCKS or sum(block.words for block in side) > _MOST_WORDS for side in sides):
        return
    start, stop = place.old_range.start, place.old_range.stop
    above = old.blocks[start - 1].compared if start else "^"
    below = old.blocks[stop].compared if stop < len(old.blocks) else "$"
    yield f"{_BETWEEN}{above}\x00{below}"
    shelf = _shelf(old, place.old_range)
    if shelf:
        yield f"{_SHELF_OF}{shelf}"


def evidence(
    place: Place, runs: Iterable[tuple[str, ...]], old: Document, new: Document, known: Known
) -> Iterator[str]:
    """Why a difference is one of a row; nothing where it is not.

    `runs` are names in `known.slots`: of each, one at least must have differed in a row.
    """
    if _binds(place):
        return
    is_outside, is_rule = is_edge(place, old, new), _may_be_rule(place, new, known)
    if is_rule and not is_outside:
        if _is_measured(place) and all(any(is_habit(name, _INSIDE, known) for name in names) for names in runs):
            yield "a figure in a table, beside the same words, that differs at most checks"
        return  # any other rule may be edited every day
    need = _AT_EDGE if is_outside else _INSIDE
    if is_rule or _only_grows(place) or _is_stamp(place, new):
        need += _FURTHER
    if all(any(is_habit(name, need, known) for name in names) for names in runs):
        yield "a line outside of the text that differs at most checks" if is_outside else _DIFFERS


def _is_measured(place: Place) -> bool:
    """Whether a place is a row of a table that binds nobody, in which one figure became another: a waiting time.

    Money and limits ("under 4%") are set, not measured.
    """
    rows = [*place.before, *place.after]
    if any(block.kind is not BlockKind.ROW or duties(block.shown) or negates(block.shown) for block in rows):
        return False
    figures = [[amount for amount in find(block.shown) if amount.kind in _FIGURES] for block in rows]
    return len(rows) == 2 and all(figures) and not any(_SET.search(block.shown) for block in rows)


#: What is not measured but set: an amount of money, the signs and words of a limit.
_SET = re.compile(r"[$€£¥₹<>≤≥]|\b(?:under|over|below|above|within|least|most|max|min|up to|fee)", re.IGNORECASE)
_FIGURES = ("duration", "percent", "count")


def is_habit(name: str, need: int, known: Known) -> bool:
    """Whether a slot differed so often lately, and at most of the checks since."""
    moments = map(datetime.fromisoformat, known.slots.get(name, ()))
    recent = [moment for moment in moments if known.times.now - moment <= _WITHIN]
    return any(_MOST * known.days_since(recent[-often]) <= often for often in range(need, len(recent) + 1))


def _binds(place: Place) -> bool:
    """Whether the words that differ hold a duty, a ban or a negation."""
    return bool(duties(place.words)) or negates(place.words)


def _differing(was: str, now: str) -> list[str]:
    """The words that one of two lines has more often than the other, without rates that moved little."""
    sides = [Counter(loose(side).split()) for side in (was, now)]
    gone, come = (sides[0] - sides[1]).elements(), (sides[1] - sides[0]).elements()
    pairs = [pair for pair in zip_longest(gone, come, fillvalue="") if not wavers(*pair)]
    return [word for pair in pairs for word in pair]


def _only_grows(place: Place) -> bool:
    """Whether words were only added to a line, or only removed: habit puts one thing in the place of another."""
    edited = [hunk for hunk in place.hunks if hunk.op is Op.EDITED]
    return any(not all(changed(hunk)) for hunk in edited)


def _is_stamp(place: Place, new: Document) -> bool:
    """Whether a line says when the policy was updated: a policy may be edited two days in a row."""
    said = (block.shown for block in place.after)
    return any(is_update_stamp(line, dated) for line in said for dated in dates_in(line, new.language))


def _may_be_rule(place: Place, new: Document, known: Known) -> bool:
    """Whether a figure or date differs that does not move with the clock alone."""
    if len(place.before) == len(place.after) == 1:
        was, now = place.before[0].shown, place.after[0].shown
        rest = clock.without_clock(was, now, known.times, new.language)
        if rest != (was, now):
            return states_rule(" ".join(_differing(*rest)), new.language)
    return not known.stating.isdisjoint(place.numbers) or states_rule(place.words, new.language)


def is_edge(place: Place, old: Document, new: Document) -> bool:
    """Whether a place is above a page's first running text, before and after, or below its last."""
    sides = ((zones(old), place.old_range), (zones(new), place.new_range))
    return any(all(getattr(zone, name).issuperset(where) for zone, where in sides) for name in ("edge", "tail"))


def _shelf(document: Document, where: range) -> str:
    """What a place's group of short lines stands under: a section's heading, or the line before a list of links.

    "" for a place in a text.
    """
    blocks = document.blocks
    start, stop = _group(blocks, where, lambda block: block.kind is not BlockKind.HEADING)
    if start and stop - start >= _SHELF and not any(map(is_prose, blocks[start:stop])):
        return blocks[start - 1].compared
    start, stop = _group(blocks, where, is_link)
    return f"links {blocks[start - 1].compared}" if start and stop - start >= _LINKS else ""


def _group(blocks: tuple[Block, ...], where: range, is_in: Callable[[Block], bool]) -> tuple[int, int]:
    """From where to where the blocks around a place are of one sort."""
    start, stop = where.start, where.stop
    if not all(map(is_in, blocks[start:stop])):
        return start, start
    while start and is_in(blocks[start - 1]):
        start -= 1
    while stop < len(blocks) and is_in(blocks[stop]):
        stop += 1
    return start, stop
