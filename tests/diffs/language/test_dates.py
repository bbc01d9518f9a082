"""Dates in a sentence, in every language and way of writing."""

from datetime import date

import pytest

from diffs.language.dates import dates_in, is_effective


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
        ("03/04/2026", "en", "2026-03-04"),
        ("03/04/2026", "en-US", "2026-03-04"),
        ("03/04/2026", "en-GB", "2026-04-03"),
        ("03/04/2026", "en-IN", "2026-04-03"),
        ("03/04/2026", "en-SA", "2026-04-03"),
        ("03/04/2026", "pt-BR", "2026-04-03"),
        ("27.09.2022", "de", "2022-09-27"),
        ("1 października 2024", "pl", "2024-10-01"),
        ("3. Sept. 2024", "de", "2024-09-03"),
        ("am 12. Mär. 2024", "de-DE", "2024-03-12"),
        ("12 ago 2024", "es", "2024-08-12"),
        ("1 mrt 2024", "nl", "2024-03-01"),
        ("10 out 2024", "pt-BR", "2024-10-10"),
        ("den 1 oktober 2024", "sv", "2024-10-01"),
        ("1 Ekim 2024", "tr", "2024-10-01"),
        ("2024. október 1.", "hu", "2024-10-01"),
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


@pytest.mark.parametrize(
    ("text", "language"), [("10 out of 20 in 2024", "en"), ("10 out", "pt"), ("5 set", "it"), ("1 KASIM 2024", "tr")]
)
def test_a_short_name_of_a_month_needs_its_language_and_a_year(text: str, language: str) -> None:
    assert days(text, language) == []


def test_the_date_is_given_as_written() -> None:
    (dated,) = dates_in("It applies from March 1, 2024, to all.", "en")

    assert dated.text == "March 1, 2024"
    assert dated.day == date(2024, 3, 1)
    assert is_effective("It applies from March 1, 2024, to all.", dated)


def test_the_day_on_which_something_ends_is_none_from_which_it_applies() -> None:
    sentence = "The old rules apply until 30 April 2027."
    (dated,) = dates_in(sentence, "en")

    assert not is_effective(sentence, dated)


@pytest.mark.parametrize(
    ("sentence", "applies"),
    [
        ("Important: From June 15, 2026, a surcharge of 3.5% applies to all orders.", True),
        ("The new fee starts on June 1, 2026.", True),
        ("The change goes live on June 1, 2026.", True),
        ("For users who agreed to a prior version, this agreement is effective as of February 20, 2026.", True),
        ("This agreement is effective for new users now, and from April 2, 2021 for existing users.", True),
        ("The webinar starts on June 1, 2026.", False),
        ("Note: orders from June 1, 2026 were counted twice.", False),
    ],
)
def test_a_day_on_which_a_rule_starts_is_one_from_which_it_applies(sentence: str, *, applies: bool) -> None:
    (dated,) = dates_in(sentence, "en")
    assert is_effective(sentence, dated) is applies
