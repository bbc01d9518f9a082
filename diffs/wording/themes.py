"""What a long change is about: the names and terms that are new in its text or no longer in it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from diffs.language.normalise import loose
from diffs.language.vocabulary import plain
from diffs.values import Comparison, Fact

from .point import Point, weight_of

#: A name that occurs fewer times in the changed text is reported with its sentence.
_OFTEN = 3
_LEAST = 2
#: A word that is not a name must occur so many times and have so many letters.
_VERY_OFTEN = 6
_LONG = 8
_MATTERS = 3
_MOST = 16
_WORD = re.compile(r"[^\W\d_]+")
_NAMES = {
    "scope_added": True,
    "definition_added": True,
    "scope_removed": False,
    "definition_removed": False,
}


def themes(comparison: Comparison, facts: Iterable[Fact]) -> Iterator[Point]:
    """One point for what is new throughout the changed text and one for what is gone from it, each with its count."""
    before = "\n".join(hunk.text_before for hunk in comparison.hunks)
    after = "\n".join(hunk.text_after for hunk in comparison.hunks)
    named = list(facts)
    for is_new, here, there in ((True, after, before), (False, before, after)):
        names = dict.fromkeys(fact.after or fact.before for fact in named if _NAMES.get(fact.kind) is is_new)
        counted = _counted([*names], plain(here), plain(there))
        if counted:
            yield _point(counted, comparison, is_new=is_new)


def _counted(names: list[str], here: str, there: str) -> list[tuple[str, int]]:
    """The names and terms that only one side has, with their counts, most frequent first; none is part of another."""
    found = [(name, here.count(name)) for name in names if there.count(name) == 0]
    found = [(name, count) for name, count in found if count >= (_LEAST if " " in name else _OFTEN)]
    found += _terms(here, there)
    found.sort(key=lambda one: (-one[1] * (1 + weight_of(one[0]) / 4), one[0]))
    kept: list[tuple[str, int]] = []
    for name, count in found:
        if not any(loose(name) in loose(other) or loose(other) in loose(name) for other, _ in kept):
            kept.append((name, count))
    return kept[:_MOST]


def _terms(here: str, there: str) -> list[tuple[str, int]]:
    """Long words that are frequent on one side and absent from the other, with their counts."""
    words = Counter(word.lower() for word in _WORD.findall(here) if len(word) >= _LONG)
    often = [(word, count) for word, count in words.items() if count >= _VERY_OFTEN]
    others = {word.lower() for word in _WORD.findall(there)} if often else set()
    return [(word, count) for word, count in often if word not in others and weight_of(word) >= _MATTERS]


def _point(counted: list[tuple[str, int]], comparison: Comparison, *, is_new: bool) -> Point:
    told = "; ".join(f"{name} ({count} times)" if count >= _OFTEN else name for name, count in counted)
    text = f"New in the changed text: {told}" if is_new else f"No longer in the changed text: {told}"
    first = counted[0][0]
    short = f"“{first}” is new in the changed text" if is_new else f"“{first}” no longer appears in the changed text"
    weight = (20 if " " in first else 10) + min(20.0, counted[0][1]) + min(8.0, weight_of(first))
    at = next(
        (at for at, hunk in enumerate(comparison.hunks) if first in (hunk.text_after if is_new else hunk.text_before)),
        0,
    )
    return Point(weight, text, short, "", (at,), is_list=True)
