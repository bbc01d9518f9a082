"""Cut text into sentences, in the languages that marketplaces use."""

import re
from collections.abc import Iterator

from diffs.remember import remembered

# After these, a full stop does not end a sentence.
_SHORT = frozenset(
    """
    e.g i.e eg ie inc ltd co corp llc vs approx st mr mrs dr u.s u.k etc ca al esp incl excl max min z.b bzw ggf d.h
    u.a z.t s.à r.l s.a s.p.a s.r.l p.ej ej núm p.es sig mme bv b.v jan feb mar apr jun jul aug sep sept oct nov dec
    p.m a.m cf vgl u.n pte ste plc p.o n.v s.c.a b.v.b.a
    """.split()  # noqa: SIM905 (a table of words reads better so)
)
# After these, it does only if no number follows.
_BEFORE_NUMBERS = frozenset(("no", "nos", "nr", "art", "arts", "sec", "fig", "abs", "para", "p", "pp", "mind", "maks"))
_LONGEST = 3000
# A run of stops is read once: it ends a sentence as a whole or not at all.
_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?=\s)|[。！？]+[」』”）]*|\n+")
_OPENS = re.compile(r"[\"'“‘«(\[„¿¡]*(?:[^\W\d_]|\d|[§•*$€£])")
# "(Pro. 4.1.2), the seller": a reference to a numbered section.
_PLACE = re.compile(r"\d+(?:\.\d+)+[),;]")
# "eBay" and "iPhone" begin a sentence with a lower-case letter.
_BRAND = re.compile(r"[a-z][A-Z][a-z]")
_LAST_WORD = re.compile(r"[\w.]+$")


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, trimmed, in order; only surrounding space is lost."""
    for start, end in spans(text):
        yield text[start:end]


@remembered
def spans(text: str) -> tuple[tuple[int, int], ...]:
    """The start and end of each sentence, without surrounding space.

    Text that runs on without an end is cut between words, so that no sentence is longer than its readers can bear.
    """
    return tuple(_spans(text))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _END.finditer(text):
        if match.group()[0] in ".…" and not _ends(text, match):
            continue
        yield from _trimmed(text, start, match.end())
        start = match.end()
    yield from _trimmed(text, start, len(text))


def _ends(text: str, stop: re.Match[str]) -> bool:
    before = _LAST_WORD.search(text[max(0, stop.start() - 24) : stop.start()])
    word = before.group().lower() if before else ""
    rest = text[stop.end() : stop.end() + 20].lstrip()
    if word in _BEFORE_NUMBERS:
        return not rest[:1].isdigit()
    if word in _SHORT or (len(word) == 1 and word.isalpha() and word != "i"):
        return False
    if not _OPENS.match(rest):
        return True
    first = rest.lstrip("\"'“‘«([„¿¡")[:1]
    # "1. März" and "No. 5" continue a sentence; so does a lower-case letter after a full stop.
    if (word.isdigit() and len(word) <= 2) or _PLACE.match(rest):
        return False
    return not first.islower() or bool(_BRAND.match(rest.lstrip("\"'“‘«([„¿¡")))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > _LONGEST:
        space = text.rfind(" ", start + _LONGEST // 2, start + _LONGEST)
        cut = space if space > 0 else start + _LONGEST
        yield from _trimmed(text, start, cut)
        start = cut
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        at = start + len(piece) - len(piece.lstrip())
        yield at, at + len(stripped)
