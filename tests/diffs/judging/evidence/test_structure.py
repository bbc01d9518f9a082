"""Furniture by its place on the page, and the pages on which that evidence would hide a rule."""

import pytest

from diffs.comparing.compare import compare
from diffs.judging.evidence.places import places
from diffs.judging.evidence.zones import zones
from diffs.values import Block, Document
from tests.diffs.judging.evidence.pages import CLAUSES, linked, quiet
from tests.diffs.phrasing import heading, item, paragraph, policy, row

TITLE = heading("A policy", 1)
MENU = ("Best sellers", "Categories", "Sign in", "Support", "Cart")


def page(*above: Block | str, below: tuple[Block | str, ...] = ()) -> Document:
    return policy(*above, TITLE, *CLAUSES, *below)


def test_a_suggestion_in_the_menu_above_the_title_is_furniture() -> None:
    found = quiet(page(*MENU[:2], "garden chairs", *MENU[2:]), page(*MENU[:2], "winter coats", *MENU[2:]))
    assert set(found.values()) == {"a label in the menu above the page's title"}


def test_a_whole_menu_that_appears_is_furniture() -> None:
    assert quiet(page(), page(*MENU))


@pytest.mark.parametrize(
    "line",
    ["Refunds within 30 days", "No refunds", "Sellers must register", "Fee 5%", "In force from 1 May 2026"],
)
def test_a_rule_among_the_labels_above_the_title_is_no_furniture(line: str) -> None:
    assert not quiet(page(*MENU), page(*MENU[:2], line, *MENU[2:]))


def test_two_lines_above_the_title_are_no_menu() -> None:
    assert not quiet(page("Germany"), page("Germany", "Austria"))


def test_a_page_that_begins_with_its_sentences_has_no_menu() -> None:
    old = policy(CLAUSES[0], TITLE, CLAUSES[1])
    assert not quiet(old, policy("Weapons", "Fireworks", "Tobacco", "Alcohol", CLAUSES[0], TITLE, CLAUSES[1]))


def test_a_list_of_goods_under_the_title_is_no_menu() -> None:
    goods = [item(name) for name in MENU]
    assert not quiet(policy(TITLE, *goods, *CLAUSES), policy(TITLE, *goods, item("Fireworks"), *CLAUSES))


def test_a_page_without_a_heading_has_no_menu() -> None:
    assert not quiet(policy(*MENU, *CLAUSES), policy("Fireworks", *MENU, *CLAUSES))


def test_a_table_above_the_title_is_no_menu() -> None:
    assert not quiet(page(*MENU), page(*MENU, row("Books", "Category A")))


def test_headings_with_nothing_under_them_above_the_title_are_a_menus() -> None:
    assert quiet(page(heading("Site navigation"), heading("Contents")), page())


def test_the_heading_that_names_the_page_is_its_title_though_a_menus_stands_as_high() -> None:
    assert zones(policy(heading("Site", 1), heading("Menu", 1), TITLE, *CLAUSES)).menu == {0, 1}


NOTICE = "New terms for all sellers are in force from 15 February 2026, please read them."


def test_a_notice_above_the_title_is_over_after_its_day() -> None:
    assert set(quiet(page(NOTICE), page()).values()) == {
        "a notice above the page's title was taken down after the day it named"
    }


def test_a_notice_that_is_taken_down_before_its_day_is_reported_and_so_is_a_new_one() -> None:
    assert not quiet(page(NOTICE.replace("February", "May")), page())
    assert not quiet(page(NOTICE.replace("from 15 February 2026", "soon")), page())
    assert not quiet(page(), page(NOTICE))


def test_a_clause_with_a_day_that_has_passed_is_no_notice() -> None:
    assert not quiet(page(below=(NOTICE,)), page())


CARDS = (
    heading("Was this helpful for you?"),
    "You might also be interested in:",
    *(linked(text, "https://example.com/privacy") for text in ("Privacy notice", "In force from 8 April 2024.")),
    *(linked(text, "https://example.com/cookies") for text in ("Cookies", "How long we keep what your browser sends.")),
)


def test_cards_below_the_text_speak_of_other_pages_also_where_they_name_a_date() -> None:
    assert quiet(page(), page(below=CARDS))
    other = linked("In force from 21 April 2025.", "https://example.com/privacy")
    assert quiet(page(below=CARDS), page(below=(*CARDS[:3], other, *CARDS[4:])))


def test_a_list_of_links_at_the_end_belongs_to_the_policy() -> None:
    links = [item(name) for name in ("Privacy notice", "Returns policy")]
    pointers = [
        Block(one.kind, one.shown, one.compared, 1, "•", links=(f"https://example.com/{one.shown}",)) for one in links
    ]
    assert not quiet(page(below=(pointers[0],)), page(below=tuple(pointers)))


def test_a_single_card_is_no_list_of_other_pages() -> None:
    assert not quiet(page(), page(below=CARDS[2:4]))


def test_last_sentences_with_links_in_them_are_no_cards() -> None:
    ends = [
        linked(f"Read on in part {number}, which is a rule of its own.", f"https://example.com/{number}")
        for number in range(3)
    ]
    assert not quiet(page(below=tuple(ends[:2])), page(below=tuple(ends)))


CONTENTS = ("Registration of sellers", "Delivery and returns", "Fees and payment", "Ending the agreement")
SECTIONS = tuple(
    part for name, text in zip(CONTENTS, (*CLAUSES, CLAUSES[0]), strict=True) for part in (heading(name), text)
)


def test_a_table_of_contents_that_appears_or_is_removed_is_furniture() -> None:
    with_it = policy(TITLE, CLAUSES[1], "Contents", *CONTENTS, *SECTIONS)
    without = policy(TITLE, CLAUSES[1], *SECTIONS)
    assert set(quiet(with_it, without).values()) == {"a table of contents: its lines repeat what the page says below"}
    assert quiet(without, with_it)


def test_a_list_of_what_is_forbidden_is_no_table_of_contents_though_each_has_a_section() -> None:
    with_it = policy(TITLE, "These are never sold here:", *CONTENTS, *SECTIONS)
    assert not quiet(with_it, policy(TITLE, "These are never sold here:", *SECTIONS))


def test_three_lines_and_long_ones_are_no_table_of_contents() -> None:
    without = policy(TITLE, *SECTIONS)
    assert not quiet(policy(TITLE, *CONTENTS[:3], *SECTIONS), without)
    assert not quiet(policy(TITLE, *CONTENTS, f"{CLAUSES[0]} {CLAUSES[1]}", *SECTIONS), without)


def test_a_section_that_goes_with_its_line_in_the_contents_is_a_change() -> None:
    old = policy(TITLE, *CONTENTS, *SECTIONS)
    assert not quiet(old, policy(TITLE, *CONTENTS[:3], *SECTIONS[:6]))


def test_the_pages_title_once_more_is_furniture() -> None:
    old = policy(heading("Copyright policy", 1), *CLAUSES)
    assert quiet(old, policy(heading("Copyright policy", 1), "Copyright policy", ".pdf", "(159.24KB)", *CLAUSES))
    assert not quiet(old, policy(heading("Copyright policy", 1), "Copyright policy of Germany and Austria", *CLAUSES))
    assert not quiet(
        old, policy(heading("Copyright policy", 1), "Copyright policy", "Fireworks and all arms", *CLAUSES)
    )


def test_a_title_that_becomes_another_is_a_change() -> None:
    assert not quiet(
        policy(heading("Copyright policy", 1), *CLAUSES), policy(heading("Copyright policy (ID)", 1), *CLAUSES)
    )


def test_an_edited_line_is_a_place_by_itself_and_what_was_replaced_is_one() -> None:
    old = policy("Pay within 4 days of each sale", "Today is May 1", *CLAUSES, "Garden chairs")
    new = policy("Pay within 3 days of each sale", "Today is May 2", *CLAUSES, "Winter coats and caps")
    found = [(place.old_range, place.new_range) for place in places(compare(old, new))]
    assert found == [(range(1), range(1)), (range(1, 2), range(1, 2)), (range(5, 6), range(5, 6))]


def test_other_spaces_or_numbers_alone_make_no_place() -> None:
    old, new = policy("A rule", *CLAUSES), policy("a rule".capitalize(), *CLAUSES)
    assert not list(places(compare(old, new)))


def _contents(*names: str) -> list[Block]:
    return [item(name) for name in names]


def _sections(*names: str) -> list[Block | str]:
    return [one for name in names for one in (heading(name, 2), CLAUSES[len(name) % 3])]


NAMES = ("Shipping", "Returns", "Fees", "Account", "Records")


def test_a_line_more_of_the_table_of_contents_is_furniture() -> None:
    old, new = (policy(TITLE, *_contents(*NAMES[:shown]), *_sections(*NAMES)) for shown in (4, 5))
    assert quiet(old, new)


def test_an_entry_of_a_list_that_no_heading_repeats_is_reported() -> None:
    old = policy(TITLE, *_contents(*NAMES[:4]), *_sections(*NAMES))
    assert not quiet(old, policy(TITLE, *_contents(*NAMES[:4], "Fireworks"), *_sections(*NAMES)))


def test_a_list_that_a_sentence_introduces_is_reported_though_headings_repeat_it() -> None:
    old, new = (
        policy(
            TITLE, "You may not sell any of these kinds of goods here:", *_contents(*NAMES[:shown]), *_sections(*NAMES)
        )
        for shown in (4, 5)
    )
    assert not quiet(old, new)


def test_a_line_of_links_above_the_text_is_furniture_and_inside_it_is_not() -> None:
    old, new = (
        paragraph(names, links=("https://a.example/1", "https://a.example/2", "https://a.example/3"))
        for names in ("Chairs Tables Lamps", "Coats Lamps Shoes")
    )
    assert quiet(policy(TITLE, old, *CLAUSES), policy(TITLE, new, *CLAUSES))
    assert not quiet(policy(*CLAUSES[:1], old, *CLAUSES[1:]), policy(*CLAUSES[:1], new, *CLAUSES[1:]))


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("We ship to Spain, France, Italy and Malta.", "We ship to Malta, Italy, Spain and France."),
        ("Länder: Polen, Italien, Malta", "Länder: Malta, Polen, Italien"),
    ],
)
def test_a_list_in_another_order_says_the_same(was: str, now: str) -> None:
    found = quiet(policy(CLAUSES[0], was), policy(CLAUSES[0], now))
    assert bool(found) is was.startswith("L")


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("The seller, not the buyer, pays.", "The buyer, not the seller, pays."),
        ("Spain, Italy", "Italy, Spain"),
        ("Spain, Italy, Malta", "Spain, Italy, Poland"),
        (
            "First the goods that you list in the shop, a fee, a refund",
            "First a refund, a fee, the goods that you list in the shop",
        ),
    ],
)
def test_another_order_that_says_something_else_is_reported(was: str, now: str) -> None:
    assert not quiet(policy(CLAUSES[0], was), policy(CLAUSES[0], now))


LINES = tuple(f"Rule {number} is set out in the annex for goods of its kind, see the list." for number in range(8))
LABEL = " - opens in a new window"


def pointers(*lines: str) -> Document:
    return policy(TITLE, *(linked(line, f"https://example.com/{number}") for number, line in enumerate(lines)))


def test_a_label_that_the_page_puts_behind_each_link_is_no_news_behind_another_one() -> None:
    labelled = [line.replace(" annex", f" annex{LABEL}") for line in LINES]
    old, new = pointers(LINES[0], *labelled), pointers(labelled[0], *labelled)

    why = {"a label of a link, which the page puts behind its links again and again"}
    assert set(quiet(old, new).values()) == why
    assert set(quiet(new, old).values()) == why


def test_words_behind_a_link_that_are_no_label_of_links_are_reported() -> None:
    labelled = [line.replace(" annex", f" annex{LABEL}") for line in LINES]
    rare = labelled[:6]
    assert not quiet(pointers(LINES[0], *rare), pointers(labelled[0], *rare))
    other = LINES[0].replace(" annex", " annex - opens for large firms")
    assert not quiet(pointers(LINES[0], *labelled), pointers(other, *labelled))
    short = [line.replace(" annex", " annex (EU only)") for line in LINES]
    assert not quiet(pointers(LINES[0], *short), pointers(short[0], *short))
    twice = f"{labelled[0]} More of it{LABEL}."
    assert not quiet(pointers(labelled[0], *labelled), pointers(twice, *labelled))
    unlinked = [paragraph(line) for line in labelled]
    assert not quiet(policy(TITLE, LINES[0], *unlinked), policy(TITLE, labelled[0], *unlinked))


def test_the_steps_that_lead_to_a_page_are_furniture_above_its_text_only() -> None:
    trail = ("Help", "›", "Policies")
    assert set(quiet(page(), page(*trail)).values()) == {
        "the way to the page, in steps with signs between them, above its text"
    }
    assert not quiet(page(), page("Help", "Policies"))
    assert not quiet(page(), page("Fee 5%", "›", "Policies"))
    assert not quiet(page(), page(below=trail))
    assert not quiet(page(), page("•", "•", "•"))


def test_a_line_of_the_contents_that_states_a_rule_is_no_news_as_long_as_its_section_stands() -> None:
    ruled = ("You must register first", *CONTENTS[1:])
    sections = (heading(ruled[0]), *SECTIONS[1:])
    with_it, without = policy(TITLE, CLAUSES[1], *ruled, *sections), policy(TITLE, CLAUSES[1], *sections)
    assert quiet(with_it, without)
    more = policy(TITLE, CLAUSES[1], *ruled, "Fees of 5% are due", *sections)
    assert not quiet(more, without)
