"""Pair the sentences of the old blocks with those of the new ones, first inside a hunk, then across hunks."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from diffs.language.answers import spoken
from diffs.language.normalise import loose
from diffs.language.sentences import sentences
from diffs.values import Block, BlockKind, Comparison, Hunk, Op

from .location import place_of

# Two sentences are one that was reworded if they share at least this part of their words.
_ALIKE = 0.34
# In different hunks they must share at least this part.
_SURELY = 0.6
_MOST_PAIRS = 10_000

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class SentencePair:
    """A sentence before and after; "" on the side where it has none. `hunk` is the index of its hunk."""

    before: str
    after: str
    section: str
    hunk: int


@lru_cache(maxsize=8)
def sentence_pairs(comparison: Comparison) -> tuple[SentencePair, ...]:
    """Every sentence that a change added, removed or reworded, in the order of its hunks.

    Sentences that are on both sides unchanged, in whatever hunk, are left out: they moved.
    """
    told = [(at, hunk) for at, hunk in enumerate(comparison.hunks) if is_wording(hunk)]
    sides = [(at, hunk, _of(hunk.before), _of(hunk.after)) for at, hunk in told]
    gone = Counter(_key(one) for _, _, before, _ in sides for one in before)
    come = Counter(_key(one) for _, _, _, after in sides for one in after)
    moved = gone & come
    spare_old, spare_new = moved.copy(), moved.copy()
    pairs: list[SentencePair] = []
    for at, hunk, before, after in sides:
        old = [one for one in before if not _taken(spare_old, one)]
        new = [one for one in after if not _taken(spare_new, one)]
        section = place_of(hunk)
        pairs += [SentencePair(was, now, section, at) for was, now in _paired(old, new, _ALIKE)]
    return tuple(_across(pairs))


def _across(pairs: list[SentencePair]) -> list[SentencePair]:
    """The pairs, with single sentences of different hunks joined where their words leave no doubt."""
    gone = [pair for pair in pairs if not pair.after]
    come = [pair for pair in pairs if not pair.before]
    if not gone or not come:
        return pairs
    section = {pair.after: pair for pair in come}
    found = [
        (was, now)
        for was, now in _paired([pair.before for pair in gone], [pair.after for pair in come], _SURELY)
        if was and now
    ]
    used_old, used_new = {was for was, _ in found}, {now for _, now in found}
    joined = {now: SentencePair(was, now, section[now].section, section[now].hunk) for was, now in found}
    return (
        [
            joined.get(pair.after, pair) if not pair.before else pair
            for pair in pairs
            if not (not pair.after and pair.before in used_old) and not (not pair.before and not pair.after)
        ]
        if used_new
        else pairs
    )


def is_wording(hunk: Hunk) -> bool:
    """Whether a hunk changes words: an addition, a removal, an edit, or a move with an edit.

    An edit of case and punctuation alone does not count, wherever the sentences end now; nor does one between a text
    and the same text with broken characters, nor a list written as one paragraph.
    """
    if hunk.op in (Op.ADDED, Op.REMOVED):
        return True
    edited = hunk.op is Op.EDITED or (hunk.op is Op.MOVED and bool(hunk.spans))
    return edited and not _same_words(hunk)


def _same_words(hunk: Hunk) -> bool:
    before, after = hunk.text_before, hunk.text_after
    if len(hunk.before) != len(hunk.after):
        # A list that becomes running text keeps its numbers in it, and the other way round.
        before, after = (_LIST_NUMBER.sub("", side) for side in (before, after))
    if spoken(before) != spoken(after):
        return False
    return loose(before) == loose(after) or differ_in_broken_signs(before, after)


def differ_in_broken_signs(before: str, after: str) -> bool:
    """Whether two texts are the same except that one has question marks in place of its non-ASCII characters.

    "Belgi?" and "België", "? 10" and "€ 10": a page is sometimes served in the wrong encoding.
    """
    before, after = (" ".join(side.split()) for side in (before, after))
    if len(before) != len(after) or before == after:
        return False
    differing = [(was, now) for was, now in zip(before, after, strict=True) if was != now]
    return any(
        all(pair[broken] in "?\N{REPLACEMENT CHARACTER}" and not pair[1 - broken].isascii() for pair in differing)
        for broken in (0, 1)
    )


# "…only if: 1. the order is paid; and 2. the buyer agrees."
_LIST_NUMBER = re.compile(r"(?<!\S)\(?(?:\d{1,2}|[a-z])[.)](?=\s|$)", re.MULTILINE)


def overlap(one: str, other: str) -> float:
    """The share of words that two sentences have in common, not counting figures, from 0 to 1."""
    return _shared(_words(one), _words(other))


@lru_cache(maxsize=8192)
def _words(sentence: str) -> frozenset[str]:
    return frozenset(_WORD.findall(sentence.lower()))


def _shared(words: frozenset[str], others: frozenset[str]) -> float:
    both = len(words & others)
    return both / max(1, len(words) + len(others) - both)


def _of(blocks: tuple[Block, ...]) -> list[str]:
    return [
        one for block in blocks for one in ([block.shown] if block.kind is BlockKind.ROW else sentences(block.shown))
    ]


def _key(sentence: str) -> str:
    """The words of a sentence; an answer before a comma is more than its word."""
    return ", ".join((*spoken(sentence), loose(sentence)))


def _taken(spare: Counter[str], sentence: str) -> bool:
    key = _key(sentence)
    if spare[key]:
        spare[key] -= 1
        return True
    return False


def _paired(old: list[str], new: list[str], least: float) -> list[tuple[str, str]]:
    """The pairs of sentences in the new order; removed sentences without a successor come last."""
    if len(old) * len(new) > _MOST_PAIRS:
        return [*((one, "") for one in old), *(("", one) for one in new)]
    scored = sorted(
        ((overlap(was, now), -abs(i - j), -i, -j) for i, was in enumerate(old) for j, now in enumerate(new)),
        reverse=True,
    )
    became: dict[int, int] = {}
    used: set[int] = set()
    for score, _, i, j in scored:
        if score < least and not (least == _ALIKE and len(old) == len(new) == 1 and score > _ALIKE / 3):
            break
        if -i not in used and -j not in became:
            became[-j] = -i
            used.add(-i)
    pairs = [(old[became[j]] if j in became else "", now) for j, now in enumerate(new)]
    return [*pairs, *((was, "") for i, was in enumerate(old) if i not in used)]
