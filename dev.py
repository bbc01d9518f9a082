#!/usr/bin/env python3
"""Set up this clone: an environment in `.venv` with what the locks name, and the project itself in it.

    python3 dev.py          what the program needs to run
    python3 dev.py tests    that, and what the tests and `make check` need
    python3 dev.py browser  what the program needs, and the extra that reads pages in an installed Chromium
    python3 dev.py pure     print the files of the pure modules, for the coverage report
    python3 dev.py readme   write what the demo prints into README.md

Needs Python 3.11 or newer and pip, nothing else: no root, no python3-venv, no compiler. Debian's own Python serves,
since nothing is installed outside `.venv`. A second run finds everything in place and returns at once.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"program": ROOT / "requirements.lock", "tests": ROOT / "requirements-dev.lock"}
#: The programs that can show a page, in the crawler's order too.
BROWSERS = ROOT / "crawler" / "data" / "browsers.toml"
#: The contract in pyproject.toml that lists the pure modules.
PURE = "the thinking rooms touch no database, network or framework"
#: The edition of the demo that README.md shows, and how many characters of a line.
SHOWN_EDITION = "2026-02-09"
SHOWN_LETTERS = 140
#: What the extra `browser` adds to the program, as the lock of the tests names it.
BROWSER = ("greenlet", "playwright", "scrapy-playwright")
#: Seconds to wait before the next try if a download breaks off.
PAUSES = (2, 10)

#: System parts beside the browser: the programs that show they are installed, what is not tested without them, and
#: Debian's package.
SYSTEM_PARTS = {
    "PostgreSQL": (("postgres", "/usr/lib/postgresql/*/bin/postgres"), "only SQLite is tried", "postgresql"),
    "Postfix": (("postfix", "/usr/sbin/postfix"), "mail is tried on a small server of our own", "postfix"),
}


class SetupError(Exception):
    """The environment cannot be set up; the message says what to do."""


def main(arguments: list[str]) -> int:
    """Do what the command line asks for; 0 when done, 2 on wrong use, 3 when it cannot be done."""
    what = arguments[0] if arguments else "program"
    if what == "pure":
        print(",".join(pure_files()))
        return 0
    if what == "readme":
        write_transcript()
        return 0
    if what not in {*LOCKS, "browser"} or len(arguments) > 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        if what == "browser":
            add_browser()
        else:
            set_up(what)
    except SetupError as error:
        print(f"dev.py: {error}", file=sys.stderr)
        return 3
    for line in missing_parts():
        print(line, flush=True)
    return 0


def set_up(what: str) -> None:
    """Bring `.venv` to what the lock for "program" or "tests" says, and install the project into it.

    Raises SetupError if Python or pip is unusable, or a package cannot be downloaded in three tries.
    """
    with LOCKS["program"].open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # `make -j demo test` sets up once
        if not _usable():
            print(f"Setting up {VENV} …", flush=True)
            venv.create(VENV, clear=True, symlinks=True, with_pip=False)
            _write(VENV / "home", str(VENV))
        # What the tests need includes all that the program needs.
        if not any(_is_fresh(name) for name in {what, "tests"}):
            lock = LOCKS[what]
            count = sum(line[0].isalpha() for line in lock.read_text().splitlines())
            print(f"Installing the {count} packages of {lock.name}, about a minute …", flush=True)
            # The lock names every package: as nothing is resolved, a newer release elsewhere changes nothing.
            install("--require-hashes", "--no-deps", "--requirement", str(lock))
            _write(_stamp(what), _state(lock))
        project = ROOT / "pyproject.toml"
        if _read(_stamp("project")) != _state(project) or not (VENV / "bin" / "policywatch").exists():
            install("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
            _write(_stamp("project"), _state(project))


def add_browser() -> None:
    """Bring `.venv` to what the program needs, and add the extra `browser`, as locked. Raises SetupError."""
    set_up("program")
    entries = re.split(r"\n(?=\S)", LOCKS["tests"].read_text())
    lock = VENV / "browser.lock"
    _write(lock, "\n".join(entry for entry in entries if entry.split("==")[0] in BROWSER) + "\n")
    install("--require-hashes", "--no-deps", "--requirement", str(lock))


def install(*arguments: str) -> None:
    """Run `pip install` for `.venv`, up to three times, since a download may break off.

    Raises SetupError if the last try failed too.
    """
    command = [*pip(), "--python", str(PYTHON), "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    for pause in (*PAUSES, None):
        # A user's own pip settings may ask for --user, which a virtual environment refuses.
        if subprocess.run([*command, *arguments], env={**os.environ, "PIP_USER": "0"}, check=False).returncode == 0:
            return
        if pause:
            print(f"pip could not finish; trying again in {pause} s …", file=sys.stderr, flush=True)
            time.sleep(pause)
    msg = "pip could not install the packages (see above). Check the network and run the same command again."
    raise SetupError(msg)


def pip() -> list[str]:
    """The command that runs a pip new enough to install into another environment (22.3).

    Raises SetupError if there is none.
    """
    base = str(getattr(sys, "_base_executable", sys.executable))
    for command in ([sys.executable, "-m", "pip"], [base, "-m", "pip"], ["pip3"], ["pip"]):
        if shutil.which(command[0]) is None:
            continue
        answer = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False)
        words = answer.stdout.split()  # "pip 23.0.1 from …"
        if answer.returncode == 0 and tuple(int(part) for part in words[1].split(".")[:2]) >= (22, 3):
            return command
    msg = "no pip 22.3 or newer found. On Debian: apt install python3-pip"
    raise SetupError(msg)


def browsers() -> tuple[tuple[str, ...], str, str]:
    """The programs that show pages, from the crawler's own list, in the form of `SYSTEM_PARTS`."""
    import tomllib  # not in Python versions that get a clear message below

    known = tomllib.loads(BROWSERS.read_text(encoding="utf-8"))
    return tuple(known["programs"]), "pages that need a browser are not read", known["package"]


def missing_parts() -> Iterator[str]:
    """One line for each system part that is not installed; the setup succeeds without it."""
    for name, (programs, consequence, package) in {"Chromium": browsers(), **SYSTEM_PARTS}.items():
        if not any(shutil.which(program) or any(Path("/").glob(program.lstrip("/"))) for program in programs):
            yield f"{name} is not installed: {consequence}. On Debian: apt install {package}"


def pure_files() -> list[str]:
    """The files that must not import a database, network or framework: everything in the rooms of that contract."""
    import tomllib  # not in Python versions that get a clear message below

    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    rooms = next(contract["source_modules"] for contract in contracts if contract["name"] == PURE)
    files: list[Path] = []
    for room in rooms:
        path = ROOT / room.replace(".", "/")
        files += sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    return [file.relative_to(ROOT).as_posix() for file in files]


def write_transcript() -> None:
    """Run the demo in `.venv` and write its output into README.md."""
    command = [str(PYTHON), "-m", "policywatch", "demo", str(ROOT / "demo")]
    printed = subprocess.run(command, cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE).stdout
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    readme.write_text(text.replace(shown_transcript(text), transcript(printed.splitlines())), encoding="utf-8")


def shown_transcript(readme: str) -> str:
    """The transcript of the demo as README.md shows it."""
    return readme.split("```\n$ make demo\n", 1)[1].split("```\n", 1)[0]


def transcript(printed: list[str]) -> str:
    """What README.md shows of the demo: one edition and the closing count, long lines shortened."""
    begins = next(number for number, line in enumerate(printed) if line.startswith(SHOWN_EDITION))
    ends = printed.index("", begins)
    total = next(number for number, line in enumerate(printed) if line.startswith("Written: ")) - 1
    lines = [_cut(line) for line in (*printed[begins:ends], printed[total])]
    return "\n".join(["…", *lines[:-1], "…", lines[-1], ""])


def _cut(line: str) -> str:
    return line if len(line) <= SHOWN_LETTERS else re.sub(r"\W*\s\S*$", "…", line[:SHOWN_LETTERS])


def _usable() -> bool:
    """Whether `.venv` works, is where it was made (its scripts name the place) and has the same Python."""
    if _read(VENV / "home") not in {"", str(VENV)}:
        return False
    question = "import sys; print(sys.version_info[:2] == tuple(map(int, sys.argv[1:])))"
    major, minor = sys.version_info[:2]
    try:
        answer = subprocess.check_output([PYTHON, "-c", question, str(major), str(minor)], text=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer.strip() == "True"


def _is_fresh(name: str) -> bool:
    return _read(_stamp(name)) == _state(LOCKS[name])


def _stamp(name: str) -> Path:
    return VENV / f"{name}.stamp"


def _state(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _read(file: Path) -> str:
    return file.read_text() if file.exists() else ""


def _write(file: Path, text: str) -> None:
    file.write_text(text)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 (whatever Python somebody has runs this)
        sys.exit(f"dev.py: needs Python 3.11 or newer, this is {sys.version.split()[0]}. Try: make PYTHON=python3.11 …")
    sys.exit(main(sys.argv[1:]))
