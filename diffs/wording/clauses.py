"""Shorten a sentence at the borders of its clauses, so that the rest is still a sentence with nothing cut in half.

Who does what is kept, and so are the words that matter; a condition stays with its clause. Words in brackets, examples
and explanations are dropped first.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from diffs.language.amounts import find
from diffs.language.categories import categories, weight
from diffs.language.duties import duties
from diffs.language.plain_text import in_short, one_line
from diffs.language.vocabulary import plain, table

#: Where a part may begin.
_BORDER = re.compile(r"(;\s+|\s[–—-]\s|:\s+(?!\d)|,\s+(?!\d{3})|[、；，])")
_BRACKET = re.compile(r"\s*\([^()]{3,}\)")
_WORD = re.compile(r"\w+")
_MARKER = re.compile(
    r"^(?:\(?(?:[a-z]|[ivx]{1,4}|\d{1,2}(?:\.\d{1,2})*)[.)]|\d{1,2}(?:\.\d{1,2})+|[•·–*—-])\s+", re.IGNORECASE
)
#: How much a kind of part is worth keeping.
_WORTH = {"main": 50.0, "condition": 14.0, "part": 6.0, "relative": 4.0, "lead": 5.0, "example": 1.0}
_KEPT = 100.0
#: Parts that must stay may exceed the room by this share of it.
_MORE = 0.8


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a sentence: what joins it to the piece before, its words, and its kind."""

    joint: str
    text: str
    kind: str
    start: int


@lru_cache(maxsize=16384)
def shortened(sentence: str, room: int, keep: tuple[str, ...] = ()) -> str:
    """The sentence in about `room` characters; parts that contain one of the wordings in `keep` are kept first.

    "…" marks a part left out in the middle. A sentence that cannot be shortened at a border is returned longer than
    `room`: a caller with a strict limit checks the length.
    """
    text = without_opening(as_sentence(sentence))
    if len(text) > room:
        text = _without_brackets(text, keep)
    if len(text) <= room:
        return _finished(text)
    parts = _parts(text)
    if len(parts) < 2:
        return _finished(text)
    return _finished(_joined(parts, _chosen(parts, room, _holding(text, parts, keep))))


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
    parts = _parts(text)
    holding = _holding(text, parts, keep)
    main = max(at for at, part in enumerate(parts) if part.kind == "main")
    start = next(at for at, part in enumerate(parts) if part.kind == "main") if parts[0].kind == "lead" else 0
    needed = max([main, *holding])
    for end in range(len(parts), needed, -1):
        kept = parts[start:end]
        whole = _finished("".join(part.joint * (at > 0) + part.text for at, part in enumerate(kept)))
        if len(whole) <= room and not _is_open(kept[-1].text) and _may_end(parts[end:]):
            return whole
    return ""


def _without_brackets(text: str, keep: tuple[str, ...]) -> str:
    """The text without its brackets, except those that state a condition or contain one of the wordings."""
    held = [hit for hit in _BRACKET.finditer(text) if not _is_held(hit.group().strip(" ()"), keep)]
    for hit in reversed(held):
        text = text[: hit.start()] + text[hit.end() :]
    return text


def _is_held(inside: str, keep: tuple[str, ...]) -> bool:
    return bool(_begins("strong").match(inside)) or any(words in inside or inside in words for words in keep)


def _may_end(rest: list[_Part]) -> bool:
    """Whether a sentence may end before these parts: they complete no list and contain no condition."""
    if any(_begins("strong").match(part.text) for part in rest):
        return False
    if not rest or rest[0].kind != "part" or ";" in rest[0].joint:
        return True
    # The rest is either a clause of its own or another item of a list already begun.
    return bool(duties(rest[0].text))


def bounded(sentence: str, room: int, keep: tuple[str, ...] = ()) -> str:
    """The sentence shortened at its borders, or cut between words where it has too few borders."""
    short = shortened(sentence, room, keep)
    return short if len(short) <= room * 1.4 else in_short(short, room)


def as_sentence(text: str) -> str:
    """A text on one line; a table row as its first cell, a colon and the other cells."""
    line = one_line(text)
    if " | " not in line:
        return line
    first, *rest = (cell.strip() for cell in line.split("|"))
    others = ", ".join(cell for cell in rest if cell)
    return f"{first}: {others}" if first and others else first or others


def _holding(text: str, parts: list[_Part], keep: tuple[str, ...]) -> set[int]:
    """The numbers of the parts that contain one of the wordings, or a piece of it."""
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


@cache
def _begins(kind: str) -> re.Pattern[str]:
    listed = sorted(table("wording_clauses")[kind], key=len, reverse=True)
    return re.compile(
        rf"(?:and |or |und |oder |et |ou |en |of |y |o |e )?(?:{'|'.join(map(re.escape, listed))})\b", re.IGNORECASE
    )


def _parts(text: str) -> list[_Part]:
    """The parts of a sentence in order, each with its kind."""
    pieces = _BORDER.split(text)
    found = [_Part("", pieces[0], "main", 0)]
    at = len(pieces[0])
    for joint, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if piece.strip():
            found.append(_Part(joint, piece, _kind(piece), at + len(joint)))
        at += len(joint) + len(piece)
    _settle_first(found)
    _settle_open_ends(found)
    return found


def _kind(piece: str) -> str:
    for kind, name in (("example", "examples"), ("condition", "conditions"), ("relative", "relative")):
        if _begins(name).match(piece):
            return kind
    return "part"


def _settle_first(parts: list[_Part]) -> None:
    """Correct the kinds of a sentence that begins with a condition or a lead: its main clause follows later."""
    first = parts[0].text
    kind = next((kind for kind, name in _FIRST if _begins(name).match(first)), None)
    kind = kind or ("lead" if len(first.split()) <= _SHORT_LEAD else None)
    free = [
        at for at, part in enumerate(parts) if at and part.kind == "part" and not _begins("joining").match(part.text)
    ]
    if kind is None or not free:
        return
    main = next((at for at in free if duties(parts[at].text)), free[0])
    parts[0] = replace(parts[0], kind=kind)
    parts[main] = replace(parts[main], kind="main")


_FIRST = (("condition", "conditions"), ("lead", "examples"), ("lead", "leads"))
_SHORT_LEAD = 2


def _settle_open_ends(parts: list[_Part]) -> None:
    """Count the part after an insertion as the main clause, where the insertion interrupts it."""
    for at, part in enumerate(parts[:-1]):
        if part.kind != "main" or not _is_open(part.text):
            continue
        for i in range(at + 1, min(at + 3, len(parts))):
            parts[i] = replace(parts[i], kind="main")


def _is_open(text: str) -> bool:
    words = _LAST.search(text)
    return bool(words and words.group().lower() in _open_ends()) or bool(_begun().search(text))


_LAST = re.compile(r"(?<![\w'])[\w']+$")


@cache
def _open_ends() -> frozenset[str]:
    return frozenset(table("wording_clauses")["open_ends"])


@cache
def _begun() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(table('wording_clauses')['begun'])})\b[^,]*$", re.IGNORECASE)


def _chosen(parts: list[_Part], room: int, holding: set[int]) -> set[int]:
    """Which parts stay: the main ones, those with what matters, then the others by worth while there is room."""
    chosen = {at for at, part in enumerate(parts) if part.kind == "main"}
    left = room - sum(len(parts[at].joint) + len(parts[at].text) for at in chosen)
    worth = {at: _worth(part) + _KEPT * (at in holding) for at, part in enumerate(parts)}
    for at in sorted(worth, key=lambda at: (-worth[at], at)):
        size = len(parts[at].joint) + len(parts[at].text) + (2 if at - 1 not in chosen else 0)
        if at not in chosen and size <= left + (room * _MORE if at in holding else 0):
            chosen.add(at)
            left -= size
    return chosen


def _worth(part: _Part) -> float:
    about = sum(weight(name) for name in categories(part.text) if weight(name) > 1)
    return _WORTH[part.kind] + about + 4 * bool(duties(part.text)) + 5 * bool(find(part.text))


def _joined(parts: list[_Part], chosen: Iterable[int]) -> str:
    text, last = "", -1
    for at in sorted(chosen):
        part = parts[at]
        left_out = any(one.kind != "example" for one in parts[last + 1 : at])
        joint = (" … " if left_out else part.joint or " ") if text else ""
        text += joint + part.text
        last = at
    return text


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


_LOOSE_END = re.compile(r"[,;:]?\s+(?:and|or|und|oder|et|ou|en|of|y|o|e)$")
