"""Places that differ independently of the policy, as histories of one page; and rules that are edited often."""

from datetime import timedelta

import pytest

from diffs.judging.evidence import habits, slots
from diffs.judging.evidence.clock import Times, moved_with_time
from tests.diffs.judging.evidence.pages import CLAUSES, NOW, History
from tests.diffs.phrasing import heading, policy, row

TITLE = heading("A policy", 1)
COUNTER = "a figure in a line above the text, which had changed before: a counter"
RESTLESS = "a figure that is another one at nearly every check"
CLOCK = "an age or a date that moves with the clock"
RATE = "a rate whose last decimals moved"


def test_a_counter_above_the_text_is_known_from_its_second_step_on_and_through_new_editions() -> None:
    page = History()
    page.shows(TITLE, "05/01/2024500 views", *CLAUSES)
    assert page.shows(TITLE, "05/01/2024530 views", *CLAUSES, after=9) == ("",)
    assert page.shows(TITLE, "05/01/2024558 views", *CLAUSES, after=9) == (COUNTER,)
    page.shows(heading("Another policy", 1), "05/01/2024558 views", "Everything is new here, and said in other words.")
    again = page.shows(
        heading("Another policy", 1),
        "09/01/20241.1k views",
        "Everything is new here, and said in other words.",
        after=70,
    )
    assert again == (COUNTER,)


@pytest.mark.parametrize("line", ["In force from {} January 2026", "Handling time {} days", "Fee {}%", "Deposit ${}00"])
def test_a_date_or_a_limit_above_the_text_is_no_counter_though_it_changed_before(line: str) -> None:
    page = History()
    page.shows(TITLE, line.format(5), *CLAUSES)
    for figure in (9, 15, 28):
        assert page.shows(TITLE, line.format(figure), *CLAUSES, after=30) == ("",)


def test_a_limit_in_the_text_that_is_raised_again_and_again_is_reported() -> None:
    page = History()
    page.shows(TITLE, CLAUSES[0], "You may list up to 50 offers in this programme.")
    for figure in (100, 200, 300):
        assert page.shows(TITLE, CLAUSES[0], f"You may list up to {figure} offers in this programme.", after=20) == (
            "",
        )


def test_a_figure_in_a_rule_that_differs_every_day_is_volatile_and_the_rules_own_edit_is_reported() -> None:
    line = "Sellers must pay {} in euros for each parcel; today there are {} parcels on the way."
    page = History()
    page.shows(TITLE, CLAUSES[0], line.format(4, 1201))
    shown = [page.shows(TITLE, CLAUSES[0], line.format(4, parcels)) for parcels in (1744, 1390, 1512, 1699)]
    assert shown == [("",), ("",), (RESTLESS,), (RESTLESS,)]
    assert page.shows(TITLE, CLAUSES[0], line.format(5, 1700)) == ("",)
    assert page.shows(TITLE, CLAUSES[0], line.format(5, 1733).replace("must", "may")) == ("",)


def test_a_figure_that_differs_at_one_check_in_ten_is_not_volatile() -> None:
    page = History()
    for parcels in (10, 20, 30, 40, 50):
        assert RESTLESS not in page.shows(CLAUSES[0], f"There are {parcels} kinds of goods, it says here.", after=10)


def test_what_was_restless_last_year_must_show_it_anew() -> None:
    page = History()
    for parcels in (10, 20, 30, 40):
        page.shows(CLAUSES[0], f"There are {parcels} kinds of goods, it says here.")
    assert slots.volatile(page.slots, NOW + timedelta(days=5)) == 1
    assert page.shows(CLAUSES[0], "There are 50 kinds of goods, it says here.", after=90) == ("",)
    assert slots.volatile(page.slots, NOW + timedelta(days=300)) == 0


def test_todays_date_is_reported_once() -> None:
    page = History()
    shown = [page.shows(TITLE, f"Today is March {day}, 2026", *CLAUSES) for day in range(2, 6)]
    assert shown == [(), ("",), (CLOCK,), (CLOCK,)]


def test_an_age_among_facts_about_the_page_is_never_reported() -> None:
    page = History()
    shown = [page.shows(TITLE, f"Policy team · Updated {age} days ago · 4 min read", *CLAUSES) for age in range(2, 6)]
    assert shown == [(), (CLOCK,), (CLOCK,), (CLOCK,)]


def test_a_period_that_is_a_day_longer_a_day_later_is_reported() -> None:
    page = History()
    page.shows(TITLE, "Handling time 2 days", *CLAUSES)
    assert page.shows(TITLE, "Handling time 3 days", *CLAUSES) == ("",)


def test_the_last_decimals_of_a_rate_are_no_news_and_a_fee_is() -> None:
    line = "Fees are billed in euros; today one euro is worth ${} here."
    page = History()
    page.shows(CLAUSES[0], line.format("1.0800"))
    assert page.shows(CLAUSES[0], line.format("1.0807")) == (RATE,)
    assert page.shows(CLAUSES[0], line.format("1.2000"), after=9) == ("",)
    assert page.shows(CLAUSES[0], line.format("1.21"), after=9) == ("",)


def test_other_words_above_the_text_are_known_when_others_were_there_before() -> None:
    page = History()
    page.shows(TITLE, "Written by Ada", *CLAUSES)
    assert not any(page.shows(TITLE, "Sponsored: garden chairs", *CLAUSES))
    assert all(page.shows(TITLE, "Winter coats", *CLAUSES, after=30))


def test_a_line_above_the_text_that_is_edited_is_reported_each_time() -> None:
    page = History()
    for name in ("Terms for sellers", "Terms for sellers in Spain", "Terms for sellers in Spain and Italy"):
        shown = page.shows("Marketplace", name, *CLAUSES)
    assert shown == ("",)


def test_a_duty_above_the_text_is_reported_whatever_was_there_before() -> None:
    page = History()
    page.shows(TITLE, "Written by Ada", *CLAUSES)
    page.shows(TITLE, "Sponsored: garden chairs", *CLAUSES)
    assert not any(page.shows(TITLE, "Sellers must register anew", *CLAUSES))


def test_a_long_clause_is_no_slot() -> None:
    page = History()
    page.shows(TITLE, CLAUSES[0])
    page.shows(TITLE, " ".join(CLAUSES * 3), CLAUSES[0])
    assert not page.slots


def test_rows_alike_but_for_their_figures_are_different_slots() -> None:
    page = History()
    first, last = row("Books", "1"), row("Books", "2")
    page.shows(CLAUSES[0], first, CLAUSES[1], last)
    page.shows(CLAUSES[0], row("Books", "3"), CLAUSES[1], last)
    page.shows(CLAUSES[0], row("Books", "3"), CLAUSES[1], row("Books", "4"))
    assert sum(not name.startswith(habits.KINDS) for name in page.slots) == 2


def test_so_many_slots_are_remembered_the_newest_ones() -> None:
    page = History()
    page.slots = {f"figure:{number}": (NOW.isoformat(),) for number in range(slots.REMEMBERED)}
    page.shows(CLAUSES[0], "1 reader", CLAUSES[1])
    page.shows(CLAUSES[0], "2 readers and more", CLAUSES[1])
    page.shows(CLAUSES[0], "3 readers and more", CLAUSES[1])
    assert len(page.slots) == slots.REMEMBERED
    assert "figure:0" not in page.slots


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ("2 days ago", "3 days ago", True),
        ("2 days ago", "9 days ago", False),
        ("5 days ago", "2 days ago", False),
        ("20 hours ago", "44 hours ago", True),
        ("2 business days", "3 business days", False),
        ("2 hours", "3 days", False),
        ("Today is 28 February 2026", "Today is 1 March 2026", True),
        ("Today is 1 March 2026", "Today is 28 February 2026", False),
        ("In force from 28 February 2026", "In force from 1 May 2026", False),
        ("In force in February 2026", "In force in March 2026", False),
        ("nothing of the kind", "nothing at all", False),
    ],
)
def test_what_moves_with_the_clock_moves_by_the_time_between_the_checks(
    before: str, after: str, *, moved: bool
) -> None:
    times = Times(NOW - timedelta(days=1), NOW - timedelta(days=1), NOW)
    assert moved_with_time(before, after, times, "en") is moved


def test_the_end_of_a_page_is_a_place_too() -> None:
    page = History()
    page.shows(*CLAUSES)
    page.shows(*CLAUSES, "Ada wrote this")
    assert sum(not name.startswith(habits.KINDS) for name in page.slots) == 2
    assert policy(*CLAUSES)


@pytest.mark.parametrize(
    "line",
    ["The offer for new sellers ends in {} days.", "Only {} days left to register", "Your payout is in {} days."],
)
def test_a_period_that_gets_shorter_day_by_day_is_a_countdown_wherever_it_stands(line: str) -> None:
    page = History()
    page.shows(TITLE, CLAUSES[0], line.format(20), *CLAUSES[1:])
    shown = [page.shows(TITLE, CLAUSES[0], line.format(days), *CLAUSES[1:]) for days in (19, 18, 17, 16, 15, 14)]
    assert shown[4:] == [(CLOCK,)] * 2
    assert page.shows(TITLE, CLAUSES[0], line.format(30), *CLAUSES[1:]) == ("",)


def test_a_deadline_in_the_text_that_is_cut_by_a_day_once_is_reported() -> None:
    page = History()
    page.shows(TITLE, CLAUSES[0], "Sellers must ship within 5 days.", *CLAUSES[1:])
    assert page.shows(TITLE, CLAUSES[0], "Sellers must ship within 4 days.", *CLAUSES[1:]) == ("",)
    assert page.shows(TITLE, CLAUSES[0], "Sellers must ship within 3 days.", *CLAUSES[1:]) == ("",)


def test_minutes_that_are_others_at_check_after_check_are_no_rule() -> None:
    line = "Updated {} minutes ago by the policy team; our support answers in {} hours."
    page = History()
    page.shows(TITLE, CLAUSES[0], line.format(5, 2), *CLAUSES[1:])
    shown = [page.shows(TITLE, CLAUSES[0], line.format(ago, 2), *CLAUSES[1:]) for ago in (7, 11, 8, 14, 9, 3)]
    assert shown[4:] == [(RESTLESS,)] * 2
    assert page.shows(TITLE, CLAUSES[0], line.format(8, 24), *CLAUSES[1:]) == ("",)


def test_a_fee_that_is_another_one_at_check_after_check_is_reported() -> None:
    page = History()
    page.shows(TITLE, CLAUSES[0], "The surcharge for fuel is 5% of the fee within 3 hours.", *CLAUSES[1:])
    for fee in (6, 7, 5, 8, 6, 9):
        assert page.shows(
            TITLE, CLAUSES[0], f"The surcharge for fuel is {fee}% of the fee within 3 hours.", *CLAUSES[1:]
        ) == ("",)
