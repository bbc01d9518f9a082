"""Numbers as words."""

import pytest

from diffs.language.number_words import has_number, spelled_numbers


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("ninety-seven", 97),
        ("ninety seven", 97),
        ("two hundred", 200),
        ("fünfundneunzig", 95),
        ("quatre-vingt-quinze", 95),
        ("novanta", 90),
        ("noventa y cinco", 95),
        ("vijfennegentig", 95),
        ("pięciu", 5),
        ("dziewięćdziesiąt pięć", 95),
        ("nittiofem", 95),
        ("doksan beş", 95),
        ("half", 0.5),
        ("three quarters", 0.75),
    ],
)
def test_the_longest_number_is_read_whole(written: str, value: float) -> None:
    ((one),) = spelled_numbers(f"At most {written} of them.")

    assert (one.value, one.start, one.end) == (value, 8, 8 + len(written))


def test_a_word_that_only_begins_like_a_number_is_none() -> None:
    assert spelled_numbers("Twofold increases, tennis and oneself") == ()
    assert spelled_numbers("twenty onerous rules")[0].value == 20


def test_a_sentence_without_a_number_is_told_at_once() -> None:
    assert all(map(has_number, ("4%", "four percent", "zero", "half a percent", "百分之三")))
    assert not has_number("Keep the rate low at all times.")
