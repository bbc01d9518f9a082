"""What all tests share: an archive each, no network but the loopback, and a report of what was skipped."""

import os
import signal
import socket
from collections.abc import Generator, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from diffs.database.archive import Archive, open_archive

if TYPE_CHECKING:
    from tests.notifier.conftest import MailServer
    from tests.site import Site

#: Set by every continuous integration service, and by `.ci/run`.
CI = os.environ.get("CI") == "true"

#: Markers of tests that need a part of the system; in CI it must be there.
SYSTEM_PARTS = ("chromium", "postgresql", "smtp")

# No deadline: a busy machine is no bug. In CI the same examples every time: a red run can be had again at home.
hypothesis.settings.register_profile("policywatch", deadline=None, derandomize=CI)
hypothesis.settings.load_profile("policywatch")


def pytest_configure() -> None:
    """Let Ctrl-C reach the programs that tests start: a shell's job in the background is told to ignore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


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
    monkeypatch.chdir(tmp_path)


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
