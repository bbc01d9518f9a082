"""Text from outside is made safe for XML, mail headers and links."""

import unicodedata
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffs.language.plain_text import clean, one_line, shorten
from diffs.wording import labels
from notifier.rendering.escaping import no_tags, web_link


def test_control_characters_go_and_words_stay() -> None:
    assert clean("a\x00b\x1b[31m\tc\r\nd\u202ee\u2066f 税 🎉") == "ab[31m\tc\ndef 税 🎉"


@given(st.text())
def test_one_line_is_one_line_without_control_characters(text: str) -> None:
    line = one_line(text)

    assert line == " ".join(line.split())
    assert not [char for char in line if unicodedata.category(char) in ("Cc", "Cs")]
    assert one_line(line) == line


def test_what_may_be_a_tag_is_none() -> None:
    assert no_tags("<b>bold</b> <!-- x --> a < b <1 %") == "‹b>bold‹/b> ‹!-- x --> a < b <1 %"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "//host/x",
        "https://",
        "https://h/a b",
        "https://h/\n",
        "http://[",
        f"https://h/{'x' * 3000}",
        "ftp://h/x",
        "java\tscript:x",
        "https://h/\u202e",
    ],
)
def test_only_addresses_of_the_web_are_linked(url: str) -> None:
    assert web_link(url) == ""


def test_a_web_address_stays_as_it_is() -> None:
    assert web_link("https://market.example/help?id=1&b=%20#x") == "https://market.example/help?id=1&b=%20#x"


def test_text_is_cut_at_words() -> None:
    assert shorten("short", 10) == "short"
    assert shorten("one two three four", 12) == "one two…"
    assert shorten("one two three four", 12, from_end=True) == "…three four"
    assert shorten("料金" * 10, 5) == "料金料金…"
    assert shorten("abe\u0301\u0301\u0301", 4) == "ab…"


@given(st.text(), st.integers(1, 50), st.booleans())
def test_nothing_gets_longer_than_it_may(text: str, limit: int, from_end: bool) -> None:
    assert len(shorten(text, limit, from_end=from_end)) <= max(limit, 1)


def test_codes_read_as_words() -> None:
    assert labels.marketplace("us") == "United States"
    assert labels.marketplace("UK, DE,XX") == "United Kingdom, Germany, XX"
    assert labels.marketplace("") == "All marketplaces"
    assert labels.category("intellectual-property") == "Intellectual property"
    assert labels.category("") == "Other"
    assert labels.minute(datetime(2026, 12, 1, 8, 5, tzinfo=UTC)) == "1 December 2026, 08:05 UTC"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (9, "takes effect in 9 days"),
        (1, "takes effect tomorrow"),
        (0, "takes effect today"),
        (-1, "took effect yesterday"),
        (-9, "took effect 9 days ago"),
        (-99, "took effect"),
    ],
)
def test_an_effective_date_is_told_from_today(days: int, words: str) -> None:
    today = date(2026, 11, 22)

    assert labels.effective(date.fromordinal(today.toordinal() + days), today) == words
