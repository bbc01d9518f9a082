"""A policy that a page holds twice is read once, and nothing of it is lost."""

import pytest

from diffs.reading.copies import copies_in, read_once
from diffs.reading.extract import extract
from diffs.values import Capture, Document, Selection
from tests.diffs.phrasing import heading, item, policy

RULES = [
    f"Sellers confirm every {thing} within two days of the order."
    for thing in ("shipment", "return", "refund", "claim")
]


def shown(inside: str) -> str:
    page = f"<html><body><main><h1>Rules</h1>{inside}</main></body></html>"
    return extract(Capture(url="https://shop.example/rules", body=page.encode()), Selection(("main",))).document.shown


def texts(document: Document) -> list[str]:
    return [block.shown for block in document.blocks]


@pytest.mark.parametrize("copies", [2, 3])
def test_a_text_printed_several_times_is_read_once(copies: int) -> None:
    once = (heading("Rules"), *RULES, item("Yes"))

    document = policy(*(once * copies))

    assert copies_in(document) == copies
    assert texts(read_once(document)) == ["Rules", *RULES, "Yes"]


def test_a_copy_cut_into_other_blocks_says_the_same() -> None:
    document = policy("Note: ship in time. Thanks.", *RULES, "Note: ship in time.", "Thanks.", *RULES)

    assert texts(read_once(document)) == ["Note: ship in time. Thanks.", *RULES]


def test_what_only_one_copy_says_is_kept() -> None:
    document = policy(heading("Rules"), *RULES, "In force.", *RULES, "Rules for phones too.")

    assert texts(read_once(document)) == ["Rules", *RULES, "In force.", "Rules for phones too."]


def test_a_line_in_which_the_copies_ran_together_is_read_once() -> None:
    document = policy("Version 5Version 5", *RULES, *RULES)

    assert texts(read_once(document)) == ["Version 5", *RULES]


@pytest.mark.parametrize(
    "lines",
    [
        RULES,
        [*RULES, RULES[0]],
        [line for rule in RULES for line in (rule, rule)],
        ["Yes.", "No.", "Yes.", "No."],
        RULES[:2] * 2,
    ],
)
def test_a_text_that_says_something_twice_is_read_as_it_is(lines: list[str]) -> None:
    document = policy(*lines)

    assert copies_in(document) == 1
    assert read_once(document) is document


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("d-none d-md-block", "d-md-none"),
        ("hidden-xs", "visible-xs"),
        ("fees-desktop", "fees-mobile"),
        ("hidden lg:block", "lg:hidden"),
    ],
)
def test_a_table_for_wide_and_a_list_for_narrow_screens_are_read_once(wide: str, narrow: str) -> None:
    table = f"<div class='{wide}'><table><tr><th>Goods<th>Fee<tr><td>Books<td>4%</table></div>"
    cards = f"<div class='{narrow}'><ul><li>Goods Fee</li><li>Books 4%</li></ul></div>"

    assert shown(table + cards).count("4%") == 1
    assert shown(cards + table).count("4%") == 1


@pytest.mark.parametrize(
    "inside",
    [
        "<div class=desktop><p>Fee: 4%</p></div><div class=mobile><p>Fee: 4.5%</p></div>",
        "<div class=mobile><p>Fee: 4%</p></div><p>Fee: 4%</p>",
        "<div><div class=desktop><p>Fee: 4%</p></div></div><div class=mobile><p>Fee: 4%</p></div>",
    ],
)
def test_copies_that_differ_or_are_far_apart_are_both_read(inside: str) -> None:
    assert shown(inside).count("Fee: 4") == 2


def test_a_second_copy_with_very_much_of_its_own_keeps_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diffs.reading.copies._LEFT", 0)
    document = policy(heading("Rules"), *RULES, "In force.", *RULES, "In force")

    assert texts(read_once(document)) == ["Rules", *RULES, "In force.", "In force"]
