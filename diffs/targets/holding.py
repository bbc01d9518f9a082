"""Which targets of a page apply only from a future date: those the date is about, and no others."""

import re

from diffs.language.vocabulary import plain
from diffs.values import Target

from .concepts import concepts
from .known_metrics import mentions

# A sentence about the page as a whole: "these changes take effect on …", "the policy applies from …".
_WHOLE = re.compile(
    r"\b(?:changes?|updates?|updated|revis\w+|amend\w+|polic(?:y|ies)|terms|agreement|conditions|requirements?|targets?|"
    r"standards?|rules?|page|version|edition|thresholds?|effective date|guidelines?|programme|program|"
    r"änderung\w*|richtlinien?|bedingungen|vereinbarung|regel\w*|fassung|anforderung\w*|ziele?n?|"
    r"modifications?|changements?|politiques?|conditions|règles?|exigences|objectifs|"
    r"modific\w*|condizioni|regole|termini|cambios?|condiciones|reglas|términos|políticas?|requisitos|"
    r"alteraç\w+|regras|termos|wijziging\w*|voorwaarden|regels|beleid|zmian\w*|regulamin\w*|zasad\w*|wymagani\w*)\b|"
    r"変更|規約|ポリシー|改定|基準|规则|政策|条款|变更|标准",
    re.IGNORECASE,
)


def is_held_back(target: Target, sentence: str) -> bool | None:
    """Whether the sentence that names a future date is about this target; None where that is unclear.

    It is if it states the target, names its metric, or is about the page as a whole. A date without any other words
    may belong to anything.
    """
    if not sentence:
        return True
    text = plain(sentence)
    if _in(target.sentence, sentence):
        return True
    named = {mention.metric.name for mention in (*mentions(text), *concepts(text))}
    if named:
        return target.metric in named
    if _WHOLE.search(text):
        return True
    return None if len(re.findall(r"[^\W\d_]{4,}", text)) <= _FEW else False


#: "Effective January 15, 2027" has no more words than this.
_FEW = 3


def _in(stated: str, sentence: str) -> bool:
    """Whether one of two sentences contains the other, ignoring signs and spaces."""
    one, other = (re.sub(r"[\W_]+", "", text.lower()) for text in (stated, sentence))
    return bool(one) and (one in other or other in one)
