"""Quote a policy in few words: never a figure cut in half, never a word that does not stand there."""

import re

from diffs.amounts import find
from diffs.categories import categories, weight
from diffs.document import Hunk, SpanOp
from diffs.duties import duties
from diffs.rewording import kind_of_rewording
from diffs.sentence_pairs import SentencePair, overlap

_CONTEXT_WORDS = 5
_CLAUSE_WORDS = 8
# Below this likeness two wordings are told each by itself.
_ALIKE = 0.5
_URL = re.compile(r"https?://\S+")


def shorten(text: str, length: int) -> str:
    """The text in at most `length` characters, cut between words."""
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    head = text[: length - 1]
    cut = head.rfind(" ")
    head = head[:cut] if cut > length // 2 else head
    # A figure is never cut: half of "5,000" is another figure.
    return f"{head.rstrip(' ,;:–-(“')}…"


def excerpt(sentence: str, length: int) -> str:
    """The telling part of a sentence: from its beginning, or around its first duty word or figure."""
    if len(sentence) <= length:
        return " ".join(sentence.split())
    marks = [duty.start for duty in duties(sentence) if duty.kind != "may"]
    marks += [amount.start for amount in find(sentence)]
    at = min(marks, default=0)
    if at < length * 0.7:
        return shorten(sentence, length)
    start = sentence.rfind(" ", 0, max(0, at - length // 3)) + 1
    return "…" + shorten(sentence[start:], length - 1)


def around(sentence: str, value: str, length: int) -> str:
    """The part of a sentence around a value."""
    at = max(0, sentence.find(value))
    start = 0 if at < length // 2 else sentence.rfind(" ", 0, at - length // 3) + 1
    return ("…" if start else "") + shorten(sentence[start:], length)


def edit_text(pair: SentencePair, hunk: Hunk, length: int) -> str:
    """What changed inside a sentence, in about `length` characters: the weightiest edit with words around it."""
    if overlap(pair.before, pair.after) < _ALIKE:
        half = max(30, length // 2)
        return f"“{excerpt(pair.before, half)}” → “{excerpt(pair.after, half)}”"
    lead, was, now, tail = _weightiest(pair, hunk) or _whole(pair)
    dots = "…" if lead else ""
    if not was.strip() or _is_mere_join(was, now):
        return f"Added: “{dots}{shorten(_glued(lead, now, tail), length)}”"
    if not now.strip() or _is_mere_join(now, was):
        return f"Removed: “{dots}{shorten(_glued(lead, was, tail), length)}”"
    half = max(30, length // 2)
    return f"“{dots}{shorten(_glued(lead, was), half)}” → “{dots}{shorten(_glued(lead, now), half)}”"


def _is_mere_join(one: str, other: str) -> bool:
    """Whether one side of an edit is a small word that the other side made way for: "The" for two sentences."""
    return len(one.split()) <= 1 and one.strip(" .,;:()").isalpha() and len(other.split()) >= _CLAUSE_WORDS


def _glued(*parts: str) -> str:
    """Parts of a sentence put together again; no blank comes before a comma."""
    return re.sub(r"\s+(?=[,.;:)])", "", " ".join(part for part in parts if part))


def changed_text(pair: SentencePair, hunk: Hunk) -> str:
    """The words that went and came in a sentence, spelling aside."""
    if not (pair.before and pair.after):
        return pair.before or pair.after
    told = [f"{was} \n {now}" for _, was, now, _ in _edits_of(pair, hunk)]
    return " \n ".join(told) if told else " \n ".join(middle(pair))


def middle(pair: SentencePair) -> tuple[str, str]:
    """What differs between two sentences, once their common beginning and end are taken off."""
    before, after = pair.before.split(), pair.after.split()
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    return " ".join(before[head : len(before) - tail]), " ".join(after[head : len(after) - tail])


def _common(one: list[str], other: list[str]) -> int:
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return at
    return min(len(one), len(other))


_Edit = tuple[str, str, str, str]


def _whole(pair: SentencePair) -> _Edit:
    was, now = middle(pair)
    after = pair.after.split()
    head = _common(pair.before.split(), after)
    rest = after[head + len(now.split()) :]
    return " ".join(after[max(0, head - _CONTEXT_WORDS) : head]), was, now, " ".join(rest[:_CONTEXT_WORDS])


def _weightiest(pair: SentencePair, hunk: Hunk) -> _Edit | None:
    """The word edit of a sentence that says most: by what it is about, then by its length."""
    return max(
        _edits_of(pair, hunk),
        key=lambda edit: (_about(f"{edit[1]} {edit[2]}"), len(edit[1]) + len(edit[2])),
        default=None,
    )


def _edits_of(pair: SentencePair, hunk: Hunk) -> list[_Edit]:
    """The word edits of a hunk that lie in a sentence and are more than spelling or a new address."""
    before, after = (" ".join(side.split()) for side in (pair.before, pair.after))
    found = [
        edit
        for edit in _edits(hunk)
        if " ".join(edit[1].split()) in before
        and " ".join(edit[2].split()) in after
        and _URL.sub("", edit[1]).split() != _URL.sub("", edit[2]).split()
    ]
    return [edit for edit in found if not _is_spelling(edit)] or found


def _is_spelling(edit: _Edit) -> bool:
    return kind_of_rewording(SentencePair(edit[1].strip(), edit[2].strip(), "", 0)) in ("spelling", "order", "marker")


def _about(text: str) -> int:
    return sum(weight(name) for name in categories(text) if weight(name) > 1)


def _edits(hunk: Hunk) -> list[_Edit]:
    """The word edits of a hunk: words before, what went, what came, words after."""
    found: list[_Edit] = []
    lead, was, now = "", "", ""
    for span in hunk.spans:
        if span.op is SpanOp.REMOVED:
            was += span.text
        elif span.op is SpanOp.ADDED:
            now += span.text
        else:
            if was or now:
                found.append((lead, was, now, " ".join(_line(span.text, 0).split()[:_CONTEXT_WORDS])))
                was, now = "", ""
            lead = " ".join(_line(span.text, -1).split()[-_CONTEXT_WORDS:])
    return [*found, (lead, was, now, "")] if was or now else found


def _line(text: str, at: int) -> str:
    """The first or the last line: context never reaches into another block."""
    return text.split("\n")[at]
