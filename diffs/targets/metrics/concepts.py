"""The metric that a clause is about without naming it: "no more than 2% of your items may be cancelled"."""

import re
from functools import cache, lru_cache
from itertools import pairwise

from diffs.language.alternatives import Alternatives
from diffs.language.vocabulary import pattern, plain, table

from .known_metrics import Mention, metrics

#: The parts of one idea are at most so many characters apart; a "not" is near its verb.
_NEAR, _BY_ITS_VERB = 90, 30
_BORDER = re.compile(r"[;|。；•]|[.!?](?=\s|$)")


@lru_cache(maxsize=1024)
def concepts(text: str) -> tuple[Mention, ...]:
    """The metrics whose ideas a text contains ("late" near "shipped"), in order; of two in one place, the surer one."""
    flat = plain(text)
    places = _Places(flat)
    borders = [0, *(found.end() for found in _BORDER.finditer(flat)), len(flat)]
    spoken: list[tuple[int, Mention]] = []
    for name, atoms in _concepts():
        if all(places[atom] for atom in atoms):
            for start, end in _together(atoms, places, borders):
                spoken.append((len(atoms), Mention(metrics()[name], start, end)))
    kept: list[Mention] = []
    for _, mention in sorted(spoken, key=lambda one: (-one[0], one[1].end - one[1].start, one[1].start)):
        if not any(_is_in_place_of(other, mention) for other in kept):
            kept.append(mention)
    return tuple(sorted(kept, key=lambda mention: mention.start))


class _Places(dict[str, list[tuple[int, int]]]):
    """The places of each idea in a text, searched for only on request, since most ideas are never needed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def __missing__(self, atom: str) -> list[tuple[int, int]]:
        self[atom] = [found.span() for found in _atom(atom).finditer(self._text)]
        return self[atom]


def takes_share(text: str) -> bool:
    """Whether the text right after a figure says what the figure is a share of: "of all items ordered"."""
    verb = _VERB.search(text)
    thing = text[: verb.start()] if verb else text
    return any(_atom(name).found_in(thing) for name in table("metric_concepts")["shares"]["of"])


# From the verb on, the sentence says something about the share.
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|will|can|may|must|should|have|has|ist|sind|wird|werden|est|sont|è|sono|es|son|é|são|jest|są)\b",
    re.IGNORECASE,
)


def takes_sales(word: str) -> bool:
    """Whether a word means a seller's orders, whatever it calls them: sales, items, transactions."""
    return _atom("order").found_in(word)


def _is_in_place_of(kept: Mention, mention: Mention) -> bool:
    overlap = kept.start < mention.end and mention.start < kept.end
    return overlap and kept.metric.unit == mention.metric.unit


def _together(
    atoms: tuple[str, ...], places: dict[str, list[tuple[int, int]]], borders: list[int]
) -> list[tuple[int, int]]:
    """The span from each place of the first atom to the nearest of the others, within one clause."""
    found = []
    for first in places[atoms[0]]:
        begin, stop = next(
            (low, high) for low, high in pairwise(borders) if low <= first[0] < high or high == borders[-1]
        )
        near = _BY_ITS_VERB if atoms[0] == "negation" else _NEAR
        spans = [first]
        for atom in atoms[1:]:
            fitting = [
                span
                for span in places[atom]
                if begin <= span[0] < stop and abs(span[0] - first[0]) <= near and not _overlap(span, spans)
            ]
            if not fitting:
                break
            spans.append(min(fitting, key=lambda span: abs(span[0] - first[0])))
        else:
            found.append((min(start for start, _ in spans), max(end for _, end in spans)))
    return found


def _overlap(span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    """Whether another idea already covers this place: one word belongs to one idea."""
    return any(span[0] < end and start < span[1] for start, end in others)


@cache
def _atom(name: str) -> Alternatives:
    return pattern(tuple(table("metric_concepts")["atoms"][name]))


@cache
def _concepts() -> tuple[tuple[str, tuple[str, ...]], ...]:
    listed = table("metric_concepts")["concepts"]
    return tuple((name, tuple(atoms)) for name, choices in listed.items() for atoms in choices)
