"""A comparison in colours on a terminal, as plain lines, and as Markdown; and what is being compared."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.padding import Padding
from rich.text import Text

from diffs.database.models import Page, Version
from diffs.store.gaps import Gap
from diffs.store.versions import Spell
from diffs.values import Comparison, Span, SpanOp
from diffs.wording import labels
from notifier.rendering.diff_view import CELL_BORDER, Line, Place, view

from . import output
from .read_times import could_not_be_read, seen

_STYLES = {SpanOp.EQUAL: "", SpanOp.REMOVED: "red strike", SpanOp.ADDED: "green bold"}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])")

#: How plain lines mark words within a line, as `git diff --word-diff` does.
_MARKS = {SpanOp.EQUAL: ("", ""), SpanOp.REMOVED: ("[-", "-]"), SpanOp.ADDED: ("{+", "+}")}

#: The meaning of the marks.
LEGEND = "[-removed words-] {+added words+}"


@dataclass(frozen=True, slots=True)
class Side:
    """A version that is shown or compared: a word before it ("From", "to"), itself, and when it was seen.

    `unread` are the times inside these in which nobody could read the page.
    """

    word: str
    version: Version
    spells: Sequence[Spell]
    unread: Sequence[Gap] = ()


def heading(page: Page, *sides: Side) -> list[str]:
    """What is compared or shown, so that a saved copy proves itself.

    That is title, address, and of each version its number, when it was seen, when the page could not be read
    meanwhile, and the SHA-256 of its text.
    """
    about = ", ".join(filter(None, (page.key, page.marketplace)))
    lines = [f"{page.title} ({about})" if page.title else about, page.url]
    for side in sides:
        named = f"{side.word} version {side.version.seq}".strip().capitalize()
        lines.append(f"{named}, seen {seen(side.spells)}")
        lines += [f"  {line}" for line in could_not_be_read(side.unread)]
        lines.append(f"  SHA-256 {side.version.text_sha256}")
    return lines


def coloured(comparison: Comparison) -> None:
    """Print what differs: removed words struck through in red, added ones in green."""
    shown = view(comparison)
    for rename in shown.renames:
        output.prose(f"Renamed: {rename}", "bold")
    for place in shown.places:
        output.say()
        output.prose(_heading(place), "bold cyan")
        for line in place.lines:
            # Words stay whole, and further lines begin where the first one does.
            output.console.print(Padding(_line(line), (0, 0, 0, 2), expand=False), soft_wrap=False)
    if shown.left_out:
        output.say(f"… and {labels.count(shown.left_out, 'more place')}")


def _line(line: Line) -> Text:
    text = Text()
    for number, cell in enumerate(line.cells):
        if number:
            text.append(CELL_BORDER)
        for span in cell:
            text.append(output.safe(span.text), style=_STYLES[span.op])
    return text


def plain(comparison: Comparison) -> str:
    """What differs as lines for a pipe, never wrapped.

    "- " is before a line that was removed, "+ " before one that was added, "~ " before one whose words changed: in
    it they are marked as LEGEND says, and the rest is written once.
    """
    shown = view(comparison)
    lines = [f"Renamed: {rename}" for rename in shown.renames]
    for place in shown.places:
        lines.append(_heading(place))
        lines += [f"  {_sign(line)} {_marked(line)}" for line in place.lines]
    if shown.left_out:
        lines.append(f"… and {labels.count(shown.left_out, 'more place')}")
    return "\n".join(lines)


def _ops(line: Line) -> set[SpanOp]:
    return {span.op for cell in line.cells for span in cell if span.text.strip()}


def _sign(line: Line) -> str:
    signs = {frozenset({SpanOp.ADDED}): "+", frozenset({SpanOp.REMOVED}): "-", frozenset({SpanOp.EQUAL}): " "}
    return signs.get(frozenset(_ops(line)), "~")


def _marked(line: Line) -> str:
    mixed = len(_ops(line)) > 1
    cells = ("".join(_words(span) if mixed else span.text for span in cell) for cell in line.cells)
    return " ".join(CELL_BORDER.join(cells).split())


def _words(span: Span) -> str:
    begins, ends = _MARKS[span.op]
    before, words, after = _stripped(span.text)
    return f"{before}{begins}{words}{ends}{after}" if words else span.text


def _stripped(text: str) -> tuple[str, str, str]:
    """The blanks before the words, the words, and the blanks after them."""
    words = text.strip()
    return text[: len(text) - len(text.lstrip())], words, text[len(text.rstrip()) :]


def _heading(place: Place) -> str:
    where = f" · {place.section}" if place.section else ""
    return f"{place.label}{where}{f' ({place.note})' if place.note else ''}"


def markdown(comparison: Comparison) -> str:
    """What differs as Markdown: removed words struck through, added ones bold."""
    shown = view(comparison)
    lines = [f"- **Renamed**: {escaped(rename)}" for rename in shown.renames]
    for place in shown.places:
        note = f" ({escaped(place.note)})" if place.note else ""
        lines += ["", f"### {place.label}{' in ' + escaped(place.section) if place.section else ''}{note}", ""]
        for line in place.lines:
            lines += ["> " + " \\| ".join("".join(_spans(cell)) for cell in line.cells), ""]
    if shown.left_out:
        lines.append(f"… and {labels.count(shown.left_out, 'more place')}")
    return "\n".join(lines).strip()


def _spans(cell: tuple[Span, ...]) -> Iterator[str]:
    for span in cell:
        mark = {SpanOp.EQUAL: "", SpanOp.REMOVED: "~~", SpanOp.ADDED: "**"}[span.op]
        before, words, after = _stripped(span.text)
        yield f"{before}{mark}{escaped(words)}{mark}{after}" if mark and words else escaped(span.text)


def escaped(text: str) -> str:
    """Text without any meaning in Markdown, on one line."""
    return _MARKDOWN.sub(r"\\\1", output.safe(text)).replace("\n", " ")
