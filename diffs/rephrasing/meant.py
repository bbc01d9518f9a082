"""What a line says, apart from how: what bears its meaning, in order, and its other words in between."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from diffs.language.amounts import find
from diffs.language.dates import dates_in
from diffs.language.duties import Duty, duties
from diffs.language.vocabulary import plain, table

#: A word, or a figure as it is written.
_WORD = re.compile(r"[^\W_]+(?:['.,-][^\W_]+)*")
#: What bears the meaning: its kind and value.
Bears = tuple[object, ...]

_ENDING = re.compile(r"(?<=\w{3})(?:'s|ing|ed|es|s|e)$")


@dataclass(frozen=True, slots=True)
class Meant:
    """A line as it is compared.

    `bears` are its amounts, dates, duties, negations, conditions, comparisons, directions and parties, in order; each
    as its kind and value, however it is written. `between` are the stems of its other words: those before the first of
    them, between the first and the second, and so on. `label` counts the words before the first colon of the line.
    """

    bears: tuple[Bears, ...]
    between: tuple[tuple[str, ...], ...]
    label: int = 0


def meant(line: str) -> Meant:
    """What a line says. Figures are read as in English, which our own words use."""
    flat = plain(line)
    taken = bytearray(len(flat))
    found: list[tuple[int, str | Bears]] = [*_bearing(flat, taken)]
    colon = flat.find(": ")
    bears: list[Bears] = []
    between: list[list[str]] = [[]]
    label = 0
    for at, value in sorted([*found, *_others(flat, taken)], key=lambda one: one[0]):
        if isinstance(value, str):
            between[-1].append(value)
            label += at < colon and not bears
        else:
            bears.append(value)
            between.append([])
    return Meant(tuple(bears), tuple(map(tuple, between)), label)


def stems(text: str) -> list[str]:
    """The stems of a text's words that are not plain, in order."""
    flat = plain(text).lower()
    return [stem(word) for word in _WORD.findall(flat) if word not in _plain_words()]


def stem(word: str) -> str:
    """A word without its English ending, in lower case: "Fees", "fee" and "fee's" are one."""
    return _ENDING.sub("", _ENDING.sub("", word.lower()))


def _bearing(flat: str, taken: bytearray) -> Iterator[tuple[int, Bears]]:
    """The places of what bears the meaning, with kind and value; `taken` is set where they are."""
    dated = dates_in(flat, "en")
    for day in dated:
        yield _take(taken, day.start, day.end), ("date", day.key)
    spans = tuple((day.start, day.end) for day in dated)
    for amount in find(flat, "en", spans):
        end = amount.end if amount.kind != "count" else _end_of_figure(flat, amount.start, amount.end)
        value = amount.canonical if amount.kind != "count" else ("count", amount.value, amount.value2)
        yield _take(taken, amount.start, end), value
    for duty in duties(flat):
        if not any(taken[duty.start : duty.start + len(duty.text)]):
            yield _take(taken, duty.start, duty.start + len(duty.text)), _duty(duty)
    for match in _classes().finditer(flat):
        if not any(taken[match.start() : match.end()]):
            yield _take(taken, match.start(), match.end()), ("class", _class_of()[" ".join(match[0].lower().split())])


def _duty(duty: Duty) -> Bears:
    """A duty word as its kind, or as itself where no other may stand for it."""
    written = " ".join(duty.text.lower().split())
    return ("duty", duty.kind, "" if written in table("rephrasing")["duties"].get(duty.kind, ()) else written)


def _take(taken: bytearray, start: int, end: int) -> int:
    taken[start:end] = b"\1" * (end - start)
    return start


def _end_of_figure(flat: str, start: int, end: int) -> int:
    """Where the figure of a count ends: the word behind it is a word like any other."""
    words = list(_WORD.finditer(flat, start, end))
    return words[-2].end() if len(words) > 1 and words[-1][0].isalpha() else end


def _others(flat: str, taken: bytearray) -> Iterator[tuple[int, str]]:
    """The places of all other words that say something, with their stems; of a word that is taken in part, the rest."""
    left = "".join(" " if is_taken else letter for letter, is_taken in zip(flat, taken, strict=True))
    for match in _WORD.finditer(left):
        if match[0].lower() not in _plain_words():
            yield match.start(), stem(match[0])


@cache
def _plain_words() -> frozenset[str]:
    return frozenset(table("rephrasing")["plain"].split())


@cache
def _class_of() -> dict[str, str]:
    return {word: name for name, words in table("rephrasing")["classes"].items() for word in words}


@cache
def _classes() -> re.Pattern[str]:
    longest_first = sorted(_class_of(), key=len, reverse=True)
    ends = ((re.escape(word).replace(r"\ ", " +"), "" if word[-1] == ":" else r"(?!\w)") for word in longest_first)
    listed = "|".join(f"{word}{end}" for word, end in ends)
    return re.compile(rf"(?:(?<!\w)|(?=n't))(?:{listed})", re.IGNORECASE)
