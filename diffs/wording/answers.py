"""Answers with their questions: "No." alone tells nobody what is no longer allowed."""

from collections.abc import Iterable

from diffs.language.sentences import sentences
from diffs.meaning.sentence_pairs import SentencePair
from diffs.meaning.turns import is_answer
from diffs.values import Hunk

_MARKS = ("?", "？")


def with_questions(pairs: Iterable[SentencePair], hunks: tuple[Hunk, ...]) -> list[SentencePair]:
    """The pairs, each bare answer ("Yes.") behind its question, as one with the answer that it replaces."""
    found: list[SentencePair] = []
    places: dict[str, int] = {}
    for pair in pairs:
        question = _question(pair, hunks[pair.hunk]) if is_answer(pair.after or pair.before) else ""
        if not question:
            found.append(pair)
            continue
        before, after = (f"{question} {side}" if side else "" for side in (pair.before, pair.after))
        at = places.setdefault(question, len(found))
        if at == len(found):
            # The question is often the heading itself: it is not named twice.
            section = pair.section.removesuffix(question).removesuffix(" › ")
            found.append(SentencePair(before, after, section, pair.hunk))
        else:
            other = found[at]
            hunk = pair.hunk if after else other.hunk
            found[at] = SentencePair(other.before or before, other.after or after, other.section, hunk)
    return found


def _question(pair: SentencePair, hunk: Hunk) -> str:
    """The question right before an answer: in its block, in the block above, or in the heading; "" if there is none."""
    blocks, answer = (hunk.after, pair.after) if pair.after else (hunk.before, pair.before)
    for at, block in enumerate(blocks):
        place = block.shown.find(answer)
        if place >= 0:
            before = [*block.section, *(one.shown for one in blocks[:at]), *sentences(block.shown[:place])]
            return before[-1] if before and before[-1].endswith(_MARKS) else ""
    return ""
