"""No pattern that reads a page can be made to cost more than the length of what it reads.

All patterns are tried that our modules compile when they are imported and when a page is read, those made of the lists
in `diffs/data` among them. One that is dear and meets no page, or only so many letters of one, is listed with the reason.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patterns import dear

#: The beginning of a pattern, as it is written, and why it may be dear.
ALLOWED = {
    r"[?*+]|\{\d*,?\d*\}": "reads our own patterns",
    r"[\"'“‘«(\[„¿¡]*(?:[^\W\d_]": "is held against the 20 letters behind a full stop",
    r"\d+(?:\.\d+)+[),;]": "is held against the 20 letters behind a full stop",
    r"[\w.]+$": "searches the 24 letters before a full stop",
    r"</?(?:html|head|meta|link|base)\b": "is held against one place, and not where no > follows",
    r"\W*([^\W\d][^:.;|%$€£\d]{5,60}):": "is held against the beginning of a sentence",
    r"(\d+)[.,]0{1,2}": "is held against a whole cell of the seller's own report",
    r"<[a-z0-9]+ [^>]*\bdata-wanted": "reads our own mail",
    r"[^\s()<>;,]+@[^\s()<>;,]+\.": "is held against the whole of the user's own setting",
    r"(\d+(?:\.\d+)?)\s*(s|m|min|h|d|w)": "is held against the whole of the user's own setting",
    r"\s*\[": "reads the user's own watch-list",
    r"«\s+|\s+»": "reads a text whose runs of blanks are one",
    "\\s*(?:\n          (?P<bullet>": "is held against the first 80 letters of a line",
    r"(?:This\ article\ applies\ to\ selling\ in": "reads one line, which always ends where it fails",
}


def test_no_pattern_costs_more_than_what_it_reads() -> None:
    code = "from tests.patterns import main; main()"
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True)
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    dear_ones = {(where, pattern): why for where, pattern, why in found if why}

    unlisted = {one: why for one, why in dear_ones.items() if not one[1].startswith(tuple(ALLOWED))}
    unused = [one for one in ALLOWED if not any(pattern.startswith(one) for _, pattern in dear_ones)]

    assert len(found) > 500
    assert unlisted == {}
    assert unused == []


@pytest.mark.parametrize(
    "pattern",
    [
        r"\s+$",
        r"text-decoration\s*:[^;]*line-through",
        r"a*b?a*c",
        r"^a*b?a*c",
        r"(?:a+)+b",
        r"(?:a|a[bc]*|ab)*d",
        r"([^{}]*)\{([^{}]*)\}",
        r"(?>\w+)%",
        r"(?:x|y\w*:)z",
    ],
)
def test_a_dear_pattern_is_found(pattern: str) -> None:
    assert dear(re.compile(pattern))


@pytest.mark.parametrize(
    "pattern",
    [
        r"\w+",
        r"<[^<>]*>",
        r"(?<!\w)\w++%",
        r"a{1,20}b",
        r"^\s*a",
        r"(?:\w+ )*\w+",
        r"text-decoration\s*:[^;:]*line-through",
        r"(?:(?:abc)*d)*",
    ],
)
def test_one_that_costs_its_length_is_not(pattern: str) -> None:
    assert dear(re.compile(pattern)) == ""


def test_runs_of_blanks_count_only_where_a_text_may_have_them() -> None:
    assert dear(re.compile(r"\s*:\s*%"))
    assert dear(re.compile(r"\s*:\s*%"), blanks=False) == ""
