"""Sentences are shortened at the borders of their clauses, and nothing that matters is lost on the way."""

import pytest

from diffs.wording.clauses import (
    as_sentence,
    bounded,
    fits,
    shortened,
    without_opening,
)
from diffs.wording.parts import parts_of

LONG = (
    "If the buyer lives in France, you must refund the price, the costs of shipping and any customs duties within 14 "
    "days, including where the item is late, unless the buyer agrees otherwise."
)


def test_a_short_sentence_stays_as_it_is() -> None:
    assert shortened("You must ship it.", 80) == "You must ship it."
    assert fits("you must ship it", 80) == "You must ship it."
    assert shortened("", 80) == ""


def test_examples_go_first_and_a_condition_stays_with_its_clause() -> None:
    short = shortened(LONG, 160)

    assert "including" not in short
    assert short.startswith("If the buyer lives in France, you must refund the price")
    assert "unless the buyer agrees otherwise." in short


def test_what_must_be_said_stays_before_all_else() -> None:
    sentence = "We may close your account, hold your funds, cancel your listings, " + "and inform the authorities, " * 4

    assert "hold your funds" in shortened(f"{sentence}and keep a record.", 80, ("hold your funds",))
    assert "keep a record" in shortened(f"{sentence}and keep a record.", 80, ("keep a record", "not in it"))


def test_a_part_that_was_left_out_in_the_middle_is_marked() -> None:
    sentence = "We may close your account, because of a long story that nobody reads to its end, and you must pay €5."

    assert shortened(sentence, 70) == "We may close your account … and you must pay €5."


def test_a_headline_never_drops_a_condition_nor_half_a_list() -> None:
    assert fits("You may sell toys in all stores of ours and anywhere else, unless they are used.", 65) == ""
    assert fits("You may sell toys, books, lamps, chairs or tables of any make.", 40) == ""
    assert fits("You must ship toys within two days, which is what buyers expect of you.", 40) == (
        "You must ship toys within two days."
    )
    assert fits("You must ship it within two days, and you must tell the buyer when it is there.", 45) == (
        "You must ship it within two days."
    )
    assert fits("You must ship it within two days; the rest of the text says what happens else.", 45) == (
        "You must ship it within two days."
    )


def test_a_headline_is_a_sentence_and_no_beginning_of_one() -> None:
    assert fits("You may sell the following:", 80) == ""
    assert fits("The other party may, in its sole discretion and at any time, stop.", 30) == ""
    assert fits("By listing an item with us, you agree to the rules of the shop.", 45) == (
        "You agree to the rules of the shop."
    )
    assert fits("word " * 40, 60) == ""


def test_brackets_go_where_there_is_no_room_unless_they_hold_what_matters() -> None:
    sentence = "You must pay the fee (which is explained below) by card (unless we agree otherwise)."

    assert shortened(sentence, 60) == "You must pay the fee by card (unless we agree otherwise)."
    assert "(which is explained below)" in shortened(sentence, 83, ("explained below",))
    assert fits(sentence, 60) == "You must pay the fee by card (unless we agree otherwise)."


def test_an_opening_that_says_nothing_is_left_out() -> None:
    assert without_opening("Please note that you must pay.") == "You must pay."
    assert without_opening("(a) For the avoidance of doubt, we own it.") == "We own it."
    assert without_opening("We own it.") == "We own it."


def test_a_row_is_said_as_a_line() -> None:
    assert as_sentence("Books | | 15% | $0.99") == "Books: 15%, $0.99"
    assert as_sentence("Books | |") == "Books"
    assert as_sentence(" | 15%") == "15%"


@pytest.mark.parametrize("opening", ["Also", "Under these terms", "Wenn der Käufer es verlangt"])
def test_the_main_clause_is_behind_what_leads_to_it(opening: str) -> None:
    sentence = f"{opening}, you must refund the price, {'as is explained at length elsewhere, ' * 3}to the buyer."

    assert "you must refund the price" in shortened(sentence, 70).replace("You", "you")


def test_where_no_border_helps_the_words_are_cut() -> None:
    assert bounded("word " * 60, 50).endswith("…")
    assert shortened("word " * 60, 50).startswith("Word word")
    assert shortened("iPhones and more are sold: ", 60) == "iPhones and more are sold …"


def test_signs_in_a_row_make_no_part() -> None:
    assert shortened("We own it, , and you must pay for it in full; ; the rest is long.", 50).startswith("We own it")


def test_a_figure_that_begins_a_line_is_no_list_mark() -> None:
    assert without_opening("4.7 Average seller rating or higher") == "4.7 Average seller rating or higher"
    assert without_opening("3.2.1 Sellers answer each message.") == "Sellers answer each message."


def test_what_a_sentence_begins_with_says_when_it_holds() -> None:
    """ "Hat der Händler die Kosten zu tragen, …" is a condition, although no "if" opens it."""
    sentence = "Hat der Händler die Kosten der Rücksendung zu tragen, muss er sie dem Kunden binnen zwei Wochen auf dem Postweg nennen."

    assert "Hat der Händler" in shortened(sentence, 60)
    assert "muss er" in shortened(sentence, 60)


def test_a_text_of_joints_alone_is_one_part() -> None:
    assert [part.text for part in parts_of("; ")] == ["; "]


def test_a_sentence_does_not_end_with_what_is_put_in() -> None:
    sentence = (
        "We may remove any posting of yours if, in our opinion, it breaks the rules that hold in this shop of ours."
    )

    assert not fits(sentence, 60)
