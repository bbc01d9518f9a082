"""The labelled set of our own writing: always the same, told apart edit by edit, and scored by the program itself."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

#: Percent. They only rise.
PRECISION, RECALL = 64.0, 100.0
#: Alerts for noise among the kinds that move by themselves, in all and of one kind. They only fall.
NOISE, OF_ONE_KIND = 62, 3


def _loaded(name: str) -> ModuleType:
    path = Path(__file__).parents[1] / "benchmarks" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec and spec.loader
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def own_set() -> ModuleType:
    sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
    return _loaded("own_set")


def test_the_set_is_the_same_at_every_run(own_set: ModuleType) -> None:
    one, other = list(own_set.pages()), list(own_set.pages())

    assert one == other
    assert len(one) > 12
    assert all(len(page.looks) == own_set.LOOKS and len(page.edits) == own_set.EDITS for page in one)


def test_every_edit_can_be_seen_in_the_week_it_is_made(own_set: ModuleType) -> None:
    for page in own_set.pages():
        for week in page.edits:
            assert page.looks[week] not in page.looks[:week], (page.key, week)


def test_the_edits_are_of_many_kinds(own_set: ModuleType) -> None:
    kinds = {kind for page in own_set.pages() for kind in page.edits.values()}

    assert len(kinds) >= 12, kinds


def _change(own_set: ModuleType, page: Any, week: int, **other: Any) -> dict[str, Any]:
    seen = own_set.BEGINS + week * own_set.WEEK
    return {"page": page.key, "told": True, "from_version": {"number": 1}, "seen_at": seen.isoformat(), **other}


def test_what_is_missed_and_what_is_false_is_counted(own_set: ModuleType) -> None:
    page = own_set.Page("fees", "Fees", looks=["a", "b"], edits={3: "number: up", 7: "item: removed"})
    told = [_change(own_set, page, 3), _change(own_set, page, 4), _change(own_set, page, 7, told=False)]

    figures, lines = own_set.score([page], told)

    assert figures == {"alerts": 2, "correct": 1, "expected": 2, "precision": 50.0, "recall": 50.0}
    assert "missed 7:item: removed  false at [4]" in lines


def test_no_alert_is_no_false_one(own_set: ModuleType) -> None:
    figures, _ = own_set.score([own_set.Page("fees", "Fees")], [])

    assert (figures["precision"], figures["recall"]) == (100.0, 100.0)


@pytest.mark.slow
def test_every_edit_of_our_own_set_is_reported(own_set: ModuleType) -> None:
    figures = own_set.main()

    assert figures["recall"] >= RECALL
    assert figures["precision"] >= PRECISION


@pytest.mark.slow
def test_what_moves_by_itself_is_soon_quiet_and_hides_no_edit(own_set: ModuleType) -> None:
    found = _loaded("noise_kinds").main()

    assert not [one.kind for one in found if one.missed]
    assert sum(one.alone + one.beside for one in found) <= NOISE
    assert not [one.kind for one in found if max(one.alone, one.beside) > OF_ONE_KIND]


def test_a_fresh_clone_prints_our_own_set_and_says_what_is_missing(
    own_set: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    score = _loaded("score")
    monkeypatch.setattr(score, "CORPUS", tmp_path / "corpus")
    monkeypatch.setattr(own_set, "main", lambda: sys.stdout.write("our own writing\n"))
    monkeypatch.setattr(score, "own_set", own_set)

    score.everything()

    printed = capsys.readouterr().out
    assert printed.startswith("our own writing\n")
    assert "no part of the project" in printed
