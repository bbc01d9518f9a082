"""The outbox: each notice is queued once, claimed once, and never lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert
from sqlmodel import Session, select

from diffs.database.archive import Archive
from diffs.database.models import Change, Notice, Page, Subscriber
from diffs.store import snapshots
from diffs.store.notices import outbox, owner, plan, queueing, subscribers
from diffs.store.notices.backlog import backlog, counts
from diffs.values import Capture

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def page(session: Session, key: str = "us-fees", **fields: Any) -> Page:
    made = Page(key=key, **{"marketplace": "US", "category": "fees", "created_at": NOON} | fields)
    session.add(made)
    session.flush()
    return made


def change(session: Session, of: Page, uid: str = "c1", **fields: Any) -> Change:
    capture = Capture(url="https://market.example", body=uid.encode(), fetched_by="http")
    look = snapshots.add(session, of, capture, observed_at=NOON, stored_at=NOON)
    known = {"told": True, "importance": "medium", "categories": ["fees"], "seen_at": NOON, "decided_at": NOON}
    made = Change(uid=uid, page_id=of.id, snapshot_id=look.id, **known | fields)
    session.add(made)
    return made


def reader(session: Session, address: str, *, confirmed: bool = True, **wishes: Any) -> Any:
    known = {"channel": "email", "cadence": "at_once"}
    return subscribers.add(session, address=address, now=NOON, confirmed=confirmed, **known | wishes)


def claim(session: Session, *, now: datetime = NOON, by: str = "me", **options: Any) -> outbox.Parcel | None:
    return outbox.claim(session, now=now, by=by, domain="x.example", channels=["email"], **options)


def test_a_change_is_queued_for_those_who_want_it(archive: Archive) -> None:
    with archive.begin() as session:
        reader(session, "all@example.org")
        reader(session, "germany@example.org", marketplaces=["DE"])
        reader(session, "pending@example.org", confirmed=False)
        subscribers.pause(reader(session, "paused@example.org"))
        fees = page(session)
        queued = queueing.queue(session, change(session, fees), fees, now=NOON)

    assert queued == 1
    with archive.read() as session:
        (notice,) = session.exec(select(Notice))
        assert (notice.state, notice.not_before, notice.message_id) == ("due", NOON, None)


@pytest.mark.parametrize("fields", [{"recorded": True}, {"told": False}])
def test_imported_history_and_what_is_not_reported_is_queued_for_nobody(
    archive: Archive, fields: dict[str, bool]
) -> None:
    with archive.begin() as session:
        reader(session, "all@example.org")
        fees = page(session)
        assert queueing.queue(session, change(session, fees, **fields), fees, now=NOON) == 0


def test_a_muted_page_is_queued_for_nobody(archive: Archive) -> None:
    with archive.begin() as session:
        reader(session, "all@example.org")
        fees = page(session, muted=True)
        assert queueing.queue(session, change(session, fees), fees, now=NOON) == 0


def test_queueing_twice_reports_once(archive: Archive) -> None:
    with archive.begin() as session:
        reader(session, "all@example.org")
        fees = page(session)
        told = change(session, fees)
        assert [queueing.queue(session, told, fees, now=NOON) for _ in range(2)] == [1, 0]


def test_a_change_that_is_rolled_back_leaves_no_notice(archive: Archive) -> None:
    with archive.begin() as session:
        reader(session, "all@example.org")
        fees = page(session)

    def crash() -> None:
        with archive.begin() as session:
            assert queueing.queue(session, change(session, fees), fees, now=NOON) == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        crash()
    with archive.read() as session:
        assert session.exec(select(Notice)).all() == []


def test_two_workers_never_get_the_same_message(archive: Archive) -> None:
    with archive.begin() as session:
        reader(session, "one@example.org")
        fees = page(session)
        queueing.queue(session, change(session, fees), fees, now=NOON)
    with archive.begin() as session:
        first = claim(session)
    with archive.begin() as session:
        second = claim(session, by="you")

    assert first is not None
    assert second is None


def test_what_comes_later_travels_in_a_later_message(archive: Archive) -> None:
    with archive.begin() as session:
        reader(session, "one@example.org")
        fees = page(session)
        queueing.queue(session, change(session, fees, "c1"), fees, now=NOON)
        first = claim(session)
        assert first is not None
        outbox.retry(session, first.message_id, not_before=NOON + HOUR, error="later")
        queueing.queue(session, change(session, fees, "c2"), fees, now=NOON)
        second = claim(session)
        again = claim(session, now=NOON + HOUR)

    assert second is not None
    assert again is not None
    assert again.message_id == first.message_id != second.message_id
    assert again.change_ids == first.change_ids != second.change_ids
    assert (again.attempts, second.attempts) == (2, 1)


def test_a_message_holds_no_more_than_its_limit(archive: Archive) -> None:
    with archive.begin() as session:
        reader(session, "one@example.org")
        fees = page(session)
        for number in range(5):
            queueing.queue(session, change(session, fees, f"c{number}"), fees, now=NOON)
        parcels = [claim(session, limit=3) for _ in range(3)]

    assert [len(parcel.change_ids) if parcel else 0 for parcel in parcels] == [3, 2, 0]


def test_who_stops_gets_nothing_of_what_was_due(archive: Archive) -> None:
    with archive.begin() as session:
        one = reader(session, "one@example.org")
        fees = page(session)
        queueing.queue(session, change(session, fees), fees, now=NOON)
        subscribers.stop(session, one, reason="unsubscribed")
        assert claim(session) is None
        assert counts(session) == {"dropped": 1}
        assert (one.state, one.stopped_reason) == ("stopped", "unsubscribed")


def test_who_pauses_gets_what_was_due_afterwards(archive: Archive) -> None:
    with archive.begin() as session:
        one = reader(session, "one@example.org")
        fees = page(session)
        queueing.queue(session, change(session, fees), fees, now=NOON)
        subscribers.pause(one)
        session.flush()
        assert claim(session) is None
        subscribers.confirm(one, now=NOON)
        session.flush()
        assert claim(session) is not None


def test_who_stopped_and_comes_back_confirms_again(archive: Archive) -> None:
    with archive.begin() as session:
        one = reader(session, "one@example.org")
        subscribers.stop(session, one, reason="unsubscribed")
        again = reader(session, "one@example.org", confirmed=False, cadence="weekly")

        assert again is one
        assert (again.state, again.confirmed_at, again.cadence) == ("pending", None, "weekly")
        assert again.key == one.key


def test_a_subscriber_can_be_forgotten(archive: Archive) -> None:
    with archive.begin() as session:
        one = reader(session, "one@example.org")
        fees = page(session)
        queueing.queue(session, change(session, fees), fees, now=NOON)
        subscribers.remove(session, one)
    with archive.read() as session:
        assert subscribers.listed(session) == []
        assert session.exec(select(Notice)).all() == []


def test_a_reader_chooses_wishes_and_nothing_else(archive: Archive) -> None:
    with archive.begin() as session:
        one = reader(session, "one@example.org")
        with pytest.raises(TypeError, match="does not choose 'state'"):
            subscribers.change_wishes(one, state="active")
        assert subscribers.by_key(session, one.key) is one
        assert subscribers.listed(session, state="stopped") == []


def test_ten_thousand_readers_are_queued_in_one_transaction(archive: Archive) -> None:
    columns = ("name", "pages", "marketplaces", "categories", "stopped_reason")
    empty = dict(zip(columns, ("", [], [], [], ""), strict=True))
    rows = [
        empty
        | {"channel": "email", "address": f"r{number}@example.org", "key": str(number), "state": "active"}
        | {"cadence": "daily", "time_zone": "UTC", "importance": "low", "heartbeat": False, "created_at": NOON}
        for number in range(10_000)
    ]
    with archive.begin() as session:
        session.connection().execute(insert(Subscriber), rows)
        fees = page(session)
        assert queueing.queue(session, change(session, fees), fees, now=NOON) == 10_000
    with archive.read() as session:
        left = backlog(session, now=NOON, channels=["email"])
        assert (left.due, left.later) == (0, 10_000)


def test_what_is_meant_for_an_owner_waits_for_nobody_where_there_is_none(archive: Archive) -> None:
    with archive.begin() as session:
        owner.note(session, kind="line", about="a.example", at=NOON, subject="A page", detail="Look at it.")
    with archive.read() as session:
        assert backlog(session, now=NOON, channels=["email"]).unsendable == 1
        assert backlog(session, now=NOON, channels=["email"], has_owner=False).unsendable == 0


def test_new_wishes_hold_for_what_waits(archive: Archive) -> None:
    with archive.begin() as session:
        one = reader(session, "one@example.org", cadence="weekly")
        fees, tax = page(session), page(session, "us-tax", category="tax")
        kept = change(session, fees)
        for about, of in ((kept, fees), (change(session, tax, "c2", categories=["tax"]), tax)):
            queueing.queue(session, about, of, now=NOON)
        assert claim(session) is None

        subscribers.change_wishes(one, cadence="at_once", categories=["fees"])
        queueing.fit(session, one, now=NOON)
        parcel = claim(session)

        assert parcel is not None
        assert parcel.change_ids == (kept.id,)
        assert counts(session) == {"dropped": 1, "sending": 1}


def test_new_wishes_leave_a_message_that_was_begun_as_it_was(archive: Archive) -> None:
    with archive.begin() as session:
        one = reader(session, "one@example.org")
        fees = page(session)
        queueing.queue(session, change(session, fees), fees, now=NOON)
        first = claim(session)
        assert first is not None
        outbox.retry(session, first.message_id, not_before=NOON + HOUR, error="later")
        subscribers.change_wishes(one, categories=["tax"], cadence="weekly")
        queueing.fit(session, one, now=NOON)
        again = claim(session, now=NOON + HOUR)

    assert again is not None
    assert (again.message_id, again.change_ids) == (first.message_id, first.change_ids)


def test_hours_that_a_wrong_clock_gave_are_given_anew(archive: Archive) -> None:
    years_ahead = NOON + timedelta(days=2000)
    with archive.begin() as session:
        for cadence in ("at_once", "weekly"):
            reader(session, f"{cadence}@example.org", cadence=cadence)
        fees = page(session)
        queueing.queue(session, change(session, fees), fees, now=years_ahead)
        planned = [getattr(one.to, "address", None) for one in plan.planned(session, now=NOON, channels=["email"])]
        assert claim(session) is None

        assert outbox.pull_back(session, now=NOON) == 2
        parcels = [claim(session), claim(session)]

        assert (
            [getattr(parcel.to, "address", None) for parcel in parcels if parcel] == ["at_once@example.org"] == planned
        )
        assert claim(session, now=NOON + timedelta(days=1)) is not None, "Monday"


def test_a_message_that_comes_back_is_parked_once(archive: Archive) -> None:
    with archive.begin() as session:
        one = reader(session, "one@example.org")
        fees = page(session)
        queueing.queue(session, change(session, fees), fees, now=NOON)
        parcel = claim(session)
        assert parcel is not None
        assert plan.returned(session, parcel.message_id, error="550") is None, "it is not sent yet"
        outbox.sent(session, parcel.message_id, now=NOON)

        found = [plan.returned(session, parcel.message_id, error="550") for _ in range(2)]

        assert found == [one, None]
        assert plan.returned(session, "<of.somebody@else>", error="550") is None
        (row,) = plan.listed(session, state="parked")
        assert (row.notice.error, row.page, row.subscriber) == ("550", "us-fees", one)


def test_a_report_from_before_a_reader_came_back_counts_no_more(archive: Archive) -> None:
    with archive.begin() as session:
        one = reader(session, "one@example.org")
        fees = page(session)
        queueing.queue(session, change(session, fees), fees, now=NOON)
        parcel = claim(session)
        assert parcel is not None
        outbox.sent(session, parcel.message_id, now=NOON)
        subscribers.stop(session, one, reason="gone")
        subscribers.add(session, channel="email", address="one@example.org", now=NOON + HOUR, confirmed=True)
        session.flush()

        assert plan.returned(session, parcel.message_id, error="550") is None


def test_parked_notices_go_again_by_message_or_all(archive: Archive) -> None:
    with archive.begin() as session:
        for name in ("one", "two"):
            reader(session, f"{name}@example.org")
        fees = page(session)
        for number in range(2):
            queueing.queue(session, change(session, fees, f"c{number}"), fees, now=NOON)
        ids = []
        while (parcel := claim(session)) is not None:
            ids.append(parcel.message_id)
            outbox.park(session, parcel.message_id, error="no")
        first = plan.listed(session, state="parked")[-1].notice.id

        assert plan.retry_parked(session, first, now=NOON) == 2, "what travelled together goes together"
        assert plan.retry_parked(session, first, now=NOON) == 0
        assert plan.retry_parked(session, now=NOON) == 2
        again = [claim(session), claim(session)]
        assert sorted(parcel.message_id for parcel in again if parcel) == sorted(ids)


def test_a_full_outbox_is_never_searched_from_end_to_end(archive: Archive) -> None:
    """With a million notices due, a claim that looks at all of them takes half a second; there are ten thousand."""
    said: list[tuple[str, Any]] = []

    @event.listens_for(archive._engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith(("SELECT", "UPDATE")):
            said.append((statement, parameters))

    with archive.begin() as session:
        reader(session, "one@example.org")
        fees = page(session)
        queueing.queue(session, change(session, fees), fees, now=NOON)
    said.clear()
    with archive.begin() as session:
        parcel = claim(session)
        assert parcel is not None
        outbox.sent(session, parcel.message_id, now=NOON)
    asked = [*said]

    with archive.read() as session:
        plans = [
            str(row[3])
            for statement, parameters in asked
            for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    assert not [step for step in plans if "SCAN" in step or "TEMP B-TREE" in step]
    by_hour = [step for step in plans if "notice_due" in step]
    assert len(by_hour) == 2, "only the next question and the next news are found by their hour"
    assert not [step for step in plans if "notice_message (message_id=?)" in step], "those without a message are all"
