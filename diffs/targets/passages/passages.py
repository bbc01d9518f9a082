"""Cut a document into the passages that may state a target, each with its surroundings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from diffs.language.amounts import Amount
from diffs.language.dates import dates_in
from diffs.language.sentences import sentences
from diffs.language.vocabulary import plain, words
from diffs.targets.limits.comparators import has_cue, speaks_of_breach
from diffs.targets.limits.succession import only_takes_over
from diffs.targets.metrics.aliases import Aliases, aliases_in
from diffs.targets.metrics.known_metrics import KnownMetric, mentions
from diffs.values import Block, BlockKind, Document

from .subjects import is_passed_over
from .tables import audience_in, cells_with_targets, kind_of, metric_of, period_in

# A metric that begins no later is what its sentence is about: "Your late shipment rate is …".
_SUBJECT = 12
# What a sentence is about is named within so many characters.
_OPENING = 50
# A sentence that goes on with what the one before it is about.
_IT = re.compile(
    r"\W{0,3}(?:it|this|now|today|er|sie|es|dieser?|jetzt|nun|heute|il|elle|celui-ci|celle-ci|désormais|maintenant|"
    r"ora|adesso|oggi|esso|questo|questa|ahora|hoy|est[ea]|es|è)\b",
    re.IGNORECASE,
)
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
    said: tuple[KnownMetric, ...] = ()
    is_said_first: bool = False
    opens: bool = False
    just: KnownMetric | None = None

    @cached_property
    def around(self) -> str:
        """Headings and lead, as one plain text."""
        return plain(" \n ".join((self.lead, *self.headings)))

    @cached_property
    def context_metric(self) -> KnownMetric | None:
        """The metric that "it" or "this rate" means, or that a heading, the lead or the section named last.

        None where several can be meant: better no metric than a wrong one.
        """
        return self._meant if self.points_back else self._headed or self.recent

    @property
    def is_only_recent(self) -> bool:
        """Whether neither a heading nor the lead names a metric, only an earlier sentence."""
        return self._headed is None

    @cached_property
    def _meant(self) -> KnownMetric | None:
        """The only metric of the sentence before it in its paragraph, else that of its own heading.

        What opens its paragraph may mean what the one before it ended with.
        """
        headed = self._headed if self.opens or self.lead.rstrip().endswith((":", "\uff1a")) else self._titled
        if not self.said:
            return headed or (self.just if self.opens else None)
        if len(self.said) > 1:
            return headed if headed in self.said else None
        return self.said[0] if headed in (None, self.said[0]) or self.is_said_first else None

    @cached_property
    def tells_of_a_limit(self) -> bool:
        """Whether "it" is the limit of the sentence before: "The limit was 4%. It is now 3%"."""
        at = self.near.index(self.text) if self.text in self.near else 0
        before = plain(self.near[at - 1]) if at else ""
        if not (_IT.match(plain(self.text)) and any(map(str.isdigit, before))):
            return False
        return words("wording_targets", "cues", "named").found_in(before[:_OPENING])

    @property
    def is_item(self) -> bool:
        """Whether it is a list item."""
        return self.kind is BlockKind.ITEM

    @cached_property
    def _headed(self) -> KnownMetric | None:
        """The metric that the lead names, or the headings do."""
        return metric_of(self.lead) or self._titled

    @cached_property
    def _titled(self) -> KnownMetric | None:
        """The metric that a heading names; a heading of a subject of its own hides those above it."""
        for text in self.headings:
            if metric := metric_of(text):
                return metric
            if not self.cells and not is_passed_over(text):
                return None
        return None

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


@dataclass(slots=True)
class _Spoken:
    """The metrics spoken of so far: by the section (`recent`), by the last sentence of the paragraph that names any."""

    recent: KnownMetric | None = None
    said: tuple[KnownMetric, ...] = ()
    is_first: bool = False

    def in_paragraph(self, found: Iterator[Passage], aliases: Aliases, just: KnownMetric | None) -> Iterator[Passage]:
        """The passages of one block, each with what was spoken of before it."""
        self.said, self.is_first = (), False
        for at, passage in enumerate(found):
            named = mentions(plain(passage.text))
            # Still ours alone: `replace` takes long.
            passage.__dict__.update(
                recent=self.recent,
                aliases=aliases,
                said=self.said,
                is_said_first=self.is_first,
                opens=not at,
                just=None if at else just,
            )
            yield passage
            if named:
                self.said = tuple(dict.fromkeys(mention.metric for mention in named))
                self.recent, self.is_first = named[-1].metric, named[0].start <= _SUBJECT


def passages(document: Document) -> Iterator[Passage]:
    """Every sentence and row of a document with its surroundings, in reading order."""
    lead = ""
    header: tuple[str, ...] = ()
    place: tuple[str, ...] | None = None
    before: Block | None = None
    spoken = _Spoken()
    short = aliases_in(document)
    for block in document.blocks:
        just = spoken.said[0] if len(spoken.said) == 1 and block.kind is BlockKind.PARAGRAPH else None
        if block.section != place:
            # A metric named in one section is not meant in the next.
            spoken.recent = spoken.recent if place is not None and block.section[: len(place)] == place else None
            lead, place, just = "", block.section, None
        if block.kind is not BlockKind.ROW:
            header = ()
        elif before is None or before.kind is not BlockKind.ROW:
            header = _header(block, document.language)
        headings = (*reversed(block.section), document.title)
        yield from spoken.in_paragraph(_of_block(block, headings, lead, header, document.language), short, just)
        if block.kind is BlockKind.PARAGRAPH:
            lead = block.shown if block.shown.rstrip().endswith((":", "：")) or len(block.shown) < 60 else ""
        before = block


def _of_block(
    block: Block, headings: tuple[str, ...], lead: str, header: tuple[str, ...], language: str
) -> Iterator[Passage]:
    cells = _cells(block)
    if cells:
        yield from _of_row(block, cells, headings, header)
        return
    cut = (line for sentence in sentences(block.shown) for part in _at_dates(sentence) for line in _lines(part))
    parts = tuple(_with_successors(cut, language))
    for at, part in enumerate(parts):
        near = parts[max(0, at - _NEAR) : at + _NEAR + 1]
        yield Passage(part, block.place, headings, lead, near=near, kind=block.kind)


def _with_successors(parts: Iterator[str], language: str) -> Iterator[str]:
    """The sentences; one that only says what the limit before it becomes ("From 1 May it is 2%.") is part of it."""
    before = ""
    for part in parts:
        if before and any(map(str.isdigit, before)) and only_takes_over(plain(part), language):
            before = f"{before} {part}"
            continue
        if before:
            yield before
        before = part
    if before:
        yield before


def _at_dates(sentence: str) -> Iterator[str]:
    """A sentence, or two that were not parted because the first ends with a date: "until March 3. It is now 3%"."""
    start = 0
    for dated in dates_in(sentence) if _AFTER_A_DAY.search(sentence) else ():
        if stop := _STOP.match(sentence, dated.end):
            yield sentence[start : stop.start() + 1]
            start = stop.end()
    yield sentence[start:]


_AFTER_A_DAY = re.compile(r"\d\. [^\W\d_a-z]")
_STOP = re.compile(r"\.\s+(?=[^\W\d_a-z])")


def _lines(sentence: str) -> list[str]:
    """A sentence, or the lines that lost their line breaks: "Late rate: under 4% Cancellation rate: under 2%"."""
    return _LABEL.split(sentence) if sentence.count(": ") > 1 else [sentence]


#: A label begins with a capital behind a figure or a word without a stop, and ends with a colon.
_LABEL = re.compile(r"(?<=[\w%)]) (?=[A-ZÀ-ÞĐ][\w'-]{1,30}(?: [\w'-]{1,30}){0,4}: )")


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


def _header(block: Block, language: str) -> tuple[str, ...]:
    """The cells of a table's first row if it contains no figure but those of dates ("from 1 June")."""
    cells = _cells(block)
    return cells if cells and not any(_has_figure(cell, language) for cell in cells) else ()


def _has_figure(cell: str, language: str) -> bool:
    if not any(map(str.isdigit, cell)):
        return False
    for dated in reversed(dates_in(cell, language)):
        cell = cell[: dated.start] + cell[dated.end :]
    return any(map(str.isdigit, cell))
