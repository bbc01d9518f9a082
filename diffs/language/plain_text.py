"""Text from outside as plain text: without control characters, on one line, within a given length."""

import re
import unicodedata

# What XML 1.0 cannot contain, what terminals and mail readers act on, and characters that turn the direction of all
# that follows (U+202A to U+202E, U+2066 to U+2069): a page title could rewrite the sentence around it.
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff\ufffe\uffff\ud800-\udfff]",
)
_BEYOND = re.compile(f"[{''.join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))}]")


def clean(text: str) -> str:
    """The text without control characters, direction overrides and what XML cannot contain; line breaks stay."""
    # Everything removed is not printable in Unicode's sense, and most lines contain nothing of the kind.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line if line.isprintable() else _BEYOND.sub("", _CONTROL.sub("", line)) for line in lines)


def one_line(text: str) -> str:
    """The text as one line, safe in a mail header: every run of white space becomes one space."""
    words = " ".join(text.split())
    return words if words.isprintable() else " ".join(clean(words).split())


def shorten(text: str, limit: int, *, from_end: bool = False) -> str:
    """At most `limit` characters of the text, cut between words, with "…" where something is left out.

    No opening or joining punctuation is left before the "…", and a quotation that is cut is closed again. `from_end`
    keeps the end instead of the beginning.
    """
    if len(text) <= limit:
        return text
    if from_end:
        return "…" + _whole(text[len(text) - limit + 1 :][::-1])[::-1]
    short = _cut(text, limit)
    if short.count("“") <= short.count("”"):
        return short
    short = _cut(text, limit - 1)
    return short + "”" * (short.count("“") > short.count("”"))


def printable(text: str) -> str:
    """The text with a space for each character that cannot be printed, including line ends."""
    return text if text.isprintable() else "".join(sign if sign.isprintable() else " " for sign in text)


def in_short(text: str, limit: int) -> str:
    """The text on one line, in at most `limit` characters."""
    return shorten(one_line(text), limit)


def _cut(text: str, limit: int) -> str:
    kept = _whole(text[: max(limit - 1, 0)])
    # Do not separate a letter from its accents.
    while kept and unicodedata.combining(text[len(kept)]):
        kept = kept[:-1]
    return f"{kept.rstrip(' ,;:–-(“')}…"


def _whole(cut: str) -> str:
    """The text up to its last space, unless that is too far back: half of "5,000" is another figure."""
    blank = cut.rfind(" ")
    return cut[:blank] if blank > len(cut) // 2 else cut
