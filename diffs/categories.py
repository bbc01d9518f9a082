"""What a clause is about: the categories that a seller filters by."""

import re
from functools import cache

from .vocabulary import plain, table


def categories(text: str) -> dict[str, int]:
    """The categories whose words stand in a text, with how often, most often first."""
    flat = plain(text).lower()
    counts = {name: len(shape.findall(flat)) for name, shape in _shapes()}
    return dict(sorted(((name, count) for name, count in counts.items() if count), key=lambda item: -item[1]))


def weight(name: str) -> int:
    """How much a category matters to a seller: 4 to his rights, 3 to his living, 2 to his duties, 1 to know."""
    return int(table("wording_categories")[name]["weight"])


@cache
def _shapes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """In small letters: matching that way is many times faster than without regard to case."""
    return tuple(
        (name, re.compile("|".join(_edged(one) for one in fields["words"])))
        for name, fields in table("wording_categories").items()
    )


def _edged(one: str) -> str:
    small = re.sub(r"(?<!\\)[A-ZÀ-Þ]", lambda match: match.group().lower(), one)
    return small if ord(one[0]) > 0x3000 else rf"(?<![^\W_]){small}" + (r"(?![^\W_])" if one.endswith("?") else "")
