"""A limit that takes the place of the one before it: "4%; from 1 May it is 2%"."""

import re
from functools import cache

from diffs.language.bounds import bounds
from diffs.language.vocabulary import table, words

from .comparators import Held

#: So many characters lie at most between two such figures, or in a sentence that only gives the second.
_GAP = 90
_WORD = re.compile(r"[^\W_]+")


def takes_over(text: str, before: Held, found: Held, language: str) -> bool:
    """Whether a bare figure of a plain text is what the limit before it becomes: only its day lies between them.

    Any other noun ("from 1 May the fee is 2%") makes it a figure of something else.
    """
    gap = text[before.end : found.start]
    one, other = before.amount, found.amount
    alike = (one.kind, one.unit) == (other.kind, other.unit) and one.value != other.value
    if found.sign or not alike or other.value2 is not None or len(gap) > _GAP or not _PARTED.match(gap):
        return False
    if words("wording_dates", "cues", "then").found_in(gap):
        return _is_small(gap) and any(bound.is_last for bound in bounds(text[: before.end], language))
    firsts = [bound for bound in bounds(text, language, of_change=True) if not bound.is_last]
    ahead = next((bound for bound in firsts if before.end <= bound.start and bound.end <= found.start), None)
    if ahead is not None:
        return _is_small(f"{text[before.end : ahead.start]} {text[ahead.end : found.start]}")
    behind = next((bound for bound in firsts if bound.start >= found.end), None)
    return behind is not None and _is_small(f"{gap} {text[found.end : behind.start]}")


#: Between the two: "4%; from …", "4% (3% from …", "4% and from …".
_PARTED = re.compile(r"\s?[;,(.]|\s(?:and|but|und|et|mais|y|pero|e|ma|en|maar)\b", re.IGNORECASE)


def only_takes_over(sentence: str, language: str) -> bool:
    """Whether a plain sentence says no more than what the limit before it becomes: "From 1 May it is 2%."."""
    if len(sentence) > _GAP:
        return False
    figure = _FIGURE.search(sentence)
    first = next((one for one in bounds(sentence, language, of_change=True) if not one.is_last), None)
    if figure is None or first is None or first.end > figure.start():
        return False
    rest = f"{sentence[: first.start]} {sentence[first.end : figure.start()]} {sentence[figure.end() :]}"
    return (
        _is_small(rest)
        and _WORD.search(f"{sentence[: first.start]} {sentence[first.end : figure.start()]}") is not None
    )


_FIGURE = re.compile(r"\d{1,3}(?:[.,]\d{1,3})?\s?%")


def _is_small(text: str) -> bool:
    return all(word in _small() for word in _WORD.findall(text.casefold()))


@cache
def _small() -> frozenset[str]:
    """The words of a few closed kinds (pronouns, prepositions, forms of "to be" and of change) that name nothing."""
    return frozenset(table("wording_targets")["steps"]["small"])
