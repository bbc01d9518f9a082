"""A text in another cut: the same words in other blocks, as after a new layout or from a PDF.

Blocks cannot be aligned where one side has a page in lines and the other in paragraphs, so each looks rewritten. Here
the words decide: those of the new text are put into the old text's blocks, one stream along the other. What is compared
then is the old text with the new words, and only a real edit differs.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from diffs.language.normalise import fold
from diffs.values import Block, BlockKind, Comparison, Document, Op

from .align import Gap, align, gaps

#: What share of the blocks of one side must differ, and how many, before another cut is looked for.
_MANY, _BLOCKS = 0.25, 4
#: What share of all letters must be the same, in the same order, in two cuts of one text.
_SAME = 0.8
#: The longest line that may be printed on every page, and on how many pages it must be.
_LINE_WORDS, _PAGES = 14, 3
#: How far from a page's number its header or footer is, in blocks.
_NEAR = 2

_FIGURE = re.compile(r"\d+")
#: What is left of a page's number without its figures: "Page 3 of 12", "- 4 -", "5/9".
_NUMBER_WORDS = 4
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Recut:
    """Two cuts of one text: both in the old text's blocks, without what is printed on every page."""

    old: Document
    new: Document


def recut(old: Document, new: Document, comparison: Comparison, is_rule: Callable[[str], bool]) -> Recut | None:
    """Both texts in the old one's blocks; None unless they are two cuts of one text.

    `comparison` is how they differ as they are. `is_rule` says of a line whether it states a rule: such a line is not
    what is printed on every page, however often it occurs.
    """
    if not _is_cut_anew(old, new, comparison):
        return None
    before, after = _without_running(old.blocks, is_rule), _without_running(new.blocks, is_rule)
    left, right = _Stream(before), _Stream(after)
    edits = [gap for gap in _gaps(left, right) if not _same_letters(left, right, gap)]
    changed = sum(len(side.letters(*ends)) for side, ends in _ends(left, right, edits))
    if changed > (1 - _SAME) * (len(left.letters()) + len(right.letters())):
        return None
    return Recut(replace(old, blocks=before), replace(old, blocks=_refilled(left, right, edits), cited=new.cited))


def _is_cut_anew(old: Document, new: Document, comparison: Comparison) -> bool:
    """Whether much was replaced by something else, so that a new cut may be the reason.

    A table is never cut anew: its cells belong together.
    """
    told = [hunk for hunk in comparison.hunks if hunk.op not in (Op.COSMETIC, Op.RENUMBERED, Op.MOVED)]
    gone, come = sum(len(hunk.before) for hunk in told), sum(len(hunk.after) for hunk in told)
    if max(gone, come) < _BLOCKS or not gone or not come:
        return False
    if any(block.kind is BlockKind.ROW for hunk in told for block in (*hunk.before, *hunk.after)):
        return False
    return gone >= _MANY * len(old.blocks) or come >= _MANY * len(new.blocks)


class _Stream:
    """The words of blocks, one after the other: as written, as compared, and in which block each is.

    A sign that stands alone (a dash, a colon after a space) belongs to the word before it.
    """

    __slots__ = ("blocks", "keys", "owners", "words")

    def __init__(self, blocks: tuple[Block, ...]) -> None:
        self.blocks = blocks
        self.words: list[str] = []
        self.owners: list[int] = []
        self.keys: list[str] = []
        for number, block in enumerate(blocks):
            # The number before a clause is a word where another cut has it inside its text.
            self._take(number, _SPACED.sub(".", block.numbered).split())

    def _take(self, number: int, words: list[str]) -> None:
        before = ""
        for word in words:
            if _signs(word):
                self.words.append(f"{before} {word}".strip())
                self.keys.append(fold(word))
                self.owners.append(number)
                before = ""
            elif self.owners and self.owners[-1] == number:
                self.words[-1] += f" {word}"
            else:
                before = word

    def letters(self, start: int = 0, stop: int | None = None) -> str:
        """The letters, figures and signs of some words, without what is between them."""
        return "".join(map(_signs, self.keys[start:stop])).casefold()


#: What counts in a word: letters, figures, signs that give a figure its value, and those for yes and no.
_COUNTS = re.compile(r"[^\W_]|[%‰€$£¥₹<>≤≥=≠±+§*†‡✓✗✔✘☐☒☑★☆]|(?<=\d)[.,](?=\d)|^-(?=\d)")
#: A figure whose separator a converter set apart: "9 . 1".
_SPACED = re.compile(r"(?<=\d) \. ?(?=\d)")


def _signs(word: str) -> str:
    return "".join(_COUNTS.findall(word))


def _gaps(left: _Stream, right: _Stream) -> list[Gap]:
    runs = align(left.keys, right.keys, width=3)
    return list(gaps(runs, len(left.keys), len(right.keys)))


def _same_letters(left: _Stream, right: _Stream, gap: Gap) -> bool:
    """Whether the words of a gap are written with other spaces, hyphens or punctuation only."""
    return left.letters(gap.old_from, gap.old_to) == right.letters(gap.new_from, gap.new_to)


def _ends(left: _Stream, right: _Stream, edits: Iterable[Gap]) -> Iterable[tuple[_Stream, tuple[int, int]]]:
    for gap in edits:
        yield left, (gap.old_from, gap.old_to)
        yield right, (gap.new_from, gap.new_to)


def _refilled(left: _Stream, right: _Stream, edits: Sequence[Gap]) -> tuple[Block, ...]:
    """The old blocks with the new words: a block without an edit is the old one itself."""
    words = dict(enumerate(left.words))
    put: dict[int, list[Block]] = {}
    touched: set[int] = set()
    for gap in edits:
        owners = {left.owners[at] for at in range(gap.old_from, gap.old_to)}
        for at in range(gap.old_from, gap.old_to):
            del words[at]
        touched |= owners
        if gap.new_from == gap.new_to:
            continue
        whole = _whole_blocks(right, gap)
        if whole and gap.old_from == gap.old_to and _is_border(left, gap.old_from):
            put[gap.old_from] = whole
            continue
        at = gap.old_from if owners else max(0, gap.old_from - 1)
        said = " ".join(right.words[gap.new_from : gap.new_to])
        words[at] = said if owners else f"{words.get(at, '')} {said}".strip()
        touched.add(left.owners[at])
    return tuple(_filled(left, words, put, touched))


def _whole_blocks(right: _Stream, gap: Gap) -> list[Block]:
    """The blocks that a gap is made of; none if it begins or ends inside one."""
    owners = right.owners
    if not (_is_border(right, gap.new_from) and _is_border(right, gap.new_to)):
        return []
    return [right.blocks[number] for number, _ in groupby(owners[gap.new_from : gap.new_to])]


def _is_border(stream: _Stream, at: int) -> bool:
    return at in (0, len(stream.owners)) or stream.owners[at - 1] != stream.owners[at]


def _filled(left: _Stream, words: dict[int, str], put: dict[int, list[Block]], touched: set[int]) -> Iterable[Block]:
    by_block: dict[int, list[int]] = {}
    for at, number in enumerate(left.owners):
        by_block.setdefault(number, []).append(at)
    for number, block in enumerate(left.blocks):
        places = by_block.get(number, [])
        for at in places[:1]:
            yield from put.get(at, ())
        if number not in touched:
            yield block
            continue
        said = " ".join(words[at] for at in places if words.get(at))
        if said:
            shown = said.removeprefix(block.marker).strip() if block.marker else said
            yield replace(block, shown=shown, compared=fold(shown), links=())
    yield from put.get(len(left.owners), ())


def _without_running(blocks: tuple[Block, ...], is_rule: Callable[[str], bool]) -> tuple[Block, ...]:
    """The blocks without what is printed on every page: its number, and the words beside that again and again."""
    numbers = _page_numbers(blocks, is_rule)
    near = {at + step for at in numbers for step in range(-_NEAR, _NEAR + 1)}
    lines = Counter(_blanked(block) for block in blocks if _may_run(block))
    running = {
        at
        for at, block in enumerate(blocks)
        if at in near and _may_run(block) and lines[_blanked(block)] >= _PAGES and not is_rule(block.shown)
    }
    left = [block for at, block in enumerate(blocks) if at not in numbers | running]
    phrases = _running_phrases(left, is_rule)
    return tuple(shorter for block in left if (shorter := _without(phrases, block)) is not None)


def _without(phrases: re.Pattern[str] | None, block: Block) -> Block | None:
    """A block without the phrases; None if nothing is left."""
    shown = " ".join(phrases.sub(" ", block.shown).split()) if phrases else block.shown
    if shown == block.shown:
        return block
    return replace(block, shown=shown, compared=fold(shown)) if shown else None


#: A figure inside a text, and how many words behind it make it the foot of a page if they are there every time.
_NUMBERED = re.compile(r"(?<!\S)\d{1,4}(?= \S+ \S)")
_FOOT_WORDS = 8


def _running_phrases(blocks: Sequence[Block], is_rule: Callable[[str], bool]) -> re.Pattern[str] | None:
    """A pattern of the feet of pages inside the text: a figure that counts up, and the same words behind it."""
    text = "\n".join(block.shown for block in blocks)
    found: dict[str, list[tuple[int, list[str]]]] = {}
    for hit in _NUMBERED.finditer(text):
        behind = text[hit.end() : hit.end() + 200].partition("\n")[0].split()[:_FOOT_WORDS]
        found.setdefault(" ".join(behind[:2]), []).append((int(hit[0]), behind))
    phrases = []
    for hits in found.values():
        is_row = all(after - before in (1, 2) for (before, _), (after, _) in pairwise(hits))
        same = [words for words, *others in zip(*(words for _, words in hits), strict=False) if {words} >= set(others)]
        phrase = " ".join(same)
        if len(hits) >= _PAGES and is_row and not is_rule(phrase):
            phrases.append(rf"(?<!\S)\d{{1,4}} {re.escape(phrase)}(?!\S)")
    return re.compile("|".join(phrases)) if phrases else None


def _may_run(block: Block) -> bool:
    return block.kind in (BlockKind.PARAGRAPH, BlockKind.HEADING) and block.words <= _LINE_WORDS


def _page_numbers(blocks: tuple[Block, ...], is_rule: Callable[[str], bool]) -> set[int]:
    """The indexes of lines that are page numbers: of one wording, each figure one above the last, no other moves."""
    by_wording: dict[tuple[str, ...], list[int]] = {}
    for at, block in enumerate(blocks):
        if not _may_run(block) or block.words > _NUMBER_WORDS or is_rule(block.numbered):
            continue
        figures = _FIGURE.findall(block.numbered)
        if figures and len(figures[0]) <= _DIGITS:
            by_wording.setdefault((_blanked(block), *figures[1:]), []).append(at)
    found: set[int] = set()
    for places in by_wording.values():
        counted = [int(_FIGURE.findall(blocks[at].numbered)[0]) for at in places]
        is_row = all(after - before == 1 for before, after in pairwise(counted))
        is_spread = all(after - before > 1 for before, after in pairwise(places))
        if len(places) >= _PAGES and is_row and is_spread:
            found.update(places)
    return found


def _blanked(block: Block) -> str:
    return _FIGURE.sub("#", block.numbered).casefold()
