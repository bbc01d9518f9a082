"""Markdown as archives of terms keep it: what underlines, rules off and divides is never taken for nesting."""

import pytest

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
