"""What the archive knows of hosts: turns, rests and delays."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from diffs.database.archive import Archive, open_archive
from diffs.store import hosts

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = open_archive(f"sqlite:///{tmp_path / 'archive.db'}")
    yield opened
    opened.close()


def reserve(archive: Archive, at: datetime, gap: float = 10) -> float:
    """Seconds from NOW to the moment given."""
    with archive.begin() as session:
        moment = hosts.reserve(session, "example.com", now=at, gap=gap)
    assert moment is not None
    return (moment - NOW).total_seconds()


def test_turns_are_a_gap_apart(archive: Archive) -> None:
    assert [reserve(archive, NOW) for _ in range(3)] == [0, 10, 20]
    assert reserve(archive, NOW + timedelta(seconds=60)) == 60


def test_a_clock_that_was_set_back_does_not_hold_a_host_for_ever(archive: Archive) -> None:
    reserve(archive, NOW + timedelta(days=300))

    assert reserve(archive, NOW) == 0


def test_a_rest_is_made_longer_never_shorter(archive: Archive) -> None:
    with archive.begin() as session:
        hosts.rest(session, "example.com", now=NOW, until=NOW + timedelta(hours=24), reason="robot check")
        hosts.rest(session, "example.com", now=NOW, until=NOW + timedelta(hours=1), reason="busy")

        assert list(hosts.resting(session, now=NOW)) == ["example.com"]
        row = hosts.get(session, "example.com")
        assert row is not None
        assert (row.rest_until, row.rest_reason) == (NOW + timedelta(hours=24), "robot check")
        assert hosts.resting(session, now=NOW + timedelta(hours=24)) == {}


def test_a_rest_can_be_ended(archive: Archive) -> None:
    with archive.begin() as session:
        hosts.rest(session, "example.com", now=NOW, until=NOW + timedelta(hours=24), reason="robot check")
        hosts.wake(session, "example.com")
        hosts.wake(session, "unknown.example")

        assert hosts.resting(session, now=NOW) == {}


def test_a_crawl_delay_comes_and_goes(archive: Archive) -> None:
    with archive.begin() as session:
        hosts.slow_down(session, "example.com", crawl_delay=30.0)
        hosts.slow_down(session, "other.example", crawl_delay=5.0)
        hosts.slow_down(session, "other.example", crawl_delay=None)

        assert [(row.host, row.crawl_delay) for row in hosts.listed(session)] == [
            ("example.com", 30.0),
            ("other.example", None),
        ]


def test_requests_count_for_the_day_of_their_moment_and_end_with_the_budget(archive: Archive) -> None:
    almost = NOW.replace(hour=23, minute=59, second=55)
    with archive.begin() as session:
        moments = [hosts.reserve(session, "example.com", now=almost, gap=10, budget=2) for _ in range(4)]
        row = hosts.get(session, "example.com")

        assert row is not None
        assert [moment and (moment.day, moment.second) for moment in moments] == [(1, 55), (2, 5), (2, 15), None]
        assert (hosts.used_on(row, almost), hosts.used_on(row, NOW + timedelta(days=1))) == (0, 2)
        assert hosts.reserve(session, "example.com", now=NOW + timedelta(days=2), gap=10, budget=2) is not None


def test_a_request_that_was_not_made_is_given_back_once_and_for_its_own_day(archive: Archive) -> None:
    with archive.begin() as session:
        moment = hosts.reserve(session, "example.com", now=NOW, gap=10, budget=1)
        assert moment is not None
        hosts.give_back(session, "example.com", moment=moment - timedelta(days=1))
        assert hosts.reserve(session, "example.com", now=NOW, gap=10, budget=1) is None
        hosts.give_back(session, "example.com", moment=moment)

        assert hosts.reserve(session, "example.com", now=NOW, gap=10, budget=1) == NOW + timedelta(seconds=10)


def test_ten_workers_never_make_more_requests_than_the_budget(tmp_path: Path) -> None:
    def take(number: int) -> int:
        opened = open_archive(f"sqlite:///{tmp_path / 'archive.db'}")
        taken = 0
        for _ in range(5):
            with opened.begin() as session:
                at = NOW + timedelta(seconds=number)
                taken += hosts.reserve(session, "example.com", now=at, gap=1, budget=33) is not None
        opened.close()
        return taken

    open_archive(f"sqlite:///{tmp_path / 'archive.db'}").close()
    with ThreadPoolExecutor(10) as workers:
        assert sum(workers.map(take, range(10))) == 33


def test_a_host_is_switched_off_and_on(archive: Archive) -> None:
    with archive.begin() as session:
        hosts.switch_off(session, "example.com", at=NOW, reason="they asked us to")
        hosts.switch_off(session, "example.com", at=NOW + timedelta(days=1))
        row = hosts.get(session, "example.com")
        assert row is not None
        assert (row.off_since, row.off_reason) == (NOW, "they asked us to")
        assert hosts.switch_on(session, "example.com")
        assert not hosts.switch_on(session, "example.com")
        assert not hosts.switch_on(session, "unknown.example")
        assert (row.off_since, row.off_reason) == (None, "")


def test_the_owner_is_notified_once_per_rest(archive: Archive) -> None:
    def rests(at: datetime, hours: int, *, tell: bool) -> bool:
        with archive.begin() as session:
            until = at + timedelta(hours=hours)
            return hosts.rest(session, "example.com", now=at, until=until, reason="robot check", tell=tell)

    assert not rests(NOW, 1, tell=False)  # a busy host
    assert rests(NOW + timedelta(minutes=1), 24, tell=True)  # then a block, while it rests
    assert not rests(NOW + timedelta(minutes=2), 24, tell=True)  # another page, the same rest
    assert rests(NOW + timedelta(hours=30), 24, tell=True)  # the next rest
    with archive.begin() as session:
        hosts.wake(session, "example.com")
    assert rests(NOW + timedelta(hours=31), 24, tell=True)  # woken, and blocked again


def test_times_of_a_clock_that_was_ahead_are_pulled_back_and_nothing_is_owed_less(archive: Archive) -> None:
    ahead = NOW + timedelta(days=365)
    with archive.begin() as session:
        hosts.reserve(session, "example.com", now=ahead, gap=10, budget=2)
        hosts.rest(session, "example.com", now=ahead, until=ahead + timedelta(hours=24), reason="robot check")
        hosts.rest(session, "other.example", now=NOW, until=NOW + timedelta(days=300), reason="a slip")
        hosts.rest(session, "right.example", now=NOW, until=NOW + timedelta(days=7), reason="patience")

        assert hosts.pull_back(session, now=NOW) == 2
        ends = {name: row.rest_until for name, row in hosts.resting(session, now=NOW).items()}
        row = hosts.get(session, "example.com")

        assert ends["example.com"] == NOW + timedelta(hours=24)
        assert ends["other.example"] == ends["right.example"] == NOW + timedelta(days=7)
        assert row is not None
        assert hosts.used_on(row, NOW) == 1
        assert hosts.pull_back(session, now=NOW) == 0
