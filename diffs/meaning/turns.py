"""What turns a sentence round without changing its matter: duty, negation, condition, quantity.

One small word decides whether a seller may, must or must not. So these are read by grammar, of function words, which
are few in every language and the same in every policy.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from diffs.language.duties import duties
from diffs.language.vocabulary import plain, table
from diffs.values import Comparison, Op

# How strongly a duty word binds; between kinds of one strength there is no turn.
_FORCE = {"must_not": -2, "should_not": -1, "may": 0, "should": 1, "must": 2, "discretion": 3}
_WORD = re.compile(r"[^\W\d_]+")
_NOT = re.compile(r"n['’]t\b|(?<=\bcan)not\b", re.IGNORECASE)


@lru_cache(maxsize=8192)
def turns(before: str, after: str) -> frozenset[str]:
    """How a reworded sentence was turned round: "duty", "negation", "condition", "quantity"; empty where it was not.

    A sentence that is only on one side ("" on the other) was not turned.
    """
    if not (before and after):
        return frozenset()
    was, now = _words(before), _words(after)
    found = {name for name in ("negation", "condition") if _count(was, name) != _count(now, name)}
    # "all" that is left out says little; that "some" is in its place says much.
    if all(_count(was, name) != _count(now, name) for name in ("whole", "part")):
        found.add("quantity")
    if _forces(before) != _forces(after):
        found.add("duty")
    return frozenset(found)


def _words(sentence: str) -> Counter[str]:
    return Counter(_WORD.findall(_NOT.sub(" not", plain(sentence)).lower()))


def _count(words: Counter[str], name: str) -> int:
    return sum(words[word] for word in _listed(name))


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(table("wording_significance")["turns"][name])


def _forces(sentence: str) -> tuple[int, ...]:
    return tuple(sorted(_FORCE[duty.kind] for duty in duties(sentence)))


@dataclass(frozen=True, slots=True)
class Turned:
    """A text that is now below another heading: the text, and both headings."""

    text: str
    before: str
    after: str


def places_turned(comparison: Comparison) -> Iterator[Turned]:
    """The texts that moved below a heading that says the contrary.

    "Products you may sell", "Products you may not sell": the words are the same, the rule is not. Any other move says
    nothing new: pages are re-arranged often.
    """
    moving = [hunk for hunk in comparison.hunks if hunk.op in (Op.MOVED, Op.REMOVED, Op.ADDED)]
    was = {block.compared: block.section[-1] for hunk in moving for block in hunk.before if block.section}
    for block in (block for hunk in moving for block in hunk.after if block.section):
        before, after = was.get(block.compared, ""), block.section[-1]
        if before and _is_contrary(before, after):
            yield Turned(block.shown, before, after)


def _is_contrary(before: str, after: str) -> bool:
    """Whether one of two headings forbids and the other does not, or both bind, and not alike."""
    was, now = _forces(before), _forces(after)
    forbids = [any(force < 0 for force in side) for side in (was, now)]
    return forbids[0] != forbids[1] or bool(was and now and was != now) or "negation" in turns(before, after)
