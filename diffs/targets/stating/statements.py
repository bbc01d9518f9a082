"""Whether a figure is stated as a target of its metric, and the target it states."""

import re
from dataclasses import replace

from diffs.language.amounts import Amount
from diffs.language.vocabulary import plain
from diffs.targets.limits.comparators import (
    Held,
    breached,
    canonical,
    forbids,
    has_cue,
    is_actual,
    is_allotted,
    is_conditional,
    is_labelled,
    is_named,
    is_other_amount,
    is_told_you,
    lasts,
    speaks_of_breach,
)
from diffs.targets.metrics.concepts import takes_share
from diffs.targets.metrics.known_metrics import KnownMetric, Mention, fits
from diffs.targets.passages.passages import Passage
from diffs.targets.passages.subjects import is_passed_over, names_a_case
from diffs.targets.passages.tables import kind_of
from diffs.values import Target

from .new_metrics import unknown_metric
from .owners import has_fitting, orders_to_qualify, stars
from .spoken_of import spoken_of, stands_right_before

_SHORT_SENTENCE = 9
# A text of so few words is a label, not a statement.
_FEW = 5
_WHOLE = 100
#: With one of these names, a rating may be on a scale of ten.
_MARK = re.compile(r"\b\w*(?:cijfer|note|nota|score|grade|mark|punteggio|puntuación|punkte)\b", re.IGNORECASE)


def known(found: Held, metric: KnownMetric, passage: Passage) -> Target | None:
    """The target that a figure states for a metric named in the same sentence, row or column."""
    text, amount = plain(passage.text), found.amount
    if not fits(metric, amount) or is_other_amount(text, found, named=True) or passage.shows_other(amount):
        return None
    named = is_named(text, found)
    if (is_actual(text, found) and not named) or not _held_as_its_kind(found, passage, metric, named=named):
        return None
    stated = named or passage.states_targets or has_cue(text) or passage.steps
    if not (found.sign or amount.value2 is not None or stated or amount.kind == "duration"):
        return None
    if _is_wrong_way_round(found, metric, passage):
        return None
    if passage.is_of_a_level and canonical(found.sign, metric.better) != found.sign and found.sign:
        # The worst level is whatever lies beyond the level before it: "more than 8%".
        return None
    is_edge = passage.is_of_a_level or (amount.kind == "duration" and not named)
    sign = found.sign or ({"lower": "<=", "higher": ">="}.get(metric.better, "") if is_edge else "")
    return _target(replace(found, sign=sign), metric.name, metric.better, metric.unit, metric.scale)


def unnamed(found: Held, passage: Passage, named: tuple[Mention, ...], amounts: tuple[Amount, ...]) -> Target | None:
    """The target of a figure with no metric named beside it: by what its clause is about, else by its heading."""
    text = plain(passage.text)
    metric = spoken_of(found, text, amounts) if not has_fitting(named, found.amount) else None
    metric = metric or orders_to_qualify(found, passage) or stars(found, named)
    if metric is None:
        return _from_context(found, passage, named)
    if is_other_amount(text, found, named=False) or passage.shows_other(found.amount) or is_actual(text, found):
        return None
    called = is_named(text, found)
    counts_things = found.amount.kind == "count" and found.amount.unit
    if (counts_things and not (metric.unit == "stars" and _has_decimals(found.amount))) or _asks_nothing(found, metric):
        return None
    if metric.name in _BEFALL and not called and names_a_case(_label(passage, found)):
        return None
    if not _is_stated(found, metric, passage, called=called) or not _held_as_its_kind(
        found, passage, metric, named=called
    ):
        return None
    return _target(found, metric.name, metric.better, metric.unit, metric.scale)


#: What befalls single orders: a table may say what then happens to each.
_BEFALL = frozenset(
    ("cancellation_rate", "return_rate", "refund_rate", "claim_rate", "late_shipment_rate", "incident_rate")
)


def _label(passage: Passage, found: Held) -> str:
    """The label of a row or of a line: its first cell, or what stands before its colon; "" where there is none."""
    if passage.cells:
        return passage.cells[0]
    text = plain(passage.text)
    return text[: found.start] if is_labelled(text, found) and not has_cue(text) else ""


def _asks_nothing(found: Held, metric: KnownMetric) -> bool:
    """Whether no share could ever miss the target: "up to 100%" of what should be small."""
    return found.amount.kind == "percent" and metric.better == "lower" and found.amount.value >= _WHOLE


def _is_stated(found: Held, metric: KnownMetric, passage: Passage, *, called: bool) -> bool:
    """Whether a figure of an unnamed metric is a target: it has a sign, and words of duty or consequence."""
    text = plain(passage.text)
    if found.amount.kind == "duration":
        # `spoken_of` returns a time limit only where the text demands it.
        return True
    is_good = metric.better == {"<": "lower", ">": "higher"}.get(found.sign[:1])
    is_broken = speaks_of_breach(text) or is_conditional(text)
    is_beside = stands_right_before(found, text) and (not is_good or len(text.split()) <= _FEW)
    if found.sign and not (is_good or called or is_broken or is_beside):
        return False
    if called or passage.states_targets or has_cue(text) or forbids(text, found):
        return True
    is_share = takes_share(text[found.end :]) or takes_share(f"{found.amount.text} ")
    if not found.sign and found.amount.value2 is None:
        asked = is_labelled(text, found) or passage.is_for_a_level or is_told_you(text)
        return passage.steps or (is_share and asked)
    if is_good and (is_share or passage.is_for_a_level):
        return True
    elsewhere = is_labelled(text, found) or passage.context_metric == metric
    return elsewhere or is_broken or is_beside


def _is_wrong_way_round(found: Held, metric: KnownMetric, passage: Passage) -> bool:
    """Whether a row without a header has a figure of the wrong direction ("Acceptance rate | < 95%") and says no more.

    It states what breaks a limit, and it is unknown for whom.
    """
    bare = passage.cells and not passage.header and passage.column is None and not passage.consequence
    return bool(bare) and bool(found.sign) and (found.sign[0] == "<") == (metric.better == "higher")


def _held_as_its_kind(found: Held, passage: Passage, metric: KnownMetric, *, named: bool) -> bool:
    """Whether a figure that is not a percentage is worded as targets of its kind are."""
    text, is_in_column = plain(passage.text), passage.column is not None
    match found.amount.kind:
        case "duration":
            asked = has_cue(text) or passage.is_for_a_level
            signs = (">", ">=") if metric.better == "higher" else ("<", "<=")
            bare = not found.sign and (named or (metric.better == "higher" and lasts(text, found) and asked))
            return found.sign in signs or bare or (metric.better == "lower" and is_allotted(text, found))
        case "count":
            return _holds_bare_number(found, text, metric, named=named, is_in_column=is_in_column)
        case "orders":
            return bool(found.sign) or is_in_column
        case _:
            return True


def _holds_bare_number(found: Held, text: str, metric: KnownMetric, *, named: bool, is_in_column: bool) -> bool:
    """Whether a number without a unit is worded as a score ("a score of 300 or higher")."""
    named = named or is_in_column
    if metric.scale and not metric.scale[0] <= found.amount.value <= metric.scale[1]:
        return False
    # Stars go up to five, other marks up to ten.
    if metric.unit == "stars" and found.amount.value > (10 if _MARK.search(text) else 5):
        return False
    unit = found.amount.unit
    # Nobody is asked for a single star; "at least 8 reviews" counts; "at least 4.5 across the year" is a mark.
    if metric.unit == "stars" and (found.amount.value <= 1 or (unit and not _has_decimals(found.amount))):
        return False
    if unit and not (found.sign or named or found.amount.value2 is not None):
        return False
    return bool(found.sign) or named or (found.amount.value2 is not None and "score" in text.lower())


def _has_decimals(amount: Amount) -> bool:
    return re.match(r"\d[.,]\d", amount.text) is not None


def _from_context(found: Held, passage: Passage, named: tuple[Mention, ...]) -> Target | None:
    """The target of a sentence that does not name its metric: its heading does, or the name is in no list."""
    text, amount = plain(passage.text), found.amount
    if is_other_amount(text, found, named=False) or passage.shows_other(amount):
        return None
    if is_actual(text, found) and not passage.tells_of_a_limit:
        return None
    called = is_named(text, found) or passage.tells_of_a_limit
    new = unknown_metric(found, passage, called=called)
    if new is not None:
        sign = found.sign
        if not new.better and speaks_of_breach(text) and not has_cue(text):
            sign = breached(sign)
        return _target(replace(found, sign=sign), new.name, new.better, _unit(amount), None)
    metric = passage.context_metric
    if metric and fits(metric, amount) and not named and _refers_back(found, passage, called=called):
        return _target(found, metric.name, metric.better, metric.unit, metric.scale)
    if called and amount.kind == "percent" and not named and (speaks_of_breach(text) or has_cue(text)):
        return _target(found, "unknown:target", "", "percent", None) if found.sign or speaks_of_breach(text) else None
    return None


def _refers_back(found: Held, passage: Passage, *, called: bool) -> bool:
    text = plain(passage.text)
    # An item of a list is not about its neighbour's metric unless it says so.
    if passage.is_only_recent and not passage.points_back and (found.amount.kind == "duration" or passage.is_item):
        return called
    if found.amount.kind == "count" and not (found.sign and "score" in text.lower()):
        return False
    if called and not (found.amount.kind == "duration" and found.sign not in ("<", "<=")):
        return True
    return _is_left_to_it(found, passage)


def _is_left_to_it(found: Held, passage: Passage) -> bool:
    """Whether a sentence or a row says nothing that its figure could be of but the metric above it."""
    text = plain(passage.text)
    if found.amount.kind == "duration" and found.sign not in ("<", "<="):
        return False
    if (passage.cells or passage.is_item) and not _leaves_the_metric_above(_label(passage, found)):
        return False
    if passage.states_targets or kind_of(_label(passage, found)) in ("target", "alert", "block"):
        return True
    if not found.sign:
        return False
    return len(text.split()) <= _SHORT_SENTENCE or (passage.points_back and has_cue(text))


def _leaves_the_metric_above(label: str) -> bool:
    """Whether the figure of a row is one of the metric above the table: its label is "Target", "Alert", "Gold"."""
    return is_passed_over(label) or kind_of(label) in ("target", "alert", "block", "tier")


def _unit(amount: Amount) -> str:
    return amount.unit.removeprefix("business ") if amount.kind == "duration" else amount.kind


def _target(found: Held, name: str, better: str, unit: str, scale: tuple[float, float] | None) -> Target | None:
    """The target in canonical form: the value to keep to, not the value that breaks it."""
    amount = found.amount
    if amount.kind == "duration":
        unit = amount.unit.removeprefix("business ")
    if amount.value2 is None:
        # Nothing is under 0%.
        sign = "<=" if better == "lower" and not amount.value and found.sign in ("", "<") else found.sign
        return Target(name, canonical(sign, better), amount.value, unit)
    low, high = amount.value, amount.value2
    if scale and (low, high) == scale:
        return None
    if scale and high == scale[1] and better == "higher":
        return Target(name, ">=", low, unit, high)
    return Target(name, "range", low, unit, high)
