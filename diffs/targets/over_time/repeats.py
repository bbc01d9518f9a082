"""Leave out the targets that a page states a second time."""

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from diffs.values import Target

from .moves import figure, rank

T = TypeVar("T")


def once(these: Iterable[T], target_of: Callable[[T], Target]) -> list[T]:
    """Each target once, where it is first stated; of "under 4%" and "above 4% leads to …" the one that binds more.

    Two with different windows are two; one without a window is any of them.
    """
    kept: list[T] = []
    for one in these:
        target = target_of(one)
        at = next((at for at, other in enumerate(kept) if _is_same(target, target_of(other))), None)
        if at is None:
            kept.append(one)
        elif _weight(target) > _weight(target_of(kept[at])):
            kept[at] = one
    return kept


def _is_same(one: Target, other: Target) -> bool:
    return _meaning(one) == _meaning(other) and (one.window == other.window or None in (one.window, other.window))


def _meaning(target: Target) -> Hashable:
    return (target.metric, target.unit, figure(target), target.scope, target.effective_on, target.ends_on)


def _weight(target: Target) -> tuple[int, bool, bool]:
    return (rank(target), target.window is not None, target.comparator in ("<", ">="))
