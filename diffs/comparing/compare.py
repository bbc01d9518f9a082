"""Compare two documents: hunks that a person can read and that turn one into the other exactly.

Two levels, blocks and then words. The order of the steps:

1. Unchanged blocks are aligned, unique ones first (`diffs.comparing.align`).
2. What was removed in one place and is unchanged in another has moved (`diffs.comparing.moves`).
3. If blocks were replaced, those that belong together are paired (`diffs.comparing.pairing`) and their words compared
   (`diffs.comparing.word_diff`).
4. Clauses left over on both sides may have moved and been edited.
5. A name that changed in the same way throughout is one fact (`diffs.comparing.renames`).

Bounded: the work is counted, never the time, so two machines give the same answer.
"""

from bisect import bisect
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, islice
from operator import attrgetter

from diffs.values import Block, BlockKind, Comparison, Document, Hunk, Op, Reheaded, Span, SpanOp

from .align import Run, align, common_ends, gaps, joined
from .moves import is_listed, lead_of, moved, moved_and_edited
from .pairing import Likeness, Pair, Region, pair
from .renames import with_renames
from .word_diff import cell_spans, spans

_CELL_BORDER = " | "
#: How many blocks up to search for the line that introduces a list.
_NEAR_LEAD = 40


def compare(old: Document, new: Document) -> Comparison:
    """What changed from `old` to `new`.

    Blocks that compare as equal are no edit: if only their marker differs they are RENUMBERED, if anything else differs
    COSMETIC. A change of the section path alone makes no hunk (`Comparison.reheaded`).
    """
    before, after = old.blocks, new.blocks
    runs = _slid(before, after, _aligned(before, after))
    left = _Left(Region(range(*gap[:2]), range(*gap[2:])) for gap in gaps(runs, len(before), len(after)))
    moves = moved(before, after, left.gone, left.come)
    left.take(moves)
    likeness = Likeness(before, after, left.come)
    pairs = [found for region in left.regions for found in _pairs(likeness, region)]
    left.take(pairs)
    likeness.narrow(left.come)
    late = moved_and_edited(likeness, left.gone, left.come, moves)
    left.take(late)
    moves += late

    reheaded: list[Reheaded] = []
    hunks = list(_restyled(before, after, runs, reheaded))
    hunks += [_edited(before, after, found) for found in pairs]
    hunks += [_moved(before, after, found) for found in _side_by_side(before, after, moves)]
    stays = [*pairs, *(Pair(run.old, run.old + run.length, run.new, run.new + run.length) for run in runs)]
    hunks += _gone_and_come(before, after, stays, left)
    hunks.sort(key=lambda hunk: (hunk.new_at, bool(hunk.after), hunk.old_at))
    hunks, renames = with_renames([_introduced(hunk, before, after) for hunk in hunks], new)
    return Comparison(tuple(hunks), renames, tuple(reheaded))


def rebuild_new(old: Document, comparison: Comparison) -> tuple[Block, ...]:
    """The new document's blocks, from the old document and the comparison alone."""
    sections = {run.old_at + step: run.after for run in comparison.reheaded for step in range(run.count)}
    gone = ((hunk.old_at, len(hunk.before)) for hunk in comparison.hunks)
    put = ((hunk.new_at, hunk.after) for hunk in comparison.hunks)
    return _rebuilt(old.blocks, sections, gone, put)


def rebuild_old(new: Document, comparison: Comparison) -> tuple[Block, ...]:
    """The old document's blocks, from the new document and the comparison alone."""
    sections = {run.new_at + step: run.before for run in comparison.reheaded for step in range(run.count)}
    gone = ((hunk.new_at, len(hunk.after)) for hunk in comparison.hunks)
    put = ((hunk.old_at, hunk.before) for hunk in comparison.hunks)
    return _rebuilt(new.blocks, sections, gone, put)


def _aligned(before: tuple[Block, ...], after: tuple[Block, ...]) -> list[Run]:
    """The blocks that stay. Items and rows are first aligned together with the text that introduces them.

    Two lists often contain the same item, and a change in one must not be taken for a change in the other.
    """
    head, tail = common_ends([block.compared for block in before], [block.compared for block in after])
    # A list with the same end may be another list.
    while tail and is_listed(before[len(before) - tail]):
        tail -= 1
    rows, columns = before[head : len(before) - tail], after[head : len(after) - tail]
    runs = align(_with_leads(rows), _with_leads(columns), _weights(rows))
    for gap in gaps(list(runs), len(rows), len(columns)):
        alone = gap.old_to - gap.old_from == gap.new_to - gap.new_from == 1
        if gap.both and not (alone and rows[gap.old_from].compared != columns[gap.new_from].compared):
            inner = rows[gap.old_from : gap.old_to]
            old, new = (
                [block.compared for block in inner],
                [block.compared for block in columns[gap.new_from : gap.new_to]],
            )
            runs += [
                Run(gap.old_from + r.old, gap.new_from + r.new, r.length) for r in align(old, new, _weights(inner))
            ]
    ends = [Run(0, 0, head), Run(len(before) - tail, len(after) - tail, tail)]
    return joined(
        [*(Run(head + run.old, head + run.new, run.length) for run in runs), *(run for run in ends if run.length)]
    )


def _with_leads(blocks: tuple[Block, ...]) -> list[Hashable]:
    keys: list[Hashable] = []
    lead = ""
    for block in blocks:
        if is_listed(block):
            keys.append((lead, block.compared))
        else:
            lead = block.compared
            keys.append(lead)
    return keys


def _weights(blocks: tuple[Block, ...]) -> Callable[[int], int]:
    """A function that weighs a block: of crossing blocks the lighter moved. Headings weigh most, items least."""

    def weight(at: int) -> int:
        block = blocks[at]
        kind = 1 if is_listed(block) else 8 if block.kind is BlockKind.HEADING else 4
        return kind * (100 + min(len(block.compared), 200))  # longer texts hold on a little longer

    return weight


def _slid(before: tuple[Block, ...], after: tuple[Block, ...], runs: Iterable[Run]) -> list[Run]:
    """The runs, shifted: a pure addition or removal can often be marked in several places, best from a heading on."""
    slid: list[Run] = []
    for lower in runs:
        upper = slid[-1] if slid else Run(0, 0, 0)
        rows, columns = lower.old - upper.old - upper.length, lower.new - upper.new - upper.length
        shift = 0
        if not rows or not columns:
            blocks, start = (before, lower.old - rows) if rows else (after, lower.new - columns)
            # At the top, nothing needs to stay above.
            room = upper.length - (upper.old + upper.new > 0)
            shift = _to_heading(blocks, start, rows + columns, room)
        if shift == upper.length and slid:
            slid.pop()
        elif shift:
            slid[-1] = Run(upper.old, upper.new, upper.length - shift)
        slid.append(Run(lower.old - shift, lower.new - shift, lower.length + shift))
    return slid


def _to_heading(blocks: tuple[Block, ...], start: int, length: int, room: int) -> int:
    """How far up the stretch must move to begin with a heading; 0 if it does already or cannot."""
    shift = 0
    while blocks[start - shift].kind is not BlockKind.HEADING:
        shift += 1
        if shift > room or blocks[start - shift].compared != blocks[start - shift + length].compared:
            return 0
    return shift


class _Left:
    """The regions where blocks have no counterpart yet; what finds one is removed."""

    def __init__(self, regions: Iterable[Region]) -> None:
        self.regions = list(regions)

    def take(self, found: Iterable[Pair]) -> None:
        """Remove these: they are reported elsewhere."""
        pairs = list(found)
        if not pairs:
            return
        rows = {row for pair in pairs for row in range(pair.old_from, pair.old_to)}
        columns = {column for pair in pairs for column in range(pair.new_from, pair.new_to)}
        self.regions = [
            Region([at for at in region.rows if at not in rows], [at for at in region.columns if at not in columns])
            for region in self.regions
        ]

    @property
    def gone(self) -> list[int]:
        """Indexes of the old blocks, ascending."""
        return [at for region in self.regions for at in region.rows]

    @property
    def come(self) -> list[int]:
        """Indexes of the new blocks, ascending."""
        return [at for region in self.regions for at in region.columns]


def _pairs(likeness: Likeness, region: Region) -> list[Pair]:
    if not region.rows or not region.columns:
        return []
    whole = Pair(region.rows[0], region.rows[-1] + 1, region.columns[0], region.columns[-1] + 1)
    contiguous = whole.old_to - whole.old_from == len(region.rows) and whole.new_to - whole.new_from == len(
        region.columns
    )
    if contiguous and _says_the_same(likeness.old, likeness.new, whole):
        return [whole]
    return pair(likeness, region)


def _says_the_same(before: Sequence[Block], after: Sequence[Block], found: Pair) -> bool:
    old_from, old_to, new_from, new_to = found
    if old_to - old_from == new_to - new_from == 1:
        return before[old_from].compared == after[new_from].compared
    return _text(before[old_from:old_to]) == _text(after[new_from:new_to])


def _text(blocks: Iterable[Block]) -> str:
    return " ".join(block.compared for block in blocks if block.compared)


def _restyled(
    before: tuple[Block, ...], after: tuple[Block, ...], runs: Iterable[Run], reheaded: list[Reheaded]
) -> Iterator[Hunk]:
    """Hunks for blocks that stay with another number or style; other section paths go to `reheaded`."""
    for run in runs:
        old = before[run.old : run.old + run.length]
        new = after[run.new : run.new + run.length]
        if old == new:
            continue
        changed = ((step, _difference(*both)) for step, both in enumerate(zip(old, new, strict=True)))
        for difference, steps in groupby(changed, key=lambda change: change[1]):
            places = [step for step, _ in steps]
            start, stop = places[0], places[-1] + 1
            if isinstance(difference, Op):
                yield Hunk(difference, old[start:stop], new[start:stop], run.old + start, run.new + start)
            elif difference:
                reheaded.append(Reheaded(run.old + start, run.new + start, stop - start, *difference))


_LOOK = attrgetter("shown", "kind", "level", "cells", "links")


def _difference(old: Block, new: Block) -> Op | tuple[tuple[str, ...], tuple[str, ...]] | None:
    if old == new:
        return None
    if _LOOK(old) != _LOOK(new):
        return Op.COSMETIC
    return Op.RENUMBERED if old.marker != new.marker else (old.section, new.section)


def _edited(before: tuple[Block, ...], after: tuple[Block, ...], found: Pair) -> Hunk:
    """A pair as a hunk; a cosmetic one if the same words were only divided or spaced differently."""
    old, new = before[found.old_from : found.old_to], after[found.new_from : found.new_to]
    edits = () if _says_the_same(before, after, found) else _spans(old, new)
    return Hunk(Op.EDITED if edits else Op.COSMETIC, old, new, found.old_from, found.new_from, edits)


def _moved(before: tuple[Block, ...], after: tuple[Block, ...], found: Pair) -> Hunk:
    old, new = before[found.old_from : found.old_to], after[found.new_from : found.new_to]
    edits = () if _says_the_same(before, after, found) else _spans(old, new)
    return Hunk(Op.MOVED, old, new, found.old_from, found.new_from, edits)


def _spans(old: tuple[Block, ...], new: tuple[Block, ...]) -> tuple[Span, ...]:
    """The word edits; none if no word differs."""
    found = _all_spans(old, new)
    for span in found:
        if span.op is not SpanOp.EQUAL and not span.cosmetic:
            return found
    return ()


def _all_spans(old: tuple[Block, ...], new: tuple[Block, ...]) -> tuple[Span, ...]:
    if len(old) == len(new) == 1:
        before, after = old[0], new[0]
        cells, others = before.cells, after.cells
        if len(cells) == len(others) > 1 and _is_row(before) and _is_row(after):
            return cell_spans(cells, others, _CELL_BORDER)
    return spans("\n".join(block.shown for block in old), "\n".join(block.shown for block in new))


def _is_row(block: Block) -> bool:
    return block.shown == _CELL_BORDER.join(block.cells)


def _side_by_side(before: tuple[Block, ...], after: tuple[Block, ...], moves: Iterable[Pair]) -> list[Pair]:
    """The moves, with those that follow each other on both sides joined, as long as nothing in them was edited."""
    joined: list[Pair] = []
    for move in sorted(moves):
        last = joined[-1] if joined else None
        if (
            last
            and (last.old_to, last.new_to) == (move.old_from, move.new_from)
            and _says_the_same(before, after, last)
            and _says_the_same(before, after, move)
        ):
            joined[-1] = Pair(last.old_from, move.old_to, last.new_from, move.new_to)
        else:
            joined.append(move)
    return joined


def _introduced(hunk: Hunk, before: tuple[Block, ...], after: tuple[Block, ...]) -> Hunk:
    """A hunk of list items with the line above the list: without it, nobody knows what "€5,000" limits."""
    blocks, at, whole = (hunk.after, hunk.new_at, after) if hunk.after else (hunk.before, hunk.old_at, before)
    if hunk.op in (Op.COSMETIC, Op.RENUMBERED) or blocks[0].kind is not BlockKind.ITEM:
        return hunk
    lead = lead_of(whole, at, _NEAR_LEAD)
    return replace(hunk, lead=lead.shown) if lead and lead.kind is not BlockKind.HEADING else hunk


def _gone_and_come(
    before: tuple[Block, ...], after: tuple[Block, ...], stays: Iterable[Pair], left: _Left
) -> Iterator[Hunk]:
    """The hunks for blocks without a counterpart: REMOVED where it was, ADDED where it is."""
    ordered = sorted(stays)
    rows = [stay.old_from for stay in ordered]
    columns = [stay.new_from for stay in ordered]
    for start, stop in _stretches(before, left.gone):
        above = bisect(rows, start)
        yield Hunk(Op.REMOVED, before[start:stop], (), start, ordered[above - 1].new_to if above else 0)
    for start, stop in _stretches(after, left.come):
        below = bisect(columns, start)
        yield Hunk(Op.ADDED, (), after[start:stop], rows[below] if below < len(rows) else len(before), start)


def _stretches(blocks: tuple[Block, ...], places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Runs of neighbours, with a run of its own for each section."""
    start = stop = -1
    for at in places:
        if at != stop or _opens_section(blocks, start, at):
            if start >= 0:
                yield start, stop
            start = at
        stop = at + 1
    if start >= 0:
        yield start, stop


def _opens_section(blocks: tuple[Block, ...], start: int, at: int) -> bool:
    """Whether a heading begins a run of its own: yes, except inside a section added or removed as a whole."""
    if blocks[at].kind is not BlockKind.HEADING or blocks[at - 1].kind is BlockKind.HEADING:
        return False
    first = blocks[start]
    return first.kind is not BlockKind.HEADING or blocks[at].level <= first.level


def _rebuilt(
    blocks: Iterable[Block],
    sections: dict[int, tuple[str, ...]],
    gone: Iterable[tuple[int, int]],
    put: Iterable[tuple[int, tuple[Block, ...]]],
) -> tuple[Block, ...]:
    left = {at + step for at, length in gone for step in range(length)}
    stay = (
        replace(block, section=sections[at]) if at in sections else block
        for at, block in enumerate(blocks)
        if at not in left
    )
    rebuilt: list[Block] = []
    for at, came in sorted(((at, came) for at, came in put if came), key=lambda one: one[0]):
        rebuilt.extend(islice(stay, at - len(rebuilt)))
        rebuilt.extend(came)
    rebuilt.extend(stay)
    return tuple(rebuilt)
