"""run, serve: the program that keeps running, as a real process on the loopback."""

import re
import signal
import socket
import sqlite3
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import pytest

from diffs.database.archive import open_archive
from diffs.errors import SettingsError
from notifier.settings import NotifierSettings
from policywatch.service.loop import Schedule
from policywatch.service.web_server import Serving
from tests.policywatch.commands.test_crawl import ROBOT_CHECK, watch
from tests.policywatch.program import Program, policy
from tests.site import Answer, Site

if TYPE_CHECKING:
    import subprocess

START = datetime(2026, 3, 2, 6, tzinfo=UTC)


@pytest.fixture
def program(tmp_path: Path, site: Site) -> Program:
    """A program that watches two pages of the site."""
    watch(tmp_path, site, "late", "fees")
    for name in ("late", "fees"):
        site[f"/{name}"] = late(4, name)
    settings = {
        "contact": "tests@example.com",
        "watchlists": "watchlist.toml",
        "allow_private_addresses": "true",
        "retries": "0",
        "smtp_url": "folder:mail",
        "owner": "owner@example.com",
    }
    return Program(tmp_path, settings)


def late(percent: int, name: str = "late") -> str:
    return policy(f"Keep your {name} rate under {percent}%.", title=name.title())


def wait_for(what: Any, seconds: float = 90) -> None:
    ends = monotonic() + seconds
    while not what():
        assert monotonic() < ends, "it did not happen in time"
        sleep(0.05)


@contextmanager
def running(program: Program, *arguments: str) -> Iterator[tuple["subprocess.Popen[bytes]", list[str]]]:
    """A process, and the lines it has printed so far. It is ended with the block, whatever happens there."""
    lines: list[str] = []
    with program.start("run", *arguments) as process:
        assert process.stdout is not None
        reader = threading.Thread(target=_collect, args=(process, lines), daemon=True)
        reader.start()
        try:
            yield process, lines
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            reader.join(10)


def _collect(process: "subprocess.Popen[bytes]", lines: list[str]) -> None:
    assert process.stdout is not None
    lines.extend(line.decode() for line in process.stdout)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(program: Program, site: Site, how: int) -> None:
    with running(program) as (process, lines):
        wait_for(lambda: any("Checked" in line for line in lines))
        process.send_signal(how)
        process.wait(60)

    assert process.returncode == 0
    assert any(
        re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC  Checked 2 pages: 2 read, 0 changes\.\n", line)
        for line in lines
    )
    assert "Everything fetched so far is saved" in lines[-1]
    assert program("verify").code == 0


@pytest.mark.slow
def test_a_signal_in_the_middle_of_a_round_does_not_wait_for_an_answer(program: Program, site: Site) -> None:
    site["/fees"] = Answer(after=60)
    program.settings["timeout"] = "60"
    with running(program) as (process, lines):
        wait_for(lambda: site.asked("/fees"))
        process.send_signal(signal.SIGTERM)
        process.wait(60)

    assert process.returncode == 0
    assert any("1 not checked (The crawl was stopped" in line for line in lines)
    assert program("show", "us-late").code == 0


@pytest.mark.slow
def test_kill_9_loses_nothing_and_the_next_one_goes_on(program: Program, site: Site) -> None:
    site["/fees"] = Answer(body=late(4, "fees"), after=60)
    program.settings["timeout"] = "60"
    with running(program) as (process, _):
        wait_for(lambda: site.asked("/fees") and program("show", "us-late").code == 0)
        process.kill()
    site["/fees"] = late(4, "fees")
    with running(program) as (process, lines):
        wait_for(lambda: any("Checked" in line for line in lines))
        process.send_signal(signal.SIGTERM)
        process.wait(60)

    assert any("Checked 1 page: 1 read" in line for line in lines)  # the other one is not due
    assert len(site.asked("/late")) == 1
    assert {page["outcome"] for page in program("health", "--json").objects} == {"ok"}
    assert program("verify").code == 0


def test_the_web_pages_are_served_beside_the_rounds(program: Program) -> None:
    with running(program, "--port", "0") as (process, lines):
        wait_for(lambda: any("Web pages and feeds" in line for line in lines))
        url = next(line for line in lines if "Web pages" in line).split()[-1]
        with urllib.request.urlopen(f"{url}healthz", timeout=20) as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGTERM)
        process.wait(60)

    assert url.startswith("http://127.0.0.1:")
    assert process.returncode == 0


def test_serve_alone_checks_nothing(program: Program, site: Site) -> None:
    program("crawl")
    asked = len(site.log)
    with program.start("serve", "--port", "0") as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline().decode()
            url = next(word for word in line.split() if word.startswith("http"))
            with urllib.request.urlopen(f"{url}feed.rss", timeout=20) as answer:
                assert b"<rss" in answer.read()
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
        finally:
            process.kill()

    assert process.returncode == 0
    assert len(site.log) == asked


def test_an_address_that_is_taken_or_wrong_is_reported(program: Program) -> None:
    program("note", "add", "--title", "Ship on time")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        busy = program("serve", "--port", taken.getsockname()[1])
    wrong = program("serve", "--host", "no.such.host.invalid")
    large = program("serve", "--port", "99999")

    assert (busy.code, wrong.code, large.code) == (3, 3, 2)
    assert "Nothing can be served at 127.0.0.1:" in busy.err
    assert "Choose another --host or --port." in wrong.err


def test_the_web_pages_of_an_address_in_brackets(archive: Any) -> None:
    try:
        with Serving(archive, NotifierSettings(), host="::1", port=0) as pages:
            assert pages.url.startswith("http://[::1]:")
    except SettingsError:
        pytest.skip("this machine has no IPv6")


# --- rounds, in this process ---


class Rounds:
    """A schedule whose clock moves on by a step after each round, and which ends after so many."""

    def __init__(self, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(program.folder)
        for name, value in program.settings.items():
            monkeypatch.setenv(f"POLICYWATCH_{name.upper()}", value)
        self.archive = open_archive(f"sqlite:///{program.database}")
        self.now, self.lines = START, list[str]()
        self.schedule = Schedule(self.archive, self.lines.append, threading.Event(), clock=lambda: self.now, tick=0)

    def go(self, *, step: timedelta = timedelta(hours=13), rounds: int = 1) -> list[str]:
        """Make rounds and return what was said in them."""
        said = len(self.lines)
        left = rounds

        def waits(_seconds: float) -> bool:
            nonlocal left
            left -= 1
            self.now += step
            if left <= 0:
                self.schedule.stop.set()
            return True

        self.schedule.stop.clear()
        self.schedule.stop.wait = waits  # type: ignore[method-assign, assignment]
        self.schedule.go_on()
        return self.lines[said:]


@pytest.fixture
def rounds(program: Program, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rounds]:
    made = Rounds(program, monkeypatch)
    yield made
    made.archive.close()


def test_a_change_is_seen_and_reported_by_mail(program: Program, rounds: Rounds, site: Site) -> None:
    program("subscribers", "add", "you@example.com", "--cadence", "at_once")
    rounds.go()
    site["/late"] = late(3)

    said = rounds.go()

    assert said == ["Checked 2 pages: 2 read, 1 change.", "1 message sent with 1 notice."]
    assert len(list((program.folder / "mail").glob("*.eml"))) == 1


def test_where_no_page_is_switched_on_it_says_so_once_and_goes_on(rounds: Rounds, site: Site) -> None:
    (Path.cwd() / "watchlist.toml").write_text("# nothing yet\n")

    said = rounds.go(rounds=3)

    assert len(said) == 1
    assert "Your watch-lists have no pages, so nothing is watched." in said[0]
    assert site.log == []


def test_it_watches_the_list_that_is_named(program: Program, rounds: Rounds, site: Site) -> None:
    site["/other"] = late(2)
    (program.folder / "other.toml").write_text(f'[[page]]\nkey = "other"\nurl = "{site.url("/other")}"\n')
    rounds.schedule.watchlists = [Path("other.toml")]

    assert rounds.go() == ["Checked 1 page: 1 read, 0 changes."]
    assert [asked.path for asked in site.pages_asked if asked.path != "/other"] == []


def test_what_comes_by_the_hour_alone_is_reported_too(program: Program, rounds: Rounds) -> None:
    """No notice waits: a heartbeat and the end of a rule are made when their hour comes."""
    program.now = START
    program("subscribers", "add", "quiet@example.com", "--heartbeat", "--importance", "high")
    program("note", "add", "--title", "A rule for today", "--until", "2026-03-02", "--importance", "low")
    rounds.go(step=timedelta(hours=2, minutes=1))

    said = rounds.go(step=timedelta(minutes=10), rounds=17 * 6)

    assert said.count("1 message sent with 1 notice.") == 1, "at 08:00, and not again"
    (mail,) = (program.folder / "mail").glob("*.eml")
    assert b"nothing changed on 2 pages" in mail.read_bytes()
    headlines = [change["headline"] for change in program("changes", "--json").objects]
    assert headlines[-1] == "Ended on 2026-03-02: A rule for today"


def test_nothing_due_is_said_once_with_the_time_of_the_next_check(rounds: Rounds) -> None:
    rounds.go(step=timedelta(minutes=1))

    assert rounds.go(step=timedelta(minutes=1), rounds=5) == [
        "Nothing is due; the next check is at 2026-03-02 17:45 UTC."
    ]


def test_a_quiet_program_says_only_what_happened(program: Program, rounds: Rounds, site: Site) -> None:
    program("subscribers", "add", "you@example.com", "--cadence", "at_once")
    rounds.schedule.quiet = True
    assert rounds.go(rounds=3) == []
    site["/late"] = late(3)

    assert rounds.go(step=timedelta(minutes=1), rounds=3) == [
        "Checked 2 pages: 2 read, 1 change.",
        "1 message sent with 1 notice.",
    ]


@pytest.mark.slow
def test_a_quiet_process_begins_and_ends_without_a_word(program: Program, site: Site) -> None:
    with running(program, "--quiet") as (process, lines):
        wait_for(lambda: site.asked("/fees") and site.asked("/late"))
        process.send_signal(signal.SIGTERM)
        process.wait(60)

    assert (process.returncode, lines) == (0, [])


def test_a_block_is_reported_to_the_owner(program: Program, rounds: Rounds, site: Site) -> None:
    site["/late"] = ROBOT_CHECK

    said = rounds.go(step=timedelta(minutes=1))

    assert "1 could not be read (1 robot_check)" in said[0]
    assert said[1] == "1 message sent to you, the owner."
    assert rounds.go(step=timedelta(minutes=1)) == ["Nothing is due; the next check is at 2026-03-03 06:00 UTC."]


def test_an_owner_who_cannot_be_reached_is_reported(
    program: Program, rounds: Rounds, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLICYWATCH_SMTP_URL", "")
    site["/late"] = ROBOT_CHECK

    assert rounds.go()[1].startswith("Not sent, stays due: owner to you: No mail server is set.")


def test_a_page_that_could_not_be_asked_is_tried_again_in_half_an_hour(
    rounds: Rounds, site: Site, program: Program
) -> None:
    text = (program.folder / "watchlist.toml").read_text()
    (program.folder / "watchlist.toml").write_text(
        text.replace('language = "en"', 'language = "en"\nfetch = "browser"', 1)
    )
    from crawler.fetchers.browser import fetcher

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fetcher, "find_chromium", lambda *_: "", raising=False)
        patch.setenv("POLICYWATCH_CHROMIUM", "/nowhere/chromium")
        first = rounds.go(step=timedelta(minutes=10))
        soon = rounds.go(step=timedelta(minutes=10))
        later = rounds.go(step=timedelta(minutes=10), rounds=2)

    assert "1 not checked" in first[0]
    assert soon == ["Nothing is due; the next check is at 2026-03-02 06:30 UTC."]
    assert any("1 not checked" in line for line in later)


def test_a_busy_archive_costs_one_round(program: Program, rounds: Rounds, site: Site) -> None:
    rounds.archive.close()
    rounds.archive = open_archive(f"sqlite:///{program.database}", busy_timeout_ms=50)
    rounds.schedule.archive = rounds.archive
    other = sqlite3.connect(program.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    busy = rounds.go(rounds=3)
    other.execute("ROLLBACK")
    other.close()

    assert len(busy) == 1 and "The archive cannot be used now; the next round tries again." in busy[0]
    assert rounds.go() == ["Checked 2 pages: 2 read, 0 changes."]


def test_a_fault_in_a_round_is_logged_and_the_next_one_comes(
    rounds: Rounds, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("policywatch.service.loop.run.crawl", lambda *_, **__: 1 / 0)
        said = rounds.go(step=timedelta())

    assert said == ["An internal error ended this round (ZeroDivisionError); the next one runs as planned."]
    assert "Traceback" in caplog.text
    assert rounds.go() == ["Checked 2 pages: 2 read, 0 changes."]


def test_the_stop_file_holds_the_rounds_not_the_notices(program: Program, rounds: Rounds, site: Site) -> None:
    program("subscribers", "add", "you@example.com", "--cadence", "at_once")
    rounds.go()
    site["/late"] = late(3)
    program.now = rounds.now
    program("crawl")
    program("stop")
    asked = len(site.log)

    said = rounds.go(rounds=3)

    assert "Crawling is stopped" in said[0]
    assert said[1] == "1 message sent with 1 notice."
    assert len(said) == 2
    assert len(site.log) == asked


def test_a_watch_list_broken_while_it_runs_is_said_and_mended(program: Program, rounds: Rounds, site: Site) -> None:
    good = (program.folder / "watchlist.toml").read_text()
    (program.folder / "watchlist.toml").write_text(good + '\n[[page]]\nkey = "x"\n')
    broken = rounds.go(rounds=2, step=timedelta(minutes=1))
    (program.folder / "watchlist.toml").write_text(good)

    assert "page x: `url` is missing." in broken[0]
    assert "Checked 2 pages" in broken[1]
    assert rounds.go() == ["Checked 2 pages: 2 read, 0 changes."] or rounds.lines


def test_a_page_taken_out_of_the_list_while_it_runs_is_fetched_no_more_and_said_once(
    program: Program, rounds: Rounds, site: Site
) -> None:
    rounds.go()
    watch(program.folder, site, "late")
    site.log.clear()

    said = rounds.go(rounds=3)

    gone = "No longer watched, as no watch-list has it: us-fees. The history stays."
    assert [line for line in said if "us-fees" in line] == [gone]
    assert site.asked("/late")
    assert not site.asked("/fees")
    assert [one["page"] for one in program("health", "--json").objects] == ["us-late"]


def test_a_broken_watch_list_takes_no_page_off(program: Program, rounds: Rounds) -> None:
    rounds.go()
    (program.folder / "watchlist.toml").write_text("[[page]\n")
    rounds.go()

    assert [one["page"] for one in program("health", "--json").objects] == ["us-fees", "us-late"]


def test_settings_of_no_use_are_said(rounds: Rounds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYWATCH_WATCHLISTS", "")

    assert rounds.go()[0].startswith("This round failed: No watch-list is set.")


def test_with_every_host_off_nothing_is_ever_due(rounds: Rounds, monkeypatch: pytest.MonkeyPatch, site: Site) -> None:
    monkeypatch.setenv("POLICYWATCH_HOSTS_OFF", "127.0.0.1")

    assert rounds.go(rounds=2) == ["Nothing is due: no page is switched on, or no host may be contacted."]
    assert site.log == []


def test_a_mail_server_that_is_down_is_said_and_the_notice_waits(program: Program, rounds: Rounds, site: Site) -> None:
    program("subscribers", "add", "you@example.com", "--cadence", "at_once")
    rounds.go()
    site["/late"] = late(3)
    (program.folder / "mail").write_text("in the way")

    said = rounds.go()

    assert said[1].startswith("Not sent, stays due: email to you@example.com")
    (program.folder / "mail").unlink()
    assert "1 message sent with 1 notice." in rounds.go()
