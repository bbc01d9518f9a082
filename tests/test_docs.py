"""The documentation is true: what exists is described, and what is described exists."""

import importlib
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import typer.main

from crawler.watchlist.watchlists import Category, WatchedPage, read_watchlists
from diffs.settings import TomlSettings
from diffs.values import Outcome
from policywatch.cli import app

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in PAGES}
CONFIGURATION = TEXTS["docs/configuration.md"]
COMMANDS = TEXTS["docs/commands.md"]


def blocks(language: str) -> list[Any]:
    """The code blocks of a language, with the page they stand on."""
    fence = re.compile(rf"^```{language}\n(.*?)^```", re.MULTILINE | re.DOTALL)
    return [pytest.param(found, id=page) for page, text in TEXTS.items() for found in fence.findall(text)]


def leaves(command: Any = None, path: tuple[str, ...] = ("policywatch",)) -> Iterator[tuple[str, Any]]:
    """Every command as typed, with what it takes."""
    command = command or typer.main.get_command(app)
    for name, inner in getattr(command, "commands", {}).items():
        yield from leaves(inner, (*path, name))
    if not getattr(command, "commands", {}) or command.invoke_without_command:
        yield " ".join(path), command


def known_settings() -> set[str]:
    for package in ("diffs", "crawler", "notifier"):
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
    for category in get_args(Category):
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
            command = command.commands[arguments.pop(0)]
        if arguments != ["--help"]:
            command.make_context("policywatch", arguments)  # raises where it could not be typed so


def policywatch_calls(block: str) -> Iterator[list[str]]:
    """The arguments of each call of policywatch in a script."""
    for line in re.split(r"\n|&&|;", block):
        words = shlex.split(line.removeprefix("ExecStart=-").removeprefix("ExecStart="), comments=True)
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
def test_the_reader_is_told_what_this_is_not(page):
    for sentence in ("ot affiliated with Amazon", "egal advice", "English text binds"):
        assert sentence in TEXTS[page]


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
