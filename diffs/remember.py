"""What a pure function said of a short text is kept: versions of a page say the same sentences again and again.

A new text of a page differs from the last one in a few blocks. What follows from one block, sentence or line alone is
worked out once in a process, as long as it is among the last `MOST` that were asked for. Nothing can become stale: the
whole of what the answer follows from is the key.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

#: So many answers are kept of each function: two or three long policies.
MOST = 4_096
#: A longer text is answered anew, so that all that a function keeps has at most `MOST` times as many letters.
LONGEST = 2_000

P = ParamSpec("P")
R = TypeVar("R")

_kept: list[Any] = []


def remembered(function: Callable[Concatenate[str, P], R]) -> Callable[Concatenate[str, P], R]:
    """The same function of a text (and what else it is given, all hashable), which keeps what it said last."""
    known: Any = lru_cache(maxsize=MOST)(function)
    _kept.append(known)

    @wraps(function)
    def asked(text: str, *rest: P.args, **named: P.kwargs) -> R:
        return (known if len(text) <= LONGEST else function)(text, *rest, **named)

    return cast("Callable[Concatenate[str, P], R]", asked)


def forget() -> None:
    """Keep nothing of what was said before: for measuring what a first page costs."""
    for known in _kept:
        known.cache_clear()
