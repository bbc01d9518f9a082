"""The words for a target and its moves, the same everywhere: headline, digest, feed, scorecard, terminal."""

from collections.abc import Iterable
from datetime import date

from diffs.targets.metrics.known_metrics import label
from diffs.targets.over_time.moves import direction
from diffs.values import Target, TargetMove

from . import labels

_COMPARATORS = {"<": "under", "<=": "at most", ">": "over", ">=": "at least", "=": "exactly"}
_UPPER, _LOWER = ("<", "<="), (">", ">=")
_UNITS = {"score": "points"}


def with_unit(number: str, unit: str) -> str:
    """A figure with its unit: "4%", "24 hours", "1 day", "350 points"; a mere count has none."""
    if unit == "percent":
        return f"{number}%"
    if unit == "count":
        return number
    name = _UNITS.get(unit, unit)
    return f"{number} {name.removesuffix('s') if number == '1' else name}"


def held(target: Target) -> str:
    """What a target asks for, without metric, window or scope: "under 4%", "350 to 550 points"."""
    if target.comparator == "range" and target.value2 is not None:
        return f"{_number(target.value)} to {with_unit(_number(target.value2), target.unit)}"
    return f"{_COMPARATORS.get(target.comparator, target.comparator)} {limit(target)}"


def move(moved: TargetMove, *, window: bool = True) -> str:
    """How a target moved, as one line: "Late shipment rate: the limit falls from 4% to 3% (30 days)".

    Without `window`, the days over which it is measured are left out unless they are what moved.
    """
    known = moved.after or moved.before
    if known is None:
        return f"Target: {moved.move}"
    name = label(known.metric)
    extra = _brackets((known.window if window else None, known.scope))
    if moved.before is None or moved.after is None:
        # One with a day ahead may be an announcement that was withdrawn, beside the limit in force.
        day = "" if moved.after else _from(known)
        return f"{'New target' if moved.after else 'Target removed'}: {name} {held(known)}{day}{extra}"
    match moved.move:
        case "scope":
            was, now = (side.scope or "all" for side in (moved.before, moved.after))
            return f"{name} {held(known)}: now for {now} (was: {was})"
        case "window":
            return f"{name} {held(known)}: now measured over {moved.after.window} (was: {moved.before.window})"
        case "strength":
            was, now = (f"{held(side)} ({side.strength})" for side in (moved.before, moved.after))
            return f"{name}: from {was} to {now}{extra}, {direction(moved)}"
        case _:
            return f"{name}: {_step(moved.before, moved.after, moved.move)}{extra}"


def _from(target: Target) -> str:
    """From when a target was to be in force: " from 15 January 2027"; "" where it had no day with a year."""
    day = target.effective_on or ""
    return "" if not day or day[0] == "-" else f" from {labels.day(date.fromisoformat(day))}"


def _step(before: Target, after: Target, how: str) -> str:
    """How the figure itself moved; `how` is stricter or looser."""
    kind = next((kind for kind in (_UPPER, _LOWER) if before.comparator in kind and after.comparator in kind), None)
    if kind is None or before.comparator != after.comparator or limit(before) == limit(after):
        return f"from {held(before)} to {held(after)}, {how}"
    name, verb = (
        ("limit" if kind is _UPPER else "minimum"),
        ("rises" if (how == "looser") == (kind is _UPPER) else "falls"),
    )
    return f"the {name} {verb} from {limit(before)} to {limit(after)}"


def limit(target: Target) -> str:
    """The figure of a target with its unit."""
    return with_unit(_number(target.value), target.unit)


def _number(value: float) -> str:
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def _brackets(parts: Iterable[str | None]) -> str:
    shown = "; ".join(part for part in parts if part)
    return f" ({shown})" if shown else ""


def taken_back(page: str, withdrawn: Iterable[tuple[str, date]]) -> str:
    """Which pages took back what `page` still states, and when; "" where none did."""
    told = " and ".join(f"{other} took it back on {labels.day(day)}" for other, day in withdrawn)
    return f"{told}, {page} still states it" if told else ""
