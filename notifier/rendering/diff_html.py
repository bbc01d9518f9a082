"""Hunks as safe HTML and as plain text, for feeds, mail and web pages. Pure.

Only words come from outside, and the templates escape them: the HTML contains no link, style, script or address taken
from a policy text.
"""

import textwrap
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from diffs.language import plain_text
from diffs.values import BlockKind, Comparison, Op
from diffs.wording import labels

from . import escaping
from .diff_view import FULL, Line, Place, Room, sides, view
from .title import full_title

#: Width of plain text mail, in characters (RFC 5322 section 2.1.1 asks for no more than 78).
WIDTH = 76


def diff_html(comparison: Comparison, *, room: Room = FULL, more: str = "", marked: bool = False) -> Markup:
    """The hunks as HTML: `<ins>` and `<del>` inside quotes and tables. `more` is where to see what had no room.

    `marked` also writes [-removed-] and {+added+}: many feed readers strip those elements, and both texts would seem to
    be in force.
    """
    template = environment().get_template("diff.html")
    fields = {"view": view(comparison, room), "more": escaping.web_link(more), "marked": marked}
    return Markup(template.render(**fields))  # noqa: S704 (autoescaped)


def diff_text(comparison: Comparison, *, room: Room = FULL, indent: str = "") -> str:
    """The hunks as plain text, before and after on lines of their own; "" if there is nothing to show."""
    shown = view(comparison, room)
    parts = [_wrapped(f"Renamed: {rename}", indent) for rename in shown.renames]
    parts += [_place(place, indent) for place in shown.places]
    if shown.left_out:
        parts.append(f"{indent}… and {labels.count(shown.left_out, 'more place')}.")
    return "\n".join(parts)


@cache
def environment() -> Environment:
    """The templates of this package: autoescape on, an unknown name is an error."""
    made = Environment(
        loader=PackageLoader("notifier"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["by_rows"] = _by_rows
    made.filters["clean"] = plain_text.clean
    made.filters["day"] = labels.day
    made.filters["in_short"] = plain_text.in_short
    made.filters["minute"] = labels.minute
    made.filters["marketplace"] = labels.marketplace
    made.filters["category"] = labels.category
    made.filters["full_title"] = full_title
    made.filters["web_link"] = escaping.web_link
    return made


def _by_rows(lines: Iterable[Line]) -> Iterator[tuple[bool, list[Line]]]:
    # Consecutive rows make one table. A row whose cells could not be told apart is a line.
    for rows, group in groupby(lines, lambda line: line.kind is BlockKind.ROW and len(line.cells) > 1):
        yield rows, list(group)


def _place(place: Place, indent: str) -> str:
    preposition = "to" if place.op is Op.MOVED else "in"
    where = f" {preposition} {place.section}" if place.section else ""
    lines = [_wrapped(f"{place.label}{where}{' ' + place.note if place.note else ''}:", indent)]
    for line in place.lines:
        before, after = sides(line)
        if before == after:
            lines.append(_wrapped(after, indent + "    "))
            continue
        lines += [_wrapped(f"- {before}", indent + "  ", "  ")] if before else []
        lines += [_wrapped(f"+ {after}", indent + "  ", "  ")] if after else []
    return "\n".join(lines)


def _wrapped(text: str, indent: str, hanging: str = "") -> str:
    # Long words (addresses, Japanese) are not broken: a reader may want to copy them.
    return textwrap.fill(
        " ".join(text.split()),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
