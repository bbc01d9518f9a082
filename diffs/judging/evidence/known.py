"""What is known about a page when a difference is judged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from .clock import Times

#: When each slot last differed (ISO 8601, UTC), oldest first.
Slots = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about a page when a difference is judged.

    `days_since` counts the days (UTC) on which the page was read since a given moment, including this check's day.
    `stating` are the indexes of the hunks that state a rule. `taught` are the slots that the owner marked as noise,
    `real` those in which the owner reported a missed change.
    """

    slots: Slots
    times: Times
    days_since: Callable[[datetime], int]
    stating: frozenset[int] = frozenset()
    taught: frozenset[str] = frozenset()
    real: frozenset[str] = frozenset()
