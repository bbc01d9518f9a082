"""What a person sees in the terminal. Text from pages is never markup and never controls the terminal."""

import json
import logging
import math
import re
import sys
from collections.abc import Iterable, Sequence
from time import monotonic
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from rich.text import Text

#: Control characters, and marks that turn the direction of text: both can make a terminal show what is not there.
#: A lone surrogate cannot be written at all.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
#: In JSON lines, what ends a line for some readers too.
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
    """A console that leaves a reader who has gone (as with `| head`) to the command line: nothing is wrong then."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


console = _Console(markup=False, highlight=False, emoji=False, soft_wrap=True)
errors = _Console(markup=False, highlight=False, emoji=False, stderr=True, soft_wrap=True)


def safe(text: object) -> str:
    """Text from outside, fit for a terminal."""
    return _UNSAFE.sub("", str(text))


def say(text: object = "", style: str = "") -> None:
    """One line, or several."""
    console.print(Text(safe(text), style=style))


def say_parts(*parts: tuple[str, str]) -> None:
    """One line of parts with a style each."""
    console.print(Text.assemble(*((safe(text), style) for text, style in parts)))


def raw(text: str) -> None:
    """Text for a file or another program, its line ends as they are; control characters are left out all the same."""
    sys.stdout.write("\r\n".join(safe(line) for line in text.split("\r\n")))


def warn(text: object) -> None:
    """One line on standard error."""
    errors.print(Text(safe(text)))


def as_json(value: Any) -> None:
    """One JSON value on a line of its own, with what could control a terminal escaped."""
    line = json.dumps(value, ensure_ascii=False, default=str)
    sys.stdout.write(_UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", line) + "\n")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """A table on a terminal, tab-separated lines where the output is piped."""
    if not console.is_terminal:
        print_lines(columns, rows)
        return
    drawn = Table(title=title or None, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(safe(cell), style=STYLES.get(str(cell), "")) for cell in row))
    console.print(drawn, soft_wrap=False)


def print_lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Tab-separated lines with a header."""
    for row in [columns, *rows]:
        sys.stdout.write("\t".join(re.sub(r"[\t\n]+", " ", safe(cell)) for cell in row) + "\n")


def quiet_libraries() -> None:
    """What Scrapy says of its own doings is for its developers; ours is in the table."""
    for name in ("scrapy", "twisted", "py.warnings", "asyncio"):
        logging.getLogger(name).setLevel(logging.ERROR)


class _Wait(ProgressColumn):
    """What a crawl is doing: the page that came last, and how long the next host is still left in peace.

    A task says it in its fields: `page`, and `wait`, a host and until when (monotonic seconds).
    """

    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        """A few words."""
        host, until = task.fields.get("wait") or ("", 0.0)
        left = math.ceil(until - monotonic())
        if left > 0:
            return Text(safe(f"next request to {host} in {left} s"), style="dim")
        return Text(safe(task.fields.get("page", "")), style="dim")


def progress(*, bar: int = 40) -> Progress:
    """A progress bar of so many columns on a terminal; nothing where the output is piped."""
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        _Wait(Column(no_wrap=True, overflow="ellipsis")),
        console=errors,
        disable=not errors.is_terminal,
        transient=True,
    )
