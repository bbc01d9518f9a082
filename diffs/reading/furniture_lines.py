"""Lines that are furniture by their words alone, such as counters. The words are in `diffs/data/boilerplate.toml`."""

import re
from collections.abc import Callable
from functools import cache

from diffs.language import vocabulary
from diffs.language.duties import duties
from diffs.language.normalise import fold, loose
from diffs.values import Block

_Find = Callable[[str], re.Match[str] | None]
#: Where lines that ran together are split.
PARTS = re.compile(r"(?<=[.)?!])(?=\s*[A-ZÀ-Þ])")


@cache
def lines(table: str) -> dict[str, str]:
    """The loose text of each furniture line, with its rule."""
    return {loose(line): rule for rule, listed in vocabulary.table("boilerplate")[table].items() for line in listed}


@cache
def patterns(table: str) -> tuple[tuple[str, _Find], ...]:
    """Functions that find the patterns of a table, by rule; those for whole lines match only from the start."""
    found: list[tuple[str, _Find]] = []
    for rule, listed in vocabulary.table("boilerplate")[table].items():
        needed = tuple(vocabulary.table("boilerplate")["needed"].get(rule, ()))
        whole = [pattern for pattern in listed if pattern.startswith("^")]
        inside = [pattern for pattern in listed if not pattern.startswith("^")]
        if whole:
            found.append((rule, _where(re.compile("|".join(whole)).match, needed)))
        if inside:
            found.append((rule, _where(re.compile("|".join(inside)).search, needed)))
    return tuple(found)


def _where(find: _Find, needed: tuple[str, ...]) -> _Find:
    """The same function, applied only to texts with one of the needed words."""
    return (lambda text: find(text) if any(word in text for word in needed) else None) if needed else find


@cache
def scope_pattern() -> re.Pattern[str]:
    """The pattern of a line that names the countries a page is for, as group `places`."""
    leads = (
        re.escape(fold(line.removesuffix("{X}")).strip(" :"))
        for line in vocabulary.all_words("boilerplate", "applies_to")
    )
    return re.compile(rf"(?:{'|'.join(leads)})\s*[::]?\s*(?P<places>.+)$", re.IGNORECASE)


@cache
def updated_pattern() -> re.Pattern[str]:
    """The pattern of a line that says when the page was updated."""
    leads = sorted(
        (re.escape(fold(line).casefold()) for line in vocabulary.all_words("boilerplate", "updated")),
        key=len,
        reverse=True,
    )
    return re.compile(rf"[\[(*_\s]*(?:this \w+ was |the \w+ )?(?:{'|'.join(leads)})(?!\w)[^;]{{0,60}}\d")


def all_parts(shown: str) -> str:
    """The rule of a line that consists of several furniture lines; "" if it does not."""
    parts = [loose(part) for part in PARTS.split(shown)] if "?" in shown or "!" in shown else []
    found = [lines("lines").get(part) or ("edge" if part in lines("edge_lines") else "") for part in parts if part]
    return found[0] if len(found) > 1 and all(found) else ""


def is_notice(rule: str, block: Block) -> bool:
    """Whether a line is about the moment or addresses a visitor of the site, and states no rule for such moments."""
    data = vocabulary.table("boilerplate")
    folded = block.compared.casefold()
    if rule in data["evidence"] and not vocabulary.words("boilerplate", "evidence", rule).search(folded):
        return False
    if rule in data["rules"] and vocabulary.words("boilerplate", "rules", rule).search(folded):
        return False
    return rule != "outage" or not any(duty.kind in ("must", "must_not") for duty in duties(block.shown))


def is_language_switch(said: str) -> bool:
    """Whether a loose text is only names of languages and countries, perhaps after a label."""
    names = _language_names()
    parts = said.split()
    if parts and parts[0] in lines("language_labels"):
        return len(parts) > 1 and all(part in names for part in parts[1:])
    return len(parts) > 2 and all(part in names for part in parts)  # two could be a sentence


@cache
def _language_names() -> frozenset[str]:
    return frozenset(part for name in vocabulary.all_words("boilerplate", "languages") for part in loose(name).split())
