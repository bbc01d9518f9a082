"""Slots: places on a page, and figures in its lines, that often change independently of the policy.

A figure is identified by its line with all figures blanked, other words by the line before or after them. A slot is
therefore found again even when the rest of the page is a new edition. Each slot remembers when it last differed.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from diffs.language.short_hash import short_hash
from diffs.values import Block, Comparison, Document, Op

from . import clock, habits
from .known import Known, Slots
from .places import Place, places
from .words import drifts, states_rule, wavers
from .zones import zones

#: How many slots are remembered, and how many times for each.
REMEMBERED, TIMES = 2_000, 4
#: After this long without a difference, a slot within the text must prove again that it is volatile.
_FORGOTTEN = timedelta(days=60)
_FORTNIGHT = timedelta(days=14)
#: How often a figure must have differed before, and on what share of the days on which the page was checked.
_BEFORE, _NEARLY_ALL = 2, 0.8
#: The most a slot can hold; anything longer is a clause.
_SLOT_BLOCKS, _SLOT_WORDS = 3, 40

_FIGURE = re.compile(r"\d[\d.,:/'’ ]{0,20}\d|\d")
#: A counter that grows by a thousand may be shown as "1.1k".
_SHORTENED = re.compile(r"#[kKmM]\b")


def evidence(place: Place, old: Document, new: Document, known: Known) -> Iterator[str]:
    """Why the difference in a place is just a slot's next content; nothing if it is not."""
    if is_taught(place, old, known) and not _states(place, new, known):
        yield "you said that this place is noise"
    figures = tuple(_figures(place, old))
    if figures:
        yield from _figure_evidence(place, figures, old, new, known)
    elif _is_small(place) and not _states(place, new, known):
        yield from _word_evidence(place, old, new, known)
    around = tuple(_habits(place, old))
    # In a sentence each figure that differs must have its habit: another one of the same line may be the rule.
    is_sentence = bool(figures) and not habits.is_edge(place, old, new)
    runs = [(figure.name,) for figure in figures] if is_sentence else [around]
    yield from habits.evidence(place, runs, old, new, known)


def names(comparison: Comparison, old: Document) -> tuple[str, ...]:
    """The names of all slots in which two texts differ."""
    return tuple(dict.fromkeys(name for place in places(comparison) for name in _names(place, old)))


def all_names(comparison: Comparison, old: Document) -> tuple[str, ...]:
    """The same, plus the names that other words in these places would have, whatever is edited there next."""
    found = (name for place in places(comparison) for name in (*_names(place, old), *_around(place, old)))
    return tuple(dict.fromkeys(found))


def overruled(comparison: Comparison, old: Document, known: Known) -> frozenset[int]:
    """The indexes of the hunks where the owner reported a missed change: nothing may make those noise."""
    if not known.real:
        return frozenset()
    found = (
        place for place in places(comparison) if not known.real.isdisjoint((*_names(place, old), *_around(place, old)))
    )
    return frozenset(number for place in found for number in place.numbers)


def is_taught(place: Place, old: Document, known: Known) -> bool:
    """Whether the owner marked a place as noise: each of its figures, or the words before or after a line."""
    if not known.taught:
        return False
    called = [name in known.taught for name in _names(place, old)]
    return all(called) if any(True for _ in _figures(place, old)) else any(called)


def learn(known: Known, differing: Iterable[Place], old: Document, new: Document) -> dict[str, tuple[str, ...]]:
    """The slots, updated with what differs now. Words that state a rule teach nothing, and a slot holds few words."""
    learned = {name: tuple(times) for name, times in known.slots.items()}
    for place in differing:
        is_figures = any(True for _ in _figures(place, old))
        if is_figures or (_is_small(place) and not _states(place, new, known)):
            for name in _names(place, old):
                _note(learned, name, known)
        for name in () if is_taught(place, old, known) else _habits(place, old):
            _note(learned, name, known)
    return dict(list(learned.items())[-REMEMBERED:])


def _note(learned: dict[str, tuple[str, ...]], name: str, known: Known) -> None:
    moments = learned.pop(name, ())
    at = known.times.now.isoformat()
    learned[name] = moments if at in moments else (*moments, at)[-TIMES:]


def _habits(place: Place, old: Document) -> Iterator[str]:
    for name in habits.names(place, old):
        kind, _, around = name.partition(":")
        yield f"{kind}:{short_hash(around)}"


def volatile(slots: Slots, at: datetime) -> int:
    """How many slots have differed often enough within a fortnight to be volatile."""
    since = at - _FORTNIGHT
    often = ((name, times) for name, times in slots.items() if len(times) > _BEFORE)
    named = (times for name, times in often if not name.startswith(habits.KINDS))  # the same places once more
    return sum(sum(datetime.fromisoformat(one) >= since for one in times) > _BEFORE for times in named)


def _figure_evidence(
    place: Place, figures: tuple["_Figure", ...], old: Document, new: Document, known: Known
) -> Iterator[str]:
    before = [known.slots.get(figure.name, ()) for figure in figures]
    is_rule = not known.stating.isdisjoint(place.numbers)
    if all(before) and _is_note(place, old, new) and not is_rule:
        yield "a figure in a line above the text, which had changed before: a counter"
    pairs = [(hunk.before[0].shown, hunk.after[0].shown) for hunk in place.hunks]
    was_other = all(before) or any(habits.is_habit(name, 2, known) for name in _habits(place, old))
    is_restless = all(_is_restless(times, known) for times in before)
    always = is_restless and all(len(_recent(times, known.times.now)) == TIMES for times in before)
    # In the text a refund may be due a day sooner; a period that is shorter at check after check is a countdown.
    nears = always or habits.is_edge(place, old, new)
    if all(clock.moved_with_time(*pair, known.times, new.language, may_shrink=nears) for pair in pairs) and (
        was_other or (_is_note(place, old, new) and all(map(_is_byline, place.after)))
    ):
        yield "an age or a date that moves with the clock"
    if all(figure.drifts for figure in figures):
        yield "a rate whose last decimals moved"
    # A rule may be edited every day, but never moves as little in a day as a market price; nor is a number of minutes
    # another one at check after check.
    if is_restless and (not is_rule or (always and clock.is_of_hours(pairs)) or all(one.wavers for one in figures)):
        yield "a figure that is another one at nearly every check"


def _word_evidence(place: Place, old: Document, new: Document, known: Known) -> Iterator[str]:
    is_other = all(hunk.op is not Op.EDITED for hunk in place.hunks)
    if is_other and _is_note(place, old, new) and any(name in known.slots for name in _names(place, old)):
        yield "a line above the text, in whose place other words were before"


def _is_small(place: Place) -> bool:
    sides = (place.before, place.after)
    return all(len(side) <= _SLOT_BLOCKS and sum(block.words for block in side) <= _SLOT_WORDS for side in sides)


def _states(place: Place, new: Document, known: Known) -> bool:
    return not known.stating.isdisjoint(place.numbers) or states_rule(place.words, new.language)


def _is_restless(times: tuple[str, ...], known: Known) -> bool:
    recent = _recent(times, known.times.now)
    if len(recent) < _BEFORE:
        return False
    # Only the newest: what changed last year at one check in three may now change at every check.
    days = known.days_since(recent[-_BEFORE])
    return _NEARLY_ALL * days <= _BEFORE


def _recent(times: tuple[str, ...], at: datetime) -> tuple[datetime, ...]:
    moments = map(datetime.fromisoformat, times)
    return tuple(moment for moment in moments if at - moment <= _FORGOTTEN)


def _is_note(place: Place, old: Document, new: Document) -> bool:
    above, now = zones(old), zones(new)
    return (above.notes | above.menu).issuperset(place.old_range) and (now.notes | now.menu).issuperset(place.new_range)


def _is_byline(block: Block) -> bool:
    """Whether a line is several facts in a row: "Policy team · Updated 2 days ago · 4 min read"."""
    parts = _SEPARATOR.split(block.shown)
    return len(parts) >= _BYLINE_PARTS and all(part.count(" ") < _PART_WORDS for part in parts)


_SEPARATOR = re.compile(r"\s[·•|–—‧∙]\s")
_BYLINE_PARTS, _PART_WORDS = 3, 5


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure that differs in a line whose words are the same: its slot's name, and how it is written on each side."""

    name: str
    before: str
    after: str

    @property
    def drifts(self) -> bool:
        """Whether it is a rate that moved by less than one hundredth: prices are not written with four decimals."""
        return drifts(self.before, self.after)

    @property
    def wavers(self) -> bool:
        """Whether it has decimals, and the last of them moved."""
        return wavers(self.before, self.after)


def _figures(place: Place, old: Document) -> Iterator[_Figure]:
    """The figures that differ, if nothing else does; nothing if words differ too."""
    found: list[_Figure] = []
    for hunk in place.hunks:
        if len(hunk.before) != 1 or len(hunk.after) != 1:
            return
        before, after = hunk.before[0].compared, hunk.after[0].compared
        line = _blanked(before)
        if line != _blanked(after) or before == after:
            return
        name = short_hash(line if _lines(old)[line] == 1 else f"{line}\x00{_above(place, old)}")
        pairs = zip(_FIGURE.findall(before), _FIGURE.findall(after), strict=False)
        found += [_Figure(f"figure:{name}:{number}", was, now) for number, (was, now) in enumerate(pairs) if was != now]
    yield from found


def _names(place: Place, old: Document) -> Iterator[str]:
    figures = [figure.name for figure in _figures(place, old)]
    yield from figures or _around(place, old)


def _around(place: Place, old: Document) -> Iterator[str]:
    yield f"behind:{short_hash(_above(place, old))}"
    end = place.old_range.stop
    yield f"before:{short_hash(old.blocks[end].compared if end < len(old.blocks) else '$')}"


def _above(place: Place, old: Document) -> str:
    start = place.old_range.start
    return old.blocks[start - 1].compared if start else "^"


def _blanked(line: str) -> str:
    return _SHORTENED.sub("#", _FIGURE.sub("#", line))


@lru_cache(maxsize=4)
def _lines(document: Document) -> Counter[str]:
    return Counter(_blanked(block.compared) for block in document.blocks)
