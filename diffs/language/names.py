"""Names in a text: countries, companies, domains, programmes and policies."""

import re
from functools import cache

from .alternatives import Alternatives, needed_as_written
from .vocabulary import plain, table, words


def places(text: str) -> dict[str, None]:
    """Countries and web domains in a text, in order of first mention."""
    flat = plain(text)
    found = [match for start in _CAPITAL.finditer(flat) if (match := _countries().match(flat, start.start()))]
    found += _domains().finditer(flat) if "." in flat else ()
    return dict.fromkeys(match.group() for match in sorted(found, key=lambda match: match.start()))


def companies(text: str) -> dict[str, None]:
    """Companies by their legal form ("Example Services GmbH"), in order of first mention."""
    flat = plain(text)
    found = _companies().finditer(flat) if any(word in flat for word in _needed("legal_forms")) else ()
    return dict.fromkeys(_without_openers(match.group()) for match in found)


def programmes(text: str) -> dict[str, None]:
    """Named programmes, services, schemes and policies, in order of first mention."""
    flat = plain(text)
    found = [(match.start(), match.group()) for match in _fixed().finditer(flat)]
    for match in _programmes().finditer(flat) if any(word in flat for word in _needed("programmes")) else ():
        name = _without_openers(match.group())
        if len(name.split()) > 1:
            found.append((match.start(), name))
    return dict.fromkeys(name for _, name in sorted(found))


def proper(text: str) -> dict[str, None]:
    """Other names by their capitals: runs of capitalised words, acronyms, and single words inside a sentence.

    In a line of capitals, or a heading with a capital on every word, capitals mark no name. Not for German, where every
    noun has a capital.
    """
    flat = plain(text)
    words = _LETTERS.findall(flat)
    lowered = [word for word in words if word[0].islower() and len(word) > 3]
    if len(lowered) * 3 < len([word for word in words if len(word) > 3]):
        return {}
    found: dict[str, None] = {}
    for match in _RUN.finditer(flat):
        name = _without_head(_without_openers(match.group()))
        at = match.end() - len(name)
        name = name.removesuffix("'s").rstrip("'&-_")
        begins = not at or _BEGINS.search(flat, max(0, at - _NEAR), at) is not None
        if _is_proper(name, begins=begins):
            found[name] = None
    return found


def _is_proper(name: str, *, begins: bool) -> bool:
    words = name.split()
    if {words[0].lower(), words[-1].lower()} & _never_names() or words[0] in table("wording_names")["openers"]:
        return False
    if len(words) > 1:
        return not (begins and len(words) == 2 and words[1][0].islower())
    return len(name) > 1 and (not begins if not name.isupper() else len(name) < 7) and not _ROMAN.fullmatch(name)


@cache
def _never_names() -> frozenset[str]:
    months = (name for months in table("wording_dates")["months"].values() for one in months for name in one.split("|"))
    return frozenset(word.lower() for word in (*months, *table("wording_names")["never"]))


_LETTERS = re.compile(r"[^\W\d_]+")
_RUN = re.compile(
    r"(?<![\w'-])[A-ZÀ-Þ](?:[\w&'-]*\w)?(?:\.(?=[a-z\d])[\w-]+)?"
    r"(?: (?:(?:of|de|du|di|del|van|&) )?[A-ZÀ-Þ](?:[\w&'-]*\w)?(?:\.(?=[a-z\d])[\w-]+)?){0,7}"
)
# What comes before the first word of a sentence or of a part of one.
_BEGINS = re.compile(r"(?:^|[.:;!?|•\"(–]|\d\)|\b[A-Za-z][)-])\s*[\"'(*_]{0,9}$")
#: So many letters before a name are read.
_NEAR = 80
_ROMAN = re.compile(r"[IVXLCDM]+")


def _without_openers(name: str) -> str:
    openers = table("wording_names")["openers"]
    words = name.split()
    while len(words) > 1 and (words[0] in openers or words[0][0].islower()):
        words.pop(0)
    return " ".join(words)


def _without_head(name: str) -> str:
    """The name without a common plural that only happens to precede it: "the Services Example offers"."""
    first, *rest = name.split()
    if rest and first.endswith("s") and _head().fullmatch(first) and not _head().fullmatch(rest[-1]):
        return " ".join(rest)
    return name


@cache
def _head() -> re.Pattern[str]:
    return re.compile("|".join(table("wording_names")["programmes"]))


_CAPITAL = re.compile(r"(?<!\w)[A-ZÀ-Þ]")


@cache
def _countries() -> re.Pattern[str]:
    names = sorted(table("wording_names")["countries"], key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(re.escape(plain(name)) for name in names)})(?!\w)")


@cache
def _domains() -> re.Pattern[str]:
    return re.compile(table("wording_names")["domains"])


@cache
def _needed(name: str) -> tuple[str, ...]:
    """Words of which every text with a name of this kind contains one."""
    listed = table("wording_names")[name]
    return tuple(dict.fromkeys(word for one in listed for word in needed_as_written(one) or ("",)))


@cache
def _companies() -> re.Pattern[str]:
    forms = "|".join(table("wording_names")["legal_forms"])
    word = r"[A-ZÀ-Þ][\w.&'-]{0,80}"
    return re.compile(rf"(?<!\w){word}(?: (?:and|&|of|de|e|do|du|{word})){{0,6}},? (?:{forms})(?![\w])")


@cache
def _fixed() -> Alternatives:
    return words("wording_names", "fixed")


@cache
def _programmes() -> re.Pattern[str]:
    heads = "|".join(table("wording_names")["programmes"])
    word = r"[A-ZÀ-Þ][\w&'.-]{0,80}"
    return re.compile(
        rf"(?<!\w){word}(?: (?:(?:of|and|for|to|the|in|&) )?{word}){{0,6}}? (?:{heads})(?!\w)(?: (?:{heads})(?!\w))*"
    )
