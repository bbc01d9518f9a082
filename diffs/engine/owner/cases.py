"""Labelled cases: what the owner said about a difference, with its features but without a word of the page."""

from collections.abc import Mapping
from typing import Any

from diffs.database.models import Change
from diffs.judging.evidence.words import changed, says_something, states_rule
from diffs.language.amounts import find
from diffs.store import changes
from diffs.values import Block, Document, Hunk


def case(
    change: Change,
    old: Document,
    *,
    label: str,
    rules: tuple[str, ...] = (),
    evidence: Mapping[tuple[str, str], str] | None = None,
) -> dict[str, Any]:
    """A change as a case labelled "noise" or "real": the rules that judged it, and the features of each of its places.

    `old` is the text before it; `rules` are those that kept it from being reported, its own if there are none;
    `evidence` is the reason, by both sides of a hunk. The case holds only counts and shares, so it can be given away.
    """
    why = evidence or {}
    hunks = [hunk for hunk in changes.comparison_of(change).hunks if says_something(hunk)]
    places = [_features(hunk, old) | {"evidence": why.get((hunk.text_before, hunk.text_after), "")} for hunk in hunks]
    return {
        "label": label,
        "rules": list(rules or (change.rule,)),
        "significance": change.significance,
        "importance": change.importance,
        "language": old.language,
        "blocks": len(old.blocks),
        "words": old.words,
        "places": places,
    }


def _features(hunk: Hunk, old: Document) -> dict[str, Any]:
    gone, come = changed(hunk)
    return {
        "op": str(hunk.op),
        "position": round(hunk.old_at / len(old.blocks), 3) if old.blocks else 0.0,
        "before": _side(hunk.before),
        "after": _side(hunk.after),
        "figures": [len(list(find(text, old.language))) for text in (gone, come)],
        "states_rule": states_rule(f"{gone}\n{come}", old.language),
    }


def _side(blocks: tuple[Block, ...]) -> dict[str, Any]:
    links = sum(len(block.links) for block in blocks)
    words = sum(block.words for block in blocks)
    return {"kinds": [str(block.kind) for block in blocks], "words": words, "links": links, "depth": _depth(blocks)} | {
        "links_per_word": round(links / words, 3) if words else 0.0
    }


def _depth(blocks: tuple[Block, ...]) -> int:
    """How many headings the first block is under."""
    return len(blocks[0].section) if blocks else 0
