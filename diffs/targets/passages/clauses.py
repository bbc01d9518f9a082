"""Which figure of a sentence a date, a window or a name in it is about."""

import re
from collections.abc import Sequence

#: Between a figure and what is said of the next one.
BORDER = re.compile(r"[;.:](?!\d)|\|")
JOINT = re.compile(
    r"[,;:(.|](?!\d)|\b(?:and|or|but|while|und|oder|aber|et|ou|mais|e|ma|y|o|pero|en|maar|i|ale|och|men|ve)\b",
    re.IGNORECASE,
)


def figure_of(
    text: str, figures: Sequence[tuple[int, int]], start: int, end: int, *, stays: bool = False
) -> int | None:
    """The position of the figure that the words at a place are about; None where they are before all figures.

    Behind a figure they are about it, behind a comma or an "and" about the next one. With `stays`, words between two
    commas are about the figure before them.
    """
    if start < figures[0][0]:
        return None
    at = max(place for place, (begin, _) in enumerate(figures) if begin <= start)
    if at + 1 == len(figures):
        return at
    before, behind = text[figures[at][1] : start], text[end : figures[at + 1][0]]
    if BORDER.search(before):
        return at + 1
    is_apart = JOINT.search(before) is not None
    return at + (is_apart and not (stays and JOINT.search(behind)))


def clause_of(text: str, figures: Sequence[tuple[int, int]], at: int) -> str:
    """The part of a sentence that is about one of its figures."""
    start, end = 0, len(text)
    if at:
        behind = figures[at - 1][1]
        joint = JOINT.search(text, behind, figures[at][0])
        start = joint.start() if joint else behind
    if at + 1 < len(figures):
        joint = JOINT.search(text, figures[at][1], figures[at + 1][0])
        end = joint.start() if joint else figures[at + 1][0]
    return text[start:end]
