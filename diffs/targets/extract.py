"""The performance targets that a policy states.

A target is a metric, a comparator, a value and its unit: "Late shipment rate: < 4%". The wording differs by page and
language: bullets, sentences, breach sentences ("above 4% may result in ..."), table rows, headings with the figure in
the next block, ranges, hours, scores, stars. Fees, worked examples, findings and mere shares are not targets.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache
from itertools import pairwise

from diffs.language.short_hash import short_hash
from diffs.language.vocabulary import plain, table
from diffs.remember import LONGEST, remembered
from diffs.values import Document, Target

from .limits.comparators import Held, before_an_example, held, is_example, is_named
from .limits.figures import figures, takes_a_step
from .limits.past import is_called_former
from .limits.places import goes_on, place_behind, takes_sign
from .limits.succession import takes_over
from .metrics.aliases import mentioned
from .metrics.concepts import concepts
from .metrics.known_metrics import mentions
from .passages.audience import by_figure
from .passages.passages import Passage, passages
from .stating.context import Place, consequence_in, measured_in, scope_of, strength_of, window_of
from .stating.new_metrics import names_something
from .stating.owners import as_in_column, counts_beside_a_rate, has_fitting, metric_for, speaks_for_itself
from .stating.spans import Figure, spans_of
from .stating.statements import known, unnamed

#: The name of these rules. It changes whenever the same document would yield other targets (architecture.md, rule 4).
TARGETS = "policywatch-targets/11"
#: The word lists used. Their content is part of the reader's name: a metric is added there without touching code.
WORDS = (
    "metrics",
    "metric_concepts",
    "wording_targets",
    "wording_amounts",
    "wording_dates",
    "number_words",
    "wording_names",
)


@cache
def reader() -> str:
    """A name for everything that the targets of a text depend on: this program's rules and the words it knows."""
    listed = json.dumps([table(name) for name in WORDS])
    return f"{TARGETS}.{short_hash(listed, 8)}"


@lru_cache(maxsize=16)
def extract_targets(document: Document) -> tuple[Target, ...]:
    """All targets a document states, in reading order; one that is stated three times is returned three times.

    A metric name that is in no list becomes "unknown:" and the name in snake_case.
    """
    cut = list(passages(document))
    found = [target for passage in cut for target in _stated(passage, document.language)]
    return tuple(_completed(found, cut))


def _stated(passage: Passage, language: str) -> tuple[Target, ...]:
    """The targets of a passage, remembered where possible: most passages were in the last version too."""
    is_short = sum(map(len, (passage.lead, passage.row, *passage.near, *passage.cells, *passage.header))) <= 2 * LONGEST
    return _remembered(passage.text, passage, language) if is_short else tuple(_read(passage, language))


@remembered
def _remembered(_text: str, passage: Passage, language: str) -> tuple[Target, ...]:
    return tuple(_read(passage, language))


def _read(passage: Passage, language: str) -> Iterator[Target]:
    text = plain(passage.text)
    found = figures(text, language)
    if found and is_example(text):
        end = before_an_example(text)
        found = tuple(amount for amount in found if end is not None and amount.end <= end)
    if not found or any(is_called_former(heading) for heading in passage.headings[:-1]):
        return
    named = tuple(sorted((*mentions(text), *mentioned(text, passage.aliases)), key=lambda mention: mention.start))
    if not (
        named
        or passage.column
        or passage.context_metric
        or names_something(text)
        or concepts(text)
        or speaks_for_itself(found)
    ):
        return
    passage = replace(passage, steps=takes_a_step(text, language))
    read: list[tuple[Held, Target]] = []
    before: Held | None = None
    for amount in found:
        if counts_beside_a_rate(amount, read) and not has_fitting(named, amount):
            continue
        place = held(text, as_in_column(amount, passage))
        if read and goes_on(text, read[-1][0], place):
            target: Target | None = replace(read[-1][1], value=amount.value)
        elif read and takes_over(text, read[-1][0], place, language):
            place = replace(place, sign=read[-1][0].sign)
            target = replace(read[-1][1], value=amount.value)
        else:
            place = replace(place, sign=before.sign) if before and takes_sign(text, before, place) else place
            metric = metric_for(place, text, named, found) or passage.column
            target = known(place, metric, passage) if metric else unnamed(place, passage, named, found)
        before = place
        if target is not None:
            read.append((place, target))
    by_place = any(goes_on(text, *pair) for pair in pairwise(place for place, _ in read))
    kept = list(_once(read, text, by_place=by_place))
    whom = by_figure(text, [(place.start, place.end) for place, _ in kept])
    when = spans_of(passage, [Figure(place.start, place.end, target.metric) for place, target in kept], language)
    figures_of = tuple((place.start, place.end) for place, _ in kept)
    metrics_of = tuple(target.metric for _, target in kept)
    for at, ((place, target), own, span) in enumerate(zip(kept, whom, when, strict=True)):
        placed = _placed(target, passage, Place(figures_of, metrics_of, at), own)
        placed = replace(placed, effective_on=span.first, ends_on=span.last)
        yield replace(placed, scope=place_behind(text, place) or placed.scope) if by_place else placed


def _once(read: list[tuple[Held, Target]], text: str, *, by_place: bool) -> Iterator[tuple[Held, Target]]:
    """Each target of a sentence once; a bare figure beside one with a sign or a name is somebody's actual result."""
    if by_place:
        yield from read
        return
    held_ones = {target.metric for found, target in read if found.sign or is_named(text, found)}
    told: set[tuple[str, float]] = set()
    for found, target in read:
        reached = target.metric in held_ones and not found.sign and target.value2 is None and not is_named(text, found)
        if not reached and (target.metric, target.value) not in told:
            told.add((target.metric, target.value))
            yield found, target


def _placed(target: Target, passage: Passage, place: Place, own: str | None) -> Target:
    window = window_of(passage, target.metric, place)
    # "For 90 days" is the target itself, not the period over which it is measured.
    is_itself = target.unit == "days" and window == f"{target.value:g} days"
    return replace(
        target,
        sentence=passage.row or passage.text,
        section=passage.section,
        scope=scope_of(passage, place, own),
        window=None if is_itself else window,
        strength=strength_of(passage, target, place),
        consequence=consequence_in(passage, target.metric),
    )


def _completed(found: list[Target], cut: list[Passage]) -> Iterator[Target]:
    """Each target; one without a window gets the one that the page gives for its metric in a sentence of its own."""
    wanted = {target.metric for target in found if not target.window}
    stating = {target.sentence for target in found}
    windows: dict[str, str] = {}
    for passage in cut if wanted else ():
        for name in wanted if passage.text not in stating else ():
            if name not in windows and (window := measured_in(passage.text, name)):
                windows[name] = window
    for target in found:
        yield target if target.window else replace(target, window=windows.get(target.metric))
