"""Which targets of a page are in force on a day: not those that ended, nor those that a date to come is about."""

import re
from dataclasses import dataclass, field
from datetime import date

from diffs.language.bounds import on_calendar
from diffs.language.vocabulary import plain
from diffs.targets.metrics.concepts import concepts
from diffs.targets.metrics.known_metrics import mentions
from diffs.values import Target

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


@dataclass(slots=True)
class Standing:
    """The targets of a text on a day, as positions in it.

    `binding` are in force; `announced` come with the date on which each begins; `unclear` are those in force that may
    not have begun. The rest has ended. `is_whole` says that a date holds the whole text back.
    """

    binding: list[int] = field(default_factory=list)
    announced: dict[int, date] = field(default_factory=dict)
    unclear: list[int] = field(default_factory=list)
    is_whole: bool = False


def standing(
    stated: list[Target], day: date, *, seen: date, sentence: str = "", begins: date | None = None
) -> Standing:
    """Which of the targets that a text states are in force on a day, and which are to come.

    `seen` is when the text was first seen, for days without a year. `begins` is the date to come of the change that led
    to the text, given by `sentence`; None if there is none. What a target's own words say of its days counts first.
    """
    found = Standing(is_whole=begins is not None)
    own = [_days(target, seen) for target in stated]
    coming = [target for target, (first, _) in zip(stated, own, strict=True) if first is not None and first > day]
    for at, (target, (first, last)) in enumerate(zip(stated, own, strict=True)):
        if last is not None and last < day:
            continue
        if first is not None and first > day:
            found.announced[at] = first
            found.is_whole = found.is_whole and begins == first
            continue
        held: bool | None = False
        if begins is not None and not (first or last):
            held = _repeats(target, coming) if _is_about(sentence, coming) else is_held_back(target, sentence)
        if begins is not None and held:
            found.announced[at] = begins
        elif not _is_superseded(target, stated, own, day):
            found.binding.append(at)
            found.unclear += [at] if held is None else []
            found.is_whole = False
    return found


#: Metric, unit and scope.
Concern = tuple[str, str, str | None]


def concern(target: Target) -> Concern:
    """What a target limits, and for whom."""
    return (target.metric, target.unit, target.scope)


def is_of(target: Target, concerns: set[Concern]) -> bool:
    """Whether a target limits one of these; a text may name whom it means where the one before it did not."""
    metric, unit, scope = concern(target)
    return any((metric, unit) == other[:2] and (scope == other[2] or None in (scope, other[2])) for other in concerns)


def _days(target: Target, seen: date) -> tuple[date | None, date | None]:
    first, last = (on_calendar(one, seen) if one else None for one in (target.effective_on, target.ends_on))
    return first, last


def _is_about(sentence: str, coming: list[Target]) -> bool:
    """Whether a sentence with a date states targets that give that date themselves."""
    return bool(sentence) and any(_in(target.sentence, sentence) for target in coming)


def _repeats(target: Target, coming: list[Target]) -> bool:
    """Whether a target without a date states one to come a second time."""
    return any(concern(target) == concern(other) and target.value == other.value for other in coming)


def _is_superseded(target: Target, stated: list[Target], own: list[tuple[date | None, date | None]], day: date) -> bool:
    """Whether another target for the same, with a date of its own, has taken the place of one without a date."""
    if target.effective_on or target.ends_on:
        return False
    return any(
        first is not None and first <= day and concern(other) == concern(target) and other.value != target.value
        for other, (first, _) in zip(stated, own, strict=True)
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
