"""Ctrl-C, kill -9, two crawls at once, a full disk, a locked archive: what arrived is saved, the rest continues later."""

import json
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from sqlalchemy import event

from crawler.run import AnotherCrawl, crawl
from diffs.database.archive import open_archive
from diffs.errors import ArchiveFull, ArchiveLocked
from diffs.failures import Reason
from diffs.store import evidence
from diffs.values import Outcome
from diffs.wording.failures import in_full
from tests.crawler.looking import Seller, policy, seller, watched
from tests.site import Answer, Site

TEXT = policy("Keep your late shipment rate under 4%.")
ROOT = Path(__file__).resolve().parents[3]


def started(folder: Path, *entries: str, timeout: float = 60) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.crawler.runner", str(folder), str(timeout), *entries]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for(what: Any, seconds: float = 90) -> None:
    ends = monotonic() + seconds
    while not what():
        assert monotonic() < ends, "it did not happen in time"
        sleep(0.02)


def entries(site: Site, *paths: str) -> list[str]:
    return [f"{path.strip('/')}={site.url(path)}" for path in paths]


def test_ctrl_c_stores_what_was_fetched_and_does_not_wait_for_the_rest(site: Site, tmp_path: Path) -> None:
    site["/fast"], site["/slow"], site["/next"] = TEXT, Answer(after=60), TEXT
    running = started(tmp_path, *entries(site, "/fast", "/slow", "/next"))
    wait_for(lambda: site.asked("/slow"))

    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)

    told = {report["page"]: report for report in map(json.loads, out.splitlines())}
    someone = seller(tmp_path)
    assert running.returncode == 130, err
    assert told["fast"]["outcome"] == "ok"
    assert told["slow"]["outcome"] is None
    assert "was stopped" in told["slow"]["reason"]
    assert "was stopped" in told["next"]["reason"]
    assert "Traceback" not in err
    assert len(someone.snapshots_of("fast")) == 1
    assert someone.snapshots_of("slow") == []
    site["/slow"] = TEXT
    assert someone.looks_at(watched(site, "/slow"))["slow"].outcome is Outcome.OK
    someone.archive.close()


@pytest.mark.slow
def test_kill_9_loses_nothing_that_was_stored(site: Site, tmp_path: Path) -> None:
    paths = [f"/page-{number}" for number in range(30)]
    for path in paths:
        site[path] = Answer(body=policy(path), after=0.02)

    for stored in (3, 6, 9):
        running = started(tmp_path, *entries(site, *paths))
        seen = len(site.pages_asked)
        wait_for(lambda seen=seen, stored=stored: len(site.pages_asked) >= seen + stored)
        running.kill()
        running.communicate()
        someone = seller(tmp_path)
        with someone.archive.read() as session:
            assert evidence.verify(session).broken == ""
        someone.archive.close()

    someone = seller(tmp_path)
    reports = someone.looks_at(*(watched(site, path) for path in paths))
    assert {report.outcome for report in reports.values()} <= {Outcome.OK, Outcome.UNCHANGED}
    with someone.archive.read() as session:
        assert evidence.verify(session).broken == ""
    someone.archive.close()


@pytest.mark.slow
def test_a_second_crawl_on_one_archive_says_so_and_asks_nothing(site: Site, tmp_path: Path) -> None:
    site["/slow"] = Answer(body=TEXT, after=2)
    running = started(tmp_path, *entries(site, "/slow"))
    wait_for(lambda: site.asked("/slow"))
    someone = seller(tmp_path)

    with pytest.raises(AnotherCrawl, match="Another crawl is running"):
        someone.looks_at(watched(site, "/slow"))

    out, err = running.communicate(timeout=60)
    assert json.loads(out)["outcome"] == "ok", err
    assert len(site.asked("/slow")) == 1
    assert someone.looks_at(watched(site, "/slow"))["slow"].outcome in (Outcome.OK, Outcome.UNCHANGED)
    someone.archive.close()


@pytest.mark.slow
def test_of_two_crawls_started_at_once_one_works_and_every_page_is_asked_once(site: Site, tmp_path: Path) -> None:
    site["/slow"] = Answer(body=TEXT, after=3)
    seller(tmp_path).archive.close()

    both = [started(tmp_path, *entries(site, "/slow")) for _ in range(2)]
    ended = sorted((running.communicate(timeout=60)[0], running.returncode) for running in both)

    assert [code for _, code in ended] == [3, 0]
    assert "Another crawl is running on this archive" in ended[0][0]
    assert json.loads(ended[1][0])["outcome"] == "ok"
    assert len(site.asked("/slow")) == 1


def test_a_round_can_be_stopped_from_another_thread(site: Site, someone: Seller) -> None:
    from threading import Event

    site["/fast"], site["/slow"] = TEXT, Answer(after=60)
    stop = Event()

    def progress(*_: object) -> None:
        stop.set()

    reports = crawl(
        [watched(site, "/fast"), watched(site, "/slow")],
        archive=someone.archive,
        settings=someone.settings.model_copy(update={"timeout": 60.0}),
        clock=lambda: someone.now,
        progress=progress,
        stop=stop,
    )

    assert [report.outcome for report in reports] == [Outcome.OK, None]


def test_a_full_disk_ends_the_round_and_loses_nothing(site: Site, someone: Seller) -> None:
    site["/small"], site["/large"] = TEXT, Answer(body=noise(3_000_000))
    someone.looks_at(watched(site, "/small"))
    someone.archive.close()

    @event.listens_for(someone.archive._engine, "connect")
    def little_room(connection: Any, _: object) -> None:
        connection.execute("PRAGMA max_page_count=300")

    with pytest.raises(ArchiveFull, match="full") as error:
        someone.looks_at(watched(site, "/large"), watched(site, "/small"))

    event.remove(someone.archive._engine, "connect", little_room)
    someone.archive.close()
    assert "Make room" in in_full(error.value)
    assert len(someone.snapshots_of("small")) >= 1
    assert someone.looks_at(watched(site, "/small"))["small"].outcome in (Outcome.OK, Outcome.UNCHANGED)
    with someone.archive.read() as session:
        assert evidence.verify(session).broken == ""


def noise(size: int) -> bytes:
    """A page that cannot be packed."""
    import random

    return b"<html><body><p>" + random.Random(1).randbytes(size).hex().encode()[:size] + b"</p></body></html>"


def test_a_locked_archive_is_a_clear_error(site: Site, tmp_path: Path) -> None:
    site["/rate"] = TEXT
    someone = seller(tmp_path)
    someone.looks_at(watched(site, "/rate"))
    someone.archive.close()
    someone.archive = open_archive(f"sqlite:///{tmp_path / 'archive.db'}", busy_timeout_ms=100)
    other = sqlite3.connect(tmp_path / "archive.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(ArchiveLocked) as error:
        someone.looks_at(watched(site, "/rate"))
    assert error.value.failure
    assert error.value.failure.reason is Reason.ARCHIVE_LOCKED

    other.execute("ROLLBACK")
    other.close()
    assert someone.looks_at(watched(site, "/rate"))["rate"].outcome in (Outcome.OK, Outcome.UNCHANGED)
    someone.archive.close()
