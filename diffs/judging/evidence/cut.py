"""Where a text begins and ends: another converter cuts a page elsewhere, and what is then more or less is no edit."""

from diffs.values import Block, Comparison, Document, Op

from .words import says_something, states_rule
from .zones import is_prose


def only_at_ends(comparison: Comparison, old: Document, new: Document) -> bool:
    """Whether two texts differ only in whole blocks before the first, or after the last, that both have.

    A sentence that states a rule is never such a block, wherever it stands.
    """
    hunks = [hunk for hunk in comparison.hunks if says_something(hunk)]
    if not hunks or any(hunk.op not in (Op.ADDED, Op.REMOVED) for hunk in hunks):
        return False
    if any(_states(block, new.language) for hunk in hunks for block in (*hunk.before, *hunk.after)):
        return False
    gone = {hunk.old_at + number for hunk in hunks for number in range(len(hunk.before))}
    come = {hunk.new_at + number for hunk in hunks for number in range(len(hunk.after))}
    return _is_outside(gone, len(old.blocks)) and _is_outside(come, len(new.blocks))


def _states(block: Block, language: str) -> bool:
    return is_prose(block) and states_rule(block.shown, language)


def _is_outside(taken: set[int], count: int) -> bool:
    """Whether these blocks are all at the beginning or the end of so many, without a gap."""
    if len(taken) == count:
        return False
    start, stop = 0, count
    while start in taken:
        start += 1
    while stop - 1 in taken:
        stop -= 1
    return all(number < start or number >= stop for number in taken)
