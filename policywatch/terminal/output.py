"""What a person sees in the terminal. Text from pages is never markup and never controls the terminal."""

import json
import logging
import re
import sys
from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from .streams import writes_unicode

#: The two code points that end each plane are no characters, and XML cannot contain those of the first.
_NO_CHARACTERS = "\ufdd0-\ufdef" + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
#: Control characters, and marks that change the direction of text: both can make a terminal show what is not there. A
#: lone surrogate cannot be written at all.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff" + _NO_CHARACTERS + "]"
)
#: Characters that also end a line for some readers of JSON lines.
_UNSAFE_IN_JSON = re.compile(f"{_UNSAFE.pattern}|[\u2028\u2029]")

#: Colours by meaning.
STYLES = {
    "high": "bold red",
    "medium": "yellow",
    "low": "dim",
    "ok": "green",
    "met": "green",
    "at risk": "yellow",
    "missed": "bold red",
    "removed": "red strike",
    "added": "green",
}


class _Console(Console):
    """A console that leaves a closed pipe (as with `| head`) to the command line, which ends quietly."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


console = _Console(markup=False, highlight=False, emoji=False, soft_wrap=True)
errors = _Console(markup=False, highlight=False, emoji=False, stderr=True, soft_wrap=True)


def safe(text: object) -> str:
    """Text from outside, made safe for a terminal."""
    return _UNSAFE.sub("", str(text))


def say(text: object = "", style: str = "") -> None:
    """Print one line, or several."""
    console.print(Text(safe(text), style=style))


def prose(text: object, style: str = "") -> None:
    """Print sentences: on a terminal lines break between words; if the output is piped they stay as they are.

    Commands that are to be copied must not be broken into lines: `say` leaves them whole.
    """
    if not console.is_terminal:
        say(text, style)
        return
    for paragraph in safe(text).split("\n\n"):
        text = " ".join(paragraph.split("\n"))
        say("\n".join(_lines(text, len(text) - len(text.lstrip()), console.width)), style)


def text(text: object, style: str = "") -> None:
    """Print lines with a layout: on a terminal long ones break between words, and continue below their beginning."""
    if not console.is_terminal:
        say(text, style)
        return
    for line in safe(text).split("\n"):
        wrapped = _lines(line, len(line) - len(line.lstrip()), console.width)
        say("\n".join(wrapped), style)


def _lines(text: str, indent: int, width: int) -> list[str]:
    further = " " * indent
    return wrap(text, max(width, 20), subsequent_indent=further, break_long_words=False, break_on_hyphens=False)


def say_parts(*parts: tuple[str, str]) -> None:
    """Print one line of parts with a style each."""
    console.print(Text.assemble(*((safe(text), style) for text, style in parts)))


def beside(parts: Sequence[tuple[str, str]], text: str) -> None:
    """Print parts with a style each, and sentences beside them, continued on a terminal below their beginning.

    If a terminal is too narrow for that they are put below the parts.
    """
    before = sum(len(part) for part, _ in parts)
    if console.is_terminal and before + min(20, len(text)) > console.width:
        if any(part.strip() for part, _ in parts):
            say_parts(*parts)
        prose(f"  {text}")
        return
    if console.is_terminal and before + 20 < console.width:
        text = f"\n{' ' * before}".join(_lines(safe(text), 0, console.width - before)) or text
    say_parts(*parts, (text, ""))


def facts(rows: Iterable[tuple[str, object]]) -> None:
    """Print names with their values, one a line; empty ones are left out. Tab-separated if the output is piped."""
    known = [(name, str(value)) for name, value in rows if value not in (None, "")]
    widest = max((len(name) for name, _ in known), default=0)
    for name, value in known:
        if console.is_terminal:
            beside(((f"{name:{widest + 2}}", "bold"),), value)
        else:
            print_lines((name, value), ())


def raw(text: str) -> None:
    """Print text for a file or another program, with its line ends unchanged; control characters are still left out."""
    sys.stdout.write("\r\n".join(safe(line) for line in text.split("\r\n")))


def warn(text: object) -> None:
    """Print one line on standard error; on a terminal it breaks between words.

    A line end in it becomes a blank: the name of a file or folder may contain one, and start a warning of its own.
    """
    line = " ".join(safe(text).split("\n"))
    lines = _lines(line, 0, errors.width) if errors.is_terminal else [line]
    errors.print(Text("\n".join(lines)))


def as_json(value: Any) -> None:
    """Print one JSON value on a line of its own, with what could control a terminal escaped."""
    line = json.dumps(value, ensure_ascii=not writes_unicode(), default=str)
    sys.stdout.write(_UNSAFE_IN_JSON.sub(lambda found: json.dumps(found[0])[1:-1], line) + "\n")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table on a terminal, tab-separated lines if the output is piped.

    On a terminal too narrow for it every row is a few lines, so that no word is broken and no column is one word wide.
    """
    if not console.is_terminal:
        print_lines(columns, rows)
        return
    texts = [[safe(cell) for cell in row] for row in rows]
    widths = _widths(list(zip(columns, *texts, strict=True)), console.width)
    if widths:
        _draw(columns, texts, widths)
    else:
        _one_below_the_other(columns, texts)


#: Blanks between two columns, and the least width of a column with long text.
_BETWEEN, _READABLE = 2, 12


def _widths(columns: Sequence[Sequence[str]], width: int) -> list[int]:
    """How wide each column is drawn, so that all fit into `width`; [] if they cannot.

    A column is as wide as its longest word, and wide enough to read if it is long; what is left is given to those that
    have more to say.
    """
    whole = [max(map(cell_len, cells)) for cells in columns]
    words = [max((cell_len(word) for cell in cells for word in cell.split()), default=0) for cells in columns]
    found = [max(min(most, _READABLE), word) for most, word in zip(whole, words, strict=True)]
    left = width - sum(found) - _BETWEEN * (len(found) - 1)
    if left < 0:
        return []
    while left and (narrow := [number for number, most in enumerate(whole) if found[number] < most]):
        for number in narrow[:left]:
            found[number] += 1
        left -= len(narrow[:left])
    return found


def _draw(columns: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
    from rich.table import Table  # loaded where it is drawn

    drawn = Table(header_style="bold", box=None, pad_edge=False, padding=(0, _BETWEEN, 0, 0))
    for column, width in zip(columns, widths, strict=True):
        drawn.add_column(column, overflow="fold", width=width)
    for row in rows:
        drawn.add_row(*(Text(cell, style=STYLES.get(cell, "")) for cell in row))
    console.print(drawn, soft_wrap=False)


def _one_below_the_other(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for first, *others in rows:
        text(first, "bold")
        for column, cell in zip(columns[1:], others, strict=True):
            if cell:
                text(f"  {column}: {cell}" if column else f"  {cell}", STYLES.get(cell, ""))


def print_lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print tab-separated lines with a header."""
    for row in [columns, *rows]:
        sys.stdout.write("\t".join(re.sub(r"[\t\n]+", " ", safe(cell)) for cell in row) + "\n")


def quiet_libraries() -> None:
    """Silence what Scrapy logs about itself: that is for its developers; our results are in the table."""
    for name in ("scrapy", "twisted", "py.warnings", "asyncio"):
        logging.getLogger(name).setLevel(logging.ERROR)
