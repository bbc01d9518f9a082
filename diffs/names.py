"""Names a text speaks of: countries, companies, domains, programmes and policies."""

import re
from functools import cache

from .vocabulary import pattern, plain, table


def places(text: str) -> dict[str, None]:
    """Countries and web domains in a text, in order of first mention."""
    flat = plain(text)
    found = [match for start in _CAPITAL.finditer(flat) if (match := _countries().match(flat, start.start()))]
    found += _domains().finditer(flat) if "." in flat else ()
    return dict.fromkeys(match.group() for match in sorted(found, key=lambda match: match.start()))


def companies(text: str) -> dict[str, None]:
    """Companies by their legal form ("Example Services GmbH"), in order of first mention."""
    return dict.fromkeys(_without_openers(match.group()) for match in _companies().finditer(plain(text)))


def programmes(text: str) -> dict[str, None]:
    """Named programmes, services, schemes and policies, in order of first mention."""
    flat = plain(text)
    found = [(match.start(), match.group()) for match in _fixed().finditer(flat)]
    for match in _programmes().finditer(flat):
        name = _without_openers(match.group())
        if len(name.split()) > 1:
            found.append((match.start(), name))
    return dict.fromkeys(name for _, name in sorted(found))


def _without_openers(name: str) -> str:
    openers = table("wording_names")["openers"]
    words = name.split()
    while len(words) > 1 and (words[0] in openers or words[0][0].islower()):
        words.pop(0)
    return " ".join(words)


_CAPITAL = re.compile(r"(?<!\w)[A-ZÀ-Þ]")


@cache
def _countries() -> re.Pattern[str]:
    names = sorted(table("wording_names")["countries"], key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(re.escape(plain(name)) for name in names)})(?!\w)")


@cache
def _domains() -> re.Pattern[str]:
    return re.compile(table("wording_names")["domains"])


@cache
def _companies() -> re.Pattern[str]:
    forms = "|".join(table("wording_names")["legal_forms"])
    word = r"[A-ZÀ-Þ][\w.&'-]*"
    return re.compile(rf"(?<!\w){word}(?: (?:and|&|of|de|e|do|du|{word})){{0,6}},? (?:{forms})(?![\w])")


@cache
def _fixed() -> re.Pattern[str]:
    return pattern(tuple(table("wording_names")["fixed"]))


@cache
def _programmes() -> re.Pattern[str]:
    heads = "|".join(table("wording_names")["programmes"])
    word = r"[A-ZÀ-Þ][\w&'.-]*"
    return re.compile(
        rf"(?<!\w){word}(?: (?:(?:of|and|for|to|the|in|&) )?{word}){{0,6}}? (?:{heads})(?!\w)(?: (?:{heads})(?!\w))*"
    )
