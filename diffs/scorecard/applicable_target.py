"""Choose the target that applies to a figure from those that the pages state."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from diffs.targets.over_time.moves import RANKS
from diffs.targets.passages.audience import is_place
from diffs.values import Target

from . import names
from .metric import Metric


@dataclass(frozen=True, slots=True)
class Stated:
    """A target and the page that states it: key, title, address and marketplaces ("UK,IE").

    `since` is when the text that states it was first seen, `seen_at` when it was last checked (UTC). `by_hand` says
    that a person entered it and no page states it. `withdrawn` are the pages that announced the same and took it back
    before its first day, each with the day (UTC).
    """

    target: Target
    page: str
    title: str = ""
    url: str = ""
    marketplace: str = ""
    version: int = 0
    since: datetime | None = None
    seen_at: datetime | None = None
    by_hand: bool = False
    withdrawn: tuple[tuple[str, date], ...] = ()


# A mere description or a condition for a badge binds nobody.
_RANKS = {strength: rank for strength, rank in RANKS.items() if strength != "eligibility"}

_SIDES = {"lower": ("<", "<=", "=", "range"), "higher": (">", ">=", "=", "range")}


def fitting(metric: Metric, stated: Iterable[Stated]) -> Stated | None:
    """The target for this figure: the strictest of the most binding ones, whatever period it is measured over.

    A programme's own target takes precedence over the one for everybody.
    """
    found = [one for one in stated if fits(metric, one)]
    return max(found, key=lambda one: _rank(metric, one.target), default=None)


def looser_elsewhere(metric: Metric, stated: Iterable[Stated], chosen: Stated) -> Stated | None:
    """A looser target for the same figure on another page than the chosen one; None if there is none.

    Of several, the strictest.
    """
    held = _rank(metric, chosen.target)
    others = [one for one in stated if one.page != chosen.page and fits(metric, one)]
    looser = [
        one for one in others if _rank(metric, one.target)[:2] == held[:2] and one.target.value != chosen.target.value
    ]
    return max(looser, key=lambda one: _rank(metric, one.target), default=None)


def stricter_for_some(metric: Metric, stated: Iterable[Stated], held: Target | None) -> tuple[Stated, ...]:
    """What pages ask of some sellers only and is stricter than `held`: the strictest for each, by name.

    Whether the seller is one of them nobody here can say.
    """
    found: dict[frozenset[str], Stated] = {}
    for one in stated:
        whom = frozenset(_scopes(one.target))
        is_for_some = bool(whom - _WHOSE_ORDERS) and not fits(metric, one)
        if not is_for_some or not fits(metric, replace(one, target=replace(one.target, scope=None))):
            continue
        stricter = held is None or _strictness(one.target) > _strictness(held)
        if stricter and (whom not in found or _strictness(one.target) > _strictness(found[whom].target)):
            found[whom] = one
    return tuple(sorted(found.values(), key=lambda one: one.target.scope or ""))


def fits(metric: Metric, stated: Stated) -> bool:
    """Whether a stated target applies to this figure at all."""
    return speaks_for(metric.marketplace, stated.marketplace) and about(metric, stated.target)


def speaks_for(marketplace: str, pages: str) -> bool:
    """Whether pages of these marketplaces ("UK,IE") apply to this one, as pages for its region do."""
    listed = {code.strip().upper() for code in pages.split(",")}
    return not listed.isdisjoint(names.regions(marketplace.upper()))


def about(metric: Metric, target: Target) -> bool:
    """Whether a target is about this figure, wherever it is stated: name, unit, direction, whose orders."""
    called = {metric.metric, names.reported_rates().get(metric.metric, {}).get("pages_call_it")}
    side = _SIDES.get(names.better(metric.metric), (*_SIDES["lower"], *_SIDES["higher"]))
    return (
        target.metric in called
        and target.unit == metric.unit
        and target.comparator in side
        and target.strength in _RANKS
        and _covers(metric, _scopes(target))
    )


def window_fits(metric: Metric, target: Target) -> bool | None:
    """Whether both cover the same number of days ("10 or 30 days" is either); None if one of them is not stated."""
    days = {int(number) for number in re.findall(r"\d+", target.window or "")}
    return metric.days in days if days and metric.days is not None else None


def _scopes(target: Target) -> set[str]:
    return {part.strip().casefold() for part in (target.scope or "").split(",") if part.strip()}


# Scopes that say whose orders are counted, not which sellers are meant.
_WHOSE_ORDERS = {"seller-fulfilled", "fba", "per product category"}


def _covers(metric: Metric, scopes: set[str]) -> bool:
    """Whether the scopes of a target leave this figure in it; of several countries one is enough."""
    # Help pages that name no scope address sellers who ship themselves.
    own = {(metric.scope or "seller-fulfilled").casefold(), "per product category"}
    others = scopes - own
    if not others:
        return True
    countries = names.country_names(metric.marketplace.upper())
    places = {one for one in others if one in countries or is_place(one)}
    named = {part for one in places for part in re.split(r",| and | und | et | e | y | en | i | och | & ", one)}
    return places == others and not countries.isdisjoint(part.strip().removeprefix("the ") for part in named)


# A page that names no scope addresses sellers who ship themselves; a programme is a narrower scope.
_EVERYBODY = ("", "seller-fulfilled")


def _rank(metric: Metric, target: Target) -> tuple[int, bool, tuple[float, bool], int]:
    window = {True: 1, None: 0, False: -1}[window_fits(metric, target)]
    scope = metric.scope.casefold()
    is_its_own = scope not in _EVERYBODY and scope in _scopes(target)
    return (_RANKS[target.strength], is_its_own, _strictness(target), window)


def _strictness(target: Target) -> tuple[float, bool]:
    if target.comparator in (">", ">=", "range"):
        return (target.value, target.comparator == ">")
    return (-target.value, target.comparator == "<")
