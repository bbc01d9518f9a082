"""`--help` of every verb on narrow and wide terminals: whole words, and words for what is to be typed."""

import re

import pytest
import typer

from policywatch.terminal.help_text import plain_rows, width
from tests.policywatch.program import Program
from tests.test_docs import leaves

LEAVES = dict(leaves())


def shown(name: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(columns))
    command = LEAVES[name]
    help_: str = command.get_help(typer.Context(command, info_name=name, terminal_width=width()))
    return help_.splitlines()


@pytest.mark.parametrize("name", LEAVES)
def test_help_fits_the_terminal_and_breaks_no_word(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = " ".join(shown(name, 80, monkeypatch)).split()

    for columns in (40, 80):
        *lines, heading, example = shown(name, columns, monkeypatch)
        assert (heading, example.strip().startswith(name.removeprefix("policywatch "), 12)) == ("Example:", True)
        assert not [line for line in lines if len(line.rstrip()) > columns and " " in line.strip()]
        assert sorted(" ".join([*lines, heading, example]).split()) == sorted(whole)


@pytest.mark.parametrize("name", LEAVES)
def test_what_is_typed_is_named_by_a_word_or_by_its_choices(name: str) -> None:
    for typed, _ in plain_rows(LEAVES[name]):
        word = typed.rpartition(" ")[2]
        assert re.fullmatch(r"[A-Z][A-Z-]*|[a-z]+(\|[a-z]+)+|--?[a-z-]+", word), typed


def test_a_usage_line_names_what_is_needed_and_what_may_be_left_out(program_of_nothing: Program) -> None:
    assert program_of_nothing("import", "page", "--help").out.startswith(
        "Usage: policywatch import page [OPTIONS] KEY FILE\n"
    )
    assert "[OPTIONS] [FILE...]\n" in program_of_nothing("watchlist", "check", "--help").out
    assert "[OPTIONS] KEY...\n" in program_of_nothing("watchlist", "off", "--help").out


def test_limits_of_numbers_are_no_formulas(program_of_nothing: Program) -> None:
    assert "x<=" not in program_of_nothing("serve", "--help").out
    assert "[default: 200]" in program_of_nothing("feed", "--help").out


@pytest.fixture
def program_of_nothing(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return Program(tmp_path_factory.getbasetemp())
