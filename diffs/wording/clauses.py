"""Shorten a sentence at the borders of its clauses, so that the rest is still a sentence with nothing cut in half.

Who does what is kept, and so are the words that matter; a condition stays with its clause. Words in brackets, examples
and explanations are dropped first.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from types import MappingProxyType

from diffs.language.amounts import find
from diffs.language.categories import categories, weight
from diffs.language.duties import duties
from diffs.language.plain_text import in_short, one_line
from diffs.language.vocabulary import plain, table

from .parts import Part, begins, is_open, parts_of, says_something

NOTHING: Mapping[str, float] = MappingProxyType({})
_BRACKET = re.compile(r"\s*\([^()]{3,}\)")
_WORD = re.compile(r"\w+")
_MARKER = re.compile(
    r"^(?:\(?(?:[a-z]|[ivx]{1,4}|\d{1,2}(?:\.\d{1,2})*)[.)]|\d{1,2}(?:\.\d{1,2}){2,}|[•·–*—-])\s+", re.IGNORECASE
)
#: How much a kind of part is worth keeping.
_WORTH = {"main": 50.0, "condition": 14.0, "part": 6.0, "relative": 4.0, "lead": 5.0, "example": 1.0}
_KEPT = 100.0
#: Parts that must stay may exceed the room by this share of it.
_MORE = 0.8


def shortened(sentence: str, room: int, keep: tuple[str, ...] = (), news: Mapping[str, float] = NOTHING) -> str:
    """The sentence in about `room` characters; parts that hold one of the wordings in `keep` stay before all others.

    `news` says how much each word tells: of the other parts those stay that tell most.
    "…" stands where a part in the middle was left out. What cannot be shortened at a border comes back longer than
    `room`: who must not show it asks for its length.
    """
    text = without_opening(as_sentence(sentence))
    if len(text) > room:
        text = _without_brackets(text, keep)
    if len(text) <= room:
        return _finished(text)
    parts = parts_of(text)
    if len(parts) < 2:
        return _finished(text)
    return _finished(_joined(parts, _chosen(parts, room, _holding(text, parts, keep), news)))


@lru_cache(maxsize=16384)
def fits(sentence: str, room: int, keep: tuple[str, ...] = ()) -> str:
    """The sentence in no more than `room` characters, complete up to the border where it ends; "" if none fits.

    Words in brackets and examples may be missing, a condition never.
    """
    text = without_opening(as_sentence(sentence))
    if text.endswith((":", "：")):
        return ""
    if len(text) >= room:
        text = _without_brackets(text, keep)
    if len(text) < room:
        return _finished(text)
    parts = parts_of(text)
    holding = _holding(text, parts, keep)
    main = max(at for at, part in enumerate(parts) if part.kind == "main")
    start = next(at for at, part in enumerate(parts) if part.kind not in ("lead", "example"))
    # A sentence may not end before a condition, and each part has a letter at least.
    strong = max((at for at, part in enumerate(parts) if begins("strong").match(part.text)), default=-1)
    needed = max([main, strong, *holding])
    for end in range(min(len(parts), start + room), needed, -1):
        kept = parts[start:end]
        whole = _finished("".join(part.joint * (at > 0) + part.text for at, part in enumerate(kept)))
        if len(whole) <= room and not _is_broken_off(kept) and _may_end(parts[end:]):
            return whole
    return ""


def _without_brackets(text: str, keep: tuple[str, ...]) -> str:
    """The text without its brackets, except those that state a condition or contain one of the wordings."""
    held = [hit for hit in _BRACKET.finditer(text) if not _is_held(hit.group().strip(" ()"), keep)]
    for hit in reversed(held):
        text = text[: hit.start()] + text[hit.end() :]
    return text


def _is_held(inside: str, keep: tuple[str, ...]) -> bool:
    return bool(begins("strong").match(inside)) or any(words in inside or inside in words for words in keep)


def _is_broken_off(kept: Sequence[Part]) -> bool:
    """Whether the last part calls for what follows, or is put in where the one before does: "…, if, in our opinion"."""
    if is_open(kept[-1].text):
        return True
    return len(kept) > 1 and is_open(kept[-2].text) and not says_something(kept[-1].text)


def _may_end(rest: Sequence[Part]) -> bool:
    """Whether a sentence may end before these parts: they end no list that began."""
    if not rest or rest[0].kind != "part" or ";" in rest[0].joint:
        return True
    # The rest is either a clause of its own or another item of a list already begun.
    return bool(duties(rest[0].text))


def bounded(sentence: str, room: int, keep: tuple[str, ...] = (), news: Mapping[str, float] = NOTHING) -> str:
    """The sentence shortened at its borders, and cut between words where it has too few of them."""
    short = shortened(sentence, room, keep, news)
    return short if len(short) <= max(room * 1.4, LONGEST) else in_short(short, max(room, _CUT))


#: A sentence without borders is said whole up to this length, in characters; a longer one is cut.
LONGEST = 280
_CUT = 200


def as_sentence(text: str) -> str:
    """A text on one line; a table row as its first cell, a colon and the other cells."""
    line = one_line(text).strip("| ")
    if " | " not in line:
        return line
    first, *rest = (cell.strip() for cell in line.split("|"))
    others = ", ".join(cell for cell in rest if cell)
    return f"{first}: {others}" if first and others else first or others


def last_clause(text: str, room: int) -> str:
    """The last clause of a line, with the duty that it lays on somebody; "" where it has none or is too long."""
    last = _JOINS.sub("", parts_of(one_line(text))[-1].text)
    return _capital(last) if duties(last) and len(last) <= room else ""


_JOINS = re.compile(r"^(?:and|or|und|oder|et|ou|e|o|y|en|of)\s+", re.IGNORECASE)


def _holding(text: str, parts: Sequence[Part], keep: tuple[str, ...]) -> set[int]:
    """The parts in which one of the wordings stands, or a piece of it."""
    found: set[int] = set()
    at = 0
    for words in keep:
        start = text.find(words, at)
        start = start if start >= 0 else text.find(words)
        if start < 0:
            continue
        at = start + len(words)
        ends = [part.start for part in parts[1:]] + [len(text) + 1]
        found |= {i for i, part in enumerate(parts) if part.start < at and ends[i] > start}
    return found


def words_of(text: str) -> frozenset[str]:
    """The words of a text in lower case."""
    return frozenset(_WORD.findall(plain(text).lower()))


def without_opening(text: str) -> str:
    """The sentence without its list marker and without an opening that adds nothing."""
    bare = _MARKER.sub("", text)
    while match := _openings().match(plain(bare)):
        bare = bare[match.end() :]
    return _capital(bare) if bare and bare != text else text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@cache
def _openings() -> re.Pattern[str]:
    listed = table("wording_clauses")["openings"]
    return re.compile(rf"\s*(?:{'|'.join(listed)})\b(?:\s*[,:]\s*|\s+)(?=\S)", re.IGNORECASE)


def _chosen(parts: Sequence[Part], room: int, holding: set[int], news: Mapping[str, float]) -> set[int]:
    """Which parts stay: the main ones, those that hold what matters, then by worth for as long as there is room."""
    chosen = {at for at, part in enumerate(parts) if part.kind == "main" or begins("strong").match(part.text)}
    # "Hat der Händler …, so trägt er …": what a sentence begins with says when it holds.
    chosen |= {0} if parts[0].kind == "condition" else set()
    left = room - sum(len(parts[at].joint) + len(parts[at].text) for at in chosen)
    worth = {at: _worth(part, news) + _KEPT * (at in holding) for at, part in enumerate(parts)}
    for at in sorted(worth, key=lambda at: (-worth[at], at)):
        size = len(parts[at].joint) + len(parts[at].text) + (2 if at - 1 not in chosen else 0)
        if at not in chosen and size <= left + (room * _MORE if at in holding else 0):
            chosen.add(at)
            left -= size
    return chosen


def _worth(part: Part, news: Mapping[str, float]) -> float:
    if news:
        return _WORTH[part.kind] + _NEWS * sum(news.get(word, 0.0) for word in words_of(part.text))
    about = sum(weight(name) for name in categories(part.text) if weight(name) > 1)
    return _WORTH[part.kind] + about + 4 * bool(duties(part.text)) + 5 * bool(find(part.text))


_NEWS = 3.0


def _joined(parts: Sequence[Part], chosen: Iterable[int]) -> str:
    text, last = "", -1
    for at in sorted(chosen):
        part = parts[at]
        left_out = any(one.kind != "example" for one in parts[last + 1 : at])
        joint = (" … " if left_out else part.joint or " ") if text else ""
        text += joint + part.text
        last = at
    rest = parts[last + 1 :]
    # Of a list the end is left out: the reader is told that it goes on.
    return f"{text}:" if rest and rest[0].kind == "part" and not says_something(rest[0].text) else text


def _finished(text: str) -> str:
    """The text with a capital and a full stop, and without punctuation left over from removed parts."""
    bare = text.strip()
    # A list follows: it is left out, and "…" says so.
    goes_on = bare.endswith((":", "："))
    bare = _LOOSE_END.sub("", bare.rstrip(" ,;:：–—-"))
    if not bare:
        return bare
    # A word like "iPhone" or "eBay" keeps its lower-case letter.
    bare = _capital(bare) if bare[:2].islower() or (bare[:1].islower() and bare[1:2] in (" ", "")) else bare
    if goes_on:
        return f"{bare} …"
    return bare if bare[-1] in ".!?。！？…" or bare[-2:] in ('."', ".”") else f"{bare}."


#: A comma right before the full stop.
_STRAY = re.compile(r"[,;:]\.$")
_LOOSE_END = re.compile(r"[,;:]?\s+(?:and|or|und|oder|et|ou|en|of|y|o|e)$")
