"""The figures of a sentence that can be targets now: not money, and not those that applied before a change."""

import re
from dataclasses import replace
from functools import cache, lru_cache

from diffs.language.alternatives import Alternatives
from diffs.language.amounts import Amount, find
from diffs.language.number_words import has_number
from diffs.language.vocabulary import pattern, table, words

from .past import is_of_the_past
from .shares import shares

# A word that marks a figure as the former one is at most so many characters away.
_REACH = 40


@lru_cache(maxsize=2048)
def figures(text: str, language: str) -> tuple[Amount, ...]:
    """The amounts in a plain text that may be targets today, in order; "2 out of 100" is 2 percent.

    Of "raised from 90% to 95%" only 95% counts, of "3% (previously 4%)" only 3%.
    """
    found = _with_shares(text, language) if has_number(text) else []
    if all(amount.kind == "money" for amount in found):
        return ()
    moved = _changes().found_in(text)
    kept = []
    for before, amount in zip((None, *found), found, strict=False):
        if amount.kind == "money" or (before and _says_again(text, before, amount)):
            continue
        now = _after_the_step(text, amount) if moved and amount.value2 is not None else amount
        others = [other for other in found if other is not amount and other.kind == amount.kind]
        if not _is_former(text, now, moved=moved and bool(others)):
            kept.append(now)
    return tuple(kept)


def _says_again(text: str, before: Amount, amount: Amount) -> bool:
    """Whether a length of time only says in other units what stands before it: "168 hours (7 days)"."""
    hours = [HOURS.get(one.unit, 0) * one.value for one in (before, amount)]
    return hours[0] == hours[1] > 0 and text[before.end : amount.start] == " ("


#: Units of time in hours.
HOURS = {"hours": 1, "days": 24, "weeks": 168}


def takes_a_step(text: str, language: str) -> bool:
    """Whether a text says what a figure was changed to: such a figure is a target even without a word of duty."""
    return _changes().found_in(text) and figures(text, language) != tuple(_with_shares(text, language))


def _with_shares(text: str, language: str) -> list[Amount]:
    found = find(text, language)
    in_words = shares(text, found, language)
    in_words += [_mark(match, text) for match in _OUT_OF_FIVE.finditer(text)] if _FIVE.search(text) else []
    rest = [one for one in found if not any(share.start < one.end and one.start < share.end for share in in_words)]
    return [_all_but(text, one) for one in sorted((*rest, *in_words), key=lambda amount: amount.start)]


def _all_but(text: str, amount: Amount) -> Amount:
    """What is asked of "all but 5%" is asked of 95%."""
    excepted = _BUT.search(text[max(0, amount.start - _REACH) : amount.start]) if amount.kind == "percent" else None
    if not excepted or amount.value2 is not None:
        return amount
    start = amount.start - len(excepted.group())
    return replace(amount, value=100 - amount.value, start=start, text=text[start : amount.end])


_BUT = re.compile(
    r"\b(?:all (?:but|except)|alle(?:n|r)? bis auf|alle außer|tous sauf|toutes sauf|tutt[ie] tranne|"
    r"tod[oa]s (?:menos|salvo|exceto)|alle(?:n)? behalve|alla utom) (?:at most |höchstens |au plus |al massimo )?$",
    re.IGNORECASE,
)


_FIVE = re.compile(r"5|f[iü]|cin|vijf", re.IGNORECASE)
# A whole number on a scale of five; a rating with a decimal is read with the amounts.
_OUT_OF_FIVE = re.compile(
    r"(?<![\w.,/])(?P<mark>[1-5])(?:\s?/\s?| (?:out of|of|von|sur|su|de|van|z|na) )"
    r"(?:5|five|fünf|cinq|cinque|cinco|vijf)(?![\w,.]\d|\w)"
    r"(?! (?:orders|customers|sellers|buyers))",
    re.IGNORECASE,
)


def _mark(match: re.Match[str], text: str) -> Amount:
    start, end = match.span()
    return Amount("stars", float(match["mark"]), "stars", start, end, text[start:end])


def _after_the_step(text: str, amount: Amount) -> Amount:
    """The figure after a change, where the change is written like a range: "from 90% to 95%"."""
    fell = amount.value2 is not None and amount.value2 < amount.value
    if amount.value2 is None or not (fell or _from().search(text[max(0, amount.start - _REACH) : amount.start])):
        return amount
    last = _LAST.search(amount.text)
    start = amount.start + (last.start() if last else 0)
    return replace(amount, value=amount.value2, value2=None, start=start, text=text[start : amount.end])


_LAST = re.compile(r"\d[\d.,]{0,12}\D{0,14}$")


def _is_former(text: str, amount: Amount, *, moved: bool) -> bool:
    before = text[max(0, amount.start - _REACH) : amount.start]
    if _formerly().search(before) or (moved and _from().search(before)):
        return True
    return amount.kind in _LIMITS and is_of_the_past(text, amount)


#: Counts and years are told of, not asked for.
_LIMITS = ("percent", "duration", "stars", "score")


@cache
def _changes() -> Alternatives:
    return words("wording_targets", "steps", "changed")


@cache
def _from() -> Alternatives:
    return pattern(tuple(_steps("from")), before=r"(?<!\w)", after=r" *$")


@cache
def _formerly() -> Alternatives:
    return pattern(tuple(_steps("formerly")), before=r"(?<!\w)", after=r"[ :]*$")


def _steps(name: str) -> list[str]:
    return list(table("wording_targets")["steps"][name])
