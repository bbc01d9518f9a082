"""Points for the figures and sections that a change moved, added or removed, each kind gathered in one point."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from diffs.language.alternatives import Alternatives
from diffs.language.amounts import find
from diffs.language.dates import dates_in, is_effective
from diffs.language.plain_text import in_short
from diffs.language.vocabulary import pattern, plain, table
from diffs.meaning.rewording import kind_of_rewording
from diffs.meaning.sentence_pairs import SentencePair
from diffs.values import Fact, Target, TargetMove

from .clauses import bounded
from .point import Point, last_heading, weight_of
from .true_figures import is_step

AMOUNTS = ("money", "percent", "duration", "count", "date")
# A sentence longer than this may speak of several things: only the words near a figure say what it is about.
_ONE_MATTER = 160
_NEAR = 90


def amounts(facts: Iterable[Fact], moves: Iterable[TargetMove]) -> Iterator[Point]:
    """Points for changed figures, grouped by what they are about, without those that a moved target already reports."""
    of_targets = [(move.before, move.after) for move in moves if move.before and move.after]
    groups: dict[tuple[str, str, bool], list[Fact]] = {}
    for fact in facts:
        if is_told(fact) and not any(_is_same_step(fact, *step) for step in of_targets):
            groups.setdefault((about(fact), fact.section, fact.kind == "date"), []).append(fact)
    for (name, section, is_date), group in groups.items():
        steps = list(dict.fromkeys((_line(fact.before), _line(fact.after)) for fact in group))
        told = "; ".join(f"{was} → {now}" for was, now in steps)
        context = (
            ""
            if len(steps) > 1 or is_date
            else f". Now: {bounded(group[0].sentence_after, _CONTEXT, (group[0].after,))}"
        )
        verb = _verb(group[0])
        shown = [f"from {was} to {now}" for was, now in steps[:2]]
        short = f"{name}: {verb} {' and '.join(shown)}"
        weights = _BASES.get(group[0].kind, 60) + min(15.0, weight_of(f"{group[0].sentence_after} {section}"))
        yield Point(weights, f"{name}: {told}{context}", short, section, _places(group), is_date=is_date)


def is_told(fact: Fact) -> bool:
    """Whether a fact is a figure that moved and whose subject is known."""
    return fact.kind in AMOUNTS and is_step(fact) and not _is_stamp(fact) and bool(about(fact))


def about(fact: Fact) -> str:
    """What a figure is about, from its sentence or else from the term or short title above it."""
    place = last_heading(fact.section)
    is_title = len(place.split()) <= _TITLE and not place[:1].isdigit()
    return subject(fact, fact.after) or (place if is_title and fact.kind in ("money", "percent", "duration") else "")


def _verb(fact: Fact) -> str:
    """What a figure did: "the amount falls", or "the amount changes" where the two sides cannot be compared."""
    sides = (fact.before, fact.after)
    if fact.kind == "money":  # "1.000" may be a thousand or one, by the page's language; no price has three decimals
        sides = (_THOUSANDS.sub("", fact.before), _THOUSANDS.sub("", fact.after))
    was, now = map(find, sides)
    noun = _NOUNS.get(fact.kind, "the figure")
    if fact.kind == "date" or not (was and now) or was[0].unit != now[0].unit or was[0].value == now[0].value:
        return f"{noun} changes"
    return f"{noun} {'rises' if now[0].value > was[0].value else 'falls'}"


_THOUSANDS = re.compile(r"(?<=\d)[.,](?=\d{3}(?!\d))")
_NOUNS = {
    "money": "the amount",
    "percent": "the rate",
    "duration": "the time",
    "count": "the number",
    "date": "the date",
}
_BASES = {"date": 12, "count": 40}
_CONTEXT = 150
_TITLE = 3


def _places(facts: Iterable[Fact]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(fact.hunk for fact in facts))


def _is_same_step(fact: Fact, was: Target, now: Target) -> bool:
    """Whether a figure's step is also the step of a target in the same sentences."""
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
    """What a figure is about: the term it defines, its row, or the subject of its sentence; "" if that is unclear."""
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


def sections(facts: tuple[Fact, ...], sizes: dict[int, int]) -> Iterator[Point]:
    """Points for added and for removed sections, one each; `sizes` counts the sentences of each hunk."""
    for kind, one, many in (
        ("section_added", "New section", "New sections"),
        ("section_removed", "Section removed", "Sections removed"),
    ):
        found = [fact for fact in facts if fact.kind == kind]
        names = list(dict.fromkeys(_line(fact.after or fact.before).rstrip(" .:;") for fact in found))
        if not names:
            continue
        shown = [in_short(name, 80) for name in names[:_MOST_SECTIONS]]
        more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
        text = f"{one if len(names) == 1 else many}: {'; '.join(shown)}{more}"
        section = found[0].section if len({fact.section for fact in found}) == 1 else ""
        weight = (
            18
            + min(max(weight_of(name) for name in names), 8)
            + min(20, 2 * max(sizes.get(fact.hunk, 0) for fact in found))
        )
        yield Point(
            weight,
            text,
            text if len(text) <= 130 else f"{many}: {shown[0]} and {len(names) - 1} more",
            section,
            _places(found),
            is_list=len(names) > 1,
        )


_MOST_SECTIONS = 8


def _line(text: str) -> str:
    """A value on one line, without a closing bracket that was opened before it: "180) days"."""
    return " ".join((text if "(" in text else text.replace(")", "")).split())
