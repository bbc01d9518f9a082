"""Which figures are in force no more: by the tense of their clause, its adverbs, and what they are called."""

import re
from dataclasses import replace
from functools import cache, lru_cache

from diffs.language.alternatives import Alternatives
from diffs.language.amounts import Amount
from diffs.language.vocabulary import pattern, plain, table, words

from .comparators import held, is_conditional, is_named

#: What says so stands in the same clause, no further away than this.
_BEFORE, _BEHIND = 160, 90
_BORDER = re.compile(r"[;.!?。；(–—](?!\d)|:\s")


def is_of_the_past(text: str, amount: Amount) -> bool:
    """Whether a figure of a plain text was a limit once: "until June it had to be below 4%", "the old limit of 4%"."""
    if not _likely().found_in(text):
        return False
    found = held(text, amount)
    before = _BORDER.split(text[max(0, found.start - _BEFORE) : found.start])[-1].rstrip()
    behind = _BORDER.split(text[amount.end : amount.end + _BEHIND])[0]
    if (
        _taken().search(before)
        or _called_former(before, behind)
        or words("wording_targets", "past", "behind").search(behind)
    ):
        return True
    if _sets_condition(before):
        return False
    weighed = _last(words("wording_targets", "past", "weighed"), before)
    if weighed is not None and not _is_now(before[weighed:]):
        return True
    verb = _last(words("wording_targets", "past", "verbs"), before)
    called = is_named(text, replace(found, start=amount.start))
    if verb is not None and not called and not _is_now(before[verb:]):
        return True
    adverb = _last(words("wording_targets", "past", "adverbs"), before)
    return adverb is not None and not _is_now(before[adverb:])


@lru_cache(maxsize=1024)
def is_called_former(label: str) -> bool:
    """Whether a heading or the head of a column is for limits that are in force no more: "Previous target", "Old"."""
    flat = plain(label).strip(" :*")
    called = words("wording_targets", "past", "former").match(flat)
    rest = flat[called.end() :] if called else ""
    return called is not None and (not rest or words("wording_targets", "past", "limits").found_in(rest))


def _called_former(before: str, behind: str) -> bool:
    """Whether the figure is called so right there: "the former limit of 4%", "the old 4% limit"."""
    called = _last(words("wording_targets", "past", "former"), before)
    if called is None or len(before[called:].split()) > _FEW or _ELSE.search(before[called:]):
        return False
    limit = words("wording_targets", "past", "limits")
    return limit.found_in(before[called:]) or limit.match(behind.lstrip()) is not None


#: "The previous limit for late shipments of" has no more words.
_FEW = 6
_ELSE = re.compile(
    r"[,\d]|\b(?:must|should|needs?|ha(?:s|ve) to|muss|müssen|doit|deve|debe|moet|musi|ska)\b", re.IGNORECASE
)


def _is_now(text: str) -> bool:
    """Whether the words between a past verb and a figure turn to the present, or to a condition."""
    return words("wording_targets", "past", "now").found_in(text) or _sets_condition(text)


def _sets_condition(text: str) -> bool:
    return is_conditional(_REFLEXIVE.sub("", text))


#: "Se" is an Italian "if" and a Spanish "one": "se exigía" sets no condition.
_REFLEXIVE = re.compile(r"\bse (?=exig|ped|requ|aplic|consider)", re.IGNORECASE)


def _last(shape: Alternatives, text: str) -> int | None:
    """Where the last match ends."""
    return max((match.end() for match in shape.finditer(text)), default=None)


@cache
def _taken() -> Alternatives:
    return pattern(tuple(table("wording_targets")["past"]["taken"]), after=r"\s*")


@cache
def _likely() -> Alternatives:
    """Whether any word of the past stands in a text at all: most sentences have none."""
    lists = table("wording_targets")["past"]
    listed = (
        *lists["verbs"],
        *lists["weighed"],
        *lists["behind"],
        *lists["adverbs"],
        *lists["taken"],
        *lists["former"],
    )
    return pattern(tuple(one.removesuffix("$").removeprefix("^") for one in listed))
