"""A change in plain words: one headline and up to nine points.

Deterministic, offline and honest. Everything a summary says about a policy is in the change's hunks: dates and names
as the page writes them, figures of targets in English digits ("2,5 %" is 2.5%). The last line says how much more
there is.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from diffs.language.plain_text import in_short
from diffs.values import Comparison, Fact, Judgement, TargetMove

from . import announcements, index_pages
from .clauses import words_of
from .point import Point, last_heading
from .points import points_of

MOST_POINTS = 9
HEADLINE_LENGTH = 140
POINT_LENGTH = 560
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
    found = [*index_pages.points_of(facts), *found]
    shown = _chosen(found)
    told = {at for point in shown for at in point.places}
    more = len({at for point in found for at in point.places} - told)
    headline = _headline(title, kind, shown, judgement)
    lines = _lines(shown, headline)[: MOST_POINTS - bool(more)]
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


def _chosen(found: list[Point]) -> list[Point]:
    """The points to show, weightiest first; a point that repeats what others say loses its place."""
    left = [point for point in found if point.places] or found
    if any(point.weight >= _WEIGHS for point in left):
        left = [point for point in left if point.weight >= _LIGHT or point.is_date]
    dates = [point for point in left if point.is_date][:_MOST_DATES]
    names = [point for point in left if point.is_list][:_MOST_LISTS]
    left = [point for point in left if not (point.is_date or point.is_list)]
    said: set[str] = set()
    sections: Counter[str] = Counter()
    chosen: list[Point] = []
    room = ROOM - sum(len(point.said(ITEM)) + 2 for point in (*dates, *names))
    while left and room > _TOO_LITTLE:
        point = max(left, key=lambda point: _worth(point, said, sections))
        left.remove(point)
        size = len(point.said(ITEM)) + _SECTION
        if size > room and chosen:
            continue
        chosen.append(point)
        said |= point.news
        sections[point.section] += 1
        room -= size
    return sorted([*chosen, *names], key=lambda point: -point.weight) + dates if names else [*chosen, *dates]


def _worth(point: Point, said: set[str], sections: Counter[str]) -> float:
    """How much a point is worth, given those already chosen."""
    return point.weight * (_AGAIN + (1 - _AGAIN) * _new_share(point, said)) * _NEXT ** sections[point.section]


def _new_share(point: Point, said: set[str]) -> float:
    return len(point.news - said) / max(1, len(point.news))


def _lines(chosen: list[Point], headline: str) -> list[str]:
    """One line per section, weightiest first, without repeating what the headline says in full."""
    groups: dict[tuple[str, bool], list[Point]] = {}
    # Where there is room for all points, each is shown with its section, even the one in the headline.
    is_short = len(chosen) <= _FEW_POINTS
    told = max(chosen, key=lambda point: (not point.is_date, point.weight), default=None)
    for point in chosen:
        # A date gets a line of its own: it says from when all the others apply.
        groups.setdefault((last_heading(point.section), point.is_date), []).append(point)
    lines: list[str] = []
    for (place, _), points in groups.items():
        texts = [
            text
            for point in points
            if (text := point.said(ITEM)) and (is_short or point is not told or not _says(headline, text))
        ]
        lines += _section_lines(place, texts)
    return lines


def _says(headline: str, text: str) -> bool:
    """Whether the headline contains all but a few words of a text."""
    missing = words_of(text) - words_of(headline)
    return len(missing) <= len(words_of(text)) * _SAID


def _section_lines(place: str, texts: list[str]) -> list[str]:
    """The texts of one section as one line, or as several where one would be too long to read."""
    lines: list[list[str]] = []
    for text in texts:
        if not lines or sum(map(len, lines[-1])) + len(text) > POINT_LENGTH:
            lines.append([])
        lines[-1].append(text)
    return [_line(place, told) for told in lines]


def _line(place: str, texts: list[str]) -> str:
    """The texts of one section on one line; a verb that introduces several in a row is written once."""
    verb, told = "", list[str]()
    for text in texts:
        opening, _, rest = text.partition(": ")
        again = opening == verb and opening in _VERBS and told[-1][-1:] in ".!?"
        told.append(rest if again else text)
        verb = opening
    ended = [text if text[-1:] in ".!?…”)" or at == len(told) - 1 else f"{text}." for at, text in enumerate(told)]
    whole = " ".join(ended)
    return f"{place}: {whole}" if place and not whole.startswith(place) else whole


_VERBS = ("New", "Removed", "Now")
ROOM = 1090
ITEM = 160
_AGAIN = 0.5
_NEXT = 0.85


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
    said = _weightiest(found, HEADLINE_LENGTH - len(opening))
    return opening + said if said else in_short(f"{opening}{_about(found, judgement)}", HEADLINE_LENGTH)


def _weightiest(found: list[Point], room: int) -> str:
    """The weightiest point as a sentence, with the next one where there is room for both; "" where none fits."""
    weighty = [point for point in found if not point.is_date] or found
    least = max(point.weight for point in weighty) * _NEARLY
    told: list[tuple[str, Point]] = []
    for point in weighty:
        if point.weight < least or len(told) == _MOST_SAID or room < _SHORTEST:
            continue
        said = point.headline(room)
        if said and not any(_new_share(point, set(other.news)) < _ELSE for _, other in told):
            told.append((said, point))
            room -= len(said) + 2
    return _run_on([said for said, _ in told])


def _run_on(told: list[str]) -> str:
    """One or two statements as one line: "New: fees rise; sellers must identify themselves."."""
    if len(told) < _MOST_SAID:
        return "".join(told)
    first, second = told
    verb, _, rest = second.partition(": ")
    if verb in _VERBS and first.startswith(f"{verb}: "):
        second = rest
    elif verb in _VERBS:
        second = f"{verb[:1].lower()}{verb[1:]}: {rest}"
    return f"{first.rstrip('.')}; {second}"


_MOST_SAID = 2
#: A point that weighs less than this share of the weightiest is not part of a headline.
_NEARLY = 0.66
_SHORTEST = 35
#: A text is not repeated if the headline leaves out no more than this share of its words.
_SAID = 0.2
_TOO_LITTLE = 40
_FEW_POINTS = 3
#: How many characters the name of a section adds to a statement, on average.
_SECTION = 8
_ELSE = 0.5


def _about(found: list[Point], judgement: Judgement) -> str:
    """What a change is about, where no clause of it is short enough for a headline."""
    matters = [name.replace("-", " ") for name in judgement.categories if name != "agreement"][:_MOST_MATTERS]
    place = next((last_heading(point.section) for point in found if point.section), "")
    where = f"“{in_short(place, 60)}”" if place else "The text"
    return f"{where} is reworded" + (f" on {' and '.join(matters)}" if matters else "")
