"""Heartbeats: who hears, at the hour of their digest, that nothing changed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from diffs.database.archive import Archive
from diffs.database.models import Notice, Subscriber
from diffs.store.notices import heartbeats, outbox, queueing, subscribers
from tests.diffs.store.notices.test_outbox import change, claim, page, reader

SUNDAY_NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def beat(session: Session, *, now: datetime) -> list[str]:
    """Whom a run at this time makes a heartbeat for."""
    before = set(session.exec(select(Notice.id)))
    heartbeats.queue(session, now=now)
    query = select(Notice.id, Subscriber.address).join(Subscriber)
    return [address for number, address in session.exec(query) if number not in before]


@pytest.fixture
def one(archive: Archive) -> Any:
    with archive.begin() as session:
        reader(session, "quiet@example.org", cadence="daily")
        return reader(session, "one@example.org", cadence="daily", heartbeat=True)


def test_a_quiet_day_has_one_heartbeat(archive: Archive, one: Subscriber) -> None:
    with archive.begin() as session:
        assert beat(session, now=SUNDAY_NOON + timedelta(hours=1)) == [], "the first hour is still to come"
        assert beat(session, now=SUNDAY_NOON + DAY) == ["one@example.org"]
        assert beat(session, now=SUNDAY_NOON + DAY) == []
        parcel = claim(session, now=SUNDAY_NOON + DAY)
        assert parcel is not None
        assert (getattr(parcel.to, "address", None), parcel.change_ids) == ("one@example.org", ())
        outbox.sent(session, parcel.message_id, now=SUNDAY_NOON + DAY)
        assert beat(session, now=SUNDAY_NOON + DAY) == []
        assert beat(session, now=SUNDAY_NOON + 2 * DAY) == ["one@example.org"]


def test_missed_hours_are_not_made_up_for(archive: Archive, one: Subscriber) -> None:
    with archive.begin() as session:
        assert beat(session, now=SUNDAY_NOON + 9 * DAY) == ["one@example.org"]
        (notice,) = session.exec(select(Notice))
        assert notice.not_before == SUNDAY_NOON.replace(hour=8) + 9 * DAY
        assert notice.change_id is None


def test_who_gets_changes_needs_no_heartbeat(archive: Archive, one: Subscriber) -> None:
    later = SUNDAY_NOON + DAY
    with archive.begin() as session:
        fees = page(session)
        queueing.queue(session, change(session, fees), fees, now=SUNDAY_NOON)
        assert beat(session, now=later) == [], "the digest is due"
        parcel = claim(session, now=later)
        assert parcel is not None
        assert beat(session, now=later) == [], "it is on its way"
        outbox.retry(session, parcel.message_id, not_before=later + timedelta(hours=1), error="later")
        assert beat(session, now=later) == [], "it is tried again"
        claim(session, now=later + timedelta(hours=1))
        outbox.sent(session, parcel.message_id, now=later + timedelta(hours=1))
        assert beat(session, now=later + timedelta(hours=2)) == [], "it was sent"


def test_a_change_that_waits_for_the_next_hour_is_no_word_yet(archive: Archive, one: Subscriber) -> None:
    with archive.begin() as session:
        fees = page(session)
        queueing.queue(session, change(session, fees), fees, now=SUNDAY_NOON + DAY)  # for Tuesday, 08:00

        assert beat(session, now=SUNDAY_NOON + DAY) == ["one@example.org"]


def test_who_is_notified_at_once_hears_of_a_day_without_changes(archive: Archive) -> None:
    with archive.begin() as session:
        reader(session, "one@example.org", heartbeat=True)
        fees = page(session)
        queueing.queue(session, change(session, fees), fees, now=SUNDAY_NOON)
        parcel = claim(session)
        assert parcel is not None
        outbox.sent(session, parcel.message_id, now=SUNDAY_NOON)

        assert beat(session, now=SUNDAY_NOON + DAY) == [], "a change was told on Sunday"
        assert beat(session, now=SUNDAY_NOON + 2 * DAY) == ["one@example.org"]


def test_who_pauses_or_has_left_hears_nothing(archive: Archive, one: Subscriber) -> None:
    with archive.begin() as session:
        kept = session.get_one(Subscriber, one.id)
        subscribers.pause(kept)
        session.flush()
        assert beat(session, now=SUNDAY_NOON + DAY) == []
        subscribers.stop(session, kept, reason="unsubscribed")
        assert beat(session, now=SUNDAY_NOON + DAY) == []


def test_a_clock_that_was_years_ahead_silences_nobody(archive: Archive, one: Subscriber) -> None:
    with archive.begin() as session:
        assert beat(session, now=SUNDAY_NOON + 2000 * DAY) == ["one@example.org"]
        parcel = claim(session, now=SUNDAY_NOON + 2000 * DAY)
        assert parcel is not None
        outbox.sent(session, parcel.message_id, now=SUNDAY_NOON + 2000 * DAY)

        assert beat(session, now=SUNDAY_NOON + DAY) == ["one@example.org"]


def test_a_heartbeat_that_could_not_go_travels_with_the_changes(archive: Archive, one: Subscriber) -> None:
    with archive.begin() as session:
        assert beat(session, now=SUNDAY_NOON + DAY)
        fees = page(session)
        told = change(session, fees)
        queueing.queue(session, told, fees, now=SUNDAY_NOON + DAY)
        parcels = [claim(session, now=SUNDAY_NOON + 2 * DAY, limit=5) for _ in range(3)]

    mine = [parcel for parcel in parcels if parcel and getattr(parcel.to, "address", "").startswith("one@")]
    assert [parcel.change_ids for parcel in mine] == [(told.id,)]


def test_who_wants_no_heartbeat_any_more_gets_none(archive: Archive, one: Subscriber) -> None:
    with archive.begin() as session:
        assert beat(session, now=SUNDAY_NOON + DAY)
        kept = session.get_one(Subscriber, one.id)
        subscribers.change_wishes(kept, heartbeat=False)
        queueing.fit(session, kept, now=SUNDAY_NOON + DAY)

        assert claim(session, now=SUNDAY_NOON + 2 * DAY) is None
