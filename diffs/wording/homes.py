"""Where a sentence of a change is: under which headings, and whether it opens its paragraph or its section."""

from dataclasses import dataclass

from diffs.meaning.location import place_of
from diffs.meaning.sentence_pairs import SentencePair
from diffs.values import BlockKind, Hunk

from .parts import says_something


@dataclass(frozen=True, slots=True)
class Home:
    """A section path, and what the sentence opens: 2 a section, 1 a paragraph, 0 nothing."""

    section: str
    opens: int


def home_of(pair: SentencePair, hunk: Hunk) -> Home:
    """The place of a sentence, by its own block: a hunk may span several sections."""
    blocks, sentence = (hunk.after, pair.after) if pair.after else (hunk.before, pair.before)
    at = next((at for at, block in enumerate(blocks) if sentence in block.shown), None)
    if at is None:
        return Home(pair.section, 0)
    block = blocks[at]
    section = block.place if block.section != blocks[0].section else place_of(hunk)
    if not block.shown.startswith(sentence):
        return Home(section, 0)
    above = blocks[at - 1] if at else None
    is_first = above is not None and above.kind is BlockKind.HEADING
    return Home(section, 2 if is_first else 1)


def is_opening(pair: SentencePair, hunk: Hunk) -> bool:
    """Whether a sentence is only the name of the paragraph that it begins: "Termination. Either party may …"."""
    sentence = pair.after or pair.before
    if len(sentence.split()) > _NAME or says_something(sentence):
        return False
    blocks = hunk.after if pair.after else hunk.before
    return any(len(block.shown) > len(sentence) and sentence in block.shown for block in blocks)


#: A name of a paragraph has at most so many words.
_NAME = 6
