"""What a site puts around a text, and the rules that look like it."""

import pytest

from diffs.values import Block, Document
from tests.diffs.judging.evidence.pages import CLAUSES, linked, quiet
from tests.diffs.phrasing import heading, item, paragraph, policy

TITLE = heading("A policy", 1)
ROW = "labels or links of the site that nothing in the text introduces, outside of the text"
PARTS = tuple(heading(name) for name in ("Scope", "Goods", "Records"))


def page(*below: object, above: tuple[object, ...] = ()) -> Document:
    return policy(*above, TITLE, *CLAUSES, *below)  # type: ignore[arg-type]


def both_ways(old: Document, new: Document) -> set[str]:
    """Why each difference is quiet, to the new text and back; "" among them where one is reported."""
    there, back = quiet(old, new), quiet(new, old)
    return {*there.values(), *back.values(), *([] if there and back else [""])}


def test_buttons_behind_the_last_sentence_are_the_sites() -> None:
    assert both_ways(page(), page("Download our app", "App Store")) == {ROW}


def test_two_labels_above_the_title_are_the_sites() -> None:
    assert both_ways(page(), page(above=("Sign in", "Basket"))) == {ROW}


@pytest.mark.parametrize("line", ["Open to traders only", "Payouts are in euros", "All goods", "Policy on toys", "500"])
def test_a_line_that_may_bind_keeps_a_row_of_labels_reported(line: str) -> None:
    assert both_ways(page(), page("Download our app", line)) == {""}


def test_what_a_line_with_a_colon_or_a_heading_introduces_is_no_row_of_labels() -> None:
    assert both_ways(page("These may not be sold:"), page("These may not be sold:", "Lasers", "Knives")) == {""}
    assert both_ways(page(heading("Weapons")), page(heading("Weapons"), "Lasers", "Swords")) == {""}


def test_one_label_alone_or_a_list_is_reported() -> None:
    assert both_ways(page(), page("Withdrawn")) == {""}
    assert both_ways(page(), page(item("Lasers"), item("Swords"))) == {""}


def test_a_line_between_all_parts_is_the_sites() -> None:
    old = [block for part in zip(PARTS, CLAUSES, strict=True) for block in part]
    new = [block for part in zip(PARTS, CLAUSES, strict=True) for block in (*part, paragraph("Show more"))]
    twice = [*old[:2], "Show more", *old[2:4], "Show more", *old[4:]]

    assert both_ways(policy(*old), policy(*new)) == {
        "a short line that the page puts between its parts again and again"
    }
    assert both_ways(policy(*old), policy(*twice)) == {""}


def test_a_rule_between_all_parts_is_reported() -> None:
    old = [block for part in zip(PARTS, CLAUSES, strict=True) for block in part]
    new = [block for part in zip(PARTS, CLAUSES, strict=True) for block in (*part, paragraph("No refunds"))]

    assert both_ways(policy(*old), policy(*new)) == {""}


@pytest.mark.parametrize(("words", "is_quiet"), [("Copy link", True), ("for traders only", False)])
def test_words_behind_all_headings_are_the_sites_unless_they_may_bind(words: str, is_quiet: bool) -> None:
    old = [block for part in zip(PARTS, CLAUSES, strict=True) for block in part]
    new = [heading(f"{block.shown} {words}") if block in PARTS else block for block in old]  # type: ignore[union-attr]
    found = both_ways(policy(*old), policy(*new))

    assert found == ({"the same words behind nearly every heading"} if is_quiet else {""})


def test_words_behind_one_heading_are_reported() -> None:
    old = [block for part in zip(PARTS, CLAUSES, strict=True) for block in part]
    assert both_ways(policy(*old), policy(heading("Area"), *old[1:])) == {""}

    assert both_ways(policy(*old), policy(heading("Scope Copy link"), *old[1:])) == {""}


@pytest.mark.parametrize(
    "line", ["{{ page.owner }}", "undefined", "[object Object]", "![](data:image/png;base64, null)"]
)
def test_a_value_that_was_not_filled_in_says_nothing(line: str) -> None:
    assert both_ways(page(), page(line)) == {"a value that the page failed to fill in"}


def test_a_date_that_is_lost_to_a_broken_value_is_quiet_and_told_when_another_one_comes() -> None:
    old, new = page(above=("Updated 1 May 2026",)), page(above=("Updated undefined",))

    assert set(quiet(old, new).values()) == {"a value that the page failed to fill in"}
    assert not quiet(new, old)


def test_a_rule_beside_a_broken_value_is_reported() -> None:
    assert not quiet(page(), page("Refunds end after undefined days"))


COUNTER = "a counter outside of the text: its figure rose, and a limit would be a round one"


@pytest.mark.parametrize(
    ("was", "now", "is_quiet"),
    [
        ("05/01/2024 496 views", "05/01/2024 526 views", True),
        ("12,341 found this useful", "12,360 found this useful", False),
        ("05/01/2024496 views", "05/01/2024526 views", True),
        ("12,341 found this useful", "12,357 found this useful", True),
        ("500 listings", "550 listings", False),
        ("512 listings", "256 listings", False),
        ("128 listings", "512 listings", False),
        ("Box 4711 Example", "Box 4712 Example", False),
        ("2024 edition", "2026 edition", False),
        ("At most 498 listings", "At most 499 listings", False),
        ("496 views by 127 readers", "526 views by 131 readers", False),
    ],
)
def test_a_figure_under_the_title_counts_up_unless_it_may_be_a_limit(was: str, now: str, is_quiet: bool) -> None:
    found = quiet(policy(TITLE, was, *CLAUSES), policy(TITLE, now, *CLAUSES))

    assert set(found.values()) == ({COUNTER} if is_quiet else set())


FIRST_COUNT = "a counter outside of the text that counts what the text never speaks of"


@pytest.mark.parametrize("line", ["123 people found this helpful", "1,204 readers agree", "187 lecteurs approuvent"])
def test_a_counter_that_comes_or_goes_outside_of_the_text_is_the_sites(line: str) -> None:
    assert both_ways(page(), page(line)) == {FIRST_COUNT}
    assert both_ways(page(), policy(TITLE, line, *CLAUSES)) == {FIRST_COUNT}


@pytest.mark.parametrize(
    "line",
    [
        "500 listings",
        "120 pallets",
        "2031 edition",
        "123 orders",
        "123 pallets.",
        "123 pallets at most",
        "12 pallets of 144 boxes",
        "123 of A",
        "No 123 pallets",
    ],
)
def test_a_new_figure_that_may_be_a_limit_is_reported_wherever_it_stands(line: str) -> None:
    assert both_ways(page(), page(line)) == {""}


@pytest.mark.parametrize("above", [heading("Pallets"), paragraph("You may send us:")])
def test_a_new_figure_that_is_introduced_is_reported(above: Block) -> None:
    assert both_ways(page(above), page(above, "123 pallets")) == {""}


def test_a_counter_in_the_middle_of_the_text_or_at_the_very_top_is_told_apart() -> None:
    assert both_ways(page(), policy(TITLE, CLAUSES[0], "123 readers agree", *CLAUSES[1:])) == {""}
    assert both_ways(page(), page(above=("123 readers agree",))) == {FIRST_COUNT}


def test_a_figure_in_the_text_is_reported_though_it_is_not_round() -> None:
    old, new = (policy(TITLE, CLAUSES[0], f"{figure} views were counted by us.", CLAUSES[1]) for figure in (496, 526))

    assert not quiet(old, new)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("color", "colour"),
        ("organization", "organisation"),
        ("center", "centre"),
        ("canceled", "cancelled"),
        ("license", "licence"),
        ("catalog", "catalogue"),
        ("program", "programme"),
        ("fulfillment", "fulfilment"),
        ("analyze", "analyse"),
        ("judgment", "judgement"),
    ],
)
def test_the_other_english_says_the_same(was: str, now: str) -> None:
    old, new = (
        policy(*CLAUSES, f"The {word} of the seller is on the page for everybody to read.") for word in (was, now)
    )

    assert both_ways(old, new) == {"the same words in British or American spelling"}


@pytest.mark.parametrize(
    ("was", "now"), [("filing", "filling"), ("four", "for"), ("advice", "advise"), ("seller", "buyer")]
)
def test_another_word_is_no_spelling(was: str, now: str) -> None:
    old, new = (
        policy(*CLAUSES, f"The {word} of the goods is on the page for everybody to read.") for word in (was, now)
    )

    assert not quiet(old, new)


def test_a_row_of_links_needs_no_list_above() -> None:
    links = (linked(name, f"https://a.example/{name}") for name in ("Imprint", "Careers", "Press"))

    assert both_ways(page(), page(*links)) == {ROW}
