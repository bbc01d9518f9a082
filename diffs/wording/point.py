"""One thing to report of a change, and its weight."""

from dataclasses import dataclass

from diffs.language.categories import categories, weight
from diffs.language.plain_text import in_short


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to tell: how much it weighs, the words with and without the section, and the hunks it stands on.

    `is_date` and `is_list` (figures or names gathered) mark what a short summary keeps room for; `is_clause` marks one
    sentence that came, went or was reworded.
    """

    weight: float
    text: str
    short: str
    section: str
    places: tuple[int, ...]
    is_date: bool = False
    is_list: bool = False
    is_clause: bool = False

    @property
    def line(self) -> str:
        """The point with its section in front."""
        place = last_heading(self.section)
        return f"{place}: {self.text}" if place and not self.text.startswith(place) else self.text


def last_heading(section: str) -> str:
    """The innermost heading of a place, short."""
    return in_short(section.rsplit(" › ", 1)[-1], 60).rstrip(" :.")


def weight_of(text: str) -> float:
    """How much the words of a text matter to a seller, by what they are about."""
    return float(sum(weight(name) * min(count, 2) for name, count in categories(text).items() if weight(name) > 1))
