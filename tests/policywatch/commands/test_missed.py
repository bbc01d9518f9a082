"""The owner says what was missed, and takes what they taught along as a case."""

import json
from pathlib import Path

import pytest

from tests.policywatch.program import Program, policy, save

TODAY = "Today is January {}, 2026"
LIMIT = "Keep your late shipment rate under 4%."


@pytest.fixture
def program(tmp_path: Path) -> Program:
    days = {f"2026-01-{day:02}T08:00:00Z": policy(TODAY.format(day), LIMIT) for day in range(5, 9)}
    save(tmp_path / "in", "late-shipment", days)
    program = Program(tmp_path)
    assert program("import", "folder", "in").code == 0
    return program


def test_what_was_kept_quiet_is_named_with_its_rule_and_reported(program: Program) -> None:
    before = {one["id"] for one in program("changes", "--json").objects}
    said = program("missed", "late-shipment", "--from", "2026-01-07", "--to", "2026-01-07", "--export", "case.json")
    assert said.code == 0, said.err
    told = " ".join(said.out.split())
    assert "Kept quiet on 2026-01-07 08:00 UTC (rule furniture): only furniture of the page differs: an age" in told
    assert "Reported now: " in told

    (change,) = (one for one in program("changes", "--json").objects if one["id"] not in before)
    assert change["id"] in told
    assert (change["kind"], change["seen_at"][:10]) == ("edit", "2026-01-07")
    assert change["reason"] == "you said that this change was missed"
    case = json.loads((program.folder / "case.json").read_text())
    assert case["label"] == "real"
    assert case["places"][0]["evidence"] == "an age or a date that moves with the clock"

    assert program("change", change["id"], "--export", "again.json").code == 0
    assert json.loads((program.folder / "again.json").read_text()) == case


def test_no_difference_and_no_check_are_not_the_same(program: Program) -> None:
    days = ("missed", "late-shipment", "--from", "2026-01-07", "--to", "2026-01-08")
    (answer,) = program(*days, "--json").objects
    assert answer["change"]["headline"]
    assert (answer["checks"], answer["read"]) == (2, 2)
    again = program(*days)
    assert (again.code, "Nothing differs in late-shipment between these days" in again.err) == (2, True)

    unread = program("missed", "late-shipment", "--from", "2026-02-01", "--to", "2026-02-02")
    assert (unread.code, "late-shipment was not checked between these days" in unread.err) == (1, True)
    assert program("missed", "late-shipment", "--from", "2026-02-02", "--to", "2026-02-01").code == 2


def test_a_change_of_which_nothing_was_said_is_no_case(program: Program) -> None:
    first = program("changes", "--all", "--json").objects[-1]
    assert program("change", first["id"], "--export", "case.json").code == 2
    assert not (program.folder / "case.json").exists()
