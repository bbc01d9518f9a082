"""A change in plain words: one headline and up to seven points.

Deterministic, offline and honest. What a summary says of a policy stands in the change's hunks: dates and names as
the page writes them, figures of targets in English digits ("2,5 %" is 2.5%). The end says how much more there is.
"""

from dataclasses import dataclass
from datetime import date

from diffs.language.plain_text import in_short
from diffs.values import Comparison, Fact, Judgement, TargetMove

from . import announcements, index_pages
from .point import Point
from .points import points_of

MOST_POINTS = 7
HEADLINE_LENGTH = 120
POINT_LENGTH = 340
_MOST_DATES = 2
_MOST_LISTS = 2
#: A point of this weight tells of a target or of figures that moved.
_FIGURES = 60
_WEIGHS = 14

#: From so many places on a change is told as a revision.
_REVISION = 25
_MOST_MATTERS = 3

_OPENINGS = {
    "rollback": "Back to an earlier text: ",
    "announced": "Announced: ",
    "replaced": "Replaced by another text: ",
}


@dataclass(frozen=True, slots=True)
class Summary:
    """A headline of at most 120 characters and up to seven points, the weightiest first."""

    headline: str
    points: tuple[str, ...]


def summarise(  # noqa: PLR0917 (a change has as many parts)
    title: str,
    kind: str,
    comparison: Comparison,
    facts: tuple[Fact, ...],
    moves: tuple[TargetMove, ...],
    judgement: Judgement,
    effective_on: date | None,
) -> Summary:
    """Word a change.

    `title` is the page's title; `kind` is edit, rollback, appeared, gone or announced; `facts` and `moves` were read
    from `comparison`; `effective_on` is told where the change itself names that day.
    """
    found = points_of(comparison, facts, moves, judgement, effective_on)
    said = index_pages.said_already(facts)
    found = [*index_pages.points_of(facts), *(one for one in found if one.text not in said)]
    shown = _chosen(found)
    told = {at for point in shown for at in point.places}
    more = len({at for point in found for at in point.places} - told)
    lines = [in_short(point.line, POINT_LENGTH) for point in shown]
    if more:
        lines.append(_more(more))
    announced = announcements.line_of(facts)
    if announced:
        lines = [*lines[:1], in_short(announced, POINT_LENGTH), *lines[1 : MOST_POINTS - 1]]
    where = announcements.where_of(facts)
    if where:
        lines = [*lines[: MOST_POINTS - 1], in_short(where, POINT_LENGTH)]
    named = ""
    if kind == "announced":
        is_telling = any(point.weight >= _FIGURES for point in found)
        named = announcements.title_of(facts) or ("" if is_telling else announcements.lead_of(comparison, facts))
    if named:
        return Summary(in_short(f"{_OPENINGS[kind]}{named}", HEADLINE_LENGTH), tuple(lines))
    return Summary(_headline(title, kind, found, judgement), tuple(lines))


def _chosen(found: list[Point]) -> list[Point]:
    """The weightiest points; room is kept for dates, for figures and names, and for how much more there is."""
    ranked = sorted(found, key=lambda point: -point.weight)
    if len(ranked) <= MOST_POINTS:
        return [point for point in ranked if point.places] if len(ranked) > 1 else ranked
    kept = [point for point in ranked if point.is_date][:_MOST_DATES]
    kept += [point for point in ranked if point.is_list][:_MOST_LISTS]
    others = [point for point in ranked if point not in kept][: MOST_POINTS - 1 - len(kept)]
    return sorted([*others, *kept], key=lambda point: -point.weight)


def _more(count: int) -> str:
    return "and one more place" if count == 1 else f"and {count} more places"


def _headline(title: str, kind: str, found: list[Point], judgement: Judgement) -> str:
    name = in_short(title, 70) or "A watched page"
    if kind == "appeared":
        return in_short(f"New page: {name}", HEADLINE_LENGTH)
    if kind == "gone":
        return in_short(f"Page removed: {name}", HEADLINE_LENGTH)
    opening = _OPENINGS.get(kind, "")
    if not found:
        reason = judgement.reasons[0] if judgement.reasons else "only the form of the text changed"
        return in_short(f"{opening}{reason[:1].upper()}{reason[1:]}", HEADLINE_LENGTH)
    named = [point for point in found if point.places and not point.is_date] or found
    # A list of names says little of what changed: where a clause weighs something, the clause is the headline.
    named = [point for point in named if not point.is_list and point.weight >= _WEIGHS] or named
    first = max(named, key=lambda point: point.weight)
    everywhere = {at for point in found for at in point.places}
    if len(everywhere) >= _REVISION and first.is_clause:
        # One clause of many says little: first how much there is, and what it is about.
        opening = f"{opening}{_revision(len(everywhere), judgement)}"
        return in_short(opening + first.short, HEADLINE_LENGTH)
    places = len(everywhere - set(first.places))
    ending = f"; {_more(places)}" if places > 1 else ""
    return opening + in_short(first.short, HEADLINE_LENGTH - len(opening) - len(ending)) + ending


def _revision(count: int, judgement: Judgement) -> str:
    matters = [name.replace("-", " ") for name in judgement.categories if name != "agreement"][:_MOST_MATTERS]
    about = f" ({', '.join(matters)})" if matters else ""
    return f"Revision in {count} places{about}: "
