"""Align two sequences: which runs of one are in the other, in the same order.

The only place that uses difflib. The steps, in this order:

1. The common beginning and the common end are cut off.
2. What occurs exactly once on each side is anchored first; if anchors cross, the heaviest chain is kept. So a sentence
   that now also occurs elsewhere cannot drag its neighbours along (the idea of patience diff, with weights).
3. Between the anchors difflib finds the longest runs, under a budget of steps. Beyond the budget, a small window is
   moved along both sides. The budget counts steps, never time, so the same input gives the same answer everywhere.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

try:  # the same algorithm, compiled: same answer, faster
    from cydifflib import SequenceMatcher
except ImportError:
    from difflib import SequenceMatcher

#: How many steps one alignment may take in difflib before it falls back to the window.
STEPS = 3_000_000

#: A part with at most this many cells (old length x new length) goes to difflib without another search for anchors.
SMALL = 40_000

#: The window of the fallback, in elements.
WINDOW = 48

_STRIDE = 128


class Run(NamedTuple):
    """`length` elements from `old` in one sequence equal those from `new` in the other."""

    old: int
    new: int
    length: int


class Gap(NamedTuple):
    """The elements old[old_from:old_to] correspond to new[new_from:new_to]; at least one of the two is not empty."""

    old_from: int
    old_to: int
    new_from: int
    new_to: int

    @property
    def both(self) -> bool:
        """Whether both sides have something: replaced, not just removed or added."""
        return self.old_from < self.old_to and self.new_from < self.new_to


def align(
    old: Sequence[Hashable],
    new: Sequence[Hashable],
    weigh: Callable[[int], int] | None = None,
    width: int = 1,
) -> list[Run]:
    """The runs that stay, rising on both sides, as long as possible and never touching.

    `weigh` gives the weight of the element at an index of `old`; of crossing anchors the lighter are dropped.
    `width` is how many elements in a row make an anchor: 1 for blocks and sentences, 3 for words, because a single rare
    word is no proof of position.
    """
    search = _Search(old, new, weigh, width)
    parts = [Gap(0, len(old), 0, len(new))]
    while parts:
        parts.extend(search.split(parts.pop()))
    return joined(search.runs)


def common_ends(old: Sequence[Hashable], new: Sequence[Hashable]) -> tuple[int, int]:
    """How many elements both begin with, and how many of the rest both end with."""
    return _ends(old, new, Gap(0, len(old), 0, len(new)))


def gaps(runs: Iterable[Run], old_length: int, new_length: int) -> Iterator[Gap]:
    """The parts before, between and after the runs."""
    return _between(Gap(0, old_length, 0, new_length), runs)


def _between(part: Gap, runs: Iterable[Run]) -> Iterator[Gap]:
    old_at, new_at = part.old_from, part.new_from
    for run in (*runs, Run(part.old_to, part.new_to, 0)):
        if run.old > old_at or run.new > new_at:
            yield Gap(old_at, run.old, new_at, run.new)
        old_at, new_at = run.old + run.length, run.new + run.length


def heaviest_chain(pairs: Sequence[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """Of (old, new, weight), those that rise strictly on both sides and weigh most together."""
    ordered = sorted(pairs, key=lambda pair: (pair[0], -pair[1]))
    rank = {new: position for position, new in enumerate(sorted({pair[1] for pair in ordered}), 1)}
    best: list[tuple[float, int]] = [(0.0, -1)] * (len(rank) + 1)  # a Fenwick tree of prefix maxima
    before: list[int] = []
    top = (0.0, -1)
    for index, (_, new, weight) in enumerate(ordered):
        found, position = (0.0, -1), rank[new] - 1
        while position:
            found = max(found, best[position])
            position &= position - 1
        before.append(found[1])
        total = (found[0] + weight, index)
        top = max(top, total)
        position = rank[new]
        while position < len(best):
            best[position] = max(best[position], total)
            position += position & -position
    chain = []
    index = top[1]
    while index >= 0:
        chain.append(ordered[index])
        index = before[index]
    return chain[::-1]


def joined(runs: Iterable[Run]) -> list[Run]:
    """The runs, sorted, with those that touch on both sides joined."""
    whole: list[Run] = []
    for run in sorted(runs):
        last = whole[-1] if whole else None
        if last and last.old + last.length == run.old and last.new + last.length == run.new:
            whole[-1] = Run(last.old, last.new, last.length + run.length)
        else:
            whole.append(run)
    return whole


class _Search:
    """One alignment in progress: the runs found and the steps left."""

    def __init__(
        self,
        old: Sequence[Hashable],
        new: Sequence[Hashable],
        weigh: Callable[[int], int] | None,
        width: int,
    ) -> None:
        self.old, self.new, self.weigh, self.width = old, new, weigh, width
        self.runs: list[Run] = []
        self.steps = STEPS + 20 * (len(old) + len(new))

    def split(self, part: Gap) -> list[Gap]:
        """Note the runs found in this part; what is left to search."""
        part = self._trim(part)
        if not part.both:
            return []
        rows, columns = part.old_to - part.old_from, part.new_to - part.new_from
        self.steps -= rows + columns
        if rows == columns == 1:
            return []  # equal elements have been trimmed
        if self.steps > 0 and (self.width == 1 or rows * columns > SMALL):
            anchors = self._anchors(part)
            if anchors:
                self.runs.extend(anchors)
                return [gap for gap in _between(part, anchors) if gap.both]
        self._match(part)
        return []

    def _trim(self, part: Gap) -> Gap:
        old_from, old_to, new_from, new_to = part
        head, tail = _ends(self.old, self.new, part)
        if head:
            self.runs.append(Run(old_from, new_from, head))
        if tail:
            self.runs.append(Run(old_to - tail, new_to - tail, tail))
        return Gap(old_from + head, old_to - tail, new_from + head, new_to - tail)

    def _anchors(self, part: Gap) -> list[Run]:
        """What occurs once on each side, as runs; of crossing runs, the heaviest chain."""
        old_at = self._once(self.old, part.old_from, part.old_to)
        new_at = self._once(self.new, part.new_from, part.new_to)
        runs: list[Run] = []
        for key, old in old_at.items():
            new = new_at.get(key, -1)
            if old < 0 or new < 0:
                continue
            last = runs[-1] if runs else None
            if last and last.old + last.length == old and last.new + last.length == new:
                runs[-1] = Run(last.old, last.new, last.length + 1)
            else:
                runs.append(Run(old, new, 1))
        if any(one.new > two.new for one, two in pairwise(runs)):
            chain = heaviest_chain([(run.old, run.new, self._weight(run)) for run in runs])
            kept = {old for old, _, _ in chain}
            runs = [run for run in runs if run.old in kept]
        return runs

    def _once(self, elements: Sequence[Hashable], start: int, stop: int) -> dict[Hashable, int]:
        """Where each element (or row of `width` elements) is, in order; -1 if it occurs more than once."""
        keys: Iterable[Hashable] = elements[start:stop]
        if self.width > 1:
            keys = zip(*(elements[start + shift : stop] for shift in range(self.width)), strict=False)
        places: dict[Hashable, int] = {}
        for at, key in enumerate(keys, start):
            places[key] = -1 if key in places else at
        return places

    def _weight(self, run: Run) -> int:
        if self.weigh is None:
            return run.length
        return sum(self.weigh(index) for index in range(run.old, run.old + run.length))

    def _match(self, part: Gap) -> None:
        """Let difflib search one part, longest run first, as long as there are steps left."""
        old, new = self.old[part.old_from : part.old_to], self.new[part.new_from : part.new_to]
        counts = Counter(new)
        hits = sum(counts[element] for element in old)
        if not hits:
            return
        if (len(old) + hits) * min(len(old), len(new)) <= self.steps:
            matcher = SequenceMatcher(None, old, new, autojunk=False)
            # In practice difflib halves its ranges; that takes this many steps.
            self.steps -= (len(old) + hits) * max(1, min(len(old), len(new)).bit_length())
            self._note(part, matcher.get_matching_blocks())
            return
        self._match_bounded(part, old, new, hits)

    def _match_bounded(self, part: Gap, old: Sequence[Hashable], new: Sequence[Hashable], hits: int) -> None:
        """Follow difflib's own recursion, counted step by step; the window if the steps run out."""
        matcher: SequenceMatcher[Hashable] | None = None
        todo = [Gap(0, len(old), 0, len(new))]
        while todo:
            gap = todo.pop()
            rows = gap.old_to - gap.old_from
            cost = rows + hits * rows // len(old)
            if cost > self.steps:
                window = _windows(old[gap.old_from : gap.old_to], new[gap.new_from : gap.new_to])
                self._note(part, [Run(gap.old_from + r.old, gap.new_from + r.new, r.length) for r in window])
                continue
            self.steps -= cost
            matcher = matcher or SequenceMatcher(None, old, new, autojunk=False)
            found = Run(*matcher.find_longest_match(*gap))
            if found.length:
                self._note(part, [found])
                left = Gap(gap.old_from, found.old, gap.new_from, found.new)
                right = Gap(found.old + found.length, gap.old_to, found.new + found.length, gap.new_to)
                todo.extend(g for g in (right, left) if g.both)

    def _note(self, part: Gap, found: Iterable[tuple[int, int, int]]) -> None:
        self.runs.extend(Run(part.old_from + old, part.new_from + new, length) for old, new, length in found if length)


def _windows(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Run]:
    """Walk both sequences side by side, matching what is within a window; linear in their length."""
    runs: list[Run] = []
    old_at = new_at = 0
    while old_at < len(old) and new_at < len(new):
        head = _same(old, new, Gap(old_at, len(old), new_at, len(new)))
        if head:
            runs.append(Run(old_at, new_at, head))
            old_at, new_at = old_at + head, new_at + head
            continue
        matcher = SequenceMatcher(None, old[old_at : old_at + WINDOW], new[new_at : new_at + WINDOW], autojunk=False)
        found = [Run(*block) for block in matcher.get_matching_blocks() if block.size]
        # What is at the far end of the window may be matched better from the next one.
        near = [run for run in found if max(run.old, run.new) < WINDOW // 2] or found
        runs.extend(Run(old_at + run.old, new_at + run.new, run.length) for run in near)
        old_step = near[-1].old + near[-1].length if near else WINDOW
        new_step = near[-1].new + near[-1].length if near else WINDOW
        if max(old_step, new_step) < WINDOW // 4:
            old_step, new_step = old_step + WINDOW // 4, new_step + WINDOW // 4
        old_at, new_at = old_at + old_step, new_at + new_step
    return runs


def _ends(old: Sequence[Hashable], new: Sequence[Hashable], part: Gap) -> tuple[int, int]:
    head = _same(old, new, part)
    limit = min(part.old_to - part.old_from, part.new_to - part.new_from) - head
    tail = 0
    while tail < limit and old[part.old_to - tail - 1] == new[part.new_to - tail - 1]:
        tail += 1
    return head, tail


def _same(old: Sequence[Hashable], new: Sequence[Hashable], part: Gap) -> int:
    """How many elements both parts begin with in common."""
    old_at, old_to, new_at, new_to = part
    limit = min(old_to - old_at, new_to - new_at)
    done = 0
    # Slices are compared in C: whole strides first, then one by one.
    while (
        done + _STRIDE <= limit
        and old[old_at + done : old_at + done + _STRIDE] == new[new_at + done : new_at + done + _STRIDE]
    ):
        done += _STRIDE
    while done < limit and old[old_at + done] == new[new_at + done]:
        done += 1
    return done
