"""Where a sentence ends."""

import pytest

from diffs.language.sentences import sentences


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("You pay late fees. eBay may tell others.", ["You pay late fees.", "eBay may tell others."]),
        ("Write to Trade Pte. Ltd. It is in Asia.", ["Write to Trade Pte. Ltd. It is in Asia."]),
        ("The rules of the U.N. Convention do not hold.", ["The rules of the U.N. Convention do not hold."]),
        ("It costs 5 €. i.e. less than before.", ["It costs 5 €. i.e. less than before."]),
    ],
)
def test_a_name_in_small_letters_begins_a_sentence_and_a_short_form_ends_none(text: str, parts: list[str]) -> None:
    assert list(sentences(text)) == parts
