"""What is kept quiet is explained in a sentence, beside what was reported and alone."""

from pathlib import Path

import pytest

from tests.policywatch.program import Program, policy, save

TODAY = "Today is January {}, 2026"
LIMIT = "Keep your late shipment rate under {}%."


@pytest.fixture
def program(tmp_path: Path) -> Program:
    days = {f"2026-01-{day:02}T08:00:00Z": policy(TODAY.format(day), LIMIT.format(4)) for day in (5, 6, 7)}
    real = {"2026-01-08T08:00:00Z": policy(TODAY.format(8), LIMIT.format(3))}
    save(tmp_path / "in", "late-shipment", {**days, **real})
    program = Program(tmp_path)
    assert program("import", "folder", "in").code == 0
    return program


def test_explain_names_the_evidence_for_what_was_kept_quiet(program: Program) -> None:
    alone = program("explain", "late-shipment", "--at", "2026-01-07").out
    (facts,) = program("explain", "late-shipment", "--at", "2026-01-08", "--json").objects

    assert "only furniture of the page differs: an age or a date that moves with the clock" in " ".join(alone.split())
    assert facts["changes"][0]["told"]
    assert facts["changes"][0]["quiet"] == [
        "“Today is January 7, 2026” → “Today is January 8, 2026”: an age or a date that moves with the clock"
    ]


def test_a_change_says_what_was_kept_quiet_beside_it(program: Program) -> None:
    change = max(program("changes", "--json").objects, key=lambda one: one["seen_at"])

    shown = program("change", change["id"]).out
    assert "Kept quiet: “Today is January 7, 2026” → “Today is January 8, 2026”: an age" in " ".join(shown.split())
    assert [fact["after"] for fact in change["facts"] if fact["kind"] == "percent"] == ["3%"]


def test_an_added_and_a_removed_line_are_quoted_as_such(tmp_path: Path) -> None:
    plain = policy(LIMIT.format(4))
    titled = plain.replace(
        "<h1>", "<p>Garden chairs</p><p>Winter coats</p><p>Toys and games</p><p>Books for all</p><h1>"
    )
    looks = {"2026-01-05T08:00:00Z": plain, "2026-01-06T08:00:00Z": titled}
    save(tmp_path / "in", "late-shipment", looks)
    save(tmp_path / "in", "other", dict(zip(looks, reversed(looks.values()), strict=True)))
    program = Program(tmp_path)
    program("import", "folder", "in")

    added = " ".join(program("explain", "late-shipment").out.split())
    removed = " ".join(program("explain", "other").out.split())
    assert "added: a label in the menu above the page's title" in added
    assert "removed: a label in the menu above the page's title" in removed


def test_the_owner_calls_a_place_noise_and_takes_it_back(program: Program) -> None:
    change = min(program("changes", "--json").objects, key=lambda one: one["seen_at"])

    said = program("change", change["id"], "--noise", "--site")
    assert (said.code, said.err) == (
        0,
        "Changes at these places are not reported from now on, unless they state a rule: late-shipment.\n",
    )
    explained = program("explain", "late-shipment").out
    assert f"the places of change {change['id']}" in " ".join(explained.split())

    assert "are reported again" in program("change", change["id"], "--no-noise").err
    assert "noise, as you said" not in program("explain", "late-shipment").out


def test_a_page_that_was_added_has_no_place_to_call_noise(program: Program) -> None:
    first = min(program("changes", "--all", "--json").objects, key=lambda one: one["seen_at"])

    assert program("change", first["id"], "--noise").code == 2
    assert program("change", first["id"], "--site").code == 2
