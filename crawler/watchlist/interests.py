"""A seller's interests: groups of pages under names that a seller uses. Pure."""

import re
from functools import cache

from .tables import table


def names() -> tuple[str, ...]:
    """The names of all interests, in the order in which they are offered."""
    return tuple(table("interests"))


def title(name: str) -> str:
    """An interest in words."""
    found: str = table("interests")[name]["title"]
    return found


def interest_of(category: str) -> str:
    """The interest that pages of a category belong to."""
    return _by_category()[category]


def category_by_title(words: str) -> str:
    """The category that a page's title indicates; "policy" if it indicates none."""
    found = (name for name, shape in _titles() if shape.search(words))
    return next(found, "policy")


@cache
def _by_category() -> dict[str, str]:
    return {category: name for name, group in table("interests").items() for category in group["categories"]}


@cache
def _titles() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (name, re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})", re.IGNORECASE))
        for name, words in table("titles").items()
    )
