"""Recordings of other people's pages: tables with a row per check, and their times."""

import csv
from datetime import UTC, datetime
from pathlib import Path

Row = dict[str, str]


def rows_of(path: Path) -> list[Row]:
    """The rows of a table, by the names in its first line."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def moment(text: str) -> datetime:
    """A time as recorded, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)
