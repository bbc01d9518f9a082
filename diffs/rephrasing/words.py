"""A headline with its points, read from a model's answer."""

import json
from dataclasses import dataclass
from typing import Self

#: The longest answer that is read, in characters: many times what our own words take.
LONGEST_ANSWER = 20_000


class Refused(ValueError):
    """An answer is not used; the message says why, without any of the answer's words."""


@dataclass(frozen=True, slots=True)
class Words:
    """The headline of a change and its points, weightiest first."""

    headline: str
    points: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The headline, then the points."""
        return (self.headline, *self.points)

    @classmethod
    def from_answer(cls, text: str) -> Self:
        """The words of an answer, which is a JSON object with `headline` and `points` and nothing else.

        Raises Refused if it is anything else.
        """
        if len(text) > LONGEST_ANSWER:
            raise Refused("the answer is too long")
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            raise Refused("the answer is not JSON") from None
        if not isinstance(found, dict) or found.keys() != {"headline", "points"}:
            raise Refused("the answer is not a headline and points")
        headline, points = found["headline"], found["points"]
        if not isinstance(points, list) or not all(isinstance(line, str) for line in (headline, *points)):
            raise Refused("the answer is not a headline and points")
        return cls(headline, tuple(points))
