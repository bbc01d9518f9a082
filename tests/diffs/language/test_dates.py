"""Dates: from when a text binds, when it was updated, how long notice is, each by itself."""

from datetime import UTC, date, datetime

import pytest

from diffs.comparing.compare import compare
from diffs.language.dates import dates_in, effective_on, is_effective, last_updated, notice_periods
from diffs.values import Comparison, Document
from tests.diffs.phrasing import heading, policy

SEEN = datetime(2024, 3, 10, tzinfo=UTC)


def days(text: str, language: str = "en") -> list[str]:
    return [dated.key for dated in dates_in(text, language)]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("October 18, 2022", "en", "2022-10-18"),
        ("on 5th April 2021", "en", "2021-04-05"),
        ("18. Oktober 2022", "de", "2022-10-18"),
        ("1er septembre 2022", "fr", "2022-09-01"),
        ("10 de agosto de 2022", "es", "2022-08-10"),
        ("24 giugno 2023", "it", "2023-06-24"),
        ("1 de março de 2024", "pt", "2024-03-01"),
        ("1 juni 2023", "nl", "2023-06-01"),
        ("2021年4月19日", "ja", "2021-04-19"),
        ("2024-05-06", "en", "2024-05-06"),
        ("05/30/18", "en", "2018-05-30"),
        ("02/03/2027", "en", "2027-02-03"),
        ("02/03/2027", "fr", "2027-03-02"),
        ("27.09.2022", "de", "2022-09-27"),
        ("1 października 2024", "pl", "2024-10-01"),
        ("March 2024", "en", "2024-03"),
        ("June 6", "en", "--06-06"),
    ],
)
def test_a_date_is_read_in_its_language(text: str, language: str, expected: str) -> None:
    assert days(text, language) == [expected]


@pytest.mark.parametrize(
    "text", ["you may 5 times", "section 1.2.03", "31 February 2024", "no figure", "may", "13/13/2024", "99 orders"]
)
def test_what_is_no_date_is_left_alone(text: str) -> None:
    assert days(text) == []


def test_a_language_without_a_list_of_months_needs_a_year() -> None:
    assert days("5 października", "pl") == []


def test_the_date_is_given_as_written() -> None:
    (dated,) = dates_in("It applies from March 1, 2024, to all.", "en")

    assert dated.text == "March 1, 2024"
    assert dated.day == date(2024, 3, 1)
    assert is_effective("It applies from March 1, 2024, to all.", dated)


def effective(before: Document, after: Document, seen: datetime = SEEN) -> tuple[date | None, str]:
    return effective_on(after, compare(before, after), seen)


@pytest.mark.parametrize(
    "sentence",
    [
        "These terms take effect on 1 April 2024.",
        "Effective April 1, 2024, fees rise.",
        "Die Änderung gilt ab dem 1. April 2024.",
        "Elle est applicable à compter du 1er avril 2024.",
        "La modifica è in vigore dal 1 aprile 2024.",
        "Entra en vigor el 1 de abril de 2024.",
        "De wijziging gaat in met ingang van 1 april 2024.",
        "2024年4月1日以降に適用されます。",
    ],
)
def test_a_new_sentence_says_from_when(sentence: str) -> None:
    found = effective(policy("Old words."), policy("Old words.", sentence))

    assert found == (date(2024, 4, 1), sentence)


def test_a_date_that_only_stamps_the_page_is_not_when_it_binds() -> None:
    assert effective(policy("Rules."), policy("Rules.", "Last updated: April 1, 2024")) == (None, "")


def test_a_standing_sentence_counts_only_while_its_day_lies_ahead() -> None:
    ahead = "Effective June 1, 2024, this applies."
    behind = "Effective January 1, 2024, this applies."

    assert effective(policy(ahead), policy(ahead, "More."))[0] == date(2024, 6, 1)
    assert effective(policy(behind), policy(behind, "More.")) == (None, "")


def test_a_day_long_past_or_far_ahead_is_another_matter() -> None:
    for year in (2011, 2044):
        assert effective(policy("A."), policy("A.", f"Effective 1 May {year}, B.")) == (None, "")


def test_the_dates_of_a_former_version_are_not_its_own() -> None:
    pointer = "To see the previous version in force from 1 March 2024, click here."

    assert effective(policy("A."), policy("A.", pointer)) == (None, "")


def test_a_sentence_without_an_exact_day_says_nothing() -> None:
    assert effective_on(policy("Effective March 2025, soon."), Comparison(), SEEN) == (None, "")


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Last updated: October 18, 2022", date(2022, 10, 18)),
        ("Stand: 27.09.2022", date(2022, 9, 27)),
        ("Version mise à jour le 24 juin 2023", date(2023, 6, 24)),
        ("Versie van 1 juni 2023", date(2023, 6, 1)),
        ("Ultimo aggiornamento: 24 giugno 2023", date(2023, 6, 24)),
        ("最終更新日:2021年4月19日", date(2021, 4, 19)),
    ],
)
def test_the_page_says_when_it_was_updated(line: str, day: date) -> None:
    assert last_updated(policy(heading("Terms", 1), line, "Rules.")) == (day, line)


def test_last_updated_counts_before_published() -> None:
    page = policy("This text was published on June 6, 2022.", "Last updated on May 8, 2023")

    assert last_updated(page)[0] == date(2023, 5, 8)


def test_a_page_without_a_date_line_has_none() -> None:
    long = "As was said in many words before, and in many more that follow here, the version of May 1, 2020 counts."

    assert last_updated(policy("Rules.", "Effective May 1, 2020.", long)) == (None, "")


def test_notice_periods_stand_apart() -> None:
    page = policy(
        "We give 15 days' notice of changes.",
        "Either party may end this with two weeks notice.",
        "Ship in 3 days.",
        "Notice.",
    )

    assert notice_periods(page) == (
        (15, "We give 15 days' notice of changes."),
        (14, "Either party may end this with two weeks notice."),
    )


def test_notice_in_weeks_or_months_is_told_in_days() -> None:
    page = policy(
        "Es gilt eine Frist von 2 Wochen. Für andere gilt ein Preis von 5 Euro.", "Préavis de 1 mois, ou 6 heures."
    )

    assert [length for length, _ in notice_periods(page)] == [14, 30]
