r"""Many patterns as one, trying only those whose letters occur in the text.

An alternation of a hundred patterns costs a hundred steps at every letter. Nearly all of ours have a word that every
match must contain ("target" in `\btargets?\b`): if that word is not in a text, the pattern need not be tried, and
searching for a word is a thousand times faster than trying a pattern.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

_GROUPS = {"(": ")", "[": "]"}
#: A letter before one of these may be missing from a match.
_OPTIONAL = re.compile(r"[?*]|\{0?,")
_QUANTIFIER = re.compile(r"[?*+]|\{\d*,?\d*\}")
#: Escaped, these mean themselves; others ("\\b", "\\d") mean no particular letter.
_PLAIN = re.compile(r"[^A-Za-z0-9]")
#: The results for so many texts are kept.
_KEPT = 8
#: Letters that a case-insensitive pattern takes for another letter, though lower-casing leaves them different.
_SAME = str.maketrans({"ı": "i", "ſ": "s", "İ": "i"})


class Alternatives:
    """Finds exactly what the case-insensitive alternation of `patterns` would find in a text.

    `before` and `after` are put around each of them; they contain no capturing group.
    """

    def __init__(self, patterns: Iterable[str], *, before: str = "", after: str = "") -> None:
        listed = list(patterns)
        self._sources = [f"{before}(?:{one}){after}" for one in listed]
        wanted = [needed(one) for one in listed]
        self._words = [(word, at) for at, words in enumerate(wanted) for word in words]
        self._unsure = [at for at, words in enumerate(wanted) if not words]
        # Each figure of a long sentence searches the same sentence, and the headings above it.
        self._likely = lru_cache(maxsize=_KEPT)(self._find_likely)
        self._is_in = lru_cache(maxsize=_KEPT)(self._look_into)

    def search(self, text: str, start: int = 0, stop: int | None = None) -> re.Match[str] | None:
        """The first match in `text[start:stop]`; of two that begin there, the one whose pattern is listed first."""
        stop = len(text) if stop is None else stop
        best: re.Match[str] | None = None
        for shape in self._likely(text[start:stop] if start or stop < len(text) else text):
            found = shape.search(text, start, stop)
            if found and (best is None or found.start() < best.start()):
                best = found
                if found.start() == start:
                    break
        return best

    def match(self, text: str, start: int = 0, stop: int | None = None) -> re.Match[str] | None:
        """The match that begins at `start`, from the first pattern that has one."""
        stop = len(text) if stop is None else stop
        for shape in self._likely(text[start:stop] if start or stop < len(text) else text):
            found = shape.match(text, start, stop)
            if found:
                return found
        return None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """The matches in order, none inside another."""
        shapes = self._likely(text)
        ahead = [shape.search(text) for shape in shapes]
        while any(ahead):
            best = min((found for found in ahead if found), key=lambda found: found.start())
            yield best
            for at, found in enumerate(ahead):
                if found and (found.start() < best.end() or found is best):
                    ahead[at] = shapes[at].search(text, max(best.end(), best.start() + 1))

    def found_in(self, text: str) -> bool:
        """Whether any of the patterns matches anywhere in the text."""
        return self._is_in(text)

    def _look_into(self, text: str) -> bool:
        return any(shape.search(text) for shape in self._likely(text))

    def _find_likely(self, text: str) -> list[re.Pattern[str]]:
        """The patterns whose letters occur in the text, in order."""
        letters = small(text)
        places = [at for word, at in self._words if word in letters] + self._unsure
        return [compiled(self._sources[at]) for at in sorted(set(places))]


@cache
def compiled(source: str) -> re.Pattern[str]:
    """A case-insensitive pattern, compiled when it is first needed: most never are."""
    return re.compile(source, re.IGNORECASE)


def small(text: str) -> str:
    """The text in lower case, as a case-insensitive pattern sees it."""
    return text.lower() if text.isascii() else text.translate(_SAME).lower()


def needed(source: str) -> tuple[str, ...]:
    """Lower-case words of which every match of a pattern contains at least one; none where that is uncertain.

    Careful rather than clever: optional parts, classes and lookarounds contribute nothing.
    """
    return tuple(map(small, needed_as_written(source)))


def needed_as_written(source: str) -> tuple[str, ...]:
    """The same for a case-sensitive pattern: words as they are written."""
    best: tuple[str, ...] = ()
    choices: list[tuple[str, ...]] = []
    run, at = "", 0
    while at < len(source):
        letter, end = _piece(source, at)
        quantifier = _QUANTIFIER.match(source, end)
        is_sure = not (quantifier and _OPTIONAL.match(quantifier[0]))
        if letter == "|":
            choices.append(_better(best, (run,)))
            best = ()
        elif letter and is_sure:
            run += letter
        if not letter or letter == "|" or quantifier:
            best, run = _better(best, (run,)) if letter != "|" else best, ""
        if is_sure and source.startswith("(?:", at):
            best = _better(best, needed_as_written(source[at + 3 : end - 1]))
        at = quantifier.end() if quantifier else end
    choices.append(_better(best, (run,)))
    return tuple(word for choice in choices for word in choice) if all(choices) else ()


def _better(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """The one of two sets of words whose shortest word is longer; a set that contains "" says nothing."""
    one, other = (words if all(words) else () for words in (one, other))
    return max(one, other, key=lambda words: (min(map(len, words), default=0), -len(words)))


def _piece(source: str, at: int) -> tuple[str, int]:
    """The letter at a place in a pattern ("" where none is certain, "|" between choices), and where it ends."""
    sign = source[at]
    if sign == "\\":
        escaped = source[at + 1]
        return escaped if _PLAIN.match(escaped) and escaped != "|" else "", at + 2
    if sign in _GROUPS:
        return "", _closing(source, at)
    return "" if sign in ".^$" else sign, at + 1


def _closing(source: str, at: int) -> int:
    """The position at which the group or class that opens at a place is closed."""
    opening, depth = source[at], 0
    while True:
        sign = source[at]
        if sign == "\\":
            at += 2
            continue
        if opening == "(" and sign == "[":
            at = _closing(source, at)
            continue
        depth += (sign == "(") - (sign == ")")
        at += 1
        if sign == "]" if opening == "[" else not depth:
            return at
