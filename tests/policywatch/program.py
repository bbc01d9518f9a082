"""The whole program from outside: what a user types, what is printed, how it ends.

    program = Program(tmp_path)
    ended = program("changes", "--all", "--json")       # in this process, through `main`
    assert ended.code == 0
    ended.objects                                       # the JSON lines
    program.process("crawl")                            # `python -m policywatch` in a process of its own

A program has a folder of its own with its archive, its policywatch.toml and what it writes.
"""

import csv
import fcntl
import io
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from diffs.database.archive import open_archive
from policywatch import context
from policywatch.cli import Later, main
from tests.policywatch import seed

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """What was printed as JSON, one object a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def table(self) -> list[dict[str, str]]:
        """What was printed as lines of tab-separated cells under a header."""
        return list(csv.DictReader(io.StringIO(self.out), dialect="excel-tab", quoting=csv.QUOTE_NONE))


@dataclass
class Program:
    """policywatch in a folder, with settings (names without POLICYWATCH_) and, where a test sets one, a clock (UTC)."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    now: datetime | None = None

    @property
    def database(self) -> Path:
        return self.folder / "policywatch-data" / "policywatch.db"

    def begin(self) -> "Program":
        """Make the archive, as the first crawl does: whoever only reads makes none."""
        with self.at_home():
            open_archive(context.archive_settings().url).close()
        return self

    def __call__(self, *arguments: object, stdin: bytes = b"") -> Ended:
        """Run a command in this process."""
        out, err = _stream(), _stream()
        with self.at_home() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.setattr(sys, "argv", ["policywatch", *map(str, arguments)])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
            code = _exit_code()
        return Ended(code, _written(out), _written(err))

    @contextmanager
    def at_home(self) -> Iterator[pytest.MonkeyPatch]:
        """In the program's folder, with its settings and its clock."""
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            for name, value in self.settings.items():
                patch.setenv(f"POLICYWATCH_{name.upper()}", value)
            if self.now is not None:
                patch.setattr(context, "now", lambda: self.now)
            yield patch

    def process(self, *arguments: object, stdin: bytes = b"") -> Ended:
        """Run a command in a process of its own and wait for its end."""
        with self.start(*arguments) as running:
            out, err = running.communicate(stdin, timeout=120)
        return Ended(running.returncode, out.decode(), err.decode())

    def terminal(self, *arguments: object, columns: int = 80) -> str:
        """Run a command on a terminal of its own: what a person sees, without colours."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        shown = b""
        seed.run([str(argument) for argument in arguments], self.folder, self._environment(), theirs)
        os.close(theirs)
        with suppress(OSError):  # the terminal is gone when the program is
            while piece := os.read(ours, 65_536):
                shown += piece
        seed.ended()
        os.close(ours)
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode()).replace("\r\n", "\n")

    def start(self, *arguments: object, **streams: Any) -> "subprocess.Popen[bytes]":
        """Start a command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "policywatch", *map(str, arguments)],
            cwd=self.folder,
            env=self._environment(),
            **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams},
        )

    def _environment(self) -> dict[str, str]:
        """The environment of a process: ours with the settings, without what says how wide our own terminal is."""
        told = {f"POLICYWATCH_{name.upper()}": value for name, value in self.settings.items()}
        ours = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        return ours | {"PYTHONPATH": str(ROOT), **told}


def _exit_code() -> int:
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n", write_through=True)


def _written(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()


def loaded(command: Any) -> Any:
    """A command with what it takes: those on top are loaded when they are used."""
    return command.load() if isinstance(command, Later) else command


def policy(*sentences: str, title: str = "Late Shipment Rate") -> str:
    """A page of a made-up marketplace: the sentences among enough other ones to be a policy."""
    told = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    rest = "".join(
        f"<h2>{number}. Part {number}</h2><p>Sellers of our marketplace agree that part {number} of this policy applies "
        f"to every order they ship, and that we may review their account where they do not follow it.</p>"
        for number in range(1, 9)
    )
    return f'<html lang="en"><head><title>{title}</title></head><body><h1>{title}</h1>{told}{rest}</body></html>'


def save(folder: Path, key: str, looks: Mapping[str, str], **declared: str) -> Path:
    """The folder of a saved page: its text by the time when it was observed; `declared` goes into page.toml."""
    page = folder / key
    page.mkdir(parents=True)
    files = {text: f"{number:02}.html" for number, text in enumerate(dict.fromkeys(looks.values()))}
    for text, name in files.items():
        (page / name).write_text(text, encoding="utf-8")
    rows = [f"{at},{files[text]}" for at, text in looks.items()]
    (page / "observations.csv").write_text("\n".join(["observed_at,file", *rows]) + "\n", encoding="utf-8")
    fields = {"title": "Late Shipment Rate", "url": f"https://market.example/help/{key}", "language": "en", **declared}
    # Strings are written alike in TOML and JSON.
    lines = [f"{name} = {json.dumps(value)}" for name, value in fields.items()]
    (page / "page.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return page
