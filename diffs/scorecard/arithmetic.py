"""The arithmetic of a target: how many defects some orders allow, and how many orders some defects need.

Exact: whole numbers and fractions only. All is said in defects: "at least 95% valid tracking" is "at most 5%
without", so that one set of formulas serves targets in either direction, and "under" is never mixed up with
"at most".
"""

import math
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Limit:
    """The share of orders that may have a defect, from 0 to 1; `strict` where exactly that much is too much already."""

    share: Fraction
    strict: bool

    def holds(self, share: Fraction) -> bool:
        """Whether this share of defects is within the limit."""
        return share < self.share if self.strict else share <= self.share


def carried(orders: int, limit: Limit) -> int:
    """The most defects that so many orders carry; -1 where even none would be too many."""
    most = limit.share * orders
    return max(-1, min(orders, math.ceil(most) - 1 if limit.strict else math.floor(most)))


def left(defects: int, orders: int, limit: Limit) -> int:
    """How many more of these orders may turn out bad; below 0: how many are too many."""
    return carried(orders, limit) - defects


def orders_for(defects: int, limit: Limit) -> int | None:
    """The fewest orders that carry so many defects; None where no number of orders does.

    With 2 defects and "under 1%" it takes 201: two of 200 are exactly 1%, which is not under it.
    """
    least = max(1, defects)
    if limit.share <= 0:
        return least if limit.holds(Fraction(defects)) else None
    exact = defects / limit.share
    return max(least, math.floor(exact) + 1 if limit.strict else math.ceil(exact))


def good_needed(defects: int, orders: int, limit: Limit) -> int | None:
    """How many further orders without a defect bring the share within the limit; 0 where it is, None if none do."""
    needed = orders_for(defects, limit)
    return None if needed is None else max(0, needed - orders)
