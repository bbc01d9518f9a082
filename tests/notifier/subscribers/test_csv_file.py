"""A list of subscribers as a CSV file, written by us or by a spreadsheet."""

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.subscribers.csv_file import COLUMNS, Entry, Fault, read, write

ROW = {
    "address": "reader@example.org",
    "channel": "email",
    "name": "=HYPERLINK(1)",
    "state": "active",
    "cadence": "weekly",
    "time_zone": "Europe/Berlin",
    "marketplaces": ["US", "DE"],
    "categories": [],
    "pages": ["us-fees"],
    "importance": "high",
    "heartbeat": True,
    "confirmed_at": datetime(2026, 3, 4, 12, tzinfo=UTC),
    "stopped_reason": "",
}


def test_what_is_written_is_read_back() -> None:
    (entry,) = read(write([ROW]))

    assert entry == Entry(
        line=2,
        address="reader@example.org",
        channel="email",
        state="active",
        confirmed_at=datetime(2026, 3, 4, 12, tzinfo=UTC),
        wishes={
            "name": "=HYPERLINK(1)",
            "cadence": "weekly",
            "time_zone": "Europe/Berlin",
            "marketplaces": ["US", "DE"],
            "categories": [],
            "pages": ["us-fees"],
            "importance": "high",
            "heartbeat": True,
        },
    )
    assert "reader@example.org" not in repr(entry), "an address may hold a secret"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\t\x00"), max_size=60))
def test_no_cell_is_a_formula_and_every_name_comes_back(name: str) -> None:
    text = write([ROW | {"name": name}])

    cells = next(csv.DictReader(io.StringIO(text, newline="")))
    assert not cells["name"].startswith(("=", "+", "-", "@", "\t"))
    (entry,) = read(text)
    assert isinstance(entry, Entry)
    # What could control a terminal or a header is gone, and blanks are single ones.
    assert set(entry.wishes["name"].split()) <= set(name.split()) or not name.isprintable()


def test_a_name_cannot_turn_the_direction_of_a_spreadsheet() -> None:
    assert "Eve fdp.exe,active" in write([ROW | {"name": "Eve \u202efdp.exe\ufffe\n"}])


def test_a_list_from_elsewhere_needs_only_addresses() -> None:
    assert list(read("address\na@example.org\n\nb@example.org\n")) == [
        Entry(2, "a@example.org"),
        Entry(4, "b@example.org"),
    ]


def test_a_file_as_excel_writes_it() -> None:
    text = '\ufeffAddress;Marketplaces;Cadence\r\na@example.org;"US, DE";\r\n'

    (entry,) = read(text)
    assert isinstance(entry, Entry)
    assert (entry.address, entry.wishes) == ("a@example.org", {"marketplaces": ["US", "DE"], "cadence": "daily"})


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("cadence=hourly", "cadence is one of at_once, daily, weekly, not 'hourly'"),
        ("importance=huge", "importance is one of low, medium, high, not 'huge'"),
        ("state=gone", "state is one of pending, active, paused, stopped, not 'gone'"),
        ("heartbeat=perhaps", "heartbeat is one of yes, true, 1, no, false, 0, not 'perhaps'"),
        ("time_zone=Berlin", "there is no time zone 'Berlin'; write it as Europe/Berlin"),
        ("confirmed_at=yesterday", "confirmed_at is not a date: 'yesterday'; write it as 2026-03-04T12:00Z"),
        (f"name={'x' * 201}", "name is longer than 200 characters"),
        (f"address={'x' * 501}", "address is longer than 500 characters"),
    ],
)
def test_a_line_of_no_use_says_why_and_the_others_are_read(cells: str, reason: str) -> None:
    column, _, value = cells.partition("=")
    columns = dict.fromkeys(("address", column), "a@example.org") | {column: value}
    text = (
        f"{','.join(columns)}\n{','.join(columns.values())}\n{'b@example.org' if column != 'address' else 'b@e.org'}\n"
    )

    fault, entry = read(text)
    assert fault == Fault(2, reason)
    assert isinstance(entry, Entry)
    assert entry.line == 3


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-03-04", datetime(2026, 3, 4, tzinfo=UTC)),
        ("2026-03-04T12:00+02:00", datetime(2026, 3, 4, 10, tzinfo=UTC)),
        ("", None),
    ],
)
def test_consent_keeps_its_date(cell: str, moment: datetime | None) -> None:
    (entry,) = read(f"address,confirmed_at\na@example.org,{cell}\n")

    assert isinstance(entry, Entry)
    assert entry.confirmed_at == moment


def test_a_column_nobody_knows_is_reported_and_left_out() -> None:
    fault, entry = read("address,shoe_size\na@example.org,43\n")

    assert isinstance(fault, Fault)
    assert fault.reason.startswith("there is no column 'shoe_size'; it is ignored. Columns: address, ")
    assert entry == Entry(2, "a@example.org")


@pytest.mark.parametrize("text", ["", "name\nReader\n", "a@example.org\n"])
def test_a_file_without_the_column_is_no_list(text: str) -> None:
    with pytest.raises(ValueError, match="must name the columns"):
        list(read(text))


def test_a_line_that_is_no_csv_is_a_fault() -> None:
    found = list(read("address\n" + "x" * 200_000 + "\nb@example.org\n"))

    assert [type(line) for line in found] == [Fault, Entry]


def test_every_column_is_written() -> None:
    assert write([]).strip() == ",".join(COLUMNS)
