"""What is outside a page's text: a menu above its title, notes before its first sentence, cards at its end."""

from dataclasses import dataclass
from functools import lru_cache

from diffs.language.normalise import loose
from diffs.values import Block, BlockKind, Document

#: A label is short: a step of a menu, a button, a search suggestion.
_LABEL_WORDS = 8
#: From how many words a block is running text; with a full stop, fewer are enough.
_PROSE_WORDS, _SENTENCE_WORDS = 14, 6
#: How many labels above a title make a menu; fewer may be the policy's own first lines.
_BUNDLE = 4
#: How many links make a line of links, and how many words a link has.
_LINKS, _LINK_WORDS = 3, 4
#: How many cards make a list of other pages.
_CARDS = 2
#: A line of facts about the page is short: its date, its author, how often it was read.
_NOTE_WORDS = 12
_STOPS = (".", "!", "?", ":", ";", "。", "？", "！", "：")
#: How a short line ends that states something; a question or a call may be anybody's.
_STATES = (".", ":", ";", "。", "：")


@dataclass(frozen=True, slots=True)
class Zones:
    """Indexes of blocks.

    `menu` are those above the title, `notes` those between the page's beginning and its first running text, and
    `cards` those below the text that lead to other pages. `edge` is all above the first running text, `tail` what
    follows the last, except for tables and lists of anything but links.
    """

    menu: frozenset[int] = frozenset()
    notes: frozenset[int] = frozenset()
    cards: frozenset[int] = frozenset()
    edge: frozenset[int] = frozenset()
    tail: frozenset[int] = frozenset()


@lru_cache(maxsize=8)
def zones(document: Document) -> Zones:
    """What is above a page's title, above its first sentence, and below its text."""
    blocks = document.blocks
    prose = next((number for number, block in enumerate(blocks) if is_prose(block)), len(blocks))
    notes = frozenset(number for number in range(prose) if is_note(blocks[number]))
    title = _title(document, prose)
    menu = frozenset(range(title))
    above = [blocks[number] for number in range(title)]
    is_empty = all(block.kind is BlockKind.HEADING for block in above)
    if not is_empty and (len(above) < _BUNDLE or not all(map(is_label, above))):
        menu = frozenset()
    cards = frozenset(range(_cards(blocks), len(blocks)))
    return Zones(menu, notes - menu, cards, frozenset(range(prose)), _tail(blocks))


def is_dense(block: Block) -> bool:
    """Whether a line is links and hardly anything else."""
    return len(block.links) >= _LINKS and block.words <= _LINK_WORDS * len(block.links)


def _tail(blocks: tuple[Block, ...]) -> frozenset[int]:
    last = max((number for number, block in enumerate(blocks) if is_prose(block)), default=len(blocks))
    behind = range(last + 1, len(blocks))
    return frozenset(
        number for number in behind if blocks[number].kind is BlockKind.PARAGRAPH or is_link(blocks[number])
    )


def is_link(block: Block) -> bool:
    """Whether a block is a label that leads to one other page."""
    return len(block.links) == 1 and is_label(block)


def _cards(blocks: tuple[Block, ...]) -> int:
    """Where the cards at a page's end begin; the number of blocks if there are none.

    A card is a group of neighbouring blocks inside one link, such as a title and a teaser. A text's own sentences may
    contain links, but are never one link as a whole.
    """
    start = len(blocks)
    while start and (len(blocks[start - 1].links) == 1 or is_lead(blocks[start - 1])):
        start -= 1
    firsts = [
        number
        for number in range(start, len(blocks) - 1)
        if blocks[number].links
        and blocks[number].links == blocks[number + 1].links
        and blocks[number].links != blocks[number - 1].links
    ]
    if len({blocks[number].links for number in firsts}) < _CARDS:
        return len(blocks)
    start = firsts[0]
    while start and is_lead(blocks[start - 1]):
        start -= 1
    return start


def is_lead(block: Block) -> bool:
    """Whether a block is the heading or the line above a list of cards."""
    return not block.links and (block.kind is BlockKind.HEADING or block.words <= _LABEL_WORDS)


def is_label(block: Block) -> bool:
    """Whether a block is a few words that are not a sentence."""
    return block.words <= _LABEL_WORDS and not block.compared.endswith(_STOPS) and block.kind is not BlockKind.ROW


def is_note(block: Block) -> bool:
    """Whether a block may be a line of facts about the page: short, not a sentence, not an entry of a list or table."""
    return block.kind is BlockKind.PARAGRAPH and block.words <= _NOTE_WORDS and not block.compared.endswith(_STOPS)


def is_prose(block: Block) -> bool:
    """Whether a block is running text: many words, or a sentence."""
    return block.kind is not BlockKind.HEADING and (
        block.words >= _PROSE_WORDS or (block.words >= _SENTENCE_WORDS and block.compared.endswith(_STATES))
    )


def _title(document: Document, prose: int) -> int:
    """The index of the heading that a page's text begins with; 0 if there is none above its first sentence.

    No heading is above it in the page's outline, unless that one names the page.
    """
    named = named_at(document)
    if 0 < named < prose:
        return named
    levels = {number: block.level for number, block in enumerate(document.blocks) if block.kind is BlockKind.HEADING}
    highest = min(levels.values(), default=0)
    return next((number for number, level in levels.items() if number < prose and level == highest), 0)


def named_at(document: Document) -> int:
    """The index of the first heading that contains the page's name, 0 if there is none."""
    named = loose(document.title)
    for number, block in enumerate(document.blocks):
        said = loose(block.shown) if block.kind is BlockKind.HEADING else ""
        if said and said in named and len(said) * 2 >= len(named):
            return number
    return 0
