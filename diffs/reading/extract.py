"""Read the policy text out of a capture: HTML, Markdown, plain text or the help API's JSON becomes a document.

HTML takes two steps: lxml's tree, which is cheap, finds the container (`diffs.reading.elements.main_content`);
BeautifulSoup reads that.
"""

import gc
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import groupby, islice
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from diffs.language import vocabulary
from diffs.language.normalise import fold, marked, tidy
from diffs.language.tags import primary
from diffs.values import Block, BlockKind, Capture, Document, Extraction, Selection

from . import feeds
from .blocks import BREAK, Draft, finish, ordinal, title_of
from .decode import Topic, decode, kind_of, parse, steady, topic_of, unmasked
from .elements.main_content import SLICE, shown
from .feeds import DAY, ENTRY, Feed
from .grid import Cell, rows_of
from .links import link_key
from .markdown import markdown_drafts, text_drafts

#: The name of this reader. It changes whenever the same bytes would give other blocks (architecture.md, rule 4).
EXTRACTOR = "policywatch-extract/11"

_BLOCKS = frozenset(vocabulary.table("containers")["block_elements"])
_BOLD = frozenset(("b", "strong"))
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
#: A table cell with so many characters is page layout, not a cell.
_CELL = 1500


def extract(capture: Capture, selection: Selection) -> Extraction:
    """The policy read from a capture.

    The document contains everything visible in the container, including furniture (`diffs.reading.boilerplate` removes
    that). A container that is missing or empty gives a document without blocks.
    Raises ExtractionError only for bytes that are not text (an image, a PDF, an archive).
    """
    text = decode(capture.body, capture.headers.get("content-type", ""))
    kind = kind_of(capture.media_type, text)
    if kind == "feed":
        feed = feeds.read(text, capture.final_url or capture.url)
        if feed is not None:
            return _feed_extraction(feed, capture)
        kind = "html"  # a page in place of a feed
    if kind == "help-api":
        topic = topic_of(text)
        if topic is not None:
            return _topic_extraction(topic, capture)
        kind = "html"  # a page in place of the interface's answer
    if kind == "html":
        return _html(text, capture, selection)
    drafts = markdown_drafts(text) if kind == "markdown" else text_drafts(text)
    blocks = finish(drafts, capture.final_url or capture.url)
    title = title_of(blocks) or capture.title
    return Extraction(Document(title, blocks, capture.language), container=kind if blocks else "", title=title)


def _topic_extraction(topic: Topic, capture: Capture) -> Extraction:
    root = parse(topic.content)
    blocks: tuple[Block, ...] = ()
    if root is not None:
        found, _ = shown(root, Selection(select=("body",)), capture.title)
        blocks = _read(found, capture.final_url or capture.url)
    title = tidy(topic.title)
    is_shown = any(block.kind is BlockKind.HEADING and block.numbered == title for block in blocks[:3])
    if title and blocks and not is_shown:
        blocks = finish([Draft(BlockKind.HEADING, title, level=1)], "") + blocks
    language = primary(topic.language)
    document = Document(title or title_of(blocks), blocks, capture.language or language)
    return Extraction(document, container="topic" if topic.content or title else "", title=title, language=language)


def _feed_extraction(feed: Feed, capture: Capture) -> Extraction:
    """The entries, each under its title; its id and date are kept among the links of that heading."""
    base = capture.final_url or capture.url
    title, language = tidy(_plain(feed.title)) or capture.title, primary(feed.language)
    blocks: list[Block] = []
    for item in feed.items:
        name = tidy(_plain(item.title)) or item.link
        day = item.published or item.updated
        marks = (f"{ENTRY}{item.name}", *((f"{DAY}{day}",) if day else ()))
        links = (link_key(item.link), *marks) if item.link else marks
        blocks.append(Block(BlockKind.HEADING, name, fold(name), 2, links=links))
        if item.published:
            said = f"Published {item.published}"
            blocks.append(Block(BlockKind.PARAGRAPH, said, fold(said), section=(name,)))
        blocks += (_inside(block, name) for block in _fragment(item.content, base))
    document = Document(title, tuple(blocks), capture.language or language)
    return Extraction(document, container="feed", title=title, language=language)


def _fragment(html: str, base: str) -> tuple[Block, ...]:
    """The visible blocks of a piece of HTML."""
    root = parse(html) if html.strip() else None
    return _read(shown(root, Selection(select=("body",)), "")[0], base) if root is not None else ()


def _inside(block: Block, name: str) -> Block:
    """A block of an entry, under the entry's title, without links that look like the mark of an entry."""
    links = tuple(link for link in block.links if not link.startswith((ENTRY, DAY)))
    level = min(6, block.level + 2) if block.kind is BlockKind.HEADING else block.level
    return replace(block, level=level, links=links, section=(name, *block.section))


def _plain(text: str) -> str:
    """The words of a title, without any markup."""
    return " ".join(block.shown for block in _fragment(text, "")) if "<" in text or "&" in text else text


def _html(text: str, capture: Capture, selection: Selection) -> Extraction:
    root = parse(text)
    if root is None:
        return Extraction(Document(capture.title, (), capture.language), container="", title="")
    if "data-cfemail" in text or "email-protection" in text:
        steady(root)
    title = tidy(root.findtext(".//title") or "")
    language = primary(root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
    host = urlsplit(capture.final_url or capture.url).hostname or ""
    scripted = capture.fetched_by == "browser"
    found, container = shown(root, selection, capture.title, host, scripted=scripted)
    blocks = _read(found, capture.final_url or capture.url)
    document = Document(title_of(blocks) or title or capture.title, blocks, capture.language or language)
    return Extraction(document, container, title, language)


def _read(pieces: list[str], base: str) -> tuple[Block, ...]:
    """The blocks of the containers, in order."""
    if sum(map(len, pieces)) <= SLICE:
        return _blocks("\n".join(pieces), base)
    reader = _Reader()
    for html in pieces:
        with _undisturbed():
            reader.read(BeautifulSoup(html, "lxml"))
    return finish(reader.drafts, base)


@lru_cache(maxsize=8)
def _blocks(html: str, base: str) -> tuple[Block, ...]:
    # Consecutive fetches mostly have the same container in a changed page: it need not be read again.
    if not html:
        return ()
    with _undisturbed():
        return finish(_Reader().read(BeautifulSoup(html, "lxml")), base)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Pause garbage collection while a tree is built, where it finds nothing and takes up to a third of the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@dataclass(slots=True)
class _List:
    ordered: bool
    next: int = 1
    style: str = "1"


@dataclass(slots=True)
class _Reader:
    """Walks BeautifulSoup's tree without recursion and drafts a block at every block border."""

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
            elif callable(here):
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
        """At a border between blocks, draft the text since the last one."""
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
        """Begin an element; return the function that ends it, or None if its content is already read."""
        name = tag.name
        if name in _BLOCKS:
            self.flush()
            return self.enter_block(tag, name)
        if "-" in name and _follows_its_like(tag):
            self.say(BREAK)
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
        level = _heading_level(tag, name)
        if level:
            self.heading = level
            return self.leave_heading
        if name == "table" and not _is_layout(tag):
            self.table(tag)
            return None
        if name in ("ul", "ol", "menu", "dir"):
            self.lists.append(
                _List(name == "ol", _number(tag.attrs.get("start"), 1), str(tag.attrs.get("type") or "1"))
            )
            self.item = None
            return self.leave_list
        if name == "li":
            self.item = self.marker(tag)
            return self.leave_item
        if name == "pre":
            self.pre += 1
            return self.leave_pre
        return self.flush

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
        """Draft one row of cells per table row, and a caption as a paragraph before them."""
        begun = len(self.drafts)
        for _, parts in groupby(table.find_all(["caption", "tr"]), key=lambda part: (part.name, id(part.parent))):
            group = list(parts)
            if group[0].name == "caption":
                for caption in group:
                    text, links = _flat(caption)
                    self.drafts.append(Draft(BlockKind.PARAGRAPH, text, links=links))
                continue
            flat = [[(cell, *_flat(cell)) for cell in row.find_all(["td", "th"], recursive=False)] for row in group]
            rows = rows_of([_cell(cell, text) for cell, text, _ in cells] for cells in flat)
            for row, cells in zip(rows, flat, strict=True):
                links = tuple(link for _, _, found in cells for link in found)
                self.drafts.append(Draft(BlockKind.ROW, "", cells=row.cells, links=links, again=row.again))
        _mark_blanks(self.drafts[begun:])


def _mark_blanks(rows: list[Draft]) -> None:
    """Mark the columns without a tick or cross in a row that has one: the place of the sign is the rule."""
    used = {at for row in rows for at, cell in enumerate(row.cells) if cell}
    for row in rows:
        if any(marked(cell).casefold() in _TICKS for cell in row.cells):
            row.cells = tuple(cell or (_UNTICKED if at in used else "") for at, cell in enumerate(row.cells))


#: The signs that tick a cell, and the sign for a cell without one in such a row.
_TICKS, _UNTICKED = frozenset((*"✓✗○●■★x",)), "☐"


def _heading_level(tag: Tag, name: str) -> int:
    """The level, 1 to 6, of what the page shows as a heading, else 0; a section's summary is its heading."""
    if name in _HEADINGS:
        return int(name[1])
    if tag.attrs.get("role") == "heading":
        return min(6, max(1, _number(tag.attrs.get("aria-level"), 2)))
    if name != "summary":
        return 0
    inside = islice(tag.descendants, _WITHIN)
    return 0 if any(isinstance(one, Tag) and one.name in _HEADINGS for one in inside) else 3


_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
#: A summary's own heading is among its first so many elements and texts.
_WITHIN = 200


def _follows_its_like(tag: Tag) -> bool:
    """Whether a web component directly follows another: they are cells or lines, whatever they mean to HTML."""
    before = tag.previous_sibling
    if isinstance(before, NavigableString) and before.isspace():
        before = before.previous_sibling
    return isinstance(before, Tag) and "-" in before.name


def _nothing() -> None:
    """Do nothing at the end of an inline element, which is no border."""


def _number(value: object, default: int) -> int:
    text = str(value if value is not None else "").strip()
    return int(text) if re.fullmatch(r"-?\d{1,6}", text) else default


def _is_layout(table: Tag) -> bool:
    """Whether a table is only layout: its cells contain headings, tables, or whole chapters."""
    if table.attrs.get("role") in ("presentation", "none"):
        return True
    if table.find(["table", *_HEADINGS]) is not None:
        return True
    widest = 0
    for row in table.find_all("tr"):
        cells = row.find_all(["td", "th"], recursive=False)
        widest = max(widest, len(cells))
        if any(_is_long(cell) for cell in cells):
            return True
    return widest < 2  # a single column is not a table


def _is_long(cell: Tag) -> bool:
    size = 0
    for text in cell.strings:
        size += len(text)
        if size > _CELL:
            return True
    return False


def _cell(cell: Tag, text: str) -> Cell:
    return Cell(text, _number(cell.attrs.get("rowspan"), 1), _number(cell.attrs.get("colspan"), 1))


def _flat(cell: Tag) -> tuple[str, tuple[tuple[int, str], ...]]:
    """A cell's text on one line and its links."""
    if cell.string is not None and isinstance(cell.contents[0], NavigableString):
        return tidy(cell.string), ()
    pieces = (f"• {draft.text}" if draft.kind is BlockKind.ITEM else draft.text for draft in _Reader().read(cell))
    return _one_line(line for piece in pieces for line in piece.split(BREAK)), tuple(_hrefs(cell))


def _one_line(lines: Iterable[str]) -> str:
    """The lines of a cell as one; a sign separates two that each state something of their own."""
    said: list[str] = []
    for line in filter(None, map(tidy, lines)):
        if said and _states(said[-1]) and _states(line) and _begins(line) and said[-1][-1] not in _ENDS_LINE:
            said[-1] += ";"
        said.append(line)
    return " ".join(said)


_ENDS_LINE = ".;:,!?…。；：、"


def _states(line: str) -> bool:
    """Whether a line has a few words with a figure: "Late shipment rate: at most 3%"."""
    return any(sign.isdigit() for sign in line) and any(sign.isalpha() for sign in line)


def _begins(line: str) -> bool:
    """Whether a line begins a new thought: not with a lower-case letter, a figure or a bracket."""
    return line[0].isalpha() and not line[0].islower()


def _hrefs(cell: Tag) -> Iterator[tuple[int, str]]:
    for anchor in cell.find_all("a"):
        href = anchor.attrs.get("href")
        if isinstance(href, str) and href:
            yield 0, href
