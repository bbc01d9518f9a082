"""How one text of a page compares with another: cut short, split up, or another page altogether."""

import re
from collections import Counter
from dataclasses import replace
from functools import lru_cache

from diffs.language.duties import duties
from diffs.language.normalise import loose
from diffs.values import BlockKind, Document

_SECTIONS = 3
_LABEL = 10
_ITEMS = 4
_ELSE_THE_SAME = 0.5
#: How many times longer a text with another appended is at least, and the share of its own words that it keeps.
_WITH_ANOTHER, _KEPT = 1.5, 0.8


def shared(new: Document, old: Document) -> float:
    """Share of the new text's words that are in blocks the old text has too, 0 to 1."""
    known = _known(old)
    return sum(block.words for block in new.blocks if block.compared in known) / max(1, new.words)


@lru_cache(maxsize=4)
def _known(document: Document) -> frozenset[str]:
    return frozenset(block.compared for block in document.blocks)


def lost_all(kind: BlockKind, new: Document, old: Document) -> bool:
    """Whether all blocks of a kind are gone with their words from a text that had several and is otherwise the same.

    Lists of links only are an index, and an index changes often.
    """
    had = [
        block.compared
        for block in old.blocks
        if block.kind is kind and not (block.links and block.compared.count(" ") < _LABEL)
    ]
    if len(had) < _ITEMS or any(block.kind is kind for block in new.blocks) or new.words >= old.words:
        return False
    if shared(new, old) < _ELSE_THE_SAME:
        return False  # rewritten without them
    text = f" {new.compared} "
    return sum(item in text for item in had) <= len(had) // 10


def likeness(one: Document, other: Document) -> float:
    """The share of words that two texts have in common, in any order, 0 to 1."""
    ours, theirs = _pieces(one), _pieces(other)
    return 2 * (ours & theirs).total() / max(1, ours.total() + theirs.total())


@lru_cache(maxsize=8)
def _pieces(document: Document) -> Counter[str]:
    """The words of a text, cut into short pieces: not every language puts spaces between words."""
    return Counter(re.findall(r"[^\W\d_]{1,4}|\d+", document.compared.casefold()))


def is_on_subject(new: Document, old: Document, title: str = "") -> bool:
    """Whether a text reads like a policy on the subject of another: it has its title, or running text in its words.

    The title must be in the text itself: a document without a title is given the page's.
    """
    headings = [_content_words(block.shown) for block in new.blocks if block.kind is BlockKind.HEADING]
    wanted = [_content_words(name) for name in (title, old.title)]
    named = any(_alike(heading, name) for heading in headings for name in wanted)
    return named or (_is_running(new, old) and _subject(new, old) >= _ON_SUBJECT)


def reads_like(new: Document, old: Document) -> bool:
    """Whether a text obliges, forbids and allows at least half as often as another, by its share of duty words.

    True if the other text has no duty words: then they cannot tell the two apart.
    """
    return 2 * _duty_words(new) / max(1, new.words) >= _duty_words(old) / max(1, old.words)


@lru_cache(maxsize=8)
def _duty_words(document: Document) -> int:
    return sum(len(duties(block.shown)) for block in document.blocks)


def is_running_text(new: Document, old: Document, title: str = "") -> bool:
    """Whether a text is more than a notice: enough sentences, or a few under the policy's title."""
    return _is_running(new, old) or is_on_subject(new, old, title)


#: How many words in sentences make running text (a notice has fewer), and how many words make a sentence.
_RUNNING, _SENTENCE = 80, 8
#: The share of a text's content words that another text on the same subject uses too.
_ON_SUBJECT = 0.4


def _is_running(new: Document, old: Document) -> bool:
    """Whether there are enough sentences for a text that replaces another: a policy of three sentences needs few."""
    return _sentences(new) >= min(_RUNNING, max(_SENTENCE, _sentences(old) // 2))


def _sentences(document: Document) -> int:
    counts = (block.words for block in document.blocks if block.kind is not BlockKind.HEADING)
    return sum(count for count in counts if count >= _SENTENCE)


def is_other_page(new: Document, old: Document, title: str = "") -> bool:
    """Whether the new text is another page: no sentence, section or title in common, and different words.

    `title` is the page's declared title: a text with that title is the page, however new its words are.
    """
    if shared(new, old) > 0.02 or _headings(new) & _headings(old):
        return False
    named = _content_words(new.title)
    if named and (_alike(named, _content_words(old.title)) or _alike(named, _content_words(title))):
        return False
    return _subject(new, old) < _ON_SUBJECT


def is_appended(new: Document, old: Document, title: str = "") -> bool:
    """Whether another document follows a text that is unchanged: a title like the text's own, on another subject.

    It needs its own sections and half the text's length: an annex or a new section is part of the policy.
    """
    levels = [block.level for block in old.blocks if block.kind is BlockKind.HEADING]
    if new.words < _WITH_ANOTHER * old.words or not levels or levels.count(min(levels)) > 1:
        return False
    known = _known(old)
    there = [number for number, block in enumerate(new.blocks) if block.words >= _SENTENCE and block.compared in known]
    rest = new.blocks[there[-1] + 1 :] if there else ()
    own = [block for block in rest if block.kind is BlockKind.HEADING]
    if not own or own[0] is not rest[0] or own[0].level > min(levels) or len(own) <= _SECTIONS:
        return False
    other = replace(new, title=own[0].shown, blocks=rest)
    kept = sum(block.words for block in old.blocks if block.compared in _known(new))
    return kept >= _KEPT * old.words and other.words >= old.words // 2 and is_other_page(other, old, title)


def bears(document: Document, title: str) -> bool:
    """Whether a document has the title that a page is declared with."""
    return _alike(_content_words(document.title), _content_words(title))


def names_alike(document: Document, title: str) -> bool:
    """Whether a document's title and another share a word, or one of them has no word to compare."""
    one, other = _content_words(document.title), _content_words(title)
    return not one or not other or bool(one & other)


def good_signs(new: Document, old: Document) -> bool:
    """Whether a text that lost most of its words is still the policy.

    It needs all three: its own sentences on the subject, sections or the old title, and links to the parts that
    moved elsewhere.
    """
    sentences = [block for block in new.blocks if block.kind is not BlockKind.HEADING and block.words >= 10]
    own = sum(block.words for block in sentences)
    if len(sentences) < 4 or own < 100 or _subject(new, old) < 0.5:
        return False
    titled = _alike(_content_words(new.title), _content_words(old.title))
    if not titled and len(_headings(new)) < _SECTIONS:
        return False
    return _links_to_parts(new, old) >= _SECTIONS


def _links_to_parts(new: Document, old: Document) -> int:
    """How many links in the new text have the name of a part of the old one and lead to another page."""
    parts = {loose(block.shown) for block in old.blocks if 0 < block.words <= 14}
    linked = {
        loose(block.shown) for block in new.blocks if any(link.startswith(("http", "help:")) for link in block.links)
    }
    return len(linked & parts)


def _subject(new: Document, old: Document) -> float:
    """Share of the new text's content words (each counted once) that the old text uses too."""
    words = _vocabulary(new)
    return len(words & _vocabulary(old)) / len(words) if words else 0.0


@lru_cache(maxsize=4)
def _vocabulary(document: Document) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d_]{5,}", document.compared.casefold()))


def _headings(document: Document) -> set[str]:
    return {loose(block.shown) for block in document.blocks if block.kind is BlockKind.HEADING} - {""}


def _content_words(title: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d_]{4,}", title.casefold()))


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and 2 * len(one & other) >= min(len(one), len(other)) * 1.2
