"""Hunks as a reader sees them: places, and lines of words kept, added and removed. Pure; knows no format.

Long runs of unchanged words are shortened; added and removed ones are not, unless a limit is given for a format with
little room (mail): then what was left out is counted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from diffs.language.plain_text import clean, one_line, shorten
from diffs.meaning.location import place_of
from diffs.values import Block, BlockKind, Comparison, Hunk, Op, Span, SpanOp

#: What separates the cells of a row in `Block.shown`.
CELL_BORDER = " | "
#: What separates the headings of a section path.
_STEP = " › "
#: From this many new numbers on they are reported together; above this many places a heading is the page's title.
_FEW = 3

#: How many characters are shown of the headings above a place, and of a name.
SECTION = 300
NAME = 120

LABELS = {
    Op.ADDED: "Added",
    Op.REMOVED: "Removed",
    Op.EDITED: "Changed",
    Op.MOVED: "Moved",
    Op.RENUMBERED: "Renumbered",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One block of a place. `kind` is heading, paragraph, item or row; all but a row have one cell."""

    kind: BlockKind
    cells: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One hunk to show: its label ("Changed"), the section it is in, a note ("from 3.2 to 3.3"), its lines."""

    op: Op
    label: str
    section: str
    note: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class View:
    """All that is shown of a comparison. `left_out` counts the places for which there was no room."""

    renames: tuple[str, ...]
    places: tuple[Place, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """How much is shown: unchanged characters around an edit, characters of one line, and of all together."""

    context: int = 240
    line: int = 1_000_000
    total: int = 400_000
    places: int = 100_000


#: All of it, for feeds and web pages; and what a mail has room for.
FULL = Room()
BRIEF = Room(context=90, line=420, total=1_800, places=6)


def view(comparison: Comparison, room: Room = FULL) -> View:
    """What to show of a comparison, in its order, within this room.

    Places where only a name changed that changed throughout are shown once, as a rename. If not everything fits, edits,
    additions and removals take precedence over moves and new numbers.
    """
    renames = tuple(
        f"“{_short(rename.before, NAME)}” is now “{_short(rename.after, NAME)}” throughout ({rename.places} places)"
        for rename in comparison.renames
    )
    hunks = [hunk for hunk in comparison.hunks if hunk.op is not Op.COSMETIC and not (hunk.rename and renames)]
    numbered = [hunk for hunk in hunks if hunk.op is Op.RENUMBERED]
    if len(numbered) > _FEW:
        hunks = [hunk for hunk in hunks if hunk.op is not Op.RENUMBERED]
    wanted = sorted(range(len(hunks)), key=lambda at: hunks[at].op in (Op.MOVED, Op.RENUMBERED))
    shown: dict[int, Place] = {}
    left = room.total
    for at in wanted:
        if left <= 0 or len(shown) >= room.places:
            break
        shown[at] = _place(hunks[at], room)
        left -= sum(len(span.text) for line in shown[at].lines for cell in line.cells for span in cell)
    places = [shown[at] for at in sorted(shown)]
    if len(numbered) > _FEW:
        places.append(_renumbered(numbered, room))
    return View(renames, _shared_left_out(places), len(hunks) - len(shown))


def _renumbered(hunks: list[Hunk], room: Room) -> Place:
    """Many new numbers as one place: a list that was renumbered is one thing to know."""
    told = [f"{_note(hunk)}: {hunk.after[0].shown}" for hunk in hunks[:_FEW] if hunk.after]
    lines = [Line(BlockKind.ITEM, ((Span(SpanOp.EQUAL, shorten(clean(line), room.context)),),)) for line in told]
    return Place(Op.RENUMBERED, LABELS[Op.RENUMBERED], "", f"{len(hunks)} places, such as", tuple(lines))


def _shared_left_out(places: list[Place]) -> tuple[Place, ...]:
    """The places without the outermost heading if it is above many different ones: it is the title of the page."""
    firsts = {place.section.split(_STEP, 1)[0] for place in places if place.section}
    deeper = {place.section for place in places if _STEP in place.section}
    if len(firsts) != 1 or len(deeper) < _FEW:
        return tuple(places)
    return tuple(replace(place, section=place.section.partition(_STEP)[2]) for place in places)


def sides(line: Line) -> tuple[str, str]:
    """The line before and after, as plain text, with cells separated by " | "; "" for a side that does not exist."""
    sides = []
    for gone in (SpanOp.ADDED, SpanOp.REMOVED):
        cells = ["".join(span.text for span in cell if span.op is not gone) for cell in line.cells]
        sides.append(CELL_BORDER.join(cell.strip() for cell in cells).strip(" |"))
    return sides[0], sides[1]


def _place(hunk: Hunk, room: Room) -> Place:
    section = _short(place_of(hunk), SECTION)
    return Place(hunk.op, LABELS[hunk.op], section, _note(hunk), tuple(_within(_lines(hunk, room), room.total)))


def _within(lines: Iterable[Line], total: int) -> Iterator[Line]:
    """The lines up to `total` characters, and "…" if that is not all."""
    for line in lines:
        if total <= 0:
            yield Line(BlockKind.PARAGRAPH, ((Span(SpanOp.EQUAL, "…"),),))
            return
        yield line
        total -= sum(len(span.text) for cell in line.cells for span in cell)


def _note(hunk: Hunk) -> str:
    if hunk.op is Op.MOVED and hunk.section_before != hunk.section_after:
        edited = ", with edits" if _edited(hunk) else ""
        return f"from “{_short(hunk.section_before, SECTION) or 'the top'}”{edited}"
    if hunk.op is Op.RENUMBERED:
        before, after = (_short(blocks[0].marker, NAME) if blocks else "" for blocks in (hunk.before, hunk.after))
        return f"from {before or 'no number'} to {after or 'no number'}" if before != after else ""
    return ""


def _edited(hunk: Hunk) -> bool:
    return any(span.op is not SpanOp.EQUAL for span in hunk.marks)


def _lines(hunk: Hunk, room: Room) -> Iterator[Line]:
    if _edited(hunk):
        yield from _edited_lines(hunk, room)
    elif hunk.op in (Op.MOVED, Op.RENUMBERED):
        # What only moved is named, not repeated.
        yield from (_whole(block, SpanOp.EQUAL, min(room.line, 2 * room.context)) for block in hunk.after[:1])
    else:
        yield from (_whole(block, SpanOp.REMOVED, room.line) for block in hunk.before)
        yield from (_whole(block, SpanOp.ADDED, room.line) for block in hunk.after)


def _whole(block: Block, op: SpanOp, limit: int) -> Line:
    if block.kind is BlockKind.ROW and block.cells:
        return Line(block.kind, tuple((Span(op, shorten(clean(cell), limit)),) for cell in block.cells))
    return Line(block.kind, ((Span(op, shorten(clean(block.numbered), limit)),),))


def _edited_lines(hunk: Hunk, room: Room) -> Iterator[Line]:
    blocks = hunk.after or hunk.before
    kind = blocks[0].kind if blocks else BlockKind.PARAGRAPH
    rows = all(block.kind is BlockKind.ROW for block in (*hunk.before, *hunk.after))
    for spans in _split(hunk.marks, "\n"):
        cells = _split(spans, CELL_BORDER) if rows and _borders_kept(spans) else [spans]
        yield Line(kind, tuple(tuple(_shortened(cell, room)) for cell in cells))


def _split(spans: Iterable[Span], border: str) -> list[list[Span]]:
    """The spans split into lines or cells at a border within them."""
    parts: list[list[Span]] = [[]]
    for span in spans:
        first, *others = clean(span.text).split(border)
        parts[-1].append(Span(span.op, first))
        parts.extend([Span(span.op, other)] for other in others)
    full = [[span for span in part if span.text] for part in parts]
    return [part for part in full if part] if border == "\n" else full


def _borders_kept(spans: list[Span]) -> bool:
    return not any("|" in span.text for span in spans if span.op is not SpanOp.EQUAL)


def _shortened(spans: list[Span], room: Room) -> Iterator[Span]:
    last = len(spans) - 1
    for at, span in enumerate(spans):
        if span.op is not SpanOp.EQUAL:
            yield Span(span.op, shorten(span.text, room.line))
            continue
        yield Span(span.op, _context(span.text, room.context, edit_before=at > 0, edit_after=at < last))


def _context(text: str, keep: int, *, edit_before: bool, edit_after: bool) -> str:
    """The unchanged words next to an edit."""
    if len(text) <= keep * (edit_before + edit_after) + 20:
        return text
    head = shorten(text, keep) if edit_before else ""
    tail = shorten(text, keep, from_end=True) if edit_after else ""
    if not head and not tail:
        return shorten(text, 2 * keep)
    joined = f"{head.removesuffix('…')} … {tail.removeprefix('…').lstrip()}"
    return joined if head else joined.lstrip()


def _short(text: str, limit: int) -> str:
    """The words of a text in at most `limit` characters; of an endless one only as much is read as may be needed."""
    return shorten(one_line(text[: 10 * limit]), limit)
