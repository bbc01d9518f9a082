"""The day from which a text applies, and the day it was last updated."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from diffs.comparing.compare import compare
from diffs.meaning.effective_dates import effective_on, last_updated, of_targets
from diffs.reading.boilerplate import clean
from diffs.reading.extract import extract
from diffs.targets.extract import extract_targets
from diffs.targets.over_time.moves import moves
from diffs.values import Capture, Comparison, Document, Selection
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


@pytest.mark.parametrize(
    "sentence",
    [
        "For sellers who agreed to a prior version of these terms, this agreement is effective as of April 1, 2024.",
        "Für Händler, die einer früheren Fassung zugestimmt haben, gilt sie ab dem 1. April 2024.",
        "If you accepted an earlier version, these terms apply from 1 April 2024.",
    ],
)
def test_the_date_for_those_who_agreed_to_a_former_version_is_the_change_s_own(sentence: str) -> None:
    assert effective(policy("A."), policy("A.", sentence)) == (date(2024, 4, 1), sentence)


def test_a_former_version_for_somebody_is_still_a_former_version() -> None:
    pointer = "For sellers, the previous version effective from 1 March 2024 is kept here."

    assert effective(policy("A."), policy("A.", pointer)) == (None, "")


def test_the_date_of_a_privacy_notice_below_an_agreement_is_not_the_agreement_s() -> None:
    notice = "This User Privacy Notice is effective from April 1, 2024."
    own = "These user terms take effect on 5 April 2024."

    def page(title: str, *lines: str) -> Document:
        return policy(heading(title), "It stays.", *lines)

    assert effective(page("User Agreement"), page("User Agreement", notice)) == (None, "")
    assert effective(page("User Agreement"), page("User Agreement", notice, own)) == (date(2024, 4, 5), own)
    assert effective(page("Privacy Notice"), page("Privacy Notice", notice)) == (date(2024, 4, 1), notice)
    assert effective(page("Help"), page("Help", notice)) == (date(2024, 4, 1), notice)


#: The day from which a change applies, by set, document and number of the row, as read by a person.
DAYS = {
    ("corpus", "etsy-seller-policy", 3): date(2022, 12, 1),
    ("corpus", "wish-merchant-terms", 3): date(2024, 1, 7),
    ("corpus2", "ebay-user-agreement", 1): date(2021, 4, 2),
    ("corpus2", "ebay-user-agreement", 2): date(2021, 10, 8),
    ("corpus2", "ebay-user-agreement", 6): date(2022, 10, 28),
    ("corpus2", "ebay-user-agreement", 9): date(2023, 10, 28),
    ("corpus2", "ebay-user-agreement", 10): date(2024, 7, 26),
    ("corpus2", "ebay-user-agreement", 13): date(2025, 5, 16),
    ("corpus2", "ebay-user-agreement", 18): date(2026, 2, 20),
    ("corpus2", "ebay-user-agreement", 20): date(2026, 6, 28),
    ("corpus2", "paypal-privacy-statement", 3): date(2023, 7, 24),
    ("corpus2", "tiktok-shop-seller-terms", 6): date(2024, 1, 10),
    ("corpus2", "vinted-pro-seller-terms", 15): date(2023, 3, 15),
}


def test_the_days_of_real_histories_are_found(corpus: Path) -> None:
    found = {key: _day_of(corpus.parent / key[0] / "docs" / key[1], key[2]) for key in DAYS}

    assert found == DAYS


def _day_of(folder: Path, seq: int) -> date | None:
    with (folder / "timeline.csv").open(newline="", encoding="utf-8") as lines:
        rows = {int(row["seq"]): row for row in csv.DictReader(lines)}
    old, new = (_read(folder / "texts" / f"{rows[at]['sha12']}.md") for at in (seq - 1, seq))
    return effective(old, new, datetime.fromisoformat(rows[seq]["datetime"]))[0]


def _read(path: Path) -> Document:
    return clean(extract(Capture(url="", media_type="markdown", body=path.read_bytes()), Selection()).document).document


def targets_from(before: Document, after: Document, seen: datetime = SEEN) -> tuple[date | None, str]:
    moved = moves(extract_targets(before), extract_targets(after))
    return of_targets(moved, compare(before, after), seen)


LIMIT = "Keep your late shipment rate under 4%"
LATER = f"{LIMIT}; from 1 April 2024 it is 2%."


def test_the_day_of_the_only_target_that_moved_is_that_of_the_change() -> None:
    assert targets_from(policy(f"{LIMIT}."), policy(LATER)) == (date(2024, 4, 1), LATER)


@pytest.mark.parametrize(
    "after",
    [
        f"{LIMIT}; from 1 April it is 2%.",
        f"{LIMIT}; from 1 March 2024 it is 2%.",
        f"{LIMIT}; from 1 April 2024 it is 2%. Keep your cancellation rate under 1%.",
        "Keep your late shipment rate under 2%.",
        f"{LIMIT}.",
        "Nothing.",
    ],
)
def test_targets_without_one_day_to_come_give_none(after: str) -> None:
    assert targets_from(policy(f"{LIMIT}."), policy(after)) == (None, "")


def test_the_day_of_a_target_is_not_that_of_another_rule_beside_it() -> None:
    before = policy(f"{LIMIT}.", "You must answer each message of a buyer within 24 hours.")
    after = policy(LATER, "You must answer each message of a buyer within 12 hours.")
    moved = [one for one in moves(extract_targets(before), extract_targets(after)) if "late" in str(one)]

    assert of_targets(moved, compare(before, after), SEEN) == (None, "")
