"""What a feed or an official change log announces: its entries, which are new, and which change they announced.

A new entry is news of its own; one that drops off the old end of the list is not. Any other difference in an entry is
an ordinary edit.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from diffs.comparing.compare import compare
from diffs.language import dates
from diffs.language.normalise import fold, loose
from diffs.reading.feeds import DAY, ENTRY
from diffs.values import Block, BlockKind, Comparison, Document, Fact, Hunk, Op

#: A line of a change log that gives the date of what follows has at most so many words.
_LINE_WORDS = 10
#: How long after the announced effective date a change may still follow; without one, how long after the announcement.
_FOLLOWS = timedelta(days=60)
#: If the announcement only names a policy's title, the change must follow sooner after the announced date.
_FOLLOWS_CLOSELY = timedelta(days=14)
#: A title of fewer letters ("Fees") occurs in too many sentences to identify a page.
_TITLE_LETTERS = 12
#: How much of an announcement is repeated with the change, in characters.
_QUOTE = 600


@dataclass(frozen=True, slots=True)
class Announced:
    """An entry of a feed or log: its lasting key, its title, its date, and which blocks of the document are in it."""

    key: str
    title: str
    day: date | None
    start: int
    stop: int
    link: str = ""


@dataclass(frozen=True, slots=True)
class Split:
    """How a list of entries changed.

    `news` are the new entries, each with the hunk that shows it; `old` and `new` are the documents without new and
    dropped entries; `comparison` contains the hunks of the new entries, then those in which `old` and `new` differ.
    """

    news: tuple[tuple[Hunk, Announced], ...]
    old: Document
    new: Document
    comparison: Comparison

    def left_in(self, comparison: Comparison) -> tuple[tuple[Hunk, Announced], ...]:
        """The new entries whose hunks are still there after noise was removed."""
        left = set(comparison.hunks)
        return tuple((hunk, entry) for hunk, entry in self.news if hunk in left)

    def rest_of(self, comparison: Comparison) -> Comparison:
        """The comparison without the new entries."""
        news = {hunk for hunk, _ in self.news}
        return replace(comparison, hunks=tuple(hunk for hunk in comparison.hunks if hunk not in news))


def entries(document: Document, *, is_log: bool) -> tuple[Announced, ...]:
    """The entries of a feed or, with `is_log`, of a change log, in the order of the document."""
    starts = list(_feed_starts(document)) or (list(_log_starts(document)) if is_log else [])
    found: dict[str, Announced] = {}
    for number, (at, key, day, ends) in enumerate(starts):
        following = starts[number + 1][0] if number + 1 < len(starts) else len(document.blocks)
        name = key if key not in found else f"{key}#{number}"
        block = document.blocks[at]
        link = next((link for link in block.links if not link.startswith((ENTRY, DAY))), "")
        title = block.numbered if block.kind is not BlockKind.ROW else " | ".join(block.cells[:2])
        found[name] = Announced(name, title, day, at, min(following, ends), link)
    return tuple(found.values())


def split(old: Document, new: Document, *, is_log: bool) -> Split | None:
    """The new entries of a list and its other differences; None if either document has no entries."""
    was, now = (entries(document, is_log=is_log) for document in (old, new))
    if not was or not now:
        return None
    known, kept = {entry.key for entry in was}, {entry.key for entry in now}
    came = [entry for entry in now if entry.key not in known]
    # A feed shows only its newest entries: one that is missing may still exist elsewhere.
    is_feed = was[0].key.startswith(ENTRY)
    went = [entry for entry in was if entry.key not in kept and (is_feed or _is_oldest(entry, now))]
    oldest = min((entry.day for entry in was if entry.day), default=None)
    # A list that shows more of its past than before announces nothing new.
    fresh = [entry for entry in came if entry.day is None or oldest is None or entry.day >= oldest]
    news = tuple((Hunk(Op.ADDED, (), new.blocks[one.start : one.stop], 0, one.start), one) for one in fresh)
    left, stays = _without(old, went), _without(new, came)
    rest = compare(left, stays)
    return Split(news, left, stays, replace(rest, hunks=(*(hunk for hunk, _ in news), *rest.hunks)))


def fact(entry: Announced, address: str) -> Fact:
    """An entry as a fact of its change: its date, its address ("" where that is the list's own), its title."""
    return Fact("announcement", entry.day.isoformat() if entry.day else "", address, "", entry.title, hunk=0)


def _feed_starts(document: Document) -> Iterator[tuple[int, str, date | None, int]]:
    for at, block in enumerate(document.blocks):
        key = next((link for link in block.links if link.startswith(ENTRY)), "")
        if key:
            day = next((link.removeprefix(DAY) for link in block.links if link.startswith(DAY)), "")
            yield at, key, date.fromisoformat(day) if day else None, len(document.blocks)


def _log_starts(document: Document) -> Iterator[tuple[int, str, date | None, int]]:
    """The lines that begin a log's entries: headings with a date, or else short dated lines, or else dated rows."""
    dated = [(at, day) for at, block in enumerate(document.blocks) if (day := _dated_line(block, document.language))]
    for kind in (BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.ROW):
        found = [(at, day) for at, day in dated if document.blocks[at].kind is kind]
        level = min((document.blocks[at].level for at, _ in found), default=0)
        found = [(at, day) for at, day in found if document.blocks[at].level == level]
        for at, day in found:
            block = document.blocks[at]
            key = block.compared if kind is not BlockKind.ROW else f"{day} {fold(' '.join(block.cells[1:2]))[:60]}"
            yield at, key, day, _end(document, at)
        if found:
            return


def _dated_line(block: Block, language: str) -> date | None:
    """The date that a line of a log consists of; None where the line says more."""
    text = block.cells[0] if block.kind is BlockKind.ROW and block.cells else block.shown
    if block.kind is BlockKind.ITEM or len(text.split()) > _LINE_WORDS or text.rstrip().endswith("."):
        return None
    found = [one for one in dates.dates_in(text, language) if one.day]
    if len(found) != 1 or dates.is_update_stamp(text, found[0]):
        return None
    return found[0].day


def _end(document: Document, at: int) -> int:
    """The block before which an entry ends at the latest: a row after its line, a section before its next equal."""
    first = document.blocks[at]
    if first.kind is BlockKind.ROW:
        return at + 1
    for number in range(at + 1, len(document.blocks)):
        block = document.blocks[number]
        if block.kind is BlockKind.HEADING and (first.kind is not BlockKind.HEADING or block.level <= first.level):
            return number
    return len(document.blocks)


def _is_oldest(entry: Announced, kept: Iterable[Announced]) -> bool:
    """Whether an entry dropped off the old end; one withdrawn while older ones stay is news."""
    days = [other.day for other in kept if other.day]
    return entry.day is None or not days or entry.day <= min(days)


def _without(document: Document, gone: Iterable[Announced]) -> Document:
    taken = {at for entry in gone for at in range(entry.start, entry.stop)}
    return document.with_blocks(tuple(block for at, block in enumerate(document.blocks) if at not in taken))


# --- which change was announced ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Announcement:
    """An announcement: the id of its change, where and when it was made, its effective date, and its text."""

    uid: str
    page: str
    day: date
    effective_on: date | None
    blocks: tuple[Block, ...]
    language: str = ""


@dataclass(frozen=True, slots=True)
class Followed:
    """A change that may have been announced: its page by key (`link_key`) and title, and its dates."""

    key: str
    title: str
    seen_on: date
    effective_on: date | None


def match(change: Followed, announcements: Iterable[Announcement]) -> Fact | None:
    """The announcement of a change, as a fact of the change; None where none is certain.

    It must link to the changed page or name its title, must not name a different effective date, and the change must
    follow in time. The newest one that fits is chosen; one with a link is preferred to one that only names the title.
    """
    found = [(is_link, one.day, one, block) for one in announcements for is_link, block in _naming(change, one)]
    if not found:
        return None
    _, _, one, block = max(found, key=lambda item: item[:2])
    return Fact("announced", one.day.isoformat(), one.uid, "", block.shown[:_QUOTE], one.page, -1)


def _naming(change: Followed, announcement: Announcement) -> Iterator[tuple[bool, Block]]:
    """The blocks of an announcement that fit a change, each with whether it links to the page."""
    if announcement.day > change.seen_on:
        return
    title = loose(change.title)
    names = re.compile(rf"(?<!\w){re.escape(title)}(?!\w)") if len(title) >= _TITLE_LETTERS else None
    for block in announcement.blocks:
        is_link = bool(change.key) and change.key in block.links
        if not is_link and not (names and names.search(loose(block.shown))):
            continue
        effective = _effective(block, announcement)
        if effective and change.effective_on and effective != change.effective_on:
            continue
        agrees = effective is not None and effective == change.effective_on
        latest = (effective or announcement.day) + (_FOLLOWS if is_link else _FOLLOWS_CLOSELY)
        if agrees or (change.seen_on <= latest and (is_link or effective is not None)):
            yield is_link, block


def _effective(block: Block, announcement: Announcement) -> date | None:
    """The effective date of what a block announces; for an entry of one block it may be stated elsewhere."""
    for dated in dates.dates_in(block.shown, announcement.language):
        if dated.day and dates.is_effective(block.shown, dated):
            return dated.day
    texts = [one for one in announcement.blocks if one.kind is not BlockKind.HEADING]
    return announcement.effective_on if len(texts) <= 1 else None
