"""The day from which a text applies, and the day it was last updated."""

from datetime import UTC, date, datetime

import pytest

from diffs.comparing.compare import compare
from diffs.meaning.effective_dates import effective_on, last_updated
from diffs.values import Comparison, Document
from tests.diffs.phrasing import heading, policy

SEEN = datetime(2024, 3, 10, tzinfo=UTC)


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
