"""An answer is said with its question."""

import pytest

from diffs.values import Document
from tests.diffs.phrasing import heading, policy
from tests.diffs.wording.test_summary import summary

QUESTION = "May I use a virtual office?"


def page(*blocks: str) -> Document:
    return policy(heading("Returns"), *blocks, "Ask us if you need help.")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (policy(heading(QUESTION), "Yes.", "Ask us."), policy(heading(QUESTION), "No.", "Ask us.")),
        (page(f"{QUESTION} Yes."), page(f"{QUESTION} No.")),
    ],
)
def test_another_answer_is_said_with_its_question(before: Document, after: Document) -> None:
    assert summary(before, after).headline == f"Now: {QUESTION} No (was: “Yes”)"


def test_a_new_answer_stands_behind_its_question_instead_of_a_new_section() -> None:
    shown = summary(
        policy("Ask us."), policy("Ask us.", heading(QUESTION), "No.", "It must be a place with staff in it.")
    )

    assert f"{QUESTION} No" in shown.headline
    assert not any("New section" in line for line in shown.points)


def test_an_answer_without_a_question_stays_alone() -> None:
    assert "?" not in summary(page("It is so.", "Yes."), page("It is so.", "No.")).headline
