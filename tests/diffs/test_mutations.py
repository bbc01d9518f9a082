"""A single edit by which a rule changes is always reported, and a turned duty or a ban is never called a trifle.

The edits are made by grammar (`mutations.py`), on a policy of our own and on the labelled histories, whose texts
belong to others and stay where they are.
"""

import csv
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from diffs.comparing.compare import compare
from diffs.meaning.facts import facts
from diffs.meaning.significance import judge
from diffs.reading.boilerplate import clean
from diffs.reading.extract import extract
from diffs.targets.extract import extract_targets
from diffs.targets.over_time.moves import moves
from diffs.values import Capture, Document, Selection
from tests.diffs.mutations import mutations
from tests.diffs.phrasing import heading, item, policy

OURS = policy(
    heading("Listing rules"),
    "All sellers must describe an item as it is. You may list used goods, unless the category says otherwise.",
    "Refurbished goods are permitted in electronics if a warranty of at least 90 days comes with them.",
    "Sellers may not ask buyers for reviews in return for a discount.",
    item("lighters and other goods with an open flame"),
    item("knives with a blade that locks"),
    item("medicines of any kind, sold with or without a recipe"),
    heading("Money"),
    "We will not hold a payout for longer than 14 days. A refund should be made within 48 hours of any complaint.",
    "The fee is 8% of the price, except for books. We charge $25 for every pallet that arrives without a label.",
)

Verdicts = dict[str, Counter[str]]


def verdicts(named: Iterable[tuple[str, Document]]) -> Verdicts:
    """How the edits of each kind are judged: "untold", what the change is called, or how much a material one matters."""
    found: Verdicts = defaultdict(Counter)
    for name, document in named:
        targets = extract_targets(document)
        for mutation in mutations(document, random.Random(name)):
            after = mutation.document
            comparison = compare(document, after)
            moved = moves(targets, extract_targets(after))
            told = judge(comparison, facts(comparison, document, after), moved, document, after)
            verdict = told.importance if told.significance == "material" else told.significance
            found[mutation.kind][verdict if comparison.hunks else "untold"] += 1
    return found


def share(found: Verdicts, kinds: str, *verdicts: str) -> float:
    """The part of the edits of some kinds that were given one of these verdicts, 0 to 1."""
    of_kind = [count for kind, count in found.items() if kind.startswith(kinds)]
    return sum(count[one] for count in of_kind for one in verdicts) / sum(map(Counter.total, of_kind))


def test_each_edit_of_our_own_policy_is_reported_and_weighed() -> None:
    found = verdicts((f"ours {at}", OURS) for at in range(8))

    assert len(found) >= 16
    assert not any(count["untold"] or count["cosmetic"] or count["editorial"] for count in found.values())
    for kinds in ("duty", "ban", "negation", "quantifier", "condition", "number"):
        assert share(found, kinds, "medium", "high") == 1.0, (kinds, found)


@pytest.mark.parametrize("name", ["corpus", "corpus2"])
@pytest.mark.corpus
def test_each_edit_of_a_recorded_policy_is_reported_and_weighed(shared: Path, name: str) -> None:
    found = verdicts(latest(shared / name))

    assert not any(count["untold"] or count["cosmetic"] for count in found.values()), found
    for kinds, least in (("duty", 0.97), ("ban", 0.97), ("negation", 0.97), ("quantifier", 0.95), ("condition", 0.95)):
        assert share(found, kinds, "medium", "high") >= least, (kinds, found)
        assert share(found, kinds, "editorial") == 0.0, (kinds, found)
    assert share(found, "number", "medium", "high") >= 0.9, found


def latest(recorded: Path) -> Iterator[tuple[str, Document]]:
    """The last text of every recorded history."""
    for folder in sorted((recorded / "docs").iterdir()):
        with (folder / "timeline.csv").open(newline="", encoding="utf-8") as lines:
            *_, last = csv.DictReader(lines)
        body = (folder / "texts" / f"{last['sha12']}.md").read_bytes()
        read = extract(Capture(url="", media_type="markdown", body=body), Selection())
        yield folder.name, clean(read.document).document
