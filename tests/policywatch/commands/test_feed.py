"""feed: its entries, filters and formats, and what happens when it cannot be written."""

import json
import os
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import feedparser
import pytest

from diffs.database.archive import open_archive
from diffs.database.models import Event
from diffs.judging.subscriptions import Filter
from diffs.store.changes import marks
from notifier.changes import in_full, unknown
from tests.notifier.feed_rules import broken
from tests.notifier.feeds.test_calendar import read as read_calendar
from tests.notifier.vocabulary import DAY, NOON, store_change, store_page
from tests.policywatch.program import Program


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program on an archive with changes of two marketplaces and two importances, and a page that is blocked."""
    known = Program(tmp_path, now=NOON + DAY)
    known.database.parent.mkdir()
    archive = open_archive(f"sqlite:///{known.database}")
    with archive.begin() as session:
        us, de = store_page(session, "us-fees", category="fees"), store_page(session, "de-terms", marketplace="DE")
        store_change(session, us, "aaaaaa0001", headline="US low", importance="low", categories=["fees"])
        store_change(
            session, us, "aaaaaa0002", headline="US high", decided_at=NOON - DAY, effective_on=date(2027, 1, 1)
        )
        store_change(session, de, "aaaaaa0003", headline="DE high", decided_at=NOON + timedelta(hours=1))
        store_change(session, de, "aaaaaa0004", headline="never told", told=False)
        session.add(
            Event(page_id=us.id, kind="blocked", started_at=NOON - DAY, last_at=NOON, detail="robot_check: why")
        )
    archive.close()
    return known


def titles(program: Program, *options: str) -> list[str]:
    ended = program("feed", "--format", "json", *options)
    assert ended.code == 0, ended.err
    return [item["title"].rpartition("): ")[2] for item in json.loads(ended.out)["items"]]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], ["DE high", "US low", "US high"]),
        (["--page", "us-fees"], ["US low", "US high"]),
        (["--page", "us-fees", "--page", "de-terms"], ["DE high", "US low", "US high"]),
        (["--marketplace", "de"], ["DE high"]),
        (["--marketplace", "DE", "--marketplace", "US"], ["DE high", "US low", "US high"]),
        (["--category", "fees"], ["US low", "US high"]),
        (["--importance", "medium"], ["DE high", "US high"]),
        (["--marketplace", "US", "--category", "fees", "--importance", "high"], ["US high"]),
        (["--page", "us-fees", "--marketplace", "DE"], []),
        (["--limit", "1"], ["DE high"]),
    ],
)
def test_every_filter_and_combination(program: Program, options: list[str], expected: list[str]) -> None:
    assert titles(program, *options) == expected


def test_each_filter_makes_a_feed_of_its_own(program: Program) -> None:
    ids = {
        feedparser.parse(program("feed", "--format", "atom", *options).out).feed.id
        for options in ([], ["--category", "fees"], ["--marketplace", "US"], ["--importance", "high"], ["--health"])
    }

    assert len(ids) == 5


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
@pytest.mark.parametrize("options", [[], ["--health"]])
def test_what_is_written_is_valid_and_knows_where_it_will_be(program: Program, form: str, options: list[str]) -> None:
    address = f"https://policies.example/{form}"
    ended = program("feed", "--format", form, "-o", "feed.out", "--url", address, *options)
    data = (program.folder / "feed.out").read_bytes()

    assert ended.out == ("1 entry written to feed.out\n" if options else "3 changes written to feed.out\n")
    assert broken(form, data) == []
    assert address.encode() in data
    assert program("feed", "--format", form, "--url", address, *options).out.encode() == data


def test_the_health_feed_says_what_cannot_be_read(program: Program) -> None:
    (title,) = titles(program, "--health", "--page", "us-fees")

    assert title == "Title of us-fees (United States) cannot be read: the site asked us to stay away"
    assert titles(program, "--health", "--marketplace", "DE") == []


def test_a_calendar_of_effective_dates(program: Program) -> None:
    ended = program("feed", "--format", "ics", "-o", "dates.ics", "--limit", "1")
    _, (event,) = read_calendar((program.folder / "dates.ics").read_bytes())

    assert ended.out == "1 change written to dates.ics\n"
    assert (event["DTSTART"], event["SUMMARY"]) == ("20270101", "Takes effect: Title of us-fees (US): US high")
    assert program("feed", "--format", "ics", "--marketplace", "DE").out.count("BEGIN:VEVENT") == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--page", "us-fee"], "us-fees"),
        (["--marketplace", "ZZ"], "There is no marketplace 'ZZ' here."),
        (["--category", "fee"], "There is no category 'fee'."),
        (["--importance", "urgent"], "high, medium, low"),
        (["--url", "javascript:alert(1)"], "--url must be a web address"),
        (["--health", "--format", "ics"], "The health feed has no effective dates"),
        (["-o", "nowhere/feed.xml"], "nowhere/feed.xml cannot be written: No such file or directory."),
        (["-o", "."], ". cannot be written: Is a directory."),
    ],
)
def test_what_cannot_be_is_said(program: Program, options: list[str], words: str) -> None:
    ended = program("feed", *options)

    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err


def test_whoever_fetches_the_file_gets_a_whole_one(program: Program) -> None:
    published = program.folder / "published"
    published.mkdir()
    (published / "feed.xml").write_text("the old one")
    link = program.folder / "feed.xml"
    link.symlink_to(published / "feed.xml")
    with (published / "feed.xml").open() as reader:
        assert program("feed", "-o", "feed.xml").code == 0

        assert reader.read() == "the old one", "who reads it goes on reading the old one"
    assert link.is_symlink()
    assert (published / "feed.xml").read_text().startswith("<?xml")
    assert [file.name for file in published.iterdir()] == ["feed.xml"], "nothing half is left"


def test_a_feed_can_go_into_a_pipe(program: Program) -> None:
    pipe = program.folder / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    assert program("feed", "--limit", "1", "-o", "pipe").code == 0
    assert os.read(reading, 100_000).startswith(b"<?xml")
    os.close(reading)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_changes_pass_in_their_order_a_few_at_a_time(program: Program) -> None:
    archive = open_archive(f"sqlite:///{program.database}")
    with archive.read() as session:
        found, now = marks(session, Filter()), datetime(2026, 11, 23, tzinfo=UTC)
        assert [change.headline for change in in_full(session, found, now=now, batch=2)] == [
            "DE high",
            "US low",
            "US high",
        ]
        assert found[0].decided_at == datetime(2026, 11, 22, 13, tzinfo=UTC)
        assert marks(session, Filter(), limit=1) == found[:1]
        assert unknown(session, Filter(("us-fees",), ("us",), ("Fees", "agreement"))) == ""
        assert unknown(session, Filter(("US-FEES",))) == "There is no page 'US-FEES' here."
    archive.close()
