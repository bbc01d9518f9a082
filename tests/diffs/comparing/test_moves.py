"""Text that moved: unchanged, or edited on the way."""

from diffs.comparing.compare import compare
from diffs.values import Op
from tests.diffs.phrasing import heading, item, paragraph, policy, row, told

CLAUSE = "We may withhold the proceeds of your sales for as long as an investigation takes."
DUTY = "You keep records of every order and show them to us within 30 days of our request."
OTHER = "Parcels leave your warehouse on the day the label was bought, weekends included."
MORE = "Nothing in this part limits what the law of your country grants to consumers."
LAST = "The panel decides in writing, gives its reasons and names the evidence it has seen."


def test_a_section_that_moved_is_one_hunk_with_both_places():
    fees, returns = (heading("Fees"), CLAUSE, DUTY), (heading("Returns"), OTHER, MORE, LAST)
    (hunk,) = compare(policy(*fees, *returns), policy(*returns, *fees)).hunks

    assert (hunk.op, hunk.text_after, hunk.spans) == (Op.MOVED, f"Fees\n{CLAUSE}\n{DUTY}", ())
    assert (hunk.old_at, hunk.new_at) == (0, 4)


def test_a_clause_that_moved_names_both_sections():
    old = policy(heading("Fees"), CLAUSE, DUTY, heading("Returns"), OTHER, MORE)
    new = policy(heading("Fees"), DUTY, heading("Returns"), OTHER, CLAUSE, MORE)
    (hunk,) = compare(old, new).hunks

    assert (hunk.op, hunk.section_before, hunk.section_after) == (Op.MOVED, "Fees", "Returns")


def test_a_clause_edited_on_the_way_shows_its_edits():
    old = policy(heading("Fees"), DUTY, CLAUSE, heading("Returns"), OTHER, MORE)
    new = policy(heading("Fees"), CLAUSE, heading("Returns"), OTHER, DUTY.replace("30 days", "15 days"), MORE)

    assert told(compare(old, new)) == [(Op.MOVED, DUTY.replace("30 days", "[-30 days-]{+15 days+}"))]


def test_of_a_moved_section_only_what_was_edited_carries_edits():
    returns = (heading("Returns"), OTHER, MORE, LAST)
    old = policy(heading("Fees"), CLAUSE, DUTY, *returns)
    new = policy(*returns, heading("Fees"), CLAUSE, DUTY.replace("30 days", "15 days"))
    hunks = compare(old, new).hunks

    assert [(hunk.op, bool(hunk.spans)) for hunk in hunks] == [(Op.MOVED, False), (Op.MOVED, True)]
    assert hunks[0].text_after == f"Fees\n{CLAUSE}"


def test_a_short_heading_moves_with_its_edited_clauses():
    returns = (heading("Returns"), OTHER, MORE, LAST)
    old = policy(heading("Fees"), DUTY, *returns)
    new = policy(*returns, heading("Fees"), DUTY.replace("30 days", "15 days"))

    assert [(hunk.op, hunk.text_after) for hunk in compare(old, new).hunks] == [
        (Op.MOVED, "Fees"),
        (Op.MOVED, DUTY.replace("30 days", "15 days")),
    ]


def test_what_follows_an_edited_clause_moves_along():
    returns = (heading("Returns"), OTHER, MORE, LAST)
    old = policy(heading("Fees"), DUTY, "Ask us.", *returns)
    new = policy(*returns, heading("Fees"), DUTY.replace("30 days", "15 days"), "Ask us.")

    assert [hunk.op for hunk in compare(old, new).hunks] == [Op.MOVED] * 3


def test_an_item_beside_a_clause_that_moved_moves_along():
    old = policy("We sell:", item("Books"), CLAUSE, OTHER, MORE, "You sell:", item("Toys"))
    new = policy("We sell:", OTHER, MORE, "You sell:", item("Books"), CLAUSE, item("Toys"))

    assert told(compare(old, new)) == [(Op.MOVED, f"• Books\n{CLAUSE}")]


def test_another_order_within_a_list_is_a_move():
    old = policy("We sell:", item("Adidas"), item("Nike"), item("Puma"))
    new = policy("We sell:", item("Nike"), item("Puma"), item("Adidas"))

    assert told(compare(old, new)) == [(Op.MOVED, "• Adidas")]


def test_a_row_that_moved_within_its_table_is_a_move():
    old = policy("Fees", row("Books", "5 %"), row("Music", "6 %"), row("Toys", "7 %"))
    new = policy("Fees", row("Music", "6 %"), row("Toys", "7 %"), row("Books", "5 %"))

    assert told(compare(old, new)) == [(Op.MOVED, "Books | 5 %")]


def test_a_few_words_under_another_heading_did_not_move():
    old = policy(heading("Appeals"), "30 days.", OTHER, heading("Returns"), MORE)
    new = policy(heading("Appeals"), OTHER, heading("Returns"), "30 days.", MORE)

    assert told(compare(old, new)) == [(Op.REMOVED, "30 days."), (Op.ADDED, "30 days.")]


def test_an_item_that_is_allowed_and_no_longer_forbidden_did_not_move():
    sold = item("offers of used goods that were tested, cleaned and described in full by the seller")
    kept = item("new goods")
    old = policy("You may sell:", kept, "You may not sell:", sold, item("weapons"))
    new = policy("You may sell:", kept, sold, "You may not sell:", item("weapons"))

    assert [hunk.op for hunk in compare(old, new).hunks] == [Op.ADDED, Op.REMOVED]


def test_a_clause_of_a_numbered_list_moves_to_another_section():
    old = policy(heading("Fees"), item(CLAUSE, "1."), item(DUTY, "2."), heading("Returns"), item(OTHER, "1."))
    new = policy(heading("Fees"), item(CLAUSE, "1."), heading("Returns"), item(OTHER, "1."), item(DUTY, "2."))

    assert told(compare(old, new)) == [(Op.MOVED, f"2. {DUTY}")]


def test_a_nested_item_belongs_to_the_item_above():
    old = policy(item("Books"), item("used", level=2), item("Toys"), item("new", level=2))
    new = policy(item("Books"), item("Toys"), item("used", level=2), item("new", level=2))

    assert [hunk.op for hunk in compare(old, new).hunks] == [Op.REMOVED, Op.ADDED]


def test_a_list_far_below_its_text_has_no_lead():
    items = [item(f"brand {n}") for n in range(210)]
    old = policy("We sell:", *items, item("last"), item("least"))
    new = policy("We sell:", *items, item("least"), item("last"))

    assert [hunk.op for hunk in compare(old, new).hunks] == [Op.MOVED]


def test_japanese_clauses_move_too():
    one = paragraph("出品者は注文を受けてから二日以内に商品を発送しなければなりません。")
    two = paragraph("返品された商品の返金は受領後七日以内に購入者へ行われます。")
    three = paragraph("手数料は販売価格に応じて毎月請求されます。")

    assert [hunk.op for hunk in compare(policy(one, two, three), policy(two, three, one)).hunks] == [Op.MOVED]
