"""A crawl over real HTTP: every answer is stored and judged, and every page gets a report."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler.items import PageReport
from crawler.run import crawl, due_pages
from crawler.settings import CrawlSettings
from crawler.watchlist.watchlists import WatchedPage
from diffs.engine.apart import guard
from diffs.errors import SettingsError
from diffs.failures import Failure, Reason
from diffs.values import Outcome
from tests.crawler.looking import CONTACT, Seller, policy, watched
from tests.crawler.middlewares.test_politeness import ROBOT_CHECK
from tests.diffs.engine.hindrances import lose_all_bytes
from tests.site import Answer, Site, moved

TEXT = policy("Keep your late shipment rate under 4%.")


def test_a_page_becomes_a_snapshot_with_its_bytes(site: Site, someone: Seller) -> None:
    site["/rate"] = TEXT

    report = someone.looks_at(watched(site, "/rate"))["rate"]

    (snapshot,) = someone.snapshots_of("rate")
    assert report.outcome is Outcome.OK
    assert report.http_status == 200
    assert report.last_ok_at == snapshot.observed_at == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert report.version_seq == 1
    assert someone.body_of(snapshot) == TEXT.encode()
    assert snapshot.fetched_by == "http"
    assert snapshot.response_date


def test_who_asks_is_said_to_every_host(site: Site, someone: Seller) -> None:
    site["/rate"] = TEXT

    someone.looks_at(watched(site, "/rate"))

    agents = {asked.headers["user-agent"] for asked in site.log}
    (agent,) = agents
    assert agent.startswith("policywatch/")
    assert agent.endswith(f" (+https://github.com/policywatch/policywatch; {CONTACT})")


def test_nothing_is_kept_from_one_page_to_the_next(site: Site, someone: Seller) -> None:
    site["/one"] = Answer(body=TEXT, headers={"Set-Cookie": "session=1; Path=/"})
    site["/two"] = TEXT

    someone.looks_at(watched(site, "/one"), watched(site, "/two"))
    someone.looks_at(watched(site, "/two"))

    for asked in site.log:
        assert "cookie" not in asked.headers
        assert "referer" not in asked.headers
    assert "set-cookie" not in dict(someone.snapshots_of("one")[0].headers or [])


def test_a_page_is_asked_for_in_its_language(site: Site, someone: Seller) -> None:
    site["/rate"] = TEXT

    someone.looks_at(watched(site, "/rate", language="de"))

    assert site.asked("/rate")[0].headers["accept-language"] == "de"


def test_an_unchanged_page_is_asked_for_by_its_etag(site: Site, someone: Seller) -> None:
    site["/rate"] = Answer(body=TEXT, etag=True, headers={"Last-Modified": "Sun, 01 Mar 2026 10:00:00 GMT"})

    someone.looks_at(watched(site, "/rate"))
    report = someone.looks_at(watched(site, "/rate"))["rate"]

    first, second = site.asked("/rate")
    assert not first.conditional
    assert second.headers["if-none-match"]
    assert second.headers["if-modified-since"] == "Sun, 01 Mar 2026 10:00:00 GMT"
    assert report.outcome is Outcome.UNCHANGED
    assert someone.snapshots_of("rate")[1].status == 304


@pytest.mark.parametrize("header", ["ETag", "Last-Modified"])
def test_a_validator_that_never_changes_hides_a_change_for_a_week_at_most(
    site: Site, someone: Seller, header: str
) -> None:
    page, edition = watched(site, "/rate"), [TEXT]
    value = '"v1"' if header == "ETag" else "Thu, 01 Jan 2026 00:00:00 GMT"
    site["/rate"] = lambda asked: Answer(*((304,) if asked.conditional else (200, edition[0])), headers={header: value})
    someone.looks_at(page)
    edition[0] = policy("Keep your late shipment rate under 3%.")

    versions = [someone.looks_at(page)["rate"].version_seq for _ in range(8)]  # a day apart

    assert versions == [1, 1, 1, 1, 1, 1, 2, 2]
    assert [asked.conditional for asked in site.asked("/rate")] == [False, *[True] * 6, False, False], (
        "a site whose validator lied is asked for whole pages from then on"
    )


def test_after_nine_answers_of_not_modified_the_whole_page_is_asked_for(site: Site, someone: Seller) -> None:
    site["/rate"] = Answer(body=TEXT, etag=True)
    start = someone.now
    for number in range(12):
        someone.now = start + timedelta(hours=number)
        someone.looks_at(watched(site, "/rate"))

    assert [number for number, asked in enumerate(site.asked("/rate")) if not asked.conditional] == [0, 10]


def test_not_modified_that_nobody_asked_for_is_no_unchanged_page(site: Site, someone: Seller) -> None:
    site["/rate"] = [TEXT, Answer(304)]
    someone.looks_at(watched(site, "/rate"))

    report = someone.looks_at(watched(site, "/rate"), retries=0)["rate"]

    assert report.outcome is Outcome.ERROR
    assert report.failure == Failure(Reason.NOT_MODIFIED_UNASKED, "127.0.0.1")
    assert report.reason.startswith("The site answered")


def test_the_etag_of_an_error_page_is_never_used(site: Site, someone: Seller) -> None:
    site["/rate"] = [Answer(503, "busy", etag=True), TEXT]

    someone.looks_at(watched(site, "/rate"), retries=0)
    someone.looks_at(watched(site, "/rate"))

    assert not any(asked.conditional for asked in site.log)


def test_a_page_that_moved_to_another_address_is_asked_for_anew(site: Site, someone: Seller) -> None:
    site["/rate"] = Answer(body=TEXT, etag=True)
    site["/new"] = Answer(body=TEXT, etag=True)

    someone.looks_at(watched(site, "/rate"))
    someone.looks_at(watched(site, "/new", key="rate"))

    assert not site.asked("/new")[0].conditional


def test_a_new_text_is_fetched_twice_before_it_counts(site: Site, someone: Seller) -> None:
    site["/rate"] = Answer(body=TEXT, etag=True)
    someone.looks_at(watched(site, "/rate"), confirm=True)
    before = len(site.asked("/rate"))
    site["/rate"] = Answer(body=policy("Keep your late shipment rate under 3%."), etag=True)

    report = someone.looks_at(watched(site, "/rate"), confirm=True)["rate"]

    look, second = site.asked("/rate")[before:]
    assert look.conditional
    assert not second.conditional
    assert second.headers["cache-control"] == "no-cache"
    assert look.connection != second.connection
    assert [snapshot.purpose for snapshot in someone.snapshots_of("rate")][-2:] == ["look", "confirm"]
    assert report.version_seq == 2
    assert len(report.changes) == 1


def test_a_second_check_that_fails_leaves_the_text_for_the_next_round(site: Site, someone: Seller) -> None:
    site["/rate"] = TEXT
    someone.looks_at(watched(site, "/rate"), confirm=True)
    new = policy("Keep your late shipment rate under 3%.")
    site["/rate"] = [new, Answer(404)]

    report = someone.looks_at(watched(site, "/rate"), confirm=True)["rate"]

    assert report.outcome is Outcome.OK
    assert "second check failed" in report.reason
    assert report.changes == ()
    site["/rate"] = new
    assert len(someone.looks_at(watched(site, "/rate"), confirm=True)["rate"].changes) == 1


def sends_on(where: str, delay: int = 0) -> str:
    return (
        f"<html><head><meta http-equiv=refresh content='{delay}; url={where}'><title>Moved</title></head>"
        "<body><p>This page has moved.</p></body></html>"
    )


def test_a_page_that_sends_its_readers_on_is_followed_once_on_its_own_site(site: Site, someone: Seller) -> None:
    site["/rate"], site["/new"] = TEXT, policy("Keep your late shipment rate under 3%.")
    someone.looks_at(watched(site, "/rate"))
    site["/rate"] = sends_on("/new")

    report = someone.looks_at(watched(site, "/rate"), confirm=True)["rate"]

    assert (report.outcome, report.version_seq) == (Outcome.OK, 2)
    assert someone.snapshots_of("rate")[-1].final_url == site.url("/new")


def test_a_page_that_leads_to_another_site_in_a_circle_or_past_robots_txt_is_not_followed(
    site: Site, other_site: Site, someone: Seller
) -> None:
    site["/robots.txt"] = Answer(body="User-agent: *\nDisallow: /closed\n", kind="text/plain")
    site["/closed"] = other_site["/new"] = TEXT
    site["/away"], site["/shut"] = sends_on(other_site.url("/new")), sends_on("/closed")
    site["/circle"], site["/back"], site["/self"] = sends_on("/back"), sends_on("/circle"), sends_on("/self")

    reports = someone.looks_at(*(watched(site, path) for path in ("/away", "/circle", "/self", "/shut")), retries=0)

    assert other_site.log == []
    assert site.asked("/closed") == []
    assert len(site.asked("/circle")) == len(site.asked("/back")) == len(site.asked("/self")) == 1
    assert reports["away"].outcome is Outcome.EMPTY
    assert f"it sends its readers on to {other_site.url('/new')}." in reports["away"].reason
    assert f"it sends its readers on to {site.url('/circle')}." in reports["circle"].reason
    assert "robots.txt disallows" in reports["shut"].reason


def test_a_robot_check_that_reloads_itself_is_not_followed(site: Site, someone: Seller) -> None:
    site["/rate"] = sends_on("/rate?passed=1").replace("<p>This page has moved.", f"{ROBOT_CHECK}<p>")

    report = someone.looks_at(watched(site, "/rate"))["rate"]

    assert report.outcome is Outcome.ROBOT_CHECK
    assert len(site.pages_asked) == 1


def test_a_redirect_is_followed_and_its_end_noted(site: Site, someone: Seller) -> None:
    site["/old"] = moved("/rate", 301)
    site["/rate"] = TEXT

    report = someone.looks_at(watched(site, "/old"))["old"]

    (snapshot,) = someone.snapshots_of("old")
    assert report.outcome is Outcome.OK
    assert snapshot.url == site.url("/old")
    assert snapshot.final_url == site.url("/rate")


def test_every_page_is_reported_as_it_ends(site: Site, someone: Seller) -> None:
    site["/a"] = site["/b"] = TEXT

    someone.looks_at(watched(site, "/a"), watched(site, "/b"), watched(site, "/c", enabled=False))

    assert {report.page for report, _, _ in someone.told} == {"a", "b", "c"}
    assert [(done, of) for _, done, of in someone.told] == [(1, 3), (2, 3), (3, 3)]


def test_a_page_that_is_switched_off_or_recorded_is_not_asked(site: Site, someone: Seller) -> None:
    reports = someone.looks_at(watched(site, "/off", enabled=False), watched(site, "/past", fetch="ota"))

    assert reports["off"] == PageReport(
        "off", site.url("/off"), "http", None, "Switched off.", failure=Failure(Reason.SWITCHED_OFF)
    )
    assert reports["past"].outcome is None
    assert site.log == []


def test_a_page_that_fails_for_the_moment_is_asked_again_and_every_try_is_kept(site: Site, someone: Seller) -> None:
    site["/rate"] = [Answer(503, "busy"), Answer(503, "busy"), TEXT]

    report = someone.looks_at(watched(site, "/rate"))["rate"]

    assert report.outcome is Outcome.OK
    assert [snapshot.status for snapshot in someone.snapshots_of("rate")] == [503, 503, 200]


def test_a_page_that_goes_on_failing_is_left_for_the_next_round(site: Site, someone: Seller) -> None:
    site["/rate"] = Answer(503, "busy")

    report = someone.looks_at(watched(site, "/rate"), retries=1)["rate"]

    assert report.outcome is Outcome.UNAVAILABLE
    assert report.http_status == 503
    assert len(site.asked("/rate")) == 2


def test_another_way_of_fetching_is_tried_where_the_first_brings_no_text(site: Site, someone: Seller) -> None:
    site["/help/hub/reference/external/G1791"] = TEXT
    page = watched(site, "/help/hub/reference/external/G1791", key="bsa", fetch="help-api", fallback="http")

    report = someone.looks_at(page)["bsa"]

    assert report.outcome is Outcome.OK
    assert report.fetch == "http"
    assert [snapshot.fetched_by for snapshot in someone.snapshots_of("bsa")] == ["help-api", "http"]


def test_a_fault_in_judging_costs_neither_snapshot_nor_round(
    site: Site, someone: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    from diffs.reading import policy_text

    site["/good"], site["/bad"] = TEXT, policy("bad", title="Bad")
    read_well = policy_text.extraction_of

    def stumbling(capture, select):
        if b"Bad" in capture.body:
            raise ZeroDivisionError
        return read_well(capture, select)

    monkeypatch.setattr(policy_text, "extraction_of", stumbling)
    monkeypatch.setattr(guard, "is_needed", lambda *_, **__: False)  # read it in this process, where it stumbles
    reports = someone.looks_at(watched(site, "/bad"), watched(site, "/good"))
    monkeypatch.undo()

    assert reports["bad"].outcome is Outcome.ERROR
    assert "ZeroDivisionError" in reports["bad"].reason
    assert reports["good"].outcome is Outcome.OK
    assert len(someone.snapshots_of("bad")) == 1
    assert someone.looks_at(watched(site, "/bad"))["bad"].version_seq == 1


def test_a_fault_outside_of_any_page_costs_neither_snapshot_nor_round(
    site: Site, someone: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    from diffs.store import observations

    site["/rate"] = TEXT
    with monkeypatch.context() as patch:
        patch.setattr(observations, "set_aside", lambda *_: 1 // 0)
        report = someone.looks_at(watched(site, "/rate"))["rate"]

    assert report.outcome is Outcome.ERROR
    assert "ZeroDivisionError" in report.reason
    assert someone.looks_at(watched(site, "/rate"))["rate"].version_seq == 1


def test_a_page_whose_stored_text_is_lost_says_so(site: Site, someone: Seller) -> None:
    site["/rate"] = TEXT
    someone.looks_at(watched(site, "/rate"))
    lose_all_bytes(someone.archive)
    site["/rate"] = policy("Keep your late shipment rate under 3%.")

    report = someone.looks_at(watched(site, "/rate"))["rate"]

    assert report.outcome is Outcome.ERROR
    assert "is missing" in report.reason


def test_nobody_outside_is_asked_before_a_contact_is_set(someone: Seller) -> None:
    page = WatchedPage(key="far", url="https://example.com/policy")

    with pytest.raises(SettingsError, match="POLICYWATCH_CONTACT"):
        someone.looks_at(page, contact="")

    assert someone.archive.url


def test_nothing_is_asked_without_a_contact(site: Site, someone: Seller) -> None:
    site["/rate"] = TEXT

    with pytest.raises(SettingsError, match="No contact is set"):
        someone.looks_at(watched(site, "/rate"), contact="")

    assert site.log == []


def test_several_rounds_run_in_one_process_each_at_its_own_time(site: Site, someone: Seller) -> None:
    page, versions = watched(site, "/rate"), []
    days = [datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2, 3)]

    for someone.now, percent in zip(days, (4, 4, 3), strict=True):
        site["/rate"] = policy(f"Keep your late shipment rate under {percent}%.")
        versions.append(someone.looks_at(page)["rate"].version_seq)

    assert versions == [1, 1, 2]
    assert [snapshot.observed_at for snapshot in someone.snapshots_of("rate")] == days


def test_a_page_is_due_when_its_interval_has_passed(site: Site, someone: Seller) -> None:
    site["/rate"] = TEXT
    page = watched(site, "/rate", check_every="1d")
    fresh = watched(site, "/fresh")
    someone.looks_at(page)
    looked = someone.now - timedelta(days=1)

    def due(hours: int) -> list[str]:
        moment = looked + timedelta(hours=hours)
        return [found.key for found in due_pages([page, fresh], someone.archive, now=moment, jitter=lambda: 0.0)]

    assert due(12) == ["fresh"]
    assert due(24) == ["fresh", "rate"]


def test_no_pages_are_no_work(someone: Seller) -> None:
    assert crawl([], archive=someone.archive, settings=CrawlSettings(), clock=lambda: someone.now) == []
