"""How the seller's own figures compare, in words: what is left, what brings them back, who misses a new target."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from diffs.language.plain_text import in_short
from diffs.scorecard import names
from diffs.scorecard.applicable_target import about, speaks_for
from diffs.scorecard.metric import Metric
from diffs.scorecard.scorecard import Result, Room, Standing, against, own_target, room
from diffs.targets.metrics import known_metrics
from diffs.values import Target, TargetMove
from diffs.wording import labels, targets
from notifier.values import ToldChange

#: Decimals of a figure: more only if it would otherwise look equal to a limit that it does not equal.
_DECIMALS, _MOST_DECIMALS = 2, 6

#: How much of a page's title is put before a line.
_TITLE = 80

_FAULTS = {
    Standing.MET: "you would meet the new target",
    Standing.AT_RISK: "you would only just meet the new target",
    Standing.MISSED: "you would miss the new target",
}


def standing(moves: Iterable[TargetMove], metrics: Iterable[Metric]) -> list[str]:
    """One line for each figure that a moved target is about, as of the last report.

    `metrics` are the latest figures of the marketplaces that the page is for. Without any there are no lines: nothing
    was reported, which proves nothing.
    """
    known = list(metrics)
    lines: list[str] = []
    for move in moves if known else ():
        target = move.after or move.before
        if target is None:
            continue
        concerned = [metric for metric in known if about(metric, target)]
        lines += [_stands(move, metric) for metric in concerned]
        if not concerned and not any(_is_named(metric, target) for metric in known):
            lines.append(
                f"Your last report has no {known_metrics.label(target.metric).lower()} to compare with this target."
            )
    return list(dict.fromkeys(lines))


def for_the_owner(changes: Iterable[ToldChange], metrics: Iterable[Metric]) -> list[str]:
    """How the owner's figures compare with all targets that moved, each line with its page. For the owner's eyes only.

    `metrics` are the latest figures of all marketplaces. If a target moved twice only the last step counts; if
    two pages say the same, one line names both.
    """
    figures = list(metrics)
    last: dict[str, tuple[ToldChange, dict[tuple[str, ...], TargetMove]]] = {}
    for change in sorted(changes, key=lambda change: change.decided_at):
        _, moves = last.setdefault(change.page, (change, {}))
        moves.update((_which(move), move) for move in change.moves)
    lines: dict[tuple[str, str], list[str]] = {}
    for change, moves in last.values():
        known = [metric for metric in figures if speaks_for(metric.marketplace, change.marketplace)]
        for line in standing(moves.values(), known):
            titles = lines.setdefault((change.marketplace, line), [])
            titles.append(in_short(change.title, _TITLE))
    return [f"{'; '.join(titles)} ({labels.marketplace(place)}): {line}" for (place, line), titles in lines.items()]


def _which(move: TargetMove) -> tuple[str, ...]:
    """What identifies a target of a page: there is one for a metric, scope and window."""
    target = move.after or move.before
    return (target.metric, target.scope or "", target.window or "") if target else ()


def figure(value: Fraction, unit: str, limit: Fraction | None = None) -> str:
    """A figure in words: "3.4%". It never looks like `limit` unless it equals it."""
    for places in range(_DECIMALS, _MOST_DECIMALS + 1):
        shown = round(value, places)
        if limit is None or (shown == limit) == (value == limit):
            break
    if limit is not None and shown == limit != value:
        return f"just {'under' if value < limit else 'over'} {figure(limit, unit)}"
    number = f"{float(shown):,.{places}f}"
    number = number.rstrip("0").rstrip(".") if "." in number else number
    return targets.with_unit(number, unit)


def own_figure(metric: Metric, target: Target | None = None) -> str:
    """The seller's figure, as precise as the target; "–" if there is none."""
    if metric.value is None:
        return "–"
    return figure(metric.value, metric.unit, Fraction(str(target.value)) if target else None)


def basis(metric: Metric) -> str:
    """The basis of a figure: "17 of 500 orders, 1 April 2026 to 30 April 2026"."""
    parts = []
    if metric.scope != names.usual_scope(metric.metric):
        parts.append(metric.scope)
    if metric.denominator is not None and metric.numerator is not None:
        parts.append(f"{metric.numerator:,} of {metric.denominator:,} {names.things(metric.metric)}")
    if metric.window_from and metric.window_to:
        parts.append(f"{labels.day(metric.window_from)} to {labels.day(metric.window_to)}")
    return ", ".join(parts)


def advice(result: Result) -> list[str]:
    """What is left, or what brings it back; then what should be known about the figure. Whole sentences."""
    return [*_what_to_do(result), *_what_to_know(result), *still_stated(result)]


def still_stated(result: Result) -> list[str]:
    """That another page took back what the target's page still states, in a sentence; nothing where none did."""
    stated = result.stated
    told = targets.taken_back(stated.page, stated.withdrawn) if stated is not None else ""
    return [f"Of this target, {told}: ask which of them holds."] if told else []


def of_feedback(metrics: Iterable[Metric]) -> list[str]:
    """A feedback rate that looks alarming as few buyers leave any, and the defect rate that counts, in a sentence."""
    known = {metric.key: metric for metric in metrics}
    lines = []
    for (marketplace, name, _), feedback in known.items():
        if name != "negative_feedback_rate" or not feedback.numerator or not feedback.denominator:
            continue
        for metric in known.values():
            shared = (metric.marketplace, metric.metric) == (marketplace, "order_defect_rate")
            if shared and metric.numerator is not None and metric.denominator:
                lines.append(
                    f"{marketplace}: {feedback.numerator} of {labels.count(feedback.denominator, 'feedback')} negative "
                    f"({own_figure(feedback)}), but what counts is "
                    f"{metric.numerator} of {metric.denominator:,} orders: {own_figure(metric)}."
                )
    return lines


def _what_to_do(result: Result) -> Iterator[str]:
    metric, target, left = result.metric, result.target, result.room
    if result.ours is Standing.NO_DATA:
        yield "No orders in this window." if metric.denominator == 0 else "The report has no figure for it."
    elif target is None:
        yield "No page that was read states a target for it."
    elif left is not None:
        yield from _by_counts(metric, target, left, missed=result.ours is Standing.MISSED)
    elif result.ours is Standing.MISSED:
        yield f"It must be {targets.held(target)}."
    elif result.ours is Standing.AT_RISK:
        yield f"It is close to the limit, {targets.held(target)}."


def _by_counts(metric: Metric, target: Target, left: Room, *, missed: bool) -> Iterator[str]:
    bad, things = names.bad(metric.metric), names.things(metric.metric)
    if missed and left.good_needed is None:
        yield f"No number of further {things} brings it back; it ends when the {bad} has left the window."
    elif missed:
        yield (
            f"{_more_good(left.good_needed or 0, things)} would bring it back ({left.orders_needed:,} in all); "
            f"with these {things}, {-left.left:,} {names.bad(metric.metric, -left.left)} too many."
        )
    elif left.left > 0:
        yield f"Room for {left.left:,} more {names.bad(metric.metric, left.left)} among these {things}."
    else:
        yield f"No room left: one more {bad} among these {things} breaks it."
    if missed or left.left <= 0:
        limit = Fraction(str(target.value))
        yield f"One more {bad} makes it {figure(left.after_one, metric.unit, limit)}."
    if left.for_one is not None and metric.denominator is not None and left.for_one > metric.denominator:
        one = figure(Fraction(100, metric.denominator), metric.unit)
        yield f"Few {things}: a single {bad} is {one} here; it takes {left.for_one:,} to absorb one."


def _more_good(number: int, things: str) -> str:
    return f"{number:,} more good {things.removesuffix('s') if number == 1 else things}"


def _what_to_know(result: Result) -> Iterator[str]:
    metric, target = result.metric, result.target
    for one in result.for_some:
        yield f"Only for {one.target.scope}: {targets.held(one.target)}, says {one.page}."
    if metric.status and result.standing is not result.ours and target is not None:
        yield f"Amazon says {metric.status}; by the wording of the target, {targets.held(target)}, it is {result.ours}."
    if result.differs and (own := own_target(metric)) is not None and target is not None:
        yield f"The report names {targets.held(own)}, the page {targets.held(target)}."
    if result.other_window and target is not None:
        yield f"The page measures over {target.window}, your figure is over {metric.days} days."
    if result.elsewhere is not None:
        other = result.elsewhere
        yield f"Another page, {other.page}, says {targets.held(other.target)}; the stricter one counts."
    if target is not None and result.stated is not None and target.strength not in ("requirement", "band"):
        yield f"The page states it as a {target.strength}."
    if not metric.is_known:
        yield "Unknown metric."


def _is_named(metric: Metric, target: Target) -> bool:
    return target.metric in (metric.metric, names.reported_rates().get(metric.metric, {}).get("pages_call_it"))


def _stands(move: TargetMove, metric: Metric) -> str:
    name = names.label(metric.metric).lower()
    place = ", ".join(part for part in (name, basis(metric)) if part)
    target = move.after
    if metric.value is None:
        return f"Your last report has no figure to compare with this target ({place})."
    if target is None:
        return f"You are at {own_figure(metric)} ({place}): the target you were held to is no longer stated."
    standing = against(metric, target)
    result = Result(metric, standing, standing, target, room=room(metric, target))
    told = f"You are at {own_figure(metric, target)} ({place}): {_FAULTS[standing]} {targets.held(target)}."
    # Only the first sentence of what the calculation says: this is a line among others.
    status = [f"Amazon's own status for it is {metric.status}."] if metric.status.upper() in _BAD else []
    return " ".join([told, *list(_what_to_do(result))[:1], *status])


#: Amazon's words that a figure is not well.
_BAD = ("BAD", "AT_RISK")
