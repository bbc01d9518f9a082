"""However the program is started and whatever the machine lacks: one sentence, the right exit code, no traceback."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from policywatch.terminal import streams
from tests.policywatch.program import ROOT, Program, policy, save

LOOKS = {
    "2026-01-05T08:00:00Z": policy("Keep your late shipment rate under 4% → or “else” 😀."),
    "2026-01-12T08:00:00Z": policy("Keep your late shipment rate under 3% → or “else” 😀."),
}
READING = [
    "changes",
    "changes --json",
    "show us-late",
    "diff us-late",
    "feed",
    "health",
    "targets",
    "changes --format csv",
]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    folder = tmp_path_factory.mktemp("home")
    save(folder / "saved", "us-late", LOOKS)
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("POLICYWATCH_")]:
            patch.delenv(name)
        program = Program(folder)
        assert program("import", "folder", "saved").code == 0
    return program


def shell(program: Program, script: str, **environment: str) -> tuple[int, str, str]:
    """How a script of the shell ends in which `$PW` is the program, and what it wrote."""
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=program.folder,
        env=os.environ | {"PW": f"{sys.executable} -m policywatch", "PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def child(program: Program, *arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """How Python ends with these arguments in the program's folder; `more` goes to the process as it is."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=program.folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | more.pop("environment", {}),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        **more,
    )


@pytest.mark.parametrize("command", ["changes --json", "show us-late", "feed", "--help", "doctor"])
def test_a_full_disk_below_the_output_is_one_sentence_and_3(program: Program, command: str) -> None:
    code, _, said = shell(program, f"$PW {command} > /dev/full")

    assert code == 3
    assert said == (
        "policywatch: The output cannot be written: No space left on device. "
        "Make room on the disk and run the same command again. Nothing that was stored is lost.\n"
    )


def test_a_limit_on_the_size_of_files_is_one_too(program: Program) -> None:
    # What measures this run would want room of its own.
    code, _, said = shell(program, "unset ${!COVERAGE_*}; ulimit -f 1; $PW subscribers add limit@example.com")

    assert (code, said.count("\n")) == (3, 1)
    assert said.startswith("policywatch: The archive cannot be used: disk I/O error. The disk could not be read")


@pytest.mark.slow
@pytest.mark.parametrize("command", ["changes", "changes --json", "diff us-late", "feed", "changes --format csv"])
def test_an_output_of_ascii_takes_every_letter(program: Program, command: str) -> None:
    code, out, said = shell(program, f"$PW {command}", PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")

    assert code == 0, said
    assert "Traceback" not in said
    if command == "changes --json":
        assert "“" in json.loads(out)["facts"][0]["sentence_after"]
    elif command == "feed":
        assert "→" in "".join(ET.fromstring(out.encode()).itertext())
    else:
        assert out.isascii()


@pytest.mark.slow
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["feed", "subscribers add a@example.com"])
def test_a_stream_that_is_closed_leads_nowhere(program: Program, command: str, closed: str) -> None:
    code, _, said = shell(program, f"$PW {command} {closed}")

    assert (code, said) == (0, "")
    assert program("verify").code == 0  # nothing was written into the archive that somebody was to read


@pytest.mark.parametrize("command", ["show us-late", "feed", "--help"])
def test_a_reader_may_leave(program: Program, command: str) -> None:
    code, out, said = shell(program, f"set -o pipefail; $PW {command} | head -1")

    assert (code, said) == (0, "")
    assert out.count("\n") == 1


def test_without_a_thread_nothing_is_asked_and_that_is_said(program: Program) -> None:
    """Stacks so large that the system has no room for a second one."""
    (program.folder / "mine.toml").write_text('[[page]]\nkey = "p"\nurl = "http://127.0.0.1:9/p"\ntitle = "P"\n')
    done = child(
        program,
        *("-m", "policywatch", "crawl", "--watchlist", "mine.toml"),
        environment={"POLICYWATCH_CONTACT": "me@example.com", "POLICYWATCH_ALLOW_PRIVATE_ADDRESSES": "true"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_STACK, (1 << 46, resource.RLIM_INFINITY)),
    )

    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("policywatch: The system refused to start another thread. Allow more processes")
    assert done.stderr.count("\n") == 1


def test_without_memory_it_is_memory_that_is_named(program: Program) -> None:
    code = """
import resource, sys
import policywatch.cli, policywatch.commands.changes, policywatch.terminal.output
from diffs.store import changes
def hungry(*_, **__):
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (32 << 20), resource.RLIM_INFINITY))
    return bytearray(1 << 30)
changes.listed = hungry
sys.argv = ["policywatch", "changes"]
policywatch.cli.main()
"""
    done = child(program, "-c", code)

    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "policywatch: There is not enough memory. Give it more memory, or end other programs, and run the same command "
        "again. Nothing that was stored is lost.\n"
    )


#: Ctrl-C at the moment when a module begins to load.
_STOPPED = """
import os, signal, sys
class Stop:
    def find_spec(self, name, path=None, target=None):
        if name == module:
            os.kill(os.getpid(), signal.SIGINT)
module = sys.argv[1]
sys.meta_path.insert(0, Stop())
sys.argv = ["policywatch", sys.argv[2]]
from policywatch.__main__ import main
main()
"""


@pytest.mark.parametrize(
    ("module", "verb"),
    [
        ("policywatch.cli", "changes"),
        ("typer", "changes"),
        ("policywatch.commands.changes", "changes"),
        ("sqlalchemy", "changes"),
        ("scrapy", "crawl"),
        ("crawler.rounds.reactor", "crawl"),
    ],
)
def test_ctrl_c_while_it_loads_leaves_no_traceback(program: Program, module: str, verb: str) -> None:
    (program.folder / "mine.toml").write_text('[[page]]\nkey = "p"\nurl = "http://127.0.0.1:9/p"\ntitle = "P"\n')
    settings = {
        "POLICYWATCH_CONTACT": "me@example.com",
        "POLICYWATCH_ALLOW_PRIVATE_ADDRESSES": "true",
        "POLICYWATCH_WATCHLISTS": "mine.toml",
    }
    done = child(program, "-c", _STOPPED, module, verb, environment=settings)

    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr in ("", "Stopped. Everything fetched so far is saved.\n")


def test_a_fault_of_our_own_is_no_trouble_of_the_machine() -> None:
    assert streams.machine_trouble(KeyError("x")) == ""
    assert streams.machine_trouble(RuntimeError("x")) == ""
    assert streams.machine_trouble(OSError(2, "No such file")) == ""


def test_a_file_and_the_system_are_distinguished(tmp_path: Path) -> None:
    assert streams.machine_trouble(OSError(13, "Permission denied", "a.csv")).startswith(
        "a.csv: Permission denied. Give"
    )
    assert streams.machine_trouble(OSError(24, "Too many open files")).startswith("The system refuses what the program")
