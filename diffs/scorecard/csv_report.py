"""Read the seller's own figures from a plain CSV, one figure per row."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from diffs.errors import ReportError

from . import names
from .amazon_report import Found
from .metric import UNKNOWN, Metric
from .numbers import count, day, percents, written

#: The permitted columns; the first two, and either a rate or both counts, are required.
COLUMNS = ("marketplace", "metric", "scope", "numerator", "denominator", "rate", "window_from", "window_to")
_NEEDED = ("marketplace", "metric")
_DELIMITERS = (",", ";", "\t")

#: The characters that represent a byte that is not UTF-8 (Python's "surrogateescape").
_BROKEN = range(0xDC80, 0xDD00)


def read(text: str, *, source: str) -> Found:
    """The figures of a CSV; `source` names it. Rows that cannot be read are reported by line; the others are read.

    The separator is a comma, semicolon or tab, whichever the heading uses. Raises ReportError if the heading lacks a
    required column.
    """
    heading = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(_DELIMITERS, key=heading.count)
    rows = csv.reader(io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=delimiter)
    found = Found()
    try:
        columns = [name.strip().casefold().replace(" ", "_") for name in next(rows, [])]
        _check_heading(columns, found)
        for row in rows:
            if any(cell.strip() for cell in row):
                _read_row(columns, row, rows.line_num, source, found)
    except csv.Error as error:
        found.problems.append(f"line {rows.line_num}: {error}; the rest could not be read. Save it as CSV again.")
    return found


def _check_heading(columns: list[str], found: Found) -> None:
    missing = [name for name in _NEEDED if name not in columns]
    if "rate" not in columns and not {"numerator", "denominator"} <= set(columns):
        missing.append("rate, or numerator and denominator")
    if missing:
        remedy = f"The first line must name the columns: {', '.join(COLUMNS)}."
        raise ReportError(f"line 1: the column {' and '.join(missing)} is missing.", remedy=remedy)
    for name in columns:
        if name not in COLUMNS:
            found.problems.append(f"line 1: the column {name[:40]!r} is not one we know; it is left aside.")


def _read_row(columns: list[str], row: list[str], line: int, source: str, found: Found) -> None:
    if len(row) > len(columns):
        found.problems.append(
            f"line {line}: {len(row)} cells under {len(columns)} headings. A decimal comma? "
            'Put "3,4%" in quotes, or separate the cells by semicolons.'
        )
        return
    cells = dict(zip(columns, (cell.strip() for cell in row), strict=False))
    broken = next((name for name, cell in cells.items() if any(ord(letter) in _BROKEN for letter in cell)), None)
    if broken is not None:
        found.problems.append(f"line {line}, {broken}: it is not UTF-8. Save the file as CSV UTF-8.")
        return
    metric = found.attempt(lambda: _metric(cells, line, source, found))
    if metric is not None:
        found.metrics.append(metric)


def _metric(cells: Mapping[str, str], line: int, source: str, found: Found) -> Metric:
    for name in _NEEDED:
        if not cells.get(name):
            raise ReportError(f"line {line}, {name}: it is empty; the row is left out.", remedy="Fill it in.")
    code = names.marketplace(cells["marketplace"])
    if not names.is_marketplace(code):
        found.problems.append(f"line {line}, marketplace: {code!r} is none we know (such as US, UK, DE).")
    name = names.named(cells["metric"])
    if name.startswith(UNKNOWN):
        found.problems.append(f"line {line}, metric: we do not know {cells['metric'][:60]!r}; it is kept as it is.")
    numerator, denominator = (
        count(cells.get(column, ""), _at(line, column)) for column in ("numerator", "denominator")
    )
    if numerator is not None and denominator is not None and numerator > denominator:
        raise ReportError(f"{_at(line, 'numerator')}: {numerator} of {denominator} cannot be.", remedy="Correct it.")
    base = Metric(
        code,
        name,
        names.scope(cells.get("scope", ""), name),
        numerator,
        denominator,
        window_from=day(cells.get("window_from", ""), _at(line, "window_from")),
        window_to=day(cells.get("window_to", ""), _at(line, "window_to"), end=True),
        source=source,
        unit=names.unit(name),
    )
    if base.window_from and base.window_to and base.window_from > base.window_to:
        raise ReportError(f"{_at(line, 'window_to')}: the window ends before it begins.", remedy="Correct it.")
    return _with_rate(base, cells.get("rate", ""), line)


def _with_rate(base: Metric, cell: str, line: int) -> Metric:
    number = written(cell, _at(line, "rate"))
    fields: dict[str, Any] = {name: getattr(base, name) for name in Metric.__slots__}
    if number is None:
        if base.value is None and base.denominator != 0:
            raise ReportError(
                f"{_at(line, 'rate')}: it is empty, and so is numerator or denominator.", remedy="Fill one of them in."
            )
        return base
    if base.unit != "percent":
        if number.percent:
            raise ReportError(f"{_at(line, 'rate')}: {cell!r}: this metric is in {base.unit}, not in percent.")
        if number.decimals == 3:
            remedy = "Write it without a separator."
            raise ReportError(f"{_at(line, 'rate')}: {cell!r} may be thousands or decimals.", remedy=remedy)
        return Metric(**{**fields, "rate": number.value})
    return Metric(**{**fields, "rate": percents(number, _at(line, "rate"), base.numerator, base.denominator)})


def _at(line: int, column: str) -> str:
    return f"line {line}, {column}"
