"""Read the policy text out of a capture: HTML, Markdown, plain text or the help API's JSON to a document.

HTML takes two steps: lxml's tree, which is cheap, finds the container (`diffs.containers`); BeautifulSoup reads that.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from typing import NamedTuple
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, PreformattedString, Tag
from lxml import etree
from lxml.html import HTMLParser, HtmlElement, document_fromstring
from w3lib.encoding import html_to_unicode, read_bom

from diffs.blocks import BREAK, Draft, finish, title_of
from diffs.containers import select
from diffs.document import Block, BlockKind, Capture, Document, Extraction, Selection
from diffs.errors import ExtractionError
from diffs.extract_markdown import markdown_drafts, text_drafts
from diffs.text import tidy

#: Who made a document. Changed whenever the same bytes would give other blocks (design, rule 4).
EXTRACTOR = "policywatch-extract/1"

_BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3"
    " h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup option p pre search section summary table tbody td tfoot"
    " th thead tr ul caption".split(),
)
_BOLD = frozenset(("b", "strong"))
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
#: A table cell this long is page layout, not a cell.
_CELL = 1500
_SNIFFED = 4096
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f]")
#: Control bytes become blanks, the line's end "\n".
_BLANKED = bytes(0x20 if byte < 0x20 and byte not in (0x09, 0x0A) else byte for byte in range(256))
_MAGIC = (
    b"%PDF",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
    b"RIFF",
    b"\x7fELF",
    b"wOF",
    b"BZh",
)


def extract(capture: Capture, selection: Selection) -> Extraction:
    """Read the policy out of a capture.

    The document holds everything visible in the container, furniture too (`diffs.noise` removes that). A container
    that is missing or empty gives a document without blocks.
    Raises ExtractionError only for bytes that are no text (an image, a PDF, an archive).
    """
    text = decode(capture.body, capture.headers.get("content-type", ""))
    kind = _kind(capture.media_type, text)
    if kind == "help-api":
        topic = _topic(text)
        if topic is not None:
            return _topic_extraction(topic, capture)
        kind = "html"  # a page came where the interface should have answered
    if kind == "html":
        return _html(text, capture, selection)
    drafts = markdown_drafts(text) if kind == "markdown" else text_drafts(text)
    blocks = finish(drafts, capture.final_url or capture.url)
    title = title_of(blocks) or capture.title
    return Extraction(Document(title, blocks, capture.language), container=kind if blocks else "", title=title)


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a body: by its byte order mark, as UTF-8 where it is UTF-8, else as declared in header or page.

    Broken bytes become U+FFFD. Raises ExtractionError where the bytes are no text.
    """
    start = body[:_SNIFFED]
    encoding, mark = read_bom(start)
    if encoding is None and (start.startswith(_MAGIC) or start.count(0) > len(start) // 50):
        msg = f"The {len(body)} bytes are no text."
        raise ExtractionError(msg, remedy="Watch the page that links to the file instead.")
    if encoding is not None and mark is not None and encoding != "utf-8":
        return _CONTROL.sub(" ", body[len(mark) :].decode(encoding, "replace"))
    body = body.translate(_BLANKED)
    try:
        # Bytes outside ASCII that happen to be valid UTF-8 are UTF-8, whatever the page says.
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return html_to_unicode(content_type or None, body, default_encoding="utf-8", auto_detect_fun=_detected)[1]


def _detected(body: bytes) -> str:
    """Undeclared and not quite UTF-8: mostly UTF-8 with a few broken bytes, or the Western Windows encoding."""
    sample = body[:200_000]
    high = sum(byte > 0x7F for byte in sample)  # noqa: PLR2004 - the end of ASCII
    broken = sample.decode("utf-8", "replace").count("�")
    return "utf-8" if broken * 4 < high else "cp1252"


def _kind(media_type: str, text: str) -> str:
    start = text[:_SNIFFED].lstrip().casefold()
    if media_type in ("markdown", "text"):
        return media_type
    if media_type == "help-api" or start.startswith('{"topic"') or (start.startswith("{") and '"topic"' in start):
        return "help-api"
    return "html" if media_type == "html" or "<" in start else "text"


class _Topic(NamedTuple):
    title: str
    content: str
    language: str


def _topic(text: str) -> _Topic | None:
    """The article in an answer of the help API; an empty one where it says that there is none; None for another JSON."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, dict) or "topic" not in answer:
        return None
    topic = answer["topic"]
    if not isinstance(topic, dict):
        return _Topic("", "", "")
    title, content, locale = (topic.get(name) for name in ("title", "content", "locale"))
    return _Topic(
        title if isinstance(title, str) else "",
        content if isinstance(content, str) else "",
        locale if isinstance(locale, str) else "",
    )


def _topic_extraction(topic: _Topic, capture: Capture) -> Extraction:
    root = _parse(topic.content)
    blocks: tuple[Block, ...] = ()
    if root is not None:
        found, _ = select(root, Selection(select=("body",)), capture.title)
        blocks = _read(found, capture.final_url or capture.url)
    title = tidy(topic.title)
    if (
        title
        and blocks
        and not any(block.kind is BlockKind.HEADING and block.numbered == title for block in blocks[:3])
    ):
        blocks = finish([Draft(BlockKind.HEADING, title, level=1)], "") + blocks
    language = _primary(topic.language)
    document = Document(title or title_of(blocks), blocks, capture.language or language)
    return Extraction(document, container="topic" if topic.content or title else "", title=title, language=language)


def _html(text: str, capture: Capture, selection: Selection) -> Extraction:
    root = _parse(text)
    if root is None:
        return Extraction(Document(capture.title, (), capture.language), container="", title="")
    title = tidy(root.findtext(".//title") or "")
    language = _primary(root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
    found, container = select(root, selection, capture.title, urlsplit(capture.final_url or capture.url).hostname or "")
    blocks = _read(found, capture.final_url or capture.url)
    document = Document(title_of(blocks) or title or capture.title, blocks, capture.language or language)
    return Extraction(document, container, title, language)


def _primary(tag: str) -> str:
    found = re.match(r"[A-Za-z]{2,3}(?![A-Za-z])", tag.strip())
    return found[0].casefold() if found else ""


#: Elements that only group; a page nested deeper than the parser follows (2,048 levels) loses these, not its words.
_GROUPING = re.compile(
    r"<(/?)(?:div|span|section|article|font|center|blockquote|b|i|em|strong|u|a|ul|ol)\b[^<>]*>", re.IGNORECASE
)


def _parse(text: str) -> HtmlElement | None:
    """lxml's tree of a page; None where nothing is in it."""
    for repaired in (lambda: text, lambda: _GROUPING.sub("<p>", text), lambda: re.sub(r"<[^<>]*>", " ", text)):
        parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
        try:
            root = document_fromstring(repaired().encode("utf-8", "replace") or b"<p>", parser=parser)
        except (etree.ParserError, AssertionError):
            return None
        if not any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
            return root
    return None


def _read(found: list[HtmlElement], base: str) -> tuple[Block, ...]:
    """The blocks of the containers, in order."""
    slices = [html for element in found for html in _slices(element)]
    if sum(map(len, slices)) <= _SLICE:
        return _blocks("\n".join(slices), base)
    reader = _Reader()
    for html in slices:
        reader.read(BeautifulSoup(html, "lxml"))
    return finish(reader.drafts, base)


@lru_cache(maxsize=8)
def _blocks(html: str, base: str) -> tuple[Block, ...]:
    # Consecutive looks mostly bring the same container in another page around it: that costs no second reading.
    return finish(_Reader().read(BeautifulSoup(html, "lxml")), base) if html else ()


#: BeautifulSoup needs some fifty times a text's size: more HTML than this (in characters) is read piece by piece.
_SLICE = 1_000_000
_SLICEABLE = ("html", "body", "main", "article", "section", "div", "form", "center")


def _slices(element: HtmlElement) -> Iterator[str]:
    """An element's HTML, in pieces where it is very long and only groups others."""
    html = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    while len(html) > _SLICE and element.tag in _SLICEABLE and len(element) == 1 and not (element.text or "").strip():
        element = element[0]
    if len(html) <= _SLICE or element.tag not in _SLICEABLE:
        yield html
        return
    del html
    piece, size = [escape(element.text or "")], 0
    for child in element:
        inner = etree.tostring(child, encoding="unicode", method="html")
        piece.append(inner)
        size += len(inner)
        if size > _SLICE:
            yield "".join(piece)
            piece, size = [], 0
    yield "".join(piece)


@dataclass(slots=True)
class _List:
    ordered: bool
    next: int = 1
    style: str = "1"


@dataclass(slots=True)
class _Reader:
    """Walks BeautifulSoup's tree without recursion and drafts a block at every border of one."""

    drafts: list[Draft] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    links: list[tuple[int, str]] = field(default_factory=list)
    size: int = 0
    plain: int = 0
    bold: int = 0
    lists: list[_List] = field(default_factory=list)
    heading: int = 0
    item: str | None = None
    pre: int = 0

    def read(self, soup: Tag) -> list[Draft]:
        """All blocks inside an element."""
        stack: list[PageElement | Callable[[], None]] = list(reversed(soup.contents))
        while stack:
            here = stack.pop()
            if isinstance(here, Tag):
                leave = self.enter(here)
                if leave is not None:
                    stack.append(leave)
                    stack.extend(reversed(here.contents))
            elif isinstance(here, NavigableString):
                if not isinstance(here, PreformattedString):
                    self.say(here)
            else:
                here()
        self.flush()
        return self.drafts

    def say(self, text: str) -> None:
        if self.pre:
            text = text.replace("\n", BREAK)
        self.pieces.append(text)
        self.size += len(text)
        if not self.bold and not self.plain and not text.isspace():
            self.plain = 1

    def flush(self) -> None:
        """A border between blocks: draft what was said since the last one."""
        if self.pieces:
            text = "".join(self.pieces)
            if not text.isspace() and text.strip(BREAK + " \n\t"):
                self.drafts.append(self.draft(text))
                self.item = None
            self.pieces, self.links, self.size, self.plain = [], [], 0, 0

    def draft(self, text: str) -> Draft:
        links = tuple(self.links)
        if self.heading:
            return Draft(BlockKind.HEADING, text.replace(BREAK, " "), self.heading, self.item or "", links=links)
        if self.item is not None:
            return Draft(BlockKind.ITEM, text, max(1, len(self.lists)), self.item, links=links, bold=not self.plain)
        return Draft(BlockKind.PARAGRAPH, text, links=links, bold=not self.plain)

    def enter(self, tag: Tag) -> Callable[[], None] | None:
        """Begin an element; gives what ends it, None where its inside is read already."""
        name = tag.name
        if name in _BLOCKS:
            self.flush()
            return self.enter_block(tag, name)
        if name in _BOLD or (tag.attrs and _BOLD_STYLE.search(str(tag.attrs.get("style", "")))):
            self.bold += 1
            return self.leave_bold
        if name == "br":
            self.say(BREAK)
        elif name == "a":
            self.link(tag)
        elif name == "q":
            self.say('"')
            return lambda: self.say('"')
        elif name == "sup" and self.pieces and self.pieces[-1][-1:].isdigit():
            self.say(" ")
        if "data-cfemail" in tag.attrs:
            self.say(unmasked(str(tag.attrs["data-cfemail"])) or tag.get_text())
            return None
        return _nothing

    def link(self, tag: Tag) -> None:
        href = tag.attrs.get("href")
        if isinstance(href, str) and href:
            self.links.append((self.size, href))

    def leave_bold(self) -> None:
        self.bold -= 1

    def enter_block(self, tag: Tag, name: str) -> Callable[[], None] | None:
        if name == "table" and not _is_layout(tag):
            self.table(tag)
            return None
        if name in ("ul", "ol", "menu", "dir"):
            start = _number(tag.attrs.get("start"), 1)
            self.lists.append(_List(name == "ol", start, str(tag.attrs.get("type") or "1")))
            self.item = None
            return self.leave_list
        if name == "li":
            self.item = self.marker(tag)
            return self.leave_item
        if name in ("h1", "h2", "h3", "h4", "h5", "h6"):
            return self.enter_heading(int(name[1]))
        if tag.attrs.get("role") == "heading":
            return self.enter_heading(min(6, max(1, _number(tag.attrs.get("aria-level"), 2))))
        if name == "summary" and tag.find(["h1", "h2", "h3", "h4", "h5", "h6"]) is None:
            return self.enter_heading(3)
        if name == "pre":
            self.pre += 1
            return self.leave_pre
        return self.flush

    def enter_heading(self, level: int) -> Callable[[], None]:
        self.heading = level
        return self.leave_heading

    def leave_heading(self) -> None:
        self.flush()
        self.heading = 0

    def leave_pre(self) -> None:
        self.flush()
        self.pre -= 1

    def leave_list(self) -> None:
        self.flush()
        self.lists.pop()

    def leave_item(self) -> None:
        self.flush()
        self.item = None

    def marker(self, tag: Tag) -> str:
        if not self.lists or not self.lists[-1].ordered:
            return "•"
        here = self.lists[-1]
        here.next = _number(tag.attrs.get("value"), here.next)
        marker = ordinal(here.next, str(tag.attrs.get("type") or here.style))
        here.next += 1
        return marker

    def table(self, table: Tag) -> None:
        """One row of cells per table row; a caption is a paragraph before them."""
        for part in table.find_all(["caption", "tr"]):
            if part.name == "caption":
                text, links = _flat(part)
                self.drafts.append(Draft(BlockKind.PARAGRAPH, text, links=links))
                continue
            cells = [_flat(cell) for cell in part.find_all(["td", "th"], recursive=False)]
            links = tuple(link for _, found in cells for link in found)
            self.drafts.append(Draft(BlockKind.ROW, "", cells=tuple(text for text, _ in cells), links=links))


def _nothing() -> None:
    """An inline element ends: no border."""


def _number(value: object, default: int) -> int:
    text = str(value if value is not None else "").strip()
    return int(text) if re.fullmatch(r"-?\d{1,6}", text) else default


def ordinal(number: int, style: str) -> str:
    """The marker a browser shows for a list item: "3.", "c.", "iii."."""
    if style in ("a", "A") and number > 0:
        letters = ""
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(ord(style) + rest) + letters
        return f"{letters}."
    if style in ("i", "I") and 0 < number < 4000:  # noqa: PLR2004 - the end of Roman numerals
        roman = "".join(_ROMAN[place][int(digit)] for place, digit in enumerate(f"{number:04d}"))
        return f"{roman.casefold() if style == 'i' else roman}."
    return f"{number}."


_ROMAN = (
    ("", "M", "MM", "MMM"),
    ("", "C", "CC", "CCC", "CD", "D", "DC", "DCC", "DCCC", "CM"),
    ("", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC"),
    ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"),
)


def unmasked(code: str) -> str:
    """The e-mail address behind Cloudflare's mask (hex: a key byte, then every byte of the address XOR the key); "" for other text."""
    try:
        key, *masked = bytes.fromhex(code)
        address = bytes(byte ^ key for byte in masked).decode()
    except ValueError:
        return ""
    return address if re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", address) else ""


def _is_layout(table: Tag) -> bool:
    """Whether a table only places things on the page: its cells hold headings, tables, or whole chapters."""
    if table.attrs.get("role") in ("presentation", "none"):
        return True
    if table.find(["table", "h1", "h2", "h3", "h4", "h5", "h6"]) is not None:
        return (
            table.find("table") is not None
            or table.find(lambda tag: tag.name in _HEADINGS and not tag.find_parent("th")) is not None
        )
    widest = 0
    for row in table.find_all("tr"):
        cells = row.find_all(["td", "th"], recursive=False)
        widest = max(widest, len(cells))
        if any(_is_long(cell) for cell in cells):
            return True
    return widest < 2  # noqa: PLR2004 - one column is no table


_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def _is_long(cell: Tag) -> bool:
    size = 0
    for text in cell.strings:
        size += len(text)
        if size > _CELL:
            return True
    return False


def _flat(cell: Tag) -> tuple[str, tuple[tuple[int, str], ...]]:
    """A cell's text on one line and its links; an icon alone in a cell speaks by its description."""
    if cell.string is not None and isinstance(cell.contents[0], NavigableString):
        return tidy(cell.string), ()
    pieces = (f"• {draft.text}" if draft.kind is BlockKind.ITEM else draft.text for draft in _Reader().read(cell))
    text = tidy(" ".join(pieces).replace(BREAK, " "))
    if not text:
        text = tidy(" ".join(str(image.attrs.get("alt", "")) for image in cell.find_all("img")))
    return text, tuple(_hrefs(cell))


def _hrefs(cell: Tag) -> Iterator[tuple[int, str]]:
    for anchor in cell.find_all("a"):
        href = anchor.attrs.get("href")
        if isinstance(href, str) and href:
            yield 0, href
