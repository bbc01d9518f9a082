"""The parts of a sentence between its borders, each with its kind: main clause, condition, example, and so on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from diffs.language.duties import duties
from diffs.language.vocabulary import plain, table

#: Where a part may begin.
_BORDER = re.compile(
    r"(;\s+|\s[–—-]\s|:\s+(?!\d)|,\s+(?!\d{3}|(?:inc|llc|ltd|gmbh|corp|sarl|s\.)\b)|[、；，])", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence: what joins it to the piece before, its words, and its kind."""

    joint: str
    text: str
    kind: str
    start: int


@lru_cache(maxsize=4096)
def parts_of(text: str) -> tuple[Part, ...]:
    """The parts of a sentence in order, each with its kind; a text of joints alone is one part."""
    found: list[Part] = []
    joint, start = "", 0
    for at, end in [*_borders(text), (len(text), len(text))]:
        piece = text[start:at]
        if piece.strip():
            found.append(Part(joint, piece, _kind(piece) if found else "main", start))
        joint, start = text[at:end], end
    if not found:
        return (Part("", text, "main", 0),)
    _settle_first(found)
    _settle_verb(found)
    _settle_open_ends(found)
    return tuple(found)


def _borders(text: str) -> Iterator[tuple[int, int]]:
    """Where parts end and the next ones begin; never inside brackets or quotation marks."""
    found = [match.span() for match in _BORDER.finditer(text)]
    found += [(match.start(), match.start() + 1) for match in _unmarked().finditer(text)]
    last, before = 0, _Before(text)
    for at, end in sorted(found):
        if at >= last and not before.is_open(at):
            yield at, end
            last = end


class _Before:
    """What is open at a place of a text, asked for places in their order, so that each letter is looked at once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._ends = {sign: text.rfind(sign) for sign in ('"', *(closed for _, closed in _PAIRS))}
        self._seen = dict.fromkeys((sign for pair in _PAIRS for sign in pair), -1)
        self._at = self._marks = 0

    def is_open(self, at: int) -> bool:
        """Whether a place is inside brackets or quotation marks that are closed behind it."""
        self._marks += self._text.count('"', self._at, at)
        for sign, place in self._seen.items():
            self._seen[sign] = max(place, self._text.rfind(sign, self._at, at))
        self._at = at
        if self._marks % 2 and self._ends['"'] >= at:
            return True
        return any(self._seen[opened] > self._seen[closed] and self._ends[closed] >= at for opened, closed in _PAIRS)


_PAIRS = (("(", ")"), ("“", "”"), ("«", "»"), ("„", "“"))


@cache
def _unmarked() -> re.Pattern[str]:
    """What begins an explanation or an example without a comma before it."""
    listed = sorted(table("wording_clauses")["unmarked"], key=len, reverse=True)
    return re.compile(rf"(?<=[\w)]) (?=(?:{'|'.join(map(re.escape, listed))})\b)")


@cache
def _verbs() -> re.Pattern[str]:
    return re.compile(
        rf"(?<!\w)(?:{'|'.join(table('wording_clauses')['verbs'])})(?!\w)|n['’]t\b|['’]ll\b", re.IGNORECASE
    )


def says_something(text: str) -> bool:
    """Whether a part of a sentence has a verb that we know, or a subject that calls for one."""
    return bool(_verbs().search(plain(text)) or duties(text) or begins("subjects").match(text))


def _kind(piece: str) -> str:
    for kind, name in (("example", "examples"), ("condition", "conditions"), ("relative", "relative")):
        if begins(name).match(piece):
            return kind
    return "part"


def _settle_first(parts: list[Part]) -> None:
    """Correct the kinds of a sentence that begins with a condition or a lead: its main clause follows later."""
    first = parts[0].text
    kind = next((kind for kind, name in _FIRST if begins(name).match(first)), None)
    is_opening = len(first.split()) <= _SHORT_LEAD and len(parts) > 1 and begins("subjects").match(parts[1].text)
    kind = kind or ("lead" if is_opening and not says_something(first) else None)
    free = [
        at for at, part in enumerate(parts) if at and part.kind == "part" and not begins("joining").match(part.text)
    ]
    if kind is None or not free:
        return
    main = next((at for at in free if says_something(parts[at].text)), free[0])
    parts[0] = replace(parts[0], kind=kind)
    parts[main] = replace(parts[main], kind="main")
    # What is listed between belongs to what it goes on from: "if you sell toys, books or lamps, you must …".
    for at in range(main - 1, 0, -1):
        if parts[at].kind == "part" and not says_something(parts[at].text):
            parts[at - 1 : at + 1] = [_merged(parts[at - 1], parts[at])]


def _merged(one: Part, other: Part) -> Part:
    return replace(one, text=f"{one.text}{other.joint}{other.text}")


def _settle_verb(parts: list[Part]) -> None:
    """A main clause has a verb: what goes on before it comes belongs to it ("Sellers, buyers and others must …")."""
    main = next(at for at, part in enumerate(parts) if part.kind == "main")
    if says_something(parts[main].text):
        return
    verb = next((at for at in range(main + 1, len(parts)) if says_something(parts[at].text)), main)
    for _ in range(verb - main):
        parts[main : main + 2] = [_merged(parts[main], parts[main + 1])]


_FIRST = (("condition", "conditions"), ("condition", "inverted"), ("lead", "examples"), ("lead", "leads"))
_SHORT_LEAD = 2


def _settle_open_ends(parts: list[Part]) -> None:
    """Count the part after an insertion as the main clause, where the insertion interrupts it."""
    for at, part in enumerate(parts[:-1]):
        if part.kind != "main" or not is_open(part.text):
            continue
        for i in range(at + 1, min(at + 3, len(parts))):
            parts[i] = replace(parts[i], kind="main")


def is_open(text: str) -> bool:
    """Whether a part is broken off: its last words call for what follows after the next border."""
    words = _LAST.search(text)
    return bool(words and words.group().lower() in _open_ends()) or bool(_begun().search(text))


_LAST = re.compile(r"(?<![\w'])[\w']+$")


@cache
def _open_ends() -> frozenset[str]:
    return frozenset(table("wording_clauses")["open_ends"])


@cache
def _begun() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(table('wording_clauses')['begun'])})\b[^,]*$", re.IGNORECASE)


@cache
def begins(kind: str) -> re.Pattern[str]:
    """What matches the beginning of a part of this kind, a list of `data/wording_clauses.toml`."""
    listed = sorted(table("wording_clauses")[kind], key=len, reverse=True)
    return re.compile(
        rf"(?:and |or |und |oder |et |ou |en |of |y |o |e )?(?:{'|'.join(map(re.escape, listed))})\b", re.IGNORECASE
    )
