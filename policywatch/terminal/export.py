"""Changes as CSV for a spreadsheet or Markdown for a document. Text from pages is executed in neither."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from diffs.language.plain_text import one_line
from notifier.rendering.escaping import web_link

#: The columns of a change, with the work on it.
COLUMNS = (
    "id",
    "decided_at",
    "effective_on",
    "page",
    "marketplace",
    "category",
    "importance",
    "headline",
    "points",
    "told",
    "url",
    "owner",
    "note",
    "done_at",
    "muted",
)

#: What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

_MARKDOWN = {letter: f"\\{letter}" for letter in "\\`*_[]|~#"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def as_csv(changes: Iterable[Mapping[str, Any]]) -> str:
    """One change a row under a heading; every cell is text that no spreadsheet takes for a formula."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for change in changes:
        writer.writerow([cell(value) for value in _values(change)])
    return file.getvalue()


def as_markdown(changes: Iterable[Mapping[str, Any]]) -> str:
    """One change a paragraph: the headline, its points, who works on it. For a hand-over or a manual."""
    return "\n".join(_paragraph(change) for change in changes) or "No changes.\n"


def cell(value: object) -> str:
    """A cell that is never executed: one line, with an apostrophe before what would be a formula."""
    text = one_line(str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text


def escaped(text: object) -> str:
    """Text without any meaning in Markdown."""
    return "".join(_MARKDOWN.get(letter, letter) for letter in one_line(str(text)))


def _values(change: Mapping[str, Any]) -> Sequence[object]:
    work = change.get("work") or {}
    values = {
        **change,
        **work,
        "points": " • ".join(change["points"]),
        "headline": change["headline"] or change["reason"],
    }
    return ["" if (value := values.get(name)) is None else _word(value) for name in COLUMNS]


def _word(value: object) -> object:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _paragraph(change: Mapping[str, Any]) -> str:
    work = change.get("work") or {}
    link = web_link(change["url"]).replace("(", "%28").replace(")", "%29")
    title = escaped(change["title"] or change["page"])
    about = [
        str(change["decided_at"])[:10],
        escaped(change["marketplace"]),
        f"[{title}](<{link}>)" if link else title,
        str(change["importance"]),
        f"effective {change['effective_on']}" if change["effective_on"] else "",
        f"id {change['id']}",
    ]
    lines = [f"## {escaped(change['headline'] or change['reason'])}", "", " · ".join(filter(None, about)), ""]
    lines += [f"- {escaped(point)}" for point in change["points"]]
    state = [
        f"Owner: {escaped(work['owner'])}" if work.get("owner") else "",
        f"Done: {str(work['done_at'])[:10]}" if work.get("done_at") else "Open",
        f"Note: {escaped(work['note'])}" if work.get("note") else "",
    ]
    return "\n".join([*lines, *([""] if change["points"] else []), " · ".join(filter(None, state)), ""])
