"""What all tests share: an archive of their own, no network but the loopback, and a report of what was skipped."""

import gc
import os
import signal
import socket
import sqlite3
import threading
from collections.abc import Callable, Generator, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from sqlalchemy import Engine, inspect

from diffs.database.archive import Archive, engine_for, open_archive
from diffs.database.migrations import run as migrations

if TYPE_CHECKING:
    from tests.notifier.conftest import MailServer
    from tests.site import Site

#: Set by every continuous integration service, and by `.ci/run`.
CI = os.environ.get("CI") == "true"

#: Markers of tests that need a part of the system; in CI it must be there.
SYSTEM_PARTS = ("chromium", "postgresql", "smtp")

#: Markers of what `make test` leaves to `make check`, the longest first.
LEFT_TO_CHECK = ("corpus", "slow")

#: Fixtures that take long to make, and the marker of each test that asks for one.
LONG_TO_MAKE = {"corpus": "corpus", "wheel": "slow"}

# No deadline: a busy machine is no bug. The same examples every time: who changes one thing sees what that did, and a
# red run of CI can be had again at home.
hypothesis.settings.register_profile("policywatch", deadline=None, derandomize=True)
# For an hour at home, with pages nobody has tried: `pytest tests/diffs/test_fuzz_steps.py --hypothesis-profile=long`.
hypothesis.settings.register_profile("long", deadline=None, derandomize=False, max_examples=20_000)
hypothesis.settings.load_profile("policywatch")


def pytest_configure() -> None:
    """Let Ctrl-C reach the programs that tests start: a shell's job in the background is told to ignore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that ask for what takes long to make, and begin with the longest files: so two cores end together."""
    for item in items:
        for fixture in LONG_TO_MAKE.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(LONG_TO_MAKE[fixture])
    ranks: dict[Path, int] = {}
    for item in items:
        rank = next((at for at, name in enumerate(LEFT_TO_CHECK) if item.get_closest_marker(name)), len(LEFT_TO_CHECK))
        ranks[item.path] = min(rank, ranks.get(item.path, rank))
    items.sort(key=lambda item: ranks[item.path])


def pytest_collection_finish() -> None:
    """Leave thousands of collected tests out of every later search for garbage."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test of a system part may be skipped at home, not in CI: there it would be a promise that nobody tried."""
    report = yield
    part = next((name for name in SYSTEM_PARTS if item.get_closest_marker(name)), "")
    if CI and part and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} needs {part}, which CI must provide: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def _loopback_only() -> Iterator[None]:
    """No test reaches out: a connection to anywhere but this machine is an error."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: tuple[str, int]) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and self.type & socket.SOCK_STREAM:
            assert _is_loopback(address[0]), f"a test tried to reach {address[0]}"
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the environment of whoever runs the tests nor a `policywatch.toml` lying about says anything."""
    for name in [name for name in os.environ if name.upper().startswith("POLICYWATCH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session", autouse=True)
def real_upgrade(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Engine, str], None]]:
    """The migrations themselves. They run once; every other new archive on SQLite begins as a copy of what they made.

    tests/diffs/database runs them each time, and so does every program in a process of its own.
    """
    made = sqlite3.connect(":memory:", check_same_thread=False)
    one_at_a_time = threading.Lock()
    upgrade = migrations.upgrade

    def copied(engine: Engine, revision: str = "head") -> None:
        with one_at_a_time:
            if engine.dialect.name != "sqlite" or revision != "head" or inspect(engine).get_table_names():
                upgrade(engine, revision)
                return
            with engine.connect() as connection:
                new = connection.connection.driver_connection
                assert isinstance(new, sqlite3.Connection)
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # raises where it is locked; a copy would wait for ever
                connection.exec_driver_sql("COMMIT")  # a copy begins outside of any transaction
                made.backup(new)

    first = engine_for(f"sqlite:///{tmp_path_factory.mktemp('tables') / 'policywatch.db'}")
    upgrade(first)
    with first.connect() as connection:
        tables = connection.connection.driver_connection
        assert isinstance(tables, sqlite3.Connection)
        tables.backup(made)
    first.dispose()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrations, "upgrade", copied)
        yield upgrade
    made.close()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An empty archive in a folder of its own."""
    archive = open_archive(f"sqlite:///{tmp_path / 'policywatch.db'}")
    yield archive
    archive.close()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the labelled histories and recorded pages, beside the clone; it is not part of the project."""
    folder = Path(__file__).parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("the labelled histories (../shared) are not here")
    return folder


@pytest.fixture(scope="session")
def corpus(shared: Path) -> Path:
    """The labelled histories. A test that asks for them is left to `make check`: they take minutes."""
    return shared / "corpus"


@pytest.fixture
def site() -> Iterator["Site"]:
    """A site on the loopback that answers as the test says."""
    from tests.site import Site  # its web server is loaded only where a test asks for it

    with Site() as running:
        yield running


@pytest.fixture
def mailbox() -> Iterator["MailServer"]:
    """A real SMTP server on the loopback."""
    from tests.notifier.conftest import MailServer, serve

    server = MailServer()
    running = serve(server)
    yield server
    running.stop()


from tests.postgres import postgres  # noqa: E402, F401 (a fixture for all)
