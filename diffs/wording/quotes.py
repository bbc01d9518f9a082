"""Quote a policy in few words: never a figure cut in half, never a word that is not in it."""

import re
from functools import cache

from diffs.language.amounts import find
from diffs.language.categories import categories, weight
from diffs.language.duties import duties
from diffs.language.plain_text import in_short
from diffs.language.vocabulary import table
from diffs.meaning.rewording import kind_of_rewording
from diffs.meaning.sentence_pairs import SentencePair, overlap
from diffs.values import Hunk, SpanOp

_Edit = tuple[str, str, str, str]
_CONTEXT_WORDS = 5
_CLAUSE_WORDS = 8
# So many edits of one sentence are told, the weightiest always, the others where they fit.
_MOST_EDITS = 3
_MORE = "; and more"
# Edits with so few words between them are read as one.
_ISLAND_WORDS = 2
# Fewer words than these say nothing without the words around them.
_ALONE = 3
# Below this likeness two wordings are told each by itself.
_ALIKE = 0.5
_URL = re.compile(r"https?://\S+")
_INNER = str.maketrans("“”", "‘’")


def quoted(text: str) -> str:
    """The text as a quotation; quotation marks inside it become single ones."""
    return f"“{text.translate(_INNER)}”"


def excerpt(sentence: str, length: int) -> str:
    """The telling part of a sentence: from its beginning, or around its first duty word or figure."""
    if len(sentence) <= length:
        return " ".join(sentence.split())
    marks = [duty.start for duty in duties(sentence) if duty.kind != "may"]
    marks += [amount.start for amount in find(sentence)]
    at = min(marks, default=0)
    if at < length * 0.7:
        return in_short(sentence, length)
    start = sentence.rfind(" ", 0, max(0, at - length // 3)) + 1
    return "…" + in_short(sentence[start:], length - 1)


def around(sentence: str, value: str, length: int) -> str:
    """The part of a sentence around a value."""
    at = max(0, sentence.find(value))
    start = 0 if at < length // 2 else sentence.rfind(" ", 0, at - length // 3) + 1
    return ("…" if start else "") + in_short(sentence[start:], length)


def edit_text(pair: SentencePair, hunk: Hunk, length: int) -> str:
    """What changed inside a sentence, in about `length` characters: its edits, each with words around it.

    The weightiest is always told, others where they fit, in the order of the sentence; what is left out is said.
    """
    if overlap(pair.before, pair.after) < _ALIKE:
        half = max(30, length // 2)
        return f"{quoted(excerpt(pair.before, half))} → {quoted(excerpt(pair.after, half))}"
    edits = _edits_of(pair, hunk) or [_whole(pair)]
    told: dict[int, str] = {}
    room = length
    for at in sorted(range(len(edits)), key=lambda at: _says(edits[at]), reverse=True)[:_MOST_EDITS]:
        _, was, now, _ = edits[at]
        ways = (_told(edits[at], length), _told(("", was, now, ""), length))
        text = next((text for text in ways if not told or len(text) <= room), None)
        if text is not None:
            told[at] = text
            room -= len(text) + 2
    is_all = len(told) == len(edits) or room < len(_MORE)
    return "; ".join(told[at] for at in sorted(told)) + ("" if is_all else _MORE)


def _told(edit: _Edit, length: int) -> str:
    lead, was, now, tail = edit
    if not was.strip() or _is_mere_join(was, now):
        return f"Added: {_in_its_place(lead, now, tail, length)}"
    if not now.strip() or _is_mere_join(now, was):
        return f"Removed: {_in_its_place(lead, was, tail, length)}"
    left, right = _glued(lead, was), _glued(lead, now)
    half = max(30, length // 2)
    # What one side does not need is the other's.
    spare = [max(0, half - len(side)) for side in (left, right)]
    return f"{quoted(in_short(left, half + spare[1]))} → {quoted(in_short(right, half + spare[0]))}"


def _in_its_place(lead: str, words: str, tail: str, length: int) -> str:
    """What came or went: alone where it speaks for itself, with the words around it where there is room."""
    around_it, count = _glued(lead, words, tail), len(words.split())
    if count > _CLAUSE_WORDS or not (lead or tail):
        return quoted(in_short(around_it, length))
    alone = quoted(words.strip(" ,;:"))
    both = f"{alone} ({quoted(around_it)})"
    if len(both) <= length:
        return both
    return alone if count >= _ALONE and len(alone) <= length else quoted(in_short(around_it, length))


def _is_mere_join(one: str, other: str) -> bool:
    """Whether one side of an edit is a small word that the other side made way for: "The" for two sentences."""
    word = one.strip(" .,;:()").lower()
    return (not word or word in _small_words()) and len(other.split()) >= _CLAUSE_WORDS


@cache
def _small_words() -> frozenset[str]:
    """Words that join clauses and say nothing alone."""
    listed = table("wording_significance")
    return frozenset((*listed["small"], *listed["turning"]))


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


def _whole(pair: SentencePair) -> _Edit:
    was, now = middle(pair)
    after = pair.after.split()
    head = _common(pair.before.split(), after)
    rest = after[head + len(now.split()) :]
    return _lead(" ".join(after[:head])), was, now, _tail(" ".join(rest))


def _says(edit: _Edit) -> tuple[int, int]:
    """How much an edit says: by what it is about and whether it moves a figure, then by its length."""
    both = f"{edit[1]} {edit[2]}"
    return _about(both) + 2 * bool(find(both)), len(both)


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
    parts: list[tuple[str, str, str]] = [("", "", "")]
    for span in hunk.spans:
        equal, was, now = parts[-1]
        if span.op is SpanOp.REMOVED:
            parts[-1] = (equal, was + span.text, now)
        elif span.op is SpanOp.ADDED:
            parts[-1] = (equal, was, now + span.text)
        elif not (was or now):
            parts[-1] = (equal + span.text, "", "")
        else:
            parts.append((span.text, "", ""))
    joined = parts[:1]
    for equal, was, now in parts[1:]:
        before = joined[-1]
        if (was or now) and _is_island(equal):
            joined[-1] = (before[0], before[1] + equal + was, before[2] + equal + now)
        else:
            joined.append((equal, was, now))
    ends = [*(equal for equal, _, _ in joined[1:]), ""]
    return [
        (_lead(equal), was, now, _tail(end)) for (equal, was, now), end in zip(joined, ends, strict=True) if was or now
    ]


def _is_island(equal: str) -> bool:
    """Whether the words between two edits are too few to stand alone: together they are one rewrite."""
    return len(equal.split()) <= _ISLAND_WORDS and "\n" not in equal


def _lead(text: str) -> str:
    """The last words before an edit: context never reaches into another block."""
    words = text.rsplit("\n", maxsplit=1)[-1].split()
    return ("…" if len(words) > _CONTEXT_WORDS else "") + " ".join(words[-_CONTEXT_WORDS:])


def _tail(text: str) -> str:
    """The first words behind an edit, likewise."""
    words = text.split("\n", maxsplit=1)[0].split()
    return " ".join(words[:_CONTEXT_WORDS]) + ("…" if len(words) > _CONTEXT_WORDS else "")
