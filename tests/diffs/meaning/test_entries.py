"""Which entry of a feed or change log is new, which is the same under another name, which is withdrawn."""

from datetime import date

import pytest

from diffs.meaning.entries import both
from diffs.reading.extract import extract
from diffs.values import Capture, Selection
from tests.diffs.meaning.test_announcements import FEED, List
from tests.diffs.reading.test_feeds import item, rss

# --- change logs whose entries are headed by titles ---------------------------------------------------------------

INTRO = "<h1>Changes to program policies</h1><p>Listed below are the coming changes to the policies for sellers.</p>"
INVOICES = "<h2>Invoices</h2><p>Effective May 4, 2026, sellers must upload an invoice within one business day.</p>"
LATE = "<h2>Late shipment rate policy</h2><p>Effective March 20, 2026, keep your late shipment rate under 3%.</p>"
TOYS = "<h2>Test reports for toys</h2><p>From February 1, 2026, all toys need a test report of a laboratory.</p>"
SUPPLY = "<h2>Supply chain standards</h2><p>Effective October 15, 2025, our page tells more of the standards.</p>"
MESSAGES = "<h2>Messages to buyers</h2><p>Effective September 1, 2025, links are not allowed in messages.</p>"
FOOT = "<p>Was this page helpful to you and your business?</p>"


def log(*parts: str, foot: str = "") -> str:
    return f"<main>{INTRO}{''.join(parts)}{foot}</main>"


def days(page: List) -> dict[str, tuple[str, date | None]]:
    page.kinds()
    return {change.headline or "": (change.kind, change.effective_on) for change in page.told()}


def test_entries_headed_by_titles_are_announced_one_by_one_each_with_its_day(archive):
    page = List(archive, log=True)

    page.looks(log(TOYS, SUPPLY, MESSAGES), log(LATE, INVOICES, TOYS, SUPPLY))

    assert {name.split(": ")[1]: told for name, told in days(page).items()} == {
        "Late shipment rate policy": ("announced", date(2026, 3, 20)),
        "Invoices": ("announced", date(2026, 5, 4)),
    }
    # The day in such a log is the one from which it applies; when it was published is not said.
    assert {change.updated_on for change in page.told()} == {None}


def test_a_new_entry_that_applies_sooner_than_all_others_is_announced(archive):
    page = List(archive, log=True)

    page.looks(log(INVOICES), log(LATE, INVOICES))

    assert days(page) == {"Announced: Late shipment rate policy": ("announced", date(2026, 3, 20))}


def test_entries_without_headings_are_told_apart_by_the_sentence_that_gives_the_day(archive):
    page = List(archive, log=True)
    plain = [part.partition("</h2>")[2] for part in (LATE, INVOICES, SUPPLY, MESSAGES)]

    page.looks(log(*plain[2:], foot=FOOT), log(*plain[:3], foot=FOOT))

    assert sorted(days(page).values()) == [("announced", date(2026, 3, 20)), ("announced", date(2026, 5, 4))]


def test_a_line_above_such_a_sentence_is_its_title(archive):
    page = List(archive, log=True)
    bold = [part.replace("h2>", "p>") for part in (INVOICES, SUPPLY)]

    page.looks(log(bold[1]), log(*bold))

    assert [kind for kind, _ in page.kinds()] == ["announced"]
    assert page.kinds()[0][1].startswith("Announced: Invoices")


@pytest.mark.parametrize(
    "after",
    [log(INVOICES, SUPPLY), log(LATE.replace("h2", "h3"), SUPPLY).replace("h3", "h2")],
    ids=["the newest", "one in the middle"],
)
def test_an_entry_that_leaves_before_its_day_is_told_as_withdrawn(archive, after):
    page = List(archive, log=True)

    page.looks(log(LATE, INVOICES, SUPPLY), after)

    ((kind, headline),) = page.kinds()
    assert kind == "edit"
    assert headline.startswith("Announcement withdrawn: ")
    assert page.told()[0].importance in ("medium", "high")


def test_the_only_announcement_may_be_withdrawn_and_the_first_may_come(archive):
    page = List(archive, log=True)
    none = log("<p>There are no coming changes to announce to sellers at present.</p>")

    page.looks(none, log(INVOICES))
    assert [kind for kind, _ in page.kinds()][:1] == ["announced"]

    gone = List(archive, log=True, key="other")
    gone.looks(log(INVOICES), none)
    assert [(kind, headline[:23]) for kind, headline in gone.kinds()] == [("edit", "Announcement withdrawn:")]


def test_what_a_log_says_already_without_the_form_of_a_log_is_not_announced(archive):
    page = List(archive, log=True)
    day = "Effective May 4, 2026, sellers must upload an invoice within one business day."

    page.looks(log(f"<p>Hello to all sellers.</p><blockquote>{day}</blockquote>"), log(f"<p>{day}</p>"))

    assert not [kind for kind, _ in page.kinds() if kind == "announced"]


def test_several_withdrawn_announcements_are_each_named(archive):
    page = List(archive, log=True)

    page.looks(log(LATE, INVOICES, SUPPLY), log(SUPPLY))

    (change,) = (page.kinds(), page.told())[1]
    assert "Announcement withdrawn: Late shipment rate policy (2026-03-20) and 1 more" in (change.headline or "")
    assert "Announcement withdrawn: Invoices (2026-05-04)" in (change.points or ())


def test_what_leaves_at_the_old_end_once_it_applies_is_no_news(archive):
    page = List(archive, log=True)

    page.looks(log(INVOICES, SUPPLY, MESSAGES, foot=FOOT), log(INVOICES, SUPPLY, foot=FOOT), log(INVOICES, foot=FOOT))

    assert page.told() == []


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (INVOICES, INVOICES.replace("May 4", "June 4")),
        (INVOICES, INVOICES.replace("<h2>Invoices", "<h2>Rules for invoices")),
        (INVOICES, INVOICES.replace("one business day", "two business days")),
    ],
    ids=["put off", "another title", "another rule"],
)
def test_an_entry_that_is_put_off_or_reworded_is_edited_and_not_announced_anew(archive, was, now):
    page = List(archive, log=True)

    page.looks(log(LATE, was, SUPPLY), log(LATE, now, SUPPLY))

    assert [kind for kind, _ in page.kinds()] == ["edit"]
    assert "withdrawn" not in page.kinds()[0][1]


def test_the_next_announcement_of_the_same_title_is_another_one(archive):
    page = List(archive, log=True)
    next_one = LATE.replace("March 20", "July 1").replace("under 3%", "under 2%")

    page.looks(log(LATE, SUPPLY), log(next_one, LATE, SUPPLY))

    assert days(page) == {
        "Announced: Late shipment rate policy": ("announced", date(2026, 7, 1)),
    }


def test_a_section_without_a_day_that_is_removed_from_a_log_is_told(archive):
    page = List(archive, log=True)
    about = "<h2>How we announce</h2><p>You must read this page at least once a month.</p>"

    page.looks(log(INVOICES, SUPPLY, about), log(INVOICES, SUPPLY))

    assert [kind for kind, _ in page.kinds()] == ["edit"]


def test_where_a_log_gets_its_first_heading_with_a_date_the_other_entries_stay_the_same(archive):
    page = List(archive, log=True)
    dated = "<h2>Fees from July 1, 2026</h2><p>Effective July 1, 2026, the fee of all orders is 9%.</p>"

    page.looks(log(INVOICES, LATE, SUPPLY), log(dated, INVOICES, LATE, SUPPLY))

    assert [kind for kind, _ in page.kinds()] == ["announced"]
    assert page.told()[0].effective_on == date(2026, 7, 1)


def test_the_foot_of_a_log_belongs_to_no_entry():
    old, new = (
        extract(Capture(url=FEED, body=text.encode(), language="en"), Selection(("main",))).document
        for text in (log(INVOICES, foot=FOOT), log(SUPPLY, foot=FOOT))
    )

    (one,), (other,) = both(old, new, is_log=True)

    assert [old.blocks[one.stop - 1].shown[:9], new.blocks[other.stop - 1].shown[:9]] == ["Effective"] * 2


# --- feeds --------------------------------------------------------------------------------------------------------


def entry(number: int, *, name: str = "", link: str = "", host: str = "example.com") -> str:
    """An entry of 5 January or so many days later, without an id if `name` is "-"."""
    matter = ("boxes", "labels", "returns", "refunds", "messages")[number]
    return item(
        f"New rules for {matter}",
        f'<p>All {matter} need a check. Read <a href="https://{host}/p/{number}">the rules</a> first.</p>',
        name={"": f"id-{number}", "-": ""}.get(name, name),
        day=f"{5 + number:02d} Jan 2026 08:00:00 GMT",
        link=link or f"https://{host}/news/{number}",
    )


def told(page: List) -> list[str]:
    return [f"{kind}: {headline.rpartition(' ')[2]}" for kind, headline in page.kinds()]


@pytest.mark.parametrize("at", [0, 1, 3], ids=["at the top", "in the middle", "at the old end"])
def test_an_entry_with_an_older_day_than_all_others_is_announced(archive, at):
    feed, known = List(archive), [entry(number) for number in (3, 2, 1)]

    feed.looks(rss(*known), rss(*known[:at], entry(0), *known[at:]))

    assert told(feed) == ["announced: boxes"]


def test_an_older_entry_in_place_of_one_that_left_is_no_news(archive):
    feed = List(archive)

    feed.looks(rss(entry(3), entry(2), entry(1)), rss(entry(3), entry(1), entry(0)))

    assert told(feed) == []


@pytest.mark.parametrize(
    "shared", [{"name": "feed"}, {"name": "-", "link": "/news"}, {"name": "feed", "link": "/news"}]
)
def test_entries_under_one_id_or_address_are_told_apart(archive, shared):
    feed, entries = List(archive), [entry(number, **shared) for number in (3, 2, 1, 0)]

    feed.looks(rss(*entries[2:]), rss(*entries[1:]), rss(*entries[:3]))

    assert told(feed) == ["announced: returns", "announced: refunds"]


def test_a_feed_of_one_entry_under_one_id_announces_each(archive):
    feed = List(archive)

    feed.looks(*(rss(entry(number, name="feed")) for number in (0, 1, 2)))
    feed.looks(rss(entry(3, name="feed"), entry(2, name="feed")))

    assert told(feed) == ["announced: labels", "announced: returns", "announced: refunds"]


def test_an_edit_of_an_entry_whose_id_others_share_is_an_edit(archive):
    feed, entries = List(archive), [entry(number, name="feed") for number in (2, 1, 0)]

    feed.looks(rss(*entries), rss(entries[0].replace("need a check", "must be new"), *entries[1:]))

    assert [kind for kind, _ in feed.kinds()] == ["edit"]


def test_a_feed_without_days_keeps_its_entries_by_their_ids(archive):
    feed = List(archive)
    one, other = (
        item(name, f"<p>All {name} are new.</p>", name="a", day="", link="/n") for name in ("boxes", "labels")
    )

    feed.looks(rss(one), rss(other))

    assert [kind for kind, _ in feed.kinds()] == ["edit"]


@pytest.mark.parametrize("name", ["", "-"], ids=["with ids", "without"])
def test_the_entries_of_a_feed_whose_host_is_www_now_are_no_news(archive, name):
    feed, numbers = List(archive), (2, 1, 0)
    www = {"host": "www.example.com"}

    feed.looks(
        rss(*(entry(number, name=name) for number in numbers)), rss(*(entry(n, name=name, **www) for n in numbers))
    )
    assert told(feed) == []

    feed.looks(rss(*(entry(n, name=name, **www) for n in (3, *numbers))))
    assert told(feed) == ["announced: refunds"]


def test_an_id_that_is_an_address_may_get_another_host(archive):
    feed = List(archive)
    was = [entry(number, name=f"https://example.com/{number}") for number in (2, 1, 0)]
    now = [entry(number, name=f"https://www.example.com/{number}") for number in (3, 2, 1, 0)]

    feed.looks(rss(*was), rss(*now))

    assert told(feed) == ["announced: refunds"]
