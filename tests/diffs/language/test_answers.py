"""Answers that begin a sentence."""

import pytest

from diffs.language.answers import spoken


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("No, refunds are paid.", ("no",)),
        ("No refunds are paid.", ()),
        ("Do you refund it? Yes, we do. Is it late? No, it is not.", ("yes", "no")),
        ("Nein, das geht nicht", ("nein",)),
        ("Refunds, fees and taxes", ()),
        ("Sure, we say so.", ()),
        ("Books\nYes, they are sold.", ("yes",)),
    ],
)
def test_an_answer_is_a_word_for_yes_or_no_before_a_comma(text: str, answers: tuple[str, ...]) -> None:
    assert spoken(text) == answers
