"""Cut a document into the passages that may state a target, each with its surroundings."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from diffs.language.amounts import Amount
from diffs.language.sentences import sentences
from diffs.language.vocabulary import plain, words
from diffs.values import Block, BlockKind, Document

from .aliases import Aliases, aliases_in
from .comparators import has_cue, speaks_of_breach
from .known_metrics import KnownMetric, mentions
from .tables import audience_in, cells_with_targets, kind_of, metric_of, period_in

# How many sentences before and after one may say more about its target.
_NEAR = 3


@dataclass(frozen=True)
class Passage:
    """One sentence (or table row) and its surroundings.

    `headings` are the headings above it and the page's title, innermost first; `lead` is the line that introduces its
    list; `near` are the sentences around it in its block; `header` the header cells of its table; `cells` its own;
    `column` is the metric that the header or the row of its cell names; `recent` the metric that the section named
    last. `tier` is the seller level ("Top Rated") that a cell is for, `period` the cell that says over which days a row
    is measured, `binds` how strongly a column binds, `row` the whole row of a cell. `steps` says that the sentence
    gives the new value of a figure. `aliases` are the short names that the page gives its metrics.
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
    tier: str = ""
    period: str = ""
    binds: str = ""
    row: str = ""
    steps: bool = False
    aliases: Aliases = ()

    @cached_property
    def around(self) -> str:
        """Headings and lead, as one plain text."""
        return plain(" \n ".join((self.lead, *self.headings)))

    @cached_property
    def context_metric(self) -> KnownMetric | None:
        """The metric that a heading or the lead names, else the one that the section named last."""
        return self._headed or self.recent

    @property
    def is_only_recent(self) -> bool:
        """Whether neither a heading nor the lead names a metric, only an earlier sentence."""
        return self._headed is None

    @property
    def is_item(self) -> bool:
        """Whether it is a list item."""
        return self.kind is BlockKind.ITEM

    @cached_property
    def _headed(self) -> KnownMetric | None:
        return next((metric for text in (self.lead, *self.headings) if (metric := metric_of(text))), None)

    @cached_property
    def states_targets(self) -> bool:
        """Whether the surroundings say that figures here are targets: a target column, "must meet the following"."""
        if self.column is not None:
            return True
        if self.cells:
            return self._column_is("target") or not self.header
        return has_cue(self.around) if self.kind in (BlockKind.ITEM, BlockKind.ROW) or self.lead else self._labelled

    @cached_property
    def consequence(self) -> str | None:
        """The first cell, not counting the row's label, that gives a consequence of missing a target and no figure."""
        behind = (cell for cell in self.cells[1:] if not any(map(str.isdecimal, cell)))
        return next((cell for cell in behind if speaks_of_breach(plain(cell))), None)

    @cached_property
    def is_of_a_level(self) -> bool:
        """Whether a cell is for one level of sellers ("Gold"): its bare figure is the most or the least allowed."""
        return bool(self.tier) and words("wording_targets", "columns", "tier").found_in(plain(self.tier))

    @cached_property
    def is_for_a_level(self) -> bool:
        """Whether a heading or the lead says that what follows is required for a level or a badge: "Top Rated"."""
        around = self.around
        qualifies = words("wording_targets", "strength", "eligibility").found_in(around)
        return qualifies or words("wording_targets", "columns", "level").found_in(around)

    @property
    def points_back(self) -> bool:
        """Whether the sentence refers to a metric with a pronoun or as "this metric"."""
        return words("wording_targets", "cues", "back").found_in(plain(self.text))

    def shows_other(self, amount: Amount) -> bool:
        """Whether the figure is in a column for something else (a window, a fee, the seller's own value)."""
        header = self._header_of(amount)
        return bool(header) and kind_of(header) in ("other", "period")

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
    """Every sentence and row of a document with its surroundings, in reading order."""
    lead = ""
    header: tuple[str, ...] = ()
    recent: KnownMetric | None = None
    place: tuple[str, ...] | None = None
    before: Block | None = None
    short = aliases_in(document)
    for block in document.blocks:
        if block.section != place:
            # A metric named in one section is not meant in the next.
            recent = recent if place is not None and block.section[: len(place)] == place else None
            lead, place = "", block.section
        if block.kind is not BlockKind.ROW:
            header = ()
        elif before is None or before.kind is not BlockKind.ROW:
            header = _header(block)
        headings = (*reversed(block.section), document.title)
        for passage in _of_block(block, headings, lead, header):
            named = mentions(plain(passage.text))
            if recent or short:
                passage.__dict__.update(recent=recent, aliases=short)  # still ours alone: `replace` takes long
            yield passage
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
    """A row as one passage or, where its cells state targets of their own, one passage per such cell."""
    if cells == header:
        return
    text, period, whom = " | ".join(cells), period_in(cells, header), audience_in(cells, header)
    around = plain(" \n ".join(headings))
    found = tuple(cells_with_targets(cells, header, around))
    for cell in found:
        yield Passage(
            cells[cell.at],
            block.place,
            (cells[0], header[cell.at], *headings),
            near=(text,),
            kind=block.kind,
            cells=(cells[cell.at],),
            column=cell.metric,
            tier=cell.tier or whom,
            period=period,
            binds=cell.strength,
            row=text,
        )
    if not found:
        yield Passage(
            text,
            block.place,
            headings,
            near=(text,),
            kind=block.kind,
            cells=cells,
            header=header,
            tier=whom,
            period=period,
        )


def _cells(block: Block) -> tuple[str, ...]:
    if block.cells:
        return block.cells
    # A table without its markup keeps its bars.
    if block.shown.count("|") >= 1 and block.kind is not BlockKind.HEADING:
        parts = [part.strip(" *_") for part in block.shown.strip().strip("|").split("|")]
        return tuple(parts) if len(parts) > 1 else ()
    return ()


def _header(block: Block) -> tuple[str, ...]:
    """The cells of a table's first row if it contains no figure."""
    cells = _cells(block)
    return cells if cells and not any(letter.isdigit() for cell in cells for letter in cell) else ()
