"""Names that changed in the same way throughout a document: "X Europe" became "X EU" in fourteen places.

A name has a capital letter and no figure: amounts, terms and duties that change in many places are never combined. And
the old name must be gone: if it still occurs, the change is one of scope and each place counts.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import takewhile
from typing import NamedTuple
from unicodedata import normalize

from diffs.language.normalise import fold
from diffs.language.vocabulary import all_words
from diffs.values import Document, Hunk, Rename, Span, SpanOp

#: A change in this many places is consistent; for a proper name of several words, two are enough.
PLACES = 3
PLACES_LONG = 2

#: The most words a name has.
LONGEST = 8

_FIGURE = re.compile(r"\d")
_SIGNS = ".,;:!?()[]\"'“”„«»*"

#: How many words beside a swap are examined.
_BESIDE = 3
#: At most this many words of a name stay in its middle.
_STAYS = 2

_Core = tuple[tuple[str, ...], tuple[str, ...]]


class _Swap(NamedTuple):
    """One place where words were swapped, with the unchanged words beside it."""

    went: tuple[str, ...]
    came: tuple[str, ...]
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()

    @property
    def core(self) -> _Core:
        """What makes two places the same swap: "AdWords" and "ADWORDS" are one name."""
        return _folded(self.went), _folded(self.came)


def with_renames(hunks: Sequence[Hunk], new: Document) -> tuple[list[Hunk], tuple[Rename, ...]]:
    """The hunks, with those marked that contain only a rename, and the renames with the number of their places."""
    swaps = {index: list(_swaps(hunk.spans)) for index, hunk in enumerate(hunks) if _may_rename(hunk)}
    by_core: dict[_Core, list[_Swap]] = defaultdict(list)
    for found in swaps.values():
        for swap in found:
            if _is_name(swap.went, swap.left) and _is_name(swap.came, swap.left):
                by_core[swap.core].append(swap)
    renames = {core: rename for core, places in by_core.items() if (rename := _rename(places, new))}
    if not renames:
        return list(hunks), ()
    marked = [
        replace(hunk, rename=True) if swaps.get(index) and all(swap.core in renames for swap in swaps[index]) else hunk
        for index, hunk in enumerate(hunks)
    ]
    return marked, _counted(renames.values())


def _may_rename(hunk: Hunk) -> bool:
    """Whether something with a capital letter was removed or added."""
    return any(span.op is not SpanOp.EQUAL and span.text != span.text.lower() for span in hunk.spans)


def _swaps(spans: Sequence[Span]) -> Iterator[_Swap]:
    """The edits of a hunk as swaps of words."""
    at = 0
    while at < len(spans):
        if spans[at].op is SpanOp.EQUAL:
            at += 1
            continue
        start = at
        while at < len(spans) and (spans[at].op is not SpanOp.EQUAL or _is_inside_a_name(spans, at)):
            at += 1
        went = _text(spans[start:at], SpanOp.REMOVED)
        came = _text(spans[start:at], SpanOp.ADDED)
        if went != came:  # otherwise only the space between the words
            left = _capitals_before(spans[start - 1].text, spans[start].text) if start else ()
            right = _words_after(spans[at - 1].text, spans[at].text) if at < len(spans) else ()
            yield _swap(went, came, left, right)


def _swap(went: tuple[str, ...], came: tuple[str, ...], left: tuple[str, ...], right: tuple[str, ...]) -> _Swap:
    if not went or not came:
        # A word was added to a name or removed: the word beside it says which name. Anything longer is a clause.
        if not all(word[0].isupper() for word in went + came):
            return _Swap(went, came)
        if left:
            return _Swap((left[-1], *went), (left[-1], *came), left[:-1], right)
        beside = tuple(takewhile(_is_capital, right[:1]))
        return _Swap((*went, *beside), (*came, *beside), (), right[1:])
    # "an Xyz" became "a Zyx": the article changes with the name.
    if len(went) > 1 and len(came) > 1 and (went[0] == came[0] or (went[0].islower() and came[0].islower())):
        return _swap(went[1:], came[1:], (), right)
    return _Swap(went, came, left, right)


def _text(spans: Iterable[Span], op: SpanOp) -> tuple[str, ...]:
    """The words of one side: those that only it has, and those that stayed between them."""
    return tuple(word for span in spans if span.op in (op, SpanOp.EQUAL) for word in span.text.split())


def _is_inside_a_name(spans: Sequence[Span], at: int) -> bool:
    """Whether a word stayed in the middle of a name: "Finch Services Ltd" became "Harbour & Finch UK Limited"."""
    words = spans[at].text.split()
    if not 0 < len(words) <= _STAYS or at + 1 >= len(spans) or not all(map(_is_capital, words)):
        return False
    before, after = spans[at - 1].text.split(), spans[at + 1].text.split()
    return bool(before and after) and _is_of_a_name(before[-1]) and _is_of_a_name(after[0])


def _is_of_a_name(word: str) -> bool:
    return word == "&" or _is_capital(word)


def _capitals_before(text: str, edited: str) -> tuple[str, ...]:
    # "Xyz Services" followed by ", Inc." or " LLC": the comma belongs to the name.
    words = text[-80:].split() if text[-1:].isspace() or edited[0].isspace() or edited[0] == "," else []
    return tuple(reversed(list(takewhile(_is_capital, reversed(words[-_BESIDE:])))))


def _words_after(edited: str, text: str) -> tuple[str, ...]:
    words: list[str] = []
    for word in text[:80].split()[:_BESIDE] if text[:1].isspace() or edited[-1].isspace() else ():
        bare = word.rstrip(",;:)")
        if not bare or not (bare[0].isupper() or "." in bare[:-1]):  # "S.p.A.", "r.l."
            break
        words.append(bare)
        if bare != word:
            break
    return tuple(words)


def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.casefold().rstrip(".") for word in words)


def _is_capital(word: str) -> bool:
    return word[0].isupper() and word[-1].isalnum()


def _rename(places: Sequence[_Swap], new: Document) -> Rename | None:
    """The rename these places make, if there are enough of them and the old name is gone.

    If a part of the name is still in use for something else, the words after it may decide: "Xyz Europe" is gone as
    "Xyz Europe S.A.", though the "Xyz Europe Agreement" keeps its name.
    """
    if len(places) < PLACES_LONG:
        return None
    left = _common([tuple(reversed(place.left)) for place in places])
    right = _common([place.right for place in places])
    for more in (0, right):
        names = Counter(
            (
                _joined(*place.left[len(place.left) - left :], *place.went, *place.right[:more]),
                _joined(*place.left[len(place.left) - left :], *place.came, *place.right[:more]),
            )
            for place in places
        )
        if _still(names, new) * 10 > len(places):
            continue
        before, after = names.most_common(1)[0][0]
        if len(places) < PLACES and not _is_proper(before, after):
            return None
        return Rename(before, after, len(places)) if before.casefold() != after.casefold() else None
    return None


def _is_proper(before: str, after: str) -> bool:
    """Whether every word has a capital, and there is more than one: beyond doubt a name."""
    words = [word for word in (before + " " + after).split() if word[0].isalpha()]
    return all(word[0].isupper() for word in words) and " " in before and " " in after


def _still(names: Iterable[tuple[str, str]], new: Document) -> int:
    """How often an old name still occurs other than as part of the new one."""
    return sum(_count(before, new) - (_count(after, new) if before in after else 0) for before, after in names)


def _joined(*words: str) -> str:
    return " ".join(words).replace(" ,", ",")


def _is_name(words: tuple[str, ...], left: tuple[str, ...]) -> bool:
    return (
        0 < len(words) <= LONGEST
        and (words[0][0].isalnum() or bool(left and words[0][0] == ","))
        and (words[-1][-1].isalnum() or words[-1][-1] == ".")
        and words.count(",") == (words[0] == ",")
        and any(word[0].isupper() for word in words)
        and not any(word[-1] in ",;:" for word in words if word != ",")
        and not any(_FIGURE.search(word) or word.casefold().strip(_SIGNS) in _no_names() for word in words)
    )


@cache
def _no_names() -> frozenset[str]:
    return frozenset(all_words("renames", "no_names"))


def _common(contexts: Sequence[tuple[str, ...]]) -> int:
    """How many words all contexts begin with, ignoring case and accents."""
    common = 0
    for words in zip(*contexts, strict=False):
        if len({_plain(word.rstrip(".")) for word in words}) > 1:
            break
        common += 1
    return common


def _plain(word: str) -> str:
    return word.casefold() if word.isascii() else normalize("NFKD", word).encode("ascii", "ignore").decode().casefold()


def _count(name: str, document: Document) -> int:
    pattern = re.compile(rf"(?<!\w){re.escape(fold(name))}(?!\w)")
    return sum(len(pattern.findall(block.compared)) for block in document.blocks)


def _counted(renames: Iterable[Rename]) -> tuple[Rename, ...]:
    places: Counter[tuple[str, str]] = Counter()
    for rename in renames:
        places[rename.before, rename.after] += rename.places
    return tuple(Rename(before, after, count) for (before, after), count in places.most_common())
