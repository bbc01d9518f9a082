"""Rows of a table as a reader sees them: a cell that spans several rows or columns is repeated in each of them."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

#: A longer cell over several rows is no group's name: it is read once, and empty cells keep its place.
_GROUP_LETTERS = 120
#: A table for people has at most so many columns.
_COLUMNS = 60
#: How many repeated cells are allowed per written cell, and in addition to that: more are not a table.
_REPEATED, _ROOM = 4, 200


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as written: its text, and how many rows (0: to the end of its group) and columns it spans."""

    text: str
    rows: int = 1
    columns: int = 1


class Row(NamedTuple):
    """A row's cells, one for each column; `again` are the places of those that only repeat the one to their left."""

    cells: tuple[str, ...]
    again: frozenset[int] = frozenset()


class _Hanging(NamedTuple):
    """A cell from above that continues in a column: for how many more rows (-1: all), its text, whether it repeats."""

    left: int
    text: str
    again: bool


def rows_of(group: Iterable[Iterable[Cell]]) -> Iterator[Row]:
    """The rows of one row group: a cell over several rows ends with its group at the latest."""
    above: dict[int, _Hanging] = {}
    room = _ROOM
    for cells in group:
        given = deque(cells)
        room += _REPEATED * (len(given) + 1) - len(above)
        row, above = _row(given, above if room > 0 else {})
        yield row


def _row(given: deque[Cell], above: dict[int, _Hanging]) -> tuple[Row, dict[int, _Hanging]]:
    """A row, and the cells that continue into the next one."""
    said: list[str] = []
    again: set[int] = set()
    below: dict[int, _Hanging] = {}
    last = max(above, default=-1)
    # A cell alone in its row heads the rows below it, however many columns it spans.
    is_alone = len(given) == 1 and not above
    while given or len(said) <= last:
        at = len(said)
        if at in above:
            left, text, repeats = above[at]
            if left != 1:
                below[at] = _Hanging(left - 1 if left > 0 else -1, text, repeats)
            again.update([at] if repeats else [])
            said.append(text)
        elif given:
            cell = given.popleft()
            width = 1 if is_alone else min(max(1, cell.columns), _COLUMNS)
            again.update(range(at + 1, at + width))
            if cell.rows != 1:
                text = cell.text if len(cell.text) <= _GROUP_LETTERS else ""
                left = cell.rows - 1 if cell.rows > 0 else -1
                below.update((at + step, _Hanging(left, text, step > 0)) for step in range(width))
            said += [cell.text] * width
        else:
            said.append("")
    return Row(tuple(said), frozenset(again)), below
