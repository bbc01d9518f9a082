"""Markdown as archives of terms keep it: what underlines, rules off and divides is never taken for nesting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffs.reading import markdown
from diffs.reading.markdown import markdown_drafts
from diffs.values import BlockKind


def kinds(text: str) -> list[tuple[BlockKind, int, str]]:
    return [(draft.kind, draft.level, draft.text) for draft in markdown_drafts(text)]


@pytest.mark.parametrize("dashes", [1, 3, 14, 15, 16, 40, 300])
def test_a_heading_is_one_however_long_its_underline_is(dashes: int) -> None:
    text = f"Fees and Payments\n{'-' * dashes}\n\nYou pay the fees."

    assert kinds(text) == [
        (BlockKind.HEADING, 2, "Fees and Payments"),
        (BlockKind.PARAGRAPH, 0, "You pay the fees."),
    ]


@pytest.mark.parametrize("rule", ["-" * 40, "* " * 20, "- " * 20 + "-", "*" * 30])
def test_a_rule_between_two_paragraphs_stays_a_rule(rule: str) -> None:
    assert [text for _, _, text in kinds(f"One.\n\n{rule}\n\nOther.")] == ["One.", "Other."]


def test_the_line_that_divides_a_table_without_bars_at_its_ends_stays() -> None:
    text = f"Category | Fee\n{'-' * 20} | {'-' * 20}\nBooks | 15%"

    assert [draft.cells for draft in markdown_drafts(text)] == [("Category", "Fee"), ("Books", "15%")]


@pytest.mark.parametrize("signs", [">" * 500, "> " * 500, "- " * 500, "+ * " * 250])
def test_words_behind_endless_nesting_are_read(signs: str) -> None:
    assert [text for _, _, text in kinds(f"{signs}The seller pays.")] == ["The seller pays."]


def test_a_link_around_several_blocks_is_a_card_with_the_link_in_each_of_them() -> None:
    text = "* [User Privacy Notice\n\n  What we collect, and why.\n\n  15 min article](https://example.com/privacy?id=1)\n\nThe end."

    drafts = list(markdown_drafts(text))

    assert [(draft.text, [link for _, link in draft.links]) for draft in drafts] == [
        ("User Privacy Notice", ["https://example.com/privacy?id=1"]),
        ("What we collect, and why.", ["https://example.com/privacy?id=1"]),
        ("15 min article", ["https://example.com/privacy?id=1"]),
        ("The end.", []),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[The note is open\n\nand never closed.",
        "[Six\n\nblocks\n\nand\n\nno\n\nend\n\nat\n\nall](https://example.com)",
        "[One opens\n\n[and another\n\nThe end.",
    ],
)
def test_a_bracket_that_no_link_closes_stays_as_it_is(text: str) -> None:
    assert "\n\n".join(words for _, _, words in kinds(text)) == text


def test_a_card_that_ends_with_nothing_but_its_address_has_one_block_less() -> None:
    assert [words for _, _, words in kinds("[Notice\n\n](https://example.com/a)\n\nThe end.")] == ["Notice", "The end."]


def test_a_blank_before_an_e_mail_address_makes_no_text_of_a_link() -> None:
    (draft,) = markdown_drafts("Write to [us@example.com](mailto: us@example.com) soon.")

    assert draft.text == "Write to us@example.com soon."


_LINES = st.sampled_from(
    "A word/**Bold** x/# Head/1. one/2) two/- item/> quote/  - deep/    deep/\ttab/| a | b |/|---|---|/a | b/---/"
    "<div>/<p>x/text  /\\/a. b/É mot/`code/[a]: b/a\rb/  /```/<!-- x/-->/<pre>/////".split("/")
)


@given(st.lists(_LINES, max_size=14))
def test_a_text_read_in_parts_reads_as_the_whole(lines: list[str]) -> None:
    text = "\n".join(lines)

    assert list(markdown_drafts(text)) == list(
        markdown._as_cards(markdown._Reader(markdown._parser().parse(text)).drafts())
    )
