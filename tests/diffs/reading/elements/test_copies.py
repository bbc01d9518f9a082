"""A policy that a page holds twice is read once, and nothing of it is lost."""

import pytest

from diffs.reading.elements.copies import copies_in, read_beside, read_once
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
    monkeypatch.setattr("diffs.reading.elements.copies._LEFT", 0)
    document = policy(heading("Rules"), *RULES, "In force.", *RULES, "In force")

    assert texts(read_once(document)) == ["Rules", *RULES, "In force.", "In force"]


GERMAN = [
    f"Verkäufer bestätigen {thing} innerhalb von zwei Tagen nach der Bestellung des Kunden."
    for thing in ("jeden Versand", "jede Rückgabe", "jede Erstattung", "jede Forderung")
]


def test_a_second_copy_of_another_edition_is_read_once_with_what_only_it_says() -> None:
    known = policy(heading("Rules"), *RULES)
    older = [RULES[0].replace("two days", "nine days"), *RULES[1:]]

    document = policy(heading("Rules"), *RULES, heading("Rules"), *older)

    assert copies_in(document) == 1, "by itself the page may as well say it all twice"
    assert texts(read_beside(document, known)) == ["Rules", *RULES, older[0]]


@pytest.mark.parametrize("edited", [RULES, [RULES[0].replace("two", "five"), *RULES[1:]]])
def test_a_translation_beside_the_known_text_is_left_out(edited: list[str]) -> None:
    known = policy(heading("Rules"), *RULES, item("Yes"))
    own, translated = [heading("Rules"), *edited, item("Yes")], [heading("Regeln"), *GERMAN, item("Ja")]

    for lines in ([*own, *translated], [*translated, *own]):
        assert texts(read_beside(policy(*lines), known)) == ["Rules", *edited, "Yes"]


def test_an_edit_at_the_edge_of_a_translation_is_kept() -> None:
    known, added = policy(*RULES), "Sellers confirm every complaint within five days of the letter."

    document = read_beside(policy(*RULES, added, *GERMAN, "Sellers answer all buyers in their own language."), known)

    assert texts(document) == [*RULES, added, "Sellers answer all buyers in their own language."]


@pytest.mark.parametrize(
    "lines",
    [
        [*RULES, *(rule.replace("Sellers", "Carriers") for rule in RULES)],
        [*GERMAN, *GERMAN],
        [*RULES, "Ja", "Nein", "Vielleicht", *(["Ja oder nein"] * 8)],
        [*RULES, *(f"{rule} {rule.replace('Sellers', 'Makers')}" for rule in RULES)],
    ],
    ids=["new rules", "nothing known", "no sentences", "new sentences"],
)
def test_what_is_no_copy_beside_the_known_text_stays(lines: list[str]) -> None:
    assert texts(read_beside(policy(*lines), policy(*RULES))) == lines


def test_a_known_text_without_sentences_has_no_language() -> None:
    document = policy("Yes", "No", *GERMAN)

    assert read_beside(document, policy("Yes", "No")) is document
