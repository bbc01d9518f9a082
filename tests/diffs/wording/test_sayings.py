"""What became of a clause is said in both its wordings, and no more than needed."""

from diffs.wording.sayings import Saying


def test_what_is_new_and_what_is_gone() -> None:
    assert Saying("", "You must pay.").line(100) == "New: You must pay."
    assert Saying("You must pay.", "").headline(100) == "Removed: You must pay."
    assert not Saying("", "word " * 60).headline(100)
    assert Saying("", "Books | 15%").headline(100) == "New: Books: 15%"
    assert not Saying("", "Books | 15%").headline(10)
    assert not Saying("Books | 14%", "Books | 15%").headline(100)


def test_one_word_that_is_gone_is_said_with_its_sentence() -> None:
    knives = Saying("You may list knives only if you check the age.", "You may list knives if you check the age.")

    assert knives.headline(120) == "Now: You may list knives if you check the age. (no longer: “only”)"
    assert not knives.headline(40)


def test_an_item_is_said_with_the_line_above_its_list() -> None:
    assert Saying("", "Sell used toys.", "You may not:").headline(100) == "New: You may not sell used toys."
    assert Saying("", "SPAM is out.", "You may not:").headline(100) == "New: You may not SPAM is out."
    assert Saying("", "Sell used toys.", "Toys").headline(100) == "New: Sell used toys."


def test_words_that_made_way_for_others_stand_beside_them() -> None:
    saying = Saying("We pay within 30 days of the sale.", "We pay within 14 days of the sale.")

    assert saying.headline(100) == "Now: We pay within 14 days of the sale. (was: “30 days”)"
    assert saying.line(100) == "Now: We pay within 14 days of the sale. Was: “30 days”"
    assert saying.headline(45) == "Now: We pay within 14 days of the sale."


def test_words_that_are_gone_are_named_with_what_is_left() -> None:
    saying = Saying("We may close shops or suspend accounts then.", "We may close shops then.")

    assert saying.headline(100) == "No longer: “or suspend accounts”"
    assert saying.line(140) == "No longer: “or suspend accounts” (now: We may close shops then.)"
    assert saying.line(40) == "No longer: “or suspend accounts”"
    assert not saying.headline(20)
    assert Saying("We may always close.", "We may close.").headline(100) == "Now: We may close. (no longer: “always”)"


def test_words_that_came_need_no_other_side() -> None:
    saying = Saying("We may close shops then.", "We may close shops or suspend accounts then.")

    assert saying.line(140) == "Now: We may close shops or suspend accounts then."
    assert not saying.headline(30)


def test_small_words_that_went_are_not_named() -> None:
    before = "The shop is open to all and the goods are ours to sell at any price."
    after = "Our shop is open to all and the goods are yours to sell at any fair price."

    assert "“The”" not in Saying(before, after).line(200)


def test_two_wordings_with_little_in_common_are_said_each() -> None:
    line = Saying("Be honest about what you sell.", "Goods may never offend people.").line(200)

    assert line == "Now: Goods may never offend people. Before: Be honest about what you sell."


def test_several_edits_say_what_went() -> None:
    before = "We pay each seller on Monday by cheque unless a buyer complains about toys in writing within a month."
    after = "We pay each seller on Friday by card unless a buyer complains about books in writing within a week."

    line = Saying(before, after).line(240)

    assert line.startswith("Now: We pay each seller on Friday by card")
    assert "No longer: “Monday by cheque”; “toys”" in line


def test_where_both_sides_read_alike_one_is_said() -> None:
    assert Saying("The shop, is open.", "The shop is open!").line(100) == "Now: The shop is open!"


def test_two_wordings_that_are_shortened_to_the_same_words_are_said_once() -> None:
    before = f"We close shops, including {'old wooden corner ' * 9}shops."
    after = f"We close shops, including {'bright modern glass ' * 9}ones."

    assert Saying(before, after).line(120) == "Now: We close shops."


def test_a_headline_of_an_edit_says_what_is_new() -> None:
    before = "This is an agreement between you and the shop that serves you (Alpha Trade GmbH in all countries of the north)."
    after = before.replace("Alpha Trade GmbH", "Borealis House Ltd")

    assert "Borealis House Ltd" in Saying(before, after).headline(90)


def test_a_row_of_one_cell_is_no_headline() -> None:
    assert not Saying("", "January 1 - December 31 |").headline(100)
