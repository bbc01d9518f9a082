"""A figure of the seller's own, and what such figures are called in reports, on pages and here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from diffs.language.vocabulary import table
from diffs.targets.known_metrics import label as known_label
from diffs.targets.known_metrics import mentions, metrics

#: Longer names of unknown metrics are cut.
_LONGEST = 100

#: What stands before the name of a metric that nobody here has heard of.
UNKNOWN = "unknown:"


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure of the seller's own over a window of time.

    `marketplace` is a code ("US"), or Amazon's id where we know no code. `metric` is a name from the data set of
    metrics, or one of the report's counters, or "unknown:" and what it was called. `scope` says whose orders
    ("seller-fulfilled", "FBA"), "" for all.
    `numerator` counts the defects where a low rate is good, the good ones where a high rate is good; `denominator` all
    orders, shipments or units. None where the report does not say.
    `rate` and `target` are in `unit`: 3.4 percent is 3.4. `condition` is the comparator of `target`.
    The window is UTC, both ends inclusive. `status` is Amazon's own word (GOOD, BAD, NONE), as written.
    `parts` say what the numerator is made of; one order may have several of them.
    """

    marketplace: str
    metric: str
    scope: str = ""
    numerator: int | None = None
    denominator: int | None = None
    rate: Decimal | None = None
    window_from: datetime | None = None
    window_to: datetime | None = None
    status: str = ""
    target: Decimal | None = None
    condition: str = ""
    source: str = ""
    unit: str = "percent"
    parts: tuple[tuple[str, int], ...] = ()

    @property
    def value(self) -> Fraction | None:
        """The exact figure, in `unit`; None where there is none. Counts go before a rate, which was rounded."""
        if self.unit == "count":
            return Fraction(self.numerator) if self.numerator is not None else _exact(self.rate)
        if self.denominator == 0:
            return None
        if self.denominator is not None and self.numerator is not None:
            return Fraction(100 * self.numerator, self.denominator)
        return _exact(self.rate)

    @property
    def days(self) -> int | None:
        """How many days the window has; None where it is not known."""
        if self.window_from is None or self.window_to is None:
            return None
        # A report's window ends at 23:59, to the minute.
        return round((self.window_to - self.window_from + timedelta(minutes=1)) / timedelta(days=1))

    @property
    def is_known(self) -> bool:
        """Whether this metric is one we know."""
        return not self.metric.startswith(UNKNOWN)

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two figures figures of one thing: marketplace, metric, scope."""
        return (self.marketplace, self.metric, self.scope)


def _exact(rate: Decimal | None) -> Fraction | None:
    return Fraction(rate) if rate is not None else None


def reported_rates() -> Mapping[str, Mapping[str, Any]]:
    """The rates in Amazon's report by our name: which fields hold them."""
    return _table("rates")


def reported_counters() -> Mapping[str, list[str]]:
    """The counters in Amazon's report by our name: the fields that hold them."""
    return _table("counters")


def label(name: str) -> str:
    """How a metric is called in a sentence for people: "Late shipment rate"."""
    return str(_table("rates").get(name, {}).get("label") or known_label(name))


def better(name: str) -> str:
    """Which way is good: "lower", "higher", or "" where we do not know."""
    if name in metrics():
        return metrics()[name].better
    if name in _table("counters"):
        return "lower"
    return str(_table("rates").get(name, {}).get("better", ""))


def unit(name: str) -> str:
    """What the figures of a metric are in: percent, count, score, hours …; an unknown one is taken for a rate."""
    if name in metrics():
        return metrics()[name].unit
    return "count" if name in _table("counters") else "percent"


def things(name: str) -> str:
    """What the denominator of a metric counts: "orders", "shipments"."""
    return str(_table("words").get(name, {}).get("things", "orders"))


def bad(name: str, number: int = 1) -> str:
    """What harms a metric, in the singular or the plural: "late shipments"."""
    one, many = _table("words").get(name, {}).get("bad", ("defect", "defects"))
    return str(one if number == 1 else many)


def usual_scope(name: str) -> str:
    """Whose orders a metric is about when nothing is said, "" for all."""
    return str(_table("rates").get(name, {}).get("scope", ""))


def named(written: str) -> str:
    """Our name for a metric as somebody wrote it: "Late Dispatch Rate", "lsr", "late_shipment_rate"."""
    slug = re.sub(r"[\W_]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", written)).strip("_").lower()
    if slug in metrics() or slug in _table("rates") or slug in _table("counters"):
        return slug
    spaced = slug.replace("_", " ")
    for text in (written.strip(), spaced, spaced.upper()):
        found = mentions(text)
        # The whole of it must be the name: "my late shipment rate of toys" is another metric.
        if found and (found[0].start, found[0].end) == (0, len(text)):
            return found[0].metric.name
    return UNKNOWN + slug[:_LONGEST]


def scope(written: str, metric: str) -> str:
    """Our name for whose orders a figure covers; without one, whose the metric is about."""
    folded = re.sub(r"[\s_-]+", " ", written).strip().casefold()
    if not folded:
        return usual_scope(metric)
    return str(_table("scopes").get(folded, word(written)))


def marketplace(written: str) -> str:
    """A marketplace's code, from the code or from Amazon's id; an unknown id as it is."""
    code = word(written).upper()
    return str(_table("marketplaces").get(code, "UK" if code == "GB" else code))


def word(written: object, longest: int = 40) -> str:
    """A short word from outside: printable, on one line."""
    return "".join(letter for letter in str(written) if letter.isprintable()).strip()[:longest]


def is_marketplace(code: str) -> bool:
    """Whether this is a marketplace we know."""
    return code in _table("marketplaces").values()


def regions(code: str) -> tuple[str, ...]:
    """The codes of pages that speak for a marketplace: its own, and those of its region."""
    return (code, *(region for region, members in _table("regions").items() if code in members))


@cache
def _table(name: str) -> Mapping[str, Any]:
    return dict(table("scorecard")[name])
