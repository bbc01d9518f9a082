"""Read Markdown, as archives of terms keep it, and plain text into drafts of blocks."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from diffs.language.normalise import split_marker, tidy
from diffs.remember import remembered
from diffs.values import BlockKind

from .blocks import BREAK, Draft

#: The markup of a longer line, in characters, is stripped, not parsed: the parser's cost grows faster than its input.
_PARSED = 60_000
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
_LINE_BREAK = re.compile(r"<\s*(?:br|/p|/div|/li|p|div|li)\b[^<>]{0,200}>", re.IGNORECASE)
_ADDRESS = r"[^()\s<>]{0,2000}(?:\([^()\s]{0,500}\)[^()\s<>]{0,500}){0,3}"
_LINK = re.compile(rf"!?\[((?:[^\[\]\\]|\\.){{0,2000}})\]\(<?{_ADDRESS}>?(?:\s+\"[^\"]{{0,300}}\")?\)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
#: The parser drops what is nested deeper than `_NESTED`; nobody writes that deep, so the text there is moved up.
#: A sign nests only before a space, and only if words follow: a line of dashes underlines a heading, or separates
#: sections or the rows of a table.
_DEEP = re.compile(r"^(?:[ \t]*(?:>|[*+-][ \t])[ \t]?){15,}+(?=\S)(?![>*+-]+[ \t]*$)", re.MULTILINE)
_INDENTED = re.compile(r"^[ \t]{61,}", re.MULTILINE)
_NESTED = 120
#: Archives write a space where none belongs.
_MAILTO = re.compile(r"\]\(mailto:[ \t]{1,5}", re.IGNORECASE)
#: A link around several blocks: a card with a title, a teaser and so on. The parser does not support these.
_CARD_ENDS = re.compile(r"\]\((?P<address>[^()\s]{1,2000})\)\s{0,5}\Z")
_CARD_BLOCKS = 6
#: A line of words, or a heading, after a blank line starts something new and is read by itself: no list, quote or table
#: continues in it,
_START = re.compile(r"(?<=\n\n)(?=[^\W\d_]|#{1,6} |\*\*[^\W\d_])")
#: provided that the text has no element that continues after a blank line.
_RUNS_ON = re.compile(r"```|~~~|<(?:script|pre|style|textarea|[!?])", re.IGNORECASE)


def markdown_drafts(text: str) -> Iterator[Draft]:
    """The blocks of a Markdown text: headings of both kinds, numbered lists, tables, the words of raw HTML."""
    text = _DEEP.sub("", _INDENTED.sub(" " * 60, _MAILTO.sub("](mailto:", text)))
    parts = _START.split(text) if not _RUNS_ON.search(text) else [text]
    return _as_cards(draft for part in parts for draft in _drafts(part))


@remembered
def _drafts(text: str) -> tuple[Draft, ...]:
    return tuple(_Reader(_parser().parse(text)).drafts())


def _as_cards(drafts: Iterator[Draft]) -> Iterator[Draft]:
    """The blocks, with the link of a card in each of its blocks and without its brackets."""
    card: list[Draft] = []
    for draft in drafts:
        if not card and not _opens(draft.text):
            yield draft
            continue
        card.append(draft)
        end = _CARD_ENDS.search(draft.text) if len(card) > 1 else None
        if end:
            yield from _linked(card, end)
        elif len(card) == _CARD_BLOCKS or (len(card) > 1 and _opens(draft.text)):
            yield from card
        else:
            continue
        card = []
    yield from card


def _opens(text: str) -> bool:
    """Whether a block begins with an opening bracket that it does not close."""
    return text.startswith("[") and text.count("[") == text.count("]") + 1


def _linked(card: list[Draft], end: re.Match[str]) -> Iterator[Draft]:
    texts = [draft.text for draft in card]
    texts[-1] = texts[-1][: end.start()]
    texts[0] = texts[0][1:]
    for draft, text in zip(card, texts, strict=True):
        if text.strip():
            yield replace(draft, text=text, links=((0, end["address"]), *draft.links))


def text_drafts(text: str) -> Iterator[Draft]:
    """The blocks of a plain text: paragraphs between blank lines; a line with a marker begins a new one."""
    for paragraph in re.split(r"\n\s*\n", text):
        yield Draft(BlockKind.PARAGRAPH, "".join(_unwrapped(paragraph.split("\n"))))


def _unwrapped(lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield (BREAK if split_marker(line.strip())[0] else "\n") + line


@cache
def _parser() -> MarkdownIt:
    # Indented text is not code here: archives indent lists deeply. Joining is off to keep a stray ** recognisable.
    return (
        MarkdownIt("commonmark", {"maxNesting": _NESTED})
        .enable("table")
        .disable(["code", "fragments_join", "text_join", "inline", "reference"])
    )


class _Reader:
    """Walks the parser's tokens; each kind of token is handled by the method of its name."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.lists: list[bool] = []
        self.item: str | None = None
        self.heading = 0
        self.cells: list[_Inline] | None = None

    def drafts(self) -> Iterator[Draft]:
        """All blocks of the text, in order."""
        for token in self.tokens:
            if token.type == "inline":
                yield from self.inline(_inline(token.content))
            elif token.type in _VERBATIM:
                broken = _LINE_BREAK.sub(BREAK, token.content) if token.type == "html_block" else token.content
                text = broken if token.type == "html_block" else broken.replace("\n", BREAK)
                yield Draft(BlockKind.PARAGRAPH, _TAG.sub("", text) if token.type == "html_block" else text)
            elif token.type == "tr_close" and self.cells is not None:
                links = tuple(link for cell in self.cells for link in cell.links)
                yield Draft(BlockKind.ROW, "", cells=tuple(cell.cell() for cell in self.cells), links=links)
                self.cells = None
            else:
                self.border(token)

    def border(self, token: Token) -> None:
        """Handle the beginning or end of a list, an item, a heading or a row."""
        kind = token.type
        if kind in ("bullet_list_open", "ordered_list_open"):
            self.lists.append(kind.startswith("ordered"))
            self.item = None
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self.lists.pop()
            self.item = None
        elif kind == "list_item_open":
            self.item = f"{token.info}{token.markup}" if self.lists and self.lists[-1] else "•"
        elif kind == "list_item_close":
            self.item = None
        elif kind in ("heading_open", "heading_close"):
            self.heading = int(token.tag[1]) if kind == "heading_open" else 0
        elif kind == "tr_open":
            self.cells = []

    def inline(self, inline: "_Inline") -> Iterator[Draft]:
        """Draft a line of words: a cell, a heading, the beginning of an item, or a paragraph."""
        if self.cells is not None:
            self.cells.append(inline)
        elif self.heading:
            marker, self.item = self.item or "", None
            yield Draft(
                BlockKind.HEADING, inline.text.replace(BREAK, " "), self.heading, marker, links=tuple(inline.links)
            )
        elif inline.text.strip(BREAK + " \n"):
            marker, self.item = self.item or "", None
            kind, level = (BlockKind.ITEM, max(1, len(self.lists))) if marker else (BlockKind.PARAGRAPH, 0)
            yield Draft(kind, inline.text, level, marker, links=tuple(inline.links), bold=inline.bold)


_VERBATIM = ("fence", "code_block", "html_block")


class _Inline:
    """A line's words and links, and whether all of it is bold."""

    def __init__(self, content: str) -> None:
        self.links: list[tuple[int, str]] = []
        self.alt = ""
        self.depth = 0
        self.plain = False
        if len(content) > _PARSED:
            self.text, self.plain = _stripped(content), True
            return
        if not _MARKUP.search(content):
            self.text, self.plain = content, bool(content.strip())
            return
        pieces: list[str] = []
        size = 0
        for token in _children(content):
            if token.type == "link_open":
                self.links.append((size, str(token.attrs.get("href", ""))))
            piece = self.piece(token)
            pieces.append(piece)
            size += len(piece)
        self.text = "".join(pieces)

    @property
    def bold(self) -> bool:
        """Whether every word is bold."""
        return not self.plain

    def piece(self, token: Token) -> str:
        """The text of a token."""
        kind = token.type
        if kind in ("text", "text_special", "code_inline"):
            piece = "" if kind == "text" and token.content in _LEFT_OVER else token.content
            self.plain = self.plain or (not self.depth and bool(piece.strip()))
            return piece
        if kind in ("strong_open", "strong_close"):
            self.depth += 1 if kind == "strong_open" else -1
        elif kind == "image":
            self.alt = f"{self.alt} {token.content}".strip()
        elif kind == "hardbreak" or (kind == "html_inline" and _LINE_BREAK.match(token.content)):
            return BREAK
        return "\n" if kind == "softbreak" else ""

    def cell(self) -> str:
        """The text of a table cell, or the description of an icon that is alone in it."""
        return self.text if tidy(self.text.replace(BREAK, " ")) else self.alt


#: A line without any of these is plain text: no escape, code, emphasis, link, tag, entity or line break.
_MARKUP = re.compile(r"[\\`*_\[<&\n]")


@remembered
def _inline(content: str) -> _Inline:
    """The words and links of a line."""
    return _Inline(content)


#: Unmatched emphasis: archives write it around words where Markdown does not allow it.
_LEFT_OVER = frozenset(("*", "**", "***"))


def _children(content: str) -> list[Token]:
    tokens: list[Token] = []
    _parser().inline.parse(content, _parser(), {}, tokens)
    return tokens


def _stripped(content: str) -> str:
    content = _LINK.sub(r"\1", content).replace("**", "")
    return _TAG.sub("", _ESCAPED.sub(r"\1", content))
