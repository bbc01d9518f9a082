"""Two archives of one user are one guest, whatever the clock says."""

import asyncio
import logging
import stat
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.addresses import is_loopback
from crawler.rounds.archive_thread import ArchiveThread
from crawler.rounds.hosts import Hosts
from crawler.rounds.user_hosts import UserHosts, since_start
from crawler.settings import CrawlSettings
from diffs.database.archive import open_archive
from diffs.failures import Reason

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOST = "market.example"


class Machine:
    """A machine whose clock can be set, and whose ticks cannot."""

    def __init__(self, file: Path) -> None:
        self.file, self.now, self.boot, self.ticks = file, NOON, "first", 1_000.0

    def passes(self, seconds: float) -> None:
        self.now, self.ticks = self.now + timedelta(seconds=seconds), self.ticks + seconds

    def starts_again(self) -> None:
        self.boot, self.ticks = self.boot + "+", 5.0

    def asks(self, *, gap: float = 10.0, budget: int | None = None) -> float | None:
        """How many seconds an archive of its own has to wait; None where no request is left."""
        moment = UserHosts(self.file, ticks=lambda: (self.boot, self.ticks)).reserve(
            HOST, now=self.now, after=self.now, gap=gap, budget=budget
        )
        return (moment - self.now).total_seconds() if moment else None


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "state" / "policywatch" / "hosts.json")


def test_the_gap_holds_between_two_archives(machine: Machine) -> None:
    assert machine.asks() == 0
    assert machine.asks() == 10
    machine.passes(4)
    assert machine.asks() == 16
    machine.passes(60)
    assert machine.asks() == 0


@pytest.mark.parametrize("change", [timedelta(hours=-2), timedelta(days=-400), timedelta(hours=2), timedelta(days=2)])
def test_a_clock_that_was_set_shortens_no_gap(machine: Machine, change: timedelta) -> None:
    machine.asks()
    machine.passes(3)
    machine.now += change

    assert machine.asks() == 7


def test_after_a_new_start_the_clock_is_believed_except_where_it_was_ahead(machine: Machine) -> None:
    machine.asks()
    machine.passes(3)
    machine.starts_again()
    assert machine.asks() == 7

    machine.passes(60)
    machine.starts_again()
    machine.now -= timedelta(days=1)
    assert machine.asks() == 10


def test_the_requests_of_a_day_are_those_of_all_archives(machine: Machine) -> None:
    given = [machine.asks(gap=0, budget=3) for _ in range(5)]
    machine.passes(86_400)

    assert given == [0, 0, 0, None, None]
    assert machine.asks(gap=0, budget=3) == 0


def test_a_clock_put_forward_and_back_grants_no_second_day(machine: Machine) -> None:
    for change in (0, 1, -1, -3, 30, 0):
        machine.now += timedelta(days=change)
        machine.passes(60)
        while machine.asks(gap=0, budget=3) is not None:
            machine.passes(60)
            assert change == 0, "only the first day has requests"

    machine.passes(86_400)
    assert machine.asks(gap=0, budget=3) == 0, "a day that did pass has its own"


def test_a_clock_put_back_before_a_new_start_grants_none_either(machine: Machine) -> None:
    while machine.asks(gap=0, budget=3) is not None:
        machine.passes(1)
    machine.starts_again()
    machine.now -= timedelta(days=2)

    assert machine.asks(gap=0, budget=3) is None


def test_what_is_given_back_or_belongs_to_a_page_is_counted_right(machine: Machine) -> None:
    hosts = UserHosts(machine.file, ticks=lambda: (machine.boot, machine.ticks))
    hosts.give_back(HOST)
    hosts.asked(HOST, now=machine.now)
    assert machine.asks(budget=3) == 0
    assert hosts.count(HOST, now=machine.now, budget=2)
    assert not hosts.count(HOST, now=machine.now, budget=2)
    hosts.give_back(HOST)
    assert hosts.count(HOST, now=machine.now, budget=2)
    machine.passes(20)
    hosts.asked(HOST, now=machine.now)

    assert machine.asks(budget=3) == 10


@given(st.lists(st.tuples(st.floats(0, 40), st.integers(-3, 3), st.booleans()), max_size=30))
def test_no_two_requests_are_nearer_than_the_gap_and_no_day_has_more(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[float, int, bool]]
) -> None:
    machine = Machine(tmp_path_factory.mktemp("state") / "hosts.json")
    asked: list[float] = []
    for seconds, days, _ in steps:
        machine.passes(seconds)
        machine.now += timedelta(days=days)
        wait = machine.asks(budget=5)
        if wait is not None:
            asked.append(machine.ticks + wait)

    assert all(later - earlier >= 10 - 1e-6 for earlier, later in pairwise(asked))
    assert len(asked) <= 5, "all of it lasts less than half an hour"


def test_the_file_is_the_users_alone(machine: Machine) -> None:
    machine.asks()

    assert stat.S_IMODE(machine.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(machine.file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("starts_again", [False, True])
def test_a_host_that_nobody_asked_for_a_week_is_forgotten(machine: Machine, starts_again: bool) -> None:
    other = UserHosts(machine.file, ticks=lambda: (machine.boot, machine.ticks))
    machine.asks()
    for _ in range(9):
        assert HOST in machine.file.read_text()
        if starts_again:
            machine.starts_again()
        machine.passes(86_400)
        other.reserve("other.example", now=machine.now, after=machine.now, gap=10, budget=None)

    assert HOST not in machine.file.read_text()


def test_a_day_that_passed_is_over_though_the_clock_was_set_in_between(machine: Machine) -> None:
    while machine.asks(gap=0, budget=3) is not None:
        machine.passes(1)
    machine.passes(86_401)
    machine.now -= timedelta(days=300)

    assert machine.asks(gap=0, budget=3) == 0


@pytest.mark.parametrize("text", ["", "{", "[]", '{"market.example": 3}', '{"market.example": {"at": 1}}'])
def test_a_damaged_file_is_begun_anew(machine: Machine, text: str) -> None:
    machine.file.parent.mkdir(parents=True)
    machine.file.write_text(text)

    assert machine.asks() == 0
    assert machine.asks() == 10


def test_where_the_file_cannot_be_used_each_archive_is_alone_and_the_log_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    hosts = UserHosts(tmp_path / "file" / "hosts.json")
    with caplog.at_level(logging.WARNING):
        found = [hosts.reserve(HOST, now=NOON, after=NOON, gap=10, budget=1) for _ in range(3)]

    assert found == [NOON] * 3
    assert len(caplog.records) == 1


def test_a_system_that_does_not_say_when_it_started_is_believed_by_its_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    boot, ticks = since_start()
    monkeypatch.setattr("crawler.rounds.user_hosts._BOOT", Path("nowhere"))

    assert ticks > 0
    assert since_start()[0] == "" != boot


def test_many_processes_at_once_get_a_moment_each(machine: Machine) -> None:
    found: list[float | None] = []
    threads = [threading.Thread(target=lambda: found.append(machine.asks())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(wait for wait in found if wait is not None) == [10.0 * number for number in range(8)]


# --- through the archive ---


def of_archive(folder: Path, name: str, now: Callable[[], datetime], **settings: object) -> Hosts:
    given = CrawlSettings.model_validate({"contact": "x@example.com", "requests_per_day": 3, **settings})
    opened = open_archive(f"sqlite:///{folder / name}.db")
    return Hosts(opened, ArchiveThread(), given, clock=now, now=now)


def moments(*hosts: Hosts) -> list[float | str]:
    made: list[float | str] = []
    for one in hosts:
        turn = asyncio.run(one.turn(HOST, 10.0))
        made.append(str(turn.refused.reason) if turn.refused else (turn.at - NOON).total_seconds())
    return made


def test_two_archives_keep_one_gap_and_one_budget(tmp_path: Path) -> None:
    a, b = (of_archive(tmp_path, name, lambda: NOON) for name in "ab")

    taken = moments(a, b, a, b, a)
    turn = asyncio.run(of_archive(tmp_path, "c", lambda: NOON).turn("other.example", 10.0))

    assert [round(at) for at in taken[:3] if isinstance(at, float)] == [0, 10, 20]
    assert taken[3:] == [Reason.BUDGET_USED] * 2
    assert turn.refused is None
    assert asyncio.run(b.part(HOST)) is not None


def test_a_request_that_is_not_made_is_given_back_for_all(tmp_path: Path) -> None:
    a, b = (of_archive(tmp_path, name, lambda: NOON) for name in "ab")
    turns = [asyncio.run(a.turn(HOST, 10.0)) for _ in range(3)]
    asyncio.run(a.give_back(HOST, turns[-1]))

    assert asyncio.run(b.turn(HOST, 10.0)).refused is None
    assert asyncio.run(b.turn(HOST, 10.0)).refused is not None


def test_what_an_archive_refuses_is_not_counted_for_the_others(tmp_path: Path) -> None:
    a, b = (of_archive(tmp_path, name, lambda: NOON, requests_per_day=number) for name, number in (("a", 1), ("b", 2)))
    alone = of_archive(tmp_path, "a", lambda: NOON, requests_per_day=1, share_host_times=False)
    assert moments(alone)[0] == 0

    assert moments(a, a, b, b, b) == [Reason.BUDGET_USED] * 2 + [0, 10, Reason.BUDGET_USED]


def test_each_archive_counts_its_own_where_the_setting_says_so(tmp_path: Path) -> None:
    a, b = (of_archive(tmp_path, name, lambda: NOON, share_host_times=False) for name in "ab")

    assert moments(a, b) == [0, 0]
    assert not is_loopback(HOST)


def test_a_user_without_a_home_counts_in_each_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.delenv("XDG_STATE_HOME")
    assert CrawlSettings().user_hosts == Path.home() / ".local/state/policywatch/hosts.json"
    monkeypatch.setattr(Path, "home", homeless)
    assert CrawlSettings().user_hosts is None
