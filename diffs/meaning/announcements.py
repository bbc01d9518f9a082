"""What a feed or an official change log announces: its entries, which are new, and which change they announced.

A new entry is news of its own; one that drops off the old end of the list is not. Any other difference in an entry is
an ordinary edit.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from diffs.comparing.compare import compare
from diffs.language import dates
from diffs.language.normalise import fold, loose
from diffs.reading.feeds import ENTRY
from diffs.values import Block, BlockKind, Comparison, Document, Fact, Hunk, Op

from .entries import Announced, both

#: Entries older than all that were known are a longer list, not news, if they are more than one in so many of it.
_FEW = 10
#: Two entries at one place are the same if they have this share of their words in common.
_ALIKE = 0.75
#: Of more new entries at once, none is compared with those that are gone, word by word.
_MOST_ALIKE = 60
#: How long after the announced effective date a change may still follow; without one, how long after the announcement.
_FOLLOWS = timedelta(days=60)
#: If the announcement only names a policy's title, the change must follow sooner after the announced date.
_FOLLOWS_CLOSELY = timedelta(days=14)
#: A title of fewer letters ("Fees") occurs in too many sentences to identify a page.
_TITLE_LETTERS = 12
#: How much of an announcement is repeated with the change, in characters.
_QUOTE = 600


@dataclass(frozen=True, slots=True)
class Split:
    """How a list of entries changed.

    `news` are the new entries, each with the hunk that shows it; `old` and `new` are the documents without new and
    dropped entries; `comparison` contains the hunks of the new entries, then those in which `old` and `new` differ.
    `withdrawn` are entries of a log that are gone before their time, each with its first block.
    """

    news: tuple[tuple[Hunk, Announced], ...]
    old: Document
    new: Document
    comparison: Comparison
    withdrawn: tuple[tuple[Block, Announced], ...] = ()

    def left_in(self, comparison: Comparison) -> tuple[tuple[Hunk, Announced], ...]:
        """The new entries whose hunks are still there after noise was removed."""
        left = set(comparison.hunks)
        return tuple((hunk, entry) for hunk, entry in self.news if hunk in left)

    def rest_of(self, comparison: Comparison) -> Comparison:
        """The comparison without the new entries."""
        news = {hunk for hunk, _ in self.news}
        return replace(comparison, hunks=tuple(hunk for hunk in comparison.hunks if hunk not in news))

    def withdrawals(self, comparison: Comparison) -> tuple[Fact, ...]:
        """The withdrawn entries that a comparison shows, as facts `withdrawn`: the day and the title."""
        return tuple(
            Fact(
                "withdrawn",
                entry.day.isoformat() if entry.day else "",
                "",
                entry.title or block.shown[:_QUOTE],
                hunk=at,
            )
            for block, entry in self.withdrawn
            for at, hunk in enumerate(comparison.hunks)
            if block in hunk.before and block not in hunk.after
        )


def split(old: Document, new: Document, *, is_log: bool, on: date) -> Split | None:
    """The new entries of a list and its other differences on a day (UTC); None if there are no entries."""
    was, now = both(old, new, is_log=is_log)
    if not was and not now:
        return None
    now = _of_another(was, now, old, new)
    known = {entry.key for entry in was} | _known_otherwise(was, now, old, new)
    kept = {entry.key for entry in now}
    same = _same(was, now, old, new)
    kept |= {one.key for one, _ in same}
    known |= {other.key for _, other in same}
    came = [entry for entry in now if entry.key not in known]
    gone = [entry for entry in was if entry.key not in kept]
    # A feed shows only its newest entries: one that is missing may still exist elsewhere.
    is_feed = bool(was) and was[0].key.startswith(ENTRY)
    went = [entry for entry in gone if is_feed or _is_over(entry, was, now, kept, on)]
    past = _of_the_past(was, now, came, on)
    # A list that shows more of its past than before announces nothing new; one entry with an older day is news.
    fresh = [entry for entry in came if entry not in past or (not gone and len(past) <= max(1, len(was) // _FEW))]
    news = tuple((Hunk(Op.ADDED, (), new.blocks[one.start : one.stop], 0, one.start), one) for one in fresh)
    left, right = _without(old, went), _without(new, came)
    rest = compare(left, right)
    withdrawn = tuple((old.blocks[one.start], one) for one in gone if one not in went)
    return Split(news, left, right, replace(rest, hunks=(*(hunk for hunk, _ in news), *rest.hunks)), withdrawn)


def fact(entry: Announced, address: str) -> Fact:
    """An entry as a fact of its change: when it was published, its address ("" for the list's own), its title."""
    published = entry.published.isoformat() if entry.published else ""
    return Fact("announcement", published, address, "", entry.title, hunk=0)


def _same(
    was: Sequence[Announced], now: Sequence[Announced], old: Document, new: Document
) -> list[tuple[Announced, Announced]]:
    """Entries that have another key now and are the same: of one title and day or, in a log, at one place and alike."""
    kept = {entry.key for entry in was} & {entry.key for entry in now}
    gone, came = ([(one, at) for one, at in _placed(side, kept) if one.key not in kept] for side in (was, now))
    left = {other.key: (other, at) for other, at in came}
    named = {_named(other): other for other, _ in reversed(came) if other.title}
    pairs: list[tuple[Announced, Announced]] = []
    for one, at in gone:
        found = named.get(_named(one))
        if found is None and one.binds and len(came) <= _MOST_ALIKE:
            near = (other for other, there in left.values() if there == at)
            found = next((other for other in near if _alike(old, one, new, other)), None)
        if found is not None and found.key in left:
            pairs.append((one, found))
            del left[found.key]
    return pairs


def _named(entry: Announced) -> tuple[str, date | None]:
    return fold(entry.title), entry.day


def _placed(side: Sequence[Announced], kept: Collection[str]) -> Iterator[tuple[Announced, int]]:
    """Each entry with how many that both lists have stand before it."""
    before = 0
    for entry in side:
        yield entry, before
        before += entry.key in kept


def _alike(old: Document, one: Announced, new: Document, other: Announced) -> bool:
    """Whether two entries have one title or nearly the same words: one that was put off, or got another title."""
    if one.title and fold(one.title) == fold(other.title):
        return True
    was, now = (
        Counter(loose(" ".join(block.shown for block in document.blocks[entry.start : entry.stop])).split())
        for document, entry in ((old, one), (new, other))
    )
    return 2 * (was & now).total() >= _ALIKE * (was.total() + now.total())


def _of_another(
    was: Sequence[Announced], now: tuple[Announced, ...], old: Document, new: Document
) -> tuple[Announced, ...]:
    """The entries of a feed, those with a key that was another entry's under a key of their own.

    A feed of one entry may use its own address as the id of whatever it shows.
    """
    earlier = {entry.key: entry for entry in was}
    found = []
    for entry in now:
        known = earlier.get(entry.key)
        is_other = known is not None and entry.key.startswith(ENTRY) and _is_another(old, known, new, entry)
        found.append(replace(entry, key=f"{entry.key} {entry.day} {entry.title}") if is_other else entry)
    return tuple(found)


def _is_another(old: Document, one: Announced, new: Document, other: Announced) -> bool:
    """Whether the day and every line of two entries differ."""
    if one.day is None or other.day is None or one.day == other.day:
        return False
    was, now = (
        {block.compared for block in document.blocks[entry.start : entry.stop]}
        for document, entry in ((old, one), (new, other))
    )
    return not was & now


def _known_otherwise(was: Sequence[Announced], now: Sequence[Announced], old: Document, new: Document) -> set[str]:
    """The entries that a text in which no entry was found says already."""
    if was:
        return set()
    lines = {block.compared for block in old.blocks}
    return {entry.key for entry in now if new.blocks[entry.start].compared in lines}


def _of_the_past(
    was: Sequence[Announced], now: Sequence[Announced], came: Sequence[Announced], on: date
) -> list[Announced]:
    """The new entries that are older than all that were known, and stand where a list shows its past."""
    oldest = min((entry.day for entry in was if entry.day), default=None)
    known = {entry.key for entry in was}
    first = next((at for at, entry in enumerate(now) if entry.key in known), len(now))
    late = set(map(id, now[first:]))
    return [
        entry
        for entry in came
        if entry.day is not None
        and oldest is not None
        and entry.day < oldest
        and (not entry.binds or (entry.day <= on and id(entry) in late))
    ]


def _is_over(
    entry: Announced, was: Sequence[Announced], now: Sequence[Announced], kept: Collection[str], on: date
) -> bool:
    """Whether an entry of a log dropped off the old end; one withdrawn while older ones stay is news.

    What was to apply from a day still to come was withdrawn wherever it stood.
    """
    days = [other.day for other in now if other.day]
    if not entry.binds:
        return entry.day is None or not days or entry.day <= min(days)
    if entry.day is None or entry.day > on:
        return False
    below = was[was.index(entry) + 1 :]
    return not days or entry.day <= min(days) or not any(other.key in kept for other in below)


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
