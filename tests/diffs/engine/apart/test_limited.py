"""A function is called in a process of its own, whose limits no text can exceed."""

import pytest

from diffs.engine.apart import limited


def test_what_it_returns_comes_back() -> None:
    assert limited.answer(divmod, 7, 2) == (3, 1)


def test_what_it_raises_is_raised_here() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        limited.answer(int, "four")


def test_what_never_ends_is_ended_and_said() -> None:
    with pytest.raises(limited.Unanswered, match="more than 1 seconds of computing"):
        limited.answer(sum, range(10**13), seconds=1)


def test_what_takes_all_memory_is_ended_and_said() -> None:
    with pytest.raises(limited.Unanswered, match="more than 500 MB of memory"):
        limited.answer(bytes, 600_000_000, memory=500)


def test_what_cannot_be_passed_on_starts_no_process() -> None:
    with pytest.raises(AttributeError):
        limited.answer(lambda: 1)
