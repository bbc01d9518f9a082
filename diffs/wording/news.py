"""How much each word of a change tells: what the other side of the change does not contain tells most."""

import math
from collections import Counter
from collections.abc import Iterable

from diffs.language.categories import categories, weight
from diffs.meaning.rewording import changed_words
from diffs.meaning.sentence_pairs import SentencePair
from diffs.values import Comparison

from .clauses import words_of

#: A word no longer than this only joins others.
_SHORT = 3
#: The share of its weight that a word keeps if the other side of the change contains it too, elsewhere.
_KNOWN = 0.3
_FIGURE = 1.5
#: What each step in the weight of a word's category adds.
_MATTER = 0.5
#: What each doubling of the number of changed sentences with the word adds.
_OFTEN = 0.35


def news_of(comparison: Comparison, pairs: Iterable[SentencePair]) -> dict[str, float]:
    """The words that a change added or removed and how much each tells, mostly 1 to 3; joining words are left out."""
    before = words_of("\n".join(hunk.text_before for hunk in comparison.hunks))
    after = words_of("\n".join(hunk.text_after for hunk in comparison.hunks))
    moved: Counter[str] = Counter()
    for pair in pairs:
        gone, come = changed_words(pair)
        moved.update({*gone, *come})
    return {
        word: _telling(word, count, is_known=word in before and word in after)
        for word, count in moved.items()
        if len(word) > _SHORT or word.isdigit()
    }


def _telling(word: str, count: int, *, is_known: bool) -> float:
    about = max((weight(name) for name in categories(word)), default=0)
    base = (_KNOWN if is_known else 1.0) * (_FIGURE if word.isdigit() else 1.0)
    return base * (1 + _MATTER * max(0, about - 1)) * (1 + _OFTEN * math.log2(count))
