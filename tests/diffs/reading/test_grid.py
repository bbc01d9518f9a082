"""A row of a table says what a reader sees in it, whatever cells reach over rows and columns."""

import pytest

from diffs.reading.extract import extract
from diffs.reading.grid import Cell, rows_of
from diffs.values import Block, Capture, Selection


def rows(*written: tuple[Cell | str, ...]) -> list[tuple[str, ...]]:
    cells = ([cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in written)
    return [row.cells for row in rows_of(cells)]


def blocks(table: str) -> tuple[Block, ...]:
    page = f"<html><body><div id=x>{table}</div></body></html>"
    return extract(Capture(url="https://shop.example/fees", body=page.encode()), Selection(("#x",))).document.blocks


def test_a_cell_over_two_rows_names_both() -> None:
    assert rows((Cell("Books", rows=2), "Small", "$2"), ("Large", "$4")) == [
        ("Books", "Small", "$2"),
        ("Books", "Large", "$4"),
    ]


def test_cells_of_several_rows_above_find_their_columns() -> None:
    assert rows((Cell("EU", rows=3), Cell("Books", rows=2), "$1"), ("$2",), ("Toys", "$3"), ("UK", "Games", "$4")) == [
        ("EU", "Books", "$1"),
        ("EU", "Books", "$2"),
        ("EU", "Toys", "$3"),
        ("UK", "Games", "$4"),
    ]


def test_a_cell_over_two_columns_heads_both() -> None:
    assert rows(("Goods", Cell("Rate", columns=2)), ("Books", "1%", "2%")) == [
        ("Goods", "Rate", "Rate"),
        ("Books", "1%", "2%"),
    ]


def test_a_cell_over_rows_and_columns_fills_them_all() -> None:
    assert rows((Cell("Free", rows=2, columns=2), "a"), ("b",)) == [("Free", "Free", "a"), ("Free", "Free", "b")]


def test_a_cell_alone_over_the_whole_width_is_one_cell() -> None:
    assert rows((Cell("Group", columns=3),), ("a", "b", "c")) == [("Group",), ("a", "b", "c")]


def test_a_long_text_over_many_rows_is_said_once() -> None:
    note = "A note that explains all the rows beside it. " * 5

    assert rows((Cell(note, rows=2), "a"), ("b",)) == [(note, "a"), ("", "b")]


def test_rows_without_cells_of_their_own_keep_what_hangs_over_them() -> None:
    assert rows((Cell("a", rows=0), Cell("b", rows=3)), (), ("c",)) == [("a", "b"), ("a", "b"), ("a", "b", "c")]
    assert rows(("a", Cell("b", rows=2)), ()) == [("a", "b"), ("", "b")]


def test_a_hostile_table_repeats_no_more_than_it_wrote() -> None:
    made = rows(tuple(Cell("x", rows=60_000, columns=60_000) for _ in range(50)), *((("y",),) * 2000))

    assert sum(map(len, made)) < 50 * 60 + 2000 * 20


def test_the_same_size_in_two_groups_is_two_rows() -> None:
    books, toys = (
        "<tr><td rowspan=2>Books<td>Small<td>$2<tr><td>Large<td>$4",
        "<tr><td rowspan=2>Toys<td>Small<td>$3<tr><td>Large<td>$5",
    )

    assert [block.shown for block in blocks(f"<table>{books}{toys}</table>")] == [
        "Books | Small | $2",
        "Books | Large | $4",
        "Toys | Small | $3",
        "Toys | Large | $5",
    ]


def test_a_row_group_ends_what_hangs_over_its_rows() -> None:
    table = "<table><tbody><tr><td rowspan=9>Books<td>$2<tbody><tr><td>Toys<td>$3</table>"

    assert [block.shown for block in blocks(table)] == ["Books | $2", "Toys | $3"]


def test_another_width_of_a_heading_cell_is_no_edit() -> None:
    wide = blocks("<table><tr><th>Goods<th colspan=2>Rate<tr><td>Books<td>1%<td>2%</table>")
    narrow = blocks("<table><tr><th>Goods<th>Rate<tr><td>Books<td>1%<td>2%</table>")

    assert wide[0].cells == ("Goods", "Rate", "Rate")
    assert [block.compared for block in wide] == [block.compared for block in narrow]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("Late rate: at most 3%<br>Defect rate: at most 0.5%", "Late rate: at most 3%; Defect rate: at most 0.5%"),
        ("<p>Books 15%</p><p>Toys 12%</p>", "Books 15%; Toys 12%"),
        ("出荷遅延率：4%以下<br>注文不良率：1%以下", "出荷遅延率：4%以下; 注文不良率：1%以下"),
        ("Late<br>shipment rate", "Late shipment rate"),
        ("Under 4%<br>(over 30 days)", "Under 4% (over 30 days)"),
        ("Under 4% in<br>30 days", "Under 4% in 30 days"),
        ("Under 4%.<br>Over 30 days.", "Under 4%. Over 30 days."),
        ("<ul><li>Under 4%</li><li>Over 30 days</li></ul>", "• Under 4% • Over 30 days"),
    ],
)
def test_lines_of_a_cell_that_each_state_something_stay_apart(cell: str, said: str) -> None:
    assert blocks(f"<table><tr><th>Level<th>Rule<tr><td>Top<td>{cell}</table>")[-1].cells[1] == said
