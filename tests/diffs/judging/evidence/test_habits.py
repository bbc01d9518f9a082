"""What is other at check after check, and the edits that no habit hides."""

import pytest

from tests.diffs.judging.evidence.pages import CLAUSES, History, linked
from tests.diffs.phrasing import heading, item, row

OUTSIDE = "a line outside of the text that differs at most checks"
CLOCK = "an age or a date that moves with the clock"
INSIDE = "a place whose text differs at most checks"
TITLE = heading("A policy", 1)
OTHERS = ("Getting paid", "Photos that sell", "Tax basics", "Using coupons", "Writing titles", "Packing well")


def test_what_is_other_below_the_text_is_reported_once() -> None:
    page = History()
    shown = [page.shows(TITLE, *CLAUSES, praise) for praise in ("We grew. Jo, books", "Well done. Ana", "Fine. Lee")]
    assert shown[1] == ("", "")
    assert set(shown[2]) == {OUTSIDE}


def test_what_is_other_inside_the_text_is_reported_twice() -> None:
    page = History()
    shown = [page.shows(CLAUSES[0], other, *CLAUSES[1:]) for other in OTHERS[:4]]
    assert [set(why) for why in shown[1:]] == [{""}, {""}, {INSIDE}]


def test_a_rate_that_moves_daily_below_the_text_is_reported_three_times() -> None:
    page = History()
    shown = [page.shows(*CLAUSES, f"EXMP 150 +{rate}%") for rate in (3, 7, 1, 8, 5)]
    assert shown[1:] == [("",), ("",), ("",), (OUTSIDE,)]


def test_who_reviewed_it_today_is_no_news_twice() -> None:
    page = History()
    days = enumerate(("Ada", "Ben", "Eva", "Jo"), 2)
    shown = [page.shows(TITLE, f"Shown to {name} on Monday, March {day}, 2026", *CLAUSES) for day, name in days]
    assert shown[1:] == [("",), (OUTSIDE,), (OUTSIDE,)]


def test_a_policy_that_is_dated_two_days_in_a_row_is_reported_twice() -> None:
    page = History()
    days = enumerate(("Ada", "Ben", "Eva"), 2)
    shown = [page.shows(TITLE, f"Last updated on March {day}, 2026 {name}", *CLAUSES) for day, name in days]
    assert shown[1:] == [("",), ("",)]


def test_other_links_under_the_text_are_a_habit_however_they_are_mixed() -> None:
    page = History()
    shown = []
    for first in range(4):
        names = [OTHERS[(first * 2 + at) % len(OTHERS)] for at in range(4)]
        shown.append(page.shows(*CLAUSES, *(linked(name, f"https://a.example/{name}") for name in names)))
    # The first time it is judged by its looks (test_weighing.py), later by its habit.
    assert all(why.startswith("a line outside of the text: ") for why in shown[1])
    assert set(shown[2]) == set(shown[3]) == {OUTSIDE}


def test_a_shelf_of_short_lines_is_one_place() -> None:
    page = History()
    shown = [
        page.shows(TITLE, *CLAUSES, heading("Trending"), *(item(name) for name in OTHERS[first : first + 3]))
        for first in (0, 2, 1, 3)
    ]
    assert set(shown[1]) == {""}
    assert all(shown[3])


@pytest.mark.parametrize("rule", ["Sellers must not use it", "Not for batteries", "You may return it"])
def test_a_duty_or_a_ban_is_never_a_habit(rule: str) -> None:
    page = History()
    for other in OTHERS:
        page.shows(TITLE, *CLAUSES, other)
    assert "" in page.shows(TITLE, *CLAUSES, rule)


def test_a_line_that_only_grows_is_no_habit_yet() -> None:
    page = History()
    countries = ("Spain", "Spain Italy", "Spain Italy Malta")
    shown = [page.shows(TITLE, *CLAUSES, f"Sold in {names}") for names in countries]
    assert shown[1:] == [("",), ("",)]


def test_an_edit_after_a_month_of_rest_is_reported() -> None:
    page = History()
    for other in OTHERS[:4]:
        page.shows(*CLAUSES, other)
    assert "" in page.shows(*CLAUSES, OTHERS[5], after=40)


def test_days_to_go_are_reported_once_above_the_text_and_each_time_in_it() -> None:
    page = History()
    shown = [page.shows(TITLE, f"Payout in {days} days", *CLAUSES) for days in (9, 8, 7, 6)]
    assert shown[1:] == [("",), (CLOCK,), (CLOCK,)]
    shown = [page.shows(TITLE, *CLAUSES, f"Sellers refund a buyer within {days} days.") for days in (9, 8, 7, 6)]
    assert shown[1:] == [("",)] * 3


def test_a_clause_is_too_long_for_a_habit() -> None:
    page = History()
    shown = [page.shows(CLAUSES[0], f"{word} ".upper() + " ".join(CLAUSES * 2), CLAUSES[1]) for word in OTHERS[:4]]
    assert set(shown[3]) == {""}


MEASURED = "a figure in a table, beside the same words, that differs at most checks"


def test_waiting_times_in_a_table_are_a_habit_from_the_third_time_on() -> None:
    page = History()
    shown = [page.shows(*CLAUSES, row("Appeals", f"{days} days"), CLAUSES[0]) for days in (3, 19, 4, 15)]

    assert shown == [(), ("",), ("",), (MEASURED,)]


@pytest.mark.parametrize(
    "cells",
    [
        ("Appeals must be sent within", "{} days"),
        ("Late orders", "under {}%"),
        ("Storage", "€{}.50"),
        ("Returns are not taken after", "{} days"),
    ],
)
def test_limits_duties_and_money_in_a_table_are_never_a_habit(cells: tuple[str, str]) -> None:
    page = History()
    for days in (3, 19, 4, 15, 2):
        assert not any(page.shows(*CLAUSES, row(cells[0], cells[1].format(days)), CLAUSES[0]))


def test_a_measured_figure_in_a_sentence_is_never_a_habit() -> None:
    page = History()
    for days in (3, 19, 4, 15, 2):
        assert not any(page.shows(*CLAUSES, f"An appeal takes {days} days these weeks, as the panel says.", CLAUSES[0]))
