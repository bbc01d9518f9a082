"""The values that pass between the steps: texts, hunks, facts, targets, verdicts.

All are frozen. None knows a database, a clock or the network.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from json.encoder import encode_basestring
from typing import Any, Literal, Self, get_args

#: What a page is about, as watch-lists call it; a seller filters by it.
Category = Literal[
    "agreement",
    "policy",
    "performance",
    "fees",
    "intellectual-property",
    "restricted",
    "appeals",
    "tax",
    "changes",
]
CATEGORIES: tuple[str, ...] = get_args(Category)

# Japanese and Chinese; Thai, Lao, Burmese, Khmer: they do not separate words by spaces.
_CHARACTERS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]+")
_LETTERS = re.compile("[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff]+")
#: Any of these letters.
_UNPARTED = re.compile(f"{_CHARACTERS.pattern[:-2]}{_LETTERS.pattern[1:-1]}")


def word_count(text: str) -> int:
    """How many words a text has; about as many as its length suggests if the language does not separate words."""
    count = len(text.split())
    if text.isascii():
        return count
    if not _UNPARTED.search(text):
        return count
    for run, letters_a_word in ((_CHARACTERS, 2), (_LETTERS, 4)):
        count += sum((len(found) - 1) // letters_a_word for found in run.findall(text))
    return count


class BlockKind(StrEnum):
    """What a block is on the page."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph, list item or table row, in reading order.

    `shown` is the text as a reader sees it, without its list marker or number.
    `compared` is the same text folded for comparison (`diffs.language.normalise.fold`): equal means no policy change.
    `marker` is the number or bullet before it ("3.2", "(b)", "•"), kept apart so that renumbering is not rewording.
    `level` is 1 to 6 for a heading, the nesting depth from 1 for a list item, otherwise 0.
    `cells` are a row's cells as shown (`shown` joins them with " | ").
    `links` are the link targets inside it, canonical (`diffs.reading.links.link_key`), in order.
    `section` holds the headings above it, outermost first, each with its number: ("3. Term", "(b) Notice").
    """

    kind: BlockKind
    shown: str
    compared: str
    level: int = 0
    marker: str = ""
    cells: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    section: tuple[str, ...] = ()

    @property
    def words(self) -> int:
        """How many words it has, as compared; an empty block counts as one."""
        return self.compared.count(" ") + 1 if self.compared.isascii() else word_count(self.compared)

    @property
    def place(self) -> str:
        """The section path as one line: "3. Term and Termination › (b)"."""
        return " › ".join(self.section)

    @property
    def numbered(self) -> str:
        """The text as shown with its marker in front."""
        return f"{self.marker} {self.shown}" if self.marker else self.shown


@dataclass(frozen=True, slots=True)
class Edition:
    """A document that a link leads to, by its name: "fees-2026.pdf", and the words of the name without its figures."""

    name: str
    words: tuple[str, ...]

    def replaces(self, other: "Edition") -> bool:
        """Whether this is another edition of the same document."""
        return self.words == other.words and self.name != other.name


@dataclass(frozen=True)
class Document:
    """A policy text: its blocks in reading order, with the page's own title and language.

    `language` is the language of the text as a BCP 47 tag, with the country where one is known ("en-GB"), or "".
    `cited` names the editions it refers to (`diffs.reading.links.cited`): a policy that points to the fees of another
    year has changed, though no word of it did.
    """

    title: str
    blocks: tuple[Block, ...]
    language: str = ""
    cited: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Document):
            return NotImplemented
        if self is other:
            return True
        is_same = (self.title, self.blocks, self.language, self.cited) == (
            other.title,
            other.blocks,
            other.language,
            other.cited,
        )
        if is_same:
            # A text that was read twice is found again by each step: only the first compares it block by block.
            object.__setattr__(other, "blocks", self.blocks)
        return is_same

    def __hash__(self) -> int:
        return hash(self.fingerprint)  # computed once; a hash of all blocks would be computed at every dict access

    @cached_property
    def compared(self) -> str:
        """All words as compared, block borders and markers folded away."""
        return " ".join(block.compared for block in self.blocks if block.compared)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of `compared` and `cited`: two documents with the same fingerprint state the same policy."""
        return hashlib.sha256("\x00".join((self.compared, *self.cited)).encode()).hexdigest()

    @cached_property
    def shown(self) -> str:
        """The whole text as shown: one block per line with its marker, a blank line around headings."""
        return "\n".join(_lines(self.blocks)).strip() + "\n" if self.blocks else ""

    @cached_property
    def words(self) -> int:
        """How many words the text has, as compared."""
        return word_count(self.compared)

    def with_blocks(self, blocks: tuple[Block, ...]) -> Self:
        """The same document with other blocks."""
        return replace(self, blocks=blocks)

    def to_json(self) -> bytes:
        """Canonical JSON bytes, the form in which a version is stored."""
        # What `json.dumps` writes with sorted keys and `indent=0`, one value a line; that takes ten times as long.
        cited = [f'"cited": {_listed(self.cited)}'] if self.cited else []
        fields = [
            f'"blocks": {_in_lines("[", map(_written, self.blocks), "]")}',
            *cited,
            f'"language": {_quoted(self.language)}',
            f'"title": {_quoted(self.title)}',
        ]
        return _in_lines("{", fields, "}").encode()

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """The document that `to_json` wrote.

        Raises KeyError or ValueError if the bytes are not such a document.
        """
        fields = json.loads(data)
        return cls(
            title=fields["title"],
            language=fields["language"],
            blocks=tuple(block_from(block) for block in fields["blocks"]),
            cited=tuple(fields.get("cited", ())),
        )


def _lines(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            yield ""
            yield f"{'#' * max(1, block.level)} {block.numbered}"
            yield ""
        elif block.kind is BlockKind.ITEM:
            yield f"{'  ' * (max(1, block.level) - 1)}{block.marker or '-'} {block.shown}"
        else:
            yield block.numbered


def _written(block: Block) -> str:
    """A block as JSON, with its keys in order, without empty values."""
    fields = [
        f'"cells": {_listed(block.cells)}' if block.cells else "",
        f'"compared": {_quoted(block.compared)}' if block.compared else "",
        f'"kind": {_quoted(block.kind)}',
        f'"level": {block.level}' if block.level else "",
        f'"links": {_listed(block.links)}' if block.links else "",
        f'"marker": {_quoted(block.marker)}' if block.marker else "",
        f'"section": {_listed(block.section)}' if block.section else "",
        f'"shown": {_quoted(block.shown)}' if block.shown else "",
    ]
    return _in_lines("{", filter(None, fields), "}")


def _listed(texts: tuple[str, ...]) -> str:
    return _in_lines("[", map(_quoted, texts), "]")


def _in_lines(opening: str, values: Iterable[str], closing: str) -> str:
    inside = ",\n".join(values)
    return f"{opening}\n{inside}\n{closing}" if inside else opening + closing


_quoted = encode_basestring


def block_from(fields: dict[str, Any]) -> Block:
    """The Block from the mapping that `dataclasses.asdict` gives (empty fields may be omitted)."""
    return Block(
        kind=BlockKind(fields["kind"]),
        shown=fields.get("shown", ""),
        compared=fields.get("compared", ""),
        level=fields.get("level", 0),
        marker=fields.get("marker", ""),
        cells=tuple(fields.get("cells", ())),
        links=tuple(fields.get("links", ())),
        section=tuple(fields.get("section", ())),
    )


@dataclass(frozen=True, slots=True)
class Selection:
    """Which part of a page is the policy: CSS selectors to keep and to drop.

    An empty `select` means that the container is found automatically.
    """

    select: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


class Op(StrEnum):
    """What happened to the blocks of a hunk."""

    ADDED = "added"
    REMOVED = "removed"
    EDITED = "edited"
    MOVED = "moved"
    RENUMBERED = "renumbered"
    #: The same words as compared: other typography, link targets, kind or division into blocks.
    COSMETIC = "cosmetic"


class SpanOp(StrEnum):
    """What happened to a run of words inside an edited block."""

    EQUAL = "equal"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of words with the spaces that belong to it.

    The EQUAL and REMOVED spans of a hunk joined give the old text, the EQUAL and ADDED ones the new.
    `cosmetic` is true if the text compares as equal on both sides: other quotes, another kind of space.
    """

    op: SpanOp
    text: str
    cosmetic: bool = False


@dataclass(frozen=True, slots=True)
class Hunk:
    """One place where two documents differ.

    `before` are the blocks removed from the old document, `after` those that are in the new one.
    `old_at` and `new_at` are the indexes of the first of them in their document (for a pure addition `old_at` is
    where it would have been, and the other way round).
    `spans` are word edits of an EDITED hunk, or of a MOVED one that was edited on the way; several blocks on one
    side are joined by a newline.
    `rename` is true if only a name changed, in the same way throughout the document.
    `lead` is the line that introduces the list it is in ("You may not:"), as shown; "" if there is none.
    """

    op: Op
    before: tuple[Block, ...] = ()
    after: tuple[Block, ...] = ()
    old_at: int = 0
    new_at: int = 0
    spans: tuple[Span, ...] = ()
    rename: bool = False
    lead: str = ""

    @property
    def marks(self) -> tuple[Span, ...]:
        """The spans as a reader should see them: what is only written differently is not marked, and reads as now."""
        marks: list[Span] = []
        for span in self.spans:
            if span.cosmetic and span.op is SpanOp.REMOVED:
                continue
            op = SpanOp.EQUAL if span.cosmetic else span.op
            if marks and marks[-1].op is op:
                marks[-1] = Span(op, marks[-1].text + span.text)
            else:
                marks.append(Span(op, span.text))
        return tuple(marks)

    @property
    def section_before(self) -> str:
        """Where it was, as one line; "" for an addition."""
        return _place(self.before)

    @property
    def section_after(self) -> str:
        """Where it is now, as one line; "" for a removal."""
        return _place(self.after)

    @property
    def text_before(self) -> str:
        """The old blocks as shown, one per line."""
        return "\n".join(block.shown for block in self.before)

    @property
    def text_after(self) -> str:
        """The new blocks as shown, one per line."""
        return "\n".join(block.shown for block in self.after)


def _place(blocks: tuple[Block, ...]) -> str:
    return blocks[0].place if blocks else ""


@dataclass(frozen=True, slots=True)
class Quiet:
    """A hunk that is not reported, with the evidence in words a seller understands."""

    hunk: Hunk
    why: str


@dataclass(frozen=True, slots=True)
class Rename:
    """A name that changed in the same way throughout a document, and in how many places."""

    before: str
    after: str
    places: int


@dataclass(frozen=True, slots=True)
class Reheaded:
    """A run of blocks that stayed the same while the headings above them changed: no edit, kept for the rebuild.

    `old_at` and `new_at` are the indexes of the first, `before` and `after` the section path of all of them.
    """

    old_at: int
    new_at: int
    count: int
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two documents differ, in the new document's order; removed blocks are where they were.

    `hunks` hold every difference, RENUMBERED and COSMETIC ones included; `reheaded` says which of the other blocks are
    under other headings now. Both together turn one document into the other.
    """

    hunks: tuple[Hunk, ...] = ()
    renames: tuple[Rename, ...] = ()
    reheaded: tuple[Reheaded, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A typed fact of a change, with the sentences it was read from.

    `kind` is one of: percent, money, duration, date, count, duty, definition_added, definition_removed, renamed,
    scope_added, scope_removed, section_added, section_removed, link_target; on an index page page_listed and
    page_unlisted (addresses; the sentences are the links' words); announcement (an entry of a feed or log: day, address
    and title), withdrawn (an entry of a log that is gone before its time: its day; the sentence is its title) and
    announced (what foretold this change: its day, the id of its change and what it said).
    `before` and `after` are the values as written ("" if there is none).
    `hunk` is the index of the hunk it was read from.
    """

    kind: str
    before: str
    after: str
    sentence_before: str = ""
    sentence_after: str = ""
    section: str = ""
    hunk: int = -1


@dataclass(frozen=True, slots=True)
class Target:
    """A performance target that a text states.

    `comparator` is one of "<", "<=", ">", ">=", "=", "range" (then from `value` to `value2`).
    `value` is in `unit`: percent, hours, days, score, stars, count, orders; 4 percent is 4.0.
    `strength` is requirement, recommendation, advisory, goal, band, eligibility, definition or implied.
    `section` is where the sentence is. Vocabulary: the field's data set of help-page sentences.
    `effective_on` is the first day on which it is in force and `ends_on` the last, as ISO dates ("2026-05-01"), or
    "--05-01" where the text gives no year; None where it gives no day.
    """

    metric: str
    comparator: str
    value: float
    unit: str = "percent"
    value2: float | None = None
    window: str | None = None
    scope: str | None = None
    strength: str = "requirement"
    consequence: str | None = None
    sentence: str = ""
    section: str = ""
    effective_on: str | None = None
    ends_on: str | None = None


@dataclass(frozen=True, slots=True)
class TargetMove:
    """A target that appeared, is gone, became stricter or looser, or changed its scope, window or strength."""

    move: str
    before: Target | None = None
    after: Target | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """How much a change matters, and why.

    `significance` is material, editorial or cosmetic; `importance` is high, medium or low, from the seller's side.
    `reasons` say which rule and which words led to it; `categories` are what a seller filters by.
    """

    significance: str
    importance: str
    reasons: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


class Outcome(StrEnum):
    """What one check of a page returned."""

    OK = "ok"
    UNCHANGED = "unchanged"
    ROBOT_CHECK = "robot_check"
    LOGIN_REQUIRED = "login_required"
    WAF_CHALLENGE = "waf_challenge"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"
    GONE = "gone"
    JS_SHELL = "js_shell"
    EMPTY = "empty"
    WRONG_LANGUAGE = "wrong_language"
    TRUNCATED = "truncated"
    WRONG_PAGE = "wrong_page"
    ERROR = "error"


#: Outcomes in which the policy was read (an unchanged text counts as read).
READ = frozenset({Outcome.OK, Outcome.UNCHANGED})

#: Outcomes by which a host asks to be left alone: we stop for 24 hours (architecture.md, rule 9).
BLOCKED = frozenset({Outcome.ROBOT_CHECK, Outcome.WAF_CHALLENGE})


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's verdict on a capture: what it is, by which rule, and why in words a seller understands."""

    outcome: Outcome
    rule: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Capture:
    """What one fetch returned, before it is read.

    `headers` have lower-case names; `status` is 0 if there was no answer, then `error` says why.
    `fetched_by` is http, browser, help-api or feed, or the source of recorded history: folder, ota, wayback, warc.
    `media_type` is html, markdown, text, help-api, feed or other.
    `language` is the language the page is declared in ("en", "pt-BR"), "" if it may be any.
    """

    url: str
    final_url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    fetched_by: str = "http"
    media_type: str = "html"
    language: str = ""
    title: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was read from a capture.

    `document` still holds everything visible in the container; noise is removed later.
    `container` is the selector that matched, "body" if the whole page was taken, "" if nothing was found.
    `title` is the page's `<title>` (or the API's), `language` its declared language ("" if none).
    """

    document: Document
    container: str
    title: str = ""
    language: str = ""
