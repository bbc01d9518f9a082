"""The same letters in another form: spacing, line breaks, punctuation, dot leaders, link addresses shown or not."""

import re
from collections.abc import Sequence

from diffs.language.answers import spoken
from diffs.language.normalise import MARKS, loose, marked
from diffs.values import Hunk

#: What remains of a link whose Markdown could not be read, with its address.
_LEFT_OVER = re.compile(r"\]\(\s{0,3}(?P<address>[a-z]{2,10}:[^()\s]{1,2000})\s{0,3}\)", re.IGNORECASE)
#: An address printed after the words that link to it.
_PRINTED = re.compile(r"\(\s{0,3}(?P<address>https?://[^()\s]{1,2000})\s{0,3}\)", re.IGNORECASE)
#: What counts in a text: letters, digits, the signs that give a figure its value, the marks for yes and no,
#: footnote marks, and strokes through letters.
_COUNTS = re.compile(
    rf"[^\W_]|[%‰€$£¥₹<>≤≥=≠±+§{MARKS}\u0335-\u0338]|(?<=\d)[.,:/-](?=\d)|(?<![^\s(])-(?=\d)|(?<=[\w%)])[*†‡](?![*\w])"
)
#: A row of dots that leads to a page number.
_LEADER = re.compile(r"(?:\. ?){4,}\s{0,3}\d{0,4}")


def same_letters(hunks: Sequence[Hunk]) -> str:
    """Why neighbouring hunks together change no word, "" if they do change one."""
    before = " ".join(block.shown for hunk in hunks for block in hunk.before)
    after = " ".join(block.shown for hunk in hunks for block in hunk.after)
    if not before or not after or spoken(before) != spoken(after):
        return ""
    if _letters(before) == _letters(after):
        return "only spaces, line breaks or punctuation differ"
    was, now = (_addresses(text) for text in (before, after))
    if was == now == frozenset() or not (was <= now or now <= was):
        return ""
    if _letters(_without_addresses(before)) == _letters(_without_addresses(after)):
        return "only the address of a link is printed, or no longer printed, behind its words"
    return ""


def another_order(hunks: Sequence[Hunk]) -> str:
    """Why an edited line says the same: it lists the same names in another order; "" if it does not."""
    if len(hunks) != 1 or len(hunks[0].before) != 1 or len(hunks[0].after) != 1:
        return ""
    was, now = (_entries(block.shown) for block in (hunks[0].before[0], hunks[0].after[0]))
    is_list = len(was) >= _LIST and all(entry.count(" ") < _ENTRY_WORDS for entry in was[1:])
    return "a list names the same in another order" if is_list and sorted(was) == sorted(now) else ""


#: How many names make a list, and how many words such a name has.
_LIST, _ENTRY_WORDS = 3, 4
_BORDER = re.compile(r"[,;:/·•、，；]|(?<=\w) (?:and|or|und|oder|et|ou|y|o|e|en|of|och|eller|i|lub|ve|veya|&) (?=\w)")


def _entries(line: str) -> list[str]:
    return [entry for part in _BORDER.split(line) if (entry := loose(part))]


def _letters(text: str) -> str:
    return "".join(_COUNTS.findall(marked(_LEADER.sub(" ", text)))).casefold()


def _addresses(text: str) -> frozenset[str]:
    """The addresses printed in a text, without their tracking parameters."""
    found = (match["address"] for shape in (_LEFT_OVER, _PRINTED) for match in shape.finditer(text))
    return frozenset(address.partition("?")[0].lower() for address in found)


def _without_addresses(text: str) -> str:
    return _PRINTED.sub(" ", _LEFT_OVER.sub(" ", text))
