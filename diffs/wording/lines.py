"""Put what is said about a change into lines: one per section, the one that tells most first."""

from collections.abc import Mapping

from diffs.language.plain_text import in_short

from .choosing import Said
from .clauses import words_of
from .point import last_heading

#: The longest line, in characters.
POINT_LENGTH = 560
#: What introduces a statement; before several in a row it is written once.
VERBS = ("New", "Removed", "Now")
#: A section is named in full once; a second line about it names it in so many characters.
_SHORT_NAME = 30
#: A text is not repeated if the headline leaves out no more than this share of its words.
_SAID = 0.2
#: Up to so many points, each is below its section, the one of the headline too.
FEW_POINTS = 3


def lines_of(told: list[Said], headline: str, news: Mapping[str, float], *, is_revision: bool = False) -> list[str]:
    """One line per section, the one that tells most first, then what the whole change is about, dates last.

    Of a long revision is said first what it is about. What the headline says in full is not said again.
    """
    groups: dict[tuple[str, bool], list[Said]] = {}
    for one in told:
        # A date is a line of its own: it says from when all the others apply.
        groups.setdefault((last_heading(one.point.section), one.point.is_date), []).append(one)
    worth = {key: sum(one.worth(news) for one in group) for key, group in groups.items()}
    is_short = len(told) <= FEW_POINTS
    most = max(worth.values(), default=0.0)
    # What the whole is about stands right after the line that tells most, and is never left out.
    about = {
        key: (is_revision or worth[key] < most) and not any(one.point.is_list for one in group)
        for key, group in groups.items()
    }
    lines: list[str] = []
    for place, is_date in sorted(groups, key=lambda key: (key[1], about[key], -worth[key])):
        group = groups[place, is_date]
        lines += _section_lines(place, [one.text for one in group if is_short or not _says(headline, one)])
    return lines


def _says(headline: str, one: Said) -> bool:
    """Whether the headline says all of a statement but a few words, and none of those brings anything new."""
    missing = words_of(one.text) - words_of(headline)
    return not missing & one.tells and len(missing) <= len(words_of(one.text)) * _SAID


def _section_lines(place: str, texts: list[str]) -> list[str]:
    """The texts of one section as one line, or as several where one would be too long to read."""
    lines: list[list[str]] = []
    for text in texts:
        if not lines or sum(map(len, lines[-1])) + len(text) > POINT_LENGTH:
            lines.append([])
        lines[-1].append(text)
    return [_line(in_short(place, _SHORT_NAME) if at else place, told) for at, told in enumerate(lines)]


def _line(place: str, texts: list[str]) -> str:
    """The texts of one section on one line; a verb that introduces several in a row is written once."""
    verb, told = "", list[str]()
    for text in texts:
        opening, _, rest = text.partition(": ")
        again = opening == verb and opening in VERBS and told[-1][-1:] in ".!?"
        told.append(rest if again else text)
        verb = opening
    ended = [text if text[-1:] in ".!?…”)" or at == len(told) - 1 else f"{text}." for at, text in enumerate(told)]
    whole = " ".join(ended)
    return f"{place}: {whole}" if place and not whole.startswith(place) else whole
