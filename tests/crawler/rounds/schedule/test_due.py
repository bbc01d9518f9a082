"""Which pages are due."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crawler.rounds.schedule.due import NEVER, Watch, due, due_at, first_due

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = 86_400


def looked(hours_ago: float | None, key: str = "a", every: int = DAY, host: str = "example.com") -> Watch:
    return Watch(key, host, every, None if hours_ago is None else NOW - timedelta(hours=hours_ago))


def test_a_text_that_waits_for_its_second_check_is_due_at_once() -> None:
    assert due([Watch("a", "example.com", DAY, NOW, held=True)], now=NOW) == ["a"]


def test_a_page_that_a_machine_without_a_network_did_not_reach_is_tried_again_soon() -> None:
    watch = Watch("a", "example.com", DAY, NOW, unreached=True)

    assert due([watch], now=NOW + timedelta(minutes=29)) == []
    assert due([watch], now=NOW + timedelta(minutes=30)) == ["a"]


def test_a_page_never_checked_is_due_at_once() -> None:
    assert due([looked(None)], now=NOW) == ["a"]


def test_a_page_is_due_when_its_interval_has_passed() -> None:
    assert due([looked(23), looked(24, "b"), looked(25, "c")], now=NOW) == ["c", "b"]


def test_a_timer_that_fires_a_little_early_finds_its_page_due() -> None:
    assert due([looked(23.9)], now=NOW) == ["a"]


def test_the_page_that_waited_longest_comes_first() -> None:
    assert due([looked(30, "b"), looked(90, "c"), looked(None, "d")], now=NOW) == ["d", "c", "b"]


def test_jitter_brings_a_page_forward_never_back() -> None:
    assert due([looked(22)], now=NOW, jitter={"a": 1.0}) == ["a"]
    assert due([looked(22)], now=NOW, jitter={"a": 0.0}) == []


def test_pages_of_a_resting_host_wait_for_the_end_of_its_rest() -> None:
    watches = [looked(None), looked(None, "b", host="other.example")]

    assert due(watches, now=NOW, resting={"example.com": NOW + timedelta(hours=1)}) == ["b"]
    assert due(watches, now=NOW, resting={"example.com": NOW}) == ["a", "b"]


@given(st.floats(0, 1), st.integers(60, 366 * DAY))
def test_a_page_is_never_due_before_nine_tenths_less_the_tolerance_nor_after_its_interval(
    jitter: float, every: int
) -> None:
    moment = due_at(Watch("a", "example.com", every, NOW), jitter=jitter)

    assert moment is not None
    assert timedelta(seconds=every * 0.87) <= moment - NOW <= timedelta(seconds=every)


def test_the_first_due_page_is_the_one_whose_time_and_host_come_first() -> None:
    looked = Watch("a", "a.example", 3_600, NOW)
    resting = {"b.example": NOW + timedelta(minutes=10), "c.example": NEVER}

    assert first_due([looked, Watch("b", "b.example", 60, NOW)], resting=resting) == NOW + timedelta(minutes=10)
    assert first_due([looked]) == due_at(looked)
    assert first_due([looked, Watch("new", "d.example", 60)], resting=resting) == datetime.min.replace(tzinfo=UTC)
    assert first_due([Watch("c", "c.example", 60)], resting=resting) is None
    assert first_due([]) is None
