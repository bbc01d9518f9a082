"""Which metric the figures of a sentence belong to."""

from dataclasses import replace

from diffs.language.amounts import Amount
from diffs.language.vocabulary import plain, words
from diffs.targets.limits.comparators import Held
from diffs.targets.metrics.concepts import concepts, takes_sales, takes_share
from diffs.targets.metrics.known_metrics import KnownMetric, Mention, fits, mentions, metrics
from diffs.targets.passages.passages import Passage
from diffs.values import Target

from .new_metrics import is_of_time, own_name
from .spoken_of import counted_behind, spoken_of

# The words for what a figure is a share of follow within so many characters.
_NEXT = 40
# A label has at most so many characters.
_LABEL = 60


def metric_for(found: Held, text: str, named: tuple[Mention, ...], amounts: tuple[Amount, ...]) -> KnownMetric | None:
    """The metric that a figure belongs to: the one right after it, else the last before it, else the next."""
    counted = counted_behind(found, text) if found.amount.kind == "percent" else None
    if counted and not any(
        found.end <= mention.start <= counted.start for mention in named if mention.end > counted.end
    ):
        return counted.metric
    fitting = [mention for mention in named if fits(mention.metric, found.amount)]
    behind = next((mention for mention in fitting if mention.start >= found.end), None)
    before = next((mention for mention in reversed(fitting) if mention.start < found.amount.end), None)
    if behind and _right_behind(text[found.end : behind.start]):
        return behind.metric
    if before:
        another = _about_another(found, text, before, amounts)
        return another or (None if _has_own_name(found, text[before.end : found.start]) else before.metric)
    if found.amount.kind == "count":
        return None
    if behind and not any(
        found.end <= other.start < behind.start and other.kind == found.amount.kind for other in amounts
    ):
        return behind.metric
    return None


def _has_own_name(found: Held, gap: str) -> bool:
    """Whether a figure after a named metric has an unlisted name of its own: "late rate 5%, scan rate 80%"."""
    name = own_name(gap)
    return bool(name) and (found.amount.kind == "duration" or not is_of_time(name))


def _about_another(found: Held, text: str, before: Mention, amounts: tuple[Amount, ...]) -> KnownMetric | None:
    """The other metric that a figure belongs to when the named metric before it already has its figure.

    "A defect rate over 2%, or over 0.3% of orders closed without a solution".
    """
    taken = [
        other.end
        for other in amounts
        if before.end <= other.start < found.start and other.kind == found.amount.kind and other is not found.amount
    ]
    if not taken or not takes_share(text[found.end :][:_NEXT]):
        return None
    rest = " " * taken[-1] + text[taken[-1] :]
    return spoken_of(found, rest, amounts)


def _right_behind(gap: str) -> bool:
    """Whether only small words lie between a figure and the metric after it ("a minimum 90% OTDR")."""
    return (
        not any(sign in gap for sign in ",;.:|、。；")
        and len(gap.split()) <= 2
        and not gap.strip().startswith(("and", "or"))
    )


def orders_to_qualify(found: Held, passage: Passage) -> KnownMetric | None:
    """The metric of counted orders where they qualify for something ("at least 5 orders to become …"), else None."""
    if found.amount.kind != "orders" or found.sign not in (">", ">="):
        return None
    qualifies = words("wording_targets", "strength", "eligibility").found_in(plain(passage.text))
    return metrics()["order_count"] if qualifies or passage.is_for_a_level else None


def stars(found: Held, named: tuple[Mention, ...]) -> KnownMetric | None:
    """The seller's rating for a figure in stars, unless the sentence names another metric."""
    return metrics()["feedback_rating"] if found.amount.kind == "stars" and found.sign and not named else None


def as_in_column(amount: Amount, passage: Passage) -> Amount:
    """The amount, as a number of orders if it is bare in a column of orders or counts sales ("100 sales")."""
    in_column = passage.column is not None and passage.column.unit == "orders"
    in_column = in_column or (not amount.unit and _is_number_of_orders(plain(passage.text[: amount.start])))
    counted = amount.kind == "count" and (in_column or (amount.unit and takes_sales(amount.unit)))
    return replace(amount, kind="orders", unit="orders") if counted else amount


def _is_number_of_orders(text: str) -> bool:
    """Whether a text that leads to a bare number ends in "number of orders", followed by a sign at most."""
    about = (*mentions(text), *concepts(text)) if len(text) <= _LABEL else ()
    return any(one.metric.unit == "orders" and len(text[one.end :].split()) <= 1 for one in about)


def counts_beside_a_rate(amount: Amount, read: list[tuple[Held, Target]]) -> bool:
    """Whether a number only says how many it takes for a rate to count: "above 2% and at least 3 orders"."""
    counts = amount.kind == "orders" or (amount.kind == "count" and bool(amount.unit))
    return counts and any(target.unit == "percent" for _, target in read)


def has_fitting(named: tuple[Mention, ...], amount: Amount) -> bool:
    """Whether a figure can belong to a metric that the sentence names."""
    return any(fits(mention.metric, amount) for mention in named)


def speaks_for_itself(amounts: tuple[Amount, ...]) -> bool:
    """Whether a figure says by itself what it counts: stars, orders."""
    return any(
        amount.kind in ("stars", "orders") or (amount.kind == "count" and amount.unit and takes_sales(amount.unit))
        for amount in amounts
    )
