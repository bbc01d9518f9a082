"""One thing to report of a change, and its weight."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from diffs.language.categories import categories, weight
from diffs.language.plain_text import in_short

from .clauses import NOTHING, words_of
from .sayings import Saying

#: The most room for gathered names, figures and sections, in characters.
LONGEST = 240


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to report: its weight, its words, its section, and the hunks it is based on.

    `text` is the full wording, `short` the one for a headline. An added, removed or reworded clause has a `saying`
    instead, which words it to fit the room available. `is_date` marks a date, `is_list` a list of gathered names.
    """

    weight: float
    text: str
    short: str
    section: str
    places: tuple[int, ...]
    is_date: bool = False
    is_list: bool = False
    saying: Saying | None = field(default=None)

    @property
    def line(self) -> str:
        """The point with its section in front."""
        place = last_heading(self.section)
        return f"{place}: {self.text}" if place and not self.text.startswith(place) else self.text

    @property
    def news(self) -> frozenset[str]:
        """The words that are new in it, so that a point that repeats them is recognised."""
        return self.saying.news if self.saying else words_of(self.text)

    def said(self, room: int, news: Mapping[str, float] = NOTHING) -> str:
        """The words for a line, in about `room` characters; `news` says how much each word tells."""
        return self.saying.line(room, news) if self.saying else in_short(self.text, max(room, LONGEST))

    def headline(self, room: int, news: Mapping[str, float] = NOTHING) -> str:
        """A whole sentence of no more than `room` characters; "" where there is none."""
        if self.saying:
            return self.saying.headline(room, news)
        return self.short if len(self.short) <= room else ""


def last_heading(section: str) -> str:
    """The innermost heading of a section path, shortened."""
    return in_short(section.rsplit(" › ", 1)[-1], 60).rstrip(" :.")


def weight_of(text: str) -> float:
    """How much a text matters to a seller, by the categories of its words."""
    return float(sum(weight(name) * min(count, 2) for name, count in categories(text).items() if weight(name) > 1))
