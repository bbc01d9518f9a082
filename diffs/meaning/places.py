"""The same words in another place: below another heading, in another group of a table, in another list."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from diffs.comparing.moves import is_listed, lead_of
from diffs.language.amounts import find
from diffs.values import Block, BlockKind, Comparison, Document, Op

from .turns import forces, turns

_SENTENCE_ENDS = (".", "!", "?", "。")
#: What a fee or a limit is stated in.
_AMOUNTS = ("percent", "money", "duration")


@dataclass(frozen=True, slots=True)
class Turned:
    """A text that is now below another heading, with both; `contrary` says that these say the opposite."""

    text: str
    before: str
    after: str
    contrary: bool = True


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a text stands: what is above it, and whether the two make one statement: "You may not sell:", "Knives"."""

    label: str
    is_one: bool


def places_turned(comparison: Comparison, old: Document, new: Document) -> Iterator[Turned]:
    """The texts of which the same words say something else in their new place.

    "Products you may sell", "Products you may not sell": the words stay the same, the rule does not. The same holds
    for an entry that left one group of a table or list for another, and for a fee below another heading. Any other
    move says nothing new: pages are rearranged often.
    """
    yield from _below_the_contrary(comparison)
    if comparison.hunks:
        yield from _in_another_group(comparison, old, new)


def _below_the_contrary(comparison: Comparison) -> Iterator[Turned]:
    moving = [hunk for hunk in comparison.hunks if hunk.op in (Op.MOVED, Op.REMOVED, Op.ADDED)]
    was = {block.compared: block.section[-1] for hunk in moving for block in hunk.before if block.section}
    for block in (block for hunk in moving for block in hunk.after if block.section):
        before, after = was.get(block.compared, ""), block.section[-1]
        if before and _is_contrary(before, after):
            yield Turned(block.shown, before, after)


def _in_another_group(comparison: Comparison, old: Document, new: Document) -> Iterator[Turned]:
    """The texts that changed their place between two that both documents have.

    A text, or a heading, that occurs several times identifies no place.
    """
    touched = {block.compared for hunk in comparison.hunks for block in (*hunk.before, *hunk.after)}
    lasting = _once(old) & _once(new)
    was = {block.compared: place for block, place in _placed(old, lasting)}
    for block, after in _placed(new, was.keys()):
        before = was[block.compared]
        if before.label == after.label or not {before.label, after.label} <= lasting:
            continue
        if touched.isdisjoint((block.compared, before.label, after.label)):
            continue
        contrary = _is_contrary(before.label, after.label)
        # An entry with a link is one of an index, which is rearranged often.
        is_one = before.is_one and after.is_one
        if contrary or (not block.links and (is_one or (is_listed(block) and _states_amount(block)))):
            yield Turned(block.shown, before.label, after.label, contrary)


def _once(document: Document) -> set[str]:
    """The texts that occur once in a document."""
    return {text for text, count in Counter(block.compared for block in document.blocks).items() if count == 1}


def _placed(document: Document, wanted: Collection[str]) -> Iterator[tuple[Block, _Place]]:
    """The blocks with these texts, each with its place."""
    heading, heading_at = None, -1
    for at, block in enumerate(document.blocks):
        if block.compared in wanted:
            place = _place(document, at, heading if at - heading_at <= _BACK else None)
            if place is not None:
                yield block, place
        if block.kind is BlockKind.HEADING:
            heading, heading_at = block, at


def _place(document: Document, at: int, heading: Block | None) -> _Place | None:
    """The place of a text below a heading; None for a heading, and for a row that heads a group."""
    block = document.blocks[at]
    if block.kind is BlockKind.HEADING or _is_group(block):
        return None
    above = _group_of(document, at) if block.kind is BlockKind.ROW else None
    if above is None and is_listed(block):
        above = lead_of(document.blocks, at)
    if above is None or above.kind is BlockKind.HEADING or above.compared.endswith(_SENTENCE_ENDS):
        return _Place(heading.compared, is_one=False) if heading else None
    return _Place(above.compared, is_one=True)


def _is_group(block: Block) -> bool:
    return block.kind is BlockKind.ROW and len(block.cells) == 1


def _group_of(document: Document, at: int) -> Block | None:
    """The row that heads the group of rows that a row is in."""
    for above in reversed(document.blocks[max(0, at - _BACK) : at]):
        if above.kind is not BlockKind.ROW:
            return None
        if _is_group(above):
            return above
    return None


#: How many blocks back a heading is searched for.
_BACK = 200


def _states_amount(block: Block) -> bool:
    return any(amount.kind in _AMOUNTS for amount in find(block.shown))


def _is_contrary(before: str, after: str) -> bool:
    """Whether one of two headings forbids and the other does not, or both bind in different ways."""
    was, now = forces(before), forces(after)
    forbids = [any(force < 0 for force in side) for side in (was, now)]
    return forbids[0] != forbids[1] or bool(was and now and was != now) or "negation" in turns(before, after)
