"""A clock that was ahead, or a date to come, silences nothing."""

from datetime import timedelta
from pathlib import Path

from crawler.rounds.selection import due_pages
from crawler.sources.folder import import_folder
from diffs.store import evidence, observations
from tests.crawler.looking import Seller, policy, watched
from tests.site import Answer, Site

BEFORE, AFTER = (policy(f"Keep your late shipment rate under {percent}%.") for percent in (4, 3))


def told(someone: Seller, site: Site) -> tuple[int, ...]:
    return someone.looks_at(watched(site, "/rate"), confirm=True)["rate"].changes


def test_a_change_is_reported_though_the_clock_was_ahead_at_the_check_before(site: Site, someone: Seller) -> None:
    start = someone.now
    site["/rate"] = BEFORE
    someone.now = start + timedelta(days=365)
    told(someone, site)
    with someone.archive.read() as session:
        assert observations.ahead(session, now=start) == ["rate"]

    someone.now, site["/rate"] = start, AFTER
    (change,) = told(someone, site)

    assert change
    with someone.archive.read() as session:
        assert observations.ahead(session, now=start) == []
        assert evidence.verify(session).broken == "", "the rows themselves stay as they were written"
    assert someone.snapshots_of("rate")[0].observed_at == start + timedelta(days=365)


def test_a_page_is_due_though_its_last_check_is_dated_ahead(site: Site, someone: Seller) -> None:
    start, page = someone.now, watched(site, "/rate")
    site["/rate"] = BEFORE
    someone.now = start + timedelta(days=365)
    someone.looks_at(page)

    assert due_pages([page], someone.archive, now=start, settings=someone.settings) == [page]


def test_a_text_whose_second_check_was_cut_off_is_due_at_once(site: Site, someone: Seller) -> None:
    page = watched(site, "/rate")
    site["/rate"] = BEFORE
    someone.looks_at(page, confirm=True)
    site["/rate"] = [AFTER, Answer(after=60)]
    someone.looks_at(page, confirm=True, requests_per_day=2)  # robots.txt and the first look
    moment = someone.now - timedelta(days=1) + timedelta(minutes=1)

    assert due_pages([page], someone.archive, now=moment) == [page]


def test_a_saved_page_dated_in_the_future_is_named_and_skipped(tmp_path: Path, someone: Seller) -> None:
    folder = tmp_path / "in" / "rate"
    folder.mkdir(parents=True)
    (folder / "20260101T000000Z.html").write_text(BEFORE)
    (folder / "20270101T000000Z.html").write_text(AFTER)

    done = import_folder(someone.archive, tmp_path / "in", now=someone.now)

    assert (done.pages, done.looks) == (1, 1)
    (problem,) = done.problems
    assert "20270101T000000Z.html" in problem
    assert "is in the future; it is skipped" in problem
