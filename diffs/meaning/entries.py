"""The entries of a feed or of an official change log, each with its day and the blocks that belong to it.

A log has one of five forms: headings with a date, lines that are dates, rows that begin with a date, headings that are
titles with the day in a sentence below them, or sentences that say from when without any heading.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from diffs.language import dates
from diffs.language.normalise import fold
from diffs.reading.feeds import DAY, ENTRY
from diffs.values import Block, BlockKind, Document

#: A line of a change log that gives the date or the title of what follows has at most so many words.
_LINE_WORDS = 10
#: How much of a line without a title identifies its entry, in characters.
_KEY = 60
#: Two lists are read in the first form in which so large a share of the shorter one is in both.
_ENOUGH = 0.5
#: A sentence of fewer words is only a date ("From 2 March 2026 to 4 April 2026") or a caption.
_SAYS = 9


@dataclass(frozen=True, slots=True)
class Announced:
    """An entry of a feed or log: its lasting key, its title, its date, and which blocks of the document are in it.

    `binds` is whether the date is the one from which it applies, not the one on which it was published.
    """

    key: str
    title: str
    day: date | None
    start: int
    stop: int
    link: str = ""
    binds: bool = False

    @property
    def published(self) -> date | None:
        """The day on which it was published; None where it does not say."""
        return None if self.binds else self.day


@dataclass(frozen=True, slots=True)
class _Start:
    """Where an entry begins, its key, day and title."""

    at: int
    key: str
    day: date | None
    title: str = ""
    binds: bool = False


def both(old: Document, new: Document, *, is_log: bool) -> tuple[tuple[Announced, ...], tuple[Announced, ...]]:
    """The entries of two documents, in order, in the first form in which they have enough in common.

    They are those of feeds or, with `is_log`, of change logs. A log that has no entry yet, or none any more, is read in
    the first form that finds one in the other.
    """
    found = [(_found(old, form), _found(new, form)) for form in _forms(is_log)]
    whole = [(was, now) for was, now in found if was and now]
    best = next((pair for pair in whole if _shared(pair) >= _ENOUGH), None) or max(whole, key=_shared, default=None)
    if best is None:
        best = next(((was, now) for was, now in found if was or now), ((), ())) if is_log else ((), ())
    return _parted(best, old, new)


def _shared(pair: tuple[tuple[Announced, ...], tuple[Announced, ...]]) -> float:
    """Which share of the shorter list is in both."""
    was, now = pair
    return len({one.key for one in was} & {one.key for one in now}) / min(len(was), len(now))


def _parted(
    pair: tuple[tuple[Announced, ...], tuple[Announced, ...]], old: Document, new: Document
) -> tuple[tuple[Announced, ...], tuple[Announced, ...]]:
    """The entries without what stands below the last of both lists and in no other: that is the foot of the page."""
    was, now = pair
    if not was or not now or was[-1].key == now[-1].key or was[-1].key.startswith(ENTRY):
        return pair
    inner = {block.compared for entry in was[:-1] for block in old.blocks[entry.start : entry.stop]}
    inner |= {block.compared for entry in now[:-1] for block in new.blocks[entry.start : entry.stop]}
    one, other = was[-1], now[-1]
    foot, most = 0, min(one.stop - one.start, other.stop - other.start) - 1
    while foot < most:
        line = old.blocks[one.stop - foot - 1].compared
        if line != new.blocks[other.stop - foot - 1].compared or line in inner:
            break
        foot += 1
    return (*was[:-1], replace(one, stop=one.stop - foot)), (*now[:-1], replace(other, stop=other.stop - foot))


def _forms(is_log: bool) -> tuple[Callable[[Document], Iterable[_Start]], ...]:
    logs = (_dated_headings, _dated_lines, _dated_rows, _titles, _sentences)
    return (_feed, *logs) if is_log else (_feed,)


def _found(document: Document, form: Callable[[Document], Iterable[_Start]]) -> tuple[Announced, ...]:
    starts = list(form(document))
    found: dict[str, Announced] = {}
    for number, start in enumerate(starts):
        following = starts[number + 1].at if number + 1 < len(starts) else len(document.blocks)
        name = start.key if start.key not in found else f"{start.key}#{number}"
        block = document.blocks[start.at]
        link = next((link for link in block.links if not link.startswith((ENTRY, DAY))), "")
        stop = _end(document, start.at, following)
        found[name] = Announced(name, start.title, start.day, start.at, stop, link, start.binds)
    return tuple(found.values())


def _feed(document: Document) -> Iterator[_Start]:
    for at, block in enumerate(document.blocks):
        key = next((link for link in block.links if link.startswith(ENTRY)), "")
        if key:
            day = next((link.removeprefix(DAY) for link in block.links if link.startswith(DAY)), "")
            yield _Start(at, key, date.fromisoformat(day) if day else None, block.numbered)


def _dated_headings(document: Document) -> Iterator[_Start]:
    return _dated(document, BlockKind.HEADING)


def _dated_lines(document: Document) -> Iterator[_Start]:
    return _dated(document, BlockKind.PARAGRAPH)


def _dated_rows(document: Document) -> Iterator[_Start]:
    return _dated(document, BlockKind.ROW)


def _dated(document: Document, kind: BlockKind) -> Iterator[_Start]:
    """The blocks of a kind that consist of a date."""
    lines = [(at, block) for at, block in enumerate(document.blocks) if block.kind is kind]
    found = [(at, block, day) for at, block in lines if (day := _dated_line(block, document.language))]
    level = min((block.level for _, block, _ in found), default=0)
    for at, block, day in found:
        if block.level != level:
            continue
        if kind is BlockKind.ROW:
            key = f"{day} {fold(' '.join(block.cells[1:2]))[:_KEY]}"
            yield _Start(at, key, day, " | ".join(block.cells[:2]))
        else:
            yield _Start(at, block.compared, day, block.numbered)


def _dated_line(block: Block, language: str) -> date | None:
    """The date that a line of a log consists of; None where the line says more."""
    text = block.cells[0] if block.kind is BlockKind.ROW and block.cells else block.shown
    if len(text.split()) > _LINE_WORDS or text.rstrip().endswith("."):
        return None
    found = [one for one in dates.dates_in(text, language) if one.day]
    if len(found) != 1 or dates.is_update_stamp(text, found[0]):
        return None
    return found[0].day


def _titles(document: Document) -> Iterator[_Start]:
    """The headings of the level at which most have a sentence right below them that says from when it applies.

    At that level every heading with a text begins an entry; the page's own first heading does not.
    """
    headings = [at for at, block in enumerate(document.blocks) if block.kind is BlockKind.HEADING]
    days = {at: _first_day(document, at) for at in headings if at}
    levels = [document.blocks[at].level for at, day in days.items() if day]
    level = max(sorted(set(levels)), key=levels.count, default=0)
    for at, day in days.items():
        block = document.blocks[at]
        if block.level == level and _end(document, at, at + 2) > at + 1:
            key = f"{block.compared} {day or ''}".rstrip()
            yield _Start(at, key, day, block.numbered, binds=True)


def _first_day(document: Document, at: int) -> date | None:
    """The first day from which something applies in the text right below a heading."""
    for block in document.blocks[at + 1 :]:
        if block.kind is BlockKind.HEADING:
            return None
        if day := _effective(block.shown, document.language):
            return day
    return None


def _sentences(document: Document) -> Iterator[_Start]:
    """The paragraphs and items that begin with a sentence that says from when something applies, or its short title."""
    for at, block in enumerate(document.blocks):
        if block.kind not in (BlockKind.PARAGRAPH, BlockKind.ITEM):
            continue
        sentence = next(dates.dated_sentences(block.shown), "")
        begins = bool(sentence) and block.shown.startswith(sentence) and len(sentence.split()) >= _SAYS
        day = _effective(sentence, document.language) if begins else None
        if day:
            above = document.blocks[at - 1] if at else block
            is_led = above.kind is BlockKind.PARAGRAPH and block.kind is above.kind and _is_short_line(above.shown)
            title = above.numbered if is_led else ""
            key = f"{title and fold(title)} {day}" if is_led else f"{day} {block.compared[:_KEY]}"
            yield _Start(at - is_led, key, day, title, binds=True)


def _is_short_line(text: str) -> bool:
    return len(text.split()) <= _LINE_WORDS and text.rstrip()[-1:].isalnum()


def _effective(text: str, language: str) -> date | None:
    """The first day in a text from which something applies."""
    for sentence in dates.dated_sentences(text):
        for dated in dates.dates_in(sentence, language):
            if dated.day and dates.is_effective(sentence, dated):
                return dated.day
    return None


def _end(document: Document, at: int, latest: int) -> int:
    """The block before which an entry ends: a row after its line, a section before its next equal, or `latest`."""
    first, latest = document.blocks[at], min(latest, len(document.blocks))
    if first.kind is BlockKind.ROW:
        return at + 1
    for number in range(at + 1, latest):
        block = document.blocks[number]
        if block.kind is BlockKind.HEADING and (first.kind is not BlockKind.HEADING or block.level <= first.level):
            return number
    return latest
