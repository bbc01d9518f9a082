"""What stops all requests: a stop file, a host that is switched off, a used-up day. And what the archive keeps of it."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Timer
from time import sleep

import pytest

from crawler.rounds.hosts import Turn
from crawler.rounds.round import Round
from crawler.rounds.selection import closed_hosts, due_pages, next_due
from crawler.run import crawl
from diffs.store import hosts
from diffs.store.notices import owner
from diffs.values import Outcome
from diffs.wording.failures import in_words
from tests.crawler.looking import Seller, policy, seller, watched
from tests.crawler.middlewares.test_politeness import ROBOT_CHECK
from tests.crawler.rounds.test_interrupted import entries, started
from tests.crawler.rounds.test_interrupted import wait_for as wait_so_long
from tests.site import Answer, Site, moved

TEXT = policy("Keep your late shipment rate under 4%.")


@pytest.fixture
def stop(tmp_path: Path) -> Path:
    """The stop file of `someone`, who keeps the data in the working folder."""
    folder = tmp_path / "policywatch-data"
    folder.mkdir()
    return folder / "STOP"


def wait_for(what: Callable[[], object]) -> None:
    """Wait for a process of its own: on a busy machine it takes its time to start."""
    wait_so_long(what, 60)


def used(someone: Seller, host: str = "127.0.0.1") -> int:
    row = someone.host(host)
    return row.budget_used if row is not None else 0


# --- the stop file ---


def test_while_the_stop_file_is_there_nothing_is_asked(site: Site, someone: Seller, stop: Path) -> None:
    site["/a"] = TEXT
    stop.touch()

    report = someone.looks_at(watched(site, "/a"))["a"]

    assert report.outcome is None
    assert "Crawling is stopped" in report.reason and "policywatch go" in report.reason
    assert site.log == []
    assert used(someone) == 0
    stop.unlink()
    assert someone.looks_at(watched(site, "/a"))["a"].outcome is Outcome.OK


def test_a_running_round_does_not_wait_for_an_answer_once_the_stop_file_is_there(
    site: Site, someone: Seller, stop: Path
) -> None:
    site["/fast"], site["/slow"], site["/next"] = TEXT, Answer(after=60), TEXT

    def halt() -> None:
        wait_for(lambda: site.asked("/slow"))
        stop.touch()

    halting = Timer(0, halt)
    halting.start()
    reports = someone.looks_at(*(watched(site, path) for path in ("/fast", "/slow", "/next")), timeout=60.0)
    halting.join()

    assert reports["fast"].outcome is Outcome.OK
    assert (reports["slow"].outcome, reports["next"].outcome) == (None, None)
    assert "Crawling is stopped" in reports["next"].reason
    assert site.asked("/next") == []


def test_a_page_that_waits_for_its_host_is_not_asked_after_the_stop(site: Site, someone: Seller, stop: Path) -> None:
    site["/a"], site["/b"] = TEXT, TEXT
    waits: list[str] = []

    def waiting(host: str, _until: float) -> None:
        waits.append(host)
        if len(waits) == 2:
            stop.touch()

    reports = crawl(
        [watched(site, "/a"), watched(site, "/b")],
        archive=someone.archive,
        settings=someone.settings.model_copy(update={"min_gap": 1.1}),
        clock=lambda: someone.now,
        waiting=waiting,
    )

    assert [report.outcome for report in reports] == [Outcome.OK, None]
    assert waits == ["127.0.0.1"] * 2  # the page after robots.txt, and the one after it
    assert used(someone) == 2  # robots.txt and one page; what was not asked was given back


# --- the off switch ---


def test_a_host_that_is_switched_off_is_not_asked_by_anybody(site: Site, other_site: Site, someone: Seller) -> None:
    site["/a"], other_site["/b"] = TEXT, TEXT
    with someone.archive.begin() as session:
        hosts.switch_off(session, "127.0.0.1", at=someone.now, reason="they wrote to us")

    reports = someone.looks_at(watched(site, "/a"), watched(other_site, "/b"))

    assert reports["b"].outcome is Outcome.OK
    assert reports["a"].outcome is None
    assert "is switched off since 2026-03-01 (they wrote to us). policywatch host on 127.0.0.1" in reports["a"].reason
    assert site.log == []
    with someone.archive.begin() as session:
        hosts.switch_on(session, "127.0.0.1")
    assert someone.looks_at(watched(site, "/a"))["a"].outcome is Outcome.OK


def test_a_host_named_in_the_settings_is_off(site: Site, someone: Seller) -> None:
    site["/a"] = TEXT

    report = someone.looks_at(watched(site, "/a"), hosts_off=("127.0.0.1",))["a"]

    assert "switched off in the settings" in report.reason
    assert site.log == []


def test_a_redirect_to_a_host_that_is_off_is_not_followed(site: Site, other_site: Site, someone: Seller) -> None:
    site["/a"] = moved(other_site.url("/b"))

    report = someone.looks_at(watched(site, "/a"), hosts_off=("127.0.0.2",))["a"]

    assert report.outcome is None
    assert other_site.log == []


def test_a_host_switched_off_while_a_page_waits_is_not_asked(site: Site, someone: Seller) -> None:
    site["/a"], site["/b"] = TEXT, TEXT

    def switch() -> None:
        wait_for(lambda: len(site.pages_asked) == 1)
        with someone.archive.begin() as session:
            hosts.switch_off(session, "127.0.0.1", at=someone.now)

    switching = Timer(0, switch)
    switching.start()
    reports = someone.looks_at(watched(site, "/a"), watched(site, "/b"), min_gap=2.0)
    switching.join()

    assert "is switched off" in reports["b"].reason
    assert len(site.pages_asked) == 1
    assert used(someone) == 2


# --- the day's requests ---


def test_the_days_requests_are_counted_with_robots_txt_and_redirects(site: Site, someone: Seller) -> None:
    site["/a"], site["/b"] = moved("/b"), TEXT

    someone.looks_at(watched(site, "/a"))

    assert used(someone) == len(site.log) == 3


def test_when_they_are_used_up_the_other_pages_wait_for_the_next_day(site: Site, someone: Seller) -> None:
    pages = []
    for number in range(4):
        site[f"/{number}"] = TEXT
        pages.append(watched(site, f"/{number}", key=f"page-{number}"))

    reports = someone.looks_at(*pages, requests_per_day=3)

    assert [reports[page.key].outcome for page in pages] == [Outcome.OK, Outcome.OK, None, None]
    assert "has reached today's limit of 3 requests; this page waits until 00:00 UTC." in reports["page-3"].reason
    assert len(site.log) == used(someone) == 3
    someone.now -= timedelta(hours=23)  # the same day, another process
    assert someone.looks_at(*pages, requests_per_day=3)["page-0"].outcome is None
    assert len(site.log) == 3
    assert someone.looks_at(*pages, requests_per_day=3)["page-0"].outcome in (Outcome.OK, Outcome.UNCHANGED)


def test_a_second_check_that_the_budget_does_not_allow_is_said_to_be_due(site: Site, someone: Seller) -> None:
    site["/a"] = TEXT
    someone.looks_at(watched(site, "/a"))
    site["/a"] = policy("Keep your late shipment rate under 3%.")

    report = someone.looks_at(watched(site, "/a"), confirm=True, requests_per_day=2)["a"]

    assert report.outcome is Outcome.OK
    assert report.held
    assert "limit of 2 requests" in report.reason
    assert not someone.looks_at(watched(site, "/a"), confirm=True)["a"].held


def test_pages_of_a_host_that_is_off_or_used_up_are_not_due(site: Site, other_site: Site, someone: Seller) -> None:
    pages = [watched(site, "/a"), watched(other_site, "/b")]
    settings = someone.settings.model_copy(update={"requests_per_day": 2})
    with someone.archive.begin() as session:
        hosts.switch_off(session, "127.0.0.2", at=someone.now)
        for _ in range(2):
            hosts.reserve(session, "127.0.0.1", now=someone.now, gap=0, budget=2)

    assert due_pages(pages, someone.archive, now=someone.now, settings=settings) == []
    assert [page.key for page in due_pages(pages, someone.archive, now=someone.now)] == ["a", "b"]
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    assert [page.key for page in due_pages(pages, someone.archive, now=midnight, settings=settings)] == ["a"]
    assert next_due(pages, someone.archive, now=someone.now, settings=settings) == midnight
    assert next_due(pages[1:], someone.archive, now=someone.now, settings=settings) is None
    with someone.archive.read() as session:
        assert closed_hosts(session, None, now=someone.now) == {}


@pytest.mark.slow
def test_kill_9_neither_forgets_nor_doubles_what_was_asked(site: Site, tmp_path: Path) -> None:
    paths = [f"/page-{number}" for number in range(12)]
    for path in paths:
        site[path] = Answer(body=policy(path), after=0.05)

    for more in (2, 4, 6):
        running = started(tmp_path, *entries(site, *paths))
        seen = len(site.log)
        wait_for(lambda seen=seen, more=more: len(site.log) >= seen + more)
        running.kill()
        running.communicate()
        sleep(0.1)  # what was on its way when it was killed has come

    someone = seller(tmp_path)
    assert len(site.log) <= used(someone) <= len(site.log) + 3  # one that was counted may not have left
    someone.archive.close()


@pytest.mark.slow
def test_the_gap_holds_over_kill_9_and_processes(site: Site, tmp_path: Path) -> None:
    site["/a"], site["/b"] = Answer(body=TEXT, after=0.7), TEXT
    for _ in range(3):
        seen = len(site.log)
        command = [sys.executable, "-m", "tests.crawler.runner", str(tmp_path), "30", *entries(site, "/a", "/b")]
        running = subprocess.Popen(
            command, cwd=Path(__file__).parents[2], env={**environment(), "POLICYWATCH_MIN_GAP": "1.5"}
        )
        wait_for(lambda seen=seen: len([asked for asked in site.log[seen:] if asked.path == "/a"]) == 1)
        running.kill()
        running.wait()

    asked = [entry for entry in site.log if entry.path == "/robots.txt"] + site.asked("/b")
    firsts = [entry.at for entry in sorted(asked, key=lambda entry: entry.at)]
    pages = [entry.at for entry in site.asked("/a")]
    # robots.txt of the next process comes a gap after the page of the one before it, for all that it was killed.
    assert len(firsts) == len(pages) == 3
    assert min(later - earlier for earlier, later in zip(pages, firsts[1:], strict=False)) >= 1.3


def environment() -> dict[str, str]:
    import os

    return dict(os.environ)


def test_a_request_that_left_late_binds_those_after_it(someone: Seller) -> None:
    """A worker that was held up asks later than it reserved: the next one counts from when it really asked."""
    current = Round([], archive=someone.archive, settings=someone.settings, clock=lambda: someone.now)

    async def asked() -> tuple[Turn, Turn]:
        first = await current.hosts.turn("example.com", 10.0)
        someone.now += timedelta(seconds=6)
        await current.hosts.begins("example.com", first)
        return first, await current.hosts.turn("example.com", 10.0)

    first, then = asyncio.run(asked())
    current.close()

    assert then.at - first.at >= timedelta(seconds=15)


# --- a block ---


def test_a_block_makes_one_notice_to_the_owner(site: Site, someone: Seller) -> None:
    site["/a"], site["/b"] = ROBOT_CHECK, ROBOT_CHECK
    began = someone.now

    someone.looks_at(watched(site, "/a"), watched(site, "/b"))

    with someone.archive.read() as session:
        ((alert, notice),) = owner.listed(session)
    assert (alert.kind, alert.about, notice.state) == ("rest", "127.0.0.1", "due")
    assert alert.subject.startswith("127.0.0.1 asked us to stop: left alone until 2026-03-02")
    assert "robot check" in alert.detail
    assert timedelta() <= alert.created_at - began < timedelta(minutes=1)


def test_a_short_rest_is_no_news_for_the_owner(site: Site, someone: Seller) -> None:
    site["/a"] = Answer(503, "busy", headers={"Retry-After": "3600"})

    someone.looks_at(watched(site, "/a"))

    with someone.archive.read() as session:
        assert owner.listed(session) == []


# --- robots.txt, as the list of hosts tells it ---


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(body="User-agent: *\nDisallow: /x\n", kind="text/plain"), "rules read and kept"),
        (Answer(404), "no rules"),
        (Answer(500), "Not fetched: the site's robots.txt could not be read (the host answered 500)."),
    ],
)
def test_what_became_of_robots_txt_is_kept(site: Site, someone: Seller, answer: Answer, says: str) -> None:
    site["/robots.txt"], site["/a"] = answer, TEXT

    someone.looks_at(watched(site, "/a"))

    host = someone.host()
    assert host is not None
    assert in_words(host.robots) == says
    assert host.robots_at is not None


@pytest.mark.slow
def test_ctrl_c_gives_back_what_was_not_asked(site: Site, tmp_path: Path) -> None:
    site["/slow"], site["/next"] = Answer(after=60), TEXT
    running = started(tmp_path, *entries(site, "/slow", "/next"))
    wait_for(lambda: site.asked("/slow"))
    running.send_signal(signal.SIGINT)
    out, _ = running.communicate(timeout=60)

    someone = seller(tmp_path)
    assert all(json.loads(line)["outcome"] is None for line in out.splitlines())
    assert used(someone) == len(site.log) == 2
    someone.archive.close()
