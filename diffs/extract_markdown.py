"""Read Markdown, as archives of terms keep it, and plain text into drafts of blocks."""

import re
from collections.abc import Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from diffs.blocks import BREAK, Draft
from diffs.document import BlockKind
from diffs.text import split_marker, tidy

#: Longer than this a line's markup is stripped, not parsed: the parser's cost grows faster than its input.
_PARSED = 60_000
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
_LINE_BREAK = re.compile(r"<\s*(?:br|/p|/div|/li|p|div|li)\b[^<>]{0,200}>", re.IGNORECASE)
_LINK = re.compile(
    r"!?\[((?:[^\[\]\\]|\\.){0,2000})\]\(<?([^()\s<>]{0,2000}(?:\([^()\s]{0,500}\)[^()\s<>]{0,500}){0,3})>?(?:\s+\"[^\"]{0,300}\")?\)"
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
#: The parser drops what is nested deeper than `_NESTED`; nobody reads that deep, so the text is taken up from there.
_DEEP = re.compile(r"^(?:[ \t]*[>*+-][ \t]?){15,}", re.MULTILINE)
_INDENTED = re.compile(r"^[ \t]{61,}", re.MULTILINE)
_NESTED = 120


def markdown_drafts(text: str) -> Iterator[Draft]:
    """The blocks of a Markdown text: headings of both kinds, lists with their numbers, tables, raw HTML as its words."""
    return _Reader(_parser().parse(_DEEP.sub("", _INDENTED.sub(" " * 60, text)))).drafts()


def text_drafts(text: str) -> Iterator[Draft]:
    """The blocks of a plain text: paragraphs between blank lines, a line with a marker begins one."""
    for paragraph in re.split(r"\n\s*\n", text):
        yield Draft(BlockKind.PARAGRAPH, "".join(_unwrapped(paragraph.split("\n"))))


def _unwrapped(lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield (BREAK if split_marker(line.strip())[0] else "\n") + line


@cache
def _parser() -> MarkdownIt:
    # Indented text is text here: archives indent lists deeply. Joining is off so that a stray ** stays recognisable.
    return (
        MarkdownIt("commonmark", {"maxNesting": _NESTED})
        .enable("table")
        .disable(["code", "fragments_join", "text_join", "inline", "reference"])
    )


class _Reader:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.lists: list[bool] = []
        self.item: str | None = None

    def drafts(self) -> Iterator[Draft]:
        heading = 0
        cells: list[_Inline] | None = None
        for token in self.tokens:
            kind = token.type
            if kind == "inline":
                inline = _Inline(token.content)
                if cells is not None:
                    cells.append(inline)
                elif heading:
                    yield self.draft(inline, heading)
                elif inline.text.strip(BREAK + " \n"):
                    yield self.draft(inline, 0)
            elif kind == "heading_open":
                heading = int(token.tag[1])
            elif kind == "heading_close":
                heading = 0
            elif kind in ("bullet_list_open", "ordered_list_open"):
                self.lists.append(kind.startswith("ordered"))
                self.item = None
            elif kind in ("bullet_list_close", "ordered_list_close"):
                self.lists.pop()
                self.item = None
            elif kind == "list_item_open":
                self.item = f"{token.info}{token.markup}" if self.lists and self.lists[-1] else "•"
            elif kind == "list_item_close":
                self.item = None
            elif kind == "tr_open":
                cells = []
            elif kind == "tr_close" and cells is not None:
                links = tuple(link for cell in cells for link in cell.links)
                yield Draft(BlockKind.ROW, "", cells=tuple(cell.cell() for cell in cells), links=links)
                cells = None
            elif kind in ("fence", "code_block", "html_block"):
                text = (
                    _LINE_BREAK.sub(BREAK, token.content)
                    if kind == "html_block"
                    else token.content.replace("\n", BREAK)
                )
                yield Draft(BlockKind.PARAGRAPH, _TAG.sub("", text))

    def draft(self, inline: "_Inline", heading: int) -> Draft:
        item, self.item = self.item, None
        if heading:
            return Draft(BlockKind.HEADING, inline.text.replace(BREAK, " "), heading, item or "", links=inline.links)
        if item is not None:
            return Draft(
                BlockKind.ITEM, inline.text, max(1, len(self.lists)), item, links=inline.links, bold=inline.bold
            )
        return Draft(BlockKind.PARAGRAPH, inline.text, links=inline.links, bold=inline.bold)


class _Inline:
    """A line's words, links and whether all of it is bold."""

    def __init__(self, content: str) -> None:
        self.links: tuple[tuple[int, str], ...] = ()
        self.bold = False
        self.alt = ""
        if len(content) > _PARSED:
            self.text = _stripped(content)
            return
        links: list[tuple[int, str]] = []
        pieces: list[str] = []
        size = depth = 0
        plain = False
        for token in _children(content):
            piece = ""
            if token.type in ("text", "text_special", "code_inline"):
                piece = "" if token.content in _LEFT_OVER and token.type == "text" else token.content
                plain = plain or (not depth and bool(piece.strip()))
            elif token.type == "softbreak":
                piece = "\n"
            elif token.type == "hardbreak":
                piece = BREAK
            elif token.type == "html_inline":
                piece = BREAK if _LINE_BREAK.match(token.content) else ""
            elif token.type == "image":
                self.alt = f"{self.alt} {token.content}".strip()
            elif token.type == "strong_open":
                depth += 1
            elif token.type == "strong_close":
                depth -= 1
            elif token.type == "link_open":
                links.append((size, str(token.attrs.get("href", ""))))
            pieces.append(piece)
            size += len(piece)
        self.text = "".join(pieces)
        self.links = tuple(links)
        self.bold = not plain

    def cell(self) -> str:
        """The text of a table cell; an icon alone in it speaks by its description."""
        return self.text if tidy(self.text.replace(BREAK, " ")) else self.alt


#: Emphasis that found no partner: archives write it around words where Markdown does not allow it.
_LEFT_OVER = frozenset(("*", "**", "***"))


def _children(content: str) -> list[Token]:
    tokens: list[Token] = []
    _parser().inline.parse(content, _parser(), {}, tokens)
    return tokens


def _stripped(content: str) -> str:
    content = _LINK.sub(r"\1", content).replace("**", "")
    return _TAG.sub("", _ESCAPED.sub(r"\1", content))
