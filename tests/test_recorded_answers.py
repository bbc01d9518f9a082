"""Every kind of answer that a help page can give gets its outcome; among all of them only the real change is told.

The recordings lie beside the clone (`../shared`).
"""

import json
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.policywatch.program import Program
from tests.recorded import moment


@pytest.fixture(scope="module")
def answers(shared: Path) -> list[dict[str, Any]]:
    """The fixtures of a help page's answers, each with what is to be made of it."""
    manifest = json.loads((shared / "domain" / "data" / "html" / "manifest.json").read_text(encoding="utf-8"))
    return list(manifest["fixtures"])


@pytest.fixture
def save_answer(shared: Path, tmp_path: Path) -> Callable[..., None]:
    """Add answers to the folder of a page, a day apart."""

    def save(key: str, *answers: dict[str, Any]) -> None:
        folder = tmp_path / "in" / key
        folder.mkdir(parents=True)
        declared = {
            "title": "Late Shipment Rate",
            "url": f"https://sellercentral.amazon.com/help/hub/reference/external/{key}?locale=en-US",
            "language": answers[0].get("language", "en"),
            "marketplace": "US",
            "category": "performance",
        }
        (folder / "page.toml").write_text("".join(f'{name} = "{value}"\n' for name, value in declared.items()))
        lines = ["observed_at,file,status,language"]
        for number, answer in enumerate(answers):
            shutil.copy(shared / "domain" / "data" / "html" / answer["file"], folder)
            lines.append(f"{day(number).isoformat()},{answer['file']},{answer['status']},{declared['language']}")
        (folder / "observations.csv").write_text("\n".join(lines) + "\n")

    return save


def day(number: int) -> datetime:
    return datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(days=number)


def key_of(number: int, answer: dict[str, Any]) -> str:
    return f"{number:02}-{answer['file'].partition('.')[0].replace('_', '-')}"


def test_every_answer_gets_the_outcome_it_should(
    answers: list[dict[str, Any]], save_answer: Callable[..., None], tmp_path: Path
) -> None:
    expected = {key_of(number, answer): answer["expect"] for number, answer in enumerate(answers)}
    for number, answer in enumerate(answers):
        save_answer(key_of(number, answer), answer)
    program = Program(tmp_path)

    imported = program("import", "folder", "in")

    assert (imported.code, imported.err) == (0, "")
    assert {page["page"]: page["outcome"] for page in program("health", "--json").objects} == expected
    explained = {key: program("explain", key, "--json").objects[0] for key in expected}
    assert {key: facts["outcome"] for key, facts in explained.items()} == expected
    assert all(facts["reason"] and facts["rule"] for facts in explained.values())
    listed = {change["page"]: change for change in program("changes", "--all", "--json").objects}
    assert {key: change["outcome"] for key, change in listed.items()} == expected
    for key, outcome in expected.items():
        assert (program("show", key).code == 0) == (outcome == "ok"), key
        assert not listed[key]["told"]


def test_targets_stated_in_an_answer_are_found(
    answers: list[dict[str, Any]], save_answer: Callable[..., None], tmp_path: Path
) -> None:
    stating = [answer for answer in answers if answer.get("targets")]
    for number, answer in enumerate(stating):
        save_answer(key_of(number, answer), answer)
    program = Program(tmp_path)
    program("import", "folder", "in")

    stated = program("targets", "--json").objects

    assert stating
    for number, answer in enumerate(stating):
        found = [target for target in stated if target["page"] == key_of(number, answer)]
        for target in answer["targets"]:
            assert any(target.items() <= other.items() for other in found), answer["file"]


def test_in_a_row_only_the_real_change_is_reported(
    answers: list[dict[str, Any]], save_answer: Callable[..., None], tmp_path: Path
) -> None:
    """One page answers in all these ways, from good text to every kind of noise and back: one change, 4 % to 3 %."""
    mine = [answer for answer in answers if answer.get("language", "en") == "en" and answer["file"].endswith(".html")]
    good = next(answer for answer in mine if answer["expect"] == "ok")
    changed = next(answer for answer in mine if answer.get("diff_to_ok", "none") != "none")
    noise = [answer for answer in mine if answer.get("diff_to_ok") == "none"]
    unread = [answer for answer in mine if answer["expect"] != "ok"]
    row = [good, *noise, *[one for answer in unread for one in (answer, good)], changed, *unread, changed]
    save_answer("late-shipment-rate", *row)
    program = Program(tmp_path)
    assert program("import", "folder", "in").code == 0

    told = program("changes", "--json").objects
    listed = program("changes", "--all", "--json").objects

    (change,) = told
    assert moment(change["seen_at"]) == day(row.index(changed))
    moves = {(move["before"]["value"], move["after"]["value"]) for move in change["targets"]}
    assert moves == {(4.0, 3.0)}
    assert (change["significance"], change["importance"]) == ("material", "high")
    quiet = Counter(change["outcome"] for change in listed if not change["told"] and change["outcome"] != "ok")
    assert quiet == Counter(2 * [answer["expect"] for answer in unread])
