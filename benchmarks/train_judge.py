"""Learn the weights of the judge for lines outside of a page's text, and measure it on histories it did not learn from.

    python benchmarks/train_judge.py collect ROWS [SET ...]    import sets, write what could be judged, a JSON line each
    python benchmarks/train_judge.py fit ROWS                  measure leave-one-out, write diffs/data/judge.toml

A set is as in `score.py`; `own` is `own_set.py`. Each line of ROWS is a place that the judge may be asked about
(`may_be_asked` in `diffs/judging/evidence/weighing.py`), with its signs and whether it is real. Real is a place of a
recorded change that falls into a window of the set and differs nowhere else; all of a change outside of every window is
noise. Further real ones are single edits of such lines in the histories: one is removed, reworded, or doubled with
other words.

The weights are those of a logistic regression whose signs are given by reason (`SIGNS`): what should speak for
furniture never speaks against it. Each page weighs the same. The threshold leaves every real place alone.
"""

import csv
import json
import math
import random
import re
import sys
import tempfile
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HERE), str(HERE / "benchmarks")]

import own_set
from program import policywatch, run

from diffs.comparing.compare import compare
from diffs.database.archive import open_archive
from diffs.database.models import Page, Version
from diffs.judging.evidence import slots
from diffs.judging.evidence.clock import Times
from diffs.judging.evidence.known import Known
from diffs.judging.evidence.places import Place, places
from diffs.judging.evidence.signs import signs, step_of
from diffs.judging.evidence.weighing import may_be_asked, score
from diffs.language.normalise import fold
from diffs.meaning.facts import facts
from diffs.meaning.meaning import bearing
from diffs.store import changes, pages, versions
from diffs.values import Block, Comparison, Document

SHARED = HERE.parent / "shared"
WEIGHTS = HERE / "diffs" / "data" / "judge.toml"
#: Which way each sign may speak: 1 for furniture, -1 against it.
SIGNS = {"linked": 1, "exchanged": 1, "foreign": 1, "comes": -1}
#: How the sum is learned: strength of the pull to zero, step, rounds.
PULL, STEP, ROUNDS = 0.02, 2.0, 400
#: What all edits of our own weigh, measured against a page; how many of them are made of one text, of how many texts.
EDITS_WEIGH, EDITS, TEXTS = 0.5, 12, 3

Row = dict[str, Any]


def collect(out: Path, sets: Iterable[str]) -> None:
    """Import the sets and write what could be judged in them."""
    with out.open("w", encoding="utf-8") as file, tempfile.TemporaryDirectory() as name:
        for chosen in sets:
            work = Path(name) / Path(chosen).name
            (work / "data").mkdir(parents=True)
            windows = _written(chosen, work)
            policywatch("import", "folder", work / "folder", data=work / "data")
            for row in rows(work / "data", windows):
                file.write(json.dumps({"set": Path(chosen).name, **row}) + "\n")


def _written(chosen: str, work: Path) -> "Windows":
    """Write a set as saved pages; what is expected of it."""
    if chosen == "own":
        made = own_set.write(work / "folder")
        return Windows({page.key: [(week, week) for week in page.edits] for page in made}, own=True)
    corpus = Path(chosen).resolve()
    run(sys.executable, corpus / "to_folder.py", corpus, work / "folder", cwd=work)
    times = json.loads((work / "folder" / "when.json").read_text(encoding="utf-8"))
    return Windows({key: list(_expected(corpus, key)) for key in times}, times)


def _expected(corpus: Path, key: str) -> Iterator[tuple[int, int]]:
    alerts = corpus / "docs" / key / "expected_alerts.csv"
    if alerts.is_file():
        for row in _table(alerts):
            yield int(row["accept_from_seq"]), int(row["accept_until_seq"])
        return
    for row in _table(corpus / "raw" / key / "true_changes.csv"):
        if row["label"] in ("material", "editorial") and row["scope"] == "terms":
            yield int(row["seq"]), int(row["seq"]) + 2


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Windows:
    """When changes are expected: per page the first and last recorded row (or week) of each.

    `own` says that the set is ours: there the lines outside of the text are furniture, and an edit of one is none.
    """

    def __init__(
        self,
        expected: dict[str, list[tuple[int, int]]],
        times: dict[str, list[str]] | None = None,
        *,
        own: bool = False,
    ) -> None:
        self._expected, self.own = expected, own
        self._times = {key: [datetime.fromisoformat(at) for at in listed] for key, listed in (times or {}).items()}

    def holds(self, page: str, at: datetime) -> bool:
        """Whether a change of a page seen at a time (UTC) is expected."""
        seq = (at - own_set.BEGINS) // own_set.WEEK if self.own else bisect_right(self._times[page], at) - 1
        return any(first <= seq <= last for first, last in self._expected[page])


def rows(data: Path, windows: Windows) -> Iterator[Row]:
    """What could be judged in an archive: of each recorded change, and of edits of our own in some of the texts."""
    with open_archive(f"sqlite:///{data / 'policywatch.db'}", create=False).read() as session:
        for page in pages.listed(session):
            yield from _of_page(session, page, windows)


def _of_page(session: Any, page: Page, windows: Windows) -> Iterator[Row]:
    """Each step from one text to the next, with what the steps before it have taught."""
    known: dict[str, tuple[str, ...]] = {}
    steps = [row for row in changes.of_page(session, page) if row.from_version_id and row.to_version_id]
    steps = sorted((row for row in steps if row.kind == "edit"), key=lambda row: row.seen_at)
    draw = random.Random(page.key)
    chosen = set(draw.sample(range(len(steps)), min(TEXTS, len(steps))))
    for at, row in enumerate(steps):
        before, after = (session.get_one(Version, number) for number in (row.from_version_id, row.to_version_id))
        old, new = (versions.document_of(session, version) for version in (before, after))
        times = Times(before.first_seen_at, min(before.last_seen_at, row.seen_at), row.seen_at)
        what, comparison = _known(known, times, old, new)
        is_real = windows.holds(page.key, row.seen_at)
        if row.told or not is_real:
            found = list(_judged(comparison, old, new, what))
            if not is_real or len(found) == sum(1 for _ in places(comparison)):
                yield from ({"page": page.key, "at": str(row.seen_at), "real": is_real, **one} for one in found)
        known = slots.learn(what, places(comparison), old, new)
        if at in chosen and not windows.own:
            yield from ({"page": page.key, "at": "", "real": True, **one} for one in _edits(new, known, times, draw))


def _known(known: dict[str, tuple[str, ...]], times: Times, old: Document, new: Document) -> tuple[Known, Comparison]:
    comparison = compare(old, new)
    return Known(known, times, lambda _: 1, bearing(facts(comparison, old, new))), comparison


def _judged(comparison: Comparison, old: Document, new: Document, known: Known) -> Iterator[Row]:
    step = step_of(comparison, old, new, known)
    for place in step.places:
        if may_be_asked(place, step):
            yield {"signs": signs(place, step), "text": _said(place)}


def _said(place: Place) -> str:
    return " → ".join(" / ".join(block.shown for block in side)[:80] for side in (place.before, place.after))


def _edits(document: Document, known: dict[str, tuple[str, ...]], times: Times, draw: random.Random) -> Iterator[Row]:
    """Single edits of lines that the judge may be asked about, as if the policy's own lines stood there."""
    words = re.findall(r"[^\W\d_]{4,}", document.compared) or ["goods"]
    made = list(_single_edits(document, words, draw))
    for text in draw.sample(made, min(EDITS, len(made))):
        what, comparison = _known(known, replace(times, now=times.now), document, text)
        yield from ({**one, "edit": True} for one in _judged(comparison, document, text, what))


def _single_edits(document: Document, words: list[str], draw: random.Random) -> Iterator[Document]:
    blocks = document.blocks
    at_edge = [*range(min(12, len(blocks))), *range(max(12, len(blocks) - 12), len(blocks))]
    for at in at_edge:
        block = blocks[at]
        said = block.shown.split()
        word = draw.choice(words)  # turned around it stands nowhere else on the page: a new name, another country
        said[draw.randrange(len(said))] = draw.choice((word, word[::-1]))
        other = _saying(block, " ".join(said))
        yield document.with_blocks((*blocks[:at], *blocks[at + 1 :]))
        yield document.with_blocks((*blocks[:at], other, *blocks[at + 1 :]))
        yield document.with_blocks((*blocks[: at + 1], other, *blocks[at + 1 :]))


def _saying(block: Block, text: str) -> Block:
    return replace(block, shown=text, compared=fold(text), links=())


def weighed(found: list[Row]) -> list[float]:
    """What each row weighs: noise and real ones of a page one together, edits of our own less."""
    kinds: dict[tuple[str, bool, bool], int] = defaultdict(int)
    for row in found:
        kinds[_kind(row)] += 1
    return [(EDITS_WEIGH if row.get("edit") else 1.0) / kinds[_kind(row)] ** 0.5 for row in found]


def _kind(row: Row) -> tuple[str, bool, bool]:
    return row["page"], row["real"], bool(row.get("edit"))


def learn(found: list[Row]) -> dict[str, float]:
    """The weight of each sign, by gradient descent that keeps every sign on its side; "" is the share without any."""
    names, heavy = list(SIGNS), weighed(found)
    total = sum(heavy)
    table = [[row["signs"][name] for name in names] for row in found]
    weights, bias = [0.0] * len(names), 0.0
    for _ in range(ROUNDS):
        slope, tilt = [PULL * weight for weight in weights], 0.0
        for shares, row, weight in zip(table, found, heavy, strict=True):
            z = bias + sum(a * b for a, b in zip(weights, shares, strict=True))
            off = weight / total * (1 / (1 + math.exp(-z)) - (not row["real"]))
            tilt += off
            for at, share in enumerate(shares):
                slope[at] += off * share
        bias -= STEP * tilt
        for at, name in enumerate(names):
            moved = weights[at] - STEP * slope[at]
            weights[at] = max(0.0, moved) if SIGNS[name] > 0 else min(0.0, moved)
    return {"": bias, **dict(zip(names, weights, strict=True))}


def threshold(found: list[Row], weights: dict[str, float]) -> float:
    """What a place must score to be furniture: more than any real place, most edits, and a lone link in new words."""
    real = [_score(row, weights) for row in found if row["real"] and not row.get("edit")]
    edits = sorted(_score(row, weights) for row in found if row.get("edit"))
    most = edits[int(len(edits) * 0.99)] if edits else 0.0
    return max([*real, most, -weights[""], weights["linked"] + weights["foreign"]]) + MARGIN


#: By how much the threshold is above the highest real place.
MARGIN = 0.1


def _score(row: Row, weights: dict[str, float]) -> float:
    return score(row["signs"], {name: weight for name, weight in weights.items() if name})


def measure(found: list[Row], by: str) -> None:
    """Print what the judge silences on each page (or in each set) when it learned from the others only."""
    silenced = wrong = 0
    for left_out in sorted({row[by] for row in found}):
        rest = [row for row in found if row[by] != left_out]
        weights = learn(rest)
        limit = threshold(rest, weights)
        quiet = [row for row in found if row[by] == left_out and _score(row, weights) >= limit]
        real = [row for row in quiet if row["real"]]
        silenced, wrong = silenced + len(quiet) - len(real), wrong + len(real)
        for row in real:
            sys.stdout.write(f"    real, silenced: {row['page']} {row['at'][:10]} {row['text'][:100]}\n")
    is_real = sum(row["real"] for row in found)
    sys.stdout.write(
        f"  silenced {silenced} of {len(found) - is_real} places of noise, {wrong} of {is_real} real ones\n"
    )


def fit(path: Path) -> None:
    """Measure on pages and on sets left out, learn from all, print and write the weights."""
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for by in ("page", "set"):
        sys.stdout.write(f"each {by} left out\n")
        measure(found, by)
    weights = learn(found)
    limit = threshold(found, weights)
    for name, weight in weights.items():
        sys.stdout.write(f"  {name or 'bias':12} {weight:+.2f}\n")
    sys.stdout.write(f"  threshold    {limit:+.2f}\n")
    _write(weights, limit)


def _write(weights: dict[str, float], limit: float) -> None:
    """Put the figures into the file that ships, and leave its words alone."""
    text = WEIGHTS.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^threshold = .*$", f"threshold = {limit:.2f}", text)
    for name in SIGNS:
        text = re.sub(rf"(?m)^{name} = [-+\d.]+$", f"{name} = {weights[name]:.2f}", text)
    WEIGHTS.write_text(text, encoding="utf-8")


def main(verb: str, path: str, *sets: str) -> None:
    """Collect or fit."""
    if verb == "collect":
        collect(Path(path), sets or ("own", str(SHARED / "corpus"), str(SHARED / "corpus2")))
    else:
        fit(Path(path))


if __name__ == "__main__":
    main(*sys.argv[1:])
