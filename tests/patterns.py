"""Which patterns can be made to take longer than the length of a text: found by their parts, confirmed by the engine.

A repeat without an upper limit is expensive in three ways. It can begin anywhere in what it matches (`\\s+$` in blanks:
the square of their number). It can share what it matches with another one (`a*b?a*c`: the square from one beginning,
the cube in all). And one inside another can share it in any number of ways (`(a+)+b`: exponential).
Each suspicion is tried: words that the parts accept, repeated, where the whole pattern finds nothing.
"""

import importlib
import json
import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import islice, product
from re import _compiler, _constants, _parser  # type: ignore[attr-defined]
from typing import Any

Items = list[Any]

#: What stands for a class of signs: the first few of these that it holds.
SIGNS = "a1 A%$.,-:;/<>\"'\n\t|()[]{}*#&=_@!?é年・ß€”"
FEW, WORDS = 3, 24
REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)
#: More than so many is without an end.
BOUNDED = 1_000
TIMES = 12


def dear(pattern: re.Pattern[str], *, blanks: bool = True) -> str:
    """How the pattern can be made to cost more than the length of a text, with the word that does it; "" if not.

    Without `blanks` the texts hold no two blanks in a row.
    """
    return next((why for word, why in _Parsed(pattern).suspicions() if blanks or not word.isspace()), "")


class _Parsed:
    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.whole, self.flags = pattern, pattern.flags
        self.tree = _parser.parse(pattern.pattern, pattern.flags)

    def suspicions(self) -> Iterator[tuple[str, str]]:
        """Words that make it dear, each with how."""
        for before, repeat, behind in self._repeats([], list(self.tree), []):
            yield from self._begins_anywhere(before, repeat)
            yield from self._shares(before, repeat, behind)
            yield from self._nests(before, repeat)

    def _repeats(self, before: Items, items: Items, behind: Items) -> Iterator[tuple[Items, Any, Items]]:
        """Each repeat without an end, with what stands before it and behind it."""
        for at, (op, value) in enumerate(items):
            front, rest = before + items[:at], items[at + 1 :] + behind
            if op in REPEATS:
                if value[1] > BOUNDED:
                    yield front, (op, value), rest
                yield from self._repeats(front, list(value[2]), rest)
            elif op is _constants.SUBPATTERN:
                yield from self._repeats(front, list(value[3]), rest)
            elif op is _constants.ATOMIC_GROUP:
                yield from self._repeats(front, list(value), rest)
            elif op is _constants.BRANCH:
                for branch in value[1]:
                    yield from self._repeats(front, list(branch), rest)

    def _begins_anywhere(self, before: Items, repeat: Any) -> Iterator[tuple[str, str]]:
        head, loop = self._compiled([*before, repeat]), self._compiled([repeat])
        for first, word in product(self._words(before), self._words(repeat[1][2])):
            text = (first + word) * TIMES
            if not word or not loop.fullmatch(text):
                continue
            step = len(first + word)
            ends = [found.end() for at in range(TIMES // 2) if (found := head.match(text, at * step))]
            if len(ends) == TIMES // 2 and min(ends) == len(text) and self._finds_nothing(text):
                yield first + word, f"begins anywhere in {first + word!r}"

    def _shares(self, before: Items, repeat: Any, behind: Items) -> Iterator[tuple[str, str]]:
        first = self._compiled([repeat])
        for at, other in enumerate(behind):
            if other[0] not in REPEATS or other[1][1] <= BOUNDED:
                continue
            both, second = self._compiled([repeat, *behind[: at + 1]]), self._compiled([other])
            for word in self._words(repeat[1][2]):
                text = word * TIMES
                if word and all(one.fullmatch(text) for one in (first, second, both)):
                    starts = self._words(before)
                    if all(self._finds_nothing(start + text) for start in islice(starts, 2)):
                        yield word, f"two repeats share {word!r}"

    def _nests(self, before: Items, repeat: Any) -> Iterator[tuple[str, str]]:
        inside = list(repeat[1][2])
        if not any(True for _ in self._repeats([], inside, [])):
            return
        one = self._compiled(inside)
        for word in self._words(inside):
            if word and all(one.fullmatch(word * times) for times in (1, 2, 3)) and self._finds_nothing(word * TIMES):
                yield word, f"repeats in repeats share {word!r}"

    def _finds_nothing(self, text: str) -> bool:
        return any(not self.whole.search(text + end) for end in ("", "\0", "\n\0"))

    def _compiled(self, items: Items) -> re.Pattern[str]:
        part = _parser.SubPattern(self.tree.state, items)
        compiled: re.Pattern[str] = _compiler.compile(part, self.flags & ~re.DEBUG)
        return compiled

    def _words(self, items: Iterable[Any]) -> list[str]:
        """A few texts that these parts accept, the shortest there are."""
        found = [""]
        for op, value in items:
            said = self._said(op, value)
            found = list(dict.fromkeys(islice((a + b for a in found for b in said), WORDS)))
        return found

    def _said(self, op: Any, value: Any) -> list[str]:
        if op is _constants.LITERAL:
            return [chr(value)]
        if op in (_constants.NOT_LITERAL, _constants.IN, _constants.ANY):
            one = self._compiled([(op, value)])
            signs = [sign for sign in SIGNS if one.fullmatch(sign)]
            listed = [chr(v) for kind, v in value if kind is _constants.LITERAL] if op is _constants.IN else []
            return (signs or listed)[:FEW] or [""]
        if op is _constants.BRANCH:
            return [word for branch in value[1][:8] for word in self._words(branch)[:2]]
        if op is _constants.SUBPATTERN:
            return self._words(value[3])
        if op is _constants.ATOMIC_GROUP:
            return self._words(value)
        if op in REPEATS:
            inner = self._words(value[2])
            return [word * max(1, value[0]) for word in inner] if value[0] else ["", *inner[:2]]
        return [""]


#: Where texts are read before their runs of blanks are made one; lines of furniture are held against those behind that.
RAW, TIDIED = ("diffs.reading", "diffs.language.normalise", "crawler", "notifier"), "diffs.reading.furniture_lines"


def main() -> None:
    """Print where each pattern of ours is made, the pattern, and how it is dear, as a line of JSON."""
    made: dict[tuple[str, int], str] = {}
    compile_well = re.compile

    def noted(pattern: Any, flags: Any = 0) -> re.Pattern[Any]:
        compiled = compile_well(pattern, flags)
        where = str(sys._getframe(1).f_globals.get("__name__", ""))
        if isinstance(compiled.pattern, str) and where.startswith(("diffs.", "crawler.", "notifier.")):
            made.setdefault((compiled.pattern, compiled.flags), where)
        return compiled

    re.compile = noted  # type: ignore[assignment]
    _make_all()
    re.compile = compile_well
    for (pattern, flags), where in made.items():
        blanks = where.startswith(RAW) and where != TIDIED
        sys.stdout.write(json.dumps((where, pattern, dear(re.compile(pattern, flags), blanks=blanks))) + "\n")


def _make_all() -> None:
    """Have every module of the three packages imported, and pages read that need all that is made at its first use."""
    for package in ("diffs", "crawler", "notifier"):
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if "migrations" not in module.name:
                importlib.import_module(module.name)
    steps = importlib.import_module("tests.diffs.test_fuzz_steps")
    steps.judge_everything()
