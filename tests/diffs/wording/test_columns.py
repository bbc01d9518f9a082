"""A column that came or went is said once, not row by row."""

from diffs.comparing.compare import compare
from diffs.meaning.sentence_pairs import sentence_pairs
from diffs.values import Document
from diffs.wording.columns import columns_of
from tests.diffs.phrasing import policy, row

HEAD, TOYS, BOOKS = row("Category", "US", "UK"), row("Toys", "15%", "16%"), row("Books", "12%", "10%")
WIDER = policy(row("Category", "US", "DE", "UK"), row("Toys", "15%", "17%", "16%"), row("Books", "12%", "11%", "10%"))


def said(before: Document, after: Document) -> list[tuple[str, str]]:
    points, _ = columns_of(sentence_pairs(compare(before, after)))
    return [(point.text, point.short) for point in points]


def test_a_new_column_is_said_with_its_name_and_its_rows() -> None:
    text = "New column “DE”: Toys 17%; Books 11%"

    assert said(policy(HEAD, TOYS, BOOKS), WIDER) == [(text, text)]


def test_a_removed_column_is_said_the_same_way() -> None:
    text = "Removed column “DE”: Toys 17%; Books 11%"

    assert said(WIDER, policy(HEAD, TOYS, BOOKS)) == [(text, text)]


def test_a_column_whose_head_states_a_value_has_no_name() -> None:
    before = policy(row("Toys", "15%", "16%"), row("Books", "12%", "10%"), row("Lamps", "8%", "9%"))
    after = policy(row("Toys", "15%", "16%", "17%"), row("Books", "12%", "10%", "11%"), row("Lamps", "8%", "9%", "7%"))

    assert said(before, after) == [("New column: Toys 17%; Books 11%; Lamps 7%", "New column: Toys 17%; Books 11%")]


def test_a_longer_row_that_reads_differently_elsewhere_is_no_column() -> None:
    assert not said(policy(HEAD, TOYS), policy(HEAD, row("Toys", "14%", "17%", "16%")))
    assert not said(policy(TOYS), policy(row("Toys", "15%", "17%", "16%")))
