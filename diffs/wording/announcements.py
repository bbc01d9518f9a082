"""The words for an announcement, and for where a change was announced."""

import re
from collections.abc import Iterable

from diffs.language.plain_text import in_short
from diffs.language.vocabulary import plain
from diffs.values import BlockKind, Comparison, Fact

from .point import Point
from .quotes import excerpt

_QUOTE = 140
_TITLE = 90
#: That it is not to come weighs more than any figure of what was announced.
_WITHDRAWN = 200.0
#: The line that our reader adds to an entry of a feed (diffs/reading/extract.py).
_PUBLISHED = re.compile(r"Published \d{4}-\d\d-\d\d")
#: How many characters of the announcement's id are shown: enough for `policywatch diff`, which accepts a prefix.
_ID = 8


def title_of(facts: Iterable[Fact]) -> str:
    """The title of an announcement; "" where the title is only a date."""
    found, words = _titled(facts)
    # "February 9, 2026" or "Updates of 9 February" does not say what it is about.
    return found if words > 2 else ""


def _titled(facts: Iterable[Fact]) -> tuple[str, int]:
    """The title of an announcement, and how many words it has."""
    found = next((fact.sentence_after for fact in facts if fact.kind == "announcement"), "")
    return found, sum(word.isalpha() for word in plain(found).replace(",", " ").split())


def lead_of(comparison: Comparison, facts: Iterable[Fact] = ()) -> str:
    """The beginning of an announced entry below its title and its date; "" where there is nothing below them.

    A short title ("Policy update"), which other entries may share, is put in front.
    """
    blocks = comparison.hunks[0].after[1:] if comparison.hunks else ()
    texts = (block.shown for block in blocks if block.kind is not BlockKind.HEADING)
    lead = next((text for text in texts if not _PUBLISHED.fullmatch(text)), "")
    title, words = _titled(facts)
    is_dated = any(letter.isdigit() for letter in title)
    return f"{title}: {lead}" if lead and 0 < words <= 2 and not is_dated else lead


def where_of(facts: Iterable[Fact]) -> str:
    """One line with the date of an announcement and where to read it; "" where that is the page itself."""
    fact = next((fact for fact in facts if fact.kind == "announcement" and fact.after), None)
    if fact is None:
        return ""
    return f"Dated {fact.before}; read it at {fact.after}" if fact.before else f"Read it at {fact.after}"


def points_of(facts: Iterable[Fact]) -> list[Point]:
    """One point per announcement that was withdrawn."""
    found = [fact for fact in facts if fact.kind == "withdrawn"]
    many = f" and {len(found) - 1} more" if len(found) > 1 else ""
    points = []
    for at, fact in enumerate(found):
        text = f"Announcement withdrawn: {in_short(fact.sentence_before, _TITLE).rstrip(' .:')}"
        text += f" ({fact.before})" if fact.before else ""
        # In the headline, the first one represents them all.
        places = tuple(dict.fromkeys(one.hunk for one in found)) if at == 0 else (fact.hunk,)
        points.append(Point(_WITHDRAWN - at / 10, text, text + many, "", places))
    return points


def line_of(facts: Iterable[Fact]) -> str:
    """One line that says when and where a change was announced; "" if it was not."""
    for fact in facts:
        if fact.kind == "announced":
            place = f" in “{in_short(fact.section, 70)}”" if fact.section else ""
            quote = excerpt(fact.sentence_after, _QUOTE)
            return f"Announced on {fact.before}{place} (change {fact.after[:_ID]}): “{quote}”"
    return ""
