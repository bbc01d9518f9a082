"""Pair the blocks of the old text with those of the new one, inside a region where everything differs.

First by name: the same letters around other figures, a table row with the same first cell. Then by the words two
blocks share, keeping their order. A paragraph split in two, or two that were merged, stay together.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from diffs.values import Block, BlockKind

from .align import align, gaps, heaviest_chain

#: From this share of common words (Dice), two blocks are one block, edited.
ALIKE = 0.4

#: The same if one of them has fewer words than this: one word in common is chance.
ALIKE_FEW = 0.6
FEW = 3

#: The same for a block alone with one other: its position is evidence as well.
ALIKE_ALONE = 0.25

#: From this share of the shorter block's words, it is a part of the other.
PART = 0.7

#: In addition, this share of its words must be in the other only because of it.
ONLY_THERE = 0.3

#: In regions with more cells than this, only blocks with rare words in common are compared.
ALL_AGAINST_ALL = 900

#: A word that is in more blocks than this says nothing about position.
RARE = 8

#: Blocks that share less than this of the old one's rare words are not compared,
SHARED_RARE = 0.25

#: and of the others only this many.
TRIED = 4

#: How many letters of a document are searched for rare words, shared among its blocks.
LOOKED_UP = 2_000_000

#: Blocks up to this many letters may be recognised by their name alone.
_SHORT = 240

#: In longer texts half the letters are proof enough.
_LETTERS_ALIKE = 40

_LETTERS = str.maketrans("", "", "0123456789.,;:!?'\"()[]{}<>/\\|+-*=%$€£¥#&@_~^`’“”–—• ")
_SIGNS = ".,;:!?'\"()[]{}<>/\\|+*=#&@_~^`’“”–—•"
_WORD = re.compile(r"\w+")
_TWO_LETTERS = re.compile(r"[^\W\d_][\W\d_]*[^\W\d_]")
_EAST = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")


class Pair(NamedTuple):
    """The old blocks from `old_from` up to `old_to` became the new ones from `new_from` up to `new_to`."""

    old_from: int
    old_to: int
    new_from: int
    new_to: int


class Region(NamedTuple):
    """Indexes of old and new blocks in one place, both ascending, without what moved."""

    rows: Sequence[int]
    columns: Sequence[int]


class Likeness:
    """How alike old and new blocks are by their words; words are read on demand, and only once.

    `come` are the indexes of the new blocks without a counterpart: only these are searched for rare words.
    """

    def __init__(self, old: Sequence[Block], new: Sequence[Block], come: Sequence[int]) -> None:
        self.old, self.new = old, new
        self.narrow(come)
        self._old_words: dict[int, frozenset[str]] = {}
        self._new_words: dict[int, frozenset[str]] = {}
        self._places: dict[int, list[int]] = {}

    def narrow(self, come: Sequence[int]) -> None:
        """Reduce the new blocks without a counterpart; no effect once one was searched."""
        if "_index" not in self.__dict__:
            self._come = come
            # If there are very many blocks, only their beginnings are searched.
            self._letters = max(_SHORT // 2, LOOKED_UP // max(1, len(come)))

    def old_words(self, row: int) -> frozenset[str]:
        """The distinctive words of an old block."""
        if row not in self._old_words:
            self._old_words[row] = words_of(self.old[row].compared)
        return self._old_words[row]

    def new_words(self, column: int) -> frozenset[str]:
        """The distinctive words of a new block."""
        if column not in self._new_words:
            self._new_words[column] = words_of(self.new[column].compared)
        return self._new_words[column]

    def places(self, row: int) -> list[int]:
        """The new blocks that share most rare words with an old one, the best first; none if it has no such words."""
        if row not in self._places:
            self._places[row] = self._vote(words_of(self.old[row].compared[: self._letters]))
        return self._places[row]

    def _vote(self, words: frozenset[str]) -> list[int]:
        votes: dict[int, int] = {}
        rare = 0
        for word in words:
            places = self._index.get(word)
            if places is None:
                rare += 1
            elif len(places) <= RARE:
                rare += 1
                for place in places:
                    votes[place] = votes.get(place, 0) + 1
        # Versions of one text share their rare words; two or three in common are chance in a long text.
        likely = [place for place, count in votes.items() if count >= rare * SHARED_RARE]
        return sorted(likely, key=lambda place: (-votes[place], place))[:TRIED]

    @cached_property
    def _index(self) -> dict[str, list[int]]:
        index: dict[str, list[int]] = {}
        for column in self._come:
            for word in words_of(self.new[column].compared[: self._letters]):
                places = index.setdefault(word, [])
                if len(places) <= RARE:
                    places.append(column)
        return index


def pair(likeness: Likeness, region: Region) -> list[Pair]:
    """The blocks of a region that belong together, in order; those in no pair were removed or added."""
    pairs = []
    for part in _named(likeness, region):
        if isinstance(part, Pair):
            pairs.append(part)
        elif part.rows and part.columns:
            pairs.extend(_alike(likeness, part))
    return sorted(pairs)


def alike(old: frozenset[str], new: frozenset[str]) -> float:
    """How much two sets of words have in common, 0 to 1 (Dice); a part of a longer text counts as its share."""
    if not old or not new:
        return 0.0
    shared = len(old & new)
    dice = 2 * shared / (len(old) + len(new))
    short = min(len(old), len(new))
    if shared >= PART * short and short >= 5:
        return max(dice, ALIKE + 0.2 * shared / short)
    return dice


def words_of(text: str) -> frozenset[str]:
    """The words that distinguish a text from others: long ones and figures, or all if there are hardly any.

    Japanese and Chinese put no space between words: there, each pair of adjacent characters counts as one word.
    """
    parted = text.lower().replace("'", " ").replace("-", " ").replace("/", " ")
    words = [word.strip(_SIGNS) for word in parted.split()]
    if not text.isascii() and _EAST.search(text):
        words = [run[at : at + 2] for run in _WORD.findall(text) for at in range(max(1, len(run) - 1))]
        return frozenset(words)
    telling = frozenset([word for word in words if len(word) > 3 or not word.isalpha()])
    return telling if len(telling) > 2 else frozenset(words)


def size_of(text: str) -> int:
    """Roughly how many words a text has."""
    words = text.count(" ") + 1
    return max(words, len(text) // 2) if not text.isascii() and _EAST.search(text) else words


def _named(likeness: Likeness, region: Region) -> list[Pair | Region]:
    """Pairs of blocks with the same name, and the regions between them."""
    if len(region.rows) == 1 or len(region.columns) == 1:
        return [region]
    old_names = [_name(likeness.old[row]) for row in region.rows]
    new_names = [_name(likeness.new[column]) for column in region.columns]
    before, after = Counter(old_names), Counter(new_names)
    # A name that occurs more often on one side than on the other does not say which is which.
    same = {name for name in before if name and before[name] == after[name]}
    if not same:
        return [region]
    runs = align(
        [name if name in same else -index - 1 for index, name in enumerate(old_names)],
        [name if name in same else index for index, name in enumerate(new_names)],
    )
    found: list[Pair | Region] = [
        Pair(row, row + 1, column, column + 1)
        for run in runs
        for row, column in zip(
            region.rows[run.old : run.old + run.length], region.columns[run.new : run.new + run.length], strict=True
        )
    ]
    found += [
        Region(region.rows[gap.old_from : gap.old_to], region.columns[gap.new_from : gap.new_to])
        for gap in gaps(runs, len(region.rows), len(region.columns))
    ]
    return found


def _name(block: Block) -> str:
    """What a short block is called apart from its figures; "" if that says nothing."""
    if block.kind is BlockKind.ROW and block.cells and _TWO_LETTERS.search(block.cells[0]):
        return f"row {block.cells[0]}"
    if len(block.compared) > _SHORT:
        return ""
    letters = block.compared.translate(_LETTERS)
    return letters if len(letters) > 2 else ""


def _alike(likeness: Likeness, region: Region) -> list[Pair]:
    alone = len(region.rows) == len(region.columns) == 1
    if alone and _same_block(likeness.old[region.rows[0]], likeness.new[region.columns[0]]):
        return [Pair(region.rows[0], region.rows[0] + 1, region.columns[0], region.columns[0] + 1)]
    candidates = []
    for row, column in _candidates(likeness, region):
        left, right = likeness.old_words(row), likeness.new_words(column)
        score = alike(left, right) * _fit(likeness.old[row], likeness.new[column])
        few = min(len(left), len(right)) < FEW
        if score >= (ALIKE_ALONE if alone else ALIKE_FEW if few else ALIKE):
            candidates.append((row, column, score * (2 + min(len(left), len(right)))))
    return _grown(likeness, region, [(row, column) for row, column, _ in heaviest_chain(candidates)])


def _same_block(old: Block, new: Block) -> bool:
    """Whether no count of words is needed: a heading in place of one heading, or half a text unchanged."""
    if old.kind is new.kind is BlockKind.HEADING and old.level == new.level:
        return True
    half = max(len(old.compared), len(new.compared)) // 2
    same = old.compared[:half] == new.compared[:half] or old.compared[-half:] == new.compared[-half:]
    return same and half > _LETTERS_ALIKE


def _fit(old: Block, new: Block) -> float:
    if old.kind is new.kind:
        return 1.0
    return 0.7 if BlockKind.ROW in (old.kind, new.kind) else 0.9


def _candidates(likeness: Likeness, region: Region) -> list[tuple[int, int]]:
    """The cells worth comparing: all in a small region, otherwise those that share rare words, or a diagonal band."""
    rows, columns = region
    if len(rows) * len(columns) <= ALL_AGAINST_ALL:
        return [(row, column) for row in rows for column in columns]
    found: set[tuple[int, int]] = set()
    inside = set(columns)
    for index, row in enumerate(rows):
        places = [column for column in likeness.places(row) if column in inside]
        if not places and len(likeness.old[row].compared) <= _SHORT:
            middle = index * len(columns) // len(rows)
            places = list(columns[max(0, middle - 1) : middle + 2])
        found.update((row, column) for column in places)
    return sorted(found)


def _grown(likeness: Likeness, region: Region, chosen: list[tuple[int, int]]) -> list[Pair]:
    """Pairs with the neighbours that were split off from them or merged into them."""
    pairs: list[Pair] = []
    rows, columns = set(region.rows), set(region.columns)
    for row, column in chosen:
        rows.discard(row)
        columns.discard(column)
    for row, column in chosen:
        low, high = _stretch(likeness.old[row], likeness.new, column, columns)
        first, last = row, row + 1
        if high - low == 1:
            first, last = _stretch(likeness.new[column], likeness.old, row, rows)
        pairs.append(Pair(first, last, low, high))
    return pairs


def _stretch(whole: Block, parts: Sequence[Block], at: int, free: set[int]) -> tuple[int, int]:
    """The blocks around `at`, side by side and still free, that `whole` was split into."""
    start, stop = at, at + 1
    if start - 1 not in free and stop not in free:
        return start, stop
    words = words_of(whole.compared)
    rest = set(words - words_of(parts[at].compared))
    while stop in free and _is_part(words_of(parts[stop].compared), words, rest):
        free.remove(stop)
        stop += 1
    while start - 1 in free and (
        _is_part(words_of(parts[start - 1].compared), words, rest)
        or _began_with(whole.compared, parts[start - 1].compared, parts[start].compared)
    ):
        start -= 1
        free.remove(start)
    return start, stop


def _is_part(part: frozenset[str], whole: frozenset[str], rest: set[str]) -> bool:
    """Whether nearly all its words are in the whole, some only because of it: those are removed from the rest."""
    few = len(part) < 3 or len(part & whole) < PART * len(part) or len(part & rest) < ONLY_THERE * len(part)
    if not few:
        rest -= part
    return not few


def _began_with(whole: str, part: str, following: str) -> bool:
    """Whether the few words that a text began with became a block of their own: "Records: You keep ..."."""
    text = part.rstrip(":. ")
    return bool(text) and whole.startswith(text) and not following.startswith(text)
