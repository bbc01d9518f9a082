"""Read a text once that a page holds more than once, for wide and narrow screens or by mistake."""

from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

from diffs.language.normalise import fold
from diffs.values import Block, Document

from .tree import called, names, remove

#: Blocks of fewer words are labels that a text repeats.
_SENTENCE_WORDS = 6
#: The share of a text's running words that must come again, in the same order, for the text to be a copy.
_AGAIN = 0.9
_SENTENCES = 3
_MOST_COPIES = 3
#: So many blocks that only a later copy has are looked for in the text of the first.
_LEFT = 50
_CLASSED = etree.XPath("descendant::*[@class]")


def drop_narrow_copies(container: HtmlElement) -> None:
    """Take out what is drawn on narrow screens only, where the same words stand beside it for wide ones."""
    wide: dict[HtmlElement, list[HtmlElement]] = defaultdict(list)
    narrow: list[HtmlElement] = []
    for element in cast("list[HtmlElement]", _CLASSED(container)):
        classes = frozenset(element.get("class", "").casefold().split()) | called(element)
        parent = element.getparent()
        if parent is not None and classes & names()["wide_only"]:
            wide[parent].append(element)
        elif parent is not None and classes & names()["narrow_only"]:
            narrow.append(element)
    compared: set[HtmlElement] = set()
    said_wide = {parent: [_words(element) for element in found[:_MOST_COPIES]] for parent, found in wide.items()}
    for element in narrow:
        parent = element.getparent()
        if parent is None or parent not in wide or not compared.isdisjoint(element.iterancestors()):
            continue
        compared.add(element)
        said = _words(element)
        if said and said in said_wide[parent]:
            remove(element)


def _words(element: HtmlElement) -> Counter[str]:
    """The words of an element in any order: on narrow screens a table is drawn as a list."""
    return Counter(word for text in element.itertext() for word in text.split())


def read_once(document: Document) -> Document:
    """The document with one copy of a text that it holds several times, one after the other.

    What only one of the copies says is kept.
    """
    copies = copies_in(document)
    if copies == 1:
        return document
    first, rest = _parted(document.blocks)
    known = frozenset((block.kind, block.compared) for block in first)
    left = tuple(dict.fromkeys(block for block in rest if (block.kind, block.compared) not in known))
    # Cut into other blocks, a copy says the same.
    left = _beyond(left, first)
    return document.with_blocks(tuple(map(_half, (*first, *left))))


def _beyond(blocks: tuple[Block, ...], known: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks that a known text does not hold, in whatever blocks."""
    if len(blocks) > _LEFT:
        return blocks
    text = " ".join(block.compared for block in known)
    return tuple(block for block in blocks if block.compared not in text)


def _half(block: Block) -> Block:
    """A line of a doubled text in which both copies ran together, once."""
    middle = len(block.shown) // 2
    one, other = block.shown[:middle].strip(), block.shown[-middle:].strip()
    return replace(block, shown=one, compared=fold(one)) if one and one == other and not block.cells else block


def copies_in(document: Document) -> int:
    """How many times the document holds its whole text, one copy after the other; 1 for most."""
    said = [block.compared for block in document.blocks if block.words >= _SENTENCE_WORDS]
    counts = Counter(said)
    if len(counts) < _SENTENCES:
        return 1
    return next((copies for copies in range(2, _MOST_COPIES + 1) if _repeats(said, counts, copies)), 1)


def _repeats(said: list[str], counts: Counter[str], copies: int) -> bool:
    again = sum(len(text) * count for text, count in counts.items() if count % copies == 0)
    if again < _AGAIN * sum(map(len, said)):
        return False
    # The order tells a text that is printed twice from one that says everything twice, point by point: the second
    # time comes behind the whole first one, in its order.
    first: dict[str, int] = {}
    later = [(number, first[text]) for number, text in enumerate(said) if first.setdefault(text, number) != number]
    late = sum(copies * number >= len(said) * _AGAIN for number, _ in later)
    rising = sum(one <= other for (_, one), (_, other) in pairwise(later))
    return late >= _AGAIN * len(later) and rising >= _AGAIN * (len(later) - copies + 1)


def _parted(blocks: tuple[Block, ...]) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """The first copy, and what stands behind it."""
    first: dict[str, int] = {}
    again: dict[str, int] = {}
    for number, block in enumerate(blocks):
        if block.words >= _SENTENCE_WORDS and first.setdefault(block.compared, number) != number:
            again.setdefault(block.compared, number)
    begins = min(again, key=lambda text: first[text])
    # Between the last sentence that comes again and the second time of the first stand the end of one copy and the
    # head of the next.
    ends = max(first[text] for text in again) + 1
    head, seam = blocks[: first[begins]], blocks[ends : again[begins]]
    return (*blocks[:ends], *_beyond(seam, head)), blocks[again[begins] :]
