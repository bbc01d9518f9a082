"""Summaries: first what a seller must know, and never a word that is not in the change."""

import csv
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffs.comparing.compare import compare
from diffs.language.plain_text import shorten
from diffs.meaning.facts import facts
from diffs.meaning.significance import judge
from diffs.reading.boilerplate import clean
from diffs.reading.extract import extract
from diffs.targets.extract import extract_targets
from diffs.targets.over_time.moves import moves
from diffs.values import Block, Capture, Document, Selection, Target, TargetMove
from diffs.wording.quotes import excerpt
from diffs.wording.summary import HEADLINE_LENGTH, MOST_POINTS, Summary, summarise
from tests.diffs.phrasing import heading, item, paragraph, policy, row


def summary(before: Document, after: Document, kind: str = "edit", effective_on: date | None = None) -> Summary:
    comparison = compare(before, after)
    found = facts(comparison, before, after)
    moved = moves(extract_targets(before), extract_targets(after))
    judgement = judge(comparison, found, moved, before, after)
    return summarise("Late shipments", kind, comparison, found, moved, judgement, effective_on)


def told(before: Block | str, after: Block | str, section: str = "Rules") -> Summary:
    """The summary of one line that became another."""
    return summary(
        policy(heading(section), before, "This line stays as it is."),
        policy(heading(section), after, "This line stays as it is."),
    )


@pytest.mark.parametrize(
    ("before", "after", "headline"),
    [
        (
            "Keep your late shipment rate under 4%.",
            "Keep your late shipment rate under 3%.",
            "Late shipment rate: the limit falls from 4% to 3%",
        ),
        (
            "Die Stornorate muss unter 2,5 % liegen.",
            "Die Stornorate muss unter 3,5 % liegen.",
            "Cancellation rate: the limit rises from 2.5% to 3.5%",
        ),
        (
            "We recommend an OTDR over 97%.",
            "You must hold an OTDR of at least 90%.",
            "On-time delivery rate: from over 97% (recommendation) to at least 90% (requirement), stricter",
        ),
        (
            "Over a 7-day period keep your CR under 2%.",
            "Over a 30-day period keep your CR under 2%.",
            "Cancellation rate under 2%: now measured over 30 days (was: 7 days)",
        ),
        (
            "Keep a VTR of at least 95% on Prime orders.",
            "Keep a VTR of at least 95% on FBA orders.",
            "Valid tracking rate at least 95%: now for FBA (was: seller-fulfilled-prime)",
        ),
        (
            "Your average product rating should be greater than four.",
            "Your average product rating should be greater than three.",
            "Average product rating: the minimum falls from 4 stars to 3 stars",
        ),
        (
            "We may terminate this agreement with 30 days’ notice.",
            "We may terminate this agreement with 15 days’ notice.",
            "Notice period for termination: the time falls from 30 days to 15 days",
        ),
        (
            "“Limit” means €5,000 for each.",
            "“Limit” means €500,000 for each.",
            "Limit: the amount rises from €5,000 to €500,000",
        ),
        (
            "“Limit” means R$ 1.000 for each.",
            "“Limit” means R$ 990 for each.",
            "Limit: the amount falls from R$ 1.000 to R$ 990",
        ),
        (
            "This is between you and Example Services Ltd.",
            "This is between you and Sample Trade GmbH.",
            "The party to the agreement is now Sample Trade GmbH (was: Example Services Ltd.)",
        ),
        (
            "We may restrict listings when you miss the rules.",
            "We may restrict listings or suspend accounts when you miss the rules.",
            "Now: We may restrict listings or suspend accounts when you miss the rules.",
        ),
        (
            "We may restrict listings or suspend accounts when you miss the rules.",
            "We may restrict listings when you miss the rules.",
            "No longer: “or suspend accounts”",
        ),
        (
            "Books and toys are welcome here.",
            "Books or toys are welcome here.",
            "Now: Books or toys are welcome here. (was: “and”)",
        ),
        ("Last updated: May 8, 2023", "Last updated: May 25, 2023", "Last updated: May 25, 2023 (was: May 8, 2023)"),
        (
            "You get an advanced refund.",
            "You get an advance refund.",
            "Now: You get an advance refund. (was: “advanced”)",
        ),
        ("It starts on 1 May 2024.", "It starts on 1 June 2024.", "Now: It starts on 1 June 2024. (was: “May”)"),
        ("The store opens at nine.", "The STORE opens at nine!", "Restyled: “The STORE opens at nine!”"),
    ],
)
def test_the_headline_says_what_matters_most(before: str, after: str, headline: str) -> None:
    assert told(before, after).headline == headline


def test_another_edition_of_a_document_behind_the_same_words_is_named() -> None:
    lines = [paragraph("Fees are listed here.", links=(f"https://shop.example/fees-{year}.pdf",)) for year in (1, 2)]

    assert told(*lines).headline == "A link leads to another document: fees-1.pdf → fees-2.pdf"


def test_another_address_behind_the_same_words_is_named() -> None:
    lines = [paragraph("Write to our legal team.", links=(f"mailto:{name}@shop.example",)) for name in ("old", "new")]

    assert told(*lines).headline == "A link leads to another address: old@shop.example → new@shop.example"


def test_a_row_is_named_by_its_first_cell() -> None:
    assert told(row("Books", "15%"), row("Books", "12%")).headline == "Books: the rate falls from 15% to 12%"


def test_a_target_that_was_added_and_one_that_was_removed() -> None:
    page, more = policy("Fine."), policy("Fine.", "Your AHR score of 100-199 is at risk on FBA orders.")

    assert summary(page, more).headline.startswith("New target: Account health rating 100 to 199 points (FBA)")
    assert summary(more, page).headline.startswith("Target removed: Account health rating 100 to 199 points (FBA)")


def test_every_point_names_its_section() -> None:
    shown = told("You pay a 15% fee to us.", "You pay a 12% fee to us.", section="Fees and charges")

    assert shown.points == ("Fees and charges: Fee: 15% → 12%. Now: You pay a 12% fee to us.",)


def test_the_day_it_binds_is_shown_as_the_page_writes_it() -> None:
    shown = summary(
        policy("Rules stay."),
        policy("Rules stay.", "Effective April 1, 2024, you must label all boxes."),
        effective_on=date(2024, 4, 1),
    )

    assert "Effective April 1, 2024, you must label all boxes." in shown.headline
    assert any("In force from April 1, 2024" in point for point in shown.points)


def test_a_day_that_took_another_ones_place_is_reported_once() -> None:
    shown = summary(
        policy("These rules take effect on 1 May 2024.", "Rules stay."),
        policy("These rules take effect on 1 June 2024.", "Rules stay."),
        effective_on=date(2024, 6, 1),
    )

    assert [point for point in shown.points if "1 June 2024" in point] == ["In force from: 1 May 2024 → 1 June 2024"]


def test_a_day_that_is_not_in_the_change_is_not_reported() -> None:
    shown = summary(
        policy("Rules stay."), policy("Rules stay.", "You must label all boxes."), effective_on=date(2031, 5, 6)
    )

    assert "2031" not in " ".join((shown.headline, *shown.points))


def test_a_long_revision_says_how_much_more_there_is() -> None:
    clauses = [f"Sellers must not sell thing number {at} of the list in any store of ours." for at in range(2, 20)]

    shown = summary(
        policy(heading("Rules"), "Fine."),
        policy(
            heading("Rules"),
            *[part for clause in clauses for part in (clause, heading(f"Part {clause[39:42]}", 3))],
            "Fine.",
        ),
    )

    assert len(shown.points) <= MOST_POINTS
    assert len(shown.headline) <= HEADLINE_LENGTH


def test_many_places_are_counted_and_the_weightiest_is_first() -> None:
    lines = [f"Clauses speak of box {name} and of paper." for name in "ABCDEFGHIJKLMNOP"]
    changed = [line.replace("paper", "glue") if at % 2 else line for at, line in enumerate(lines)]
    changed[3] = "Clauses speak of box D and of accounts that we suspend."

    shown = summary(policy(*lines), policy(*changed))

    assert "suspend" in shown.headline
    assert re.fullmatch(r"and (one|\d+) more places?", shown.points[-1]) is None, "what there is room for is said"


def test_a_target_that_moved_is_reported_once() -> None:
    shown = told(
        "Keep your late shipment rate under 4% at all times.", "Keep your late shipment rate under 3% at all times."
    )

    assert shown.points == ("Rules: Late shipment rate: the limit falls from 4% to 3%",)


def test_what_a_figure_is_about_is_shown_beside_it() -> None:
    far = "The parties keep to this clause in all that they do for one another, whatever the season may be. " * 2
    before, after = (
        f"You are liable for what you sell and hold us harmless, {far.strip(' .')}, and you send notice of a change of "
        f"control within {days} days"
        for days in (15, 21)
    )

    assert "send notice of a change of control within 21 days" in " ".join(told(before, after).points)


def test_a_clause_that_made_way_for_one_word_is_removed() -> None:
    stays = "royalties are paid each month for every copy that was sold in that month by you or by a partner of yours."
    shown = told(f"Before 2026 we paid out by hand and only once in a year, but since then {stays}", f"Now {stays}")

    assert "No longer: “Before 2026 we paid out by hand" in " ".join(shown.points)


def test_two_edits_of_one_clause_are_both_reported() -> None:
    before, after = (
        f"If the proceeds from {what} exceed the limit that applies to each store {when}, or where we ask for it, you "
        "will hold a public liability insurance for the rest of the term at your own expense."
        for what, when in (
            ("sales of goods that were shipped from our own warehouses", "during three (3) consecutive months"),
            ("all orders", "during any month"),
        )
    )

    (point,) = told(before, after).points

    assert "If the proceeds from all orders" in point
    assert "during any month" in point


def test_added_words_with_few_words_between_them_are_one_rewrite() -> None:
    shown = told("You will indemnify us for losses.", "You will defend, indemnify and hold us harmless for losses.")

    assert shown.headline == "Now: You will defend, indemnify and hold us harmless for losses."


def test_a_quotation_that_is_cut_is_closed() -> None:
    assert shorten("He said “a word and another word and one more”", 30).endswith("…”")
    assert len(shorten("He said “a word and another word and one more”", 30)) <= 30


def test_a_headline_holds_whole_steps_only() -> None:
    limits = ("Ireland {}5,000", "Britain {}4,000", "Sweden {}50,000", "Poland {}22,500", "Norway {}70,000")
    before, after = (
        policy(heading("Limits"), "“Claim Limits” means:", *(item(line.format(sign)) for line in limits), "This stays.")
        for sign in ("€", "€1")
    )

    shown = summary(before, after)

    assert shown.headline == "Claim Limits: the amount rises from €5,000 to €15,000 and from €4,000 to €14,000"
    assert "€22,500 → €122,500" in "".join(shown.points)


def test_the_heading_of_a_new_section_is_reported_once() -> None:
    before = policy(heading("Rules"), "This stays.")
    after = policy(heading("Rules"), "This stays.", heading("Parcels by air"), "You must not send goods by air.")

    shown = "\n".join((summary(before, after).headline, *summary(before, after).points))

    assert shown.count("New section: Parcels by air") == 2, "headline and point"
    assert "New: You must not send goods by air." in shown.replace(";", ".")


def test_a_sentence_that_was_reworded_in_another_place_is_reported_with_the_words_before_the_edit() -> None:
    before = policy(
        heading("Rules"), "We take toys which were made by hand in your own house. Only then.", "This stays."
    )
    after = policy(
        heading("Rules"), "This stays.", heading("Other"), "We take toys which were made by hand in your own flat."
    )

    shown = summary(before, after)
    assert "Now: We take toys which were made by hand in your own flat. (was: “house”)" in shown.headline


def test_a_day_that_is_reported_as_the_first_day_is_not_reported_again_beside_a_period() -> None:
    before, after = (
        policy(
            heading("Terms"),
            f"These terms are effective from {day}.",
            heading("Storage"),
            f"Since {day} goods are kept for {period} and sent back then.",
        )
        for day, period in (("1 May 2024", "15 days"), ("1 June 2024", "30 days"))
    )

    shown = "\n".join(summary(before, after).points)

    assert shown.count("1 May 2024 → 1 June 2024") == 1
    assert "15 days → 30 days" in shown


def test_a_figure_in_a_list_is_named_by_the_term_that_the_list_defines() -> None:
    lead = "“Insurance Limits” means the applicable one of the following:"
    before, after = (
        policy(heading("Definitions"), lead, item(f"Euros ({sum_}) for the shop in Ireland"), "This stays.")
        for sum_ in ("€5,000", "€500,000")
    )

    assert summary(before, after).headline == "Insurance Limits: the amount rises from €5,000 to €500,000"


def test_what_a_list_forbids_is_reported_with_the_line_above_it() -> None:
    kept = item("sell what is not yours;")
    before = policy(heading("Conduct"), "You may not:", kept)
    after = policy(heading("Conduct"), "You may not:", kept, item("write to buyers after the sale;"))

    assert summary(before, after).headline == "New: You may not write to buyers after the sale."


def test_the_same_edit_in_several_places_is_one_point() -> None:
    lines = [f"Clause {name} speaks of boxes and of paper." for name in "ABCDEF"]
    changed = [line.replace("paper", "glue") if at % 2 else line for at, line in enumerate(lines)]

    shown = summary(policy(*lines), policy(*changed))
    assert "speaks of boxes and of glue" in shown.headline


def test_names_sections_and_definitions_are_reported_with_what_happens_to_them() -> None:
    before = policy(heading("Scope"), "It applies in France.")
    after = policy(
        heading("Scope"),
        "It applies in France, Belgium and Japan.",
        heading("Agents"),
        "“Bot” means a program. “Agent” means a bot that acts.",
    )

    shown = summary(before, after)
    points = " / ".join((shown.headline, *shown.points))

    assert "New section: Agents" in points
    assert "now: It applies in France, Belgium and Japan." in points
    assert "“Bot” means a program" in points


def test_figures_of_new_clauses_are_never_hidden() -> None:
    clauses = [f"You must keep paper number {name} for good and never lose it at all." for name in "ABCDEFGHIJKLMN"]
    extra = "For the rest a sum of €750 is due within 12 days."
    gone = "A sum of €1 was due within 2 days."

    shown = summary(policy("Fine.", gone), policy("Fine.", heading("More"), *clauses, extra))

    assert "€750" in shown.headline
    assert "2 days" in shown.headline + "".join(shown.points)


@pytest.mark.parametrize(
    ("kind", "headline"),
    [
        ("appeared", "New page: Late shipments"),
        ("gone", "Page removed: Late shipments"),
        ("rollback", "Back to an earlier text: Fee: the rate falls from 15% to 12%"),
        ("announced", "Announced: Fee: the rate falls from 15% to 12%"),
    ],
)
def test_each_kind_of_change_opens_its_own_way(kind: str, headline: str) -> None:
    assert summary(policy("You pay a 15% fee to us."), policy("You pay a 12% fee to us."), kind).headline == headline


def test_a_rename_throughout_is_one_point() -> None:
    lines = [
        "The Seller Tool is free for everybody who sells with us in this store.",
        "Open the Seller Tool once a day to see whether a buyer has written to you.",
        "Whoever closes the Seller Tool for good loses all that was noted down in it.",
    ]

    shown = summary(policy(*lines), policy(*(line.replace("Seller Tool", "Merchant Desk") for line in lines)))

    name = "“Seller Tool” is now called “Merchant Desk”"
    assert shown == Summary(name, (name,))


def test_what_moved_is_said_to_have_moved() -> None:
    lines = [f"Clause {name} is a whole sentence about boxes, paper and glue that stays." for name in "ABCDEF"]

    shown = summary(policy(*lines), policy(*lines[1:], lines[0]))

    assert shown.headline.startswith("Moved: “Clause A")


def test_two_wordings_that_share_little_are_shown_side_by_side() -> None:
    shown = told(
        "You have to be honest about the goods you sell and about their origin and make.",
        "Offers about the goods you sell may never hold words that offend or harass buyers.",
    )

    assert "“You have to be honest”" in " ".join(shown.points)


def test_a_url_that_changed_along_is_not_the_point() -> None:
    shown = told(
        "See https://a.example/y for the long list of goods, which may be sold with care.",
        "See https://a.example/z for the long list of goods, which may be sold with great care.",
    )

    assert shown.headline.endswith("for the long list of goods, which may be sold with great care.")


def test_a_target_without_a_hunk_is_not_reported() -> None:
    before, after = policy("Fine."), policy("Fine!  Yes.")
    comparison = compare(before, after)
    stray = TargetMove("appeared", None, Target("late_shipment_rate", "<", 4.0, sentence="LSR < 4%"))
    judgement = judge(comparison, (), (), before, after)

    assert "Late shipment" not in summarise("T", "edit", comparison, (), (stray,), judgement, None).headline


def test_a_figure_that_is_not_in_its_sentence_is_reported_plainly() -> None:
    before, after = policy("Fine."), policy("Fine.", "Keep it low.")
    comparison = compare(before, after)
    move = TargetMove("appeared", None, Target("late_shipment_rate", "<", 4.0, sentence="Keep it low."))
    judgement = judge(comparison, (), (move,), before, after)

    headline = summarise("T", "edit", comparison, (), (move,), judgement, None).headline

    assert headline == "New target: Late shipment rate under 4%"


def test_a_title_may_be_missing() -> None:
    page = policy("Fine.")
    judgement = judge(compare(page, page), (), (), page, page)

    assert (
        summarise("", "gone", compare(page, page), (), (), judgement, None).headline == "Page removed: A watched page"
    )


def test_quotes_are_cut_between_words() -> None:
    long = "word " * 30 + "of the sum of €5,000 that you must pay " + "later " * 30

    assert len(shorten(long, 50)) <= 50
    assert "must pay" in excerpt(long, 60)
    assert excerpt("short", 60) == "short"
    assert shorten("x" * 80, 20) == "x" * 19 + "…"


# Honesty: every figure of a summary stands in the change.

words = st.sampled_from(
    """
    we may suspend accounts within 30 days fee of 15% or €5,000 must not sell in France from 1 May 2024 under 4% late
    shipment rate personal data returns the and Example Ltd GmbH 2,5 % “Term” means
    """.split()
)
lines = st.lists(st.lists(words, min_size=1, max_size=14).map(" ".join).map(lambda text: f"{text}."), max_size=7)


def figures(text: str) -> set[str]:
    return set(re.findall(r"\d+", re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)))


@given(lines, lines)
def test_every_figure_of_a_summary_is_in_the_change(before: list[str], after: list[str]) -> None:
    old, new = policy(heading("Part"), *before), policy(heading("Part"), *after)

    assert_honest(old, new)


def assert_honest(old: Document, new: Document) -> str:
    """The whole summary, after holding it against the change."""
    shown = summary(old, new)
    whole = "\n".join((shown.headline, *shown.points))
    text = re.sub(r"and \d+ more(?: places)?|\(\d+ times\)", "", whole)
    hunks = compare(old, new).hunks
    stands = "\n".join(
        f"{hunk.text_before}\n{hunk.text_after}\n{hunk.section_before}\n{hunk.section_after}\n{hunk.lead}"
        for hunk in hunks
    )
    stands += "\n".join(block.numbered for hunk in hunks for block in (*hunk.before, *hunk.after))

    assert figures(text) <= figures(stands)
    assert len(shown.headline) <= HEADLINE_LENGTH
    assert len(shown.points) <= MOST_POINTS
    return whole


def test_summaries_of_real_histories_are_honest_and_hold_what_a_person_would_report(corpus) -> None:
    named, held = 0, 0
    for folder in sorted((corpus / "docs").iterdir()):
        shas = {int(line["seq"]): line["sha12"] for line in _table(folder / "timeline.csv")}
        for alert in _table(folder / "expected_alerts.csv"):
            if alert["importance"] != "high":
                continue
            old, new = (_read(folder / "texts" / f"{shas[int(alert['seq']) - step]}.md") for step in (1, 0))
            text = assert_honest(old, new)
            hunks = " ".join(f"{hunk.text_before} {hunk.text_after}" for hunk in compare(old, new).hunks)
            for value in _told_by_a_person(alert["summary"]):
                if _holds(hunks, value):
                    named, held = named + 1, held + _holds(text, value)

    assert held >= 0.75 * named


def _told_by_a_person(text: str) -> list[str]:
    return re.findall(r"(?<![\w.])\d[\d,.]*\d|(?<![\w.])\d|(?<!\w)[A-Z][\w&-]+(?: [A-Z][\w&-]+)*", text)


def _holds(text: str, value: str) -> bool:
    return value.lower() in text.lower() or value.replace(",", "") in text.replace(",", "")


def _table(path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as rows:
        return list(csv.DictReader(rows))


def _read(path) -> Document:
    return clean(extract(Capture(url="", media_type="markdown", body=path.read_bytes()), Selection()).document).document


def test_items_and_paragraphs_are_reported_alike() -> None:
    assert (
        told(item("Pay $5 a day."), item("Pay $6 a day.")).headline
        == told(paragraph("Pay $5 a day."), paragraph("Pay $6 a day.")).headline
    )
