"""The date from which a change applies and, separately, the date on which the page says it was last updated."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from diffs.language.amounts import find
from diffs.language.dates import dated_sentences, dates_in, is_effective, is_update_stamp
from diffs.language.sentences import sentences
from diffs.language.vocabulary import plain, words
from diffs.values import BlockKind, Comparison, Document, Hunk, Op, TargetMove

from .rewording import changed_words, kind_of_rewording
from .sentence_pairs import SentencePair, sentence_pairs
from .turns import turns

# Seen from the day of the change, an older date is left over from an earlier edition and a later one is no plan.
_OLDEST = timedelta(days=400)
_LATEST = timedelta(days=3 * 365)


def effective_on(document: Document, comparison: Comparison, seen_at: datetime) -> tuple[date | None, str]:
    """The date from which a change applies, and the sentence that says so; (None, "") where the page does not say.

    What the change itself says counts first. A statement that was there before counts only if it speaks of the whole
    text, and while its date is later than `seen_at` (UTC), the moment when the change was seen: the day from which one
    limit falls is not the day of an edit elsewhere on the page.
    """
    seen = seen_at.date()
    for day, sentence in _effective(_new_sentences(comparison.hunks), document):
        if seen - _OLDEST <= day <= seen + _LATEST:
            return (None, "") if _is_of_its_clause(sentence, comparison) else (day, sentence)
    standing = (sentence for block in document.blocks for sentence in dated_sentences(block.shown))
    for day, sentence in _effective(standing, document):
        if seen < day <= seen + _LATEST and _is_of_all(sentence):
            return day, sentence
    return None, ""


def of_targets(moves: Iterable[TargetMove], comparison: Comparison, seen_at: datetime) -> tuple[date | None, str]:
    """The day from which all targets that moved are in force, and the sentence that says so; (None, "") without one.

    For "2.5%; from 1 October 2026 it is 1.5%", whose day is the target's own. `seen_at` (UTC) is before that day.
    """
    after = [moved.after for moved in moves]
    days = {target.effective_on or "" if target else "" for target in after}
    if len(days) != 1 or (day := days.pop()) == "" or day[0] == "-":
        return None, ""
    found, sentence = date.fromisoformat(day), next(target.sentence for target in after if target)
    if not seen_at.date() < found <= seen_at.date() + _LATEST or _is_of_its_clause(sentence, comparison):
        return None, ""
    return found, sentence


def last_updated(document: Document) -> tuple[date | None, str]:
    """The page's own "last updated" date and the sentence with it; (None, "") where there is none.

    The first such line counts: pages put it at their top or bottom, and parts of a page have their own further down.
    Where no line says it outright, the first "version of" or "published on" counts.
    """
    lines = [sentence for block in document.blocks for sentence in dated_sentences(block.shown)]
    for outright in (True, False):
        for sentence in lines:
            for dated in dates_in(sentence, document.language):
                if dated.day and is_update_stamp(sentence, dated, outright=outright):
                    return dated.day, sentence
    return None, ""


def _effective(candidates: Iterable[str], document: Document) -> Iterator[tuple[date, str]]:
    own = _called(document)
    for sentence in candidates:
        for dated in dates_in(sentence, document.language):
            if dated.day and is_effective(sentence, dated) and not _is_of_another(sentence, own):
                yield dated.day, sentence


def _called(document: Document) -> str:
    """What a page calls itself: its title and its first heading."""
    first = next((block.shown for block in document.blocks if block.kind is BlockKind.HEADING), "")
    return plain(f"{document.title} {first}")


def _is_of_another(sentence: str, own: str) -> bool:
    """Whether a sentence is about a privacy notice at the foot of a page that is none, or the other way round.

    A page that does not say what it is keeps every date.
    """
    names = {kind: words("wording_dates", "documents", kind) for kind in ("privacy", "contract")}
    named = [kind for kind, shape in names.items() if shape.found_in(plain(sentence))]
    called = [kind for kind, shape in names.items() if shape.found_in(own)]
    return len(named) == 1 and len(called) == 1 and named != called


def _is_of_its_clause(sentence: str, comparison: Comparison) -> bool:
    """Whether a date binds only the clause in which it is new, beside rules that changed without a date.

    "Effective January 15, orders with our labels are not late" says nothing about a limit that is lower from today. A
    sentence that speaks of the terms or of the change itself, or of what an edited rule speaks of, says it for all.
    """
    if _is_of_all(sentence):
        return False
    said = _spoken(sentence)
    edits = [pair for pair in sentence_pairs(comparison) if pair.before and pair.after and sentence != pair.after]
    rules = [pair for pair in edits if kind_of_rewording(pair) == "meaning" and _is_turned(pair)]
    return bool(rules) and not any(len(said & _spoken(pair.after)) >= _SAME_MATTER for pair in rules)


def _is_of_all(sentence: str) -> bool:
    """Whether a date is that of the whole text: its sentence speaks of the terms or the changes, or is only a date."""
    return words("wording_dates", "cues", "whole").found_in(plain(sentence)) or len(_spoken(sentence)) < _CLAUSE


def _is_turned(pair: SentencePair) -> bool:
    """Whether a rule now has another figure, or says something else about who must do what."""
    gone, come = changed_words(pair)
    return bool(turns(pair.before, pair.after)) or bool(find(" ".join(gone)) and find(" ".join(come)))


def _spoken(sentence: str) -> frozenset[str]:
    """The words of a sentence that are not only there to join others."""
    return frozenset(word for word in _WORD.findall(plain(sentence).lower()) if len(word) > _JOINING)


_WORD = re.compile(r"[^\W\d_]+")
_JOINING = 3
#: What has fewer words is a line with a date ("Effective date: July 24, 2023") and no clause.
_CLAUSE = 6
#: Two sentences with so many words in common speak of the same matter.
_SAME_MATTER = 2


def _new_sentences(hunks: tuple[Hunk, ...]) -> Iterator[str]:
    """The sentences with a date that a change added."""
    for hunk in hunks:
        if hunk.op in (Op.ADDED, Op.EDITED, Op.MOVED):
            known = {sentence for block in hunk.before for sentence in sentences(block.shown)}
            for block in hunk.after:
                yield from (sentence for sentence in dated_sentences(block.shown) if sentence not in known)
