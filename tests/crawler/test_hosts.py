"""What the archive knows of hosts: turns, rests and delays."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from diffs.database import Archive, open_archive
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
        return (hosts.reserve(session, "example.com", now=at, gap=gap) - NOW).total_seconds()


def test_turns_are_a_gap_apart(archive: Archive) -> None:
    assert [reserve(archive, NOW) for _ in range(3)] == [0, 10, 20]
    assert reserve(archive, NOW + timedelta(seconds=60)) == 60


def test_a_clock_that_was_set_back_does_not_hold_a_host_for_ever(archive: Archive) -> None:
    reserve(archive, NOW + timedelta(days=300))

    assert reserve(archive, NOW) == 0


def test_a_rest_is_made_longer_never_shorter(archive: Archive) -> None:
    with archive.begin() as session:
        hosts.rest(session, "example.com", until=NOW + timedelta(hours=24), reason="robot check")
        hosts.rest(session, "example.com", until=NOW + timedelta(hours=1), reason="busy")

        assert list(hosts.resting(session, now=NOW)) == ["example.com"]
        row = hosts.get(session, "example.com")
        assert row is not None
        assert (row.rest_until, row.rest_reason) == (NOW + timedelta(hours=24), "robot check")
        assert hosts.resting(session, now=NOW + timedelta(hours=24)) == {}


def test_a_rest_can_be_ended(archive: Archive) -> None:
    with archive.begin() as session:
        hosts.rest(session, "example.com", until=NOW + timedelta(hours=24), reason="robot check")
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
