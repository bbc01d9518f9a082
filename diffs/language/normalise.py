"""A text in three forms: as shown, as compared, and loose; and its list marker separately."""

import re
import unicodedata
from functools import cache, lru_cache
from html import unescape

from diffs.remember import remembered

from .vocabulary import FIGURES, FULL_WIDTH, table

_NOTHING = [
    *[*range(0x09), *range(0x0E, 0x1C), *range(0x7F, 0x85), *range(0x86, 0xA0), 0xAD, 0x034F, 0x061C, 0x180E],
    *[*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10), 0xFEFF],
]
_FOLDS = {
    **FIGURES,
    **FULL_WIDTH,
    **dict.fromkeys("‘’‚‛′´`ʼʹ＇｀", "'"),
    **dict.fromkeys("“”„‟″«»〝〞＂", '"'),
    **dict.fromkeys("‐‑‒–—―−﹘﹣－⁃", "-"),
    **dict.fromkeys("⁄∕", "/"),
    **dict.fromkeys(map(chr, _NOTHING), ""),
    "…": "...",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "ﬀ": "ff",
    "ﬃ": "ffi",
    "ﬄ": "ffl",
}
_FOLDED = re.compile(f"[{re.escape(''.join(_FOLDS))}]")
_INVISIBLE = re.compile(f"[{re.escape(''.join(map(chr, _NOTHING)))}]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f]")
_AMPERSANDS = re.compile(r"&(?:(?:amp|#0*38|#[xX]0*26);)+", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BREAKS = re.compile("[\t-\r\x1c-\x1f]")
#: UTF-8 that was read as Latin-1 leaves control characters behind: invisible halves of a character.
_LEFT_OVER = re.compile("[\xc2-\xf4][\x80-\x9f]")
#: « and » have a space inside in French, and none in other languages.
_GUILLEMETS = re.compile(r"«\s+|\s+»")
#: Two of these in a row are typical of UTF-8 that was read as Latin-1: a cheap test before ftfy's own.
_MOJIBAKE = re.compile(
    "[\xc2-\xf4\u0102\u0103\u0412-\u0440][\x80-\xbf\u0152-\u0192\u02c6-\u02dc\u2013-\u203a\u20ac\u2122]"
)


def fold(shown: str) -> str:
    """The text as compared: equal results mean the same words, punctuation and letter case.

    Unicode NFC; every run of white space becomes one space; invisible characters are removed; quotes, dashes and the
    ellipsis get one form each; HTML entities left in the text are decoded; UTF-8 that was read in another encoding is
    repaired. Case and other punctuation stay. Folding twice gives the same as folding once.
    """
    if shown.isascii() and "&" not in shown and "`" not in shown and shown.isprintable():
        return " ".join(shown.split())
    return _fold_short(shown) if len(shown) < _SHORT else _fold_fully(shown)


def tidy(text: str) -> str:
    """The text as a reader sees it: each run of white space as one space, without invisible characters."""
    if not text.isascii():
        if _LEFT_OVER.search(text):
            text = _decoded_anew(text)  # before the characters it needs are removed
        text = _INVISIBLE.sub("", text)
    elif _CONTROL.search(text):
        text = _CONTROL.sub("", text)
    return " ".join(text.split())


@remembered
def loose(shown: str) -> str:
    """Only the words of a text, without letter case and without punctuation that carries no meaning.

    Figures keep their separators ("1,000.50", "05/30/18"), and %, ‰, §, currency signs, < > ≤ ≥ = ≠ ± + and `MARKS`
    stay, a minus only before a figure, a star only as the note of a word ("8%*"). Two texts with the same loose form
    differ only in typography.
    """
    return " ".join(_MEANING.findall(marked(fold(shown)).casefold()))


#: Signs for yes or no, more or less, a rating, a rank or a country, each in one form (`marked`). They belong between
#: the brackets of a pattern: the flags are a range.
MARKS = "✓✗○☐★☆↑↓●■➕➖🟢🟡🔴🔒🔓👍👎🥇🥈🥉\U0001f1e6-\U0001f1ff"


def marked(text: str) -> str:
    """The text with ticks, crosses, boxes, stars and arrows in one form each, of the same length."""
    return text if text.isascii() else text.translate(_MARKED)


_MARKED = str.maketrans(
    {
        **dict.fromkeys("✔☑✅🗸🗹", "✓"),
        **dict.fromkeys("✘✕✖❌❎🗙☒🚫⛔", "✗"),
        **dict.fromkeys("◯⭕", "○"),
        **dict.fromkeys("□▢⬜", "☐"),
        **dict.fromkeys("⭐🌟", "★"),
        **dict.fromkeys("⬆▲🔺↗⬈📈🔼", "↑"),
        **dict.fromkeys("⬇▼🔻↘⬊📉🔽", "↓"),
        **dict.fromkeys("⬤⚫", "●"),
        **dict.fromkeys("◼⬛", "■"),
        **dict.fromkeys("🟩💚", "🟢"),
        **dict.fromkeys("🟨🟠🟧💛", "🟡"),
        **dict.fromkeys("🔐🔏", "🔒"),
        "🟥": "🔴",
        "×": "x",
    }
)
# A minus counts where a figure can be negative: not in "10-day", "5-7" or "5 - 7".
_MEANING = re.compile(
    rf"[^\W\d]+|\d+(?:[.,:/'-]\d+)*|[%‰§<>≤≥=≠±+$€£¥₹₽₩₺₴₫฿¢¤{MARKS}]|(?<![^\s(<>=≤≥])-(?=\d)"
    r"|(?<=[\w%)\]])[*†‡](?![*\w])",
)


@remembered
def split_marker(shown: str, *, heading: bool = False) -> tuple[str, str]:
    """The number or bullet that a text begins with, and the rest: "3.2 Fees" gives ("3.2", "Fees").

    Values are left alone: "4% of orders", "2.5 days", "2026", "30 days", "14. Oktober". `heading` says that the text
    is a heading, where a bare number ("1 Definitions") and a paragraph sign are markers too.
    The marker is given as written, without Markdown's backslash; "" where there is none.
    """
    found = _MARKER.match(shown)
    if not found:
        return "", shown
    marker = found[0].replace("\\", "").strip()
    rest = shown[found.end() :].lstrip()
    if not _is_marker(found, rest, heading=heading):
        return "", shown
    return marker, rest


_ROMAN = r"(?=[ivxlIVXL])(?:x{0,3}|xl|l|X{0,3}|XL|L)(?:ix|iv|v?i{0,3}|IX|IV|V?I{0,3})"


@cache
def _marker_pattern() -> re.Pattern[str]:
    data = table("markers")
    bullets = re.escape(data["bullets"].replace("*", "").replace("-", ""))
    parts = "|".join(sorted(data["parts"], key=len, reverse=True))
    number = r"\d{1,3}(?:\.\d{1,3}){0,6}"
    return re.compile(
        rf"""\s*(?:
          (?P<bullet>(?:(?:\\?\*){{1,6}}|\\?-|[{bullets}])(?=\s|$)|[•‣◦▪●■○□⁃❖](?=\S))
        | (?P<part>(?i:{parts})\.?\s+(?:{number}|{_ROMAN}|[A-Z])[a-z]?\s*\\?[.:)–—-])(?=\s|$)
        | (?P<abbreviated>[A-Z][A-Za-z]{{1,4}}\.\s*{number}\s*[:)–—-])(?=\s|$)
        | (?P<coded>[A-Z]{{1,4}}-{number}\\?\.?)(?=\s+\S)
        | (?P<paragraph>§+\s*\d{{1,3}}[a-z]?\\?[.:]?)(?=\s+\S)
        | (?P<closed>\\?\(?(?:{number}[a-z]?|[a-zA-Z]{{1,2}}|{_ROMAN})\\?\))(?=\s|$|[A-Z"“(])
        | (?P<dotted>(?:{number}|[a-zA-Z]|{_ROMAN})\\?\.)(?=\s|$|[A-Z"“])
        | (?P<dashed>{number}\s*[–—-])(?=\s+\S)
        | (?P<deep>\d{{1,3}}(?:\.\d{{1,3}}){{1,6}})(?=\s+\S|[A-Z])
        | (?P<bare>\d{{1,2}})(?=\s+\S)
        )""",
        re.VERBOSE,
    )


class _Lazy:
    """The marker pattern, built from data when it is first used."""

    def match(self, text: str) -> re.Match[str] | None:
        # Markers are short: a bounded search keeps hostile digits cheap.
        return _marker_pattern().match(text, 0, min(len(text), 80))


_MARKER = _Lazy()


def _is_marker(found: re.Match[str], rest: str, *, heading: bool) -> bool:
    kind, written = found.lastgroup or "", found[0].strip().replace("\\", "")
    if not rest:
        # "1." or "(a)" alone is a marker whose text comes in the next block; "3.2" alone is a value.
        return kind in ("closed", "dotted")
    if kind in ("bullet", "part", "closed"):
        return True
    if kind == "abbreviated":
        return written.split(".", 1)[0].casefold() not in _values()  # "Nov. 5 - ..."
    if _is_decimal(written) or _next_word(rest) in _values():
        return False  # "9.00", "0.5"; "30 days", "14. Oktober"
    if kind == "dotted":
        return not re.match(r"[A-Za-z]\.(?:\s|[A-Za-z]\.)|\d{1,2}\.\s", rest)  # "z. B.", "i. d. R.", "1. 5. 2026"
    return _is_titled(rest) and _bare_is_marker(kind, written, heading=heading)


def _is_decimal(written: str) -> bool:
    numbers = re.findall(r"\d+", written)
    return any(number.startswith("0") for number in numbers[1:]) or (len(numbers) > 1 and not int(numbers[0]))


def _is_titled(rest: str) -> bool:
    return rest[0].isupper() or rest[0] in "\"'“„«(["


def _bare_is_marker(kind: str, written: str, *, heading: bool) -> bool:
    """Whether a number without a sign after it, before a capital letter, is a marker."""
    if kind in ("paragraph", "bare"):
        return heading
    if kind == "dashed":
        return heading or "." in written
    is_thousands = kind == "deep" and all(len(number) == 3 for number in re.findall(r"\d+", written)[1:])
    return not is_thousands


def _next_word(rest: str) -> str:
    found = re.match(r"%|°|[^\W\d_]+(?:\.[a-z]\b)?", rest)
    return found[0].casefold() if found else ""


@cache
def _values() -> frozenset[str]:
    data = table("markers")
    return frozenset([*data["units"], *data["months"]])


#: Histories repeat the same sentences many times; only short texts are remembered, so that memory stays bounded.
_SHORT = 2000


@lru_cache(maxsize=2048)
def _fold_short(shown: str) -> str:
    return _fold_fully(shown)


def _fold_fully(shown: str) -> str:
    folded = _fold_once(shown)
    # Entities, invisible characters and broken encodings can hide one another; decoding any of them changes the length.
    while len(folded) != len(shown) and ("&" in folded or _MOJIBAKE.search(folded)):
        shown, folded = folded, _fold_once(folded)
    return folded


def _decoded_anew(text: str) -> str:
    """The text, repaired if it is UTF-8 that was read in another encoding."""
    # Imported only here: few texts look like that, and most commands read none.
    from ftfy import fix_encoding
    from ftfy.badness import is_bad

    return fix_encoding(text) if is_bad(text) else text


def _fold_once(shown: str) -> str:
    if "&" in shown:
        shown = _ENTITY.sub(lambda found: unescape(found[0]), _AMPERSANDS.sub("&", shown))
    if not shown.isascii():
        if _MOJIBAKE.search(shown):
            shown = _BREAKS.sub(" ", shown)  # a space can be half of a character; all kinds must give the same
            shown = _decoded_anew(shown)
        shown = unicodedata.normalize("NFC", shown)
        if "«" in shown or "»" in shown:
            shown = _GUILLEMETS.sub('"', shown)
    folded = _FOLDED.sub(lambda found: _FOLDS[found[0]], shown)
    return unicodedata.normalize("NFC", " ".join(folded.split()))
