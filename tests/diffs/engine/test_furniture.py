"""What is kept quiet as furniture: not reported, never lost, and explained."""

import pytest

from diffs.database.archive import Archive
from diffs.database.models import Change
from diffs.store import changes, events
from tests.diffs.site import Site

CLAUSES = (
    "This page states the rules that sellers follow when they offer goods, and says which steps apply to them.",
    "Please read the whole page before you list an offer, because each section builds on the one before it.",
    "Every seller keeps the records of the last year in good order and shows them to the marketplace on request.",
    "Listings show the goods as they are, with pictures taken by the seller or the maker of the goods.",
)
RATE = "Fees are billed in euros; today one euro is worth ${} at the marketplace."


@pytest.fixture
def site(archive: Archive) -> Site:
    return Site(archive)


def page(*first: str, last: str = "The late rate must stay under 4%.") -> str:
    body = "".join(f"<p>{text}</p>" for text in (*first, *CLAUSES, last))
    return f"<!doctype html><html lang=en><title>Seller rules</title><main><h1>Seller rules</h1>{body}</main></html>"


def all_of(site: Site) -> list[Change]:
    with site.archive.read() as session:
        return changes.of_page(session, site.page(session))[1:]


def test_todays_date_is_reported_once_at_most(site: Site) -> None:
    site.looks(*(page(f"Today is January {day}, 2026") for day in range(5, 15)))
    assert len(site.told()) == 1


def test_an_age_among_facts_about_the_page_is_never_reported(site: Site) -> None:
    site.looks(*(page(f"Policy team · Updated {age} days ago · 4 min read") for age in range(2, 8)))
    assert not site.told()


def test_an_exchange_rate_is_no_fee_and_health_names_it(site: Site) -> None:
    site.looks(*(page(last=RATE.format(f"1.08{step:02}")) for step in range(0, 70, 7)))
    assert not site.told()
    with site.archive.read() as session:
        (event,) = events.listed(session, site.page(session))
    assert (event.kind, event.detail) == ("volatile", "places that change at nearly every check: 1")


def test_a_real_change_beside_a_clock_is_reported_without_it_and_the_clock_is_listed_with_its_reason(
    site: Site,
) -> None:
    days = [page(f"Today is January {day}, 2026") for day in range(5, 9)]
    site.looks(*days, page("Today is January 9, 2026", last="The late rate must stay under 3%."))

    change = site.told()[-1]
    assert [hunk.text_after for hunk in changes.comparison_of(change).hunks] == ["The late rate must stay under 3%."]
    (quiet,) = changes.quiet_of(change)
    assert (quiet.hunk.text_after, quiet.why) == (
        "Today is January 9, 2026",
        "an age or a date that moves with the clock",
    )


def test_what_is_all_furniture_is_listed_with_what_differs_and_why(site: Site) -> None:
    site.looks(*(page(last=RATE.format(rate)) for rate in ("1.0800", "1.0807")))

    (change,) = all_of(site)
    assert (change.told, change.rule) == (False, "furniture")
    assert change.reason == "only furniture of the page differs: a rate whose last decimals moved"
    (hunk,) = changes.comparison_of(change).hunks
    assert changes.quiet_of(change)[0].hunk == hunk


def test_a_rule_in_the_line_of_a_volatile_figure_is_reported_when_it_is_edited(site: Site) -> None:
    site.looks(*(page(last=RATE.format(f"1.08{step:02}")) for step in range(0, 28, 7)))
    site.looks(page(last=RATE.format("1.0828").replace("are billed in euros", "must be paid in dollars")))
    assert len(site.told()) == 1


def test_a_fee_that_is_raised_every_day_is_reported_every_day(site: Site) -> None:
    site.looks(*(page(last=f"The fee is ${fee} for each sale.") for fee in (1, 2, 3, 4, 5, "5.50", "6.00")))
    assert len(site.told()) == 6


def test_a_price_at_a_market_that_is_another_one_every_day_is_reported_twice_at_most(site: Site) -> None:
    site.looks(*(page(last=RATE.format(rate)) for rate in ("4.27", "4.25", "4.28", "4.31", "4.30")))
    assert len(site.told()) == 2


def test_a_price_of_nothing_that_costs_something_now_is_reported(site: Site) -> None:
    site.looks(*(page(last=RATE.format(rate)) for rate in ("0.00", "0.01", "0.00", "0.01", "0.00", "0.02")))
    assert site.told()


def test_a_fee_that_is_raised_three_times_in_a_month_is_reported_each_time(site: Site) -> None:
    for day, fee in enumerate((1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 4)):
        site.store(page(last=f"The fee is ${fee} for each sale."), day=day)
        site.derive()
    assert len(site.told()) == 3


def test_a_rule_that_moved_below_a_heading_of_the_contrary_is_reported(site: Site) -> None:
    goods = "<p>Used batteries that were tested and come with a report of the test by a laboratory</p>"
    may, may_not = "<h2>Products you may sell</h2>", "<h2>Products you may not sell</h2>"
    was, now = f"{may}{goods}{may_not}", f"{may}{may_not}{goods}"
    site.looks(*(page().replace("</main>", f"{listed}<p>Fireworks of any kind.</p></main>") for listed in (was, now)))

    (change,) = site.told()
    assert change.importance == "high"


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("🟢 Lithium cells in a box", "🔴 Lithium cells in a box"),
        ("Knives of any kind: ✅", "Knives of any kind: ❌"),
        ("The fee is 8% of the price.", "The fee is 8%* of the price."),
        ("Free for books.", "F\u0336r\u0336e\u0336e\u0336 for books."),
        ("Kostenlos nach 🇩🇪 und 🇫🇷 liefern", "Kostenlos nach 🇩🇪 und 🇮🇹 liefern"),
    ],
)
def test_a_sign_that_says_something_is_no_punctuation(site: Site, was: str, now: str) -> None:
    site.looks(page(last=was), page(last=now))

    assert len(site.told()) == 1


LINES = 12


def cut_anew(*texts: str) -> str:
    """The page in lines of a few words, as a converter makes them of a PDF, with the number of each page."""
    words = " ".join(("Seller rules", *texts)).split()
    lines = [" ".join(words[at : at + LINES]) for at in range(0, len(words), LINES)]
    body = "".join(f"<p>{line}</p><p>Page {number}</p>" for number, line in enumerate(lines, 1))
    return f"<!doctype html><html lang=en><title>Seller rules</title><main>{body}</main></html>"


def test_a_policy_that_is_cut_anew_is_not_reported_and_says_why(site: Site) -> None:
    site.looks(page(), cut_anew(*CLAUSES, "The late rate must stay under 4%."))

    assert not site.told()
    (change,) = all_of(site)
    assert "the same words, divided into other lines, paragraphs or pages" in change.reason


def test_an_edit_in_a_policy_that_is_cut_anew_is_reported_alone(site: Site) -> None:
    site.looks(page(), cut_anew(*CLAUSES, "The late rate must stay under 3%."))

    (change,) = site.told()
    assert [hunk.text_after for hunk in changes.comparison_of(change).hunks] == ["The late rate must stay under 3%."]
