"""Text from outside as plain text: safe for XML, mail headers and terminals, and no longer than there is room."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from diffs.language.plain_text import clean, in_short, one_line, shorten


def test_control_characters_go_and_words_stay() -> None:
    assert clean("a\x00b\x1b[31m\tc\r\nd\u202ee\u2066f 税 🎉") == "ab[31m\tc\ndef 税 🎉"


@given(st.text())
def test_one_line_is_one_line_without_control_characters(text: str) -> None:
    line = one_line(text)

    assert line == " ".join(line.split())
    assert not [char for char in line if unicodedata.category(char) in ("Cc", "Cs")]
    assert one_line(line) == line


def test_text_is_cut_at_words() -> None:
    assert shorten("short", 10) == "short"
    assert shorten("one two three four", 12) == "one two…"
    assert shorten("one two three four", 12, from_end=True) == "…three four"
    assert shorten("料金" * 10, 5) == "料金料金…"
    assert shorten("He says “one two three four”", 18) == "He says “one…”"
    assert in_short("one\ntwo \x1b three", 9) == "one two…"
    assert shorten("abe\u0301\u0301\u0301", 4) == "ab…"


@given(st.text(), st.integers(1, 50), st.booleans())
def test_nothing_gets_longer_than_it_may(text: str, limit: int, from_end: bool) -> None:
    assert len(shorten(text, limit, from_end=from_end)) <= max(limit, 1)
