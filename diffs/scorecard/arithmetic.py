"""The arithmetic of a target: how many defects a number of orders allows, and how many orders some defects need.

Exact: whole numbers and fractions only. Everything is expressed in defects: "at least 95% valid tracking" is "at most
5% without", so that the same formulas serve targets in both directions and "under" is never confused with "at most".
"""

import math
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Limit:
    """The share of orders that may have a defect, from 0 to 1; `strict` if exactly that share is already too much."""

    share: Fraction
    strict: bool

    def holds(self, share: Fraction) -> bool:
        """Whether this share of defects is within the limit."""
        return share < self.share if self.strict else share <= self.share


def carried(orders: int, limit: Limit) -> int:
    """The largest number of defects that these orders allow; -1 if not even zero defects meet the limit."""
    most = limit.share * orders
    return max(-1, min(orders, math.ceil(most) - 1 if limit.strict else math.floor(most)))


def left(defects: int, orders: int, limit: Limit) -> int:
    """How many more of these orders may have a defect; below 0, how many are too many."""
    return carried(orders, limit) - defects


def orders_for(defects: int, limit: Limit) -> int | None:
    """The smallest number of orders that allows so many defects; None if no number does.

    2 defects and "under 1%" need 201 orders: two of 200 are exactly 1%, which is not under it.
    """
    least = max(1, defects)
    if limit.share <= 0:
        return least if limit.holds(Fraction(defects)) else None
    exact = defects / limit.share
    return max(least, math.floor(exact) + 1 if limit.strict else math.ceil(exact))


def good_needed(defects: int, orders: int, limit: Limit) -> int | None:
    """How many more orders without a defect bring the share within the limit; 0 if it is, None if no number does."""
    needed = orders_for(defects, limit)
    return None if needed is None else max(0, needed - orders)
