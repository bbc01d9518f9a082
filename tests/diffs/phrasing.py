"""Helpers for tests of the comparison: documents in three words, hunks as a reader sees them."""

from collections.abc import Iterable

from diffs.language.normalise import fold
from diffs.values import Block, BlockKind, Comparison, Document, Hunk, Op, Span, SpanOp


def heading(text: str, level: int = 2, marker: str = "") -> Block:
    return Block(BlockKind.HEADING, text, fold(text), level=level, marker=marker)


def item(text: str, marker: str = "•", level: int = 1) -> Block:
    return Block(BlockKind.ITEM, text, fold(text), level=level, marker=marker)


def row(*cells: str) -> Block:
    text = " | ".join(cells)
    return Block(BlockKind.ROW, text, fold(text), cells=cells)


def paragraph(text: str, marker: str = "", links: tuple[str, ...] = ()) -> Block:
    return Block(BlockKind.PARAGRAPH, text, fold(text), marker=marker, links=links)


def policy(*blocks: Block | str) -> Document:
    """A document; plain strings are paragraphs, headings open sections."""
    path: list[Block] = []
    placed = []
    for given in blocks:
        block = paragraph(given) if isinstance(given, str) else given
        if block.kind is BlockKind.HEADING:
            path = [above for above in path if above.level < block.level]
        section = tuple(above.numbered for above in path)
        placed.append(
            Block(block.kind, block.shown, block.compared, block.level, block.marker, block.cells, block.links, section)
        )
        if block.kind is BlockKind.HEADING:
            path.append(block)
    return Document("A policy", tuple(placed), "en")


def marked(spans: Iterable[Span]) -> str:
    """Spans as a line: what went in [-…-], what came in {+…+}."""
    signs = {SpanOp.EQUAL: "{}", SpanOp.REMOVED: "[-{}-]", SpanOp.ADDED: "{{+{}+}}"}
    return "".join(signs[span.op].format(span.text) for span in spans)


def told(comparison: Comparison) -> list[tuple[Op, str]]:
    """Each hunk as its op and its text: word edits where there are any, else what came, else what went."""
    return [(hunk.op, _text(hunk)) for hunk in comparison.hunks]


def _text(hunk: Hunk) -> str:
    return marked(hunk.spans) if hunk.spans else "\n".join(block.numbered for block in hunk.after or hunk.before)
