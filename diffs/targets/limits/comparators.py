"""How a sentence uses a figure: with which comparator ("at most"), and as a target or as something else."""

import re
from dataclasses import dataclass
from functools import cache

from diffs.language.alternatives import Alternatives
from diffs.language.amounts import Amount
from diffs.language.vocabulary import pattern, table, words

_SIGNS = ("<", "<=", ">", ">=")
_NEAR_BEFORE, _NEAR_AFTER = 45, 25
# A comparator is at most so many characters away from its figure.
_REACH = 100


@dataclass(frozen=True, slots=True)
class Held:
    """A figure and the sign of its comparator ("" for a bare figure); `start` is where the comparator begins."""

    amount: Amount
    sign: str
    start: int
    end: int


def held(text: str, amount: Amount) -> Held:
    """The amount with the comparator before or after it in a plain text; the longest wording counts."""
    # Turkish writes the sign first: "en fazla %2".
    ahead, rest = text[: amount.start].removesuffix("%")[-80:], text[amount.end : amount.end + 60]
    # "168 hours (7 days) at most".
    again = _AGAIN.match(rest)
    before, after = _before(ahead), _after(rest)
    if not after[0] and again and (later := _after(rest[again.end() :]))[0]:
        after = (later[0], again.end() + later[1])
    if not after[0] and _PLUS.search(amount.text):
        after = (">=", 0)
    # What may reach 5% at most is held by the second wording.
    if before[0] and not (after[0] and _REACHES.match(ahead, len(ahead) - before[1])):
        return Held(amount, before[0], amount.start - before[1], amount.end + after[1])
    return Held(amount, after[0], amount.start, amount.end + after[1])


_AGAIN = re.compile(r"\s?\([^()]{1,30}\),?\s?")
_PLUS = re.compile(r"\d\s?\+")
_REACHES = re.compile(r"reach|attein|alcan|raggiung|bereik|erreich|达到", re.IGNORECASE)


def canonical(sign: str, better: str) -> str:
    """The target that a comparator states, given which way is good.

    A breach states the complement: "above 4%" of late shipments means "keep them at or under 4%". A bare figure is
    the limit itself: "under" for what should be small (as is usual in the field), "at least" for what should be large.
    """
    if better == "lower":
        return {"": "<", ">": "<=", ">=": "<"}.get(sign, sign)
    if better == "higher":
        return {"": ">=", "<": ">=", "<=": ">"}.get(sign, sign)
    return sign or "="


def breached(sign: str) -> str:
    """The complement of a comparator."""
    return {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}.get(sign, sign)


def is_example(text: str) -> bool:
    """Whether the sentence is a worked example, a finding or a rule of arithmetic: its figures bind nobody."""
    return _never().found_in(text)


def before_an_example(text: str) -> int | None:
    """Position of "for example" if only that makes the text an example; what precedes it may bind. Else None."""
    found = _for_example().search(text)
    return found.start() if found and not _never().found_in(text[: found.start()]) else None


def is_other_amount(text: str, found: Held, *, named: bool) -> bool:
    """Whether the figure belongs to a fee, a price or a comparison with something else.

    `named` says that the same sentence names a metric: then only the nearest words count.
    """
    reach = 14 if named else _NEAR_BEFORE
    start, end = found.amount.start, found.amount.end
    near = f"{text[max(0, start - reach) : start]} \u2022 {text[end : end + (14 if named else _NEAR_AFTER)]}"
    if words("wording_targets", "never", "fee").found_in(near) or _BY.search(text[max(0, start - _REACH) : start]):
        return True
    return bool(_compared().match(text[end : end + _REACH])) or text[:start].rstrip()[-1:] in tuple("$€£¥₹")


def is_named(text: str, found: Held) -> bool:
    """Whether the figure is called a target right there: "the 95% requirement", "Goal: 5% or less"."""
    before, after = _named()
    return bool(
        before.search(text[max(0, found.start - _REACH) : found.start]) or after.match(text[found.end :][:_REACH])
    )


def is_actual(text: str, found: Held) -> bool:
    """Whether a bare figure is somebody's actual result: "Your rate is 10.53%"."""
    start, end = found.amount.start, found.amount.end
    before, after = text[max(0, start - _REACH) : start], text[end : end + _REACH]
    if words("wording_targets", "cues", "named").found_in(before[-_NEAR_BEFORE:]):
        return False
    if _YOURS_NOW.search(before) and not has_cue(before):
        return True
    if found.sign:
        return False
    return bool(_ACTUAL.search(before) or _COMPARED_NEXT.match(after))


def is_labelled(text: str, found: Held) -> bool:
    """Whether a short label and a colon lead to the figure: "Shipping: 95% or more of your orders …"."""
    return _LABEL.fullmatch(text[: found.start]) is not None


def lasts(text: str, found: Held) -> bool:
    """Whether a length of time says how long something has lasted: "for 90 days", "seit 90 Tagen"."""
    return _FOR.search(text[max(0, found.start - _REACH) : found.start]) is not None


def is_allotted(text: str, found: Held) -> bool:
    """Whether a length of time is the time allowed for something: "you have 48 hours to reply"."""
    given = _GIVEN.search(text[max(0, found.start - _REACH) : found.start])
    return given is not None and _TO_DO.match(text[found.end :][:_REACH]) is not None


def is_conditional(text: str) -> bool:
    """Whether a sentence sets a condition: "if your rate exceeds …"."""
    return words("wording_targets", "cues", "condition").found_in(text)


def is_told_you(text: str) -> bool:
    """Whether a sentence says what "you" do: "You ship 95% of your orders on time"."""
    return _YOU.match(text) is not None


def has_cue(text: str) -> bool:
    """Whether the sentence mentions a duty or a target at all."""
    return words("wording_targets", "cues", "target").found_in(text)


def forbids(text: str, found: Held) -> bool:
    """Whether the comparator itself is a command: "must not exceed", "ne saurait dépasser"."""
    wording = text[found.start : found.amount.start] + text[found.amount.end : found.end]
    return bool(found.sign) and _NOT.search(wording) is not None


_NOT = re.compile(r"\b(?:not|never|cannot|nicht|ne|non|no|não|niet|nie|inte|không)\b|n'|不", re.IGNORECASE)


def speaks_of_breach(text: str) -> bool:
    """Whether the sentence says what follows from missing a target."""
    return words("wording_targets", "cues", "breach").found_in(text)


# "Lowers the rating by 2 points" says how much, not how far.
_BY = re.compile(r"\b(?:by|um)\s+(?:up to |at least |more than |bis zu )?$", re.IGNORECASE)
_FOR = re.compile(r"\b(?:for|seit|depuis|da|desde|hace|há|sinds|od|i)\s+(?:at least |mindestens )?$", re.IGNORECASE)
_YOU = re.compile(r"\W{0,3}(?:you|du|sie|vous|tu|usted|você|je|u|ty)\b", re.IGNORECASE)
_GIVEN = re.compile(
    r"\b(?:you|sellers?|vous|sie|du|händler|verkäufer|voi|usted|ustedes|você|je|u)\b.{0,20}\b(?:have|has|get|avez|disposez|haben|hast|avete|disponete|"
    r"tiene[ns]?|dispone[ns]?|tem|têm|hebt|heeft|krijgt)\b.{0,8}$|\b(?:tienes|hai|masz|mają państwo)\s*$",
    re.IGNORECASE,
)
_TO_DO = re.compile(r".{0,15}\b(?:to|pour|um|zeit|per|para|om|aby|na)\b", re.IGNORECASE)
_LABEL = re.compile(r"\W{0,4}[^:.;?!]{3,50}:\s{0,3}[\"'(]?", re.IGNORECASE)
# "Your rate is currently under 2%" asks for nothing.
_YOURS_NOW = re.compile(
    r"\b(?:your|ihre?|deine?|votre|vos|la (?:tua|vostra|sua)|su|sua|uw|je)\b(?:[^.;\d]{0,60}\b)?"
    r"(?:current(?:ly)?|at present|at the moment|right now|aktuelle?|derzeit(?:ige)?|momentan|actuel\w*|en ce moment|"
    r"attual\w*|al momento|actual(?:mente)?|momenteel|huidige)\b",
    re.IGNORECASE,
)
_ACTUAL = re.compile(
    r"\b(?:is|was|are|were|at|reached|stands at|currently|now|ist|war|liegt bei|beträgt|est|était|è|era|es|está en|é|"
    r"is nu|bedraagt)\s*(?:currently|now|at|only|just|:){0,4}\s*$|(?:現在|目前)[^。]{0,12}$",
    re.IGNORECASE,
)

# "Your rate of 3.2% is above our target".
_COMPARED_NEXT = re.compile(
    r"\s*(?:is|was|ist|est|è|es|é) (?:now |currently )?"
    r"(?:above|below|over|under|higher|lower|more|less|über|unter|höher|"
    r"niedriger|supérieur|inférieur|superior|inferior)|\s*(?:exceeds|überschreitet|dépasse|supera)",
    re.IGNORECASE,
)


@cache
def _comparators(where: str) -> tuple[tuple[str, Alternatives], ...]:
    lists = table("wording_targets")[where]
    edged = {sign: tuple(_edged(one) for one in lists[sign]) for sign in _SIGNS}
    if where == "after":
        return tuple((sign, pattern(edged[sign], before=r"[\"')]{0,3}\s*")) for sign in _SIGNS)
    between = "|".join(sorted(map(re.escape, table("wording_targets")["between"]["words"]), key=len, reverse=True))
    tail = rf"(?:\s*(?<!\w)(?:{between})(?!\w))*\s*[:(,]?\s*[\"']?$"
    return tuple((sign, pattern(edged[sign], after=tail)) for sign in _SIGNS)


def _edged(one: str) -> str:
    """The pattern of a comparator, kept from beginning inside a Latin word."""
    return rf"(?<![A-Za-zÀ-ɏ])(?:{one})" if re.match(r"[a-zà-ɏ(]", one, re.IGNORECASE) else f"(?:{one})"


def _before(text: str) -> tuple[str, int]:
    """The sign right before the end of `text`, and the length of its wording in characters."""
    best = ("", 0)
    for sign, shape in _comparators("before"):
        match = shape.search(text)
        if match and len(text) - match.start() > best[1]:
            best = (sign, len(text) - match.start())
    return best


def _after(text: str) -> tuple[str, int]:
    best = ("", 0)
    for sign, shape in _comparators("after"):
        match = shape.match(text)
        if match and match.end() > best[1]:
            best = (sign, match.end())
    return best


@cache
def _never() -> Alternatives:
    lists = table("wording_targets")["never"]
    return pattern((*lists["example"], *lists["statistic"], *lists["calculation"]))


@cache
def _for_example() -> Alternatives:
    return pattern(tuple(table("wording_targets")["never"]["for_example"]))


@cache
def _compared() -> Alternatives:
    return pattern(tuple(table("wording_targets")["never"]["compared"]), before=r"\s*", after=r"(?![a-zà-ÿ])")


@cache
def _named() -> tuple[Alternatives, Alternatives]:
    names = tuple(table("wording_targets")["cues"]["named"])
    whose = r"(?:\s+(?:for|of|für|von|bei|pour|de|des|per|di|para|voor|van|dla|för)(?:\s+[\w-]+){1,4}?)?"
    small = (
        r"is|are|now|currently|of|at|to|rate|value|ist|beträgt|von|est|de|è|di|es|del|é|van|:|\||=|-|–|は|が|为|是|\("
    )
    # "The minimum rises to 97%", "der Grenzwert sinkt auf 3 %".
    moves = (
        r"will|be|been|has|rises?|falls?|increases?|decreases?|drops?|goes|moves|changes|raised|lowered|reduced|increased|"
        r"up|down|steigt|sinkt|wird|auf|passe(?:ra)?|à|monte|baisse|sale|scende|passa|a|sube|baja|stijgt|daalt|naar"
    )
    joint = rf"{whose}\s*(?:(?:{small}|{moves})\s*){{0,6}}"
    return pattern(names, after=f"{joint}$"), pattern(names, before=r"\s*(?:[\w'-]+\s+){0,2}", after=r"(?!\w)")
