"""The place of a hunk as a reader would describe it: its section and the line that introduces its list."""

import re

from diffs.language.vocabulary import plain
from diffs.values import Hunk

# A line that introduces a list names a place when it is no longer than this.
SHORT_LEAD = 80

_VERBS = (
    r"means?|shall mean|will mean|ha(?:s|ve) the meaning|refers? to|is defined|includes|is|are|bezeichnet|bedeutet|"
    r"meint|ist|sind|désigne|signifie|s'entend|est|significa|indica|si intende|betekent|verwijst|designa"
)
_DEFINES = re.compile(
    rf'^[\s*_•-]*"(?P<quoted>[^"]{{2,80}})"[*_\s]*(?:\([^)]*\)\s*)?(?:,? (?:as used|for the purposes)[^,]*,)?\s*:?\s*'
    rf"(?:{_VERBS})\b|"
    r"^[\s*_•-]*(?P<bare>[A-Z][\w&-]*(?: (?:[A-Z][\w&-]*|of|and|or)){0,6}) (?:means|shall mean|has the meaning)\b",
)


def place_of(hunk: Hunk) -> str:
    """The section path of a hunk, with the term that its list defines ("Insurance Limits") or the list's short lead."""
    section = hunk.section_after or hunk.section_before
    lead = term_of(hunk.lead) or _short(hunk.lead)
    return " › ".join(part for part in (section, lead) if part)


def term_of(sentence: str) -> str:
    """The term that a sentence defines; "" where it defines none."""
    match = _DEFINES.search(plain(sentence))
    return (match["quoted"] or match["bare"] or "").strip(" ,.") if match else ""


def _short(lead: str) -> str:
    return lead.rstrip(" :：") if lead.rstrip().endswith((":", "：")) and len(lead) <= SHORT_LEAD else ""
