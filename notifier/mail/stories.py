"""The changes of a digest, each story once: first what matters most and takes effect soonest. Pure."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from diffs.targets.over_time.moves import figure, limited
from diffs.values import TargetMove
from notifier.values import IMPORTANCE_ORDER, ToldChange


@dataclass(frozen=True, slots=True)
class Story:
    """A change, and those that tell only target moves that it tells too, on other pages."""

    change: ToldChange
    others: tuple[ToldChange, ...] = ()


def rank(change: ToldChange) -> tuple[bool, int, date, datetime, str]:
    """A sort key: the most important first, and of these what takes effect soonest; last what was taken back."""
    importance = IMPORTANCE_ORDER.get(change.importance, 0)
    return change.back is not None, importance, change.effective_on or date.max, change.decided_at, change.uid


def stories(changes: Iterable[ToldChange]) -> list[Story]:
    """All changes by rank, each once: alone, or under the one whose story it is and that tells all its moves.

    A policy comes before the log that announced it. Where only the log says from when, that day holds for the story.
    """
    told: list[list[ToldChange]] = []
    by_story: dict[str, list[list[ToldChange]]] = {}
    for change in sorted(changes, key=lambda one: (one.kind == "announced", rank(one))):
        same = by_story.setdefault(change.story or change.uid, [])
        under = next((members for members in same if _tells(members[0], change)), None)
        if under is not None:
            under.append(change)
            continue
        told.append([change])
        same.append(told[-1])
    told.sort(key=lambda members: min(map(rank, members)))
    return [Story(_dated(members), tuple(members[1:])) for members in told]


def _dated(members: list[ToldChange]) -> ToldChange:
    """The first of a story, with the day on which the others say that it takes effect, if it says none itself."""
    days = [member.effective_on for member in members if member.effective_on]
    first = members[0]
    return replace(first, effective_on=min(days)) if days and not first.effective_on else first


def _tells(first: ToldChange, change: ToldChange) -> bool:
    """Whether a change tells every target move of another; one that moves none has something else to tell.

    What a page has taken back is told by no page that still says it.
    """
    if (first.back is None) != (change.back is None):
        return False
    known = {_figure(move) for move in first.moves}
    return bool(change.moves) and all(_figure(move) in known for move in change.moves)


def _figure(move: TargetMove) -> Hashable:
    """What a move sets a target to, or that it ends it; a change log often names only that."""
    target = move.after or move.before
    assert target is not None
    return limited(target), figure(move.after) if move.after else None
