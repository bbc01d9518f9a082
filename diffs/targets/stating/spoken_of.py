"""Which metric a figure belongs to by what its clause is about, where the sentence names no metric."""

import re
from collections.abc import Iterator

from diffs.language.amounts import Amount
from diffs.targets.limits.comparators import Held, has_cue, speaks_of_breach
from diffs.targets.metrics.concepts import concepts, takes_share
from diffs.targets.metrics.known_metrics import KnownMetric, Mention, fits

#: A label ("Cancellations: max. 2%") is at most so many letters away from its figure.
_BESIDE, _BEFORE_A_TIME = 40, 70
#: The words for what a figure is a share of follow within so many characters.
_SHARE = 60


def spoken_of(found: Held, text: str, amounts: tuple[Amount, ...]) -> KnownMetric | None:
    """The metric of a figure that is a share of things ("2% of your orders") or is right beside what it counts."""
    fitting = [mention for mention in concepts(text) if fits(mention.metric, found.amount)]
    if found.amount.kind == "duration":
        return _to_do_within(found, text, fitting)
    alike = (other.start for other in amounts if other.start > found.amount.end and other.kind == found.amount.kind)
    after = min(alike, default=len(text))
    nearest = (counted_behind(found, text), *_nearest(found, text, fitting, after))
    return next((mention.metric for mention in nearest if mention), None)


def _nearest(found: Held, text: str, fitting: list[Mention], after: int) -> Iterator[Mention]:
    """The mentions that a figure may belong to, most likely first; `after` is where the next figure begins."""
    around = [mention for mention in fitting if mention.start < found.start and mention.end > found.end]
    behind = [mention for mention in fitting if found.end <= mention.start < after]
    before = [mention for mention in fitting if mention.end <= found.start][-1:]
    is_share = takes_share(text[found.end : min(after, found.end + _SHARE)])
    if is_share:
        yield from (*around, *behind)
    yield from (mention for mention in before if is_share or found.start - mention.end <= _BESIDE)
    yield from (mention for mention in behind[:1] if _is_beside(text[found.end : mention.start]))
    yield from around


def counted_behind(found: Held, text: str) -> Mention | None:
    """The metric that follows a share immediately, as what it counts: "2% of complaints, 1.5% of cancellations"."""
    return next(
        (
            mention
            for mention in concepts(text)
            if mention.start >= found.end
            and fits(mention.metric, found.amount)
            and _OF.fullmatch(text[found.end : mention.start])
        ),
        None,
    )


def stands_right_before(found: Held, text: str) -> bool:
    """Whether a figure directly follows what it counts: "delays above 8% …" says when something happens."""
    return bool(found.sign) and any(0 <= found.start - mention.end <= 1 for mention in concepts(text))


def _to_do_within(found: Held, text: str, fitting: list[Mention]) -> KnownMetric | None:
    """The time limit for a task named right before or right after it: "ship orders within 2 days"."""
    for mention in fitting:
        gap = text[mention.end : found.start] if mention.end <= found.start else text[found.end : mention.start]
        is_duty = has_cue(text) or speaks_of_breach(text) or mention.metric.name in _ASKED_FOR
        if is_duty and len(gap) <= _BEFORE_A_TIME and not (mention.metric.name == "ship_time" and _is_sent_back(text)):
            return mention.metric
    return None


#: A figure for these is always a seller's duty.
_ASKED_FOR = frozenset(("contact_response_time", "selling_history", "safe_t_claim_time"))


def _is_sent_back(text: str) -> bool:
    """Whether a sentence is about what a buyer sends back or withdraws from."""
    return _BACK.search(text) is not None


_BACK = re.compile(
    r"return|refund|withdraw|rück|widerruf|retour|rembours|rétract|restitu|reso\b|recess|devol|desist|reembols|zwrot|"
    r"odstąp|返品|返金|退",
    re.IGNORECASE,
)


_OF = re.compile(r"\s*(?:of|de|do|da|di|d'|von|an|van|z|av|der|)\s*", re.IGNORECASE)


def _is_beside(gap: str) -> bool:
    return len(gap.split()) <= 1 and not any(sign in gap for sign in ";|。；")
