"""What went in one place and came in another: moved as it was, or edited on the way.

A short text in another list is no move: "30 days" under another heading says something else. Then it went here and
came there, and the reader sees both.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from itertools import accumulate, takewhile

from diffs.document import Block, BlockKind
from diffs.pairing import Likeness, Pair, size_of

#: So many words must move together before they are the same clause in another place.
CLAUSE = 8

#: From this share of common words on (Dice) a clause that went and one that came are one, moved and edited.
SAME_CLAUSE = 0.6

#: How many places with the same text are tried for the longest run.
_TRIED = 8

#: How far back the text that introduces a list is looked for.
_BACK = 200

_SENTENCE_ENDS = (".", "!", "?", "。")


def moved(old: Sequence[Block], new: Sequence[Block], gone: Sequence[int], come: Sequence[int]) -> list[Pair]:
    """Runs of blocks that left one place and stand, word for word, in another.

    `gone` and `come` are the indexes of the old and new blocks that found no counterpart in their own place, rising.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for at in come:
        places[new[at].compared].append(at)
    free_old, free_new = set(gone), set(come)
    found = []
    refused = -1
    for at in gone:
        if at not in free_old or at <= refused or old[at].compared not in places:
            continue
        there = [place for place in places[old[at].compared] if place in free_new][:_TRIED]
        runs = [(_run(old, new, at, place, free_old, free_new), -place) for place in there]
        length, place = max(runs, default=(0, 0))
        if not length:
            continue
        if not _is_move(old, new, at, -place, length):
            # The rest of the list stands under the same words.
            refused = at + sum(1 for _ in takewhile(is_listed, old[at + 1 : at + length]))
        else:
            found.append(Pair(at, at + length, -place, length - place))
            free_old.difference_update(range(at, at + length))
            free_new.difference_update(range(-place, length - place))
    return found


def moved_and_edited(
    likeness: Likeness, gone: Sequence[int], come: Sequence[int], moves: Iterable[Pair] = ()
) -> list[Pair]:
    """Clauses that left one place and stand, reworded, in another; with what moved along beside them unchanged.

    `moves` are the moves known so far: a heading too short to be found alone moves with its clauses.
    """
    free_old, free_new = set(gone), set(come)
    scored = []
    for at in gone:
        for place in likeness.places(at):
            # What is equal was refused above.
            if place in free_new and likeness.old[at].compared != likeness.new[place].compared:
                left, right = likeness.old_words(at), likeness.new_words(place)
                share = 2 * len(left & right) / (len(left) + len(right))
                if min(len(left), len(right)) >= CLAUSE and share >= SAME_CLAUSE:
                    scored.append((-share, at, place))
    found = []
    for _, at, place in sorted(scored):
        if at in free_old and place in free_new:
            free_old.remove(at)
            free_new.remove(place)
            found.append(Pair(at, at + 1, place, place + 1))
    return found + _companions(likeness.old, likeness.new, [*moves, *found], free_old, free_new)


def is_listed(block: Block) -> bool:
    """Whether a block is one of several under a text that introduces them: an item or a row."""
    return block.kind in (BlockKind.ITEM, BlockKind.ROW)


def _run(
    old: Sequence[Block], new: Sequence[Block], at: int, place: int, free_old: set[int], free_new: set[int]
) -> int:
    length = 0
    while (
        at + length in free_old
        and place + length in free_new
        and old[at + length].compared == new[place + length].compared
    ):
        length += 1
    return length


def _is_move(old: Sequence[Block], new: Sequence[Block], at: int, place: int, length: int) -> bool:
    """Whether the reader would call it moved: enough words, or another order within one list."""
    long = any(words >= CLAUSE for words in accumulate(size_of(block.compared) for block in old[at : at + length]))
    if not is_listed(old[at]):
        return long
    before, after = _lead(old, at), _lead(new, place)
    if (before and before.compared) == (after and after.compared):
        return True
    # "You may not:" and "You may:" give the same words another meaning.
    return long and not _introduces(before) and not _introduces(after)


def _lead(blocks: Sequence[Block], at: int) -> Block | None:
    """The block that introduces the list or table a block stands in; None where there is none near."""
    block = blocks[at]
    for back in range(at - 1, max(-1, at - _BACK), -1):
        above = blocks[back]
        if not is_listed(above) or (block.kind is above.kind is BlockKind.ITEM and above.level < block.level):
            return above
    return None


def _introduces(block: Block | None) -> bool:
    """Whether what follows completes its sentence: it is no heading and does not end like a sentence."""
    return block is not None and block.kind is not BlockKind.HEADING and block.compared[-1:] not in _SENTENCE_ENDS


def _companions(
    old: Sequence[Block], new: Sequence[Block], moves: list[Pair], free_old: set[int], free_new: set[int]
) -> list[Pair]:
    """Unchanged neighbours of a move that went the same way."""
    found = []
    for move in moves:
        for row, column, step in ((move.old_from - 1, move.new_from - 1, -1), (move.old_to, move.new_to, 1)):
            at, place = row, column
            while at in free_old and place in free_new and old[at].compared == new[place].compared:
                free_old.remove(at)
                free_new.remove(place)
                at, place = at + step, place + step
            if at != row:
                low, length = min(row, at - step), abs(at - row)
                start = min(column, place - step)
                found.append(Pair(low, low + length, start, start + length))
    return found
