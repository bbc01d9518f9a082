"""One text in two cuts: lines of a PDF and paragraphs of a page, with the edits between them."""

import pytest

from diffs.comparing.compare import compare
from diffs.comparing.recut import recut
from diffs.values import Block, Document, Op
from tests.diffs.phrasing import heading, paragraph, policy, row

WORDS = (
    "Hand every parcel to the carrier within two working days of the order, and enter its number.",
    "The buyer pays for shipping unless the listing says that it is free for everybody.",
    "Opened software cannot be returned by anybody who has read the key inside the box.",
    "We deduct fees before each payout, and keep the invoices for as long as the law wants.",
    "Complaints are answered in writing by the panel that has read the whole of the file.",
    "Accounts are open to businesses that are registered in one of the countries below.",
)


def lines(text: str, width: int = 11, foot: str = "") -> list[Block | str]:
    words = text.split()
    found: list[Block | str] = []
    for number, at in enumerate(range(0, len(words), width), 1):
        found.append(paragraph(" ".join(words[at : at + width])))
        if foot:
            found += [paragraph(foot), paragraph(f"Page {number}")]
    return found


def edits(old: Document, new: Document) -> list[tuple[str, str]] | None:
    """The words that differ between two cuts; None if they are no cuts of one text."""
    found = recut(old, new, compare(old, new), lambda line: "%" in line or " no " in f" {line.lower()} ")
    if found is None:
        return None
    told = [hunk for hunk in compare(found.old, found.new).hunks if hunk.op not in (Op.COSMETIC, Op.RENUMBERED)]
    return [(hunk.text_before, hunk.text_after) for hunk in told]


def test_paragraphs_that_become_lines_of_pages_say_the_same() -> None:
    page, pdf = policy(*WORDS), policy(*lines(" ".join(WORDS), foot="Example group"))

    assert edits(page, pdf) == []
    assert edits(pdf, page) == []


def test_an_edit_inside_another_cut_is_all_that_differs() -> None:
    now = " ".join(WORDS).replace("two working days", "three working days")

    assert edits(policy(*WORDS), policy(*lines(now, foot="Example group"))) == [
        (WORDS[0], WORDS[0].replace("two", "three"))
    ]


def test_a_sentence_that_is_gone_in_another_cut_is_gone() -> None:
    left = " ".join(words for words in WORDS if words != WORDS[3])

    assert edits(policy(*WORDS), policy(*lines(left))) == [(WORDS[3], "")]


def test_words_that_are_put_between_two_paragraphs_belong_to_the_first() -> None:
    more = "Fireworks are never listed."
    found = edits(policy(*WORDS), policy(*lines(" ".join((*WORDS[:2], more, *WORDS[2:])))))

    assert found == [(WORDS[1], f"{WORDS[1]} {more}")]


def test_words_above_everything_are_told() -> None:
    found = edits(policy(*WORDS), policy(*lines(" ".join(("Fireworks are never listed.", *WORDS)))))

    assert found is not None
    assert "Fireworks are never listed." in found[0][1]


@pytest.mark.parametrize("at", [2, 6])
def test_whole_blocks_that_are_new_in_another_cut_stay_blocks(at: int) -> None:
    rule = "Fireworks are never listed, nor sold, nor given away."
    above, below = (lines(" ".join(part)) for part in (WORDS[:at], WORDS[at:]))

    assert edits(policy(*WORDS), policy(*above, heading("Fireworks"), rule, *below)) == [("", f"Fireworks\n{rule}")]


def test_lost_and_added_spaces_and_hyphens_are_no_edit() -> None:
    glued = " ".join(WORDS).replace("the carrier", "thecarrier").replace("shipping", "ship- ping").replace(", ", " , ")

    assert edits(policy(*WORDS), policy(*lines(glued))) == []


def test_a_sign_that_stands_alone_stays_with_its_word() -> None:
    signed = [f"- {words}" for words in WORDS]
    now = " ".join(signed).replace("two working", "three working")

    assert edits(policy(*map(paragraph, signed)), policy(*lines(now))) == [
        (signed[0], signed[0].replace("two", "three"))
    ]


def test_the_foot_of_a_page_inside_its_text_is_no_edit() -> None:
    feet = " ".join(f"{words} {number} Example group" for number, words in enumerate(WORDS, 1))

    assert edits(policy(*WORDS), policy(*lines(feet, 40))) == []


def test_a_page_that_is_nothing_but_its_foot_is_left_out() -> None:
    feet = [f"{number} Example group of traders" for number in range(1, 5)]
    pages = [block for words, foot in zip(lines(" ".join(WORDS), 24), feet, strict=True) for block in (words, foot)]

    assert edits(policy(*WORDS), policy(*pages)) == []


def test_a_rule_that_is_on_every_page_is_not_its_foot() -> None:
    found = edits(policy(*WORDS), policy(*lines(" ".join(WORDS), 30, "No refunds")))

    assert found is not None
    assert "No refunds" in "".join(after for _, after in found)


def test_fees_that_count_up_are_not_the_numbers_of_pages() -> None:
    fees = [
        block for at, line in enumerate(lines(" ".join(WORDS)), 1) for block in (line, paragraph(f"Tier {at}: {at}%"))
    ]

    assert edits(policy(*WORDS), policy(*fees)) not in ([], None)


def test_another_text_is_no_other_cut() -> None:
    other = "Tickets are refunded when the show is cancelled by those who planned it, and only then. " * 5

    assert edits(policy(*WORDS), policy(*lines(other))) is None


def test_a_table_is_never_cut_anew() -> None:
    cells = [row("Books", "8%"), row("Toys", "12%"), row("Games", "15%"), row("Tools", "9%")]

    assert edits(policy(*cells), policy(*lines("Books 8% Toys 12% Games 15% Tools 9%", 2))) is None


def test_few_edits_need_no_other_cut() -> None:
    assert edits(policy(*WORDS), policy("Everything else is new here.", *WORDS[1:])) is None
    assert edits(policy(*WORDS), policy(*WORDS)) is None
