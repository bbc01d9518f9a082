"""From when a change applies: each way to say it, and days that are those of something else."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from diffs.comparing.compare import compare
from diffs.meaning.effective_dates import effective_on
from tests.diffs.phrasing import policy

SEEN = datetime(2026, 2, 20, tzinfo=UTC)
DAY = date(2026, 4, 6)


def effective(language: str, *sentences: str) -> date | None:
    before, after = (replace(policy("Old words.", *more), language=language) for more in ((), sentences))
    return effective_on(after, compare(before, after), SEEN)[0]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Starting Monday, April 6, 2026, sellers must keep their late shipment rate under 3%."),
        ("en", "On April 6, 2026, the storage fee increases to $1.20."),
        ("en", "These Terms are effective as of April 6, 2026 for users who agreed to a prior version."),
        ("en", "The new terms bind new users at once and from April 6, 2026 for existing users."),
        ("en", "We will apply the new return rules from April 6, 2026."),
        ("en", "The lower fee is for orders placed on or after April 6, 2026."),
        ("en", "Starting 6 April 2026 you need a tax number to list shoes."),
        ("en", "The changes come into force on Monday, 6 April 2026."),
        ("en", "Effective Monday, April 6, 2026, we will no longer accept cheques."),
        ("en", "Our policy on batteries applies from 6 April 2026."),
        ("de", "Ab Montag, dem 6. April 2026, gilt die neue Gebühr."),
        ("de", "Am 6. April 2026 steigt die Gebühr auf 12 %."),
        ("fr", "À compter du lundi 6 avril 2026, la commission passe à 12 %."),
        ("it", "A partire da lunedì 6 aprile 2026 la tariffa cambia."),
        ("es", "A partir del lunes 6 de abril de 2026 cambia la tarifa."),
        ("nl", "Vanaf maandag 6 april 2026 geldt het nieuwe tarief."),
        ("ja", "2026年4月6日(月)から適用されます。"),
    ],
)
def test_a_day_is_read_however_it_is_led_to(language: str, sentence: str) -> None:
    assert effective(language, sentence) == DAY


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "We are no longer making the fee changes that we announced as effective April 6, 2026."),
        ("en", "We have cancelled the planned fee increase that was to take effect on April 6, 2026."),
        ("en", "The change announced for storage, effective April 6, 2026, has been postponed."),
        ("de", "Die zum 6. April 2026 angekündigte Erhöhung wird zurückgenommen."),
        ("en", "As of January 31, 2026, more than 2 million sellers use our marketplace."),
        ("en", "This list includes updates as of January 28, 2026."),
        ("en", "Register for our webinar starting April 6, 2026."),
        ("en", "Regulation (EU) 2023/988, applicable from 13 December 2025, asks for a person in charge."),
        ("de", "Die Verordnung (EU) 2023/988 gilt ab dem 13. Dezember 2025."),
        ("en", "The Fair Trade Act, as amended with effect from 1 January 2026, is not affected."),
        ("en", "On February 3, 2026, a seller asked us about batteries."),
        ("en", "Our company was founded on April 6, 2026."),
        ("en", "If your account was opened on or after April 6, 2026, you contract with another company."),
    ],
)
def test_the_day_of_something_else_is_not_the_changes(language: str, sentence: str) -> None:
    assert effective(language, sentence) is None


def test_of_two_groups_each_sentence_keeps_its_day() -> None:
    new, existing = "Effective March 2, 2026, this binds new users.", "It binds existing users from April 6, 2026."

    assert effective("en", new, existing) == date(2026, 3, 2)
    assert effective("en", existing) == DAY


def test_a_day_binds_only_its_clause_beside_a_rule_that_changed_without_one() -> None:
    exempt = "Effective April 6, 2026, parcels with our labels that are scanned on time are not counted."
    lower = "Starting April 6, 2026, sellers must keep their late shipment rate lower than before."
    old, new = ("Sellers must keep a late shipment rate under 4%.", "Sellers must keep a late shipment rate under 2%.")

    def day(*added: str, was: str = old) -> date | None:
        before, after = policy(was, "It stays."), policy(new, "It stays.", *added)
        return effective_on(after, compare(before, after), SEEN)[0]

    assert day(exempt) is None
    assert day(exempt, was=new) == DAY
    assert day(lower) == DAY
    assert day("These changes to the rules for parcels and labels take effect on April 6, 2026.") == DAY
    assert day("Effective date: April 6, 2026") == DAY


@pytest.mark.parametrize(
    ("standing", "day"),
    [
        ("Starting April 6, 2026, you must keep your late shipment rate under 3%.", None),
        ("From April 6, 2026 the fee for electronics is 9% of the price of each item.", None),
        ("The changes posted on February 18, 2026 are effective April 6, 2026.", DAY),
        ("This Agreement is effective April 6, 2026 for all who sell in our shops.", DAY),
        ("Effective April 6, 2026", DAY),
    ],
)
def test_a_standing_day_of_one_rule_is_not_the_day_of_an_edit_elsewhere(standing: str, day: date | None) -> None:
    before = policy(standing, "Keep your cancellation rate under 2.5%.")
    after = policy(standing, "Keep your cancellation rate under 2%.")

    assert effective_on(after, compare(before, after), SEEN)[0] == day
