"""robots.txt is obeyed, also where Scrapy's own middleware would not obey it."""

from datetime import timedelta

import pytest

from diffs.failures import Failure, Reason
from diffs.values import Outcome
from tests.crawler.fetchers.browser.test_fetcher import needs_browser
from tests.crawler.looking import Seller, policy, said, watched
from tests.crawler.middlewares.test_politeness import ROBOT_CHECK
from tests.site import Answer, Site, moved

TEXT = policy("Keep your late shipment rate under 4%.")


def robots(*lines: str) -> Answer:
    return Answer(body="\n".join(lines) + "\n", kind="text/plain")


def test_a_disallowed_page_is_not_asked_and_the_archive_says_why(site: Site, someone: Seller) -> None:
    site["/robots.txt"] = robots("User-agent: *", "Disallow: /secret")
    site["/secret"] = TEXT

    report = someone.looks_at(watched(site, "/secret"))["secret"]

    (snapshot,) = someone.snapshots_of("secret")
    assert site.pages_asked == []
    assert snapshot.status == 0
    assert "robots.txt disallows" in said(snapshot)
    assert report.outcome not in (Outcome.OK, Outcome.UNCHANGED)
    assert "robots.txt disallows" in report.reason


def test_all_of_seven_first_requests_wait_for_robots_txt(site: Site, someone: Seller) -> None:
    """Scrapy 2.14 to 2.19 lets /help/70, 71 and 72 through: only the first that waits gets the parser."""
    site["/robots.txt"] = Answer(body="User-agent: *\nDisallow: /help/7\n", kind="text/plain", after=0.3)
    paths = [f"/help/{number}" for number in (1, 2, 3, 4, 70, 71, 72)]
    for path in paths:
        site[path] = TEXT

    someone.looks_at(*(watched(site, path, key=path.rpartition("/")[2]) for path in paths))

    assert len(site.asked("/robots.txt")) == 1
    assert sorted(asked.path for asked in site.pages_asked) == ["/help/1", "/help/2", "/help/3", "/help/4"]


def test_the_longest_match_wins(site: Site, someone: Seller) -> None:
    site["/robots.txt"] = robots("User-agent: *", "Disallow: /", "Allow: /help/hub/reference/external/")
    site["/help/hub/reference/external/G1791"] = site["/help/hub/reference/G1"] = TEXT

    someone.looks_at(
        watched(site, "/help/hub/reference/external/G1791", key="open"),
        watched(site, "/help/hub/reference/G1", key="closed"),
    )

    assert [asked.path for asked in site.pages_asked] == ["/help/hub/reference/external/G1791"]


def test_of_two_rules_of_one_length_the_one_that_allows_holds(site: Site, someone: Seller) -> None:
    """RFC 9309, 2.2.2: the least restrictive one should be used."""
    site["/robots.txt"] = robots("User-agent: *", "Disallow: /one", "Allow: /one", "Allow: /two", "Disallow: /two")
    site["/one"] = site["/two"] = TEXT

    reports = someone.looks_at(watched(site, "/one"), watched(site, "/two"))

    assert {report.outcome for report in reports.values()} == {Outcome.OK}


def test_a_page_instead_of_robots_txt_is_no_rule(site: Site, someone: Seller) -> None:
    site["/robots.txt"] = policy("Disallow: /rate is what you would write in a robots.txt.")
    site["/rate"] = TEXT

    assert someone.looks_at(watched(site, "/rate"))["rate"].outcome is Outcome.OK


@pytest.mark.parametrize(
    "fetch", ["http", "help-api", pytest.param("browser", marks=[pytest.mark.chromium, needs_browser])]
)
def test_every_way_of_fetching_stays_away_where_robots_txt_says_so_or_cannot_be_read(
    site: Site, other_site: Site, someone: Seller, fetch: str
) -> None:
    site["/robots.txt"], other_site["/robots.txt"] = robots("User-agent: *", "Disallow: /"), Answer(503)
    closed = watched(site, "/help/hub/reference/external/G1791", key="closed", fetch=fetch)
    unsure = watched(other_site, "/help/hub/reference/external/G1791", key="unsure", fetch=fetch)

    reports = someone.looks_at(closed, unsure)

    assert "robots.txt disallows this address" in reports["closed"].reason
    assert "robots.txt could not be read (the host answered 503)" in reports["unsure"].reason
    assert site.pages_asked == other_site.pages_asked == []
    assert [report.outcome for report in reports.values()] == [Outcome.ERROR, Outcome.ERROR]


def test_rules_for_us_by_name_and_version_hold(site: Site, someone: Seller) -> None:
    site["/robots.txt"] = robots("User-agent: *", "Disallow:", "", "user-agent: PolicyWatch/1.0 # ours", "Disallow: /")
    site["/rate"] = TEXT

    someone.looks_at(watched(site, "/rate"))

    assert site.pages_asked == []


@pytest.mark.parametrize("status", [200, 403, 503])
def test_a_robot_check_in_place_of_robots_txt_lets_the_host_rest(site: Site, someone: Seller, status: int) -> None:
    site["/robots.txt"], site["/rate"] = Answer(status, ROBOT_CHECK), TEXT

    report = someone.looks_at(watched(site, "/rate"))["rate"]

    host = someone.host()
    assert site.pages_asked == []
    assert report.failure == Failure(Reason.ROBOTS_BLOCKED, "127.0.0.1")
    assert host is not None and host.rest_until is not None
    assert host.rest_until >= someone.now  # a day
    assert "robot check was returned in place of robots.txt" in host.rest_reason


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (Answer(503, headers={"Retry-After": "7200"}), 7200),
        (Answer(429), 3600),
        (Answer(503), None),
        (Answer(404), None),
    ],
)
def test_a_host_that_asks_for_patience_at_its_robots_txt_gets_it(
    site: Site, someone: Seller, answer: Answer, seconds: int | None
) -> None:
    site["/robots.txt"], site["/rate"] = answer, TEXT
    began = someone.now

    someone.looks_at(watched(site, "/rate"))
    someone.now = began + timedelta(minutes=5)
    someone.looks_at(watched(site, "/rate"))

    host = someone.host()
    assert host is not None
    assert len(site.asked("/robots.txt")) == (1 if seconds else 2)
    assert (host.rest_until is not None) == (seconds is not None)
    if host.rest_until is not None and seconds is not None:
        assert timedelta() <= host.rest_until - began - timedelta(seconds=seconds) < timedelta(minutes=1)


def test_rules_for_us_by_name_hold(site: Site, someone: Seller) -> None:
    site["/robots.txt"] = robots("User-agent: *", "Disallow:", "", "User-agent: policywatch", "Disallow: /")
    site["/rate"] = TEXT

    someone.looks_at(watched(site, "/rate"))

    assert site.pages_asked == []


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_host_that_cannot_say_its_rules_is_not_asked(site: Site, someone: Seller, status: int) -> None:
    """RFC 9309, 2.3.1.4."""
    site["/robots.txt"] = Answer(status)
    site["/rate"] = TEXT

    report = someone.looks_at(watched(site, "/rate"))["rate"]

    assert site.pages_asked == []
    assert f"robots.txt could not be read (the host answered {status})" in said(someone.snapshots_of("rate")[0])
    assert report.last_ok_at is None


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_host_without_rules_may_be_asked(site: Site, someone: Seller, status: int) -> None:
    """RFC 9309, 2.3.1.3."""
    site["/robots.txt"] = Answer(status)
    site["/rate"] = TEXT

    assert someone.looks_at(watched(site, "/rate"))["rate"].outcome is Outcome.OK


def test_a_host_whose_robots_txt_hangs_is_not_asked(site: Site, someone: Seller) -> None:
    site["/robots.txt"] = Answer(after=30)
    site["/one"] = site["/two"] = TEXT

    someone.looks_at(watched(site, "/one"), watched(site, "/two"), timeout=0.5)

    assert site.pages_asked == []
    assert len(site.asked("/robots.txt")) == 1
    assert "did not answer in time" in said(someone.snapshots_of("two")[0])


def test_an_endless_robots_txt_is_read_to_a_limit(site: Site, someone: Seller) -> None:
    rules = b"User-agent: *\nDisallow: /secret\n" + b"# filling\n" * 1_000_000
    site["/robots.txt"] = Answer(body=rules, kind="text/plain")
    site["/rate"] = site["/secret"] = TEXT

    reports = someone.looks_at(watched(site, "/rate"), watched(site, "/secret"))

    assert [asked.path for asked in site.pages_asked] == ["/rate"]
    assert reports["rate"].outcome is Outcome.OK


def test_rubbish_for_robots_txt_is_no_rule(site: Site, someone: Seller) -> None:
    site["/robots.txt"] = Answer(body=bytes(range(256)) * 50, kind="application/octet-stream")
    site["/rate"] = TEXT

    assert someone.looks_at(watched(site, "/rate"))["rate"].outcome is Outcome.OK


def test_robots_txt_may_be_elsewhere(site: Site, someone: Seller) -> None:
    site["/robots.txt"] = moved("/rules.txt")
    site["/rules.txt"] = robots("User-agent: *", "Disallow: /rate")
    site["/rate"] = TEXT

    someone.looks_at(watched(site, "/rate"))

    assert site.asked("/rate") == []


def test_the_end_of_a_redirect_is_asked_about_too(site: Site, other_site: Site, someone: Seller) -> None:
    other_site["/robots.txt"] = robots("User-agent: *", "Disallow: /signin")
    other_site["/signin"] = "<form>"
    site["/rate"] = moved(other_site.url("/signin"))

    someone.looks_at(watched(site, "/rate"))

    (snapshot,) = someone.snapshots_of("rate")
    assert other_site.pages_asked == []
    assert snapshot.final_url == other_site.url("/signin")
    assert "robots.txt disallows" in said(snapshot)


def test_a_crawl_delay_is_kept_and_remembered(site: Site, someone: Seller) -> None:
    site["/robots.txt"] = robots("User-agent: *", "Crawl-delay: 0.6")
    site["/one"] = site["/two"] = TEXT

    someone.looks_at(watched(site, "/one"), watched(site, "/two"))

    one, two = site.pages_asked
    host = someone.host()
    assert two.at - one.at >= 0.55
    assert host is not None
    assert host.crawl_delay == 0.6


def test_there_is_no_switch(site: Site, someone: Seller) -> None:
    fields = type(someone.settings).model_fields

    assert not [name for name in fields if "robot" in name]
