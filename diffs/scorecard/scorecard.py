"""Compare the seller's own figures with the targets in force: met, at risk, missed, and what is left.

The rules:

1. No orders in the window, or no figure: "no data". A rate of 0 without orders is no achievement.
2. The target is the binding one that a watched page states for the marketplace and the scope. Of several, it is the
   strictest, whatever period it is measured over: who meets that one is safe. What another page states is shown beside
   it. If no page states one, it is the target in the report itself.
3. "Met" and "missed" follow the target's comparator to the letter: exactly 4% is not under 4%.
4. "At risk" is a figure that still meets the target, but would not after one more defect among these orders, or has
   used 80% of the limit or more: with a fifth fewer orders and the same defects it would be missed. (Scores and times:
   within a quarter of the limit.) A limit of zero leaves no room to be at risk: it is met or missed.
5. Amazon's own status wins where it was given for the same figure: GOOD is not missed, BAD is not met, AT_RISK is at
   risk or worse. Ours is shown beside it. If the page's target differs from the report's, the worse of both counts.
6. A target for some sellers only (new ones, a programme's, another country's) holds nobody else: it is named beside.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from diffs.values import Target

from . import arithmetic, names
from .applicable_target import Stated, fitting, looser_elsewhere, stricter_for_some, window_fits
from .arithmetic import Limit
from .metric import Metric

#: The share of a limit from which a figure that meets it is at risk.
NEAR = Fraction(4, 5)


class Standing(StrEnum):
    """How a figure compares with its target."""

    MET = "met"
    AT_RISK = "at risk"
    MISSED = "missed"
    NO_DATA = "no data"
    NO_TARGET = "no target known"


#: The meaning of Amazon's status for a figure. NONE means that there was nothing to judge; others are only shown.
_STATUS = {"GOOD": Standing.MET, "AT_RISK": Standing.AT_RISK, "BAD": Standing.MISSED}

#: From good to bad.
_WORSE = (Standing.MET, Standing.AT_RISK, Standing.MISSED)

#: Amazon's status of an account, the best first.
_ACCOUNT = {"NORMAL": 0, "AT_RISK": 1, "DEACTIVATED": 3}
_UNKNOWN_ACCOUNT = 2


@dataclass(frozen=True, slots=True)
class Room:
    """How much room the counts of a figure leave under its target.

    `left` is how many more of these orders may have a defect; 0 if none may, below 0 how many are too many.
    `good_needed` is how many more orders without a defect bring it back to the target, `orders_needed` how many orders
    that makes; None if no number does. `after_one` is the figure with one more defect among these orders, in the
    metric's unit. `for_one` is how many orders allow a single defect; None if no number does. If it is more than the
    orders there are, the figure is based on few orders.
    """

    left: int
    good_needed: int | None
    orders_needed: int | None
    after_one: Fraction
    for_one: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """A figure and how it compares with its target.

    `ours` is the standing by the target alone, `standing` the one that counts, with Amazon's status considered.
    `stated` is the page's statement of the target; None if the target is the report's own or there is none.
    `other_window` says that the target is measured over other days than the figure, `differs` that the report names
    another target than the page. `elsewhere` is a looser target on another page.
    """

    metric: Metric
    standing: Standing
    ours: Standing
    target: Target | None = None
    stated: Stated | None = None
    room: Room | None = None
    other_window: bool = False
    differs: bool = False
    elsewhere: Stated | None = None
    for_some: tuple[Stated, ...] = ()


def judge(metric: Metric, stated: Iterable[Stated]) -> Result:
    """The result for one figure, compared with the target in force among those that pages state."""
    known = list(stated)
    found, own = fitting(metric, known), own_target(metric)
    target = found.target if found else own
    ours = against(metric, target) if target else _without_target(metric)
    return Result(
        metric,
        _counting(metric, ours, target),
        ours,
        target,
        found,
        room(metric, target) if target else None,
        other_window=found is not None and window_fits(metric, found.target) is False,
        differs=found is not None and own is not None and _differ(metric, found, own),
        elsewhere=looser_elsewhere(metric, known, found) if found else None,
        for_some=stricter_for_some(metric, known, target),
    )


def against(metric: Metric, target: Target) -> Standing:
    """How a figure compares with a target, without Amazon's status: no data, met, at risk or missed."""
    value = metric.value
    if value is None:
        return Standing.NO_DATA
    if not _holds(value, metric, target):
        return Standing.MISSED
    return Standing.AT_RISK if _is_near(value, metric, target) else Standing.MET


def room(metric: Metric, target: Target) -> Room | None:
    """The room that the counts leave; None without counts, or if the figure is not a share of orders."""
    orders, counted = metric.denominator, metric.numerator
    if metric.unit != "percent" or not orders or counted is None or not 0 <= counted <= orders:
        return None
    limit, higher = limit_of(metric, target), _is_higher(metric, target)
    defects = orders - counted if higher else counted
    after = Fraction(100 * min(orders, defects + 1), orders)
    return Room(
        left=arithmetic.left(defects, orders, limit),
        good_needed=arithmetic.good_needed(defects, orders, limit),
        orders_needed=arithmetic.orders_for(defects, limit),
        after_one=100 - after if higher else after,
        for_one=arithmetic.orders_for(1, limit),
    )


def limit_of(metric: Metric, target: Target) -> Limit:
    """A target in percent as the share of defects it allows."""
    share = _edge(metric, target)
    strict = target.comparator in ("<", ">")
    return Limit(1 - share / 100 if _is_higher(metric, target) else share / 100, strict)


def own_target(metric: Metric) -> Target | None:
    """The target that the report itself names for this figure; None if it names none that can be read."""
    if metric.target is None or metric.condition not in ("<", "<=", ">", ">=", "="):
        return None
    return Target(metric.metric, metric.condition, float(metric.target), metric.unit, scope=metric.scope or None)


def account_rank(status: str) -> int:
    """How bad an account's status is; higher is worse. An unknown status is worse than AT_RISK."""
    return _ACCOUNT.get(status, _UNKNOWN_ACCOUNT)


def same_figure(one: Target, other: Target) -> bool:
    """Whether two targets name the same figure, "under" or "at most": pages and reports do not distinguish these."""
    return (one.value, one.value2) == (other.value, other.value2)


def _without_target(metric: Metric) -> Standing:
    return Standing.NO_DATA if metric.value is None else Standing.NO_TARGET


def _counting(metric: Metric, ours: Standing, target: Target | None) -> Standing:
    """The standing that counts, by rule 5."""
    status, own = _STATUS.get(metric.status.upper()), own_target(metric)
    if status is None or metric.denominator == 0:
        return ours
    about_another = target is not None and (own is None or not same_figure(target, own))
    if ours in _WORSE and (about_another or Standing.AT_RISK in (ours, status)):
        return max(ours, status, key=_WORSE.index)
    return status


def _holds(value: Fraction, metric: Metric, target: Target) -> bool:
    edge, higher = _edge(metric, target), _is_higher(metric, target)
    if value == edge:
        return target.comparator not in ("<", ">")
    return value > edge if higher else value < edge


def _is_near(value: Fraction, metric: Metric, target: Target) -> bool:
    edge, higher = _edge(metric, target), _is_higher(metric, target)
    if metric.unit == "percent":
        used, allowed = (100 - value, 100 - edge) if higher else (value, edge)
        left = room(metric, target)
        return allowed > 0 and (used >= NEAR * allowed or (left is not None and left.left <= 0))
    if edge == 0:
        return False
    return value * NEAR <= edge if higher else value >= NEAR * edge


def _edge(metric: Metric, target: Target) -> Fraction:
    """The figure that separates met from missed; of a range (a band), its worse end."""
    if target.comparator == "range" and not _is_higher(metric, target) and target.value2 is not None:
        return exact(target.value2)
    return exact(target.value)


def _is_higher(metric: Metric, target: Target) -> bool:
    if target.comparator in ("<", "<="):
        return False
    return target.comparator in (">", ">=") or names.better(metric.metric) == "higher"


def exact(value: float | Decimal) -> Fraction:
    """The exact fraction of a figure as written: 0.1 is a tenth."""
    return Fraction(str(value))


def _differ(metric: Metric, found: Stated, own: Target) -> bool:
    """Whether the report and the page name different figures for the same target."""
    page = found.target
    comparable = page.strength == "requirement" and window_fits(metric, page) is not False
    return comparable and not found.by_hand and not same_figure(page, own)
