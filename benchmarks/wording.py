"""The cost of wording a change, as a ratio to comparing the same two texts.

    .venv/bin/python benchmarks/wording.py [--corpus ../shared/corpus] [--only etsy-seller-policy]

Wording is `diffs.wording.summary.summarise`, from what a change keeps to its headline and points; comparing is
`diffs.comparing.compare.compare`. Each pair is compared, judged and worded as if a process had seen neither text
before: nothing is kept but compiled patterns and word lists, for which one round is made before. The pairs are those
steps of the recorded histories that differ, else the edits of the demo. Every figure is the least CPU time of several
turns.
"""

import argparse
import gc
import sys
import time
from collections.abc import Callable, Iterator
from functools import _lru_cache_wrapper, cache
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from compare import Pair, pairs

from diffs.comparing.compare import compare
from diffs.meaning.meaning import meaning_of
from diffs.reading import policy_text
from diffs.targets.extract import extract_targets
from diffs.values import Capture, Selection
from diffs.wording.summary import summarise

TURNS = 3
#: The goal: wording takes at most this share of the comparison.
AIM = 0.5


class Cost(NamedTuple):
    """Seconds of CPU for one pair, and how many hunks it has."""

    name: str
    hunks: int
    compared: float
    worded: float


def main() -> None:
    """Print the ratio over all pairs, and the dearest pairs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpus")
    parser.add_argument("--only", help="the history of one page")
    options = parser.parse_args()
    listed = list(pairs(options.corpus, options.only)) if (options.corpus / "docs").is_dir() else list(_demo())
    for pair in listed:
        measure(pair)  # compiles what the texts need
    _kept.cache_clear()  # what is kept, as found after that
    costs = [cost for cost in map(measure, listed) if cost]
    ratios = [cost.worded / cost.compared for cost in costs]
    total = sum(cost.worded for cost in costs) / sum(cost.compared for cost in costs)
    print(f"{'pairs':>6} {'compare ms':>11} {'word ms':>9} {'median':>8} {'total':>8}")
    print(
        f"{len(costs):6} {median(cost.compared for cost in costs) * 1e3:11.2f}"
        f" {median(cost.worded for cost in costs) * 1e3:9.2f} {median(ratios):8.2f} {total:8.2f}"
        f"   goal <= {AIM}{'' if total <= AIM else '   MISSED'}"
    )
    for cost in sorted(costs, key=lambda cost: cost.worded, reverse=True)[:5]:
        print(f"  {cost.name:50} {cost.hunks:5} hunks {cost.compared * 1e3:8.1f} ms {cost.worded * 1e3:8.1f} ms")


def measure(pair: Pair) -> Cost | None:
    """What one pair costs; None if its two texts compare as equal."""
    compared = _least(lambda: compare(pair.old, pair.new))
    comparison = compare(pair.old, pair.new)
    if not comparison.hunks:
        return None
    meant = meaning_of(comparison, pair.old, pair.new, extract_targets(pair.old), extract_targets(pair.new))
    given = (pair.new.title, "edit", meant.comparison, meant.facts, meant.moves, meant.judgement, None)
    return Cost(pair.name, len(comparison.hunks), compared, _least(lambda: summarise(*given)))


def _least(work: Callable[[], object]) -> float:
    took = []
    for _ in range(TURNS):
        _forget()
        started = time.process_time()
        work()
        took.append(time.process_time() - started)
    return min(took)


def _forget() -> None:
    """Drop what is kept of texts: a change is worded by a process that has read neither of them.

    What is kept without a bound are patterns and word lists, which stay.
    """
    for known in _kept():
        known.cache_clear()


@cache
def _kept() -> "list[_lru_cache_wrapper[Any]]":
    return [
        one
        for one in gc.get_objects()
        if isinstance(one, _lru_cache_wrapper) and one.cache_parameters()["maxsize"] is not None
    ]


def _demo() -> Iterator[Pair]:
    """The edits of the demo's pages, from edition to edition."""
    from policywatch.demo.marketplace import EDITIONS, PAGES
    from policywatch.demo.render import help_page

    for page in PAGES:
        shown = [
            policy_text.extraction_of(
                Capture(url="https://demo.example/", body=help_page(page, edition, visit=1).encode(), language="en"),
                Selection(),
            )
            for number, edition in enumerate(EDITIONS, 1)
            if page.is_online(number)
        ]
        texts = [policy_text.clean(one).document for one in shown]
        yield from (Pair(page.title, *step) for step in pairwise(texts) if step[0].fingerprint != step[1].fingerprint)


if __name__ == "__main__":
    main()
