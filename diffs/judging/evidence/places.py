"""The places in which two texts differ: what was replaced by what, and which hunks touch."""

from collections.abc import Iterator
from dataclasses import dataclass

from diffs.values import Block, Comparison, Hunk, Op

from .words import changed, says_something


@dataclass(frozen=True, slots=True)
class Place:
    """Hunks with no unchanged block between them, by their indexes in the comparison."""

    numbers: tuple[int, ...]
    hunks: tuple[Hunk, ...]

    @property
    def before(self) -> tuple[Block, ...]:
        """The old blocks."""
        return tuple(block for hunk in self.hunks for block in hunk.before)

    @property
    def after(self) -> tuple[Block, ...]:
        """The new blocks."""
        return tuple(block for hunk in self.hunks for block in hunk.after)

    @property
    def old_range(self) -> range:
        """Where it is in the old text."""
        return range(self.hunks[0].old_at, self.hunks[-1].old_at + len(self.hunks[-1].before))

    @property
    def new_range(self) -> range:
        """Where it is in the new text."""
        return range(self.hunks[0].new_at, self.hunks[-1].new_at + len(self.hunks[-1].after))

    @property
    def words(self) -> str:
        """All words that were removed or added."""
        return "\n".join(text for hunk in self.hunks for text in changed(hunk) if text)


def places(comparison: Comparison) -> Iterator[Place]:
    """The places of a comparison that say something, in the new text's order; an edited block is a place by itself."""
    for region in regions(comparison):
        run: list[tuple[int, Hunk]] = []
        for number, hunk in zip(region.numbers, region.hunks, strict=True):
            if run and Op.EDITED in (hunk.op, run[-1][1].op):
                yield _place(run)
                run = []
            run.append((number, hunk))
        yield _place(run)


def regions(comparison: Comparison) -> Iterator[Place]:
    """The same, with all hunks that touch each other combined."""
    run: list[tuple[int, Hunk]] = []
    for number, hunk in enumerate(comparison.hunks):
        if not says_something(hunk):
            continue
        if run and not _touches(run[-1][1], hunk):
            yield _place(run)
            run = []
        run.append((number, hunk))
    if run:
        yield _place(run)


def _touches(one: Hunk, other: Hunk) -> bool:
    return other.old_at == one.old_at + len(one.before) and other.new_at == one.new_at + len(one.after)


def _place(run: list[tuple[int, Hunk]]) -> Place:
    return Place(tuple(number for number, _ in run), tuple(hunk for _, hunk in run))
