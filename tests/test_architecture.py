"""The house as drawn: imports point one way, each library has one home, what decides touches nothing."""

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import dev

ROOT = Path(__file__).parents[1]
PACKAGES = ("crawler", "diffs", "notifier", "policywatch")
TOOLS = Path(sys.executable).parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def modules(*packages: str) -> list[Path]:
    return [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    # A process of its own: import-linter fails where Scrapy was imported before it.
    command = [str(TOOLS / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path):
    """The packages and their contracts, to do wrong in."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_the_arrows_hold():
    result = lint_imports(ROOT)

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("crawler/rounds/schedule/due.py", "import notifier.rendering.escaping"),
        ("notifier/rendering/escaping.py", "import crawler.rounds.schedule.due"),
        ("diffs/database/models.py", "import notifier.rendering.escaping"),
        ("diffs/comparing/compare.py", "import diffs.reading.extract"),
        ("diffs/language/amounts.py", "import diffs.targets.over_time.moves"),
        ("notifier/rendering/escaping.py", "import notifier.mail.digest"),
        ("crawler/watchlist/interests.py", "import crawler.rounds.round"),
        ("policywatch/terminal/output.py", "import policywatch.context"),
        ("policywatch/context.py", "def later():\n    from sqlalchemy import text"),
        ("diffs/store/pages.py", "import diffs.engine.derive"),
        ("diffs/language/normalise.py", "import diffs.database.models"),
        ("diffs/judging/history.py", "def later():\n    import sqlalchemy"),
        ("diffs/database/archive.py", "import scrapy"),
    ],
)
def test_an_arrow_against_the_drawing_is_caught(copy, module, line):
    with (copy / module).open("a") as file:
        file.write(f"\n{line}\n")

    result = lint_imports(copy)

    assert result.returncode == 1
    assert "BROKEN" in result.stdout


def test_every_contract_names_modules_that_exist():
    missing = []
    for contract in PYPROJECT["tool"]["importlinter"]["contracts"]:
        homes = contract.get("containers", [""])
        entries = [*contract.get("source_modules", []), *contract.get("layers", [])]
        names = [name.strip() for entry in entries for name in entry.replace(":", "|").split("|")]
        missing += [name for name in names if not any(_stands(f"{home}.{name}".strip(".")) for home in homes)]

    assert not missing


def _stands(module: str) -> bool:
    path = ROOT / module.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file()


def test_every_folder_of_tests_is_called_as_the_room_it_tests():
    folders = [path for path in (ROOT / "tests").rglob("*") if path.is_dir() and path.name != "__pycache__"]
    strangers = [path for path in folders if not (ROOT / path.relative_to(ROOT / "tests")).is_dir()]

    assert len(folders) > 30
    assert strangers == []


def test_every_room_has_its_folder_of_tests():
    rooms = [path.parent for package in PACKAGES for path in (ROOT / package).rglob("__init__.py")]
    without = {
        str(room.relative_to(ROOT))
        for room in rooms
        if len(list(room.glob("*.py"))) > 1 and not (ROOT / "tests" / room.relative_to(ROOT)).is_dir()
    }

    assert len(rooms) > 40
    assert without == {"diffs/database/migrations/versions"}  # tested by running them, in the folder above


def test_a_room_that_thinks_is_pure_as_a_whole():
    """Purity is a place: every room of diffs is either held pure, or is one of those that keep the archive."""
    rooms = {path.name for path in (ROOT / "diffs").iterdir() if (path / "__init__.py").is_file()}
    pure = {name.split("/")[1] for name in dev.pure_files() if name.startswith("diffs/")}

    assert rooms - pure == {"database", "store", "engine"}


def test_the_list_of_pure_files_names_all_that_a_pure_room_holds():
    listed = dev.pure_files()

    assert "diffs/comparing/compare.py" in listed
    assert "diffs/values.py" in listed
    assert all((ROOT / name).is_file() for name in listed)


@pytest.mark.parametrize(
    "path", [path for path in modules(*PACKAGES) if path.name == "__init__.py"], ids=lambda path: path.parent.name
)
def test_an_init_holds_a_docstring_and_nothing_else(path):
    body = ast.parse(path.read_text(encoding="utf-8")).body

    assert len(body) == 1
    assert ast.get_docstring(ast.Module(body=body, type_ignores=[]))


@pytest.mark.parametrize(
    ("line", "home"),
    [
        ("import difflib", "diffs/comparing/align.py"),
        ("from cydifflib import SequenceMatcher", "diffs/comparing/align.py"),
        ("import bs4", "diffs/reading/extract.py"),
        ("import smtplib", "notifier/channels/smtp.py"),
        ("import os; print(os.environ)", "crawler/settings.py"),
        ("from os import getenv", "notifier/settings.py"),
    ],
)
def test_each_library_has_one_home(line, home):
    assert not fenced_in(line, home), f"{home} is the home of: {line}"
    for elsewhere in (
        "diffs/engine/derive.py",
        "crawler/watchlist/watchlists.py",
        "notifier/mail/digest.py",
        "policywatch/cli.py",
    ):
        assert fenced_in(line, elsewhere), f"{elsewhere} must not: {line}"


def fenced_in(line: str, path: str) -> bool:
    command = [str(TOOLS / "ruff"), "check", "--no-cache", "--select", "TID251", "--stdin-filename", path, "-"]
    result = subprocess.run(command, cwd=ROOT, input=f"{line}\n", capture_output=True, text=True, check=False)
    return result.returncode == 1
