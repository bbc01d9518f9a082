"""Text that repeats what the page already says: its table of contents, its title."""

from functools import lru_cache

from diffs.language.normalise import loose
from diffs.values import Block, BlockKind, Document, Hunk, Op, SpanOp

#: The fewest lines of a table of contents, and the most words in each.
_LINES, _LINE_WORDS = 4, 18
#: The share of its lines that must be found elsewhere: headings get reworded, and its own title is not repeated.
_SAID = 0.7
#: The share of a title that still counts as the title, and the most words of a label beside it.
_MOST, _TAG = 0.8, 2


def contents(run: tuple[Block, ...], elsewhere: Document, lead: str) -> bool:
    """Whether a run of short lines repeats what the page says below, as a table of contents or a list of sections.

    `elsewhere` is the text in which each line must be found as a line of its own. `lead` is the line before the run:
    if it is a sentence, the run is the list it introduces, not a table of contents.
    """
    if len(run) < _LINES or lead.endswith((":", "：")) or any(block.words > _LINE_WORDS for block in run):
        return False
    said = _said(elsewhere)
    lines = [loose(block.shown) for block in run]
    return sum(line in said for line in lines) >= _SAID * len(lines)


def heads(run: tuple[Block, ...], page: Document) -> bool:
    """Whether each line of a run is a heading of the page, too."""
    headings = {loose(block.shown) for block in page.blocks if block.kind is BlockKind.HEADING}
    return all(loose(block.shown) in headings for block in run)


def title(run: tuple[Block, ...], page: Document) -> bool:
    """Whether a run is the page's own title again, with only single words beside it (".pdf", "159 KB")."""
    lines = [loose(block.shown) for block in run]
    named = [any(_is_called(line, name) for name in _names(page)) for line in lines]
    return any(named) and all(is_name or line.count(" ") < _TAG for is_name, line in zip(named, lines, strict=True))


def link_label(hunk: Hunk, old: Document, new: Document) -> bool:
    """Whether all that was added to a line, or removed from it, is what the page says of its links again and again.

    "- opens in a new window" is behind each link, and in no line more often than that line has links.
    """
    spans = [span for span in hunk.spans if span.op is not SpanOp.EQUAL and not span.cosmetic]
    labels = {loose(span.text) for span in spans}
    if hunk.op is not Op.EDITED or len(labels) != 1 or len({span.op for span in spans}) != 1:
        return False
    label = labels.pop()
    if label.count(" ") < _LABEL_BLANKS or not all(span.text.strip().startswith(_BEFORE_LABEL) for span in spans):
        return False
    said = [
        (often, len(block.links))
        for page in (old, new)
        for block in page.blocks
        if (often := loose(block.shown).count(label))
    ]
    return len(said) >= 2 * _LABELLED and all(often <= links for often, links in said)


#: How a label of a link begins, how many blanks it has at least, and on how many lines of a page it must be.
_BEFORE_LABEL, _LABEL_BLANKS, _LABELLED = ("-", "–", "—", "(", "[", "|"), 2, 8


def _is_called(line: str, name: str) -> bool:
    """Whether a line is a name or most of one."""
    return line == name or (line in name and len(line) >= _MOST * len(name))


@lru_cache(maxsize=8)
def _said(document: Document) -> frozenset[str]:
    """The headings, and the lines that look like headings: short, in a paragraph of their own."""
    return frozenset(
        loose(block.shown)
        for block in document.blocks
        if block.kind is BlockKind.HEADING or (block.kind is BlockKind.PARAGRAPH and block.words <= _LINE_WORDS)
    ) - {""}


@lru_cache(maxsize=8)
def _names(document: Document) -> frozenset[str]:
    first = next((block.shown for block in document.blocks if block.kind is BlockKind.HEADING), "")
    opening = document.blocks[0].shown if document.blocks else ""
    return frozenset(name for text in (document.title, first, opening) if " " in (name := loose(text)))
