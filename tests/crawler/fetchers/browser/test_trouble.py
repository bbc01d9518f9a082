"""Chromium missing, broken, crashing, hanging or out of memory: the crawl goes on, and each page says what happened."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.fetchers.browser import processes
from diffs.values import Outcome
from tests.crawler.fetchers.browser.test_fetcher import ARTICLE, needs_browser
from tests.crawler.fetchers.browser.test_parts import FILL, page
from tests.crawler.looking import Seller, policy, said, watched
from tests.site import Answer, Asked, Site

TEXT = policy("Keep your late shipment rate under 4%.")


def program(folder: Path, script: str) -> str:
    path = folder / "chromium"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@needs_browser
def test_a_program_that_is_no_browser_is_reported_and_nothing_is_fetched(
    site: Site, someone: Seller, tmp_path: Path
) -> None:
    site["/a"], site["/b"], site["/plain"] = TEXT, TEXT, TEXT
    wrong = program(tmp_path, "echo 'this is no browser' >&2; exit 3")

    reports = someone.looks_at(
        watched(site, "/a", fetch="browser"),
        watched(site, "/b", fetch="browser"),
        watched(site, "/plain"),
        chromium=wrong,
    )

    for key in ("a", "b"):
        assert reports[key].outcome is None
        assert "The browser could not be started" in reports[key].reason
        assert "the setting chromium" in reports[key].reason
        assert site.asked(f"/{key}") == []
    assert reports["plain"].outcome is Outcome.OK


@pytest.mark.slow
@pytest.mark.chromium
@needs_browser
class TestInChromium:
    @pytest.fixture(autouse=True)
    def _nothing_is_left_behind(self) -> "object":
        yield
        assert list(processes.browsers(os.getpid())) == []

    def test_a_browser_that_is_killed_is_started_again_and_its_page_is_read(
        self, site: Site, other_site: Site, someone: Seller
    ) -> None:
        def killed_once(asked: Asked) -> Answer:
            if len(site.asked("/article")) == 1:
                assert processes.end_larger(os.getpid(), 0) > 1
            return Answer(body=ARTICLE)

        site["/first"], site["/article"], site["/last"] = page(FILL), killed_once, TEXT
        other_site["/plain"] = TEXT

        reports = someone.looks_at(
            watched(site, "/first", fetch="browser", select="#full-help-page"),
            watched(site, "/last", fetch="browser"),
            watched(other_site, "/plain"),
        )

        lost, read = someone.snapshots_of("first")
        assert {report.outcome for report in reports.values()} == {Outcome.OK}
        assert "the browser quit while loading the page" in said(lost).lower()
        assert read.status == 200

    def test_a_page_that_kills_the_browser_every_time_is_given_up_and_the_others_are_read(
        self, site: Site, someone: Seller
    ) -> None:
        def deadly(_: Asked) -> Answer:
            processes.end_larger(os.getpid(), 0)
            return Answer(body=ARTICLE)

        site["/bad"], site["/article"], site["/good"] = page(FILL), deadly, TEXT

        reports = someone.looks_at(
            watched(site, "/bad", fetch="browser", select="#full-help-page"), watched(site, "/good", fetch="browser")
        )

        assert len(site.asked("/bad")) == 2
        assert reports["bad"].outcome is Outcome.ERROR
        assert "the browser quit" in reports["bad"].reason.lower()
        assert reports["good"].outcome is Outcome.OK

    def test_a_browser_that_ends_again_and_again_is_not_started_any_more(
        self, site: Site, someone: Seller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def deadly(_: Asked) -> Answer:
            processes.end_larger(os.getpid(), 0)
            return Answer(body=ARTICLE)

        monkeypatch.setattr("crawler.fetchers.browser.handler.STARTS", 1)
        site["/bad"], site["/article"], site["/next"] = page(FILL), deadly, TEXT

        reports = someone.looks_at(
            watched(site, "/bad", fetch="browser", select="#full-help-page"), watched(site, "/next", fetch="browser")
        )

        assert "not started again" in reports["next"].reason
        assert site.asked("/next") == []

    def test_a_page_that_swallows_memory_is_ended_and_the_others_are_read(
        self, site: Site, other_site: Site, someone: Seller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("crawler.fetchers.browser.handler.ROOM", 320 * 1024 * 1024)
        largest = 0

        def peak(_: Asked) -> Answer:
            nonlocal largest
            largest = max([largest, *map(processes.resident, processes.browsers(os.getpid()))])
            return Answer(body="go on")

        site["/bad"] = page(
            "const all = []; setInterval(() => { const b = new Uint8Array(8e6); b.fill(1); all.push(b); fetch('/peak'); }, 20)"
        )
        site["/peak"], site["/good"], other_site["/good"] = peak, TEXT, TEXT

        reports = someone.looks_at(
            watched(site, "/bad", fetch="browser", select="#full-help-page"),
            watched(site, "/good", key="same-site", fetch="browser"),
            watched(other_site, "/good", key="other-site", fetch="browser"),
        )

        assert "may need more than 320 MB of memory" in said(someone.snapshots_of("bad")[0])
        assert len(site.asked("/bad")) == 1
        assert reports["same-site"].outcome is Outcome.OK
        assert reports["other-site"].outcome is Outcome.OK
        assert largest < 700 * 1024 * 1024

    def test_a_script_that_never_ends_does_not_keep_the_others(
        self, site: Site, someone: Seller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("crawler.fetchers.browser.fetcher.PATIENCE", 1.0)
        site["/bad"], site["/good"] = page("while (true) {}"), TEXT

        reports = someone.looks_at(
            watched(site, "/bad", fetch="browser"), watched(site, "/good", fetch="browser"), timeout=9.0
        )

        assert "did not finish loading in the browser within 10 seconds" in said(someone.snapshots_of("bad")[0])
        assert reports["good"].outcome is Outcome.OK

    def test_hosts_that_do_not_answer_keep_no_place_from_the_others(
        self, site: Site, other_site: Site, someone: Seller
    ) -> None:
        with Site("127.0.0.3") as third:
            site["/slow"] = third["/slow"] = Answer(after=60)
            other_site["/good"] = TEXT

            someone.looks_at(
                watched(site, "/slow", key="slow", fetch="browser"),
                watched(third, "/slow", key="slow-too", fetch="browser"),
                watched(other_site, "/good", fetch="browser"),
                timeout=15.0,
            )

        assert someone.told[0][0].page == "good"

    def test_a_page_that_grows_without_end_is_too_large(
        self, site: Site, someone: Seller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        site["/bad"], site["/good"] = page(f"show('{'word ' * 100}'.repeat(1000))"), TEXT

        reports = someone.looks_at(
            watched(site, "/bad", fetch="browser", select="#full-help-page"),
            watched(site, "/good", fetch="browser"),
            max_body=100_000,
        )

        assert "too large (setting max_body)" in said(someone.snapshots_of("bad")[0])
        assert reports["good"].outcome is Outcome.OK

    def test_what_is_no_page_is_taken_as_received(self, site: Site, someone: Seller) -> None:
        site["/paper"] = Answer(body=b"%PDF-1.7 " + bytes(1000), kind="application/pdf")
        site["/notes"] = Answer(body="# Policy\n\n" + "Sellers ship in time.\n" * 60, kind="text/markdown")

        reports = someone.looks_at(watched(site, "/paper", fetch="browser"), watched(site, "/notes", fetch="browser"))

        assert reports["paper"].outcome is Outcome.ERROR
        assert someone.snapshots_of("paper")[0].media_type == "other"
        assert someone.snapshots_of("notes")[0].media_type == "markdown"

    def test_a_round_that_is_stopped_ends_the_browser(self, site: Site, someone: Seller) -> None:
        from threading import Event

        from crawler.run import crawl

        stop = Event()

        def stopping(_: Asked) -> Answer:
            stop.set()
            return Answer(after=60)

        site["/slow"], site["/article"], site["/next"] = page(FILL), stopping, TEXT

        reports = crawl(
            [watched(site, "/slow", fetch="browser"), watched(site, "/next", fetch="browser")],
            archive=someone.archive,
            settings=someone.settings.model_copy(update={"timeout": 60.0}),
            clock=lambda: someone.now,
            stop=stop,
        )

        assert [report.outcome for report in reports] == [None, None]
        assert "was stopped" in reports[0].reason


def test_a_process_that_has_ended_holds_nothing_and_has_no_browser_below_it() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()", "--headless"], stdin=subprocess.PIPE) as running:
        (seen,) = processes.browsers(os.getpid())
        assert processes.resident(seen) > 0
        assert processes.end_larger(os.getpid(), 10**12) == 0
        assert processes.end_larger(os.getpid(), 0) == 1
        running.wait()

    assert processes.resident(seen) == 0
    assert list(processes.browsers(running.pid)) == []
