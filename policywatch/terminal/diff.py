"""A comparison in colours on a terminal, as plain lines, and as Markdown."""

import re

from rich.text import Text

from diffs.values import Comparison, Span, SpanOp
from diffs.wording import labels
from notifier.rendering.diff_view import CELL_BORDER, Line, Place, sides, view

from . import output

_STYLES = {SpanOp.EQUAL: "", SpanOp.REMOVED: "red strike", SpanOp.ADDED: "green bold"}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])")


def coloured(comparison: Comparison) -> None:
    """Print what differs: removed words struck through in red, added ones in green."""
    shown = view(comparison)
    for rename in shown.renames:
        output.say(f"Renamed: {rename}", "bold")
    for place in shown.places:
        output.say()
        output.say(_heading(place), "bold cyan")
        for line in place.lines:
            output.console.print(_line(line))
    if shown.left_out:
        output.say(f"… and {labels.count(shown.left_out, 'more place')}")


def _line(line: Line) -> Text:
    text = Text("  ")
    for number, cell in enumerate(line.cells):
        if number:
            text.append(CELL_BORDER)
        for span in cell:
            text.append(output.safe(span.text).replace("\n", "\n  "), style=_STYLES[span.op])
    return text


def plain(comparison: Comparison) -> str:
    """What differs as lines for a pipe, never wrapped: "- " before what went, "+ " before what came."""
    shown = view(comparison)
    lines = [f"Renamed: {rename}" for rename in shown.renames]
    for place in shown.places:
        lines.append(_heading(place))
        for line in place.lines:
            before, after = (" ".join(text.split()) for text in sides(line))
            if before == after:
                lines.append(f"    {after}")
                continue
            lines += [f"  - {before}"] if before else []
            lines += [f"  + {after}"] if after else []
    if shown.left_out:
        lines.append(f"… and {labels.count(shown.left_out, 'more place')}")
    return "\n".join(lines)


def _heading(place: Place) -> str:
    where = f" · {place.section}" if place.section else ""
    return f"{place.label}{where}{f' ({place.note})' if place.note else ''}"


def markdown(comparison: Comparison) -> str:
    """What differs as Markdown: removed words struck through, added ones bold."""
    shown = view(comparison)
    lines = [f"- **Renamed**: {_plain(rename)}" for rename in shown.renames]
    for place in shown.places:
        note = f" ({_plain(place.note)})" if place.note else ""
        lines += ["", f"### {place.label}{' in ' + _plain(place.section) if place.section else ''}{note}", ""]
        for line in place.lines:
            lines += ["> " + " \\| ".join("".join(map(_span, cell)) for cell in line.cells), ""]
    if shown.left_out:
        lines.append(f"… and {labels.count(shown.left_out, 'more place')}")
    return "\n".join(lines).strip()


def _span(span: Span) -> str:
    mark = {SpanOp.EQUAL: "", SpanOp.REMOVED: "~~", SpanOp.ADDED: "**"}[span.op]
    words = span.text.strip()
    if not mark or not words:
        return _plain(span.text)
    start = span.text[: len(span.text) - len(span.text.lstrip())]
    end = span.text[len(span.text.rstrip()) :]
    return f"{start}{mark}{_plain(words)}{mark}{end}"


def _plain(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", output.safe(text)).replace("\n", " ")
