"""Word edits between two wordings of one text, as a person would mark them.

A number stays with its unit, per cent sign or currency ("€5,000", "30 days"). Two changes are joined if the equal text
between them is too short to stand out, so that a rewritten sentence reads as one change and not as confetti; a clean
swap of one figure for another is never blurred that way.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from diffs.language.normalise import fold
from diffs.values import Span, SpanOp

from .align import Gap, align, gaps
from .spans import Writer

#: From this many words (both sides together), sentences are aligned first, then words inside those that changed.
LONG = 4_000

#: If less than this share of the letters stays, the text was rewritten: all old text removed, all new text added.
REWRITTEN = 0.2

_UNITS = (
    r"(?:(?:business|working|calendar|consecutive|full|billing)[ \xa0-])?"
    r"(?:days?|hours?|weeks?|months?|years?|minutes?|seconds?|hrs?|stars?|points?|orders?|items?|units?"
    r"|Tagen?|Tage|Stunden?|Wochen?|Monaten?|Monate|Jahren?|Jahre|Werktagen?|Werktage|Kalendertagen?|Kalendertage"
    r"|jours?|heures?|semaines?|mois|ans?|années?|giorni|giorno|ore|ora|settiman[ae]|mes[ei]|ann[io]"
    r"|días?|horas?|semanas?|mes(?:es)?|años?|dagen|dag|uur|weken|week|maanden|maand|jaar"
    r"|kg|g|lbs?|oz|cm|mm|m|km|inch(?:es)?|in|ft|[KMG]B|ml|l)\b"
)
_CODES = (
    r"(?:EUR|USD|GBP|SEK|PLN|JPY|CAD|AUD|NZD|MXN|BRL|INR|SGD|AED|SAR|EGP|TRY|CHF|NOK|DKK|CZK|HUF|RON|BGN|ZAR|CNY|HKD"
    r"|TWD|KRW|THB|kr|Kč|zł|Ft|Euros?|euros?|dollars?|pounds?)"
)
_SIGNS = r"(?:[A-Z]{1,2}\$|[$€£¥₹₽₩₺₴₫฿¢¤])"
_NUMBER = r"\d+(?:(?:[.,:/'’\xa0\u202f-]|(?<=\d) (?=\d{3}(?!\d)))?\d+)*"
_EAST = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"

_SPACE = r"[ \xa0\u202f]"
_WORD = rf"[^\W\d{_EAST}][^\W{_EAST}]*+(?:['’.@&_-][^\W\d{_EAST}][^\W{_EAST}]*+)*+"

#: One piece: the white space before a token and the token; at the very end white space alone. The first line is only
#: for speed: nearly every piece is a word with no figure after it.
_PIECE = re.compile(
    rf"\s*(?:(?!https?:){_WORD}(?!{_SPACE}?\d|\.{_SPACE}?\d|\$)"
    rf"|https?://[^\s)\]>\"]+"
    rf"|(?:(?:{_SIGNS}|{_CODES}\b\.?){_SPACE}?)?{_NUMBER}"
    rf"(?:{_SPACE}?(?:[%‰]|{_SIGNS})|{_SPACE}per ?cent\b|{_SPACE}{_CODES}\b(?!{_SPACE}?\d)|[ \xa0\u202f-]{_UNITS})?"
    rf"|{_WORD}"
    rf"|[\u30a0-\u30ff]+|[\u3040-\u309f]+|[{_EAST}]"
    rf"|\.{{2,}}|[^\w\s]|\w)"
    rf"|\s+\Z"
)
_SENTENCE = re.compile(r"(?<=[.!?;:。！？])(?=\s)|(?=\n)")
#: Equal text this far from an edit is not cut into pieces: no edit slides or joins over such a distance.
_MARGIN = 64

_SHORT_CELL = 16

_FIGURE = re.compile(r"\d")
_YEAR = re.compile(r"(?:19|20)\d\d")
_ENDS = (".", "!", "?", ";", ":", "。")


class _Pieces:
    """A text cut into pieces, and the key by which each is compared."""

    __slots__ = ("keys", "texts")

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        self.keys = [text.lstrip() for text in texts]
        if not all(map(str.isascii, self.keys)):
            self.keys = [key if key.isascii() else fold(key) for key in self.keys]


def spans(old: str, new: str) -> tuple[Span, ...]:
    """What was removed and what was added between two wordings, both as shown.

    The EQUAL and REMOVED spans joined give `old`, the EQUAL and ADDED ones `new`, to the letter. Characters that
    compare as equal but are written differently (“ and ") are marked on their own and never widen an edit.
    """
    head, tail = _frame(old, new)
    left, right = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(left) + len(right) > LONG * 4:
        before, after, edits = _by_sentences(left, right)
    else:
        before, after = _Pieces(_PIECE.findall(left)), _Pieces(_PIECE.findall(right))
        edits = _edits(before.keys, after.keys)
    if len(edits) > 1 or (edits and not edits[0].both):
        edits = _readable(before, after, edits, framed=head + tail)
    writer = Writer()
    writer.same(old[:head])
    old_at = new_at = 0
    for edit in edits:
        writer.alike(before.texts[old_at : edit.old_from], after.texts[new_at : edit.new_from])
        writer.edit(before.texts[edit.old_from : edit.old_to], after.texts[edit.new_from : edit.new_to])
        old_at, new_at = edit.old_to, edit.new_to
    writer.alike(before.texts[old_at:], after.texts[new_at:])
    writer.same(old[len(old) - tail :])
    return writer.spans()


def cell_spans(old: Sequence[str], new: Sequence[str], separator: str) -> tuple[Span, ...]:
    """The same for two table rows: each cell is compared with the cell in the same place, a short one as a whole."""
    found: list[Span] = []
    same = ""
    for before, after in zip(old, new, strict=True):
        if before == after:
            same = f"{same}{before}{separator}"
            continue
        if len(before) <= _SHORT_CELL and len(after) <= _SHORT_CELL:
            edits = _short_cell(before, after)
        else:
            edits = spans(before, after)
        for span in edits:
            if span.op is SpanOp.EQUAL:
                same += span.text
                continue
            if same:
                found.append(Span(SpanOp.EQUAL, same))
                same = ""
            found.append(span)
        same += separator
    same = same[: len(same) - len(separator)]
    if same:
        found.append(_equal(same))
    return tuple(found)


# A table says the same in hundreds of rows; making a span costs more than retrieving it.


@lru_cache(maxsize=1024)
def _equal(text: str) -> Span:
    return Span(SpanOp.EQUAL, text)


@lru_cache(maxsize=1024)
def _short_cell(old: str, new: str) -> tuple[Span, ...]:
    return tuple(Span(op, text) for op, text in ((SpanOp.REMOVED, old), (SpanOp.ADDED, new)) if text)


def _frame(old: str, new: str) -> tuple[int, int]:
    """How many letters at either end need no comparison: equal text, up to a border well before the first edit."""
    limit = min(len(old), len(new))
    head = _equal_letters(old[:limit], new[:limit])
    tail = _equal_letters(old[: head - limit - 1 : -1], new[: head - limit - 1 : -1]) if head < limit else 0
    first = old.rfind(" ", 0, max(0, head - _MARGIN))
    last = old.find(" ", len(old) - tail + _MARGIN)
    return max(0, first), len(old) - last if last >= 0 else 0


def _equal_letters(old: str, new: str) -> int:
    """How many letters two texts of one length begin with in common, found by halving."""
    low, high = 0, len(old)
    if old == new:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _edits(old: Sequence[str], new: Sequence[str]) -> list[Gap]:
    if len(old) <= 1 and len(new) <= 1 and old != new:
        return [Gap(0, len(old), 0, len(new))]
    return list(gaps(align(old, new, width=3), len(old), len(new)))


def _by_sentences(old: str, new: str) -> tuple[_Pieces, _Pieces, list[Gap]]:
    """The pieces of both texts with the edits: equal sentences stay one piece, the others are cut into words."""
    old_sentences, new_sentences = _Pieces(_SENTENCE.split(old)), _Pieces(_SENTENCE.split(new))
    runs = align(old_sentences.keys, new_sentences.keys, weigh=lambda index: len(old_sentences.keys[index]))
    before, after = _Pieces([]), _Pieces([])
    edits: list[Gap] = []
    old_at = new_at = 0
    for gap in (*gaps(runs, len(old_sentences.keys), len(new_sentences.keys)), None):
        same_to = gap.old_from if gap else len(old_sentences.keys)
        _extend(before, old_sentences, old_at, same_to)
        _extend(after, new_sentences, new_at, new_at + same_to - old_at)
        if gap is None:
            break
        left = _Pieces(_PIECE.findall("".join(old_sentences.texts[gap.old_from : gap.old_to])))
        right = _Pieces(_PIECE.findall("".join(new_sentences.texts[gap.new_from : gap.new_to])))
        rows, columns = len(before.keys), len(after.keys)
        edits += [
            Gap(rows + edit.old_from, rows + edit.old_to, columns + edit.new_from, columns + edit.new_to)
            for edit in _edits(left.keys, right.keys)
        ]
        _extend(before, left, 0, len(left.keys))
        _extend(after, right, 0, len(right.keys))
        old_at, new_at = gap.old_to, gap.new_to
    return before, after, edits


def _extend(pieces: _Pieces, more: _Pieces, start: int, stop: int) -> None:
    pieces.texts += more.texts[start:stop]
    pieces.keys += more.keys[start:stop]


def _readable(old: _Pieces, new: _Pieces, edits: list[Gap], framed: int) -> list[Gap]:
    """The same edits as a person would mark them: at sentence borders, islands joined, rewrites whole.

    `framed` is how many letters around the pieces stay as well.
    """
    edits = _joined(old, _slid(old, new, edits))
    if len(edits) > 1 and _kept_share(old, new, edits, framed) < REWRITTEN:
        return [Gap(edits[0].old_from, edits[-1].old_to, edits[0].new_from, edits[-1].new_to)]
    return edits


def _slid(old: _Pieces, new: _Pieces, edits: list[Gap]) -> list[Gap]:
    """The edits, shifted: a pure addition or removal may fit several places, best where a sentence or clause begins."""
    slid: list[Gap] = []
    for index, edit in enumerate(edits):
        if edit.both:
            slid.append(edit)
            continue
        low = slid[-1].old_to if slid else 0
        high = edits[index + 1].old_from if index + 1 < len(edits) else len(old.keys)
        back, ahead = edit.old_from - low, high - edit.old_to
        if edit.old_from == edit.old_to:
            shift = _shift(new.keys, edit.new_from, edit.new_to, back, ahead)
        else:
            shift = _shift(old.keys, edit.old_from, edit.old_to, back, ahead)
        slid.append(Gap(*(at + shift for at in edit)))
    return slid


def _shift(keys: Sequence[str], start: int, stop: int, back: int, ahead: int) -> int:
    """How far to slide the run keys[start:stop], at most `back` to the left and `ahead` to the right."""
    lowest = highest = 0
    while lowest > -back and keys[start + lowest - 1] == keys[stop + lowest - 1]:
        lowest -= 1
    while highest < ahead and keys[start + highest] == keys[stop + highest]:
        highest += 1
    return max(range(lowest, highest + 1), key=lambda shift: (_border(keys, start + shift), shift))


def _border(keys: Sequence[str], at: int) -> int:
    if at == 0 or keys[at - 1] in _ENDS:
        return 2
    return 1 if keys[at - 1] in (",", ")") or keys[at] in (",", "(") else 0


def _joined(old: _Pieces, edits: list[Gap]) -> list[Gap]:
    joined = [edits[0]]
    for edit in edits[1:]:
        last = joined[-1]
        island = old.keys[last.old_to : edit.old_from]
        if _drowns(island, last, edit, old.keys):
            joined[-1] = Gap(last.old_from, edit.old_to, last.new_from, edit.new_to)
        else:
            joined.append(edit)
    return joined


def _drowns(island: Sequence[str], left: Gap, right: Gap, keys: Sequence[str]) -> bool:
    """Whether the equal words between two edits are too few to be read as equal."""
    if len(island) > 3 or not (left.both or right.both or _opposite(left, right)):
        return False
    if any(_FIGURE.search(word) for word in island):
        return False
    if list(island) == [","] and _clean(right, keys) and _YEAR.fullmatch(keys[right.old_from]):
        return left.both  # "March 6, 2025" is one date
    letters = sum(len(word) for word in island if word[:1].isalnum())
    if _clean(left, keys) or _clean(right, keys):
        return letters == 0 and len(island) == 1 and island[0] not in ("|", ",", ";", ".", ":", "(", ")", "/")
    changed = min(_size(left), _size(right))
    return letters <= 3 or (letters <= 12 and len(island) * 3 <= changed)


def _opposite(left: Gap, right: Gap) -> bool:
    """Whether one only removes and the other only adds: together a rewording."""
    return (left.old_from == left.old_to) != (right.old_from == right.old_to)


def _clean(edit: Gap, keys: Sequence[str]) -> bool:
    """Whether it replaces one figure with another."""
    return (
        edit.old_to - edit.old_from == 1
        and edit.new_to - edit.new_from == 1
        and _FIGURE.search(keys[edit.old_from]) is not None
    )


def _size(edit: Gap) -> int:
    return max(edit.old_to - edit.old_from, edit.new_to - edit.new_from)


def _kept_share(old: _Pieces, new: _Pieces, edits: list[Gap], framed: int) -> float:
    changed = sum(
        len("".join(old.keys[edit.old_from : edit.old_to])) + len("".join(new.keys[edit.new_from : edit.new_to]))
        for edit in edits
    )
    whole = 2 * framed + len("".join(old.keys)) + len("".join(new.keys))
    return 1 - changed / max(1, whole)
