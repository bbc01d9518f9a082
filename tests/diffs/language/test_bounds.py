"""A date is the first day of a time or its last."""

from datetime import date

import pytest

from diffs.language.bounds import bounds, following, on_calendar


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("It applies from 15 April 2026.", "en", [("2026-04-15", False)]),
        ("It applies until 14 April 2026.", "en", [("2026-04-14", True)]),
        ("It applies through 30 April.", "en", [("--04-30", True)]),
        ("It applies after 14 April 2026.", "en", [("2026-04-15", False)]),
        ("It applies before 1 May 2026.", "en", [("2026-04-30", True)]),
        ("It applies before 1 January.", "en", [("--12-31", True)]),
        ("It applies until May 2026.", "en", [("2026-05-31", True)]),
        ("It applies from May 2026.", "en", [("2026-05-01", False)]),
        ("It applies from 1 May 2026 to 31 July 2026.", "en", [("2026-05-01", False), ("2026-07-31", True)]),
        ("Sie gilt vom 1. Mai 2026 an bis zum 31. Juli 2026.", "de", [("2026-05-01", False), ("2026-07-31", True)]),
        ("Sie gilt ab dem 1. Juli 2026.", "de", [("2026-07-01", False)]),
        ("Il vaut jusqu'au 31 août 2026.", "fr", [("2026-08-31", True)]),
        ("Vale fino al 30 giugno 2026.", "it", [("2026-06-30", True)]),
        ("Vale hasta el 30 de junio de 2026.", "es", [("2026-06-30", True)]),
        ("2026年4月30日まで", "ja", [("2026-04-30", True)]),
        ("The start is postponed from 15 January 2027 to 1 March 2027.", "en", [("2027-03-01", False)]),
        ("The lower limit is deferred until 1 March 2027.", "en", [("2027-03-01", False)]),
        ("It now starts on 1 March 2027 instead of 15 January 2027.", "en", [("2027-03-01", False)]),
        ("Der Beginn wird vom 15. Januar 2027 auf den 1. März 2027 verschoben.", "de", [("2027-03-01", False)]),
        ("Instead of 15 January 2027 it is postponed to a later day.", "en", [("2027-01-15", False)]),
        ("Orders that are delayed count until 14 April 2026.", "en", [("2026-04-14", True)]),
        ("It is measured from 1 May 2026 to 31 July 2026.", "en", []),
        ("Last updated 1 May 2026.", "en", []),
        ("We met on 1 May 2026.", "en", []),
        ("No date.", "en", []),
    ],
)
def test_a_date_bounds_a_time_by_the_words_around_it(
    text: str, language: str, expected: list[tuple[str, bool]]
) -> None:
    assert [(one.day, one.is_last) for one in bounds(text, language)] == expected


def test_the_day_of_a_change_is_the_first_of_its_time() -> None:
    assert [one.day for one in bounds("The limit falls on 1 May 2026.", "en", of_change=True)] == ["2026-05-01"]


def test_days_are_counted_with_and_without_a_year() -> None:
    assert [following("2026-12-31"), following("--12-31"), following("2026-03-01", -1)] == [
        "2027-01-01",
        "--01-01",
        "2026-02-28",
    ]


def test_a_day_without_a_year_is_the_nearest_one() -> None:
    assert on_calendar("2026-05-01", date(2020, 1, 1)) == date(2026, 5, 1)
    assert on_calendar("--01-15", date(2026, 12, 1)) == date(2027, 1, 15)
    assert on_calendar("--11-30", date(2027, 1, 5)) == date(2026, 11, 30)
    assert on_calendar("--02-29", date(2027, 2, 1)) == date(2027, 3, 1)
