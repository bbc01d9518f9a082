"""Find what was removed in one place and added in another: moved unchanged, or edited on the way.

A short text in another list is not a move: "30 days" under another heading says something else. Then it was removed in
one place and added in the other, and the reader sees both.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate, takewhile
from typing import NamedTuple

from diffs.values import Block, BlockKind

from .pairing import Likeness, Pair, size_of

#: How many words must move together to be the same clause in another place.
CLAUSE = 8

#: From this share of common words (Dice), a removed clause and an added one are one, moved and edited.
SAME_CLAUSE = 0.6

#: How many places with the same text are tried to find the longest run.
_TRIED = 8

#: How far back to search for the text that introduces a list.
_BACK = 200

_SENTENCE_ENDS = (".", "!", "?", "。")

# Asked for every block of a document.
_ITEM, _ROW = BlockKind.ITEM, BlockKind.ROW


def moved(old: Sequence[Block], new: Sequence[Block], gone: Sequence[int], come: Sequence[int]) -> list[Pair]:
    """Runs of blocks that left one place and are, word for word, in another.

    `gone` and `come` are the indexes of the old and new blocks with no counterpart in their own place, ascending.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for at in come:
        places[new[at].compared].append(at)
    free = _Free(set(gone), set(come))
    found = []
    refused = -1
    for at in gone:
        if at not in free.old or at <= refused or old[at].compared not in places:
            continue
        there = [place for place in places[old[at].compared] if place in free.new][:_TRIED]
        # The longest run; of equal ones the first.
        run = max((_run(old, new, at, place, free) for place in there), key=lambda run: run.old_to, default=None)
        if run is None:
            continue
        if _is_move(old, new, run):
            found.append(run)
            free.old.difference_update(range(run.old_from, run.old_to))
            free.new.difference_update(range(run.new_from, run.new_to))
        else:
            # The rest of the list is under the same words.
            refused = at + sum(1 for _ in takewhile(is_listed, old[at + 1 : run.old_to]))
    return found


def moved_and_edited(
    likeness: Likeness, gone: Sequence[int], come: Sequence[int], moves: Iterable[Pair] = ()
) -> list[Pair]:
    """Clauses that left one place and are, reworded, in another; with what moved unchanged beside them.

    `moves` are the moves known so far: a heading too short to be recognised alone moves with its clauses.
    """
    free = _Free(set(gone), set(come))
    scored = []
    for at in gone:
        for place in likeness.places(at):
            # Equal texts were rejected above.
            if place in free.new and likeness.old[at].compared != likeness.new[place].compared:
                left, right = likeness.old_words(at), likeness.new_words(place)
                share = 2 * len(left & right) / (len(left) + len(right))
                if min(len(left), len(right)) >= CLAUSE and share >= SAME_CLAUSE:
                    scored.append((-share, at, place))
    found = []
    for _, at, place in sorted(scored):
        if at in free.old and place in free.new:
            free.old.remove(at)
            free.new.remove(place)
            found.append(Pair(at, at + 1, place, place + 1))
    return found + _companions(likeness.old, likeness.new, [*moves, *found], free)


def is_listed(block: Block) -> bool:
    """Whether a block is one of several under a text that introduces them: an item or a row."""
    kind = block.kind
    return kind is _ITEM or kind is _ROW


class _Free(NamedTuple):
    """Indexes of the blocks that still have no counterpart."""

    old: set[int]
    new: set[int]


def _run(old: Sequence[Block], new: Sequence[Block], at: int, place: int, free: _Free) -> Pair:
    length = 0
    while (
        at + length in free.old
        and place + length in free.new
        and old[at + length].compared == new[place + length].compared
    ):
        length += 1
    return Pair(at, at + length, place, place + length)


def _is_move(old: Sequence[Block], new: Sequence[Block], run: Pair) -> bool:
    """Whether the reader would call it moved: enough words, or another order within one list."""
    words = accumulate(size_of(block.compared) for block in old[run.old_from : run.old_to])
    long = any(count >= CLAUSE for count in words)
    if not is_listed(old[run.old_from]):
        return long
    before, after = lead_of(old, run.old_from), lead_of(new, run.new_from)
    if (before and before.compared) == (after and after.compared):
        return True
    # "You may not:" and "You may:" give the same words opposite meanings.
    return long and not _introduces(before) and not _introduces(after)


def lead_of(blocks: Sequence[Block], at: int, reach: int = _BACK) -> Block | None:
    """The block that introduces the list or table a block is in; None if there is none within reach."""
    block = blocks[at]
    for back in range(at - 1, max(-1, at - reach), -1):
        above = blocks[back]
        if not is_listed(above) or (block.kind is above.kind is BlockKind.ITEM and above.level < block.level):
            return above
    return None


def _introduces(block: Block | None) -> bool:
    """Whether what follows completes its sentence: it is not a heading and does not end like a sentence."""
    return block is not None and block.kind is not BlockKind.HEADING and block.compared[-1:] not in _SENTENCE_ENDS


def _companions(old: Sequence[Block], new: Sequence[Block], moves: Iterable[Pair], free: _Free) -> list[Pair]:
    """Unchanged neighbours of a move that moved with it."""
    found = []
    for move in moves:
        below = _run(old, new, move.old_to, move.new_to, free)
        above = _run_up(old, new, move, free)
        for run in (above, below):
            if run.old_from < run.old_to:
                found.append(run)
                free.old.difference_update(range(run.old_from, run.old_to))
                free.new.difference_update(range(run.new_from, run.new_to))
    return found


def _run_up(old: Sequence[Block], new: Sequence[Block], move: Pair, free: _Free) -> Pair:
    at, place = move.old_from, move.new_from
    while at - 1 in free.old and place - 1 in free.new and old[at - 1].compared == new[place - 1].compared:
        at, place = at - 1, place - 1
    return Pair(at, move.old_from, place, move.new_from)
