"""What an announcement is called, where its title says little."""

import pytest

from diffs.values import Comparison, Fact, Hunk, Op
from diffs.wording.announcements import lead_of, title_of
from tests.diffs.phrasing import heading, paragraph


def announced(title: str, *lines: str) -> tuple[str, str]:
    """Title and beginning of an entry of a feed or a log."""
    facts = (Fact("announcement", "2025-01-07", "https://shop.example/news/6", "", title, hunk=0),)
    blocks = (heading(title), *map(paragraph, lines))
    hunk = Hunk(Op.ADDED, (), blocks, 0, 0)
    return title_of(facts), lead_of(Comparison((hunk,)), facts)


@pytest.mark.parametrize(
    ("title", "called", "begins"),
    [
        ("Policy update", "", "Policy update: Fees rise by 3% on 1 May for toys."),
        ("Notice", "", "Notice: Fees rise by 3% on 1 May for toys."),
        ("Fees rise for toys", "Fees rise for toys", "Fees rise by 3% on 1 May for toys."),
        ("February 9, 2026", "", "Fees rise by 3% on 1 May for toys."),
        ("", "", "Fees rise by 3% on 1 May for toys."),
    ],
)
def test_a_title_that_all_entries_share_is_followed_by_what_the_entry_says(
    title: str, called: str, begins: str
) -> None:
    found = announced(title, "Published 2025-01-07", "Fees rise by 3% on 1 May for toys.")

    assert found == (called, begins)


def test_an_entry_of_a_title_and_a_day_has_no_beginning() -> None:
    assert announced("Policy update", "Published 2025-01-07") == ("", "")
    assert lead_of(Comparison(())) == ""
