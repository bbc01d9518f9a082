"""The house as drawn: arrows point one way, each library has one home, what thinks touches nothing."""

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
        ("crawler/rounds/due.py", "import diffs.wording.labels"),
        ("diffs/wording/labels.py", "import crawler.rounds.due"),
        ("diffs/database/models.py", "import diffs.wording.labels"),
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
    named = {
        name.strip()
        for contract in PYPROJECT["tool"]["importlinter"]["contracts"]
        for key in ("source_modules", "layers")
        for entry in contract.get(key, [])
        for name in entry.replace(":", "|").split("|")
    }
    missing = [name for name in named if not _stands(name) and not _stands(f"diffs.{name}")]

    assert not missing


def _stands(module: str) -> bool:
    path = ROOT / module.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file()


def test_what_could_be_pure_is_named_as_pure():
    """A module of diffs that reaches no database, network or framework belongs into the contract that keeps it so."""
    pure = set(dev.pure_files())
    candidates = [path for path in modules("diffs") if path.name != "__init__.py" and "migrations" not in path.parts]
    free = _free_of_edges(candidates)

    assert not {path.relative_to(ROOT).as_posix() for path in free} - pure


def _free_of_edges(paths: list[Path]) -> set[Path]:
    edges = {"alembic", "logging", "pydantic_settings", "sqlalchemy", "sqlmodel"}
    imports = {path: _imports(path) for path in paths}
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths}
    while True:
        tied = {path for path in paths if names[path] not in edges and _touches(imports[path], edges)}
        if not tied:
            return {path for path in paths if names[path] not in edges}
        edges |= {names[path] for path in tied}


def _imports(path: Path) -> set[str]:
    package = path.relative_to(ROOT).parent.parts
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*above, *filter(None, [node.module])))
            found |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    return found


def _touches(names: set[str], edges: set[str]) -> bool:
    return any(name == edge or name.startswith(f"{edge}.") for name in names for edge in edges)


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
