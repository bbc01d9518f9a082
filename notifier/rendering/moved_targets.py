"""How targets moved, said once: the headline and points of a change may say it already. Pure."""

from collections.abc import Iterable

from diffs.targets.metrics.known_metrics import label
from diffs.values import TargetMove
from diffs.wording import targets
from notifier.values import ToldChange


def unsaid(change: ToldChange, said: Iterable[str]) -> tuple[str, ...]:
    """The moves of a change's targets that none of the lines `said` beside them mentions, in words, each once."""
    lines = [line.casefold() for line in said]
    left = (moved for moved in change.moves if not any(_says(line, moved) for line in lines))
    return tuple(dict.fromkeys(targets.move(moved) for moved in left))


def _says(line: str, moved: TargetMove) -> bool:
    """Whether a line, in lower case, names the metric with its former and its present limit."""
    sides = [side for side in (moved.before, moved.after) if side is not None]
    known = [label(sides[0].metric), *(targets.limit(side) for side in sides)] if sides else []
    # For a target that is new or removed, or whose scope or period alone changed, a line says more.
    whole = targets.move(moved, window=False).casefold()
    return whole in line or (
        len({targets.limit(side) for side in sides}) > 1 and all(word.casefold() in line for word in known)
    )
