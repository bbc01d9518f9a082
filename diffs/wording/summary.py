"""A change in plain words: one headline and up to nine points.

Deterministic, offline and honest. Everything a summary says about a policy is in the change's hunks: dates and names
as the page writes them, figures of targets in English digits ("2,5 %" is 2.5%). The last line says how much more
there is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from diffs.language.plain_text import in_short
from diffs.meaning.sentence_pairs import sentence_pairs
from diffs.values import Comparison, Fact, Judgement, TargetMove

from . import announcements, index_pages
from .choosing import Said, chosen
from .clauses import words_of
from .lines import FEW_POINTS, POINT_LENGTH, VERBS, lines_of
from .news import news_of
from .point import Point, last_heading
from .points import points_of

MOST_POINTS = 9
HEADLINE_LENGTH = 140
_MOST_DATES = 2
_MOST_LISTS = 2
#: A point of this weight is about a target or figures that moved.
_FIGURES = 60
_WEIGHS = 12
#: Where weightier points exist, a point below this is left out.
_LIGHT = 5

_MOST_MATTERS = 3

_OPENINGS = {
    "rollback": "Back to an earlier text: ",
    "announced": "Announced: ",
    "replaced": "Replaced by another text: ",
}


@dataclass(frozen=True, slots=True)
class Summary:
    """A headline of at most 140 characters and up to nine points, weightiest first, each about one section."""

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
    """The headline and points of a change.

    `title` is the page's title; `kind` is edit, rollback, replaced, appeared, gone or announced; `facts` and `moves`
    were read from `comparison`; `effective_on` is mentioned where the change itself names that date.
    """
    found = points_of(comparison, facts, moves, judgement, effective_on)
    said = index_pages.said_already(facts)
    found = [one for one in found if one.saying is None or (one.saying.before, one.saying.after) not in said]
    found = [*index_pages.points_of(facts), *announcements.points_of(facts), *found]
    pairs = sentence_pairs(comparison)
    news = news_of(comparison, pairs)
    forms_of: dict[Point, list[Said]] = {}
    said_of = _chosen(found, news, forms_of)
    shown = sorted([one.point for one in said_of], key=lambda point: (point.is_date, -point.weight))
    headline = _headline(title, kind, shown, judgement, news)
    if len(said_of) > FEW_POINTS:
        # What the headline says is not said again: there is room for something else.
        said_of = _chosen(found, news, forms_of, words_of(headline))
    told = {at for point in [*shown, *(one.point for one in said_of)] for at in point.places}
    covered = words_of(headline).union(*(words_of(one.text) for one in said_of))
    rest = [point for point in found if _is_untold(point, news, covered)]
    more = len({at for point in rest for at in point.places} - told)
    is_revision = len(found) > _REVISION
    lines = lines_of([one for one in said_of if not one.point.is_date], headline, news, is_revision=is_revision)
    days = lines_of([one for one in said_of if one.point.is_date], headline, news)
    lines = [*lines[: MOST_POINTS - bool(more) - len(days)], *days]
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
    return Summary(headline, tuple(lines))


def _chosen(
    found: list[Point],
    news: Mapping[str, float],
    forms_of: dict[Point, list[Said]],
    known: frozenset[str] = frozenset(),
) -> list[Said]:
    """What is said, the weightiest first, days last; `known` are words that were said before."""
    left = [point for point in found if point.places] or found
    if any(point.weight >= _WEIGHS for point in left):
        left = [point for point in left if point.weight >= _LIGHT or point.is_date]
    dates = [Said(point, point.said(_ITEM), frozenset()) for point in left if point.is_date][:_MOST_DATES]
    left = [point for point in left if not point.is_date]
    # Of a long revision is said in any case what it is about.
    about = [point for point in left if point.is_list] if len(left) > _REVISION else []
    left = [point for point in left if point not in about]
    return [
        *chosen(left, news, ROOM - sum(len(one.text) + 2 for one in dates), about, known=known, forms_of=forms_of),
        *dates,
    ]


#: A change of so many points is a revision.
_REVISION = 20
#: All that is said takes so many characters, headline and names of sections left out.
ROOM = 1150
#: A date takes so many.
_ITEM = 160


def _is_untold(point: Point, news: Mapping[str, float], covered: frozenset[str]) -> bool:
    """Whether a point that was left out would bring a word; the same edit in another place brings none."""
    is_edit = point.saying is not None and bool(point.saying.before and point.saying.after)
    telling = point.news & news.keys()
    return not is_edit or not telling or bool(telling - covered)


def _more(count: int) -> str:
    return "and one more place" if count == 1 else f"and {count} more places"


def _headline(title: str, kind: str, found: list[Point], judgement: Judgement, news: Mapping[str, float]) -> str:
    name = in_short(title, 70) or "A watched page"
    if kind == "appeared":
        return in_short(f"New page: {name}", HEADLINE_LENGTH)
    if kind == "gone":
        return in_short(f"Page removed: {name}", HEADLINE_LENGTH)
    opening = _OPENINGS.get(kind, "")
    if not found:
        reason = judgement.reasons[0] if judgement.reasons else "only the form of the text changed"
        return in_short(f"{opening}{reason[:1].upper()}{reason[1:]}", HEADLINE_LENGTH)
    said = _weightiest(found, HEADLINE_LENGTH - len(opening), news)
    return opening + said if said else in_short(f"{opening}{_about(found, judgement)}", HEADLINE_LENGTH)


def _weightiest(found: list[Point], room: int, news: Mapping[str, float]) -> str:
    """What tells most as a sentence, and the next one too where there is room for both; "" where none fits."""
    weighty = [point for point in found if not point.is_date] or found
    told: list[tuple[str, Point]] = []
    covered: frozenset[str] = frozenset()
    first = 0.0
    while len(told) < _MOST_SAID and room >= _SHORTEST:
        left = [point for point in weighty if not any(_is_same_thing(point, other) for _, other in told)]
        forms = [(_told(said, one, news, covered), said, one) for one in left if (said := one.headline(room, news))]
        best = max(forms, key=lambda form: form[0], default=None)
        if best is None or best[0] < first * _NEARLY:
            break
        most, said, point = best
        first = first or most
        told.append((said, point))
        covered |= words_of(said)
        room -= len(said) + 2
    return _run_on([said for said, _ in told])


def _is_same_thing(point: Point, other: Point) -> bool:
    """Whether a point is one that was said, or the sentence whose figure was said."""
    return point is other or (other.saying is None and not other.is_list and set(point.places) <= set(other.places))


def _told(text: str, point: Point, news: Mapping[str, float], covered: frozenset[str]) -> float:
    """How much a sentence of a headline tells beside the words that were said."""
    return point.weight * (_STATEMENT + sum(news.get(word, 0.0) for word in words_of(text) - covered))


#: The value of a sentence apart from its new words.
_STATEMENT = 2.0


def _run_on(told: list[str]) -> str:
    """One or two statements as one line: "New: fees rise; sellers must identify themselves."."""
    if len(told) < _MOST_SAID:
        return "".join(told)
    first, second = told
    verb, _, rest = second.partition(": ")
    if verb in VERBS and first.startswith(f"{verb}: "):
        second = rest
    elif verb in VERBS:
        second = f"{verb[:1].lower()}{verb[1:]}: {rest}"
    return f"{first.rstrip('.')}; {second}"


_MOST_SAID = 2
#: What weighs less than this part of the weightiest is no headline.
_NEARLY = 0.25
_SHORTEST = 35


def _about(found: list[Point], judgement: Judgement) -> str:
    """What a change is about, where no clause of it is short enough for a headline."""
    matters = [name.replace("-", " ") for name in judgement.categories if name != "agreement"][:_MOST_MATTERS]
    place = next((last_heading(point.section) for point in found if point.section), "")
    where = f"“{in_short(place, 60)}”" if place else "The text"
    return f"{where} is reworded" + (f" on {' and '.join(matters)}" if matters else "")
