"""Turn drafts of blocks, as the readers of HTML and Markdown produce them, into the blocks of a document.

Everything that is the same for every source is decided here: lines inside a paragraph, list markers separate from
words, bold lines that act as headings, section paths.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from diffs.language.normalise import fold, split_marker, tidy
from diffs.values import Block, BlockKind, word_count

from .links import link_key

#: A line break inside a draft's text (a control character that no cleaned page contains).
BREAK = "\x1e"

#: A bold line longer than this is an emphasised sentence, not a heading.
_HEADING_WORDS = 12
_UNNUMBERED_HEADING_WORDS = 8
#: A heading of more words is a sentence in large letters, not the name of a section.
_NAME_WORDS = 24
_DEEPEST = 6
_TOP = 15
_ENDS_SENTENCE = re.compile(r"[.:;!?…。：；！？][\"'”’»)\]」』）]*$")
_NO_HEADING = (".", ",", ":", ";", "!", "。", "、", "：", "；", "！")
_DATED = re.compile(r"\d{4}|\d{1,2}[./]\d{1,2}[./]\d{2}")


@dataclass(slots=True)
class Draft:
    """A block before its marker is separated from its words.

    `text` may contain `BREAK`s; `links` are (place in `text`, address as written); `bold` says that every word is bold.
    `again` are the places of cells that only repeat the one to their left, which spans several columns.
    """

    kind: BlockKind
    text: str
    level: int = 0
    marker: str = ""
    cells: tuple[str, ...] = ()
    links: tuple[tuple[int, str], ...] = ()
    bold: bool = False
    again: frozenset[int] = frozenset()


def finish(drafts: Iterable[Draft], base: str) -> tuple[Block, ...]:
    """The blocks of a document, each with its section path; empty ones are left out.

    `base` is the page's address, against which links are resolved.
    """
    lines = [line for draft in drafts for line in (_row(draft) if draft.kind is BlockKind.ROW else _lines(draft))]
    lines = list(_with_lone_markers(lines))
    _give_back(lines)
    _promote(lines)
    _give_back(lines)
    return tuple(_blocks(lines, base))


def ordinal(number: int, style: str) -> str:
    """The marker that a browser shows for a list item: "3.", "c.", "iii."."""
    if style in ("a", "A") and number > 0:
        letters = ""
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(ord(style) + rest) + letters
        return f"{letters}."
    if style in ("i", "I") and 0 < number < 4000:  # Roman numerals go no further
        roman = "".join(_ROMAN[place][int(digit)] for place, digit in enumerate(f"{number:04d}"))
        return f"{roman.casefold() if style == 'i' else roman}."
    return f"{number}."


_ROMAN = (
    ("", "M", "MM", "MMM"),
    ("", "C", "CC", "CCC", "CD", "D", "DC", "DCC", "DCCC", "CM"),
    ("", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC"),
    ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"),
)


def title_of(blocks: Iterable[Block]) -> str:
    """The document's own title: the highest heading near the top without a number; "" if there is none."""
    first = [block for block in islice(blocks, _TOP) if block.kind is BlockKind.HEADING and not block.marker]
    return min(first, key=lambda block: block.level).shown if first else ""


@dataclass(slots=True)
class _Line:
    """A block in the making."""

    kind: BlockKind
    shown: str
    level: int
    marker: str
    links: tuple[tuple[int, str], ...]
    bold: bool
    cells: tuple[str, ...] = ()
    again: frozenset[int] = frozenset()
    written: bool = False


def _row(draft: Draft) -> Iterator[_Line]:
    cells = tuple(tidy(cell.replace(BREAK, " ")) for cell in draft.cells)
    if any(cells):
        yield _Line(BlockKind.ROW, " | ".join(cells), 0, "", draft.links, bold=False, cells=cells, again=draft.again)


def _lines(draft: Draft) -> Iterator[_Line]:
    first = True
    for start, end in _broken(draft.text) if BREAK in draft.text else ((0, len(draft.text)),):
        shown = tidy(draft.text[start:end].replace(BREAK, " "))
        if not shown:
            continue
        marker, rest = split_marker(shown, heading=draft.kind is BlockKind.HEADING)
        kind, level = draft.kind, draft.level
        if not first and kind is BlockKind.ITEM:
            kind, level = (BlockKind.ITEM, level + 1) if marker else (BlockKind.PARAGRAPH, 0)
        elif kind is BlockKind.PARAGRAPH and marker and _is_listed(marker):
            kind, level = BlockKind.ITEM, 1
        is_written = bool(marker) and kind is not BlockKind.HEADING
        if first and not marker:
            marker = draft.marker
        links = tuple(link for link in draft.links if start <= link[0] < max(end, start + 1)) if draft.links else ()
        yield _Line(kind, rest, level, marker, links, draft.bold, written=is_written)
        first = False


def _is_listed(marker: str) -> bool:
    """Whether a paragraph with this marker is an item of a list: "•", "(a)", "2)"; not "3.2"."""
    return not marker[0].isalnum() or (marker.endswith(")") and "." not in marker)


def _broken(text: str) -> Iterator[tuple[int, int]]:
    """The start and end of each line of a text: a break counts where a new thought begins, not inside a sentence."""
    start = at = 0
    while (at := text.find(BREAK, at)) >= 0:
        after = at + 1
        while after < len(text) and (text[after] == BREAK or text[after].isspace()):
            after += 1
        is_blank_line = text.count(BREAK, at, after) > 1
        before = text[max(start, at - 40) : at].rstrip()
        if is_blank_line or _ENDS_SENTENCE.search(before) or split_marker(text[after : after + 80])[0]:
            yield start, at
            start = after
        at = after
    yield start, len(text)


def _with_lone_markers(lines: Iterable[_Line]) -> Iterator[_Line]:
    """The lines, with each marker on its own line joined to the text after it."""
    waiting: _Line | None = None
    for line in lines:
        if waiting:
            if line.marker or line.kind not in (BlockKind.PARAGRAPH, BlockKind.ITEM):
                yield _marker_as_text(waiting)
            else:
                line.marker, line.kind, line.level = waiting.marker, waiting.kind, waiting.level
            waiting = None
        if line.shown:
            yield line
        else:
            waiting = line
    if waiting:
        yield _marker_as_text(waiting)


def _marker_as_text(line: _Line) -> _Line:
    line.shown, line.marker = line.marker, ""
    return line


def _give_back(lines: list[_Line]) -> None:
    """Return a figure to its text if it numbers nothing: "5 Strikes Rule", without a 4 or a 6 beside it."""
    numbers = {number for line in lines if (number := _number(line.marker))}
    # A list of nine steps does not make the next heading chapter 10.
    headings = {number for line in lines if line.kind is BlockKind.HEADING and (number := _number(line.marker))}
    chapters = {number[0] for number in numbers if len(number) > 1}
    above = {number[:depth] for number in numbers for depth in range(1, len(number))}
    for line in lines:
        if line.written and _ORDINAL.fullmatch(line.marker):
            # "2. Abmahnung": a list would have a first item, or at least a neighbour.
            (place,) = _number(line.marker)
            if place > 1 and not {(place - 1,), (place + 1,)} & numbers:
                line.marker, line.shown = "", f"{line.marker} {line.shown}"
            continue
        if not _FIGURE.fullmatch(line.marker):
            continue
        number = _number(line.marker)
        chapter, last = number[:-1], number[-1]
        beside = {(*chapter, last - 1), (*chapter, last + 1)} & (numbers if chapter else headings)
        is_chapter_known = bool(chapter) and (chapter in numbers or bool({number[0] - 1, number[0] + 1} & chapters))
        if not (beside or number in above or is_chapter_known):
            line.marker, line.shown = "", f"{line.marker} {line.shown}"


def _number(marker: str) -> tuple[int, ...]:
    """The number in a marker: (3, 2) of "3.2)"; () if it has none."""
    found = _NUMBERED.search(marker)
    return tuple(map(int, found[0].split("."))) if found else ()


_NUMBERED = re.compile(r"\d{1,3}(?:\.\d{1,3})*")
#: A marker that may also be a figure; "2.2.4" cannot be one.
_FIGURE = re.compile(r"\d{1,3}(?:\.\d{1,3})?")
#: A marker that may also be an ordinal such as "the second".
_ORDINAL = re.compile(r"\d{1,2}\.")


def _promote(lines: list[_Line]) -> None:
    """Turn bold lines that act as headings into headings, below the last real one."""
    real = 0
    for number, line in enumerate(lines):
        if line.kind is BlockKind.HEADING:
            real = line.level
        elif (
            line.bold
            and not line.links
            and _acts_as_heading(line, lines[number + 1] if number + 1 < len(lines) else None)
        ):
            if not line.marker:
                line.marker, line.shown = split_marker(line.shown, heading=True)
            depth = max(0, len(re.findall(r"\d+", line.marker)) - 1)
            line.kind, line.level = BlockKind.HEADING, min(_DEEPEST, real + 1 + depth)


def _acts_as_heading(line: _Line, following: _Line | None) -> bool:
    if line.kind is BlockKind.ROW or (line.kind is BlockKind.ITEM and not _heads_a_section(line, following)):
        return False
    if _DATED.search(line.shown) or not any(sign.isalpha() for sign in line.shown):
        return False
    count = word_count(line.shown)
    if line.marker:
        is_sentence = _ENDS_SENTENCE.search(line.shown) and count > _UNNUMBERED_HEADING_WORDS
        return count <= _HEADING_WORDS and not is_sentence and not line.shown.endswith((",", ";"))
    return count <= _UNNUMBERED_HEADING_WORDS and not line.shown.endswith(_NO_HEADING)


def _heads_a_section(item: _Line, following: _Line | None) -> bool:
    """Whether a bold item begins a chapter ("3. Term") rather than being one emphasised item among others."""
    is_numbered = any(sign.isalnum() for sign in item.marker)
    is_item_again = following is None or (following.bold and following.kind is BlockKind.ITEM)
    return is_numbered and item.level == 1 and not is_item_again


def _blocks(lines: list[_Line], base: str) -> Iterator[Block]:
    title = _title_at(lines)
    above: list[tuple[int, str]] = []
    section: tuple[str, ...] = ()
    for number, line in enumerate(lines):
        if line.kind is BlockKind.HEADING:
            while above and above[-1][0] >= line.level:
                above.pop()
            section = tuple(name for _, name in above)
        # The border between two cells and their width are markup: a table with a new layout states the same.
        once = (cell for at, cell in enumerate(line.cells) if at not in line.again)
        words = " ".join(once).replace("• ", "") if line.cells else line.shown
        links = tuple(key for _, url in line.links if (key := link_key(url, base))) if line.links else ()
        block = Block(line.kind, line.shown, fold(words), line.level, line.marker, line.cells, links, section)
        yield block
        if line.kind is BlockKind.HEADING and number != title and word_count(line.shown) <= _NAME_WORDS:
            above.append((line.level, block.numbered))
            section = (*section, block.numbered)


def _title_at(lines: list[_Line]) -> int:
    """The place of the document's title, the only heading of its level, above all others; it is no section. Else -1."""
    headings = [(line.level, number) for number, line in enumerate(lines) if line.kind is BlockKind.HEADING]
    if not headings:
        return -1
    level, number = headings[0]
    is_only = sum(other <= level for other, _ in headings) == 1
    return number if is_only else -1
