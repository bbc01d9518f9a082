"""Alignment of two sequences: the runs that both share, in order."""

import difflib
import importlib.util
import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffs.comparing import align as alignment
from diffs.comparing.align import Gap, Run, align, gaps, heaviest_chain

SEQUENCES = st.lists(st.sampled_from("abcdefgh"), max_size=60)


@pytest.fixture
def no_steps(monkeypatch):
    """A budget that is used up at once."""
    monkeypatch.setattr(alignment, "STEPS", -10_000_000)


def matches(old, new, **how):
    runs = align(old, new, **how)
    for run in runs:
        assert run.length > 0
        assert list(old[run.old : run.old + run.length]) == list(new[run.new : run.new + run.length])
    for one, two in pairwise(runs):
        assert one.old + one.length <= two.old
        assert one.new + one.length <= two.new
        assert (one.old + one.length, one.new + one.length) != (two.old, two.new)
    return runs


@given(SEQUENCES, SEQUENCES, st.sampled_from([1, 3]))
def test_runs_are_equal_rising_and_apart(old, new, width):
    matches(old, new, width=width)


@given(SEQUENCES, SEQUENCES)
def test_runs_and_gaps_cover_both_sides(old, new):
    runs = align(old, new)
    left = gaps(runs, len(old), len(new))

    covered = sum(run.length for run in runs) * 2
    assert covered + sum(g.old_to - g.old_from + g.new_to - g.new_from for g in left) == len(old) + len(new)


@given(SEQUENCES, SEQUENCES)
def test_without_steps_left_the_runs_still_hold(old, new):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alignment, "STEPS", -10_000_000)
        matches(old * 4, new * 4)


@given(SEQUENCES, SEQUENCES)
def test_plain_difflib_aligns_the_same(old, new):
    compiled = align(old, new)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alignment, "SequenceMatcher", difflib.SequenceMatcher)

        assert align(old, new) == compiled


def test_without_the_compiled_library_difflib_does_the_work(monkeypatch):
    monkeypatch.setitem(sys.modules, "cydifflib", None)
    spec = importlib.util.spec_from_file_location("alignment_without", alignment.__file__)
    without = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(without)

    assert without.SequenceMatcher is difflib.SequenceMatcher
    assert without.align("abcd", "abxd") == align("abcd", "abxd")


def test_what_occurs_once_is_anchored_before_what_occurs_often():
    old = ["Limits:", "500", "400", "Threshold:", "5", "4"]
    new = ["Limits:", "5", "4", "Threshold:", "5", "4"]

    assert align(old, new) == [Run(0, 0, 1), Run(3, 3, 3)]


def test_of_crossing_anchors_the_heavier_stays():
    weights = {"light": 1, "heavy": 9}

    assert align(["light", "heavy"], ["heavy", "light"], weigh=lambda at: weights[["light", "heavy"][at]]) == [
        Run(1, 0, 1)
    ]


def test_a_chain_rises_on_both_sides():
    assert heaviest_chain([(0, 2, 5.0), (1, 0, 2.0), (2, 1, 2.0), (2, 2, 1.0)]) == [(0, 2, 5.0)]
    assert heaviest_chain([(0, 2, 3.0), (1, 0, 2.0), (2, 1, 2.0)]) == [(1, 0, 2.0), (2, 1, 2.0)]
    assert heaviest_chain([]) == []


def test_gaps_lie_before_between_and_behind():
    assert list(gaps([Run(1, 0, 2), Run(4, 4, 1)], 6, 5)) == [Gap(0, 1, 0, 0), Gap(3, 4, 2, 4), Gap(5, 6, 5, 5)]


def test_thousands_of_equal_lines_with_edits_keep_their_places():
    old = ["same"] * 6000
    new = list(old)
    new[1000] = "edited"
    new[3000:3000] = ["added"] * 3
    del new[5000:5010]
    runs = matches(old, new)

    assert sum(run.length for run in runs) == 6000 - 1 - 10
    assert runs[0] == Run(0, 0, 1000)


@pytest.mark.usefixtures("no_steps")
def test_the_window_finds_its_way_after_an_insertion():
    old = [*"ab" * 30, *"cd" * 30, *"ef" * 30]
    new = [*"ab" * 30, *"xyz", *"cd" * 30, *"ef" * 30]

    assert sum(run.length for run in matches(old, new)) == len(old)


@pytest.mark.usefixtures("no_steps")
def test_the_window_goes_on_where_nothing_matches():
    old = ["a", *[f"old {n}" for n in range(200)], "a", "a", "z"]
    new = ["a", *[f"new {n}" for n in range(200)], "a", "b", "a", "z"]

    assert sum(run.length for run in matches(old, new)) >= 3


def test_repeated_words_are_matched_step_by_step_when_they_are_many(monkeypatch):
    monkeypatch.setattr(alignment, "STEPS", 20_000)
    old = [word for n in range(60) for word in ("the", "of", f"old{n}", "and")]
    new = [word for n in range(60) for word in ("the", "of", f"new{n}", "and")]
    runs = matches(old, new)

    assert sum(run.length for run in runs) >= 170


def test_rows_of_words_that_occur_once_are_found_wherever_they_moved():
    old = [f"word{number}" for number in range(400)]
    new = [*old[:100], *(f"other{number}" for number in range(250)), *old[150:], *old[100:150]]

    runs = matches(old, new, width=3)

    assert [(run.old, run.length) for run in runs] == [(0, 100), (150, 250)]
