"""What a summary says stands in the change, in the role that it is given: over every reported change of real histories,
and over pages of our own.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from diffs.comparing.compare import compare
from diffs.language.normalise import loose
from diffs.language.vocabulary import plain
from diffs.meaning.facts import facts
from diffs.meaning.significance import judge
from diffs.reading.boilerplate import clean
from diffs.reading.extract import extract
from diffs.targets.extract import extract_targets
from diffs.targets.over_time.moves import moves
from diffs.values import Capture, Document, Selection
from diffs.wording.summary import HEADLINE_LENGTH, MOST_POINTS, summarise
from tests.diffs.phrasing import heading, item, policy, row

#: What opens a part of a line, and the side of the change on which its words stand.
OPENS = re.compile(
    r"(?<![\w“])(New section|New in the changed text|No longer in the changed text|Sections? removed|New sections|New|Removed|Now|No longer|Was|Before|now|was|removed|new|no longer): "
)
SIDES = {
    "new in the changed text": "after",
    "new section": "after",
    "new sections": "after",
    "new": "after",
    "now": "after",
}
OURS = re.compile(r"\(\d+ times\)|and (?:one|\d+) more(?: places?)?")
FIGURE = re.compile(r"(?<![\w.,])\d[\d.,]*\d|(?<![\w.,])\d(?![\w])")


def faults(old: Document, new: Document) -> Iterator[str]:
    """What is wrong with the summary of a change."""
    comparison = compare(old, new)
    found, moved = facts(comparison, old, new), moves(extract_targets(old), extract_targets(new))
    shown = summarise("A page", "edit", comparison, found, moved, judge(comparison, found, moved, old, new), None)
    sides = {
        "before": _text(comparison.hunks, "before"),
        "after": _text(comparison.hunks, "after"),
    }
    for line in (shown.headline, *shown.points):
        yield from _fragments(line)
        yield from _alike(line)
        yield from _strangers(OURS.sub("", line), sides)
    if len(shown.headline) > HEADLINE_LENGTH or re.search(r"^…|…$|“\s*…|…\s*”|more places", shown.headline):
        yield f"no headline: {shown.headline}"
    if len(shown.points) > MOST_POINTS:
        yield f"{len(shown.points)} points"


def _text(hunks, side: str) -> str:
    blocks = (block for hunk in hunks for block in getattr(hunk, side))
    both = "\n".join(f"{hunk.section_before}\n{hunk.section_after}\n{hunk.lead}" for hunk in hunks)
    return plain("\n".join([*(f"{block.numbered}\n{block.place}" for block in blocks), both]))


def _fragments(line: str) -> Iterator[str]:
    if not line.strip() or "“”" in line or line.count("“") != line.count("”"):
        yield f"a fragment: {line}"


def _alike(line: str) -> Iterator[str]:
    for was, now in re.findall(r"([^;:→]+) → ([^;:→]+?)(?=[;.]|$)", line):
        if loose(was) == loose(now):
            yield f"both sides alike: {line}"
    for now, was in re.findall(r"Now: (.+?) \(?[Ww]as: “(.+?)”", line):
        if loose(now) == loose(was):
            yield f"both sides alike: {line}"


def _strangers(line: str, sides: dict[str, str]) -> Iterator[str]:
    """Figures of a line that do not stand on their side of the change."""
    parts = OPENS.split(line)
    for at in range(0, len(parts), 2):
        side = SIDES.get(parts[at - 1].lower(), "before") if at else "both"
        where = "\n".join(sides.values()) if side == "both" else sides[side]
        for figure in FIGURE.findall(plain(parts[at])):
            if figure not in where:
                yield f"{figure} is not {side}: {line}"


def _reported(corpus: Path) -> Iterator[tuple[str, Document, Document]]:
    for folder in sorted((corpus / "docs").iterdir()):
        with (folder / "timeline.csv").open(newline="", encoding="utf-8") as rows:
            shas = {int(line["seq"]): line["sha12"] for line in csv.DictReader(rows)}
        with (folder / "expected_alerts.csv").open(newline="", encoding="utf-8") as rows:
            for alert in csv.DictReader(rows):
                if alert["importance"] == "high":
                    pair = [folder / "texts" / f"{shas[int(alert['seq']) - step]}.md" for step in (1, 0)]
                    yield folder.name, *(_read(path) for path in pair)


def _read(path: Path) -> Document:
    return clean(extract(Capture(url="", media_type="markdown", body=path.read_bytes()), Selection()).document).document


def test_real_histories_are_told_rightly(corpus: Path) -> None:
    wrong = [f"{name}: {fault}" for name, old, new in _reported(corpus) for fault in faults(old, new)]

    assert wrong == []


PAGES = {
    "a figure": ("You pay a fee of 15% within 30 days.", "You pay a fee of 12% within 14 days."),
    "a share capital": (
        "Example Ltd, share capital EUR 37,500, 12 Main Street, is liable to you.",
        "Example Ltd, share capital EUR 165,833, 40th floor, 3 High Street, is liable to you.",
    ),
    "a law": ("It follows Directive 2004/12 of 27 December 2004.", "It follows Directive 2021/914 of 4 June 2021."),
    "a row": (row("Books", "15%", "$0.99"), row("Books", "12%", "$1.80")),
    "a list": (item("toys that are new"), item("toys")),
    "a long sentence": (
        "Stay.",
        (
            "If the buyer lives in France, and you ship the order yourself (not through us), you must refund the price, "
            "the costs of shipping, any customs duties, and all fees within 14 days, unless the buyer agrees otherwise, "
            "including where the item is lost, damaged or late."
        ),
    ),
    "a clause that is broken off": (
        "Stay.",
        (
            "The other party may, in its sole discretion and at any time before the hearing begins in the court named "
            "above, require that all claims be decided in the courts of the state where the seller has its seat."
        ),
    ),
}


@pytest.mark.parametrize("page", PAGES)
def test_pages_of_our_own_are_told_rightly(page: str) -> None:
    before, after = PAGES[page]
    for old, new in ((before, after), (after, before)):
        assert (
            list(faults(policy(heading("Rules"), old, "It stays."), policy(heading("Rules"), new, "It stays."))) == []
        )


def test_the_checker_finds_what_is_wrong() -> None:
    sides = {"before": "We pay 5 euros.", "after": "We pay 7 euros."}

    assert list(_strangers("New: We pay 5 euros.", sides)) == ["5 is not after: New: We pay 5 euros."]
    assert list(_strangers("Fee: New: We pay 7 euros. No longer: “5 euros”", sides)) == []
    assert list(_alike("Fee: 5 € → 5 €"))
    assert list(_fragments("No longer: “”"))
    assert list(_alike("Now: It rains. Was: “it rains”"))
