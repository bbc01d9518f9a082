"""Rows of the archive become the values that are reported."""

import os
import subprocess
from dataclasses import asdict
from datetime import date

from sqlmodel import col, update

from diffs.database.archive import Archive
from diffs.database.models import Body, Event
from diffs.engine import wording
from diffs.store import changes, versions
from diffs.values import Block, BlockKind, Comparison, Document, Fact
from notifier.changes import told_changes, unread
from notifier.outbox.worker import is_dead, this_process
from notifier.rendering.diff_html import diff_text
from notifier.values import VersionMark, record, stamp
from tests.notifier.vocabulary import (
    DAY,
    LATE_SHIPMENTS,
    NOON,
    NOTICE_PERIOD,
    paragraph,
    store_change,
    store_page,
    told,
)


def test_a_row_becomes_the_value_that_is_reported(archive: Archive) -> None:
    fact = Fact("duration", "30 days", "15 days", hunk=0)
    mark = {"seq": 1, "first_seen_at": "2026-11-01T00:00:00+00:00", "last_seen_at": None, "text_sha256": "ab"}
    with archive.begin() as session:
        page = store_page(session, title="Seller Agreement")
        store_change(
            session,
            page,
            facts=changes.as_json([fact]),
            targets=changes.as_json([LATE_SHIPMENTS]),
            from_version=mark,
            effective_on=date(2026, 12, 1),
        )
        store_change(session, page, "untold0001", told=False, reason="only moved")

    with archive.read() as session:
        (change,) = told_changes(session, now=NOON)
        assert [each.uid for each in told_changes(session, now=NOON, told=False)] == ["untold0001"]

    assert change.comparison == Comparison((NOTICE_PERIOD,))
    assert change.facts == (fact,)
    assert change.moves == (LATE_SHIPMENTS,)
    assert change.from_version == VersionMark(1, NOON.replace(day=1, hour=0), None, "ab")
    assert change.to_version is None
    assert (change.page, change.title, change.importance) == ("us-agreement", "Seller Agreement", "high")
    assert change.categories == ("agreement",)


def test_an_unworded_change_is_shown_with_words_and_stays_unworded(archive: Archive) -> None:
    with archive.begin() as session:
        store_change(session, store_page(session), headline=None, points=None)
    with archive.read() as session:
        (change,) = told_changes(session, now=NOON)
        assert change.headline
        assert len(changes.unworded(session)) == 1
    with archive.begin() as session:
        assert wording.word(session) == 1
    with archive.read() as session:
        assert told_changes(session, now=NOON)[0].headline == change.headline


def test_a_page_that_is_new_comes_with_its_text(archive: Archive) -> None:
    document = Document(
        "Agents",
        (
            paragraph("Agents may help sellers.", section=""),
            Block(BlockKind.HEADING, "Duties", "duties"),
            paragraph("Agents must identify themselves.", section="Duties"),
        ),
    )
    with archive.begin() as session:
        page = store_page(session)
        change = store_change(session, page, kind="appeared", hunks=[], headline="New page: Agents", points=[])
        stored = versions.add(
            session, page, document, snapshot_id=change.snapshot_id, seen_at=NOON, extractor="1", updated=""
        )
        session.flush()
        change.to_version_id = stored.id
        store_change(session, page, "neither", kind="appeared", hunks=[], headline="New page", points=[])

    with archive.read() as session:
        old, new = sorted(told_changes(session, now=NOON), key=lambda change: change.uid, reverse=True)
    assert "  + Agents may help sellers." in diff_text(new.comparison).splitlines()
    assert [len(hunk.after) for hunk in new.comparison.hunks] == [1, 2], "a place for each section"
    assert not old.comparison.hunks

    with archive.begin() as session:
        session.execute(update(Body).where(col(Body.sha256) == stored.document_sha256).values(data=b"damaged"))
    with archive.read() as session:
        assert not any(change.comparison.hunks for change in told_changes(session, now=NOON)), (
            "without the text the rest is told all the same"
        )


def test_an_unread_page_is_named_once_since_its_first_trouble(archive: Archive) -> None:
    def event(page_id: int | None, kind: str, days: int, *, over: bool = False) -> Event:
        began = NOON - days * DAY
        return Event(page_id=page_id, kind=kind, started_at=began, last_at=NOON, ended_at=NOON if over else None)

    with archive.begin() as session:
        fees, imported = store_page(session, "us-fees"), store_page(session, "old", watched=False)
        session.add_all([event(fees.id, "blocked", 2), event(fees.id, "stale", 5), event(fees.id, "flapping", 9)])
        session.add_all([event(fees.id, "unreadable", 8, over=True), event(imported.id, "stale", 7)])

    with archive.read() as session:
        assert [(page.page, page.kind, page.since) for page in unread(session)] == [
            ("us-fees", "stale", NOON - 5 * DAY)
        ]


def test_a_text_that_was_rejected_is_not_the_policy_read(archive: Archive) -> None:
    with archive.begin() as session:
        page = store_page(session, "us-fees")
        session.add(Event(page_id=page.id, kind="rejected", started_at=NOON, last_at=NOON))

    with archive.read() as session:
        assert unread(session) == ()
        assert [page.page for page in unread(session, rejected=True)] == ["us-fees"]


def test_a_record_has_what_the_command_line_promises() -> None:
    change = record(told(to_version=VersionMark(2, NOON, None, "ab"), facts=(Fact("percent", "4 %", "3 %"),)))

    promised = (
        "id, page, title, marketplace, category, url, kind, line, from_version, to_version, seen_at, decided_at, "
        "effective_on, significance, importance, told, reason, headline, points, facts, targets, story, back_to, worded_by"
    )
    assert list(change) == promised.split(", ")
    assert change["from_version"] is None
    assert change["to_version"] == {"seq": 2, "first_seen_at": stamp(NOON), "last_seen_at": None, "text_sha256": "ab"}
    assert list(change["facts"][0]) == ["kind", "before", "after", "sentence_before", "sentence_after", "section"]
    assert record(told(moves=(LATE_SHIPMENTS,)))["targets"] == [asdict(LATE_SHIPMENTS)]


def test_a_process_that_ended_is_known_to_be_dead() -> None:
    child = subprocess.Popen(["true"])
    child.wait()
    mine = this_process()

    assert not is_dead(mine)
    assert is_dead(mine.replace(f"/{os.getpid()}", f"/{child.pid}"))
    assert not is_dead("elsewhere/1")
    assert not is_dead(f"{mine}x")
    assert not is_dead(mine.rpartition("/")[0] + "/" + "9" * 40)
    assert len(mine) <= 80
