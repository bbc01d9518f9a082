"""The documentation is true: whatever exists is described, and whatever is described exists."""

import ast
import importlib
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from crawler.watchlist.watchlists import WatchedPage, read_watchlists
from diffs.settings import TomlSettings
from diffs.values import CATEGORIES, Outcome
from policywatch.cli import app
from tests.policywatch.program import loaded

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in PAGES}
CONFIGURATION = TEXTS["docs/configuration.md"]
COMMANDS = TEXTS["docs/commands.md"]
ARCHITECTURE = TEXTS["docs/architecture.md"]
PACKAGES = ("crawler", "diffs", "notifier", "policywatch")


def blocks(language: str) -> list[Any]:
    """The code blocks of a language, with the page they stand on."""
    fence = re.compile(rf"^```{language}\n(.*?)^```", re.MULTILINE | re.DOTALL)
    return [pytest.param(found, id=page) for page, text in TEXTS.items() for found in fence.findall(text)]


def leaves(command: Any = None, path: tuple[str, ...] = ("policywatch",)) -> Iterator[tuple[str, Any]]:
    """Every command as typed, with what it takes."""
    command = loaded(command or typer.main.get_command(app))
    for name, inner in getattr(command, "commands", {}).items():
        if not inner.hidden:
            yield from leaves(inner, (*path, name))
    if not getattr(command, "commands", {}) or command.invoke_without_command:
        yield " ".join(path), command


def known_settings() -> set[str]:
    for package in ("diffs", "crawler", "notifier", "policywatch"):
        importlib.import_module(f"{package}.settings")
    return {name for cls in TomlSettings.__subclasses__() for name in cls.model_fields}


def first_column(text: str, heading: str) -> set[str]:
    """The names in the first column of the table that begins with this heading."""
    table = text.split(f"| {heading} |", 1)[1].split("\n\n", 1)[0]
    return {name for row in table.splitlines()[2:] for name in re.findall(r"`([^`]+)`", row.split("|")[1])}


@pytest.mark.parametrize(("name", "command"), list(leaves()), ids=lambda value: value if isinstance(value, str) else "")
def test_every_command_and_option_is_described(name, command):
    row = next((line for line in COMMANDS.splitlines() if re.search(rf"`{name}(?![a-z-])", line)), None)

    assert row, f"docs/commands.md does not describe {name}"
    for option in command.params:
        if option.param_type_name == "option" and "--help" not in option.opts and not option.hidden:
            assert any(spelling in row for spelling in option.opts), f"{option.opts} of {name} is not described"


def test_every_setting_is_described_and_no_other():
    described = first_column(CONFIGURATION, "in `policywatch.toml`")

    assert described == known_settings()
    for name in described:
        assert f"| `{name}` | `POLICYWATCH_{name.upper()}` |" in CONFIGURATION


def test_every_watch_list_key_is_described_and_no_other():
    assert first_column(CONFIGURATION, "key") == set(WatchedPage.model_fields)


def test_every_category_and_outcome_is_described():
    for category in CATEGORIES:
        assert f"`{category}`" in CONFIGURATION
    for outcome in Outcome:
        assert f"`{outcome}`" in COMMANDS


def test_every_environment_variable_named_is_a_setting():
    named = {name for text in TEXTS.values() for name in re.findall(r"POLICYWATCH_[A-Z_]+[A-Z]", text)}

    assert {name.removeprefix("POLICYWATCH_").lower() for name in named} <= known_settings()


@pytest.mark.parametrize("block", [*blocks("sh"), *blocks("ini")])
def test_the_commands_shown_can_be_typed(block):
    for arguments in policywatch_calls(block):
        command: Any = typer.main.get_command(app)
        while arguments and arguments[0] in getattr(command, "commands", {}):
            command = loaded(command.commands[arguments.pop(0)])
        if arguments != ["--help"]:
            command.make_context("policywatch", arguments)  # raises where it could not be typed so


def policywatch_calls(block: str) -> Iterator[list[str]]:
    """The arguments of each call of policywatch in a script."""
    for line in re.split(r"\n|&&|;", block):
        words = shlex.split(line.removeprefix("ExecStart=-").removeprefix("ExecStart="), comments=True)
        words = words[: words.index(">")] if ">" in words else words
        starts = [at for at, word in enumerate(words) if word == "policywatch" or word.endswith("/policywatch")]
        if starts and words[0] not in {"mkdir", "pipx", "uv", "docker", "systemctl"}:
            yield words[starts[-1] + 1 :]


@pytest.mark.parametrize("block", blocks("toml"))
def test_the_files_shown_can_be_used(block, tmp_path):
    content = tomllib.loads(block)

    if "page" in content:
        file = tmp_path / "my-pages.toml"
        file.write_text(block, encoding="utf-8")
        assert read_watchlists([file])[1] == []
    else:
        assert set(content) <= known_settings() | set(WatchedPage.model_fields)


def test_the_make_targets_shown_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    shown = {name for text in TEXTS.values() for name in re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE)}

    assert {"demo", "test"} <= shown <= targets


@pytest.mark.parametrize("page", TEXTS)
def test_links_between_pages_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)", TEXTS[page])

    assert not [link for link in links if "://" not in link and not (ROOT / page).parent.joinpath(link).exists()]


@pytest.mark.parametrize("page", ["README.md", "docs/responsible-use.md", "docs/notices.md"])
def test_the_reader_learns_what_this_is_not(page):
    for sentence in ("ot affiliated with Amazon", "egal advice", "English text binds"):
        assert sentence in TEXTS[page]


RECORDS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.name[:4])
def test_a_decision_has_the_form_of_the_template_and_a_line_in_the_index(record):
    text = record.read_text(encoding="utf-8")
    number, _, title = text.splitlines()[0].removeprefix("# ").partition(". ")
    form = (ROOT / "docs/decisions/template.md").read_text(encoding="utf-8")

    assert re.findall("^## .*", text, re.MULTILINE) == re.findall("^## .*", form, re.MULTILINE)
    assert text.splitlines()[2].startswith("Status: ")
    assert record.name.startswith(f"{int(number):04}-")
    assert f"| {number} | [{title}]({record.name}) |" in TEXTS["docs/decisions/README.md"].splitlines()


def test_no_two_decisions_have_one_number():
    assert [record.name[:4] for record in RECORDS] == [f"{number + 1:04}" for number in range(len(RECORDS))]


# --- docs/architecture.md -----------------------------------------------------------------------------------------


def drawn(heading: str, *, which: int = 0) -> list[str]:
    """The lines of a drawing below a heading of docs/architecture.md."""
    section = ARCHITECTURE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^```\n(.*?)^```", section, re.MULTILINE | re.DOTALL)[which].splitlines()


def tree() -> set[str]:
    """Every folder and file in the drawn tree, as a path."""
    path: list[str] = []
    found = set()
    for line in filter(None, drawn("The tree")):
        indent, name = re.match(r"( *)(\S+)", line).groups()
        path[len(indent) // 2 :] = [name.rstrip("/")]
        found.add("/".join(path))
    return found


def names_in(file: Path) -> set[str]:
    """What a module defines: functions, classes and their methods, constants."""
    found = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
            inner = node.body if isinstance(node, ast.ClassDef) else []
            found |= {f"{node.name}.{part.name}" for part in inner if hasattr(part, "name")}
            found |= {part.name for part in inner if hasattr(part, "name")}
    return found


def test_every_room_is_in_the_drawn_tree_and_no_other():
    rooms = {
        file.parent.relative_to(ROOT).as_posix() for name in PACKAGES for file in ROOT.glob(f"{name}/**/__init__.py")
    }
    modules = {file.relative_to(ROOT).as_posix() for name in PACKAGES for file in ROOT.glob(f"{name}/[!_]*.py")}

    assert rooms | modules <= tree()
    assert not [path for path in tree() if not (ROOT / path).exists()]


def test_the_drawn_layers_are_those_of_the_contracts():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    held = {contract["containers"][0]: contract["layers"] for contract in contracts if "containers" in contract}
    drawings = "\n".join(drawn("Which room may import which", which=1)).split("\n\n")
    layers = {}
    for drawing in drawings:
        package, _, rooms = drawing.partition(":  ")
        layers[package] = [line.strip() for line in rooms.splitlines()]

    assert layers == held


def test_every_file_and_name_in_the_architecture_exists():
    """A function or a constant stands in a file that is named on its line; a class may stand anywhere."""
    modules = [file for name in PACKAGES for file in ROOT.glob(f"{name}/**/*.py")]
    everywhere = set().union(*map(names_in, modules))
    missing = []
    for line in ARCHITECTURE.splitlines():
        spans = re.findall(r"`([^`\s]+)`", line)
        paths = [span for span in spans if "/" in span]
        missing += [path for path in paths if not (ROOT / path).exists()]
        here = [names_in(file) for file in modules if any(f"{file}/".startswith(f"{ROOT / path}/") for path in paths)]
        local = [span.removesuffix("()") for span in spans if span.endswith("()") or re.fullmatch("_?[A-Z_]+", span)]
        known = here or [everywhere]
        missing += [f"{name}, in: {line}" for name in local if not any(name in names for names in known)]
        others = [span for span in spans if re.fullmatch(r"_?[A-Z][A-Za-z]+", span)]
        missing += [f"{name}, in: {line}" for name in others if name not in everywhere]

    assert not missing


def test_every_row_of_where_is_names_the_file_and_the_function():
    section = ARCHITECTURE.split("\n## Where is …?\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    unnamed = [row for row in rows if not re.search(r"`\w+/[\w/]+\.py`", row) or not re.search(r"`[\w.]+\(\)`", row)]

    assert len(rows) > 20
    assert [row.split(" | ")[0] for row in unnamed] == ["| the tables"]


def test_every_rule_that_the_code_points_to_exists():
    rules = re.findall(r"^(\d+)\. \*\*", ARCHITECTURE, re.MULTILINE)
    files = [file for name in (*PACKAGES, "tests") for file in ROOT.glob(f"{name}/**/*.py")]
    cited = [
        (file, number) for file in files for number in re.findall(r"\barchitecture\.md, rule (\d+)", file.read_text())
    ]

    assert rules == [str(number + 1) for number in range(len(rules))]
    assert cited
    assert not [(file.name, number) for file, number in cited if number not in rules]


def test_every_file_of_ours_that_is_named_anywhere_exists():
    """In a comment, a docstring, a page or a table: a move shows here."""
    files = [*PAGES, *ROOT.glob("*.*"), *(file for name in PACKAGES for file in ROOT.glob(f"{name}/**/*.*"))]
    folders = "|".join(["docs", "benchmarks", "tests", *PACKAGES])
    named = re.compile(rf"(?<!/)\b(?:{folders})(?:/\w[\w.-]*)+\.(?:py|toml|md|json|html)\b")
    texts = {
        file: file.read_text(encoding="utf-8") for file in files if file.suffix in {".py", ".toml", ".md", ".yaml"}
    }

    assert not [
        (file.name, name) for file, text in texts.items() for name in named.findall(text) if not (ROOT / name).exists()
    ]


def test_the_code_cites_no_design():
    files = [file for name in PACKAGES for file in ROOT.glob(f"{name}/**/*.py")]
    cited = re.compile(r"\bdesign(?:\.md|, (?:section|rule))", re.IGNORECASE)

    assert not [file.name for file in files if cited.search(file.read_text(encoding="utf-8"))]


def test_nothing_names_the_place_where_it_was_made():
    """No path of a developer's machine, no host of a package registry, in anything that is published."""
    strangers = re.compile(r"/root/|/home/[a-z]+/|/work/|pythonhosted|pypi\.org")
    files = [
        *PAGES,
        *ROOT.glob("*.toml"),
        *ROOT.glob("*.yaml"),
        ROOT / "Makefile",
        ROOT / "Dockerfile",
        ROOT / ".ci/run",
    ]

    assert not [path.name for path in files if strangers.search(path.read_text(encoding="utf-8"))]


def test_readme_and_scores_state_the_same_precision_of_the_first_set() -> None:
    readme, scores = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/scores.md"))
    (in_readme,) = re.findall(
        r"^\| 19 policies, 2,779 recorded changes \|.*\| ([\d.]+%) \| ([\d.]+%) \|$", readme, re.MULTILINE
    )
    (in_scores,) = re.findall(r"^\| corpus: .*?\| \d{4}-\d\d-\d\d \| ([\d.]+%) \| ([\d.]+%) \|", scores, re.MULTILINE)

    assert in_readme == in_scores
