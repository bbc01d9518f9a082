"""How a sentence was reworded, and whether it still means the same."""

import re
from collections import Counter
from collections.abc import Callable
from functools import cache, lru_cache

from diffs.language.amounts import find, spelled
from diffs.language.dates import dates_in, is_update_stamp
from diffs.language.duties import duties
from diffs.language.normalise import MARKS, loose, marked
from diffs.language.vocabulary import plain, table, words
from diffs.values import word_count

from .sentence_pairs import SentencePair
from .turns import turns

_TITLE_WORDS = 14
_POINTER_WORDS = 25
_URL = re.compile(r"\(?\bhttps?://[^\s)]+\)?|\bwww\.[^\s)]+")
#: A line's numbering, which means nothing: "3.2)", "(a)", "iv.", "•". A figure on its own does mean something.
_NUMBERING = re.compile(
    r"\s*(?:[(\[§]*\s*\d{1,3}(?:\.\d{1,3})*\s*[.):\]]+|§+\s*\d+|[(\[]*(?:[ivxlcdm]+|[a-z])?[.):\]]*|[•·*–—-]*)\s*",
    re.IGNORECASE,
)
_LETTERS = re.compile(rf"[^\W\d_]+|\d+(?:[.,]\d+)*|[%€$£<>≤≥{MARKS}]|(?<=[\w%)])[*†‡](?![*\w])")
_MARK = re.compile(f"[{MARKS}]")


@lru_cache(maxsize=8192)
def kind_of_rewording(pair: SentencePair) -> str:
    """The kind of change in a sentence.

    One of: "stamp" (the date of an update), "marker" (only a number or bullet), "pointer" (a link to another page, an
    address), "spelling", "order" (the same words), "title" (a short name reworded), "meaning" (everything else).
    """
    for kind, fits in _KINDS:
        if fits(pair):
            return kind if kind not in _SAYING_THE_SAME or not turns(pair.before, pair.after) else "meaning"
    return "meaning"


@lru_cache(maxsize=8192)
def changed_words(pair: SentencePair) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words removed from a sentence and those added to it, in order, in lower case."""
    before, after = _tokens(pair.before), _tokens(pair.after)
    same = Counter(before) & Counter(after)
    return _without(before, same), _without(after, same)


@lru_cache(maxsize=8192)
def _tokens(text: str) -> tuple[str, ...]:
    return tuple(_plain_number(token) for token in _LETTERS.findall(marked(plain(text)).lower()))


def _plain_number(token: str) -> str:
    return token.replace(",", "") if "," in token and _THOUSANDS.fullmatch(token) else token


_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")


def _without(tokens: tuple[str, ...], same: Counter[str]) -> tuple[str, ...]:
    if not same:
        return tokens
    room = same.copy()
    left = []
    for token in tokens:
        if room[token]:
            room[token] -= 1
        else:
            left.append(token)
    return tuple(left)


def _is_stamp(pair: SentencePair) -> bool:
    """Whether each side is empty or only a line that says when the page was updated."""
    sides = [side for side in (pair.before, pair.after) if side]
    return all(
        word_count(side) <= _TITLE_WORDS and any(is_update_stamp(side, one) for one in dates_in(side)) for side in sides
    )


def _is_pointer(sentence: str) -> bool:
    """Whether a sentence is short, binds nobody and only refers to another page."""
    flat = plain(sentence)
    if word_count(flat) > _POINTER_WORDS or not words("wording_significance", "pointers").found_in(flat):
        return False
    return not any(duty.kind in ("must_not", "discretion") for duty in duties(sentence)) and not find(
        sentence, skip=tuple((one.start, one.end) for one in dates_in(sentence))
    )


def _only_addresses(pair: SentencePair) -> bool:
    if not (pair.before and pair.after):
        return False
    before, after = (loose(_URL.sub(" ", side)) for side in (pair.before, pair.after))
    return before == after


def _is_small(gone: tuple[str, ...], come: tuple[str, ...]) -> bool:
    """Whether an edit corrects spelling or grammar: nearly the same letters, no figure, no word that turns a rule."""
    if sorted(map(_figure, gone)) == sorted(map(_figure, come)):
        return True
    turning, small = _set("turning"), _set("small")
    if any(word in turning or not word[0].isalpha() for word in (*gone, *come)):
        return False
    if "".join(sorted("".join(gone))) == "".join(sorted("".join(come))):
        return True
    left, right = ([word for word in side if word not in small] for side in (gone, come))
    if len(left) != len(right):
        return _joined_alike(gone, come)
    return all(_near(one, other) for one, other in zip(left, right, strict=True))


def _figure(word: str) -> str:
    """A number written as a word, in digits: "8" for "eight"."""
    value = spelled(word)
    return word if value is None else f"{value:g}"


def _joined_alike(gone: tuple[str, ...], come: tuple[str, ...]) -> bool:
    """Whether one word is now written as two, or two as one."""
    return "".join(gone) == "".join(come)


def _near(one: str, other: str) -> bool:
    """Whether two words are spellings or forms of one: the same beginning and at most two different letters."""
    if min(len(one), len(other)) < 4 or one[:2] != other[:2]:
        return False
    return _distance(one, other) <= (2 if min(len(one), len(other)) > 5 else 1)


def _distance(one: str, other: str) -> int:
    """How many letters must be added, removed or replaced to turn one word into the other."""
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, against in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (letter != against))
    return row[-1]


def _is_title(sentence: str) -> bool:
    """Whether a text is a name rather than a statement: short, without a full stop, duty or figure."""
    if (
        word_count(sentence) > _TITLE_WORDS
        or sentence.rstrip().endswith((".", ";", ":", "。", "!", "?"))
        or "|" in sentence
    ):
        return False
    return not duties(sentence) and not find(sentence) and not _MARK.search(marked(sentence))


def _is_numbering(pair: SentencePair) -> bool:
    return bool(_NUMBERING.fullmatch(pair.before) and _NUMBERING.fullmatch(pair.after))


def _is_lone_pointer(pair: SentencePair) -> bool:
    return not (pair.before and pair.after) and _is_pointer(pair.before or pair.after)


def _is_reordered(pair: SentencePair) -> bool:
    return bool(pair.before and pair.after) and not any(changed_words(pair)) and _signs_stay(pair)


def _signs_stay(pair: SentencePair) -> bool:
    """Whether ticks, crosses and stars are where they were among the words: in a row each belongs to its column."""
    before, after = (
        [bool(_MARK.match(token)) and token for token in _tokens(side)] for side in (pair.before, pair.after)
    )
    return before == after


def _is_respelled(pair: SentencePair) -> bool:
    gone, come = changed_words(pair)
    return bool(pair.before and pair.after and (gone or come)) and _is_small(gone, come)


def _are_pointers(pair: SentencePair) -> bool:
    return _is_pointer(pair.before) and _is_pointer(pair.after)


def _are_titles(pair: SentencePair) -> bool:
    return bool(pair.before and pair.after) and _is_title(pair.before) and _is_title(pair.after)


# The first kind that fits counts.
_KINDS: tuple[tuple[str, Callable[[SentencePair], bool]], ...] = (
    ("stamp", _is_stamp),
    ("marker", _is_numbering),
    ("pointer", _is_lone_pointer),
    ("order", _is_reordered),
    ("pointer", _only_addresses),
    ("spelling", _is_respelled),
    ("pointer", _are_pointers),
    ("title", _are_titles),
)


# A rewording of one of these kinds must not reverse the meaning.
_SAYING_THE_SAME = frozenset({"order", "spelling", "pointer", "title"})


@cache
def _set(name: str) -> frozenset[str]:
    return frozenset(table("wording_significance")[name])
