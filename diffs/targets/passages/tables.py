"""Read a table of targets: what each column contains, and which cells state a target of their own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from diffs.language.bounds import bounds
from diffs.language.vocabulary import plain, words
from diffs.targets.limits.comparators import has_cue
from diffs.targets.limits.past import is_called_former
from diffs.targets.metrics.concepts import concepts, takes_sales
from diffs.targets.metrics.known_metrics import KnownMetric, mentions, metrics

from .audience import audience_above
from .subjects import is_passed_over

# A cell with only a figure and its comparator: "1%", "≤ 4,5 %", "More than 8%", "95% or higher", "90-95%".
_FIGURE = re.compile(r"\d")
_LONGEST_FIGURE = 60
_BARE = re.compile(
    r"[^\d]{0,25}\d{1,4}(?:[.,]\d{1,3})? ?(?:%[^\d]{0,25}|[^\d%]{0,25})|"
    r"[^\d]{0,25}\d[\d.,]{0,8} ?%? ?(?:-|–|to|bis|à|a) ?\d[\d.,]{0,8} ?%?[^\d]{0,10}"
)


_PLAIN = re.compile(r"\d[\d.,]{0,8} ?%?")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that states a target by itself: its place, its metric, the seller level it is for, and how it binds."""

    at: int
    metric: KnownMetric
    tier: str = ""
    strength: str = ""


def metric_of(text: str) -> KnownMetric | None:
    """The metric that a short text (a cell, a heading, a label) names or is about."""
    flat = plain(text)
    named = mentions(flat) or (concepts(flat) if len(flat) <= _LONGEST_LABEL else ())
    return named[-1].metric if named else None


def _metric_above(header: str) -> KnownMetric | None:
    """The metric of a column; a column headed "Orders" counts orders."""
    alone = len(header.split()) == 1 and takes_sales(header)
    return metric_of(header) or (metrics()["order_count"] if alone else None)


_LONGEST_LABEL = 80
_EVERYBODY = re.compile(
    r"\b(?:all|every(?:one|body)?|overall|total|alle|gesamt|tous|toutes|tutt[ie]|todos|todas|"
    r"wszys\w+|alla|tüm|tất cả)\b|すべて|全",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def kind_of(header: str) -> str:
    """The kind of a column, by its header: alert, block, period, other, target, audience, tier or ""."""
    flat = plain(header)
    if is_called_former(flat) or words("wording_targets", "columns", "amounts").found_in(flat):
        return "other"
    for kind in ("target", "alert", "block", "period", "other", "audience", "tier"):
        if words("wording_targets", "columns", kind).found_in(flat):
            return kind
    return ""


def cells_with_targets(cells: tuple[str, ...], header: tuple[str, ...], around: str) -> Iterator[Cell]:
    """The cells of a row that each state a target: a column per metric, or a row per metric and a column per level.

    `around` contains the headings and the line above the table. Yields nothing if the row must be read as a whole.
    """
    if len(header) != len(cells):
        return
    if metric_of(cells[0]) is None:
        yield from _by_column(cells, header, around)
    else:
        yield from _by_row(cells, header, around)


def period_in(cells: tuple[str, ...], header: tuple[str, ...]) -> str:
    """The cell that says over which days a row is measured; "" where there is none."""
    named = zip(cells, header, strict=False)
    return next((cell for cell, above in named if kind_of(above) == "period" and _FIGURE.search(cell)), "")


def audience_in(cells: tuple[str, ...], header: tuple[str, ...]) -> str:
    """The cell that says whom a row is for; "" if there is none, or everybody is meant."""
    named = zip(cells, header, strict=False)
    cell = next((cell for cell, above in named if kind_of(above) == "audience" and not _FIGURE.search(cell)), "")
    return "" if _EVERYBODY.search(cell) else cell


def _by_column(cells: tuple[str, ...], header: tuple[str, ...], around: str) -> Iterator[Cell]:
    """The cells of a table with a row per level or programme and a column per metric."""
    named = [bool(mentions(plain(above))) for above in header]
    counted = [_metric_above(above) for above in header]
    sure = any(named) or has_cue(around) or kind_of(cells[0]) == "tier" or kind_of(header[0]) in ("tier", "audience")
    if not sure or any(mentions(plain(cell)) for cell in cells):
        return
    is_group = kind_of(cells[0]) == "tier" or kind_of(header[0]) in ("tier", "audience") or is_passed_over(cells[0])
    for at, metric in enumerate(counted):
        # A bare figure for a case ("After 30 days | 80%") is no limit on a rate.
        is_limit = is_group or has_cue(around) or has_cue(header[at]) or not _PLAIN.fullmatch(cells[at].strip())
        if at and metric and is_limit and _FIGURE.search(cells[at]):
            yield Cell(at, metric, "" if _FIGURE.search(cells[0]) or _EVERYBODY.search(cells[0]) else cells[0])


def _by_row(cells: tuple[str, ...], header: tuple[str, ...], around: str) -> Iterator[Cell]:
    """The cells of a table with a row per metric and a column per level, warning or block."""
    metric = metric_of(cells[0])
    kinds = [kind_of(above) for above in header]
    held = [
        at
        for at, cell in enumerate(cells)
        if at and kinds[at] not in ("other", "period") and len(cell) <= _LONGEST_FIGURE and _BARE.fullmatch(plain(cell))
    ]
    breaking = [at for at in held if kinds[at] in ("alert", "block")]
    tiers = [at for at in held if kinds[at] == "tier" or audience_above(header[at]) or _EVERYBODY.search(header[at])]
    dated = [at for at in held if bounds(header[at])]
    if metric is None or not (breaking or dated or (len(held) > 1 and (tiers or has_cue(around)))):
        return
    for at in held:
        strength = {"alert": "advisory", "block": "requirement"}.get(kinds[at], "")
        is_for_all = strength or kinds[at] == "target" or at in dated or _EVERYBODY.search(header[at])
        yield Cell(at, metric, "" if is_for_all else header[at], strength)
