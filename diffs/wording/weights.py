"""How much a clause that came, went or reads differently matters to whoever reads of the change."""

import math
import re
from dataclasses import dataclass
from functools import cache

from diffs.language.alternatives import Alternatives
from diffs.language.amounts import find
from diffs.language.categories import categories
from diffs.language.dates import dates_in
from diffs.language.duties import duties
from diffs.language.names import companies
from diffs.language.vocabulary import table, words
from diffs.meaning.sentence_pairs import SentencePair
from diffs.meaning.turns import is_answer, turns
from diffs.values import Hunk

from .parts import says_something

#: The weight of a sentence whose meaning changed, and what raises or lowers it. Set by reading which of all changed
#: sentences people told of: what a clause is about says little, that it is new, dated or measured says much.
_RULE = 20.0
_REMOVED, _EDIT, _DATE, _TURN, _DUTY, _WE = 0.4, 1.1, 1.6, 1.3, 1.1, 1.3
_AMOUNTS = {"money": 1.1, "percent": 1.25, "duration": 1.6}
#: The weights of what touches no rule.
_OTHERS = {"title": 4.0, "pointer": 3.0, "spelling": 2.0}
#: A line of fewer characters is an entry or a title rather than a rule.
_LINE, _SHORT_LINE = 45, 0.5
#: When a former edition was in force is no news.
_PAST = 0.1
#: A title before the text of its own paragraph has no more words, and keeps this share of its weight.
_TITLE, _RUN_IN = 5, 0.2
#: A line that introduces a list says only half of something.
_LIST_LINE = 0.5
#: The added weight of a sentence by which another company becomes the party to the agreement.
_PARTY = 60.0


@dataclass(frozen=True, slots=True)
class Changed:
    """A changed sentence, the kind of its rewording, the words that came or went, and its hunk."""

    pair: SentencePair
    kind: str
    words: str
    hunk: Hunk

    @property
    def said(self) -> str:
        """The sentence as it is now, or as it was."""
        return self.pair.after or self.pair.before


def weight_of_sentence(changed: Changed) -> float:
    """How much a changed sentence matters: about 20 for a new rule, more for a figure, a day, a duty or a turn."""
    if changed.kind != "meaning":
        return _OTHERS.get(changed.kind, 1.0)
    pair, said = changed.pair, changed.said
    weight = _RULE * (1.0 if pair.after else _REMOVED) * (_EDIT if pair.before and pair.after else 1.0)
    weight *= _SHORT_LINE if len(said) < _LINE else 1.0
    weight *= math.prod(_AMOUNTS[kind] for kind in {amount.kind for amount in find(changed.words)} & _AMOUNTS.keys())
    weight *= _DATE if dates_in(changed.words) else 1.0
    weight *= _PAST if _past().search(said) and dates_in(said) else 1.0
    weight *= _TURN if turns(pair.before, pair.after) else 1.0
    weight *= _DUTY if duties(changed.words) else 1.0
    weight *= _WE if _we().search(said) else 1.0
    weight *= _RUN_IN if _is_run_in(changed) else 1.0
    weight *= _LIST_LINE if said.rstrip().endswith((":", "：")) else 1.0
    return weight + _PARTY * _says_who_contracts(pair)


def _is_run_in(changed: Changed) -> bool:
    """Whether a new or removed sentence is the title of its paragraph: "Termination. Each party may …"."""
    pair, said = changed.pair, changed.said
    if (pair.before and pair.after) or len(said.split()) > _TITLE or is_answer(said) or says_something(said):
        return False
    blocks = changed.hunk.after if pair.after else changed.hunk.before
    return not find(said) and not any(block.shown.strip() == said.strip() for block in blocks)


def _says_who_contracts(pair: SentencePair) -> bool:
    """Whether a new sentence names two companies and says which is the party to the agreement."""
    return not pair.before and len(companies(pair.after)) > 1 and "contracting-party" in categories(pair.after)


@cache
def _past() -> Alternatives:
    return words("wording_clauses", "past")


@cache
def _we() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(table('wording_clauses')['ours'])})(?!\w)", re.IGNORECASE)
