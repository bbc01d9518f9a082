"""Speed and memory of a feed of many changes, as ratios to named references in one run.

    python benchmarks/feed.py [--changes 1000]

The changes lie in an archive on SQLite, each with a comparison like those of real agreements. References:

* `lxml`: lxml makes a tree of the same elements with the same, ready texts and serialises it;
* `jinja`: the templates of entry and comparison rendered for each change from ready values, nothing else;
* `the feed`: its size, for the memory.

Time is CPU time; the engines take turns round by round. Memory is the peak that Python's allocator saw while the feed
was written to a file, so that its own text counts only where it is kept. Read the ratios, not the milliseconds.
"""

import argparse
import io
import random
import sys
import tempfile
import time
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from lxml import etree
from sqlmodel import col, update

from diffs.database.archive import Archive, open_archive
from diffs.database.models import Change, Page
from diffs.judging.subscriptions import Filter
from diffs.store import changes, snapshots
from diffs.store.changes import marks
from diffs.values import Block, BlockKind, Capture, Hunk, Op, Span, SpanOp
from notifier.changes import in_full
from notifier.feeds import calendar, feed
from notifier.rendering.diff_html import environment
from notifier.rendering.diff_view import FULL, view

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TEXT = (
    "you must keep the rate under four percent and answer every message within a day or we may hold funds until the"
    " claim is closed and the period of notice has ended for all orders of the marketplace"
)
WORDS = TEXT.split()
CHANNEL = feed.Channel("Benchmark", NOON, base_url="https://policies.example", self_url="https://policies.example/feed")
ROUNDS = 3


def main() -> None:
    """Fill an archive, print the two tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--changes", type=int, default=1000)
    number = parser.parse_args().changes
    with tempfile.TemporaryDirectory() as folder:
        archive = open_archive(f"sqlite:///{folder}/policywatch.db")
        _fill(archive, number)
        _times(archive, number)
        _memory(archive, Path(folder), number)
        archive.close()


def _times(archive: Archive, number: int) -> None:
    with archive.read() as session:
        ready = list(in_full(session, marks(session, Filter())))
    texts = feed.render("atom", CHANNEL, ready)
    parsed = etree.fromstring(texts, etree.XMLParser(huge_tree=True))
    views = [view(change.comparison, FULL) for change in ready]
    template, inner = (environment().get_template(f"{name}.html") for name in ("entry", "diff"))

    def jinja() -> None:
        for change, shown in zip(ready, views, strict=True):
            diff = inner.render(view=shown, more="")
            template.render(change=change, diff=diff, source=change.url, link="https://policies.example/x", notes="")

    engines: dict[str, Any] = {
        "lxml, the same tree from ready texts": lambda: _same_tree(parsed),
        "jinja, the templates from ready values": jinja,
        "atom": lambda: feed.render("atom", CHANNEL, ready),
        "rss": lambda: feed.render("rss", CHANNEL, ready),
        "json": lambda: feed.render("json", CHANNEL, ready),
        "ics": lambda: calendar.render(calendar.About("Benchmark"), ready),
        "atom, from the archive on": lambda: _from_archive(archive, io.BytesIO()),
    }
    taken: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(ROUNDS):
        for name, run in engines.items():
            started = time.process_time()
            run()
            taken[name].append(time.process_time() - started)
    middle = {name: median(seconds) for name, seconds in taken.items()}
    by_lxml, by_jinja = list(middle.values())[:2]
    print(f"{number} changes, {len(texts) / 1e6:.1f} MB of Atom\n")
    print(f"{'':44}{'ms a change':>12}{'x lxml':>9}{'x jinja':>9}")
    for name, seconds in middle.items():
        print(f"{name:44}{seconds * 1000 / number:12.3f}{seconds / by_lxml:9.2f}{seconds / by_jinja:9.2f}")


def _same_tree(parsed: Any) -> bytes:
    return etree.tostring(_copied(parsed), encoding="utf-8", xml_declaration=True)


def _copied(element: Any) -> Any:
    made = etree.Element(element.tag, dict(element.attrib))
    made.text = element.text
    for child in element:
        made.append(_copied(child))
    return made


def _from_archive(archive: Archive, out: Any) -> None:
    with archive.read() as session:
        feed.write(out, "atom", CHANNEL, in_full(session, marks(session, Filter())))


def _memory(archive: Archive, folder: Path, number: int) -> None:
    print(f"\n{'written to a file, from the archive on':44}{'peak MB':>12}{'feed MB':>9}{'x feed':>9}")
    for share in (10, 1):
        with archive.begin() as session:
            session.exec(update(Change).values(told=col(Change.id) <= number // share))
        path = folder / "feed.atom"
        tracemalloc.start()
        with path.open("wb") as out:
            _from_archive(archive, out)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        size = path.stat().st_size
        print(f"{number // share:<5} changes{'':32}{peak / 1e6:12.2f}{size / 1e6:9.2f}{peak / size:9.2f}")


def _fill(archive: Archive, number: int) -> None:
    luck = random.Random(6)
    with archive.begin() as session:
        page = Page(key="us-agreement", url="https://market.example/a", title="Agreement", created_at=NOON)
        page.marketplace, page.category = "US", "agreement"
        session.add(page)
        session.flush()
        capture = Capture(url=page.url, body=b"<p>a policy", fetched_by="http")
        look = snapshots.add(session, page, capture, observed_at=NOON, stored_at=NOON)
        for at in range(number):
            session.add(_change(page, look.id, at, luck))


def _change(page: Page, look: int, at: int, luck: random.Random) -> Change:
    hunks = [_edit(luck) for _ in range(luck.randint(1, 12))]
    return Change(
        uid=f"c0ffee{at:06}",
        page_id=page.id,
        snapshot_id=look,
        seen_at=NOON + timedelta(minutes=at),
        decided_at=NOON + timedelta(minutes=at),
        effective_on=date(2027, 1, 1) + timedelta(days=at % 300),
        told=True,
        headline=f"Period of notice falls to {at} days",
        points=[_sentence(luck, 14) for _ in range(3)],
        hunks=changes.as_json(hunks),
        categories=["agreement"],
    )


def _edit(luck: random.Random) -> Hunk:
    spans = (
        Span(SpanOp.EQUAL, _sentence(luck, 40) + " "),
        Span(SpanOp.REMOVED, _sentence(luck, 3)),
        Span(SpanOp.ADDED, _sentence(luck, 3)),
        Span(SpanOp.EQUAL, " " + _sentence(luck, 40)),
    )
    sides = ["".join(span.text for span in spans if span.op is not gone) for gone in (SpanOp.ADDED, SpanOp.REMOVED)]
    before, after = (Block(BlockKind.PARAGRAPH, text, text.casefold(), section=("3. Term",)) for text in sides)
    return Hunk(Op.EDITED, (before,), (after,), spans=spans)


def _sentence(luck: random.Random, words: int) -> str:
    return " ".join(luck.choices(WORDS, k=words))


if __name__ == "__main__":
    main()
