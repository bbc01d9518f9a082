"""The same words in another place: which moves say something else, and which only rearrange the page."""

import pytest

from diffs.comparing.compare import compare
from diffs.meaning.places import Turned, places_turned
from diffs.meaning.significance import judge
from diffs.values import Block, BlockKind, Comparison, Document
from tests.diffs.phrasing import heading, item, paragraph, policy, row

INTRO = paragraph("These are the rules of our shop for everybody who offers goods in it.")


def turned(old: Document, new: Document) -> list[Turned]:
    return list(places_turned(compare(old, new), old, new))


def test_an_entry_that_left_one_list_for_the_other_is_reported() -> None:
    may, may_not = paragraph("You may sell:"), paragraph("You may not sell:")
    old = policy(INTRO, may, item("Knives"), item("Cups"), may_not, item("Forks"))
    new = policy(INTRO, may, item("Cups"), may_not, item("Forks"), item("Knives"))

    assert turned(old, new) == [Turned("Knives", "You may sell:", "You may not sell:")]
    assert judge(compare(old, new), (), (), old, new).importance == "high"


def test_an_entry_below_another_entry_is_reported() -> None:
    old = policy(
        INTRO, item("Gold"), item("Free boxes", level=2), item("Calls", level=2), item("Silver"), item("Mails", level=2)
    )
    new = policy(
        INTRO, item("Gold"), item("Calls", level=2), item("Silver"), item("Free boxes", level=2), item("Mails", level=2)
    )

    assert turned(old, new) == [Turned("Free boxes", "Gold", "Silver", contrary=False)]
    assert judge(compare(old, new), (), (), old, new).significance == "material"


def test_a_row_in_another_group_is_reported_whether_it_moved_or_its_group_did() -> None:
    head = row("Size", "Fee")
    old = policy(INTRO, head, row("Books"), row("Large", "$5"), row("Toys"), row("Large", "$4"))
    new = policy(INTRO, head, row("Toys"), row("Large", "$5"), row("Books"), row("Large", "$4"))

    assert turned(old, new) == [
        Turned("Large | $5", "Books", "Toys", contrary=False),
        Turned("Large | $4", "Toys", "Books", contrary=False),
    ]


def test_a_fee_below_another_heading_is_reported() -> None:
    old = policy(INTRO, heading("Gold"), item("Fee: 4%"), item("Calls"), heading("Silver"), item("Mails"))
    new = policy(INTRO, heading("Gold"), item("Calls"), heading("Silver"), item("Fee: 4%"), item("Mails"))

    assert turned(old, new) == [Turned("Fee: 4%", "Gold", "Silver", contrary=False)]


def test_an_entry_below_a_heading_that_says_the_opposite_is_reported() -> None:
    old = policy(
        INTRO, heading("Allowed goods"), item("Knives"), item("Cups"), heading("Prohibited goods"), item("Forks")
    )
    new = policy(
        INTRO, heading("Allowed goods"), item("Cups"), heading("Prohibited goods"), item("Knives"), item("Forks")
    )

    assert Turned("Knives", "Allowed goods", "Prohibited goods") in turned(old, new)


def test_sentences_that_changed_places_between_do_and_do_not_are_reported() -> None:
    old = policy(INTRO, heading("Do"), paragraph("Use our labels."), heading("Don't"), paragraph("Use old boxes."))
    new = policy(INTRO, heading("Do"), paragraph("Use old boxes."), heading("Don't"), paragraph("Use our labels."))

    assert [one.after for one in turned(old, new)] == ["Do", "Don't"]


def test_a_move_that_is_known_noise_is_not() -> None:
    may, may_not = paragraph("You may sell:"), paragraph("You may not sell:")
    old = policy(INTRO, "Fees rise in May.", may, item("Knives"), item("Cups"), may_not, item("Forks"))
    new = policy(INTRO, "Fees rise in June.", may, item("Cups"), may_not, item("Forks"), item("Knives"))
    left = Comparison(tuple(hunk for hunk in compare(old, new).hunks if "Fees" in hunk.text_after))

    assert list(places_turned(left, old, new)) == []


LONG = tuple(paragraph(f"Sentence {number} of a long part.") for number in range(210))
FAR = tuple(row("Size", str(number)) for number in range(210))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # The groups changed their order, each with its rows.
        (
            (row("Books"), row("Large", "$5"), row("Toys"), row("Small", "$4")),
            (row("Toys"), row("Small", "$4"), row("Books"), row("Large", "$5")),
        ),
        # An index names its pages in other groups.
        (
            (item("Fees"), Block(BlockKind.ITEM, "Refunds", "Refunds", 2, links=("/r",)), item("Orders")),
            (item("Fees"), item("Orders"), Block(BlockKind.ITEM, "Refunds", "Refunds", 2, links=("/r",))),
        ),
        # The heading got another name.
        ((heading("Gold"), item("Fee: 4%")), (heading("Gold sellers"), item("Fee: 4%"))),
        # The same words stand twice.
        (
            (item("Gold"), item("Calls", level=2), item("Silver"), item("Calls", level=2)),
            (item("Gold"), item("Silver"), item("Calls", level=2), item("Calls", level=2)),
        ),
        # A sentence ends above the list, and no heading is near.
        ((item("Fee: 4%"), *LONG), (*LONG, item("Fee: 4%"))),
        ((*FAR, paragraph("One line")), (paragraph("One line"), *FAR)),
        ((), ()),
    ],
)
def test_what_is_only_rearranged_is_not(old: tuple[Block, ...], new: tuple[Block, ...]) -> None:
    assert turned(policy(INTRO, *old), policy(INTRO, *new)) == []
