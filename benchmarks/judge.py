"""The cost of judging a fetch, as ratios to reading the same page: unchanged, noisy and first fetches.

    .venv/bin/python benchmarks/judge.py [--corpus ../shared/corpus] [--pages 30]

Reading is `diffs.reading.policy_text.extraction_of` on the bytes of the page, with nothing kept from an earlier page.
"first", "noisy" and "same" are what a crawl pays after it stored such a fetch: a session of its own,
`diffs.engine.derive.derive` on an archive on disk, including all writing, and nothing kept either. "alone" is a noisy
fetch without the archive: gate, reading, noise, gate. Every figure is the least of several turns of CPU time.

The pages are noisy neighbours from recorded histories (bytes differ, the policy is the same), else pages of the demo.
"""

import argparse
import csv
import sys
import tarfile
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from backports import zstd

from diffs import remember
from diffs.database.archive import Archive, open_archive
from diffs.database.models import Page
from diffs.engine import derive
from diffs.judging import gate
from diffs.language import normalise
from diffs.reading import extract, links, policy_text
from diffs.reading.elements import main_content
from diffs.store import pages, snapshots
from diffs.values import Capture, Outcome

START = datetime(2026, 1, 1, tzinfo=UTC)
TURNS = 5
#: The goal of the design: a noisy page costs at most this many times its extraction.
AIM = 1.5


class Step(NamedTuple):
    """Two fetches in a row of one page."""

    declared: Mapping[str, Any]
    before: bytes
    after: bytes


class Cost(NamedTuple):
    """Seconds of CPU for one step: reading its page, judging it alone, and as a first, noisy and unchanged fetch."""

    size: int
    reading: float
    alone: float
    first: float
    noisy: float
    unchanged: float
    outcome: str


class _Undo(Exception):
    """Ends a turn without keeping what it wrote."""


def main() -> None:
    """Print a table for each source of pages."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpus")
    parser.add_argument("--pages", type=int, default=30, help="steps of each history, spread over it")
    options = parser.parse_args()
    sources = dict(_recorded(options.corpus / "raw")) or {"demo": list(_demo())}
    heads = ("steps", "kB", "read ms", "first/read", "alone/read", "noisy/read", "worst", "same/read")
    print(f"{'pages':28}", *(f"{head:>11}" for head in heads))
    for name, steps in sources.items():
        stride = max(1, len(steps) // options.pages)
        costs = [cost for cost in map(measure, islice(steps, 0, None, stride)) if cost.outcome == "noise"]
        print(_row(name, costs))


def _row(name: str, costs: list[Cost]) -> str:
    ratios = [cost.noisy / cost.reading for cost in costs]
    alone = median(cost.alone / cost.reading for cost in costs)
    missed = "" if median(ratios) <= AIM else f"   MISSED (aim {AIM}){' by the archive' if alone <= AIM else ''}"
    return (
        f"{name:28} {len(costs):11} {median(cost.size for cost in costs) / 1000:11.0f}"
        f" {median(cost.reading for cost in costs) * 1e3:11.1f}"
        f" {median(cost.first / cost.reading for cost in costs):11.2f} {alone:11.2f} {median(ratios):11.2f}"
        f" {max(ratios):11.2f}"
        f" {median(cost.unchanged / cost.reading for cost in costs):11.3f}{missed}"
    )


def measure(step: Step) -> Cost:
    """What one step costs, by CPU time."""
    with tempfile.TemporaryDirectory() as folder:
        archive = open_archive(f"sqlite:///{folder}/archive.db")
        with archive.begin() as session:
            page = pages.upsert(session, key="page", now=START, **step.declared)
        stored = _store(archive, step.before, day=0)
        first = _least(lambda: _judged(archive, stored))
        _judged(archive, stored, keep=True)
        stored = _store(archive, step.after, day=1)
        noisy = _least(lambda: _judged(archive, stored))
        read = _least(lambda: _read(page, step.after))
        alone = _least(lambda: _judged_alone(page, step.after))
        outcome = _judged(archive, stored, keep=True)
        stored = _store(archive, step.after, day=2)
        unchanged = _least(lambda: _judged(archive, stored))
        archive.close()
    return Cost(len(step.after), read, alone, first, noisy, unchanged, outcome)


def _store(archive: Archive, body: bytes, *, day: int) -> dict[Any, Any]:
    """Store a fetch; return what the crawl passes on to its judgement: the bytes just stored."""
    with archive.begin() as session:
        page = pages.get(session, "page")
        assert page is not None
        when = START + timedelta(days=day)
        capture = Capture(url=page.url, final_url=page.url, body=body, language=page.language)
        snapshots.add(session, page, capture, observed_at=when, stored_at=when)
        return dict(session.info)


def _judged(archive: Archive, stored: dict[Any, Any], *, keep: bool = False) -> str:
    """Judge the newest fetch in a session of its own; return its news."""
    _forget()
    try:
        with archive.begin() as session:
            session.info["bodies"] = dict(stored["bodies"])
            page = pages.get(session, "page")
            assert page is not None
            derived = derive.derive(session, page)
            if not keep:
                raise _Undo
    except _Undo:
        return ""
    return derived.news


def _read(page: Page, body: bytes) -> None:
    _forget()
    assert policy_text.extraction_of(_capture(page, body), pages.selection(page)) is not None


def _judged_alone(page: Page, body: bytes) -> None:
    _forget()
    capture = _capture(page, body)
    assert gate.judge_transport(capture) is None
    found = policy_text.clean(policy_text.extraction_of(capture, pages.selection(page)))
    # A noisy page has the same text as the last good one.
    assert gate.judge(capture, found.extraction, found.document, last_good=found.document).outcome is Outcome.OK


def _capture(page: Page, body: bytes) -> Capture:
    return Capture(url=page.url, final_url=page.url, body=body, language=page.language, title=page.title)


def _forget() -> None:
    """Drop what is kept: nothing is, between two pages of a crawl that watches hundreds of them."""
    extract._blocks.cache_clear()
    main_content.forget()
    links.link_key.cache_clear()
    normalise._fold_short.cache_clear()
    remember.forget()


def _least(work: Callable[[], object]) -> float:
    took = []
    for _ in range(TURNS):
        started = time.process_time()
        work()
        took.append(time.process_time() - started)
    return min(took)


# --- where the pages come from --------------------------------------------------------------------------------------


def _recorded(folder: Path) -> Iterator[tuple[str, list[Step]]]:
    """Recorded histories, with the selector each declares and without any."""
    for series in sorted(folder.iterdir()) if folder.is_dir() else ():
        declared = tomllib.loads((series / "page.toml").read_text(encoding="utf-8"))
        given = {"url": declared["url"], "title": declared["title"], "language": declared["language"]}
        with (series / "timeline.csv").open(newline="", encoding="utf-8") as file:
            noise = [row["label"] == "noise" for row in csv.DictReader(file)]
        bodies = list(_unpacked(series / "snapshots.tar.zst"))
        steps = [pair for pair, quiet in zip(pairwise(bodies), noise[1:], strict=True) if quiet and pair[0] != pair[1]]
        yield f"{series.name}, selector", [Step(given | {"select": [declared["select"]]}, *pair) for pair in steps]
        yield f"{series.name}, none", [Step(given, *pair) for pair in steps]


def _unpacked(file: Path) -> Iterator[bytes]:
    """The snapshots of a series, in order."""
    window: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 27}
    with zstd.open(file, options=window) as packed, tarfile.open(fileobj=packed, mode="r|") as archive:
        named = {member.name: content.read() for member in archive if (content := archive.extractfile(member))}
    yield from (named[name] for name in sorted(named))


def _demo() -> Iterator[Step]:
    """Two visits of each page of the demo's first edition: tokens, link parameters and counters differ."""
    from policywatch.demo.marketplace import EDITIONS, PAGES
    from policywatch.demo.render import help_page

    for page in (page for page in PAGES if page.is_online(1)):
        before, after = (help_page(page, EDITIONS[0], visit=visit).encode() for visit in (1, 2))
        declared = {"url": f"https://demo.example{page.path}", "title": page.title, "language": page.locale[:2]}
        yield Step(declared, before, after)


if __name__ == "__main__":
    main()
