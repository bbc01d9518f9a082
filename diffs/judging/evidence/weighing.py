"""The judge for what no evidence decides alone: lines outside of a page's text, weighed as labelled histories taught.

`benchmarks/train_judge.py` learned the weights in `data/judge.toml`. What may be asked at all is not learned but fixed
here: a rule, a figure, a sentence, a heading, a table and a list of anything but links are never silenced by it.
"""

from collections.abc import Mapping
from functools import cache

from diffs.language.vocabulary import table
from diffs.values import BlockKind, Document

from .habits import is_edge
from .places import Place
from .signs import Step, signs
from .words import states_rule
from .zones import is_link, is_prose, zones

#: What stands outside of the text is little of a page; where it is much, it is the policy in short lines.
_LITTLE = 0.25
#: How many of its signs a verdict names.
_NAMED = 2


def may_be_asked(place: Place, step: Step) -> bool:
    """Whether a place is no rule by any means: short lines or links outside of both texts, which are mostly text."""
    old, new, known = step.old, step.new, step.known
    if not is_edge(place, old, new) or not known.stating.isdisjoint(place.numbers):
        return False
    blocks = (*place.before, *place.after)
    if any(block.kind not in (BlockKind.PARAGRAPH, BlockKind.ITEM) or is_prose(block) for block in blocks):
        return False
    if any(block.kind is BlockKind.ITEM and not is_link(block) for block in blocks):
        return False
    said = "\n".join((place.words, *(block.shown for block in place.after)))
    if any(map(str.isdigit, said)) or states_rule(said, new.language):
        return False
    return max(map(_outside, (old, new))) <= _LITTLE


def _outside(document: Document) -> float:
    """What share of a document's words is outside of its text."""
    zone = zones(document)
    outside = sum(document.blocks[number].words for number in zone.edge | zone.tail)
    return outside / max(1, document.words)


def verdict(place: Place, step: Step) -> str:
    """Why a place is furniture, by its two strongest signs; "" where it may not be asked, or is not sure."""
    if not may_be_asked(place, step):
        return ""
    found = signs(place, step)
    if score(found, _weights()) < table("judge")["judge"]["threshold"]:
        return ""
    weighed = sorted(found, key=lambda name: -found[name] * _weights()[name])
    words = table("judge")["words"]
    named = [words[name] for name in weighed[:_NAMED] if found[name] * _weights()[name] > 0]
    return f"a line outside of the text: {', and '.join(named)}"


def score(found: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """How much speaks for furniture: the weighed sum of the signs."""
    return sum(weights[name] * share for name, share in found.items())


@cache
def _weights() -> dict[str, float]:
    return {name: float(weight) for name, weight in table("judge")["weights"].items()}
