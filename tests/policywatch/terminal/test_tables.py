"""Tables on terminals of any width: no word broken, no column of single words; lines one below the other instead."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.policywatch.program import Program, policy, save
from tests.policywatch.terminal.test_change_list import words

RULE = "Keep your late shipment rate under 4% over 30 days for seller-fulfilled orders."
BLOCKED = "<html><head><title>Robot Check</title></head><body><h4>Enter the characters you see below</h4></body></html>"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    folder = tmp_path_factory.mktemp("tables")
    looks = {"2026-01-05T08:00:00Z": policy(RULE), "2026-02-02T08:00:00Z": BLOCKED}
    save(folder / "saved", "us-late-shipment-rate", looks, marketplace="US")
    program = Program(folder, {"smtp_url": "folder:mail"}, datetime(2026, 3, 1, tzinfo=UTC))
    assert program("import", "folder", "saved").code == 0
    program("host", "off", "market.example", "--reason", "they asked us to stop everything at once")
    program("subscribers", "add", "somebody-with-a-long-name@department.example.com")
    return program


@pytest.mark.parametrize("columns", [40, 60, 80])
@pytest.mark.parametrize(
    "verb", ["health", "history us-late-shipment-rate", "host list", "subscribers list", "targets"]
)
def test_no_word_is_broken_and_no_line_is_too_long(program: Program, verb: str, columns: int) -> None:
    lines = program.terminal(*verb.split(), columns=columns).splitlines()
    wide = program.terminal(*verb.split(), columns=300)

    assert words("\n".join(lines)) <= words(wide)
    assert not [line for line in lines if cell_len(line.rstrip()) > columns and " " in line.strip()]


def test_a_narrow_terminal_gets_a_few_lines_a_row(program: Program) -> None:
    narrow = program.terminal("health", columns=40)

    assert narrow.startswith(
        "us-late-shipment-rate\n  last outcome: the site showed a robot\n  check\n  last read (UTC): 2026-01-05"
    )
    assert "page" not in narrow.splitlines()[0]


def test_a_wide_terminal_gets_a_table_that_leaves_nothing_out(program: Program) -> None:
    first, row, *_ = program.terminal("health", columns=120).splitlines()

    assert first.split("  ")[0] == "page"
    assert row.startswith("us-late-shipment-rate  the site showed a robot check")


def test_metrics_are_words_on_a_terminal_and_names_in_a_pipe(program: Program) -> None:
    assert "Late shipment rate" in program.terminal("targets", columns=120)
    assert "\tlate_shipment_rate\t" in program("targets").out


def test_a_narrow_terminal_gets_what_the_doctor_says_below_its_heading(program: Program) -> None:
    lines = program.terminal("doctor", columns=40).splitlines()

    assert not [line for line in lines if cell_len(line.rstrip()) > 40 and " " in line.strip()]
    assert [line.rstrip() for line in lines if line.startswith(("ok", "note"))] != []


def test_errors_end_their_lines_between_words(tmp_path: Path) -> None:
    lines = Program(tmp_path).terminal("changes", columns=40).splitlines()

    assert len(lines) > 2
    assert not [line for line in lines if len(line) > 40 and " " in line]
