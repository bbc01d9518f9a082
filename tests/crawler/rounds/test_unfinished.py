"""A page that was stored before the process was killed is judged by the next crawl, without another request.

What it was killed for is set aside: it keeps neither its own page nor any other one from being read.
"""

import signal
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from threading import Event, Timer

import pytest

from crawler.rounds.unfinished import judge_left_over
from crawler.run import Interrupted, crawl
from crawler.sources import history
from diffs.engine.apart import copy, guard, helper
from diffs.engine.apart.helper import Helper
from diffs.engine.apart.process import Process, started
from diffs.errors import ArchiveError
from diffs.store import changes, observations, pages, snapshots
from diffs.values import Capture, Outcome
from tests.crawler.looking import Seller, policy, watched
from tests.diffs.engine.hindrances import endless
from tests.site import Answer, Site


def stored(someone: Seller, key: str, text: str) -> None:
    with someone.archive.begin() as session:
        page = pages.get(session, key)
        assert page is not None
        capture = Capture(url=page.url, status=200, body=text.encode(), fetched_by="http", language="en")
        snapshots.add(session, page, capture, observed_at=someone.now, stored_at=someone.now)


def rules_of(someone: Seller, key: str) -> list[str]:
    """By what rule each look at a page was judged, in order."""
    with someone.archive.read() as session:
        page = pages.get(session, key)
        assert page is not None
        return [observation.rule for observation, _ in observations.listed(session, page)]


def unjudged(someone: Seller) -> list[str]:
    with someone.archive.read() as session:
        return list(pages.with_unjudged(session))


@pytest.fixture
def short_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading one snapshot may compute for some three seconds only: a fresh process takes one to begin."""
    limited(monkeypatch, 3)


def limited(patch: pytest.MonkeyPatch, seconds: int) -> None:
    """Let reading one snapshot compute for so long."""
    patch.setattr(guard, "SECONDS", seconds)
    patch.setattr(guard, "SECONDS_PER_MB", 0)
    patch.setattr(guard, "LARGE", 0)  # no copy of a process with threads can be made, as these tests have


def test_what_was_stored_and_not_judged_is_judged_with_the_next_round(site: Site, someone: Seller) -> None:
    site["/a"], site["/b"] = policy("Keep your late shipment rate under 4%."), policy("Fees are 15%.")
    someone.looks_at(watched(site, "/a"), watched(site, "/b"))
    stored(someone, "a", policy("Keep your late shipment rate under 3%."))

    someone.looks_at(watched(site, "/b"))

    assert len(site.asked("/a")) == 1
    with someone.archive.read() as session:
        (change, _) = changes.listed(session)[0]
        page = pages.get(session, "a")
        assert page is not None
        last = observations.last(session, page)
    assert change.told
    assert last is not None and last[0].outcome == "ok"
    assert judge_left_over(someone.archive, confirm=False) == 0


def test_one_whose_bytes_are_lost_is_logged_and_left_and_the_next_is_judged(
    site: Site, someone: Seller, caplog: pytest.LogCaptureFixture
) -> None:
    site["/a"], site["/b"] = policy("Keep your late shipment rate under 4%."), policy("Fees are 15%.")
    someone.looks_at(watched(site, "/a"), watched(site, "/b"))
    stored(someone, "a", policy("Keep your late shipment rate under 3%."))
    stored(someone, "b", policy("Fees are 16%."))
    forget_the_bytes_of_the_last_look(someone, "a")

    assert judge_left_over(someone.archive, confirm=False) == 2

    assert "page a:" in caplog.text
    assert unjudged(someone) == ["a"]
    assert someone.looks_at(watched(site, "/a"))["a"].outcome is Outcome.ERROR


def forget_the_bytes_of_the_last_look(someone: Seller, key: str) -> None:
    body = someone.snapshots_of(key)[-1].body_sha256
    file = str(someone.archive.url).removeprefix("sqlite:///")
    with sqlite3.connect(file) as plain:
        plain.execute("DELETE FROM body WHERE sha256 = ?", (body,))
    plain.close()


def test_an_archive_that_is_not_there_any_more_is_no_matter_of_one_page(site: Site, someone: Seller) -> None:
    site["/a"] = policy("Keep your late shipment rate under 4%.")
    someone.looks_at(watched(site, "/a"))
    stored(someone, "a", policy("Keep your late shipment rate under 3%."))
    Path(str(someone.archive.url).removeprefix("sqlite:///")).unlink()

    with pytest.raises(ArchiveError):
        guard.judge(someone.archive, ["a"], confirm=False)


def test_a_process_that_ends_for_no_known_reason_leaves_the_page_unjudged(
    site: Site, someone: Seller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    site["/a"] = policy("Keep your late shipment rate under 4%.")
    someone.looks_at(watched(site, "/a"))
    stored(someone, "a", policy("Keep your late shipment rate under 3%."))

    with monkeypatch.context() as patch:
        patch.setattr(helper, "_MAIN", "raise SystemExit(7)")
        patch.setattr(copy, "may_be_made", lambda: False)
        assert judge_left_over(someone.archive, confirm=False) == 1
        report = someone.looks_at(watched(site, "/a"))["a"]

    assert "exit code 7" in caplog.text
    assert report.outcome is Outcome.ERROR
    assert "exit code 7" in report.reason
    assert someone.looks_at(watched(site, "/a"))["a"].outcome in (Outcome.OK, Outcome.UNCHANGED)
    assert unjudged(someone) == []


@pytest.mark.slow
@pytest.mark.usefixtures("short_of_time")
def test_what_a_crawl_died_of_is_set_aside_and_all_pages_are_read(site: Site, someone: Seller) -> None:
    site["/a"], site["/b"] = policy("Keep your late shipment rate under 4%."), policy("Fees are 15%.")
    someone.looks_at(watched(site, "/a"), watched(site, "/b"))
    stored(someone, "a", endless())
    site["/a"], site["/b"] = policy("Keep your late shipment rate under 3%."), policy("Fees are 16%.")

    reports = someone.looks_at(watched(site, "/a"), watched(site, "/b"))

    assert reports["a"].outcome is Outcome.OK
    assert reports["b"].outcome is Outcome.OK
    assert all(report.changes for report in reports.values())
    assert rules_of(someone, "a")[1] == "set-aside"
    assert unjudged(someone) == []


@pytest.mark.slow
@pytest.mark.usefixtures("short_of_time")
def test_an_import_sets_aside_what_a_former_import_died_of(someone: Seller) -> None:
    history.enter(someone.archive, history.declared("a", "a.csv", {}, "saved"), "saved", now=someone.now)
    stored(someone, "a", endless())
    done = history.Imported()
    look = history.RecordedLook(someone.now, policy("Fees are 15%.").encode(), "html")

    with Helper() as process:
        history.take_in(
            someone.archive, "a", iter([look]), set(), done, helper=process, source="saved", now=someone.now
        )

    assert done.looks == 1
    assert done.problems == []
    assert rules_of(someone, "a")[0] == "set-aside"
    assert len(rules_of(someone, "a")) == 2


@pytest.mark.usefixtures("short_of_time")
def test_an_import_sets_aside_a_text_that_never_ends_and_goes_on(someone: Seller) -> None:
    history.enter(someone.archive, history.declared("a", "a.csv", {}, "saved"), "saved", now=someone.now)
    done = history.Imported()
    texts = (policy("Fees are 15%."), endless(), policy("Fees are 16%."))
    looks = (
        history.RecordedLook(someone.now - timedelta(days=3 - day), text.encode(), "html")
        for day, text in enumerate(texts)
    )

    with Helper() as process:
        history.take_in(someone.archive, "a", looks, set(), done, helper=process, source="saved", now=someone.now)

    assert done.problems == []
    assert rules_of(someone, "a") == ["ok", "set-aside", "ok"]
    with someone.archive.read() as session:
        assert [change.told for change, _ in changes.listed(session) if change.kind == "edit"] == [True]


def test_a_text_is_read_by_a_copy_of_a_process_with_one_thread(someone: Seller) -> None:
    history.enter(someone.archive, history.declared("a", "a.csv", {}, "saved"), "saved", now=someone.now)
    stored(someone, "a", policy("Fees are 15%."))
    url = someone.archive.secret_url
    program = (
        "from diffs.database.archive import open_archive; from diffs.engine.apart import guard, helper; "
        "helper.started = lambda: 1 // 0; "
        f"archive = open_archive({url!r}); "
        "print(guard.judge(archive, ['a'], confirm=False).unjudged); archive.close()"
    )

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)

    assert (ran.stdout, ran.stderr) == ("{}\n", "")
    assert rules_of(someone, "a") == ["ok"]


def test_no_copy_is_made_while_a_connection_to_the_archive_is_open(someone: Seller) -> None:
    with someone.archive.read() as session:
        assert pages.get(session, "a") is None
        assert not someone.archive.let_go()

    assert someone.archive.let_go()


@pytest.mark.slow
@pytest.mark.usefixtures("short_of_time")
def test_a_page_that_still_brings_it_says_so_and_is_not_tried_again(
    site: Site, someone: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    site["/a"] = policy("Keep your late shipment rate under 4%.")
    someone.looks_at(watched(site, "/a"))
    stored(someone, "a", endless())
    site["/a"] = endless()

    first = someone.looks_at(watched(site, "/a"))["a"]
    monkeypatch.setattr(copy, "may_be_made", lambda: False)
    monkeypatch.setattr(helper, "_MAIN", "raise SystemExit(7)")  # nobody is asked to judge it
    second = someone.looks_at(watched(site, "/a"))["a"]

    for report in (first, second):
        assert report.outcome is Outcome.ERROR
        assert report.reason.startswith("Set aside: reading it took more than 3 seconds")
        assert "unreadable" in report.events
    assert rules_of(someone, "a")[1:] == ["set-aside"] * 3


@pytest.mark.slow
def test_it_is_read_again_when_the_page_is_read_by_other_rules(
    site: Site, someone: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    site["/a"] = Answer(status=404)
    someone.looks_at(watched(site, "/a"))
    site["/a"] = endless(400_000)
    stored(someone, "a", endless(400_000))
    with monkeypatch.context() as patch:
        limited(patch, 3)
        judge_left_over(someone.archive, confirm=False)
    assert rules_of(someone, "a")[1:] == ["set-aside"]

    report = someone.looks_at(watched(site, "/a", remove=["#nothing-of-this-name"]))["a"]

    assert "set-aside" not in rules_of(someone, "a")
    assert report.outcome in (Outcome.OK, Outcome.UNCHANGED)


@pytest.mark.slow
@pytest.mark.usefixtures("short_of_time")
def test_a_page_that_never_ends_keeps_the_crawl_that_meets_it_first_from_nothing(site: Site, someone: Seller) -> None:
    site["/a"], site["/b"] = policy("Keep your late shipment rate under 4%."), policy("Fees are 15%.")
    someone.looks_at(watched(site, "/a"), watched(site, "/b"))
    site["/a"], site["/b"] = endless(), policy("Fees are 16%.")

    reports = someone.looks_at(watched(site, "/a"), watched(site, "/b"))

    assert reports["a"].reason.startswith("Set aside: reading it took more than 3 seconds")
    assert len(reports["b"].changes) == 1
    site["/a"] = policy("Keep your late shipment rate under 3%.")
    assert len(someone.looks_at(watched(site, "/a"))["a"].changes) == 1


@pytest.mark.slow
def test_what_was_set_aside_is_tried_again_at_longer_and_longer_intervals(
    site: Site, someone: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    site["/a"] = endless(400_000)
    page = watched(site, "/a")
    with monkeypatch.context() as patch:
        limited(patch, 3)
        for _ in range(3):
            assert someone.looks_at(page)["a"].outcome is Outcome.ERROR

    assert someone.looks_at(page)["a"].outcome is Outcome.OK
    assert someone.looks_at(page)["a"].outcome is Outcome.UNCHANGED


def test_one_process_reads_all_pages_of_a_crawl(site: Site, someone: Seller, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Process] = []

    def counted(code: str) -> Process:
        begun.append(started(code))
        return begun[-1]

    monkeypatch.setattr(helper, "started", counted)
    monkeypatch.setattr(copy, "may_be_made", lambda: False)
    monkeypatch.setattr(guard, "LARGE", 0)
    for name in "ab":
        site[f"/{name}"] = policy(f"Keep your late shipment rate under 4%, says page {name}.")

    reports = someone.looks_at(watched(site, "/a"), watched(site, "/b"))

    assert [report.outcome for report in reports.values()] == [Outcome.OK, Outcome.OK]
    assert len(begun) == 1
    assert begun[0].wait() in (0, -signal.SIGKILL)  # ended with the crawl, by itself or by us
    someone.looks_at(watched(site, "/a"), watched(site, "/b"))
    assert len(begun) == 1  # the same bytes need no reading


def test_a_very_large_page_is_read_apart_and_whole(site: Site, someone: Seller) -> None:
    filling = f"<script>{'x' * 50_000}</script>"
    site["/a"] = policy("Keep your late shipment rate under 4%.", filling)
    someone.looks_at(watched(site, "/a"))
    site["/a"] = policy("Keep your late shipment rate under 3%.", filling)

    report = someone.looks_at(watched(site, "/a"))["a"]

    assert report.outcome is Outcome.OK
    assert len(report.changes) == 1


@pytest.mark.slow
def test_a_stop_ends_it_and_the_next_crawl_goes_on(site: Site, someone: Seller) -> None:
    site["/a"], site["/b"] = policy("Keep your late shipment rate under 4%."), policy("Fees are 15%.")
    someone.looks_at(watched(site, "/a"), watched(site, "/b"))
    stored(someone, "a", endless())
    stop = Event()
    timer = Timer(2, stop.set)  # when the page is being read, or before it: either way it is left for later
    timer.start()

    crawl(
        [watched(site, "/b")], archive=someone.archive, settings=someone.settings, clock=lambda: someone.now, stop=stop
    )

    timer.join()
    assert unjudged(someone) == ["a"]


@pytest.mark.slow
def test_a_page_of_a_stopped_crawl_says_so(site: Site, someone: Seller) -> None:
    site["/a"] = policy("Keep your late shipment rate under 4%.")
    someone.looks_at(watched(site, "/a"))
    stored(someone, "a", endless())

    apart = guard.judge(someone.archive, ["a"], confirm=False, stopped=lambda: True)

    assert apart.unjudged == {"a": "The crawl was stopped."}
    assert unjudged(someone) == ["a"]


def test_ctrl_c_while_left_overs_are_judged_ends_the_crawl_with_its_reports(
    site: Site, someone: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crawler import run

    def interrupted(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    site["/b"] = policy("Fees are 15%.")
    monkeypatch.setattr(run, "judge_left_over", interrupted)

    with pytest.raises(Interrupted) as ended:
        someone.looks_at(watched(site, "/b"))

    assert [report.outcome for report in ended.value.reports] == [Outcome.OK]
