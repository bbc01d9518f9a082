"""Significance and importance from a seller's point of view, with reasons a person understands."""

import csv

import pytest

from diffs.comparing.compare import compare
from diffs.meaning.facts import facts
from diffs.meaning.rewording import changed_words, kind_of_rewording
from diffs.meaning.sentence_pairs import SentencePair
from diffs.meaning.significance import judge
from diffs.reading.boilerplate import clean
from diffs.reading.extract import extract
from diffs.targets.extract import extract_targets
from diffs.targets.over_time.moves import moves
from diffs.values import Block, Capture, Document, Judgement, Selection
from tests.diffs.phrasing import heading, item, paragraph, policy, row


def judged(before: Document, after: Document) -> Judgement:
    comparison = compare(before, after)
    moved = moves(extract_targets(before), extract_targets(after))
    return judge(comparison, facts(comparison, before, after), moved, before, after)


def between(before: Block | str, after: Block | str) -> Judgement:
    """The judgement of one line that became another on a page that stays."""
    return judged(
        policy(heading("Rules"), before, "This line stays."), policy(heading("Rules"), after, "This line stays.")
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Ship the box today.", "ship the BOX today!"),
        ("Ship the box today.", "Ship the box today"),
    ],
)
def test_case_and_punctuation_are_cosmetic(before: str, after: str) -> None:
    assert between(before, after).significance == "cosmetic"


def test_what_only_moved_is_cosmetic() -> None:
    lines = ["Keep the stock safe and dry.", "Pack it well.", "Write to the buyer.", "Tell us at once."]

    told = judged(policy(*lines), policy(*lines[1:], lines[0]))

    assert (told.significance, told.importance) == ("cosmetic", "low")
    assert "moved" in told.reasons[0]


@pytest.mark.parametrize(
    ("above", "entry"),
    [("Examples of restricted products", "E-bikes"), ("Was Sie verkaufen dürfen", "Gebrauchte Telefone")],
)
def test_an_entry_that_comes_or_goes_under_a_binding_heading_is_at_least_medium(above: str, entry: str) -> None:
    short, long = (policy(heading(above), item("Fireworks"), *map(item, more)) for more in ((), (entry,)))

    assert judged(short, long).importance == "medium"
    assert judged(long, short).importance == "medium"
    assert (
        judged(policy(heading("Topics"), *short.blocks[1:]), policy(heading("Topics"), *long.blocks[1:])).importance
        == "low"
    )


def test_an_answer_that_became_the_contrary_is_at_least_medium() -> None:
    assert between("Yes.", "No.").importance == "medium"
    assert between("Are knives allowed? Yes", "Are knives allowed? No").importance == "medium"


def test_a_permission_that_was_taken_back_is_at_least_medium() -> None:
    assert between("Thank you. Sellers may use a van.", "Thank you.").importance == "medium"


def test_a_link_to_another_edition_of_a_document_is_material() -> None:
    was, now = (f"https://shop.example/fees-{year}.pdf" for year in (2025, 2026))
    told = between(paragraph("Fees are listed here.", links=(was,)), paragraph("Fees are listed here.", links=(now,)))

    assert (told.significance, told.importance) == ("material", "medium")
    assert "another edition" in told.reasons[0]


def test_a_link_that_leads_elsewhere_is_cosmetic() -> None:
    told = between(paragraph("Read it.", links=("help:1",)), paragraph("Read it.", links=("help:2",)))

    assert told.significance == "cosmetic"


def test_nothing_at_all_is_cosmetic() -> None:
    page = policy("Fine.")

    assert judged(page, page) == Judgement("cosmetic", "low", ("case, punctuation or typography only",))


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("Last updated: May 8, 2023", "Last updated: May 25, 2023", "date"),
        ("Offers must be authorized by us.", "Offers must be authorised by us.", "spelling"),
        ("You get an advanced refund.", "You get an advance refund.", "spelling"),
        ("Pay ineight steps onthe site.", "Pay ineight steps on the site.", "spelling"),
        ("We need at least 8 of them.", "We need at least eight of them.", "spelling"),
        ("Mind the store and the buyers.", "Mind the buyers and the store.", "order"),
        ("Terms at https://a.example/x apply.", "Terms at https://a.example/y apply.", "pointer"),
        ("On Box Ads guidelines", "On box ads and bags guidelines", "title"),
        ("Learn more in the guide here.", "Find out more in our new guide.", "pointer"),
    ],
)
def test_wording_without_a_change_of_meaning_is_editorial(before: str, after: str, why: str) -> None:
    told = between(before, after)

    assert told.significance == "editorial"
    assert told.importance == "low"
    assert why in told.reasons[0]


def test_an_added_pointer_is_editorial() -> None:
    told = judged(policy("Rules."), policy("Rules.", "Click here to see a summary of it all."))

    assert told.significance == "editorial"


def test_a_heading_repeated_as_a_link_is_editorial() -> None:
    page = policy(heading("Fees and charges"), "You pay.")
    listed = policy("Fees and charges", heading("Fees and charges"), "You pay.")

    assert judged(page, listed).significance == "editorial"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Books and toys are welcome.", "Books or toys are welcome."),
        ("You may sell books.", "You must sell books."),
        ("You may sell books.", "You may not sell books."),
        ("Ship within 3 days of it.", "Ship within 2 days of it."),
        ("It covers toys.", "It covers toys and games."),
        ("Include the invoice.", "Exclude the invoice."),
        ("Click here for more: you must not sell toys.", "Click here for more: fine."),
    ],
)
def test_a_change_of_meaning_is_material(before: str, after: str) -> None:
    assert between(before, after).significance == "material"


@pytest.mark.parametrize(
    ("sentence", "category"),
    [
        ("We may suspend your account or withhold funds without notice.", "suspension-and-termination"),
        ("All disputes are settled by binding arbitration and you waive class action.", "disputes"),
        ("Sellers must not sell counterfeit goods and must not misuse messages.", "prohibited-conduct"),
        ("You will be charged a fee of $40 per month, and fees may rise.", "fees"),
        ("You must not share personal data, and you shall delete personal information.", "data"),
    ],
)
def test_what_costs_a_seller_their_living_is_high(sentence: str, category: str) -> None:
    told = judged(policy("Rules."), policy("Rules.", sentence))

    assert told.importance == "high"
    assert category in told.categories
    assert told.reasons


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("We may suspend your account after two warnings.", "We may suspend your account without warning."),
        ("You agree to indemnify us for claims.", "You agree to indemnify, defend and hold us harmless for claims."),
    ],
)
def test_a_sanction_with_fewer_grounds_and_a_wider_liability_are_high(before: str, after: str) -> None:
    assert between(before, after).importance == between(after, before).importance == "high"


def test_a_target_that_moved_is_high_and_named_first() -> None:
    told = between("Keep your late shipment rate under 4%.", "Keep your late shipment rate under 3%.")

    assert told.importance == "high"
    assert told.reasons[0] == "a performance target became stricter: Late shipment rate"
    assert told.categories[0] == "performance"


def test_a_new_contracting_party_is_high() -> None:
    told = between("This is between you and Example Services Ltd.", "This is between you and Sample Trade GmbH.")

    assert told.importance == "high"
    assert told.reasons[0] == "contracting party: Example Services Ltd. became Sample Trade GmbH"
    assert told.categories[0] == "contracting-party"


def test_a_new_legal_form_alone_is_no_new_party() -> None:
    told = between("This is between you and Example Inc.", "This is between you and Example LLC.")

    assert (told.significance, told.importance) == ("material", "low")


def test_a_sanction_added_to_a_list_of_sanctions_is_high() -> None:
    told = between("We may restrict your listings.", "We may restrict your listings or terminate the contract.")

    assert told.importance == "high"


def test_a_revision_is_high_and_says_how_large_it_is() -> None:
    told = judged(
        policy("Rules."), policy("Rules.", *(f"Item {at} stands on a shelf of wood in room {at}." for at in range(40)))
    )

    assert told.importance == "high"
    assert any(reason.startswith("a revision: ") for reason in told.reasons)


def test_a_new_entry_in_a_list_is_low() -> None:
    told = judged(policy("Rules."), policy("Rules.", "Brand profile content guidelines"))

    assert (told.significance, told.importance, told.categories) == ("material", "low", ("agreement",))


def test_reasons_name_the_values_and_the_duties() -> None:
    told = between("You may answer within 7 days.", "You must answer within 2 days.")

    assert "a period of time changed: 7 days → 2 days" in told.reasons
    assert "a duty word changed: may → must" in told.reasons
    told = judged(policy("Rules."), policy("Rules.", "You must be kind."))
    assert "a clause with “must” came" in told.reasons


def test_a_rename_of_a_product_throughout_is_editorial() -> None:
    lines = [
        "The Seller Tool is free for everybody who sells with us in this store.",
        "Open the Seller Tool once a day to see whether a buyer has written to you.",
        "Whoever closes the Seller Tool for good loses all that was noted down in it.",
        "Tell us what you think of the Seller Tool by writing to the usual address.",
    ]

    told = judged(policy(*lines), policy(*(line.replace("Seller Tool", "Merchant Desk") for line in lines)))

    assert told.significance == "editorial"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (row("Used batteries", "✓"), row("Used batteries", "✗")),
        (row("Invoice", "☐"), row("Invoice", "☑")),
        (row("中古電池", "○"), row("中古電池", "×")),
        (row("✓", "✓"), row("✓", "✗")),
        (row("4%", "30"), row("3%", "30")),
        ("Sellers need ★★★☆☆ or more.", "Sellers need ★★★★☆ or more."),
        ("Fee in the next quarter: ↑", "Fee in the next quarter: ↓"),
        ("✓ Used batteries", "✗ Used batteries"),
        ("The fee is 8% of the price.", "The fee is 8%* of the price."),
        ("30", "20"),
    ],
)
def test_a_mark_or_a_lone_figure_that_became_another_is_material(before: Block | str, after: Block | str) -> None:
    assert between(before, after).significance == "material"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (row("Used batteries", "✓"), row("Used batteries", "✔")),
        (row("Boxes", "2 × 3"), row("Boxes", "2 x 3")),
        ("Rated ⭐⭐⭐ by buyers.", "Rated ★★★ by buyers."),
    ],
)
def test_another_form_of_the_same_mark_is_cosmetic(before: Block | str, after: Block | str) -> None:
    assert between(before, after).significance == "cosmetic"


def test_a_number_before_a_line_says_nothing() -> None:
    assert kind_of_rewording(SentencePair("(iv)", "(v)", "", 0)) == "marker"
    assert kind_of_rewording(SentencePair("", "3.", "", 0)) == "marker"


def test_changed_words_are_those_of_one_side_only() -> None:
    assert changed_words(SentencePair("Pay 1,000 now", "Pay 1000 or more now", "", 0)) == ((), ("or", "more"))


# Measured on labelled histories, which do not belong to the project.


def test_labelled_changes_are_judged_as_a_person_did(corpus) -> None:
    found = {"material": [0, 0], "editorial": [0, 0]}
    high = {"right": 0, "labelled": 0, "told": 0}
    for folder in sorted((corpus / "docs").iterdir()):
        shas = {int(line["seq"]): line["sha12"] for line in _table(folder / "timeline.csv")}
        for alert in _table(folder / "expected_alerts.csv"):
            seq = int(alert["seq"])
            old, new = (_read(folder / "texts" / f"{shas[at]}.md") for at in (seq - 1, seq))
            told = judged(old, new)
            found[alert["label"]][0] += told.significance == alert["label"]
            found[alert["label"]][1] += 1
            high["right"] += told.importance == alert["importance"] == "high"
            high["labelled"] += alert["importance"] == "high"
            high["told"] += told.importance == "high"

    assert found["material"][0] >= 0.9 * found["material"][1]
    assert found["editorial"][0] >= 14 / 18 * found["editorial"][1]
    assert high["right"] >= 0.9 * high["labelled"]
    assert high["right"] >= 0.75 * high["told"]


def _table(path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _read(path) -> Document:
    return clean(extract(Capture(url="", media_type="markdown", body=path.read_bytes()), Selection()).document).document


@pytest.mark.parametrize("above", ["Referral fees by category", "Gebühren nach Kategorie"])
def test_a_fee_in_a_row_is_as_high_as_one_in_a_sentence(above: str) -> None:
    old, new = (
        policy(heading(above), row("Consumer electronics", rate, "$0.30"), row("Toys", "15%", "$0.30"), "It stays.")
        for rate in ("8%", "9%")
    )

    assert judged(old, new).importance == "high"
    assert judged(new, old).importance == "high", "who was told of the fee is told of its end"


def test_a_figure_in_a_row_under_another_heading_is_not() -> None:
    old, new = (policy(heading("Sizes"), row("Large box", cm, "1"), "It stays.") for cm in ("8%", "9%"))

    assert judged(old, new).importance == "medium"


def test_how_many_there_may_be_is_no_trifle() -> None:
    clause = "High-volume listings: you pay for each listing above {} listings."

    assert between(clause.format("1.5 million"), clause.format("1 million")).importance == "medium"


def test_an_entry_of_restricted_products_that_lost_its_condition_bans_more_and_is_no_trifle() -> None:
    was, now = "Dietary supplements without third-party testing", "Dietary supplements"

    told = judged(
        *(policy(heading("Examples of restricted products"), item(one), item("Fireworks")) for one in (was, now))
    )

    assert (told.significance, told.importance) == ("material", "medium")


def test_an_answer_that_loses_its_comma_says_the_opposite() -> None:
    told = between("No, refunds are paid by the bank.", "No refunds are paid by the bank.")

    assert (told.significance, told.importance) == ("material", "medium")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("We are liable for losses of the seller.", "We are not liable for losses of the seller."),
        ("We are not liable for losses of the seller.", "We are liable for losses of the seller."),
        ("You must answer each buyer.", "You must not answer each buyer."),
    ],
)
def test_a_negation_of_a_liability_or_a_duty_is_of_high_importance(before: str, after: str) -> None:
    assert between(before, after).importance == "high"


def test_a_negation_among_many_other_words_is_weighed_with_them() -> None:
    told = between(
        "You must answer each buyer within the day.", "Do not wait before each buyer gets your answer within the day."
    )

    assert told.importance != "high"


@pytest.mark.parametrize(
    "rule",
    ["You must answer every buyer.", "Sellers can appeal to the panel.", "Payouts are held for everybody who joins."],
)
def test_a_rule_that_is_gone_is_at_least_of_medium_importance(rule: str) -> None:
    page = "Goods are shown as they are.", "Keep them dry."

    assert judged(policy(page[0], rule, page[1]), policy(*page)).importance != "low"


@pytest.mark.parametrize(
    ("was", "now", "significance"),
    [
        ("mailto:legal@a.example", "mailto:notices@a.example", "material"),
        ("tel:123", "tel:456", "material"),
        ("mailto:legal@a.example", "https://a.example/form", "cosmetic"),
    ],
)
def test_another_address_behind_the_same_words_is_a_change(was: str, now: str, significance: str) -> None:
    old, new = (policy(paragraph("Send legal notices to our lawyers.", links=(link,))) for link in (was, now))

    assert judged(old, new).significance == significance


@pytest.mark.parametrize("entry", ["Laser pointers above 5 mW", "Laser pointers above 5 mW."])
def test_an_entry_of_a_list_of_bans_is_no_trifle_with_or_without_a_full_stop(entry: str) -> None:
    listed = [heading("Prohibited products"), item("Fireworks.")]
    before, after = policy(*listed), policy(*listed, item(entry))

    assert judged(before, after).importance == "medium"
    assert judged(after, before).importance == "medium"


def test_a_row_with_a_price_that_came_or_went_is_no_trifle() -> None:
    rows = [row("Category", "Referral fee"), row("Books", "15%"), row("Electronics", "8%")]
    before = policy(heading("Referral fees"), *rows)
    after = policy(heading("Referral fees"), *rows, row("Pet supplies", "15%, and 22% for prescription food"))

    assert judged(before, after).importance == "medium"
    assert judged(after, before).importance == "medium"
