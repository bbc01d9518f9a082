"""The performance targets that a policy states.

A target is a metric, a comparator, a value and its unit: "Late shipment rate: < 4%". The wording differs by page and
language: bullets, sentences, breach sentences ("above 4% may result in ..."), table rows, headings with the figure in
the next block, ranges, hours, scores, stars. Fees, worked examples, findings and shares are no targets.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from diffs.language.amounts import Amount, find
from diffs.language.vocabulary import plain
from diffs.remember import LONGEST, remembered
from diffs.values import Document, Target

from .comparators import (
    Held,
    breached,
    canonical,
    has_cue,
    held,
    is_actual,
    is_example,
    is_named,
    is_other_amount,
    speaks_of_breach,
)
from .context import consequence_in, scope_of, strength_of, window_of
from .known_metrics import KnownMetric, Mention, mentions
from .new_metrics import names_something, unknown_metric
from .passages import Passage, passages

_SHORT_SENTENCE = 9
_BARE_UNITS = {"score": ("score", "count"), "stars": ("stars", "count", "score"), "orders": ("orders",)}


@lru_cache(maxsize=16)
def extract_targets(document: Document) -> tuple[Target, ...]:
    """All targets a document states, in reading order; one that is stated three times comes out three times.

    Metric names nobody listed come out as "unknown:" and the name in snake_case.
    """
    cut = list(passages(document))
    found = [target for passage in cut for target in _stated(passage, document.language)]
    return tuple(_completed(found, cut))


def _stated(passage: Passage, language: str) -> tuple[Target, ...]:
    """The targets of a passage, which mostly stood there in the last version, too."""
    is_short = sum(map(len, (passage.lead, *passage.near, *passage.cells, *passage.header))) <= 2 * LONGEST
    return _remembered(passage.text, passage, language) if is_short else tuple(_read(passage, language))


@remembered
def _remembered(_text: str, passage: Passage, language: str) -> tuple[Target, ...]:
    return tuple(_read(passage, language))


def _read(passage: Passage, language: str) -> Iterator[Target]:
    text = plain(passage.text)
    amounts = find(text, language)
    if not amounts or is_example(text):
        return
    named = mentions(text)
    if not (named or passage.column or passage.context_metric or names_something(text)):
        return
    read: list[tuple[Held, Target]] = []
    for amount in amounts:
        if amount.kind == "money":
            continue
        found = held(text, amount)
        metric = _metric_for(found, text, named, amounts) or passage.column
        target = _known(found, metric, passage) if metric else _from_context(found, passage, named)
        if target is not None:
            read.append((found, target))
    yield from (_placed(target, passage) for target in _once(read, text))


def _once(read: list[tuple[Held, Target]], text: str) -> Iterator[Target]:
    """Each target of a sentence once; a bare figure beside one that is held or named is what somebody reached."""
    held_ones = {target.metric for found, target in read if found.sign or is_named(text, found)}
    told: set[tuple[str, float]] = set()
    for found, target in read:
        reached = target.metric in held_ones and not found.sign and target.value2 is None and not is_named(text, found)
        if not reached and (target.metric, target.value) not in told:
            told.add((target.metric, target.value))
            yield target


def _metric_for(found: Held, text: str, named: tuple[Mention, ...], amounts: tuple[Amount, ...]) -> KnownMetric | None:
    """The metric that a figure belongs to: the one right behind it, else the last before it, else the next."""
    fitting = [mention for mention in named if _fits(mention.metric, found.amount)]
    behind = next((mention for mention in fitting if mention.start >= found.end), None)
    before = next((mention for mention in reversed(fitting) if mention.start < found.amount.start), None)
    if behind and _right_behind(text[found.end : behind.start]):
        return behind.metric
    if before:
        return before.metric
    if found.amount.kind == "count":
        return None
    if behind and not any(
        found.end <= other.start < behind.start and other.kind == found.amount.kind for other in amounts
    ):
        return behind.metric
    return None


def _right_behind(gap: str) -> bool:
    """Whether only small words stand between a figure and the metric after it ("a minimum 90% OTDR")."""
    return (
        not any(sign in gap for sign in ",;.:|、。；")
        and len(gap.split()) <= 2
        and not gap.strip().startswith(("and", "or"))
    )


def _fits(metric: KnownMetric, amount: Amount) -> bool:
    if amount.kind == "duration":
        return amount.unit.removeprefix("business ") in (metric.unit, *metric.also)
    if metric.unit == "percent":
        return amount.kind == "percent"
    return amount.kind in _BARE_UNITS.get(metric.unit, ())


def _known(found: Held, metric: KnownMetric, passage: Passage) -> Target | None:
    """The target that a figure states for a metric named in the same sentence, row or column."""
    text, amount = plain(passage.text), found.amount
    if not _fits(metric, amount) or is_other_amount(text, found, named=True) or passage.shows_other(amount):
        return None
    named = is_named(text, found)
    if (is_actual(text, found) and not named) or not _held_as_its_kind(found, text, metric, named=named):
        return None
    if not (found.sign or amount.value2 is not None or named or passage.states_targets or has_cue(text)):
        return None
    return _target(found, metric.name, metric.better, metric.unit, metric.scale)


def _held_as_its_kind(found: Held, text: str, metric: KnownMetric, *, named: bool) -> bool:
    """Whether a figure that is no percentage is held the way a target of its kind is."""
    match found.amount.kind:
        case "duration":
            return found.sign in ("<", "<=") or (named and not found.sign)
        case "count":
            return _holds_bare_number(found, text, metric, named=named)
        case "orders":
            return bool(found.sign) and has_cue(text)
        case _:
            return True


def _holds_bare_number(found: Held, text: str, metric: KnownMetric, *, named: bool) -> bool:
    """A number without a unit is a score only when it is held as one ("a score of 300 or higher")."""
    if metric.scale and not metric.scale[0] <= found.amount.value <= metric.scale[1]:
        return False
    if metric.unit == "stars" and found.amount.value > 5:
        return False
    unit = found.amount.unit
    if unit and not (found.sign or named or found.amount.value2 is not None):
        return False
    return bool(found.sign) or named or (found.amount.value2 is not None and "score" in text.lower())


def _from_context(found: Held, passage: Passage, named: tuple[Mention, ...]) -> Target | None:
    """The target of a sentence that does not name its metric: its heading does, or the name is new to us."""
    text, amount = plain(passage.text), found.amount
    if is_other_amount(text, found, named=False) or passage.shows_other(amount) or is_actual(text, found):
        return None
    called = is_named(text, found)
    new = unknown_metric(found, passage, called=called)
    if new is not None:
        sign = found.sign
        if not new.better and speaks_of_breach(text) and not has_cue(text):
            sign = breached(sign)
        return _target(replace(found, sign=sign), new.name, new.better, _unit(amount), None)
    metric = passage.context_metric
    if metric and _fits(metric, amount) and not named and _refers_back(found, passage, called=called):
        return _target(found, metric.name, metric.better, metric.unit, metric.scale)
    if called and amount.kind == "percent" and not named and (speaks_of_breach(text) or has_cue(text)):
        return _target(found, "unknown:target", "", "percent", None) if found.sign or speaks_of_breach(text) else None
    return None


def _refers_back(found: Held, passage: Passage, *, called: bool) -> bool:
    text = plain(passage.text)
    if found.amount.kind == "count" and not (found.sign and "score" in text.lower()):
        return False
    if found.amount.kind == "duration" and found.sign not in ("<", "<="):
        return False
    if called or passage.states_targets:
        return True
    if not found.sign:
        return False
    return len(text.split()) <= _SHORT_SENTENCE or (passage.points_back and has_cue(text))


def _unit(amount: Amount) -> str:
    return amount.unit.removeprefix("business ") if amount.kind == "duration" else amount.kind


def _target(found: Held, name: str, better: str, unit: str, scale: tuple[float, float] | None) -> Target | None:
    """The target value, canonical: what to keep, not what breaks it."""
    amount = found.amount
    if amount.kind == "duration":
        unit = amount.unit.removeprefix("business ")
    if amount.value2 is None:
        return Target(name, canonical(found.sign, better), amount.value, unit)
    low, high = amount.value, amount.value2
    if scale and (low, high) == scale:
        return None
    if scale and high == scale[1] and better == "higher":
        return Target(name, ">=", low, unit, high)
    return Target(name, "range", low, unit, high)


def _placed(target: Target, passage: Passage) -> Target:
    return replace(
        target,
        sentence=passage.text,
        section=passage.section,
        scope=scope_of(passage),
        window=window_of(passage, target.metric),
        strength=strength_of(passage, target),
        consequence=consequence_in(passage, target.metric),
    )


def _completed(found: list[Target], cut: list[Passage]) -> Iterator[Target]:
    """Give each target the window that the page names elsewhere for its metric."""
    wanted = {target.metric for target in found if not target.window}
    windows: dict[str, str] = {}
    for passage in cut if wanted else ():
        named = {mention.metric.name for mention in mentions(plain(passage.text))} & wanted
        for name in named:
            window = window_of(passage, name)
            if window:
                windows.setdefault(name, window)
    for target in found:
        yield target if target.window else replace(target, window=windows.get(target.metric))
