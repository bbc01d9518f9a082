"""What surrounds a target: its scope, window, strength and consequence."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from diffs.language.alternatives import Alternatives
from diffs.language.amounts import find
from diffs.language.vocabulary import pattern, plain, table, words
from diffs.targets.limits.comparators import speaks_of_breach
from diffs.targets.metrics.known_metrics import mentions
from diffs.targets.passages.audience import audience_above, is_place
from diffs.targets.passages.clauses import clause_of, figure_of
from diffs.targets.passages.passages import Passage
from diffs.values import Target

_STRENGTHS = ("binding", "goal", "recommendation", "advisory", "eligibility")
_LEADS_TO = re.compile(
    r"\b(?:results? in|leads? to|risk of|risk|donner lieu à|entraîner|comportare|führen|conllevar|resultar en|"
    r"leiden tot)\b[: ]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A figure of a passage among all of its figures: their places and metrics, and its position among them."""

    figures: tuple[tuple[int, int], ...]
    metrics: tuple[str, ...]
    at: int

    @property
    def is_alone(self) -> bool:
        """Whether the passage has no other figure."""
        return len(self.figures) == 1

    def holds(self, text: str, start: int, end: int, *, shared: bool) -> bool:
        """Whether words at a place of the sentence are about this figure.

        Before all figures they are about each. With `shared`, words behind the last one are about all metrics.
        """
        of = figure_of(text, self.figures, start, end)
        if of is None or of == self.at:
            return True
        return shared and of == len(self.figures) - 1 and self.metrics[self.at] != self.metrics[of]


def scope_of(passage: Passage, place: Place, own: str | None = None) -> str | None:
    """Whom or what a target covers, from its sentence, else from the headings and the lead; None if not stated.

    `own` is whom its sentence names for this figure, "" for everybody. Several scopes are joined by ", ".
    """
    covered = _covered(passage, place)
    covered += [one for one in _audiences(passage, own) if not _is_known(one)]
    if passage.tier and not _is_known(passage.tier):
        covered = [passage.tier, *covered]
    kept = {one.casefold(): one for one in reversed(covered)}
    return ", ".join(reversed(kept.values())) or None


def _is_known(name: str) -> bool:
    """Whether a name says in other words what a known scope is called."""
    return any(shape.found_in(name) for _, shape in _scopes())


def _covered(passage: Passage, place: Place) -> list[str]:
    for at, text in enumerate(map(plain, (passage.text, passage.lead, *passage.headings))):
        found = [name for name, shape in _scopes() if shape.found_in(text)]
        if found and not at and not place.is_alone:
            found = [name for name, shape in _scopes() if name in found and _is_about(shape, text, place)]
        if "seller-fulfilled-prime" in found and "seller-fulfilled" in found:
            found.remove("seller-fulfilled")
        if found:
            return found
    return []


def _is_about(shape: Alternatives, text: str, place: Place) -> bool:
    """Whether a scope that a sentence names is that of one of its figures."""
    return any(place.holds(text, *match.span(), shared=True) for match in shape.finditer(text))


def _audiences(passage: Passage, own: str | None) -> Iterator[str]:
    """Those named nearest: by the sentence, else by a heading above it; a country and a kind of seller go together."""
    nearest = [own] if own is not None else []
    if passage.cells and not passage.tier:
        nearest += [audience_above(cell) for cell in passage.cells if len(cell) <= _LABEL]
    told: set[bool] = set()
    for name in (*nearest, *(audience_above(text) for text in (passage.lead, *passage.headings) if text)):
        if name and is_place(name) not in told:
            told.add(is_place(name))
            yield name
        if own == "" or len(told) > 1:
            return


#: A cell that names some sellers is a label.
_LABEL = 60


def window_of(passage: Passage, metric: str, place: Place) -> str | None:
    """The days over which a target of this metric is measured: "60 days", "10 or 30 days"; None where nothing says so.

    Its own sentence says it, its row, its column or the line above it; failing that, a neighbouring sentence that names
    the same metric. Any other length of time on the page belongs to something else: to appeal, to reply.
    """
    if passage.period and (days := _days(passage.period) or _length(passage.period)):
        return days
    if days := _days_beside(passage.text, place):
        return days
    named = (part for part in passage.near if part != passage.text and _names(part, metric))
    places = (passage.lead, *passage.headings[:2], *named)
    return next((days for text in places if (days := _days(text))), None)


def measured_in(text: str, metric: str) -> str | None:
    """The days over which a metric is measured, from a sentence that names it but states no target."""
    return _days(text) if _names(text, metric) else None


def _days_beside(text: str, place: Place) -> str | None:
    """The days that a sentence gives for one of its figures; those behind the last one may be for all metrics."""
    flat = plain(text)
    found = list(_windows().finditer(flat))
    for match in found:
        if place.is_alone or place.holds(flat, *match.span(), shared=len(found) == 1):
            return _of_match(match)
    return None


def _days(text: str) -> str | None:
    match = _windows().search(plain(text)) if _DIGIT.search(text) else None
    return _of_match(match) if match else None


def _of_match(match: re.Match[str]) -> str:
    days = next(group for group in match.groups() if group)
    return f"{' or '.join(re.findall(r'[0-9]+', days))} days"


def _length(cell: str) -> str | None:
    """The length of time in a cell of a column for periods: "14 days", "4 weeks"."""
    found = next((amount for amount in find(plain(cell)) if amount.kind == "duration"), None)
    if found is None or found.unit not in _DAYS:
        return None
    return f"{found.value * _DAYS[found.unit]:g} days"


_DAYS = {"days": 1, "business days": 1, "weeks": 7}


def _names(text: str, metric: str) -> bool:
    return any(mention.metric.name == metric for mention in mentions(plain(text)))


def strength_of(passage: Passage, target: Target, place: Place) -> str:
    """How strongly a target binds, by its sentence or else by the lead and the headings; "requirement" by default.

    Of "97% is required, 99% is recommended" each has its own.
    """
    if passage.binds:
        return passage.binds
    text, lists = plain(passage.text), table("wording_targets")["strength"]
    if not place.is_alone and (its_own := _strength_in(clause_of(text, place.figures, place.at), text)):
        return its_own
    for own in (True, False):
        where = text if own else passage.around
        for name in _STRENGTHS:
            if pattern(tuple(lists[name])).found_in(where):
                return "requirement" if name == "binding" else name
    if target.unit in ("hours", "days") and pattern(tuple(lists["definition"])).found_in(text):
        return "definition"
    if target.unit == "score" and target.comparator != ">=" and pattern(tuple(lists["band"])).found_in(text):
        return "band"
    return "implied" if pattern(tuple(lists["implied"])).found_in(" ".join(passage.near)) else "requirement"


def _strength_in(clause: str, text: str) -> str:
    """How strongly a figure binds by its own clause, where the sentence also advises; "" where the clause is silent."""
    lists = table("wording_targets")["strength"]
    if not pattern(tuple(lists["recommendation"])).found_in(text):
        return ""
    if pattern(tuple(lists["recommendation"])).found_in(clause):
        return "recommendation"
    return "requirement" if words("wording_targets", "strength", "duty").found_in(clause) else ""


def _on_it(near: Iterable[str], passage: Passage, metric: str) -> Iterator[str]:
    """The surrounding sentences that may be about this metric, without those about another one."""
    for part in near:
        named = {mention.metric.name for mention in mentions(plain(part))}
        if part == passage.text or not named or metric in named:
            yield part


def consequence_in(passage: Passage, metric: str) -> str | None:
    """What follows from missing a target of this metric, in the page's words; None where the passage does not say."""
    if passage.cells:
        return passage.consequence
    if speaks_of_breach(plain(passage.text)):
        after = _LEADS_TO.search(plain(passage.text))
        told = passage.text[after.end() :].strip(" .:") if after else ""
        return told or passage.text
    at = passage.near.index(passage.text) if passage.text in passage.near else len(passage.near)
    later = _on_it(passage.near[at + 1 :], passage, metric)
    return next((part for part in later if speaks_of_breach(plain(part))), None)


_DIGIT = re.compile(r"\d")


@cache
def _scopes() -> tuple[tuple[str, Alternatives], ...]:
    return tuple((name, words("wording_targets", "scope", name)) for name in table("wording_targets")["scope"])


@cache
def _windows() -> Alternatives:
    shapes = [shape.replace("?P<days>", "") for shape in table("wording_targets")["window"]["patterns"]]
    return pattern(tuple(shapes))
