"""Every way in which a help page arrives or fails, by all three fetchers, on a site that plays Seller Central."""

from collections.abc import Iterator

import pytest

from crawler.rounds.schedule.next_step import REST
from diffs.values import READ, Outcome
from policywatch.demo.seller_central import TOPIC_BY_NAME, TOPICS, Fetch, SellerCentral, Topic
from tests.crawler.fetchers.browser.test_fetcher import needs_browser
from tests.crawler.looking import Seller

FETCHERS = ["http", "help-api", pytest.param("browser", marks=[pytest.mark.slow, pytest.mark.chromium, needs_browser])]

#: Topics after which the host has to rest, so that each has a round of its own; and the others, which share one.
BLOCKING = [topic for topic in TOPICS if topic.blocks]
PEACEFUL = [topic for topic in TOPICS if not topic.blocks and not topic.after]

#: What a seller reads about an outcome.
WORDS = {
    Outcome.ROBOT_CHECK: "asked whether a robot is reading",
    Outcome.WAF_CHALLENGE: "firewall asked for a proof",
    Outcome.THROTTLED: "asked too often",
    Outcome.UNAVAILABLE: "could not answer (status 503)",
    Outcome.LOGIN_REQUIRED: "asks to sign in",
    Outcome.EMPTY: "without any policy text",
    Outcome.WRONG_LANGUAGE: "language asked for (de)",
}


@pytest.fixture
def hub() -> Iterator[SellerCentral]:
    with SellerCentral() as running:
        yield running


@pytest.fixture
def _little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.fetchers.browser.fetcher.PATIENCE", 1.0)


def asked_for(hub: SellerCentral, *paths: str) -> int:
    return sum(visit.path in paths for visit in hub.visits)


@pytest.mark.usefixtures("_little_patience")
@pytest.mark.parametrize("fetch", FETCHERS)
def test_what_does_not_block_has_its_outcome_its_words_and_its_follow_up(
    hub: SellerCentral, someone: Seller, fetch: Fetch
) -> None:
    pages = {topic.name: hub.watched(topic, fetch) for topic in PEACEFUL}

    reports = someone.looks_at(*pages.values(), retries=1)

    came = {topic.name: reports[pages[topic.name].key] for topic in PEACEFUL}
    assert {name: report.outcome for name, report in came.items()} == {t.name: t.expected[fetch] for t in PEACEFUL}
    for report in came.values():
        assert report.outcome is not None
        assert WORDS.get(report.outcome, "") in report.reason
        assert (report.version_seq == 1) is (report.outcome in READ)
    # What passes by itself is asked for once more, and nothing else; every try is kept.
    tries = {name: len(someone.snapshots_of(page.key)) for name, page in pages.items()}
    assert {name for name, number in tries.items() if number > 1} == {"sorry", "unavailable"}
    assert max(tries.values()) == 2
    # The only rest is the one that the host's own Retry-After asked for.
    host = someone.host()
    assert host is not None
    assert host.rest_reason == "The host answered 503 and asked us to slow down."
    # What robots.txt closes was not asked for, by no way.
    assert asked_for(hub, "/ap/signin", TOPIC_BY_NAME["closed"].path, "/telemetry/page-view") == 0


@pytest.mark.parametrize("fetch", FETCHERS)
@pytest.mark.parametrize("topic", BLOCKING, ids=lambda topic: topic.name)
def test_after_a_block_the_host_is_left_alone_for_a_day_and_not_tried_again(
    hub: SellerCentral, someone: Seller, topic: Topic, fetch: Fetch
) -> None:
    page, next_page = hub.watched(topic, fetch), hub.watched(TOPIC_BY_NAME["plain"], fetch)
    began = someone.now

    report = someone.looks_at(page, retries=2)[page.key]

    host = someone.host()
    asked = len(hub.visits)
    assert report.outcome is topic.expected[fetch], report.reason
    assert WORDS[report.outcome] in report.reason
    assert asked == 2  # robots.txt, and the page or the call
    assert host is not None
    assert host.rest_until is not None
    assert abs((host.rest_until - began) - REST).total_seconds() < 60
    someone.now = began + REST / 2
    waiting = someone.looks_at(next_page)[next_page.key]
    assert waiting.outcome is None
    assert "is left alone until" in waiting.reason
    assert len(hub.visits) == asked


@pytest.mark.slow
@pytest.mark.chromium
@needs_browser
def test_a_page_that_fills_after_eight_seconds_is_read(hub: SellerCentral, someone: Seller) -> None:
    page = hub.watched(TOPIC_BY_NAME["slow"], "browser")

    report = someone.looks_at(page)[page.key]

    assert report.outcome is Outcome.OK, report.reason
    assert b"less than 4%" in someone.body_of(someone.snapshots_of(page.key)[0])


@pytest.mark.chromium
@needs_browser
@pytest.mark.usefixtures("_little_patience")
def test_a_page_that_never_fills_says_what_to_do_and_what_it_did_not_get(hub: SellerCentral, someone: Seller) -> None:
    page = hub.watched(TOPIC_BY_NAME["never"], "help-api", fallback="browser")

    report = someone.looks_at(page)[page.key]

    refused, shown = someone.snapshots_of(page.key)
    assert (refused.fetched_by, refused.status) == ("help-api", 403)
    assert (shown.fetched_by, shown.status) == ("browser", 200)
    assert report.outcome is Outcome.JS_SHELL
    assert "stayed without its text in the browser too" in report.reason
    assert "policywatch import folder" in report.reason
    assert "media.seller-central.example is another site" in report.reason
    assert "robots.txt disallows" in report.reason


@pytest.mark.slow
@pytest.mark.chromium
@needs_browser
def test_a_turning_interface_is_no_change(hub: SellerCentral, someone: Seller) -> None:
    page = hub.watched(TOPIC_BY_NAME["turning"], "browser")

    rounds = [someone.looks_at(page, confirm=True)[page.key] for _ in range(3)]

    assert len({snapshot.body_sha256 for snapshot in someone.snapshots_of(page.key)}) > 1
    assert {report.outcome for report in rounds} <= READ
    assert [report.version_seq for report in rounds] == [1, 1, 1]
    assert [change for report in rounds for change in report.changes] == []


@pytest.mark.chromium
@needs_browser
def test_the_browser_asks_for_the_page_and_its_text_and_nothing_else(hub: SellerCentral, someone: Seller) -> None:
    topic = TOPIC_BY_NAME["filled"]

    someone.looks_at(hub.watched(topic, "browser"))

    assert [visit.path for visit in hub.visits] == ["/robots.txt", topic.path, "/help/hub/mons-api/GetHelpTopic"]
    assert {visit.user_agent.partition("/")[0] for visit in hub.visits} == {"policywatch"}


def test_a_call_that_asks_for_nothing_is_refused_in_words(hub: SellerCentral) -> None:
    import httpx2

    assert httpx2.post(f"{hub.base_url}/help/hub/mons-api/GetHelpTopic", content=b"nothing").status_code == 400
    assert httpx2.get(f"{hub.base_url}/help/hub/reference/external/G1").status_code == 404
