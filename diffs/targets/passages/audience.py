"""Whom a target is for: new sellers, those of a programme, of a country, of a size; found by the grammar around it."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from diffs.language.alternatives import Alternatives
from diffs.language.vocabulary import pattern, plain, table
from diffs.targets.metrics.known_metrics import mentions

from .clauses import figure_of


@dataclass(frozen=True, slots=True)
class Audience:
    """Some of all sellers as a text calls them ("new sellers"), and where; `name` is "" where it means everybody."""

    name: str
    start: int
    end: int


@lru_cache(maxsize=1024)
def audiences(text: str) -> tuple[Audience, ...]:
    """Those that a sentence speaks of, in order, the longest at each place."""
    flat = plain(text)
    found = [
        Audience(_shown(match["name"]), *match.span("name"))
        for shape in _shapes()
        for match in shape.finditer(flat)
        if _is_some(match["name"]) and not _is_exempt(flat, match.start("name"))
    ]
    # "All others" are some where the sentence says beside whom, else everybody.
    rest = [Audience(_shown(match.group()), *match.span()) for match in _others().finditer(flat)] if found else []
    all_of_them = [match.span() for match in _everybody().finditer(flat)]
    found += [
        Audience("", *span)
        for span in all_of_them
        if not any(span[0] < one.end and one.start < span[1] for one in rest)
    ]
    found += rest
    kept: list[Audience] = []
    for one in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: one.start))


@lru_cache(maxsize=1024)
def audience_above(text: str) -> str:
    """Those that a heading, the lead of a list or a label names; "" for everybody."""
    flat = plain(text).strip()
    alone = _alone().fullmatch(flat)
    if alone and _is_some(flat):
        return _shown(flat)
    return joined(audiences(flat))


def is_place(name: str) -> bool:
    """Whether some sellers are named by their country only."""
    return re.fullmatch(_places(), name, re.IGNORECASE) is not None


def joined(found: tuple[Audience, ...] | list[Audience]) -> str:
    """The names of some, each once; "" where everybody is meant, too."""
    if any(not one.name for one in found):
        return ""
    return ", ".join(dict.fromkeys(one.name for one in found))


def by_figure(text: str, figures: list[tuple[int, int]]) -> list[str | None]:
    """For each figure of a sentence, by its place, whom it is for; "" for everybody, None where nobody is named.

    Who is named before the first figure is meant by all of them that have nobody of their own. Between two figures,
    a comma or an "and" before the name gives it to the next one.
    """
    found = audiences(text)
    if len(figures) <= 1:
        return [joined(found) if found else None for _ in figures]
    own: list[list[Audience]] = [[] for _ in figures]
    ahead = [one for one in found if one.start < figures[0][0]]
    for one in (one for one in found if one not in ahead):
        own[figure_of(text, figures, one.start, one.end) or 0].append(one)
    return [joined(these or ahead) if these or ahead else None for these in own]


def _is_some(name: str) -> bool:
    """Whether a name is one of some sellers; "sellers with a defect rate above …" are those who miss it."""
    first = re.split(r"[\s-]", name.lower(), maxsplit=1)[0]
    is_condition = re.match(_any_of("if_you"), name, re.IGNORECASE) is not None
    return (
        (first not in _not_names() or is_condition)
        and not mentions(name)
        and not re.search(r"%|\brates?\b|percent", name)
    )


def _is_exempt(text: str, at: int) -> bool:
    """Whether what leads to a name says that a rule is not for those: "does not apply to sellers with …"."""
    return _exempt().search(text[max(0, at - _REACH) : at]) is not None


#: So many characters before a name may say that a rule is not for them.
_REACH = 60


def _shown(name: str) -> str:
    return " ".join(name.split())


@cache
def _not_names() -> frozenset[str]:
    return frozenset(table("wording_targets")["audience"]["not_names"])


def _any_of(name: str) -> str:
    return f"(?:{'|'.join(table('wording_targets')['audience'][name])})"


@cache
def _exempt() -> Alternatives:
    return pattern(
        tuple(table("wording_targets")["audience"]["exempt"]),
        after=r"[\s:]*(?:any |all |the |den |die |les |aux? |ai |los |las )?$",
    )


@cache
def _others() -> Alternatives:
    return pattern(tuple(table("wording_targets")["audience"]["others"]), before=r"(?<!\w)", after=r"(?!\w)")


@cache
def _everybody() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of('everybody')}|すべて|全(?:出品者|店舗)|所有|其他)(?!\w)", re.IGNORECASE)


_CAPITAL = r"[A-ZÀ-ÞĐ][\w+&'-]{0,20}"
#: The name of a programme or a level: "Fast Lane".
_NAMED = rf"{_CAPITAL}(?: {_CAPITAL}){{0,2}}"
_THE = r"(?i:the|our|an?|la|le|les|los|las|gli|il|das|den|dem|der|die|de|het)"
_AND = r"(?:,? (?:and|und|et|e|y|en|i|och|&) |, )"
_IN = r"(?<!\w)(?i:on|in|under|within|for|to|im|in der|für|op|in|met|med)"
_FROM = (
    r"(?<!\w)(?i:in|from|to|for|within|outside|für|en|au|aux|pour|nach|aus|per|da|do|de|para|voor|uit|na|em|no|w|dla|i)"
)
_SALES = (
    r"(?i:orders?|sales|transactions?|listings?|items?|Bestellungen|Verkäufen?|commandes|ventes|ordini|vendite|pedidos|"
    r"ventas|vendas|bestellingen|zamówień)(?: or (?:more|fewer|less))?"
)
#: What goes on behind the word for sellers, up to the verb.
_GOES_ON = r"(?:[^,;:.()%|]|[,.](?=\d)){3,40}?"
_VERB = r"(?=,| (?:must|should|need|have to|has to|are|is|may)\b|[.;]|$)"


@cache
def _places() -> str:
    names = sorted(table("wording_names")["countries"], key=len, reverse=True)
    one = rf"(?:{_THE} )?(?:{'|'.join(map(re.escape, names))}|EU|USA?|UK)"
    return rf"{one}(?:{_AND}{one}){{0,5}}"


@cache
def _shapes() -> tuple[re.Pattern[str], ...]:
    people, kinds, behind = _any_of("people"), _any_of("kinds"), _any_of("programmes")
    spaced = (
        rf"(?<![\w-])(?P<name>(?i:(?:{kinds}) (?:{people})))",
        rf"(?<![\w-])(?P<name>(?i:(?:{people}) (?:{kinds})))",
        rf"(?<!\w)(?P<name>(?i:{_any_of('joined')}))",
        rf"(?<=[a-zà-ÿ,] )(?P<name>{_NAMED} (?i:{people}))",
        rf"{_IN} (?:{_THE} )?(?P<name>(?:{_NAMED}|(?i:{kinds}))[ -](?:{behind}))",
        rf"(?<!\w)(?i:{_any_of('programmes_before')}) (?P<name>{_NAMED})",
        rf"{_FROM} (?P<name>{_places()})",
        rf"(?<!\w)(?P<name>(?i:(?:{people}) (?:{_any_of('with')})){_GOES_ON}{_SALES})",
        rf"(?<!\w)(?P<name>(?i:(?:{people}) (?:{_any_of('since')})){_GOES_ON}){_VERB}",
        rf"(?<!\w)(?P<name>(?i:(?:{_any_of('if_you')})){_GOES_ON}{_SALES})",
        rf"(?<!\w)(?P<name>(?i:(?:{_any_of('first')})))",
        r"(?<!\w)(?i:for) (?P<name>[A-Z][a-z]+(?: [A-Z][a-z]+){1,3})(?=,| (?:must|is|the|orders)\b|[.;]?$)",
    )
    unspaced = rf"(?P<name>{_any_of('unspaced')})"
    return (*(re.compile(rf"{shape}(?!\w)") for shape in spaced), re.compile(unspaced))


@cache
def _alone() -> re.Pattern[str]:
    """A heading or a cell that is nothing but the name of some sellers."""
    people, kinds = _any_of("people"), _any_of("kinds")
    return re.compile(
        rf"(?:(?i:for|für|pour|per|para|voor|dla) )?(?:{_places()}|(?i:(?:{kinds})(?: (?:{people}))?)|"
        rf"(?:{_NAMED}|(?i:{kinds})) (?i:{_any_of('programmes')})|(?i:{_any_of('programmes_before')}) {_NAMED})"
    )
