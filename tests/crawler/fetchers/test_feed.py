"""Feeds of announcements over real HTTP: requested like any page, read as feeds."""

from crawler.watchlist.watchlists import WatchedPage
from diffs.store import changes
from diffs.store import pages as stored_pages
from diffs.values import Outcome
from tests.crawler.looking import Seller, policy, watched
from tests.diffs.reading.test_feeds import item, rss
from tests.site import Answer, Site

OLD = item("A word of welcome", "<p>Hello.</p>", name="1", day="Thu, 01 Jan 2026 08:00:00 GMT")
NEW = item("Referral fees rise", "<p>Effective April 1, 2026, the fee is 9%.</p>", name="2")


def feed(site: Site) -> WatchedPage:
    return watched(site, "/news.xml", fetch="feed", category="changes", title="Seller news")


def answer(*items: str) -> Answer:
    return Answer(body=rss(*items), kind="application/rss+xml", etag=True)


def told(someone: Seller) -> list[tuple[str, str]]:
    with someone.archive.read() as session:
        page = stored_pages.get(session, "news.xml")
        assert page is not None
        return [
            (one.kind, (one.facts or [{}])[0]["sentence_after"]) for one in changes.of_page(session, page) if one.told
        ]


def test_a_feed_is_asked_for_by_its_etag_and_its_news_are_reported(site: Site, someone: Seller) -> None:
    site["/news.xml"] = answer(OLD)
    first = someone.looks_at(feed(site))["news.xml"]
    again = someone.looks_at(feed(site))["news.xml"]
    site["/news.xml"] = answer(NEW, OLD)
    last = someone.looks_at(feed(site), confirm=True)["news.xml"]

    assert [one.outcome for one in (first, again, last)] == [Outcome.OK, Outcome.UNCHANGED, Outcome.OK]
    assert len(last.changes) == 1
    assert told(someone) == [("announced", "Referral fees rise")]
    asked = site.asked("/news.xml")
    assert "rss+xml" in asked[0].headers["accept"]
    assert [one.conditional for one in asked[:2]] == [False, True]
    assert {snapshot.fetched_by for snapshot in someone.snapshots_of("news.xml")} == {"feed"}


def test_a_feed_that_robots_txt_forbids_is_not_asked_for(site: Site, someone: Seller) -> None:
    site["/robots.txt"] = "User-agent: *\nDisallow: /news"
    site["/news.xml"] = answer(OLD)

    report = someone.looks_at(feed(site))["news.xml"]

    assert site.asked("/news.xml") == []
    assert "robots.txt" in report.reason


def test_what_comes_in_a_feed_s_place_is_judged_like_any_page(site: Site, someone: Seller) -> None:
    blocked = (
        "<title>Robot Check</title><form action='/errors/validateCaptcha'>Enter the characters you see below</form>"
    )
    site["/news.xml"] = policy("Hello.")
    site["/other.xml"] = Answer(404)

    assert someone.looks_at(feed(site))["news.xml"].outcome is Outcome.WRONG_PAGE
    site["/news.xml"] = answer()
    assert someone.looks_at(feed(site))["news.xml"].outcome is Outcome.EMPTY
    site["/news.xml"] = f"<html>{blocked}</html>"
    assert someone.looks_at(feed(site))["news.xml"].outcome is Outcome.ROBOT_CHECK
