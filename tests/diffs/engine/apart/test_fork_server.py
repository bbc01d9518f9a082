"""The server that makes a copy where our own process cannot be copied."""

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from diffs.engine.apart import fork_server
from diffs.engine.apart.fork_server import ForkServer, ServedCopy

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux only")


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with closing(ForkServer()) as started:
        yield started


def ended(copy: ServedCopy) -> int:
    with closing(copy):
        return copy.wait()


def test_a_copy_gets_what_it_is_sent_and_answers(server: ForkServer) -> None:
    with closing(server.copy("for line in sys.stdin: print(line.upper(), end='', flush=True)")) as copy:
        copy.stdin.write(b"fees\n")
        assert copy.stdout.read(100) == b"FEES\n"
        copy.stdin.close()

        assert copy.wait() == 0
        assert copy.wait() == 0


def test_a_copy_ends_with_its_own_exit_code(server: ForkServer, capfd: pytest.CaptureFixture[str]) -> None:
    assert ended(server.copy("raise SystemExit(7)")) == 7
    assert ended(server.copy("raise SystemExit('no')")) == 1
    assert ended(server.copy("1 // 0")) == 1
    assert ended(server.copy("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)")) < 0


def test_a_copy_that_never_ends_is_ended(server: ForkServer) -> None:
    with closing(server.copy("print('begun', flush=True)\nwhile True: pass")) as copy:
        assert copy.stdout.read(6) == b"begun\n"
        copy.kill()

        assert copy.wait() == -9
        copy.kill()  # has ended: nobody is


def test_copies_work_side_by_side_and_hold_nothing_of_each_other(server: ForkServer) -> None:
    with closing(server.copy("sys.stdin.read()")) as first, closing(server.copy("sys.stdin.read()")) as second:
        first.stdin.close()
        assert first.wait() == 0

        second.stdin.close()
        assert second.wait() == 0


def test_what_reading_needs_is_imported_once_for_all_copies(server: ForkServer) -> None:
    with closing(server.copy("print('lxml' in sys.modules and 'sqlmodel' in sys.modules)")) as copy:
        assert copy.stdout.read(100) == b"True\n"
        assert copy.wait() == 0


def test_a_server_without_work_ends_and_the_next_copy_is_made_by_another() -> None:
    with closing(ForkServer(idle=0.1)) as idle:
        assert idle._process.wait(timeout=60) == 0
        with pytest.raises(OSError):
            idle.copy("pass")

    first = fork_server.copy("pass")
    assert first is not None
    assert ended(first) == 0
    for server in fork_server._only():
        server._process.kill()
    second = fork_server.copy("raise SystemExit(3)")
    assert second is not None
    assert ended(second) == 3


def test_elsewhere_than_on_linux_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")

    assert fork_server.copy("pass") is None


def test_a_copy_works_in_our_folder_of_now(server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive may be named by a path from here."""
    monkeypatch.chdir(tmp_path)

    with closing(server.copy("print(os.getcwd())")) as copy:
        assert copy.stdout.read(1000).decode() == f"{tmp_path}\n"
        assert copy.wait() == 0
