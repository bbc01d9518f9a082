"""Subscribers as a CSV file, one per line: for a spreadsheet, another archive, or a list made elsewhere. Pure.

A spreadsheet takes a cell that begins with "=" or the like for a formula: such cells get a "'" before them, which is
removed when the file is read. Characters that change the direction of text, and invalid ones, are left out.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from diffs.judging.subscriptions import CADENCES, IMPORTANCES, zone_of
from diffs.language.plain_text import in_short, one_line

#: The columns, in the order in which they are written. Only `address` is needed.
COLUMNS: Final = (
    "address",
    "channel",
    "name",
    "state",
    "cadence",
    "time_zone",
    "marketplaces",
    "categories",
    "pages",
    "importance",
    "heartbeat",
    "confirmed_at",
    "stopped_reason",
)

STATES: Final = ("pending", "active", "paused", "stopped")

_LISTS = ("marketplaces", "categories", "pages")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_YES, _NO = ("yes", "true", "1"), ("", "no", "false", "0")
#: The longest values that the archive's columns can hold.
_LONGEST = {"address": 500, "name": 200}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the file. `wishes` hold what its columns say and nothing else; `state` "" means: not given."""

    line: int
    address: str = field(repr=False)
    channel: str = ""
    state: str = ""
    confirmed_at: datetime | None = None
    stopped_reason: str = ""
    wishes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that cannot be used, and why."""

    line: int
    reason: str


def write(rows: Iterable[dict[str, Any]]) -> str:
    """The file, from rows with the fields of `COLUMNS`; lists are written with blanks between."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_guarded(one_line(_cell(row[column]))) for column in COLUMNS])
    return file.getvalue()


def read(text: str) -> Iterator[Entry | Fault]:
    """The entries of a file and the lines that cannot be used, in order.

    Cells are separated by commas or semicolons (as Excel writes them in half of Europe). Raises ValueError if the first
    line names no column `address`.
    """
    text = text.removeprefix("\ufeff")
    first = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    columns = [name.strip().lower() for name in next(rows, [])]
    if "address" not in columns:
        raise ValueError("the first line must name the columns, one of them `address`")
    if unknown := [name for name in columns if name not in COLUMNS]:
        yield Fault(1, f"there is no column {in_short(unknown[0], 40)!r}; it is ignored. Columns: {', '.join(COLUMNS)}")
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Fault(rows.line_num, f"not a line of a CSV file: {error}")
            continue
        if any(cell.strip() for cell in cells):
            yield _entry(rows.line_num, dict(zip(columns, map(_bare, cells), strict=False)))


def _entry(line: int, cells: dict[str, str]) -> Entry | Fault:
    try:
        return Entry(
            line=line,
            address=_short("address", cells["address"]),
            channel=cells.get("channel", ""),
            state=_one_of("state", cells.get("state", ""), ("", *STATES)),
            confirmed_at=_moment(cells.get("confirmed_at", "")),
            stopped_reason=one_line(cells.get("stopped_reason", "")),
            wishes={name: _wish(name, cells[name]) for name in _WISHES if name in cells},
        )
    except ValueError as error:
        return Fault(line, str(error))


_WISHES = ("name", "cadence", "time_zone", *_LISTS, "importance", "heartbeat")


def _wish(name: str, cell: str) -> object:
    if name in _LISTS:
        return cell.replace(",", " ").replace(";", " ").split()
    if name == "cadence":
        return _one_of(name, cell or "daily", CADENCES)
    if name == "importance":
        return _one_of(name, cell or "low", IMPORTANCES)
    if name == "heartbeat":
        return _one_of(name, cell.lower(), (*_YES, *_NO)) in _YES
    if name == "time_zone":
        if zone_of(cell).key != (cell or "UTC"):
            raise ValueError(f"there is no time zone {_shown(cell)}; write it as Europe/Berlin")
        return cell or "UTC"
    return one_line(_short(name, cell))


def _one_of(column: str, cell: str, allowed: tuple[str, ...]) -> str:
    if cell not in allowed:
        raise ValueError(f"{column} is one of {', '.join(word for word in allowed if word)}, not {_shown(cell)}")
    return cell


def _short(column: str, cell: str) -> str:
    if len(cell) > _LONGEST[column]:
        raise ValueError(f"{column} is longer than {_LONGEST[column]} characters")
    return cell


def _moment(cell: str) -> datetime | None:
    if not cell:
        return None
    try:
        moment = datetime.fromisoformat(cell)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"confirmed_at is not a date: {_shown(cell)}; write it as 2026-03-04T12:00Z") from None


def _shown(cell: str) -> str:
    return repr(in_short(cell, 60))


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, list):
        return " ".join(map(str, value))
    return str(value or "")


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA) else cell


def _bare(cell: str) -> str:
    guarded = cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA)
    return (cell[1:] if guarded else cell).strip()
