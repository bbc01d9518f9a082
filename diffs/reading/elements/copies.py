"""Read a text once that a page has more than once: for wide and narrow screens, in two languages, or by mistake."""

from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

from diffs.language.normalise import fold
from diffs.reading.detect_language import shares
from diffs.values import Block, Document

from .tree import called, names, remove

#: Blocks of fewer words are labels, which a text may repeat.
_SENTENCE_WORDS = 6
#: The share of a text's running words that must be repeated, in the same order, for it to be a copy.
_AGAIN = 0.9
_SENTENCES = 3
_MOST_COPIES = 3
#: A page with so many times the words of the last good text may contain it beside something else.
_MUCH_MORE = 1.4
#: The share of a known text that must be there, or be there twice: the rest may have been edited since.
_MOST = 0.5
#: The share of sentences in another language that makes the text beside the known one a translation.
_FOREIGN = 0.6
#: How many blocks that only a later copy has are searched for in the text of the first.
_LEFT = 50
_CLASSED = etree.XPath("descendant::*[@class]")


def drop_narrow_copies(container: HtmlElement) -> None:
    """Remove what is shown on narrow screens only, if the same words for wide ones are beside it."""
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
    """The words of an element, without their order: on narrow screens a table is drawn as a list."""
    return Counter(word for text in element.itertext() for word in text.split())


def read_once(document: Document) -> Document:
    """The document with one copy of a text that it contains several times in a row.

    Whatever only one of the copies says is kept.
    """
    return document if copies_in(document) == 1 else _folded(document)


def _folded(document: Document) -> Document:
    first, rest = _parted(document.blocks)
    known = frozenset((block.kind, block.compared) for block in first)
    left = tuple(dict.fromkeys(block for block in rest if (block.kind, block.compared) not in known))
    # A copy that is cut into other blocks says the same.
    left = _beyond(left, first)
    return document.with_blocks(tuple(map(_half, (*first, *left))))


def _beyond(blocks: tuple[Block, ...], known: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks whose text a known text does not contain, however that is cut into blocks."""
    if len(blocks) > _LEFT:
        return blocks
    text = " ".join(block.compared for block in known)
    return tuple(block for block in blocks if block.compared not in text)


def _half(block: Block) -> Block:
    """A line in which both copies of a doubled text ran together, reduced to one of them."""
    middle = len(block.shown) // 2
    one, other = block.shown[:middle].strip(), block.shown[-middle:].strip()
    return replace(block, shown=one, compared=fold(one)) if one and one == other and not block.cells else block


def copies_in(document: Document) -> int:
    """How many times in a row the document contains its whole text; usually 1."""
    said = [block.compared for block in document.blocks if block.words >= _SENTENCE_WORDS]
    counts = Counter(said)
    if len(counts) < _SENTENCES:
        return 1
    return next((copies for copies in range(2, _MOST_COPIES + 1) if _repeats(said, counts, copies)), 1)


def _repeats(said: list[str], counts: Counter[str], copies: int) -> bool:
    again = sum(len(text) * count for text, count in counts.items() if count % copies == 0)
    return again >= _AGAIN * sum(map(len, said)) and _in_turn(said, copies)


def _in_turn(said: list[str], copies: int) -> bool:
    """Whether the repeated text follows the complete first copy, in the same order.

    This distinguishes a text printed twice from one that says everything twice, point by point.
    """
    first: dict[str, int] = {}
    later = [(number, first[text]) for number, text in enumerate(said) if first.setdefault(text, number) != number]
    late = sum(copies * number >= len(said) * _AGAIN for number, _ in later)
    rising = sum(one <= other for (_, one), (_, other) in pairwise(later))
    return late >= _AGAIN * len(later) and rising >= _AGAIN * (len(later) - copies + 1)


def read_beside(document: Document, known: Document) -> Document:
    """The document without a second copy of the last good text, or one in another language, beside it.

    Whatever only the copy says is kept. Anything else that is new is not a copy and stays.
    """
    if document.words < _MUCH_MORE * known.words:
        return document
    if _holds_second_copy(document, known):
        return _folded(document)
    begins, ends = _place_of(document.blocks, known.blocks)
    own = document.blocks[begins:ends]
    language = next(iter(shares(own)), "")
    if not language:
        return document
    there = {block.compared for block in own}
    heads = {block.compared for block in known.blocks if block.words < _SENTENCE_WORDS} - there
    before = _without_translation(document.blocks[:begins][::-1], language, heads)[::-1]
    after = _without_translation(document.blocks[ends:], language, heads - {block.compared for block in before})
    blocks = (*before, *own, *after)
    return document.with_blocks(blocks) if len(blocks) < len(document.blocks) else document


def _holds_second_copy(document: Document, known: Document) -> bool:
    """Whether most of what the known text says once is now said twice; the copy may be another edition."""
    said = [block.compared for block in document.blocks if block.words >= _SENTENCE_WORDS]
    counts = Counter(said)
    once = [text for text, count in _sentences(known).items() if count == 1]
    again = [text for text in once if counts[text] > 1]
    is_most = sum(map(len, again)) >= _MOST * sum(map(len, once))
    return len(again) >= _SENTENCES and is_most and _in_turn(said, 2)


def _sentences(document: Document) -> Counter[str]:
    return Counter(block.compared for block in document.blocks if block.words >= _SENTENCE_WORDS)


def _place_of(blocks: tuple[Block, ...], known: tuple[Block, ...]) -> tuple[int, int]:
    """Where most of the known text is: its first block and the one after its last; (0, 0) if nowhere."""
    sentences = {block.compared for block in known if block.words >= _SENTENCE_WORDS}
    there = [number for number, block in enumerate(blocks) if block.compared in sentences]
    said = {blocks[number].compared for number in there}
    if not said or sum(map(len, said)) < _MOST * sum(map(len, sentences)):
        return 0, 0
    begins, ends = min(there), max(there) + 1
    # Its title, and short lines at its ends.
    left = Counter(block.compared for block in known) - Counter(block.compared for block in blocks[begins:ends])
    while begins and left[blocks[begins - 1].compared]:
        begins -= 1
        left[blocks[begins].compared] -= 1
    while ends < len(blocks) and left[blocks[ends].compared]:
        left[blocks[ends].compared] -= 1
        ends += 1
    return begins, ends


def _without_translation(beside: tuple[Block, ...], language: str, heads: set[str]) -> tuple[Block, ...]:
    """The blocks beyond one end of a text, from its edge outwards, without a text in another language.

    `heads` are short lines of the text that an edit may have left here: they have no language.
    """
    found = shares(beside)
    foreign = next(iter(found), "")
    if foreign in ("", language) or found[foreign] < _FOREIGN:
        return beside
    # An edit at the very end of the text, before the translation begins, is kept with everything in it.
    edge = next((at for at, block in enumerate(beside) if foreign in shares((block,))), len(beside))
    while edge and beside[edge - 1].words < _SENTENCE_WORDS and beside[edge - 1].compared not in heads:
        edge -= 1
    return (*beside[:edge], *(block for block in beside[edge:] if language in shares((block,))))


def _parted(blocks: tuple[Block, ...]) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """The first copy, and the blocks after it."""
    first: dict[str, int] = {}
    again: dict[str, int] = {}
    for number, block in enumerate(blocks):
        if block.words >= _SENTENCE_WORDS and first.setdefault(block.compared, number) != number:
            again.setdefault(block.compared, number)
    begins = min(again, key=lambda text: first[text])
    # The end of one copy and the head of the next lie between the last repeated sentence and the first one's second
    # time.
    ends = max(first[text] for text in again) + 1
    head, seam = blocks[: first[begins]], blocks[ends : again[begins]]
    return (*blocks[:ends], *_beyond(seam, head)), blocks[again[begins] :]
