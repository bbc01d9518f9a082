"""What a clause is about: the categories that a seller filters by."""

import re
from collections import defaultdict
from functools import cache, lru_cache

from diffs.values import CATEGORIES

from .vocabulary import plain, table


def categories(text: str) -> dict[str, int]:
    """The categories whose words occur in a text, with counts, most frequent first."""
    return dict(_found(text))


def all_categories() -> tuple[str, ...]:
    """The names of all categories that a page or a change can have."""
    return tuple(sorted({*CATEGORIES, *table("wording_categories")}))


def weight(name: str) -> int:
    """How much a category matters to a seller: 4 for their rights, 3 for their living, 2 for duties, 1 to know."""
    return int(table("wording_categories")[name]["weight"])


@lru_cache(maxsize=4096)
def _found(text: str) -> tuple[tuple[str, int], ...]:
    flat = plain(text).lower()
    hits: dict[str, list[tuple[int, int]]] = defaultdict(list)
    by_start = _by_start()
    for match in _START.finditer(flat):
        for name, shape in by_start.get(match.group(), ()):
            hit = shape.match(flat, match.start())
            if hit:
                hits[name].append(hit.span())
    for name, shape in _elsewhere() if not flat.isascii() or _SIGN.search(flat) else ():
        hits[name] += [hit.span() for hit in shape.finditer(flat)]
    counts = ((name, _apart(hits[name])) for name in table("wording_categories") if hits.get(name))
    return tuple(sorted(counts, key=lambda item: -item[1]))


def _apart(spans: list[tuple[int, int]]) -> int:
    """How many of the spans are separate, not counting those inside another."""
    count = last = 0
    for start, end in sorted(spans):
        if start >= last:
            count, last = count + 1, end
    return count


# The first two letters of a word.
_START = re.compile(r"(?<![^\W_])[^\W\d_]{2}")
_PLAIN_START = re.compile(r"[^\W\d_]{2}(?![?*{])")
# A choice at the very beginning of a shape: "(?:share|disclose) ...".
_CHOICE = re.compile(r"\(\?:([^()]*)\)(?!\?)")
_SIGN = re.compile(r"\d|\ba-")


@cache
def _by_start() -> dict[str, tuple[tuple[str, re.Pattern[str]], ...]]:
    """The shapes of each category by their first two letters: few words of a text begin like any of them.

    They are in lower case: matching that way is many times faster than ignoring case.
    """
    groups: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, one in _listed():
        for start in _starts(one):
            groups[start][name].append(_ended(one))
    return {
        start: tuple((name, re.compile("|".join(shapes))) for name, shapes in by_name.items())
        for start, by_name in groups.items()
    }


@cache
def _elsewhere() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The shapes that begin with a figure or a sign, and those without word borders."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name, one in _listed():
        if ord(one[0]) > 0x3000:
            groups[name].append(one)
        elif not _starts(one):
            groups[name].append(rf"(?<![^\W_]){_ended(one)}")
    return tuple((name, re.compile("|".join(shapes))) for name, shapes in groups.items())


def _starts(one: str) -> set[str]:
    """The pairs of letters that a shape can begin with; none if it can begin with anything else."""
    choice = _CHOICE.match(one)
    found = [_PLAIN_START.match(part) for part in (choice.group(1).split("|") if choice else [one])]
    starts = {match.group() for match in found if match and ord(match.group()[0]) < 0x3000}
    return starts if all(found) else set()


def _listed() -> list[tuple[str, str]]:
    return [(name, _small(one)) for name, fields in table("wording_categories").items() for one in fields["words"]]


def _small(one: str) -> str:
    return re.sub(r"(?<!\\)[A-ZÀ-Þ]", lambda match: match.group().lower(), one)


def _ended(one: str) -> str:
    """The shape with a word border at its end, where its ending is optional ("fees?")."""
    return one + (r"(?![^\W_])" if one.endswith("?") else "")
