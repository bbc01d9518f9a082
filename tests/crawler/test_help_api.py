"""One JSON call to the help centre: the topic alone."""

import json

import pytest

from crawler.fetchers.help_api import ENDPOINT, locale_of, topic_of
from crawler.pages import WatchedPage
from diffs.document import Outcome
from tests.crawler.looking import Seller, policy, watched
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


def test_robots_txt_holds_for_the_endpoint(site: Site, someone: Seller) -> None:
    site["/robots.txt"] = Answer(body="User-agent: *\nDisallow: /help/hub/mons-api/\n", kind="text/plain")
    site[ENDPOINT] = topic()

    someone.looks_at(asked_for(site))

    assert site.pages_asked == []
    assert someone.snapshots_of("rate")[0].error.startswith("robots.txt disallows")


def test_a_topic_that_is_not_there_is_gone(site: Site, someone: Seller) -> None:
    site[ENDPOINT] = topic(None)

    assert someone.looks_at(asked_for(site))["rate"].outcome is Outcome.GONE


def test_a_page_instead_of_json_is_judged_as_a_page(site: Site, someone: Seller) -> None:
    site[ENDPOINT] = policy("This is a page.")

    someone.looks_at(asked_for(site))

    assert someone.snapshots_of("rate")[0].media_type == "html"


def test_an_address_without_a_topic_is_told_and_not_asked(site: Site, someone: Seller) -> None:
    report = someone.looks_at(watched(site, "/help/", key="rate", fetch="help-api"))["rate"]

    assert report.outcome is None
    assert "no help topic" in report.reason
    assert site.pages_asked == []


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://example.com/help/hub/reference/external/G200205250?locale=en-US", "G200205250"),
        ("https://example.com/gp/help/external/200205250?language=en_US", "200205250"),
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
