"""Which subscriber wants a change, and when their notice is due."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffs.judging.subscriptions import CADENCES, Filter, Topic, due_at, last_slot, wants

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)  # a Sunday
FEES = Topic("us-fees", "US", ("fees", "fba"), "medium")


def test_no_filter_wants_everything() -> None:
    assert wants(Filter(), FEES)


@pytest.mark.parametrize(
    ("chosen", "wanted"),
    [
        (Filter(pages=("us-fees",)), True),
        (Filter(pages=("us-agreement",)), False),
        (Filter(marketplaces=("us",)), True),
        (Filter(marketplaces=("DE", "UK")), False),
        (Filter(categories=("FBA ",)), True),
        (Filter(categories=("appeals",)), False),
        (Filter(importance="medium"), True),
        (Filter(importance="high"), False),
        (Filter(pages=("us-fees",), marketplaces=("DE",)), False),
    ],
)
def test_every_filter_that_is_set_must_fit(chosen: Filter, wanted: bool) -> None:
    assert wants(chosen, FEES) is wanted


def test_a_page_for_several_marketplaces_meets_each_of_them() -> None:
    assert wants(Filter(marketplaces=("DE",)), Topic("eu", "UK,DE,FR"))


def test_an_importance_nobody_knows_is_reported() -> None:
    assert wants(Filter(importance="high"), Topic("p", importance="grave"))


def test_at_once_is_now() -> None:
    assert due_at("at_once", "Asia/Tokyo", NOON) == NOON
    assert due_at("whenever", "UTC", NOON) == NOON


def test_a_daily_digest_is_due_at_eight_where_the_reader_is() -> None:
    assert due_at("daily", "Asia/Tokyo", NOON) == datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    assert due_at("daily", "UTC", NOON) == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert due_at("daily", "UTC", NOON.replace(hour=8)) == NOON.replace(hour=8)


def test_a_weekly_digest_is_due_on_monday() -> None:
    assert due_at("weekly", "America/Los_Angeles", NOON) == datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    assert due_at("weekly", "UTC", NOON + timedelta(days=1)) == datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


def test_eight_stays_eight_when_the_clocks_change() -> None:
    before_summer_time_ends = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)

    assert due_at("daily", "Europe/Berlin", before_summer_time_ends) == datetime(2026, 10, 25, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Nowhere/Atlantis", "", "../etc/passwd", "America", "x" * 300])
def test_an_unknown_time_zone_is_utc(zone: str) -> None:
    assert due_at("daily", zone, NOON) == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@given(
    st.sampled_from(CADENCES),
    st.sampled_from(["UTC", "Asia/Kolkata", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"]),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 (zone given)
)
def test_a_slot_is_never_past_and_never_further_than_its_cadence(cadence: str, zone: str, now: datetime) -> None:
    slot = due_at(cadence, zone, now)

    longest = {"at_once": timedelta(0), "daily": timedelta(hours=26), "weekly": timedelta(days=7, hours=2)}
    assert now <= slot <= now + longest[cadence]
    assert cadence == "at_once" or slot.astimezone(ZoneInfo(zone)).hour == 8
    assert due_at(cadence, zone, slot) == slot


def test_the_last_slot_is_that_of_the_readers_wall_clock() -> None:
    after_summer_time_ended = datetime(2026, 10, 25, 12, 0, tzinfo=UTC)  # a Sunday

    assert last_slot("daily", "Europe/Berlin", after_summer_time_ended) == datetime(2026, 10, 25, 7, 0, tzinfo=UTC)
    assert last_slot("weekly", "Europe/Berlin", after_summer_time_ended) == datetime(2026, 10, 19, 6, 0, tzinfo=UTC)
    assert last_slot("at_once", "UTC", NOON) == NOON.replace(hour=8)
    assert last_slot("daily", "UTC", NOON.replace(hour=8)) == NOON.replace(hour=8)
    assert last_slot("daily", "UTC", NOON.replace(hour=7)) == NOON.replace(hour=8) - timedelta(days=1)


@given(
    st.sampled_from(["daily", "weekly"]),
    st.sampled_from(["UTC", "Asia/Kolkata", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"]),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 (zone given)
)
def test_the_last_slot_is_one_and_no_other_lies_between(cadence: str, zone: str, now: datetime) -> None:
    slot = last_slot(cadence, zone, now)

    assert slot <= now
    assert due_at(cadence, zone, slot) == slot
    assert due_at(cadence, zone, slot + timedelta(microseconds=1)) > now or slot == now
