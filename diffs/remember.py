"""Results of pure functions of a short text, kept: versions of a page repeat nearly all of their sentences.

A new text of a page differs from the last one in a few blocks. What depends on one block, sentence or line alone is
computed once per process, as long as it is among the last `MOST` requested. Nothing can become stale: the key is
everything that the result depends on.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

#: How many results are kept for each function: enough for two or three long policies.
MOST = 4_096
#: A longer text is computed every time, so that a function keeps at most `MOST` times this many letters.
LONGEST = 2_000

P = ParamSpec("P")
R = TypeVar("R")

_kept: list[Any] = []


def remembered(function: Callable[Concatenate[str, P], R]) -> Callable[Concatenate[str, P], R]:
    """The same function of a text (and other hashable arguments), which keeps its latest results."""
    known: Any = lru_cache(maxsize=MOST)(function)
    _kept.append(known)

    @wraps(function)
    def asked(text: str, *rest: P.args, **named: P.kwargs) -> R:
        return (known if len(text) <= LONGEST else function)(text, *rest, **named)

    return cast("Callable[Concatenate[str, P], R]", asked)


def forget() -> None:
    """Drop all kept results, to measure what a first page costs."""
    for known in _kept:
        known.cache_clear()
