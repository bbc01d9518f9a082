"""Whether a model's words may stand in place of ours: any doubt, and ours are used.

A model may invent, omit, turn round, or obey a sentence in the policy. So it is not asked to be right, it is held to
what our own line says: the same amounts, dates, duties, negations, conditions, directions and parties in the same
order, and the same other words between the same two of them, in their order (a label before a colon may go behind).
What it may change is the form: plain words, endings, punctuation, one word for another of the same class, and a word
more where the changed text has it beside the same word.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from diffs.language.plain_text import clean
from diffs.language.sentences import sentences
from diffs.language.vocabulary import plain
from diffs.values import Comparison

from .meant import Meant, meant, stems
from .words import Refused, Words

HEADLINE_LENGTH = 140
#: A point may be so many characters longer than ours.
_LONGER = 40
#: At most so many words of the changed text are added to a line.
_MOST_ADDED = 3
_QUOTED = re.compile(r'"([^"]*)"')
_SIGNS = frozenset(" .,;:'’‘“”\"()-–—%")
#: The words of each sentence of the former text, or of the new one.
_Side = Sequence[Sequence[str]]
#: Half of a line's words are in the sentence that it was made from.
_SAME = 0.5


def checked(ours: Words, answer: str, comparison: Comparison) -> Words:
    """The words of a model's answer about a change. Raises Refused if there is any doubt about them.

    `comparison` is the change that `ours` was read from.
    """
    theirs = Words.from_answer(answer)
    if len(theirs.points) != len(ours.points):
        raise Refused("the answer has another number of points")
    sides = ((hunk.text_before for hunk in comparison.hunks), (hunk.text_after for hunk in comparison.hunks))
    said = [[stems(sentence) for text in side for sentence in sentences(text)] for side in sides]
    for number, (own, line) in enumerate(zip(ours.lines, theirs.lines, strict=True)):
        where = f"point {number}" if number else "the headline"
        if line == own:
            continue
        if len(line) > (len(own) + _LONGER if number else HEADLINE_LENGTH):
            raise Refused(f"{where} is too long")
        if not _is_text(line, own):
            raise Refused(f"{where} has markup, an address or other signs")
        if not _quotes_truly(line, own):
            raise Refused(f"{where} quotes what is not there")
        _same(meant(own), meant(line), said, where)
    return theirs


def _is_text(line: str, own: str) -> bool:
    """Whether a line is one line of text, with no sign that ours does not have."""
    signs = {sign for sign in line if not sign.isalnum()}
    return bool(line) and line == clean(line).strip() and signs <= _SIGNS | set(own)


def _quotes_truly(line: str, own: str) -> bool:
    """Whether all that a line puts into quotation marks is so in ours, and no mark is left open."""
    flat, known = plain(line), _QUOTED.findall(plain(own))
    return flat.count('"') % 2 == plain(own).count('"') % 2 and all(one in known for one in _QUOTED.findall(flat))


def _same(own: Meant, line: Meant, said: Sequence[_Side], where: str) -> None:
    """Raise Refused where a line does not say what ours says."""
    if own.bears != line.bears:
        raise Refused(f"{where} has another figure, date, duty, condition, direction or party")
    words = [word for part in own.between for word in part]
    near = _neighbours(said, words)
    added = 0
    for ours, theirs in zip(own.between, line.between, strict=True):
        for form in _forms(ours, own.label if ours is own.between[0] else 0):
            extra = _added(form, theirs)
            if extra is not None:
                break
        else:
            raise Refused(f"{where} leaves words out, adds some or puts them in another order")
        if any(not near & {*pairwise(theirs[max(0, at - 1) : at + 2])} for at in extra):
            raise Refused(f"{where} has a word that is not in the changed text")
        added += len(extra)
    if added > _MOST_ADDED:
        raise Refused(f"{where} adds too much")


def _forms(words: tuple[str, ...], label: int) -> Iterable[tuple[str, ...]]:
    """The orders that words may be in: as they are, or with the label behind."""
    return (words, words[label:] + words[:label]) if label else (words,)


def _added(ours: Sequence[str], theirs: Sequence[str]) -> list[int] | None:
    """The places of the words that were added; None if ours are not all there in their order."""
    extra: list[int] = []
    left = list(ours)
    for at, word in enumerate(theirs):
        if left and word == left[0]:
            left.pop(0)
        else:
            extra.append(at)
    return None if left else extra


def _neighbours(said: Sequence[_Side], words: Sequence[str]) -> set[tuple[str, str]]:
    """The pairs of neighbours in the sentences that a line was made from; where both texts have one, those of both."""
    known = {*words}
    sources = [[one for one in side if words and len(known & {*one}) >= _SAME * len(known)] for side in said]
    pairs = [{pair for one in side for pair in pairwise(one)} for side in sources if side]
    return set.intersection(*pairs) if pairs else set()
