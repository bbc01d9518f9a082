"""A host gets one request at a time, slowly, and is left alone when it asks for that."""

import asyncio
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from threading import Thread

from diffs.store import hosts
from diffs.values import Outcome
from tests.crawler.looking import Seller, policy, said, seller, watched
from tests.site import Answer, Asked, Site, moved

TEXT = policy("Keep your late shipment rate under 4%.")
ROBOT_CHECK = (
    "<html><head><title>Robot Check</title></head><body><h4>Enter the characters you see below</h4>"
    "<p>Sorry, we just need to make sure you're not a robot.</p>"
    '<form action="/errors/validateCaptcha"><input id="captchacharacters" name="amzn"></form></body></html>'
)


def gaps(requests: list[Asked]) -> list[float]:
    return [later.at - earlier.at for earlier, later in pairwise(requests)]


def test_two_checks_of_one_host_keep_their_gap(site: Site, someone: Seller) -> None:
    for path in ("/a", "/b", "/c"):
        site[path] = TEXT

    someone.looks_at(*(watched(site, path) for path in ("/a", "/b", "/c")), min_gap=0.5)

    assert len(site.pages_asked) == 3
    assert min(gaps(site.pages_asked)) >= 0.45


def test_the_first_page_keeps_the_gap_from_robots_txt_too(site: Site, someone: Seller) -> None:
    site["/a"] = TEXT

    someone.looks_at(watched(site, "/a"), min_gap=0.5)

    assert [asked.path for asked in site.log] == ["/robots.txt", "/a"]
    assert gaps(site.log)[0] >= 0.45


def test_every_step_of_a_redirect_keeps_the_gap(site: Site, someone: Seller) -> None:
    site["/a"] = moved("/b")
    site["/b"] = TEXT

    someone.looks_at(watched(site, "/a"), min_gap=0.5)

    assert [asked.path for asked in site.pages_asked] == ["/a", "/b"]
    assert min(gaps(site.pages_asked)) >= 0.45


def test_the_second_check_of_a_new_text_keeps_the_gap(site: Site, someone: Seller) -> None:
    site["/a"] = TEXT
    someone.looks_at(watched(site, "/a"), min_gap=0.5, confirm=True)
    site["/a"] = policy("Keep your late shipment rate under 3%.")
    before = len(site.pages_asked)

    someone.looks_at(watched(site, "/a"), min_gap=0.5, confirm=True)

    assert len(site.pages_asked) == before + 2
    assert min(gaps(site.pages_asked[before:])) >= 0.45


def test_the_gap_holds_over_a_restart(site: Site, someone: Seller) -> None:
    site["/a"] = TEXT
    someone.now = someone.now.replace(year=2026)
    frozen = someone.now

    someone.looks_at(watched(site, "/a"), min_gap=1.0)
    someone.now = frozen + timedelta(seconds=0.1)
    someone.looks_at(watched(site, "/a"), min_gap=1.0)

    first, last = site.asked("/a")
    assert last.at - first.at >= 0.8


def test_two_crawls_share_a_host_by_the_archive(site: Site, tmp_path: Path) -> None:
    """Two workers on one archive, as processes would: each takes moments of its own."""
    from crawler.rounds.round import Round

    someone = seller(tmp_path)
    rounds = [
        Round([], archive=someone.archive, settings=someone.settings, clock=lambda: someone.now) for _ in range(2)
    ]
    moments = []

    def take(current: Round) -> None:
        moments.extend(asyncio.run(current.hosts.turn("example.com", 10.0)).at for _ in range(5))

    workers = [Thread(target=take, args=(current,)) for current in rounds]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for current in rounds:
        current.close()
    someone.archive.close()

    moments.sort()
    assert min(later - earlier for earlier, later in pairwise(moments)) >= timedelta(seconds=10)


def test_a_gap_under_ten_seconds_is_for_the_loopback_only(someone: Seller) -> None:
    chosen = someone.settings.model_copy(update={"min_gap": 0.5})

    assert chosen.gap(loopback=True) == 0.5
    assert chosen.gap(loopback=False) == 10
    assert chosen.model_copy(update={"min_gap": 30.0}).gap(loopback=False) == 30


def test_one_host_that_hangs_never_stops_the_others(site: Site, other_site: Site, someone: Seller) -> None:
    for path in ("/a", "/b", "/c"):
        site[path] = Answer(after=60)
        other_site[path] = TEXT

    reports = someone.looks_at(
        *(watched(site, path, key=f"slow-{path[1:]}") for path in ("/a", "/b", "/c")),
        *(watched(other_site, path) for path in ("/a", "/b", "/c")),
        timeout=8,
    )

    order = [report.page for report, _, _ in someone.told]
    assert [reports[key].outcome for key in ("a", "b", "c")] == [Outcome.OK] * 3
    assert set(order[:3]) == {"a", "b", "c"}
    assert "did not answer in time" in said(someone.snapshots_of("slow-a")[0])


def test_a_host_that_stays_silent_is_not_asked_for_the_rest_of_the_round(site: Site, someone: Seller) -> None:
    pages = []
    for number in range(5):
        site[f"/{number}"] = Answer(after=60)
        pages.append(watched(site, f"/{number}", key=f"page-{number}"))

    reports = someone.looks_at(*pages, timeout=0.3)

    assert len(site.pages_asked) == 3
    assert reports["page-4"].outcome is None
    assert "did not answer 3 times in a row" in reports["page-4"].reason


def test_after_a_robot_check_the_host_rests_for_a_day(site: Site, someone: Seller) -> None:
    site["/a"] = ROBOT_CHECK
    site["/b"] = TEXT

    reports = someone.looks_at(watched(site, "/a"), watched(site, "/b"))

    host = someone.host()
    assert reports["a"].outcome is Outcome.ROBOT_CHECK
    assert reports["b"].outcome is None or site.asked("/b")
    assert host is not None
    assert host.rest_until is not None
    assert "robot check" in host.rest_reason
    asked = len(site.log)
    someone.now -= timedelta(hours=23)
    report = someone.looks_at(watched(site, "/a"))["a"]
    assert report.outcome is None
    assert "is left alone until" in report.reason
    assert len(site.log) == asked
    site["/a"] = TEXT
    assert someone.looks_at(watched(site, "/a"))["a"].outcome is Outcome.OK


def test_a_robot_check_behind_a_redirect_rests_both_hosts(site: Site, other_site: Site, someone: Seller) -> None:
    site["/a"] = moved(other_site.url("/check"))
    other_site["/check"], other_site["/b"] = ROBOT_CHECK, TEXT

    first = someone.looks_at(watched(site, "/a"))["a"]
    someone.now -= timedelta(hours=23)
    then = someone.looks_at(watched(other_site, "/b"), watched(site, "/a"))

    assert first.outcome is Outcome.ROBOT_CHECK
    assert (then["a"].outcome, then["b"].outcome) == (None, None)
    assert other_site.asked("/b") == []


def test_a_robot_check_is_not_tried_again(site: Site, someone: Seller) -> None:
    site["/a"] = Answer(503, ROBOT_CHECK)

    someone.looks_at(watched(site, "/a"))

    assert len(site.asked("/a")) == 1


def test_a_host_that_is_woken_may_be_asked_again(site: Site, someone: Seller) -> None:
    site["/a"] = [ROBOT_CHECK, TEXT]
    someone.looks_at(watched(site, "/a"))
    someone.now -= timedelta(hours=23)
    with someone.archive.begin() as session:
        hosts.wake(session, "127.0.0.1")

    assert someone.looks_at(watched(site, "/a"))["a"].outcome is Outcome.OK


def test_a_short_retry_after_is_waited_for(site: Site, someone: Seller) -> None:
    site["/a"] = [Answer(503, "busy", headers={"Retry-After": "1"}), TEXT]

    report = someone.looks_at(watched(site, "/a"))["a"]

    first, second = site.asked("/a")
    assert second.at - first.at >= 0.95
    assert report.outcome is Outcome.OK


def test_a_long_retry_after_ends_the_round_for_its_host_alone(site: Site, other_site: Site, someone: Seller) -> None:
    site["/a"] = Answer(503, "busy", headers={"Retry-After": "3600"})
    other_site["/b"] = TEXT
    began = someone.now

    reports = someone.looks_at(watched(site, "/a"), watched(other_site, "/b"))

    host = someone.host()
    assert host is not None
    assert host.rest_until is not None
    assert timedelta(minutes=59) < host.rest_until - began < timedelta(minutes=61)
    assert reports["a"].outcome is Outcome.UNAVAILABLE
    assert "is left alone until" in reports["a"].reason
    assert reports["b"].outcome is Outcome.OK
    assert len(site.asked("/a")) == 1


def test_a_host_that_goes_on_saying_too_many_requests_rests_for_an_hour(site: Site, someone: Seller) -> None:
    site["/a"] = Answer(429, "slow down")

    someone.looks_at(watched(site, "/a"), retries=1)

    host = someone.host()
    assert len(site.asked("/a")) == 2
    assert host is not None
    assert host.rest_until is not None
