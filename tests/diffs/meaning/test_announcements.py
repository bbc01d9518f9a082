"""Announcements: each new entry of a feed or change log is news once, and the change it foretold names it."""

from datetime import date, timedelta

import pytest

from diffs.engine import wording
from diffs.language.normalise import fold
from diffs.meaning import announcements
from diffs.meaning.announcements import Announcement, Followed
from diffs.meaning.entries import both
from diffs.reading.extract import extract
from diffs.store import changes, pages, snapshots
from diffs.values import Block, BlockKind, Capture, Selection
from tests.diffs.reading.test_feeds import item, rss
from tests.diffs.site import START, Site, derive_again

FEED = "https://example.com/agreement"


class List(Site):
    """A feed, or with `log` a change log, in the archive."""

    def __init__(self, archive, *, log: bool = False, recorded: bool = True, marketplace: str = "", key: str = "news"):
        super().__init__(archive, key=key, recorded=recorded)
        self.log = log
        with archive.begin() as session:
            pages.upsert(
                session,
                key=key,
                url=self.url,
                title="Changes to program policies" if log else "Seller news",
                now=START,
                category="changes",
                language="en",
                fetch="http" if log else "feed",
                marketplace=marketplace,
            )

    def store(self, body, *, day=None, purpose="look", **_):
        self.day = self.day + 1 if day is None else day
        when = START + timedelta(days=self.day)
        capture = Capture(
            url=self.url,
            final_url=self.url,
            body=body.encode(),
            language="en",
            media_type="html" if self.log else "feed",
            fetched_by="http" if self.log else "feed",
        )
        with self.archive.begin() as session:
            snapshots.add(
                session,
                self.page(session),
                capture,
                observed_at=when,
                stored_at=when,
                recorded=self.recorded,
                purpose=purpose,
            )

    def kinds(self) -> list[tuple[str, str]]:
        with self.archive.begin() as session:
            wording.word(session)
        return [(change.kind, change.headline) for change in self.told()]


FEES = item(
    "Referral fees rise for electronics",
    '<p>Effective March 1, 2026, the fee is 9%. See <a href="/fees">Selling fees</a>.</p>',
    name="fees",
    day="Thu, 08 Jan 2026 08:00:00 GMT",
    link="https://example.com/news/fees",
)
RETURNS = item(
    "Returns must be answered in a day", "<p>From now on.</p>", name="returns", day="Wed, 07 Jan 2026 08:00 GMT"
)
OLD = item("A word of welcome to all sellers", "<p>Hello.</p>", name="hello", day="Thu, 01 Jan 2026 08:00:00 GMT")


def test_every_new_entry_is_one_announcement(archive):
    feed = List(archive)

    feed.looks(rss(OLD), rss(FEES, RETURNS, OLD))

    assert feed.kinds() == [
        ("announced", "Announced: Referral fees rise for electronics"),
        ("announced", "Announced: Returns must be answered in a day"),
    ]
    fees = feed.told()[0]
    assert (fees.points or [])[-1] == "Dated 2026-01-08; read it at https://example.com/news/fees"
    assert (fees.effective_on, fees.updated_on) == (date(2026, 3, 1), date(2026, 1, 8))
    assert feed.told()[1].effective_on is None
    assert (fees.facts or [{}])[0] == {
        "kind": "announcement",
        "before": "2026-01-08",
        "after": "https://example.com/news/fees",
        "sentence_before": "",
        "sentence_after": "Referral fees rise for electronics",
        "section": "",
        "hunk": 0,
    }


def test_an_entry_without_a_day_or_without_a_link_is_reported_as_it_is(archive):
    feed = List(archive)
    dayless = item("Labels change for all sellers", "<p>Soon.</p>", name="labels", day="", link="/labels")
    linkless = item("Boxes change for all sellers", "<p>Soon.</p>", name="boxes", link="")

    feed.looks(rss(OLD), rss(dayless, linkless, OLD))
    feed.kinds()

    first, second = feed.told()
    assert (first.points or [])[-1] == "Read it at https://example.com/labels"
    assert not any("ead it at" in point for point in second.points or ())


def test_the_first_check_announces_nothing(archive):
    feed = List(archive)

    feed.looks(rss(FEES, OLD))

    assert feed.told() == []


def test_entries_that_roll_off_are_not_news(archive):
    feed = List(archive)

    feed.looks(rss(FEES, RETURNS, OLD), rss(FEES, RETURNS), rss(FEES))

    assert feed.told() == []
    with archive.read() as session:
        reasons = {change.reason for change in changes.of_page(session, feed.page(session))}
    assert "only the oldest entries left the list; nothing was announced" in reasons


def test_one_in_and_one_out_is_one_announcement(archive):
    feed = List(archive)

    feed.looks(rss(RETURNS, OLD), rss(FEES, RETURNS))

    assert feed.kinds() == [("announced", "Announced: Referral fees rise for electronics")]


def test_a_list_that_grows_backwards_announces_nothing(archive):
    feed = List(archive)

    feed.looks(rss(FEES), rss(FEES, RETURNS, OLD))

    assert feed.told() == []


def test_an_edited_entry_is_an_edit_like_any_other(archive):
    feed = List(archive)

    feed.looks(rss(FEES, OLD), rss(FEES.replace("9%", "12%"), OLD))

    ((kind, headline),) = feed.kinds()
    assert kind == "edit"
    assert "from 9% to 12%" in headline


def test_an_announcement_beside_an_edit_leaves_both(archive):
    feed = List(archive)

    feed.looks(rss(FEES, OLD), rss(item("Shipping labels change", "x", name="s"), FEES.replace("9%", "12%"), OLD))

    assert [kind for kind, _ in feed.kinds()] == ["announced", "edit"]


def test_a_flood_of_announcements_at_one_place_is_no_counter(archive):
    feed = List(archive)
    items = [item(f"Announcement of the matter {n}", f"<p>Matter {n}.</p>", name=str(n)) for n in range(9)]

    feed.looks(*(rss(*reversed(items[: n + 1]), OLD) for n in range(9)))

    assert len(feed.told()) == 8


def test_an_entry_that_was_removed_and_came_back_is_reported_once(archive):
    feed = List(archive)
    other = item("Something else entirely", "<p>New.</p>", name="other", day="Fri, 09 Jan 2026 08:00:00 GMT")

    feed.looks(rss(RETURNS, OLD), rss(FEES, RETURNS, OLD), rss(RETURNS, OLD), rss(other, FEES, OLD))
    feed.looks(rss(item("Third", "x", name="3"), RETURNS, OLD), rss(item("Third", "x", name="3"), FEES, RETURNS, OLD))

    told = [headline for _, headline in feed.kinds()]
    assert told.count("Announced: Referral fees rise for electronics") == 1
    assert len(told) == len(set(told))


def test_in_a_live_crawl_an_announcement_is_confirmed_first(archive):
    feed = List(archive, recorded=False)
    feed.looks(rss(OLD), confirm=True)

    assert feed.looks(rss(FEES, OLD), confirm=True).wants_confirmation
    assert feed.told() == []
    feed.store(rss(FEES, OLD), day=1.1, purpose="confirm")
    derived = feed.derive(confirm=True)

    assert [kind for kind, _ in feed.kinds()] == ["announced"]
    assert len(derived.changes) == 1


def test_what_was_announced_keeps_its_words_when_the_page_is_derived_again(archive):
    feed = List(archive)
    feed.looks(rss(OLD), rss(FEES, RETURNS, OLD), rss(FEES, RETURNS))
    feed.kinds()
    before = [(change.uid, change.headline, change.told) for change in feed.told()]

    with archive.begin() as session:
        derive_again(session, feed.page(session))

    assert [(change.uid, change.headline, change.told) for change in feed.told()] == before


# --- change logs ------------------------------------------------------------------------------------------------


INTRO = "<h1>Changes to program policies</h1><p>This page lists all changes of our policies, the newest first.</p>"
MARCH = "<h2>March 2, 2026</h2><p>Effective March 20, 2026, the fee is 9%.</p>"
FEBRUARY = "<h2>February 9, 2026</h2><p>Effective March 1, 2026, the target for the late shipment rate is under 3%.</p>"
JANUARY = "<h2>January 5, 2026</h2><p>Effective January 20, 2026, toys need a test report.</p>"
OLDER = "<h2>December 1, 2025</h2><p>Effective December 16, 2025, the return period is 30 days.</p>"


def log(*parts: str) -> str:
    return f"<main>{INTRO}{''.join(parts)}</main>"


def test_a_new_entry_of_a_change_log_is_an_announcement(archive):
    page = List(archive, log=True)

    page.looks(log(JANUARY, OLDER), log(FEBRUARY, JANUARY))

    assert page.kinds() == [("announced", "Announced: New target: Late shipment rate under 3%")]
    (change,) = page.told()
    assert (change.updated_on, change.effective_on) == (date(2026, 2, 9), date(2026, 3, 1))
    assert [move["move"] for move in change.targets] == ["appeared"]


def test_an_old_entry_that_leaves_a_change_log_is_no_policy_change(archive):
    page = List(archive, log=True)

    page.looks(log(FEBRUARY, JANUARY, OLDER), log(FEBRUARY, JANUARY))

    assert page.told() == []


def test_an_entry_withdrawn_while_older_ones_stay_is_news(archive):
    page = List(archive, log=True)

    page.looks(log(MARCH, FEBRUARY, JANUARY), log(MARCH, JANUARY))

    assert [kind for kind, _ in page.kinds()] == ["edit"]


def test_two_entries_at_once_keep_their_days_and_targets_apart(archive):
    page = List(archive, log=True)

    page.looks(log(JANUARY), log(MARCH, FEBRUARY, JANUARY))

    march, february = page.told()
    assert (march.effective_on, march.targets) == (date(2026, 3, 20), [])
    assert (february.effective_on, len(february.targets)) == (date(2026, 3, 1), 1)


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        (
            log("<p>March 2, 2026</p><p>One.</p><p>February 9, 2026:</p><p>Two.</p><h2>Help</h2><p>Ask us.</p>"),
            ["March 2, 2026", "February 9, 2026:"],
        ),
        (
            log(
                "<table><tr><th>Date</th><th>Change</th></tr><tr><td>March 2, 2026</td><td>Fees rise</td></tr>"
                "<tr><td>March 2, 2026</td><td>Returns</td></tr></table>"
            ),
            ["March 2, 2026 | Fees rise", "March 2, 2026 | Returns"],
        ),
        (
            log("<h2>Updates of March 2, 2026</h2><p>One.</p><h3>April 1, 2026</h3><p>In it.</p>"),
            ["Updates of March 2, 2026"],
        ),
        (log("<h2>March 2, 2026</h2><p>One.</p><h2>March 2, 2026</h2><p>Two.</p>"), ["March 2, 2026"] * 2),
        (
            log("<p>Last updated: March 2, 2026</p><p>On March 2, 2026 we changed.</p><ul><li>March 2, 2026</li></ul>"),
            [],
        ),
        (log("<p>From March 2, 2026 to April 4, 2026</p>"), []),
    ],
    ids=["dated lines", "rows", "headings", "one day twice", "no entries", "a span of days"],
)
def test_the_entries_of_a_log_are_found_by_their_days(text, titles):
    document = extract(Capture(url=FEED, body=text.encode(), language="en"), Selection(("main",))).document

    found, _ = both(document, document, is_log=True)

    assert [entry.title for entry in found] == titles
    assert len({entry.key for entry in found}) == len(found)
    assert both(document, document, is_log=False) == ((), ())


def test_a_section_after_the_last_entry_is_not_a_part_of_it():
    text = log("<p>March 2, 2026</p><p>One.</p><h2>Help</h2><p>Ask us.</p>")
    document = extract(Capture(url=FEED, body=text.encode(), language="en"), Selection(("main",))).document

    ((entry,), _) = both(document, document, is_log=True)

    assert [block.shown for block in document.blocks[entry.start : entry.stop]] == ["March 2, 2026", "One."]


def test_a_log_without_entries_is_compared_like_any_page(archive):
    page = List(archive, log=True)

    page.looks(log("<p>You must answer within 24 hours.</p>"), log("<p>You must answer within 12 hours.</p>"))

    assert [kind for kind, _ in page.kinds()] == ["edit"]


# --- matching ------------------------------------------------------------------------------------------------------


KEY = "https://example.com/fees"


def block(text: str, *links: str, kind: BlockKind = BlockKind.PARAGRAPH) -> Block:
    return Block(kind, text, fold(text), links=links)


def said(*blocks: Block, day: date = date(2026, 2, 9), effective: date | None = None, uid: str = "a1") -> Announcement:
    return Announcement(uid, "Changes to program policies", day, effective, blocks, "en")


def changed(
    on: date, effective: date | None = None, *, title: str = "Selling fee schedule", key: str = KEY
) -> Followed:
    return Followed(key, title, on, effective)


LINKED = block("Selling fees. Effective March 1, 2026, the fee is 9%.", KEY)
NAMED = block("The Selling fee schedule changes. Effective March 1, 2026, the fee is 9%.")


@pytest.mark.parametrize(
    ("change", "announcement", "is_match"),
    [
        (changed(date(2026, 3, 1), date(2026, 3, 1)), said(LINKED), True),
        (changed(date(2026, 3, 2)), said(LINKED), True),
        (changed(date(2026, 2, 9), date(2026, 3, 1)), said(LINKED), True),
        (changed(date(2026, 2, 8), date(2026, 3, 1)), said(LINKED), False),
        (changed(date(2026, 3, 1), date(2026, 4, 1)), said(LINKED), False),
        (changed(date(2026, 6, 1)), said(LINKED), False),
        (changed(date(2026, 3, 1), key="https://example.com/returns"), said(LINKED), False),
        (changed(date(2026, 3, 1), date(2026, 3, 1), key="x"), said(NAMED), True),
        (changed(date(2026, 3, 10), key="x"), said(NAMED), True),
        (changed(date(2026, 4, 10), key="x"), said(NAMED), False),
        (changed(date(2026, 3, 1), date(2026, 3, 1), title="Fees", key="x"), said(NAMED), False),
        (changed(date(2026, 2, 10), key="x"), said(block("The Selling fee schedule changes.")), False),
        (changed(date(2026, 2, 10)), said(block("Fees change.", KEY)), True),
        (changed(date(2026, 3, 1), date(2026, 3, 1)), said(block("Fees.", KEY), effective=date(2026, 5, 1)), False),
        (
            changed(date(2026, 3, 1), date(2026, 3, 1)),
            said(block("Fees.", KEY), block("Returns change."), effective=date(2026, 5, 1)),
            True,
        ),
    ],
    ids=[
        "links to it, same day of effect",
        "links to it, no day on the page",
        "links to it, page changed at once",
        "page changed before",
        "another day of effect",
        "too long ago",
        "links elsewhere",
        "names it, same day of effect",
        "names it, soon after its day",
        "names it, long after its day",
        "a title of one word",
        "names it without any day",
        "links to it without any day",
        "the entry's own day is another",
        "the day of another matter of the entry",
    ],
)
def test_a_change_is_matched_to_what_surely_announced_it(change, announcement, is_match):
    assert (announcements.match(change, [announcement]) is not None) is is_match


def test_the_newest_that_links_is_taken():
    first, second = said(LINKED, uid="first"), said(LINKED, uid="second", day=date(2026, 2, 10))
    named = said(NAMED, uid="named", day=date(2026, 2, 20))

    fact = announcements.match(changed(date(2026, 3, 1), date(2026, 3, 1)), [second, first, named])

    assert (fact.kind, fact.before, fact.after, fact.section) == (
        "announced",
        "2026-02-10",
        "second",
        "Changes to program policies",
    )


FEE_PAGE = (
    "<main><h1>Selling fees</h1><p>The fee for electronics is {} of the price of every order you ship.</p></main>"
)


def fees_page(archive, marketplace: str = "") -> Site:
    site = Site(archive, key="fees")
    site.url = "https://example.com/fees"
    with archive.begin() as session:
        pages.upsert(
            session, key="fees", url=site.url, title="Selling fees", now=START, language="en", marketplace=marketplace
        )
    return site


def test_the_later_change_says_when_and_where_it_was_announced(archive):
    feed, fees = List(archive), fees_page(archive)
    feed.looks(rss(OLD), rss(FEES, OLD))
    fees.store(FEE_PAGE.format("8%"), day=0)
    fees.store(FEE_PAGE.format("9%"), day=55)
    fees.derive()
    with archive.begin() as session:
        wording.word(session)

    (announcement,), (change,) = feed.told(), fees.told()
    (fact,) = [fact for fact in change.facts if fact["kind"] == "announced"]
    assert fact["after"] == announcement.uid
    assert (
        f"Announced on 2026-01-08 in “Seller news” (change {announcement.uid[:8]}): “Effective March 1, 2026, "
        "the fee is 9%. See Selling fees.”"
    ) in (change.points or ())
    with archive.begin() as session:
        assert wording.word(session) == 0


@pytest.mark.parametrize(("one", "other", "is_match"), [("US", "DE", False), ("US,CA", "us", True), ("", "DE", True)])
def test_an_announcement_holds_for_its_marketplaces(archive, one, other, is_match):
    feed, fees = List(archive, marketplace=one), fees_page(archive, other)
    feed.looks(rss(OLD), rss(FEES, OLD))
    fees.store(FEE_PAGE.format("8%"), day=0)
    fees.store(FEE_PAGE.format("9%"), day=55)
    fees.derive()
    with archive.begin() as session:
        wording.word(session)

    (change,) = fees.told()
    assert any(fact["kind"] == "announced" for fact in change.facts) is is_match


def test_an_import_knows_nothing_of_the_future(archive):
    feed, fees = List(archive), fees_page(archive)
    fees.store(FEE_PAGE.format("8%"), day=0)
    fees.store(FEE_PAGE.format("9%"), day=1)
    fees.derive()
    feed.looks(rss(OLD))
    feed.store(rss(FEES, OLD), day=20)
    feed.derive()
    with archive.begin() as session:
        wording.word(session)

    assert not any(fact["kind"] == "announced" for fact in fees.told()[0].facts)
