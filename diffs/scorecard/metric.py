"""The value type for one of the seller's own figures."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

#: The prefix for the name of a metric that is in no list.
UNKNOWN = "unknown:"


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure of the seller's own over a window of time.

    `marketplace` is a code ("US"), or Amazon's id where the code is unknown. `metric` is a name from the table of
    metrics, one of the report's counters, or "unknown:" and the name in the report. `scope` says whose orders
    ("seller-fulfilled", "FBA"), "" for all.
    `numerator` counts the defects where a low rate is good, and the good ones where a high rate is good; `denominator`
    counts all orders, shipments or units. None where the report does not say.
    `rate` and `target` are in `unit`: 3.4 percent is 3.4. `condition` is the comparator of `target`.
    The window is UTC, both ends inclusive. `status` is Amazon's own value (GOOD, BAD, NONE), as written.
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
        """The exact figure, in `unit`; None if there is none. Counts take precedence over a rate, which is rounded."""
        if self.unit == "count":
            return Fraction(self.numerator) if self.numerator is not None else _exact(self.rate)
        if self.denominator == 0:
            return None
        if self.denominator is not None and self.numerator is not None:
            return Fraction(100 * self.numerator, self.denominator)
        return _exact(self.rate)

    @property
    def days(self) -> int | None:
        """The length of the window in days; None if it is unknown."""
        if self.window_from is None or self.window_to is None:
            return None
        # The window of a report ends at 23:59, without seconds.
        return round((self.window_to - self.window_from + timedelta(minutes=1)) / timedelta(days=1))

    @property
    def is_known(self) -> bool:
        """Whether this metric is known."""
        return not self.metric.startswith(UNKNOWN)

    @property
    def key(self) -> tuple[str, str, str]:
        """What identifies a figure: marketplace, metric, scope."""
        return (self.marketplace, self.metric, self.scope)


def _exact(rate: Decimal | None) -> Fraction | None:
    return Fraction(rate) if rate is not None else None
