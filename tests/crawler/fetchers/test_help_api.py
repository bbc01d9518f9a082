"""One JSON call to the help centre returns the topic alone."""

import json
import re
from importlib.resources.abc import Traversable

import pytest

from crawler.fetchers.help_api import ENDPOINT, locale_of, topic_of
from crawler.fetchers.registry import fetcher
from crawler.items import Look
from crawler.watchlist.watchlists import CRAWLED, WatchedPage, read_watchlists, shipped_watchlists
from diffs.values import Outcome
from tests.crawler.looking import Seller, policy, said, watched
from tests.site import Answer, Site

ARTICLE = "".join(
    f"<h2>Part {number}</h2><p>Sellers keep their late shipment rate under 4% in part {number} of every period.</p>"
    for number in range(12)
)
PAGE = "/help/hub/reference/external/G1791"


def topic(content: str | None = ARTICLE) -> Answer:
    found = {"title": "Late Shipment Rate", "content": content} if content is not None else None
    return Answer(body=json.dumps({"topic": found}), kind="application/json")


def asked_for(site: Site) -> WatchedPage:
    return watched(site, f"{PAGE}?locale=en-US", key="rate", fetch="help-api")


def test_the_topic_is_asked_for_and_read(site: Site, someone: Seller) -> None:
    site[ENDPOINT] = topic()

    report = someone.looks_at(asked_for(site))["rate"]

    (call,) = site.pages_asked
    (snapshot,) = someone.snapshots_of("rate")
    assert report.outcome is Outcome.OK
    assert (call.method, call.path) == ("POST", ENDPOINT)
    assert json.loads(call.body) == {
        "guid": "G1791",
        "locale": "en-US",
        "statuses": ["Live"],
        "consistentRead": False,
    }
    assert call.headers["user-agent"].startswith("policywatch/")
    assert call.headers["origin"] == site.url().rstrip("/")
    assert call.headers["referer"] == site.url(PAGE)
    assert snapshot.media_type == snapshot.fetched_by == "help-api"
    assert snapshot.url == snapshot.final_url == site.url(f"{PAGE}?locale=en-US")


@pytest.mark.parametrize("entry", shipped_watchlists(), ids=lambda entry: entry.name)
def test_every_included_address_can_be_read_by_its_fetchers(entry: Traversable) -> None:
    pages, problems = read_watchlists([entry])
    assert pages and not problems
    for page in pages:
        for way in filter(None, (page.fetch, page.fallback)):
            if way in CRAWLED:
                assert fetcher(way).request(page, Look(page.key, way), {}).url.startswith("https://")


def test_robots_txt_holds_for_the_endpoint(site: Site, someone: Seller) -> None:
    site["/robots.txt"] = Answer(body="User-agent: *\nDisallow: /help/hub/mons-api/\n", kind="text/plain")
    site[ENDPOINT] = topic()

    someone.looks_at(asked_for(site))

    assert site.pages_asked == []
    assert said(someone.snapshots_of("rate")[0]).startswith("Not fetched: the site's robots.txt disallows")


def test_a_topic_that_is_not_there_is_gone(site: Site, someone: Seller) -> None:
    site[ENDPOINT] = topic(None)

    assert someone.looks_at(asked_for(site))["rate"].outcome is Outcome.GONE


def test_a_page_instead_of_json_is_judged_as_a_page(site: Site, someone: Seller) -> None:
    site[ENDPOINT] = policy("This is a page.")

    someone.looks_at(asked_for(site))

    assert someone.snapshots_of("rate")[0].media_type == "html"


WHOLE = json.dumps({"topic": {"title": "Late Shipment Rate", "content": ARTICLE}})


@pytest.mark.parametrize(
    ("answered", "outcome", "words"),
    [
        (Answer(body=WHOLE[: len(WHOLE) // 2], kind="application/json"), Outcome.TRUNCATED, "Only a part of"),
        (Answer(body=WHOLE[: len(WHOLE) // 2]), Outcome.TRUNCATED, "Only a part of"),
        (Answer(body='{"message": "no"}', kind="application/json"), Outcome.ERROR, "something that is no article"),
        (Answer(body="[1, 2]", kind="application/json"), Outcome.ERROR, "something that is no article"),
        (Answer(body='{"topic": {"title": "Rate", "content": null}}'), Outcome.EMPTY, "without any policy text"),
        (Answer(403, '{"message": "no"}', kind="application/json"), Outcome.ERROR, "refused to show the page"),
        (Answer(401, "no"), Outcome.LOGIN_REQUIRED, "asks to sign in"),
        (Answer(405, "no"), Outcome.ERROR, "status 405"),
        (topic(None), Outcome.GONE, "knows no such article"),
        (topic("<p>Sellers keep the rate.</p>" * 800_000), Outcome.ERROR, "too large"),
    ],
)
def test_what_is_no_whole_article_is_never_taken_for_one_and_the_page_is_read_another_way(
    site: Site, someone: Seller, answered: Answer, outcome: Outcome, words: str
) -> None:
    site[ENDPOINT], site[PAGE] = answered, policy("Keep your late shipment rate under 4%.")

    alone = someone.looks_at(asked_for(site))["rate"]
    in_the_end = someone.looks_at(asked_for(site).model_copy(update={"fallback": "http"}))["rate"]

    assert alone.outcome is outcome, alone.reason
    assert words in alone.reason
    assert alone.version_seq is None
    assert [snapshot.fetched_by for snapshot in someone.snapshots_of("rate")] == ["help-api", "help-api", "http"]
    assert (in_the_end.outcome, in_the_end.fetch, in_the_end.version_seq) == (Outcome.OK, "http", 1)


def test_an_interface_out_of_order_is_tried_as_often_as_the_settings_say_and_then_the_page(
    site: Site, someone: Seller
) -> None:
    site[ENDPOINT], site[PAGE] = Answer(500, "no"), policy("Keep your late shipment rate under 4%.")

    report = someone.looks_at(asked_for(site).model_copy(update={"fallback": "http"}), retries=1)["rate"]

    assert [asked.path for asked in site.pages_asked] == [ENDPOINT, ENDPOINT, PAGE]
    assert report.outcome is Outcome.OK


def test_an_interface_that_robots_txt_closes_leaves_the_page_itself(site: Site, someone: Seller) -> None:
    site["/robots.txt"] = Answer(body="User-agent: *\nDisallow: /help/hub/mons-api/\n", kind="text/plain")
    site[ENDPOINT], site[PAGE] = topic(), policy("Keep your late shipment rate under 4%.")

    report = someone.looks_at(asked_for(site).model_copy(update={"fallback": "http"}))["rate"]

    assert [asked.path for asked in site.pages_asked] == [PAGE]
    assert report.outcome is Outcome.OK


def test_a_block_of_the_interface_is_a_block_of_the_host(site: Site, someone: Seller) -> None:
    site[ENDPOINT] = Answer(202, "<script>window.gokuProps = {}</script>", headers={"x-amzn-waf-action": "challenge"})
    site[PAGE] = policy("Keep your late shipment rate under 4%.")

    report = someone.looks_at(asked_for(site).model_copy(update={"fallback": "http"}))["rate"]

    assert report.outcome is Outcome.WAF_CHALLENGE
    assert [asked.path for asked in site.pages_asked] == [ENDPOINT]


def test_scripts_and_what_is_hidden_in_an_article_are_no_text(site: Site, someone: Seller) -> None:
    hostile = "<script>alert('SCRIPT')</script><style>.a{content:'STYLE'}</style><p hidden>HIDDEN</p><p onclick='x()'>Last.</p>"
    site[ENDPOINT] = topic(ARTICLE + hostile)

    report = someone.looks_at(asked_for(site))["rate"]

    text = someone.text_of("rate")
    assert report.outcome is Outcome.OK
    assert "Last." in text
    assert not {"SCRIPT", "STYLE", "HIDDEN", "onclick"} & set(re.findall(r"\w+", text))


def test_an_address_without_a_topic_is_reported_and_not_asked(site: Site, someone: Seller) -> None:
    report = someone.looks_at(watched(site, "/help/", key="rate", fetch="help-api"))["rate"]

    assert report.outcome is None
    assert "No help topic" in report.reason
    assert site.pages_asked == []


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://example.com/help/hub/reference/external/G200205250?locale=en-US", "G200205250"),
        ("https://example.com/gp/help/external/200205250?language=en_US", "200205250"),
        ("https://example.com/gp/help/external/171?language=en_US", "171"),
        ("https://example.com/gp/help/external/help.html?itemID=G1791&language=en_US", "G1791"),
    ],
)
def test_the_topic_is_read_from_every_form_of_address(url: str, found: str) -> None:
    assert topic_of(url) == found


@pytest.mark.parametrize(
    ("query", "language", "locale"),
    [("?locale=en-GB", "en", "en-GB"), ("?language=de_DE", "de", "de-DE"), ("", "ja", "ja"), ("", "", "en-US")],
)
def test_the_locale_is_the_addresss_own(query: str, language: str, locale: str) -> None:
    page = WatchedPage(key="a", url=f"https://example.com/help/G1791{query}", language=language)

    assert locale_of(page) == locale
