"""Single edits that change the meaning of a policy: each must be reported, and rated for what it is.

They are made from the sentences of any policy by grammar alone, so that no list of examples decides what is tried.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from diffs.language.normalise import fold
from diffs.language.sentences import sentences
from diffs.values import Block, BlockKind, Document

#: The least words of a sentence that is edited: shorter ones are titles and captions.
_LEAST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Mutation:
    """A policy after one edit: the kind of the edit, the sentence before and after ("" where it is not there)."""

    kind: str
    before: str
    after: str
    document: Document


def mutations(document: Document, draw: random.Random, each: int = 2) -> Iterator[Mutation]:
    """Up to `each` edits of every kind, at places that `draw` picks among all that fit."""
    for kind, edit in _EDITS.items():
        places = [found for at in range(len(document.blocks)) for found in edit(document, at)]
        for before, after, blocks in draw.sample(places, min(each, len(places))):
            yield Mutation(kind, before, after, replace(document, blocks=blocks))


_Edited = tuple[str, str, tuple[Block, ...]]
_Edit = Callable[[Document, int], Iterator[_Edited]]


def _with(document: Document, at: int, *blocks: Block) -> tuple[Block, ...]:
    return (*document.blocks[:at], *blocks, *document.blocks[at + 1 :])


def _saying(block: Block, text: str) -> Block:
    return replace(block, shown=text, compared=fold(text), cells=tuple(text.split(" | ")) if block.cells else ())


def _prose(document: Document, at: int) -> Iterator[tuple[Block, str]]:
    block = document.blocks[at]
    if block.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM):
        for sentence in sentences(block.shown):
            if len(sentence.split()) >= _LEAST_WORDS and block.shown.count(sentence) == 1:
                yield block, sentence


def _reworded(pattern: str, put: str | Callable[[re.Match[str]], str]) -> _Edit:
    """An edit of the first match in a sentence."""
    wanted = re.compile(pattern)

    def edit(document: Document, at: int) -> Iterator[_Edited]:
        for block, sentence in _prose(document, at):
            after = wanted.sub(put, sentence, count=1)
            if after != sentence:
                yield sentence, after, _with(document, at, _saying(block, block.shown.replace(sentence, after)))

    return edit


def _deleted(document: Document, at: int) -> Iterator[_Edited]:
    for block, sentence in _prose(document, at):
        left = " ".join(block.shown.replace(sentence, " ").split())
        yield sentence, "", _with(document, at, *([_saying(block, left)] if left else []))


def _items(document: Document, at: int) -> bool:
    """Whether a block is an entry of a list of at least two."""
    block = document.blocks[at]
    beside = document.blocks[max(0, at - 1) : at] + document.blocks[at + 1 : at + 2]
    return block.kind is BlockKind.ITEM and any(one.kind is BlockKind.ITEM for one in beside)


def _item_removed(document: Document, at: int) -> Iterator[_Edited]:
    if _items(document, at) and len(document.blocks[at].shown.split()) > 1:
        yield document.blocks[at].shown, "", _with(document, at)


def _item_added(document: Document, at: int) -> Iterator[_Edited]:
    if _items(document, at):
        text = "Inflatable lanterns with a built-in flame"
        block = document.blocks[at]
        yield "", text, _with(document, at, block, _saying(block, text))


def _item_reworded(document: Document, at: int) -> Iterator[_Edited]:
    block = document.blocks[at]
    if _items(document, at) and block.shown[-1:].isalpha():
        for text in (f"{block.shown} and lanterns", f"{block.shown.rsplit(' ', 1)[0]} lanterns"):
            yield block.shown, text, _with(document, at, _saying(block, text))


def _figure(change: Callable[[float], float]) -> _Edit:
    """Another figure before a percent sign, behind a currency or before a span of time."""
    return _reworded(
        r"(?<![\w.,])\d{1,4}(?:\.\d+)?(?= ?%| percent| (?:business |calendar |working )?(?:days?|hours?|months?|weeks?)\b)"
        r"|(?<=[$€£])\d{1,4}(?:\.\d+)?(?![\d,])",
        lambda hit: f"{change(float(hit.group())):g}",
    )


_EDITS: dict[str, _Edit] = {
    "duty: may becomes must": _reworded(r"\bmay\b(?! not)", "must"),
    "duty: must becomes may": _reworded(r"\b(?:must|shall)\b(?! not)", "may"),
    "duty: must not becomes may": _reworded(r"\b(?:must|may|shall) not\b", "may"),
    "duty: may becomes must not": _reworded(r"\b(?:may|can)\b(?! not|not)", "must not"),
    "duty: should becomes must": _reworded(r"\bshould\b(?! not)", "must"),
    "negation: not goes": _reworded(r"\b(will|does|do|is|are) not\b", r"\1"),
    "negation: not comes": _reworded(r"\b(will|is|are)\b(?! not)", r"\1 not"),
    "ban: allowed becomes prohibited": _reworded(r"\b(?:allowed|permitted|eligible)\b", "prohibited"),
    "quantifier: all becomes some": _reworded(r"\b([Aa])ll\b(?! of)", lambda hit: "Some" if hit[1] == "A" else "some"),
    "quantifier: any becomes certain": _reworded(r"\bany\b", "certain"),
    "number: up": _figure(lambda value: value + 5 if value > 1 else value * 2),
    "number: down": _figure(lambda value: value / 2),
    "condition: unless goes": _reworded(r",? (?:unless|except|provided that|only if)\b[^,;.]*(?=[,;.])", ""),
    "sentence: deleted": _deleted,
    "item: removed": _item_removed,
    "item: added": _item_added,
    "item: reworded": _item_reworded,
}
