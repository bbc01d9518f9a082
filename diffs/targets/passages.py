"""Cut a document into the passages that may hold a target, each with what surrounds it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from diffs.language.amounts import Amount
from diffs.language.sentences import sentences
from diffs.language.vocabulary import plain, words
from diffs.values import Block, BlockKind, Document

from .comparators import has_cue, speaks_of_breach
from .known_metrics import KnownMetric, mentions

# How many sentences before and after one may say more about its target.
_NEAR = 3


@dataclass(frozen=True)
class Passage:
    """One sentence (or table row) and its surroundings.

    `headings` are the headings above it and the page's title, innermost first; `lead` is the line that introduces the
    list it stands in; `near` the sentences around it in its block; `header` the header cells of its table; `cells` its
    own; `column` the metric that the header of its cell names; `recent` the metric the section spoke of last.
    """

    text: str
    section: str = ""
    headings: tuple[str, ...] = ()
    lead: str = ""
    near: tuple[str, ...] = ()
    kind: BlockKind = BlockKind.PARAGRAPH
    cells: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    column: KnownMetric | None = None
    recent: KnownMetric | None = None

    @cached_property
    def around(self) -> str:
        """Headings and lead, as one plain text."""
        return plain(" \n ".join((self.lead, *self.headings)))

    @cached_property
    def context_metric(self) -> KnownMetric | None:
        """The metric that a heading or the lead names, else the one the section spoke of last."""
        for text in (self.lead, *self.headings):
            named = mentions(plain(text))
            if named:
                return named[-1].metric
        return self.recent

    @cached_property
    def states_targets(self) -> bool:
        """Whether the surroundings say that figures here are targets: a target column, "must meet the following"."""
        if self.cells:
            return self._column_is("target") or not self.header
        return has_cue(self.around) if self.kind in (BlockKind.ITEM, BlockKind.ROW) or self.lead else self._labelled

    @cached_property
    def consequence(self) -> str | None:
        """The first cell behind the first that says what follows from missing a target, and holds no figure."""
        behind = (cell for cell in self.cells[1:] if not any(map(str.isdecimal, cell)))
        return next((cell for cell in behind if speaks_of_breach(plain(cell))), None)

    @property
    def points_back(self) -> bool:
        """Whether the sentence speaks of a metric by a pronoun or as "this metric"."""
        return words("wording_targets", "cues", "back").found_in(plain(self.text))

    def shows_other(self, amount: Amount) -> bool:
        """Whether the figure stands in a column of something else (a window, a fee, the seller's own value)."""
        header = self._header_of(amount)
        return (
            bool(header)
            and words("wording_targets", "columns", "other").found_in(header)
            and not (words("wording_targets", "columns", "target").found_in(header))
        )

    @property
    def _labelled(self) -> bool:
        return has_cue(plain(self.headings[0])) if self.headings and len(self.text.split()) <= 12 else False

    def _column_is(self, kind: str) -> bool:
        return any(words("wording_targets", "columns", kind).found_in(plain(cell)) for cell in self.header)

    def _header_of(self, amount: Amount) -> str:
        if not self.header or not self.cells:
            return ""
        at = self.text[: amount.start].count(" | ")
        return plain(self.header[at]) if at < len(self.header) else ""


def passages(document: Document) -> Iterator[Passage]:
    """Yield every sentence and row of a document with its surroundings, in reading order."""
    lead = ""
    header: tuple[str, ...] = ()
    recent: KnownMetric | None = None
    place: tuple[str, ...] | None = None
    before: Block | None = None
    for block in document.blocks:
        if block.section != place:
            lead, place = "", block.section
            if block.kind is BlockKind.HEADING and block.level <= 1:
                recent = None
        if block.kind is not BlockKind.ROW:
            header = ()
        elif before is None or before.kind is not BlockKind.ROW:
            header = _header(block)
        headings = (*reversed(block.section), document.title)
        for passage in _of_block(block, headings, lead, header):
            named = mentions(plain(passage.text))
            yield replace(passage, recent=recent) if recent else passage
            recent = named[-1].metric if named else recent
        if block.kind is BlockKind.PARAGRAPH:
            lead = block.shown if block.shown.rstrip().endswith((":", ":")) or len(block.shown) < 60 else ""
        before = block


def _of_block(block: Block, headings: tuple[str, ...], lead: str, header: tuple[str, ...]) -> Iterator[Passage]:
    cells = _cells(block)
    if cells:
        yield from _of_row(block, cells, headings, header)
        return
    parts = tuple(sentences(block.shown))
    for at, part in enumerate(parts):
        near = parts[max(0, at - _NEAR) : at + _NEAR + 1]
        yield Passage(part, block.place, headings, lead, near=near, kind=block.kind)


def _of_row(
    block: Block, cells: tuple[str, ...], headings: tuple[str, ...], header: tuple[str, ...]
) -> Iterator[Passage]:
    """A row is one passage; where the header names a metric per column, each of those cells is one."""
    if cells == header:
        return
    text = " | ".join(cells)
    columns = [next((hit.metric for hit in mentions(plain(cell))), None) for cell in header]
    if any(columns) and len(columns) == len(cells) and not any(mentions(plain(cell)) for cell in cells):
        for cell, metric in zip(cells, columns, strict=True):
            if metric:
                around = (cells[0], *headings)
                yield Passage(cell, block.place, around, kind=block.kind, column=metric, near=(text,), cells=(cell,))
        return
    yield Passage(text, block.place, headings, kind=block.kind, cells=cells, header=header, near=(text,))


def _cells(block: Block) -> tuple[str, ...]:
    if block.cells:
        return block.cells
    # A table that lost its frame keeps its bars.
    if block.shown.count("|") >= 1 and block.kind is not BlockKind.HEADING:
        parts = [part.strip(" *_") for part in block.shown.strip().strip("|").split("|")]
        return tuple(parts) if len(parts) > 1 else ()
    return ()


def _header(block: Block) -> tuple[str, ...]:
    """The cells of a table's first row, where it holds no figure."""
    cells = _cells(block)
    return cells if cells and not any(letter.isdigit() for cell in cells for letter in cell) else ()
