"""The same letters in another form, and what only looks so."""

import pytest

from tests.diffs.judging.evidence.pages import CLAUSES, quiet
from tests.diffs.phrasing import policy


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("the se ller sen ds the goods as agreed", "the seller sends the goods as agreed"),
        ("Glossary ........... 3", "Glossary . . . . . . . . . . . 4"),
        ("Read the notice, and the terms.", "Read the notice (https://example.com/notice), and the terms."),
        ("4 min article](https://example.com/a?id=1)", "4 min article](https://example.com/a?id=1&ra=true)"),
    ],
)
def test_a_text_that_is_only_set_otherwise_is_kept_quiet(before: str, after: str) -> None:
    assert quiet(policy(*CLAUSES, before), policy(*CLAUSES, after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The street is Albert Ring 2-6", "The street is Albert Ring 26"),
        ("The rate is 4.5 here", "The rate is 45 here"),
        ("Write to (https://example.com/a) for help", "Write to (https://example.org/b) for help"),
        ("Books ✓", "Books ✗"),
        ("Read the notice, and the terms.", "Read the notice."),
        ("Read the notice.", "Read the terms (https://example.com/terms)."),
    ],
)
def test_a_sign_that_carries_the_rule_is_no_punctuation(before: str, after: str) -> None:
    assert not quiet(policy(*CLAUSES, before), policy(*CLAUSES, after))


def test_beside_a_real_edit_punctuation_belongs_to_it() -> None:
    old = policy("Sell books, toys and food here", *CLAUSES, "Returns are free")
    assert not quiet(old, policy("Sell books, toys, and food here", *CLAUSES, "Returns cost a fee"))


def test_a_line_that_is_new_is_not_set_otherwise() -> None:
    assert not quiet(policy(*CLAUSES), policy(*CLAUSES, "Returns cost a fee"))


def test_a_comma_behind_an_answer_is_no_punctuation() -> None:
    assert not quiet(policy(*CLAUSES, "No, refunds are paid."), policy(*CLAUSES, "No refunds are paid."))
