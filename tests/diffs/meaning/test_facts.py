"""Facts: what became of figures, dates, duties, names, sections and links."""

from dataclasses import replace

import pytest

from diffs.comparing.compare import compare
from diffs.language.names import companies, places, programmes, proper
from diffs.meaning.facts import _OFTEN, _Spoken, facts
from diffs.meaning.sentence_pairs import is_wording
from diffs.values import Block, Comparison, Document, Fact, Rename
from tests.diffs.phrasing import heading, item, paragraph, policy, row


def found(before: Document, after: Document) -> tuple[Fact, ...]:
    return facts(compare(before, after), before, after)


def steps(before: Block | str, after: Block | str, language: str = "en") -> list[tuple[str, str, str]]:
    """The facts between two one-line pages, as kind, before, after."""
    old, new = (
        Document("T", policy(heading("Rules"), text, "This stays.").blocks, language) for text in (before, after)
    )
    return [(fact.kind, fact.before, fact.after) for fact in found(old, new)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("You pay a 15% fee.", "You pay a 12.5% fee.", ("percent", "15%", "12.5%")),
        ("The limit is €5,000 per claim.", "The limit is €500,000 per claim.", ("money", "€5,000", "€500,000")),
        (
            "We give 30 days’ notice.",
            "We give fifteen (15) days’ notice.",
            ("duration", "30 days", "fifteen (15) days"),
        ),
        ("It starts on 1 May 2024.", "It starts on 1 June 2024.", ("date", "1 May 2024", "1 June 2024")),
        ("Send 8 images of it.", "Send 10 images of it.", ("count", "8 images", "10 images")),
        ("Offers need 4 stars.", "Offers need 5 stars.", ("count", "4 stars", "5 stars")),
        ("You may label the box.", "You must label the box.", ("duty", "may", "must")),
        ("Sellers must send the box.", "Sellers must not send the box.", ("duty", "must", "must not")),
        ("You should pack well.", "You are required to pack well.", ("duty", "should", "are required to")),
        ("Sie sollten gut verpacken.", "Sie müssen gut verpacken.", ("duty", "sollten", "müssen")),
    ],
)
def test_a_value_that_became_another_is_a_fact(before: str, after: str, expected: tuple[str, str, str]) -> None:
    assert steps(before, after) == [expected]


@pytest.mark.parametrize(
    ("language", "before", "after", "expected"),
    [
        ("de", "Die Gebühr ist 2,5 %.", "Die Gebühr ist 3 %.", ("percent", "2,5 %", "3 %")),
        ("fr", "Le délai est de 30 jours.", "Le délai est de 14 jours.", ("duration", "30 jours", "14 jours")),
        ("it", "Il limite è 1.000,50 €.", "Il limite è 2.000 €.", ("money", "1.000,50 €", "2.000 €")),
        (
            "es",
            "Rige el 1 de mayo de 2024.",
            "Rige el 2 de mayo de 2024.",
            ("date", "1 de mayo de 2024", "2 de mayo de 2024"),
        ),
    ],
)
def test_each_language_has_its_own_forms(
    language: str, before: str, after: str, expected: tuple[str, str, str]
) -> None:
    assert steps(before, after, language) == [expected]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("We give thirty (30) days’ notice.", "We give 30 days’ notice."),
        ("The limit is $5,000.00 per claim.", "The limit is $5,000 per claim."),
        ("See section 4.2 for all of it.", "See section 4.3 for all of it."),
        ("You shall pack well, always.", "You must pack well, always."),
        ("Ads run at 8.30 p.m. or later.", "Ads run at 9.30 p.m. or later."),
        ("Rates of 2023 apply to you.", "Rates of 2024 apply to you."),
    ],
)
def test_the_same_value_in_other_words_is_none(before: str, after: str) -> None:
    assert steps(before, after) == []


def test_a_fact_carries_its_sentences_its_section_and_its_hunk() -> None:
    before = policy(heading("Fees"), "Some line. You pay a 15% fee.")
    after = policy(heading("Fees"), "Some line. You pay a 12% fee.")

    (fact,) = found(before, after)

    assert fact == Fact("percent", "15%", "12%", "You pay a 15% fee.", "You pay a 12% fee.", "Fees", 0)


def test_a_new_clause_is_reported_with_its_figures_and_its_strongest_duty() -> None:
    before, after = (
        policy("This stays."),
        policy("This stays.", "You must not ship later than 3 days, and you may ask."),
    )

    assert [(fact.kind, fact.before, fact.after) for fact in found(before, after)] == [
        ("duration", "", "3 days"),
        ("duty", "", "must not"),
    ]
    assert [(fact.kind, fact.before, fact.after) for fact in found(after, before)] == [
        ("duration", "3 days", ""),
        ("duty", "must not", ""),
    ]


def test_a_clause_that_was_only_cut_anew_moved_nothing() -> None:
    before = policy(
        heading("Secrets"), "You keep it secret. This ends after 5 years from the end of the whole agreement."
    )
    after = policy(
        heading("Secrets"), "You keep it secret, and for good measure this: after 5 years it is over, all told."
    )

    assert not [fact for fact in found(before, after) if fact.kind == "duration"]


def test_a_line_that_changed_its_place_and_its_figure_is_one_step() -> None:
    before = policy("The insurance limit in respect of Poland is PLN 500.", "One.", "Two.", "Three.")
    after = policy("One.", "Two.", "Three.", "Four.", "The insurance limit in respect of Poland is PLN 900.")

    assert ("money", "PLN 500", "PLN 900") in [(fact.kind, fact.before, fact.after) for fact in found(before, after)]


def test_definitions_come_and_go() -> None:
    before, after = (
        policy("This stays."),
        policy("This stays.", "“Fee Base” means the price with tax.", "Net Price means less."),
    )

    assert {(fact.kind, fact.after) for fact in found(before, after)} == {
        ("definition_added", "Fee Base"),
        ("definition_added", "Net Price"),
    }
    assert ("definition_removed", "Fee Base") in {(fact.kind, fact.before) for fact in found(after, before)}


def test_one_company_in_the_place_of_another_is_reported_once() -> None:
    before = policy("This is between you and Example Services Ltd.", "Write to Example Services Ltd.", "Fine.")
    after = policy("This is between you and Example Trade GmbH.", "Write to Example Trade GmbH.", "Fine.")

    told = [(fact.before, fact.after) for fact in found(before, after) if fact.kind == "renamed"]

    assert told == [("Example Services Ltd.", "Example Trade GmbH")]


def test_a_rename_throughout_is_one_fact() -> None:
    lines = [
        "The Seller Tool is free for everybody who sells with us in this store.",
        "Open the Seller Tool once a day to see whether a buyer has written to you.",
        "Whoever closes the Seller Tool for good loses all that was noted down in it.",
        "Tell us what you think of the Seller Tool by writing to the usual address.",
    ]
    before = policy(*lines)
    after = policy(*(line.replace("Seller Tool", "Merchant Desk") for line in lines))

    (fact,) = found(before, after)

    assert (fact.kind, fact.before, fact.after, fact.hunk) == ("renamed", "Seller Tool", "Merchant Desk", 0)
    assert fact.after in fact.sentence_after


def test_a_rename_that_no_hunk_shows_is_still_reported() -> None:
    page = policy("Fine.")

    assert facts(Comparison(renames=(Rename("A", "B", 3),)), page, page) == (Fact("renamed", "A", "B"),)


def test_countries_and_programmes_come_and_go() -> None:
    before = policy("It applies in France and Spain, for the Welcome Program.")
    after = policy("It applies in France and Belgium, for the Reward Program. Belgium is new.")

    told = [(fact.kind, fact.before or fact.after) for fact in found(before, after) if fact.kind.startswith("scope")]

    assert told == [
        ("scope_added", "Belgium"),
        ("scope_added", "Reward Program"),
        ("scope_removed", "Spain"),
        ("scope_removed", "Welcome Program"),
    ]


def test_sections_come_and_go() -> None:
    before = policy(heading("Fees"), "You pay.")
    after = policy(heading("Fees"), "You pay.", heading("Agents", marker="7."), "Robots say who they are.")

    assert ("section_added", "7. Agents") in [(fact.kind, fact.after) for fact in found(before, after)]
    assert ("section_removed", "7. Agents") in [(fact.kind, fact.before) for fact in found(after, before)]


def test_a_link_that_leads_elsewhere_is_a_fact() -> None:
    before = policy(paragraph("Read the policy.", links=("help:1",)), "Fine.")
    after = policy(paragraph("Read the policy.", links=("help:2",)), "Fine.")

    assert [(fact.kind, fact.before, fact.after) for fact in found(before, after)] == [
        ("link_target", "help:1", "help:2")
    ]


def test_a_table_row_is_one_sentence() -> None:
    before = policy(row("Category", "Fee"), row("Books", "15%"), row("Toys", "8%"))
    after = policy(row("Category", "Fee"), row("Books", "12%"), row("Toys", "8%"))

    (fact,) = found(before, after)

    assert (fact.before, fact.after, fact.sentence_after) == ("15%", "12%", "Books | 12%")


def test_equal_pages_have_no_facts() -> None:
    page = policy(heading("Fees"), "You pay 15% within 30 days.")

    assert found(page, page) == ()


def test_very_many_sentences_are_not_paired_at_all_costs() -> None:
    before = policy(*(f"Clause number {at} asks alpha for {at} things." for at in range(2, 130)))
    after = policy(*(f"Section {at} wants beta within {at} days." for at in range(2, 130)))

    assert {fact.kind for fact in found(before, after)} == {"duration"}


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("You may send books with Parcel Pigeon or the ZQX network.", ["Parcel Pigeon", "ZQX"]),
        ("Once Parcel Pigeon’s couriers have called, we pay.", ["Parcel Pigeon"]),
        ("Books are sent by Pigeon, see Section IV, from Monday or May on.", ["Pigeon"]),
        ("Items that belong to chapter XII stay.", []),
        ("We list the Services Pigeon offers and what the Pigeon Services cost.", ["Pigeon", "Pigeon Services"]),
        ("It is sent with the Parcel Pigeon_ and with pigeon.example too.", ["Parcel Pigeon"]),
        ("We end it in case of Terminations.You may write to Pigeon.Parcels then.", ["Terminations", "Pigeon"]),
        ("A- Set fair prices for all the goods that are sold.", []),
        ("PARCELS MUST BE SENT BY PARCEL PIGEON", []),
        ("Sending Books With Parcel Pigeon", []),
    ],
)
def test_other_names_are_read_by_their_capitals(sentence: str, names: list[str]) -> None:
    assert list(proper(sentence)) == names


def test_an_added_name_is_reported_where_nouns_have_no_capitals() -> None:
    english = found(policy("Send it by post."), policy("Send it by post or by Pigeon."))
    german = found(
        replace(policy("Schicken Sie es per Post."), language="de"),
        replace(policy("Schicken Sie es per Post oder per Taube."), language="de"),
    )

    assert [(fact.kind, fact.after) for fact in english] == [("scope_added", "Pigeon")]
    assert not german


def test_names_are_read_with_their_form() -> None:
    assert list(places("From the United Kingdom to amazon.de and Japan.")) == ["United Kingdom", "amazon.de", "Japan"]
    assert list(companies("The Example Payments Europe S.A.R.L. and Foo & Bar LLC.")) == [
        "Example Payments Europe S.A.R.L.",
        "Foo & Bar LLC",
    ]
    assert list(programmes("See the Brand Registry and the Early Bird Program; a Program.")) == [
        "Brand Registry",
        "Early Bird Program",
    ]


def test_of_very_many_names_only_those_in_the_text_are_in_it() -> None:
    seen = _Spoken("Acme Shop and Bolt Shop run the site.")
    few = {"Bolt Shop": True, "Bolt Sho": False}
    names = few | {f"Name {number}": False for number in range(_OFTEN + 1)} | {"Acme Shop": True}

    assert {name: seen.holds(name) for name in names} == names


def test_a_list_that_becomes_running_text_with_its_numbers_changes_no_word() -> None:
    listed = policy(item("Keep records of every order.", "1."), item("Ship every order on time.", "2."))
    written = policy("1. Keep records of every order. 2. Ship every order on time.")

    assert not any(is_wording(hunk) for hunk in compare(listed, written).hunks)
