"""From when until when a limit is in force, where its sentence, its heading or its column says so."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from diffs.language.amounts import find
from diffs.language.bounds import Bound, bounds, following
from diffs.language.vocabulary import plain, words
from diffs.targets.passages.audience import audiences
from diffs.targets.passages.clauses import BORDER, figure_of
from diffs.targets.passages.passages import Passage

_DIGIT = re.compile(r"\d")
#: A sentence about the one before it: "This takes effect on 1 May".
_ABOUT_IT = re.compile(
    r"\W{0,3}(?:it|this|that|these|the (?:new|changed?|revised|updated|limit|target|threshold)|"
    r"dies|das|die (?:neue|änderung)|der neue|cel[ae]|ce (?:nouveau|seuil|changement)|cette|"
    r"questo|questa|ciò|la (?:nuova|modifica)|il nuovo|esto|est[ea]|el (?:nuevo|cambio))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Span:
    """The first and the last day of a limit, as ISO dates, "--05-01" without a year; None where it is open."""

    first: str | None = None
    last: str | None = None


_ALWAYS = Span()


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a sentence: where it begins and ends with its comparator, and its metric."""

    start: int
    end: int
    metric: str


def spans_of(passage: Passage, figures: list[Figure], language: str) -> list[Span]:
    """For each figure of a passage, when it is in force; a sentence without dates has those around it."""
    own = by_figure(passage.text, figures, language)
    if any(span != _ALWAYS for span in own):
        return own
    around = _around(passage, language)
    return [around] * len(figures)


def by_figure(text: str, figures: list[Figure], language: str) -> list[Span]:
    """For each figure of a sentence, by its place, when it is in force.

    A date behind a figure is about it, one behind a comma or an "and" about the next, one before them all about each.
    """
    dated = _dated(text, language)
    if not dated or not figures:
        return [_ALWAYS for _ in figures]
    flat = plain(text)
    places = [(figure.start, figure.end) for figure in figures]
    own: list[list[Bound]] = [[] for _ in figures]
    ahead = [one for one in dated if one.start < figures[0].start]
    for one in dated[len(ahead) :]:
        at = figure_of(flat, places, one.start, one.end, stays=one.is_last) or 0
        # The date of a figure that is no limit is none of the limit before it.
        if not (BORDER.search(flat, places[at][1], one.start) and _states_figure(flat[one.end :], language)):
            own[at].append(one)
    own = [_for_all(flat, bounds_of) for bounds_of in own]
    spans: list[Span] = []
    for at, figure in enumerate(figures):
        spans.append(_span(own[at]) or _after_another(flat, figures, at, spans) or _span(ahead) or _ALWAYS)
        if at and own[at] and spans[-1].first and _is_open(spans[-2]) and figures[at - 1].metric == figure.metric:
            # "4% today, 2% from 1 May".
            spans[-2] = replace(spans[-2], last=following(spans[-1].first, -1))
    return _shared(flat, figures, spans, own)


def _for_all(text: str, dated: list[Bound]) -> list[Bound]:
    """Of several first days of one figure those that are not for some sellers alone, if there are such.

    "From 1 December for new sellers and from 1 February for all": who is none of some is bound from the latter.
    """
    firsts = [one for one in dated if not one.is_last]
    if len(firsts) < 2:
        return dated
    starts = [some.start for some in audiences(text) if some.name]
    some = [one for one in firsts if any(0 <= start - one.end <= _NEXT for start in starts)]
    return [one for one in dated if one not in some] if len(some) < len(firsts) else dated


#: A date and for whom it is are at most so many letters apart: "from 1 December, for new sellers".
_NEXT = 8


def _dated(text: str, language: str) -> list[Bound]:
    """The dates of a sentence that bound its limits: not those on which some sellers joined."""
    if not _DIGIT.search(text):
        return []
    found = bounds(text, language, of_change=words("wording_targets", "steps", "changed").found_in(text))
    whose = audiences(text) if found else ()
    return [one for one in found if not any(some.start <= one.start < some.end for some in whose)]


def _span(dated: Iterable[Bound]) -> Span | None:
    first = next((one.day for one in dated if not one.is_last), None)
    last = next((one.day for one in dated if one.is_last), None)
    return Span(first, last) if first or last else None


def _is_open(span: Span) -> bool:
    return span.last is None


def _after_another(text: str, figures: list[Figure], at: int, spans: list[Span]) -> Span | None:
    """The time of a figure that follows another in time: "under 4% until 30 April, then under 2%"."""
    if not at or spans[-1].last is None:
        return None
    stop = figures[at + 1].start if at + 1 < len(figures) else len(text)
    said = text[figures[at - 1].end : stop]
    is_next = words("wording_dates", "cues", "then").found_in(said)
    return Span(following(spans[-1].last)) if is_next else None


def _shared(text: str, figures: list[Figure], spans: list[Span], own: list[list[Bound]]) -> list[Span]:
    """The times, the last of which counts for all metrics of its clause: "A under 2% and B under 1% from 1 May"."""
    last = spans[-1]
    if last.first is None or not own[-1] or any(own[:-1]):
        return spans
    return [
        last
        if span == _ALWAYS
        and figure.metric != figures[-1].metric
        and not BORDER.search(text[figure.end : figures[-1].start])
        else span
        for figure, span in zip(figures, spans, strict=True)
    ]


def _around(passage: Passage, language: str) -> Span:
    """The time that the lead of a list, a heading, a column or a neighbouring sentence gives."""
    at = passage.near.index(passage.text) if passage.text in passage.near else -1
    if at >= 0 and (span := _beside(passage.near, at, language)):
        return span
    labels = (passage.lead, *passage.cells[:1], *passage.headings)
    return next((span for label in labels if label and (span := _of_label(label, language))), _ALWAYS)


def _of_label(label: str, language: str) -> Span | None:
    if not _DIGIT.search(label) or _states_figure(label, language):
        return None
    return _span(bounds(label, language))


def _states_figure(text: str, language: str) -> bool:
    return any(amount.kind == "percent" for amount in find(plain(text), language))


def _beside(near: tuple[str, ...], at: int, language: str) -> Span | None:
    """The time that the next sentence gives, or that begins when the one before it ends."""
    behind = near[at + 1] if at + 1 < len(near) else ""
    if _ABOUT_IT.match(plain(behind)) and not _states_figure(behind, language):
        return _span(bounds(behind, language))
    before = near[at - 1] if at else ""
    if before and words("wording_dates", "cues", "then").found_in(plain(near[at])):
        last = next((one.day for one in reversed(bounds(before, language)) if one.is_last), None)
        return Span(following(last)) if last else None
    return None
