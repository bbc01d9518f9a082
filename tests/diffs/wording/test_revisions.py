"""What a long revision is about, which figures are one that moved, and who stands for whom."""

import pytest

from diffs.comparing.compare import compare
from diffs.meaning.facts import facts
from diffs.meaning.sentence_pairs import SentencePair
from diffs.values import Document, Fact, Hunk, Op
from diffs.wording.homes import Home, home_of
from diffs.wording.point import Point
from diffs.wording.quotes import excerpt
from diffs.wording.summary import Summary
from diffs.wording.themes import themes
from diffs.wording.true_figures import is_step
from tests.diffs.phrasing import heading, paragraph, policy
from tests.diffs.wording.test_summary import summary


def themes_of(old: Document, new: Document) -> list[str]:
    comparison = compare(old, new)
    return [point.text for point in themes(comparison, facts(comparison, old, new))]


def lines(name: str, count: int = 7) -> list[str]:
    return [f"In case {at} the goods go by way of {name} and of no other way at all." for at in range(count)]


def test_names_that_a_text_has_now_and_had_not_are_counted() -> None:
    page, more = policy("It stays."), policy("It stays.", *lines("Parcel Pigeon"), *lines("Parcel Pigeon Express", 2))

    assert themes_of(page, more) == ["New in the changed text: Parcel Pigeon (9 times)"]
    assert themes_of(more, page) == ["No longer in the changed text: Parcel Pigeon (9 times)"]


def test_a_word_that_matters_is_counted_where_it_is_gone_for_good() -> None:
    before = policy("It stays.", *(f"An arbitration of kind {at} ends it." for at in "abcdefg"))
    after = policy("It stays.", *(f"A judgement of kind {at} ends it." for at in "abcdefg"))

    assert "No longer in the changed text: arbitration (7 times)" in themes_of(before, after)


def test_a_revision_says_what_it_is_about_and_how_much_more_there_is() -> None:
    clauses = [
        f"Sellers of {name} must send {name} by Parcel Pigeon, must keep the receipt of {name} for two years, and must "
        f"tell the buyer of {name} when it is there, because all that is known of {name} counts."
        for name in (f"{a}{b}" for a in ("Ba", "Do", "Fi", "Gu", "Ka") for b in ("ber", "del", "fin", "gor", "lam"))
    ]
    blocks = [block for at, clause in enumerate(clauses) for block in (heading(f"Part {at}", 3), paragraph(clause))]

    shown = summary(policy(heading("Rules"), "Fine."), policy(heading("Rules"), "Fine.", *blocks))

    assert any("Parcel Pigeon (25 times)" in line for line in (shown.headline, *shown.points))
    assert any("and 17 more" in line for line in (shown.headline, *shown.points))
    assert sum(map(len, shown.points)) < 1_400


@pytest.mark.parametrize(
    ("before", "after", "was", "now", "moved"),
    [
        ("You pay within 30 days.", "You pay within 14 days.", "30 days", "14 days", True),
        ("You pay 30 days.", "You wait for us 14 days.", "30 days", "14 days", True),
        ("A share capital of €37,500 is held.", "A share capital of €165,833 is held.", "€37,500", "€165,833", False),
        ("It is on floor no. 4 here.", "It is on floor no. 5 here.", "4", "5", False),
        ("Go to the 33rd floor.", "Go to the 40th floor.", "33", "40", False),
        ("Goods cost €5 each.", "Nobody owes €7 anywhere.", "€5", "€7", False),
        ("You pay €5.", "You pay €5.", "€5", "€5", False),
        ("You pay it.", "You pay €7.", "€5", "€7", False),
    ],
)
def test_a_pair_of_figures_stands_for_one_thing(before: str, after: str, was: str, now: str, moved: bool) -> None:
    assert is_step(Fact("money", was, now, before, after, "", 0)) is moved


def test_the_day_of_a_law_is_no_day_of_the_change() -> None:
    law = "It follows the directive of {}."

    assert not is_step(
        Fact("date", "4 May 2004", "4 June 2021", law.format("4 May 2004"), law.format("4 June 2021"), "", 0)
    )
    assert is_step(
        Fact("date", "4 May 2004", "4 June 2021", "It ends on 4 May 2004.", "It ends on 4 June 2021.", "", 0)
    )


def test_the_numbers_of_clauses_are_no_figures() -> None:
    clauses = "These clauses survive: {} (Indemnity; Liability) and {} (Disputes)."
    before, after = clauses.format(12, 14), clauses.format(13, 15)

    assert not is_step(Fact("count", "12", "13", before, after, "", 0))


def test_who_plays_a_part_is_no_party() -> None:
    means = "“Data Processor” means {}, which serves the agreement between you and us and all that is agreed in it."

    shown = summary(policy("Fine.", means.format("Alpha Trade Inc.")), policy("Fine.", means.format("Alpha Trade LLC")))

    assert "party to the agreement" not in f"{shown}"


def test_the_name_of_a_paragraph_is_no_news() -> None:
    rule = "Either side may end this agreement by a letter of thirty days, and the fees up to then must be paid."
    old, new = policy(heading("Rules"), "Fine."), policy(heading("Rules"), "Fine.", f"Termination. {rule}")

    shown = summary(old, new)

    assert shown.headline.startswith("New: Either side may end this agreement")


def test_of_a_long_revision_the_first_line_says_what_it_is_about() -> None:
    shown = summary(
        policy(heading("Rules"), "Fine."),
        policy(
            heading("Rules"),
            "Fine.",
            *lines("Parcel Pigeon", 12),
            heading("Fees"),
            *(f"For box {at} you pay {at} euros within {at} days." for at in range(20, 40)),
        ),
    )

    assert "Parcel Pigeon (12 times)" in shown.points[0]


def test_a_list_of_companies_names_no_party() -> None:
    carriers = "Parcels are carried by {}, by Van Trade GmbH and by Ship Trade GmbH, whom you are free to choose."

    shown = summary(
        policy("Fine.", carriers.format("Bike Trade GmbH")), policy("Fine.", carriers.format("Train Trade GmbH"))
    )

    assert "party" not in f"{shown}".lower()


def test_a_company_that_stands_for_another_throughout_takes_its_place() -> None:
    def page(name: str) -> Document:
        return policy(
            f"Goods are stored by {name} in all its houses.",
            f"Whoever asks {name} for goods gets them within a day.",
            f"Write to {name} when a parcel of yours is late.",
        )

    assert summary(page("Alpha Trade GmbH"), page("Borealis House Ltd")).headline == (
        "Borealis House Ltd takes the place of Alpha Trade GmbH"
    )


def test_a_change_with_no_sentence_for_a_headline_names_its_place_and_its_matter() -> None:
    long = "a fee that we charge and a fee that we do not charge and a fee that nobody has to pay for anything " * 3

    shown = summary(policy(heading("Fees"), "It stays."), policy(heading("Fees"), "It stays.", f"There is {long}."))

    assert shown.headline == "“Fees” is reworded on fees"
    assert summary(policy("Same."), policy("Same.", f"There is {'water ' * 50}.")).headline == "The text is reworded"


def test_a_sentence_stands_under_the_headings_of_its_own_block() -> None:
    page = policy(heading("One"), "It opens here. It goes on.", heading("Two"), "It ends.")
    hunk = Hunk(Op.ADDED, (), page.blocks)

    def home(sentence: str) -> Home:
        return home_of(SentencePair("", sentence, "Elsewhere", 0), hunk)

    assert home("It opens here.") == Home("One", 2)
    assert home("It goes on.") == Home("One", 0)
    assert home("It ends.").section == "Two"
    assert home("It is not here.") == Home("Elsewhere", 0)


def test_a_point_is_named_by_its_section() -> None:
    assert Point(1, "It rains", "", "3. Weather", (0,)).line == "3. Weather: It rains"
    assert Point(1, "Weather: it rains", "", "Weather", (0,)).line == "Weather: it rains"


def test_a_long_sentence_is_quoted_around_its_figure() -> None:
    assert excerpt(f"{'word ' * 40}you must pay {'later ' * 20}", 60).startswith("…")
    assert isinstance(summary(policy("A."), policy("A.", "B is new.")), Summary)
