"""A column that came into a table or went from it: one statement instead of one for each row."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice

from diffs.language.normalise import loose
from diffs.language.plain_text import in_short
from diffs.meaning.sentence_pairs import SentencePair

from .point import LONGEST, Point

_WEIGHT = 45.0
#: So many rows make a column.
_ROWS = 2
#: In a headline so many rows are named.
_FEW = 2

_Key = tuple[bool, int, int]


def columns_of(pairs: Iterable[SentencePair]) -> tuple[list[Point], frozenset[SentencePair]]:
    """A point for each new or removed column, and the pairs of rows that it speaks for."""
    rows: dict[_Key, list[tuple[SentencePair, list[str]]]] = defaultdict(list)
    for pair in pairs:
        before, after = (side.split(" | ") for side in (pair.before, pair.after))
        more, less = (after, before) if len(after) > len(before) else (before, after)
        at = _added(more, less)
        if at is not None:
            rows[more is after, len(more), at].append((pair, more))
    found = {key: group for key, group in rows.items() if len(group) >= _ROWS}
    points = [_point(key, group) for key, group in found.items()]
    return points, frozenset(pair for group in found.values() for pair, _ in group)


def _added(more: Sequence[str], less: Sequence[str]) -> int | None:
    """Which of the cells only the longer row has; None if it is not one of several, or others differ too."""
    if len(more) != len(less) + 1 or len(less) < _ROWS:
        return None
    at = next((at for at, cell in enumerate(less) if loose(cell) != loose(more[at])), len(less))
    return at if all(loose(one) == loose(other) for one, other in zip(more[at + 1 :], less[at:], strict=True)) else None


def _point(key: _Key, group: Sequence[tuple[SentencePair, list[str]]]) -> Point:
    is_new, _, at = key
    head, *rest = group
    # The first row of a table that gains a column names it, unless it states a value like the others.
    name = "" if any(letter.isdigit() for letter in head[1][at]) else head[1][at].strip()
    rows = [(cells[0].strip(), cells[at].strip()) for _, cells in (rest if name else group)]
    told = [f"{row} {cell}" for row, cell in rows if cell]
    opening = f"{'New' if is_new else 'Removed'} column" + (f" “{name}”" if name else "")
    text = in_short(f"{opening}: {'; '.join(told)}", LONGEST)
    short = f"{opening}: {'; '.join(islice(told, _FEW))}"
    places = tuple(dict.fromkeys(pair.hunk for pair, _ in group))
    return Point(_WEIGHT, text, short, group[0][0].section, places)
