"""What the site puts around a text, or between its parts: rows of labels and links, one line again and again.

None of it can be told from a rule by its words. So it must stand where nothing introduces it (above the title, or after
a complete sentence below the last of the text), or be there many times, and may hold nothing that could bind anybody.
"""

import re
from collections import Counter
from functools import cache

from diffs.language.categories import categories
from diffs.language.normalise import loose
from diffs.language.vocabulary import plain, table
from diffs.targets.metrics.concepts import takes_sales
from diffs.values import Block, BlockKind, Document, Op, SpanOp

from .habits import is_edge
from .places import Place
from .signs import Step
from .words import changed, states_rule
from .zones import is_label, is_link, named_at, zones

#: How many labels make a row that nothing introduces; how many times a line makes one again and again.
_ROW, _AGAIN = 2, 3
#: The most words of a line that the site repeats, and of what it hangs on a heading.
_REPEATED_WORDS = 4
#: On what share of the headings the same words must hang.
_HEADINGS = 0.75
_WORD = re.compile(r"[^\W\d_]{4,}")
#: By how many of its first letters a word is known again: "listing", "listings".
_STEM = 5
_COMPLETE = (".", "!", "?", "。")
#: What a page shows where it failed to put in a value.
_UNFILLED = re.compile(
    r"\{\{[^{}]{0,60}\}\}|\$\{[^{}]{0,60}\}|<%[^<>%]{0,60}%>|\[object Object\]|!?\[\]\([^()]{0,200}\)"
    r"|\b(?:undefined|NaN|null|Invalid Date)\b"
)
#: A figure that begins a line, or stands behind its date, in front of a word in small letters: "496 views".
_COUNTED = re.compile(r"(?<![\d.,:#])\d{3,7}(?= [^\W\d_A-Z])")
_LETTER = re.compile(r"[^\W\d_]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
#: A limit is round; a counter is so by chance, for a day.
_ROUND = 5
_YEARS = range(1900, 2101)


def evidence(place: Place, step: Step) -> str:
    """Why a place that states no rule is what the site puts around its text; "" if it is not."""
    if _is_row(place, step):
        return "labels or links of the site that nothing in the text introduces, outside of the text"
    if _is_again(place, step):
        return "a short line that the page puts between its parts again and again"
    if _is_on_headings(place, step):
        return "the same words behind nearly every heading"
    if _counts_up(place, step):
        return "a counter outside of the text: its figure rose, and a limit would be a round one"
    if _begins_to_count(place, step):
        return "a counter outside of the text that counts what the text never speaks of"
    return unfilled(place)


def unfilled(place: Place) -> str:
    """Why nothing came but a value that the page failed to fill in, or went; "" if more did.

    What is in its place later is told.
    """
    sides = gone, come = _sides(place)
    left = ["".join(_UNFILLED.sub("", side).split()) for side in sides]
    is_broken = (_UNFILLED.search(come) and not left[1]) or (_UNFILLED.search(gone) and not left[0] and not place.after)
    return "a value that the page failed to fill in" if is_broken else ""


def may_bind(text: str, page: Document) -> bool:
    """Whether a line may be part of a rule: by a word of duty, condition or trade, a figure, the page's own words."""
    words = frozenset(plain(text).lower().split())
    if any(map(str.isdigit, text)) or states_rule(text, page.language) or categories(text) or words & _limiting():
        return True
    return not _stems(text).isdisjoint(_subject(page))


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in _WORD.findall(text.casefold()))


@cache
def _limiting() -> frozenset[str]:
    turns = table("wording_significance")["turns"]
    return frozenset((*turns["condition"], *turns["whole"], *turns["part"]))


def _subject(page: Document) -> frozenset[str]:
    """How the words of a page's title and headings begin."""
    named = (page.title, *(block.shown for block in page.blocks if block.kind is BlockKind.HEADING))
    return frozenset().union(*map(_stems, named))


def _is_row(place: Place, step: Step) -> bool:
    """Whether a place is a row of labels that comes or goes as a whole, where no line of the text introduces it."""
    blocks = place.before or place.after
    if len(blocks) < _ROW or (place.before and place.after):
        return False
    page, where = (step.old, place.old_range) if place.before else (step.new, place.new_range)
    if not all(is_link(block) or (block.kind is BlockKind.PARAGRAPH and is_label(block)) for block in blocks):
        return False
    if not all(_LETTER.search(block.shown) for block in blocks):
        return False
    title = named_at(page)
    is_above = where.stop <= title and zones(page).edge.issuperset(range(title + 1))
    is_below = zones(page).tail.issuperset(where) and _ends_text(page, where.start)
    return (is_above or is_below) and not any(may_bind(block.shown, page) for block in blocks)


def _ends_text(page: Document, start: int) -> bool:
    """Whether the block above is a complete sentence: a list would be introduced by a heading or a colon."""
    above = page.blocks[start - 1] if start else None
    return above is not None and above.kind is not BlockKind.HEADING and above.compared.endswith(_COMPLETE)


def _is_again(place: Place, step: Step) -> bool:
    """Whether a place is short lines of which each comes, or goes, at several places of the page."""
    blocks = place.before or place.after
    if (place.before and place.after) or not all(map(_may_repeat, blocks)):
        return False
    again = _repeated(step, is_gone=bool(place.before))
    page = step.old if place.before else step.new
    return all(again[block.compared] >= _AGAIN and not may_bind(block.shown, page) for block in blocks)


def _may_repeat(block: Block) -> bool:
    return block.kind is BlockKind.PARAGRAPH and block.words <= _REPEATED_WORDS


def _repeated(step: Step, *, is_gone: bool) -> Counter[str]:
    """In how many places each line comes, or goes."""
    sides = (place.before if is_gone else place.after for place in step.places if not (place.before and place.after))
    return Counter(line for side in sides for line in {block.compared for block in side})


def _is_on_headings(place: Place, step: Step) -> bool:
    """Whether the same few words were put behind nearly every heading, or taken away there."""
    label = _hung(place)
    if not label:
        return False
    same = sum(_hung(other) == label for other in step.places)
    headings = sum(block.kind is BlockKind.HEADING and block.level > 1 for block in step.new.blocks)
    words = label[1]
    without = step.old if label[0] is SpanOp.ADDED else step.new
    is_own = may_bind(words, without) or words.count(" ") >= _REPEATED_WORDS
    return not is_own and same >= max(_AGAIN, _HEADINGS * headings)


def _hung(place: Place) -> tuple[SpanOp, str] | None:
    """The words that alone were put behind a heading, or taken away."""
    (hunk, *others) = place.hunks
    if others or hunk.op is not Op.EDITED or len(hunk.after) != 1 or hunk.after[0].kind is not BlockKind.HEADING:
        return None
    spans = [span for span in hunk.spans if not span.cosmetic]
    if len(spans) != 2 or spans[0].op is not SpanOp.EQUAL or spans[1].op is SpanOp.EQUAL:
        return None
    return spans[1].op, loose(spans[1].text)


def _sides(place: Place) -> tuple[str, str]:
    gone, come = zip(*map(changed, place.hunks), strict=True)
    return " ".join(gone), " ".join(come)


def _counts_up(place: Place, step: Step) -> bool:
    """Whether one figure alone rose in a line outside of the text that counts something, by less than itself."""
    if len(place.before) != 1 or len(place.after) != 1:
        return False
    was, now = (_THOUSANDS.sub("", side[0].shown) for side in (place.before, place.after))
    counts = _COUNTED.findall(was), _COUNTED.findall(now)
    first = _COUNTED.search(was)
    if not first or _LETTER.search(was[: first.start()]) or _COUNTED.sub("#", was) != _COUNTED.sub("#", now):
        return False
    if len(counts[0]) != 1:
        return False
    before, after = (int(side[0]) for side in counts)
    is_odd = all(figure % _ROUND and figure not in _YEARS for figure in (before, after))
    return is_odd and before < after < 2 * before and is_edge(place, step.old, step.new)


def _begins_to_count(place: Place, step: Step) -> bool:
    """Whether a line with one figure came, or went, outside of the text: "123 people found this helpful".

    Its figure is no round one, what it counts is nowhere in the text, and nothing else in it may bind anybody.
    """
    blocks = place.before or place.after
    if len(blocks) != 1 or (place.before and place.after) or blocks[0].kind is not BlockKind.PARAGRAPH:
        return False
    page = step.old if place.before else step.new
    line = _THOUSANDS.sub("", blocks[0].shown)
    figure = _COUNTED.match(line)
    if not figure or not is_label(blocks[0]) or len(_FIGURE.findall(line)) != 1:
        return False
    number, thing = int(figure.group()), _WORD.search(line, figure.end())
    is_odd = number % _ROUND and number not in _YEARS
    if not is_odd or thing is None or takes_sales(line) or may_bind(line[figure.end() :], page):
        return False
    where = place.old_range if place.before else place.new_range
    if not is_edge(place, step.old, step.new) or _is_introduced(page, where.start):
        return False
    counted = thing.group().casefold()[:_STEM]
    return not any(counted in _stems(block.shown) for block in page.blocks if block != blocks[0])


def _is_introduced(page: Document, start: int) -> bool:
    """Whether a line stands under a heading other than the page's title, or under a colon."""
    above = page.blocks[start - 1] if start else None
    if above is None:
        return False
    return above.compared.endswith(_COLONS) or (above.kind is BlockKind.HEADING and start - 1 != named_at(page))


_FIGURE = re.compile(r"\d+")
_COLONS = (":", "：")
