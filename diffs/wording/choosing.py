"""Choose what to say about a change: as much that is new as there is room for, each thing once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .clauses import words_of
from .point import Point

#: The lengths at which a statement is tried, in characters.
ROOMS = (50, 80, 110, 160, 240, 360)
#: How many points are examined closely; the others bring less.
_MOST = 60
#: The value of a statement apart from its new words; the words weigh about 1 each.
_STATEMENT = 4.0
#: What the words of a statement must tell for it to have that value.
_FULL = 2.5
#: The exponent of the length in "value per length": below 1, longer statements have an advantage.
_LENGTH = 0.95
#: What the name of a section adds to its first statement, in characters.
_SECTION = 12


@dataclass(frozen=True, slots=True)
class Said:
    """A point with the words in which it is said; `tells` are those of its words that bring something new."""

    point: Point
    text: str
    tells: frozenset[str]

    def worth(self, news: Mapping[str, float]) -> float:
        """How much the statement tells by itself; `news` says how much each word tells."""
        return _value(self.point, self.tells, news, frozenset())


def chosen(
    found: Iterable[Point],
    news: Mapping[str, float],
    room: int,
    first: Iterable[Point] = (),
    *,
    known: frozenset[str] = frozenset(),
    forms_of: dict[Point, list[Said]] | None = None,
) -> list[Said]:
    """The points to say in about `room` characters, with their words; those of `first` are said in any case.

    Step by step, the statement with the most new words for its length is added, or a longer form takes the place of
    the one chosen before. `known` are words that the reader has read before;
    `forms_of` keeps the forms of the points for the next time.
    """
    forms_of = {} if forms_of is None else forms_of
    taken = {-at - 1: _forms(point, news)[0] for at, point in enumerate(first)}
    room -= sum(len(one.text) + 2 for one in taken.values())
    likely = sorted(found, key=lambda point: -_value(point, point.news, news, known))[:_MOST]
    for point in likely:
        if point not in forms_of:
            forms_of[point] = _forms(point, news)
    forms = [(at, form) for at, point in enumerate(likely) for form in forms_of[point]]
    while True:
        covered = known.union(*(one.tells for one in taken.values()))
        sections = {one.point.section for one in taken.values()}
        best, most = None, 0.0
        for at, form in forms:
            cost = _cost(form, taken.get(at), sections)
            if 0 < cost <= room:
                rate = _gain(form, taken.get(at), news, covered) / cost**_LENGTH
                if rate > most:
                    best, most = (at, form, cost), rate
        if best is None:
            return list(taken.values())
        at, form, cost = best
        taken[at] = form
        room -= cost


def _forms(point: Point, news: Mapping[str, float]) -> list[Said]:
    """A point in its different lengths, each once."""
    texts = dict.fromkeys(point.said(room, news) for room in ROOMS)
    whole = [text for text in texts if not _has_gap(text)]
    return [Said(point, text, words_of(text) & news.keys()) for text in whole or texts]


def _has_gap(text: str) -> bool:
    """Whether something was left out in the middle of a text, or its end."""
    return " … " in text or text.rstrip("”.").endswith("…")


def _cost(form: Said, instead_of: Said | None, sections: set[str]) -> int:
    """How many characters a form adds to what is said."""
    if instead_of is not None:
        return len(form.text) - len(instead_of.text)
    return len(form.text) + 2 + _SECTION * (form.point.section not in sections)


def _gain(form: Said, instead_of: Said | None, news: Mapping[str, float], covered: frozenset[str]) -> float:
    if instead_of is not None:
        return form.point.weight * _sum(form.tells - covered, news)
    return _value(form.point, form.tells, news, covered)


def _value(point: Point, tells: frozenset[str], news: Mapping[str, float], covered: frozenset[str]) -> float:
    """The value of a statement beside others that cover some of its words already."""
    whole, new = _sum(tells, news), _sum(tells - covered, news)
    share = new / whole if whole else 1.0
    # A clause of which one little word is new hardly states anything.
    full = min(1.0, whole / _FULL) if point.saying and whole else 1.0
    return point.weight * (_STATEMENT * full * share + new)


def _sum(tells: Iterable[str], news: Mapping[str, float]) -> float:
    return sum(news.get(word, 0.0) for word in tells)
