"""Codes read as words."""

from datetime import UTC, date, datetime

import pytest

from diffs.wording import labels


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
def test_an_effective_date_is_counted_from_today(days: int, words: str) -> None:
    today = date(2026, 11, 22)

    assert labels.effective(date.fromordinal(today.toordinal() + days), today) == words


def test_one_is_counted_in_the_singular() -> None:
    assert [labels.count(number, "change") for number in (0, 1, 2)] == ["0 changes", "1 change", "2 changes"]
    assert labels.count(2, "reply", "replies") == "2 replies"


@pytest.mark.parametrize(
    ("title", "code", "expected"),
    [
        ("Selling fees (United Kingdom)", "UK", True),
        ("Selling fees in the United Kingdom", "UK", True),
        ("Fees (UK)", "UK", True),
        ("Selling fees", "UK", False),
        ("Help for US", "US", False),
        ("Europeans", "EU", False),
        ("Etsy fees", "Etsy", True),
    ],
)
def test_a_title_that_names_its_marketplace_is_known(title: str, code: str, expected: bool) -> None:
    assert labels.is_of_marketplace(title, code) == expected
