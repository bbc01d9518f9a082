"""The words for what happened to a clause: it is new, it was removed, or it reads differently now."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from diffs.comparing.word_diff import spans
from diffs.language.normalise import loose
from diffs.meaning.location import SHORT_LEAD
from diffs.meaning.sentence_pairs import overlap
from diffs.values import SpanOp

from .clauses import (
    NOTHING,
    as_sentence,
    bounded,
    fits,
    last_clause,
    shortened,
)

#: Two wordings less alike than this are each quoted in full.
_ALIKE = 0.45
#: Up to so many replaced words are quoted as they were.
_FEW = 9
#: Removed words are named only if they are longer than this; shorter ones only join others.
_LITTLE = 3
_MOST_GONE = 2
_INNER = str.maketrans("“”", "‘’")
_EDGES = " ,;:.-–—"


@dataclass(frozen=True, slots=True)
class Saying:
    """A clause before and after ("" where there was or is none), and the line that introduces its list.

    `names` are words that must not be left out; `news` are the words that were removed or added.
    """

    before: str
    after: str
    lead: str = ""
    names: tuple[str, ...] = ()
    news: frozenset[str] = frozenset()

    def line(self, room: int, news: Mapping[str, float] = NOTHING) -> str:
        """What became of it, in about `room` characters; `news` says how much each word tells."""
        if not (self.before and self.after):
            verb = "New" if self.after else "Removed"
            said = self._long_led(self.after or self.before)
            keep = () if news else self.names
            return f"{verb}: {bounded(said, room - len(verb), keep, news)}"
        names = () if news else self.names
        return _edited(self._long_led(self.before), self._long_led(self.after), room, names, news)

    def headline(self, room: int, news: Mapping[str, float] = NOTHING) -> str:
        """A whole sentence of no more than `room` characters; "" where there is none.

        One without a gap comes before one in which a part is left out.
        """
        if not (self.before and self.after):
            verb = "New" if self.after else "Removed"
            said = self._whole(self.after or self.before, room - len(verb) - 2, news)
            return f"{verb}: {said}" if said else ""
        if " | " in self.after:
            return ""  # the figures of a row are said, or nothing
        was, now, gone, come = _moved(self.before, self.after)
        if not come and gone:
            return self._without(_removed(gone), room, news)
        said = self._short(self.after, room - 5, come or self.names, news)
        if not said or not _says_any(said, come):
            return _swapped(was, now, room)
        step = f" (was: {_quoted(was)})" if was and len(was.split()) <= _FEW and now else ""
        return f"Now: {said}{step}" if len(said) + len(step) + 5 <= room else f"Now: {said}"

    def _whole(self, text: str, room: int, news: Mapping[str, float]) -> str:
        """A clause that came or went as a whole; a row only where there is room for all of it."""
        if text.rstrip().endswith("|"):
            return ""  # a row of one cell has no value
        if " | " not in text:
            return self._short(text, room, self.names, news)
        row = as_sentence(text)
        return row if len(row) <= room else ""

    def _without(self, gone: str, room: int, news: Mapping[str, float]) -> str:
        """That words were taken out; one word alone says nothing without its sentence: "only" of "only if"."""
        if len(gone.split()) > 1:
            return f"No longer: {gone}" if len(gone) <= room - 11 else ""
        lost = f" (no longer: {gone})"
        said = self._short(self.after, room - len(lost) - 5, (), news)
        return f"Now: {said}{lost}" if said else ""

    def _short(self, text: str, room: int, keep: tuple[str, ...], news: Mapping[str, float]) -> str:
        whole = self._in_list(text)
        said = fits(whole, room, keep) or fits(whole, room)
        if said:
            return said
        said = shortened(whole, room, keep if len(keep) == 1 else (), news)
        return said if len(said) <= room and "…" not in said else ""

    def _in_list(self, item: str) -> str:
        """An item with the line above its list: "You may not:" and "sell it" are one sentence."""
        opening = opening_of(self.lead)
        if not opening:
            return item
        bare = item[:1].lower() + item[1:] if item[1:2].islower() else item
        return f"{opening} {bare}"

    def _long_led(self, item: str) -> str:
        """An item whose list is introduced by a line too long to be the name of its place."""
        return self._in_list(item) if len(self.lead) > SHORT_LEAD else item


@lru_cache(maxsize=4096)
def opening_of(lead: str) -> str:
    """What a line that introduces a list says of each item: "You may not"; "" where it says nothing short."""
    opening = lead.rstrip(" :：")
    if opening == lead.rstrip():
        return ""
    return opening if len(opening) <= _OPENING else last_clause(opening, _OPENING)


#: A line that introduces a list is said with an item up to this length, in characters.
_OPENING = 90


@lru_cache(maxsize=4096)
def _moved(before: str, after: str) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
    """Both sides of the only replacement ("" if there are several), then all removed and all added words."""
    before, after = as_sentence(before), as_sentence(after)
    gone: list[str] = []
    come: list[str] = []
    steps: list[tuple[str, str]] = []
    was = now = ""
    for span in (*spans(before, after), None):
        if span is not None and not span.cosmetic and span.op is SpanOp.REMOVED:
            was += span.text
        elif span is not None and not span.cosmetic and span.op is SpanOp.ADDED:
            now += span.text
        elif was.strip(_EDGES) or now.strip(_EDGES):
            was, now = was.strip(_EDGES), now.strip(_EDGES)
            steps.append((was, now))
            gone += [was] if was else []
            come += [now] if now else []
            was = now = ""
        else:
            was = now = ""
    one = steps[0] if len(steps) == 1 else ("", "")
    return *one, tuple(gone), tuple(come)


def _edited(before: str, after: str, room: int, names: tuple[str, ...], news: Mapping[str, float]) -> str:
    was, now, gone, come = _moved(before, after)
    if overlap(before, after) < _ALIKE and was != now:
        return _both(
            bounded(after, room * 2 // 3, names, news), bounded(before, max(70, room // 3), names, news), "Before"
        )
    if not come:
        place = bounded(after, max(90, room // 2), _near(before, gone))
        said = _removed(gone, room)
        return f"No longer: {said}" + (f" (now: {place})" if place and len(said) + len(place) <= room else "")
    room_now = room if not gone else max(80, room * 2 // 3)
    said = bounded(after, room_now, come, news)
    if was and len(was.split()) <= _FEW and (_tells(was) or not gone):
        return _both(said, _quoted(was), "Was")
    gone = tuple(words for words in gone if _tells(words))[:_MOST_GONE]
    if not gone:
        return f"Now: {said}"
    lost = _removed(gone, max(90, room - len(said)))
    return _both(said, lost, "No longer") if lost else f"Now: {said}"


def _says_any(said: str, come: tuple[str, ...]) -> bool:
    """Whether a sentence holds one of the wordings that are new in it."""
    return any(words in said for words in come) or not come


def _swapped(was: str, now: str, room: int) -> str:
    """That some words made way for others; "" where there is no room for both."""
    said = f"{_quoted(was)} is now {_quoted(now)}" if was and now else f"New words: {_quoted(now)}"
    return said if now and len(said) <= room else ""


def _tells(words: str) -> bool:
    """Whether removed words mean something by themselves."""
    return any(len(word) > _LITTLE or word.isdigit() for word in re.findall(r"\w+", words))


def _both(now: str, was: str, name: str) -> str:
    """The wording now and the one before; only the first where both would read the same."""
    if loose(now) == loose(was):
        return f"Now: {now}"
    now = now if now[-1:] in ".!?…”)" else f"{now}."
    return f"Now: {now} {name}: {was}" if was[-1:] in ".!?…”" else f"Now: {now} {name}: {was}."


def _removed(gone: tuple[str, ...], room: int = 120) -> str:
    """The removed words, quoted in their order; the longest are chosen first, as many as there is room for."""
    told: list[str] = []
    for words in sorted(dict.fromkeys(gone), key=len, reverse=True):
        short = words if len(words) <= room else bounded(words, room).rstrip(".")
        if (not told or len(short) + 4 <= room) and (len(short) > 3 or not told):
            told.append(words)
            room -= len(short) + 4
    shown = [words for words in dict.fromkeys(gone) if words in told]
    return "; ".join(_quoted(words if len(words) <= 160 else bounded(words, 120).rstrip(".")) for words in shown)


def _near(sentence: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    """The words right before each removed part, to find its place in the remaining sentence."""
    found = []
    for part in parts:
        at = sentence.find(part)
        found += [" ".join(sentence[:at].split()[-2:])] if at > 0 else []
    return tuple(found)


def _quoted(text: str) -> str:
    return f"“{re.sub(r' +', ' ', text).strip(_EDGES).translate(_INNER)}”"
