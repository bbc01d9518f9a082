"""Gather what a change did to figures, names, sections and definitions, each kind in one point."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache

from diffs.language.alternatives import Alternatives
from diffs.language.amounts import find
from diffs.language.dates import dates_in, is_effective
from diffs.language.plain_text import in_short
from diffs.language.vocabulary import pattern, plain, table
from diffs.meaning.rewording import kind_of_rewording
from diffs.meaning.sentence_pairs import SentencePair
from diffs.values import Fact, Target, TargetMove

from .point import Point, last_heading, weight_of
from .quotes import around, quoted

AMOUNTS = ("money", "percent", "duration", "count", "date")
_FIGURES = ("money", "percent", "duration", "date")
_MOST_FIGURES = 10
# A sentence longer than this may speak of several things: only the words near a figure say what it is about.
_ONE_MATTER = 160
_NEAR = 90


def amounts(facts: Iterable[Fact], moves: Iterable[TargetMove]) -> Iterator[Point]:
    """Figures that became others, gathered by what they are about; what a moved target says already is left out."""
    of_targets = [(move.before, move.after) for move in moves if move.before and move.after]
    groups: dict[tuple[str, str, bool], list[Fact]] = {}
    binding: set[str] = set()
    for fact in facts:
        is_step = fact.kind in AMOUNTS and fact.before and fact.after and not _is_stamp(fact)
        if is_step and not any(_is_same_step(fact, *step) for step in of_targets):
            is_date = fact.kind == "date"
            about = subject(fact, fact.after)
            groups.setdefault((about, fact.section, is_date), []).append(fact)
            binding |= {_step(fact)} if is_date and about else set()
    for (about, section, is_date), group in groups.items():
        steps = list(dict.fromkeys(map(_step, group)))
        if is_date and not about and binding.issuperset(steps):
            continue
        told = "; ".join(steps)
        context = "" if len(steps) > 1 else f" ({quoted(around(group[0].sentence_after, group[0].after, 120))})"
        text = f"{about}: {told}{context}" if about else f"{told}{context}"
        short = f"{about or last_heading(section) or 'Changed'}: {_first(steps)}"
        weights = _BASES.get(group[0].kind, 60) + weight_of(f"{group[0].sentence_after} {section}")
        yield Point(weights, text, short, section, _places(group), is_date=is_date)


def _first(steps: list[str]) -> str:
    """As many whole steps as a headline has room for: half a step is none."""
    room = _SHORT_STEPS
    shown = [step for step in steps if (room := room - len(step) - 2) >= 0] or steps[:1]
    return "; ".join(shown) + ("…" if len(shown) < len(steps) else "")


_SHORT_STEPS = 74
_BASES = {"date": 45, "count": 40}


def _step(fact: Fact) -> str:
    return f"{_line(fact.before)} → {_line(fact.after)}"


def _places(facts: Iterable[Fact]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(fact.hunk for fact in facts))


def _is_same_step(fact: Fact, was: Target, now: Target) -> bool:
    """Whether a figure's step is that of a target in the same sentences."""
    return (
        _within(was.sentence, fact.sentence_before)
        and _within(now.sentence, fact.sentence_after)
        and any(one.value == was.value for one in find(fact.before))
        and any(one.value == now.value for one in find(fact.after))
    )


def _within(one: str, other: str) -> bool:
    return bool(one and other) and (one in other or other in one)


def _is_stamp(fact: Fact) -> bool:
    pair = SentencePair(fact.sentence_before, fact.sentence_after, fact.section, fact.hunk)
    return fact.kind == "date" and kind_of_rewording(pair) == "stamp"


def subject(fact: Fact, value: str) -> str:
    """What a figure is about: the term it defines, its row, or the matter of its sentence; "" where that is open."""
    written = fact.sentence_after if fact.after else fact.sentence_before
    sentence = plain(written)
    if fact.kind == "date":
        return "In force from" if any(is_effective(written, one) for one in dates_in(written)) else ""
    if " | " in sentence:
        return in_short(written.split(" | ", maxsplit=1)[0], 60)
    term = re.match(r'\W*"([^"\d]{2,60})"', sentence)
    if term:
        return str(term.group(1)).strip(" ,.")
    at = written.find(value)
    near = sentence if len(sentence) <= _ONE_MATTER else sentence[max(0, at - _NEAR) : at + len(value) + _NEAR]
    return next((name for words, name in _subjects() if all(word.found_in(near) for word in words)), "")


@cache
def _subjects() -> tuple[tuple[tuple[Alternatives, ...], str], ...]:
    listed = table("wording_summary")["subject"]
    return tuple((tuple(pattern((word,)) for word in entry["words"]), entry["name"]) for entry in listed)


_LISTS = (
    ("section_added", "New section", "New sections", 40),
    ("section_removed", "Section removed", "Sections removed", 38),
    ("definition_added", "New definition", "New definitions", 36),
    ("definition_removed", "Definition removed", "Definitions removed", 34),
    ("scope_added", "Named now", "Named now", 24),
    ("scope_removed", "No longer named", "No longer named", 22),
)


def lists(facts: tuple[Fact, ...]) -> Iterator[Point]:
    """Names, sections and definitions that came or went, each kind in one point."""
    for kind, one, many, base in _LISTS:
        found = [fact for fact in facts if fact.kind == kind]
        names = list(dict.fromkeys(_line(fact.after or fact.before).rstrip(" .:;") for fact in found))
        if not names:
            continue
        listed = "; ".join(in_short(name, 80) for name in names)
        text = f"{one if len(names) == 1 else many}: {listed}"
        section = found[0].section if len({fact.section for fact in found}) == 1 else ""
        heavy = max(weight_of(name) for name in names)
        is_kept = kind.startswith("scope")
        yield Point(
            base + min(heavy, 4 if is_kept else 8), text, in_short(text, 110), section, _places(found), is_list=is_kept
        )


def figures(facts: tuple[Fact, ...], effective_on: date | None) -> Iterator[Point]:
    """The amounts, periods and dates of clauses that came or went: what a long revision must not hide.

    The day it binds from is told elsewhere.
    """
    told = []
    for name, side, other in (
        ("Figures in new text", "after", "before"),
        ("Figures in removed text", "before", "after"),
    ):
        found = [fact for fact in facts if fact.kind in _FIGURES and getattr(fact, side) and not getattr(fact, other)]
        found = sorted(
            (fact for fact in found if not _is_stamp(fact) and not _names_day(fact, effective_on)),
            key=lambda fact: _FIGURES.index(fact.kind),
        )
        values = dict.fromkeys(_with_subject(fact, getattr(fact, side)) for fact in found)
        if values:
            more = "; and others" if len(values) > _MOST_FIGURES else ""
            told.append(f"{name}: {'; '.join(list(values)[:_MOST_FIGURES])}{more}")
    if told:
        text = ". ".join(told)
        yield Point(33, text, text, "", (), is_list=True)


def _with_subject(fact: Fact, value: str) -> str:
    about = "" if fact.kind == "date" else subject(fact, value)
    return f"{_line(value)} ({about})" if about else _line(value)


def _names_day(fact: Fact, day: date | None) -> bool:
    return fact.kind == "date" and day is not None and any(one.day == day for one in dates_in(fact.after))


def _line(text: str) -> str:
    """A value on one line, without a bracket that opened before it: "180) days"."""
    return " ".join((text if "(" in text else text.replace(")", "")).split())
