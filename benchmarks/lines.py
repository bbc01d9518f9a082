"""The cost of judging a fetch of a page that shows another text, as ratios to one that shows its policy.

    .venv/bin/python benchmarks/lines.py [--looks 400]

Each fetch returns other bytes with the same text, like nearly every fetch of a living page. "first line" is such a
fetch of a page that never showed another text, "second line" one of a page that lost most of its text, "in turn" one of
a page that alternates between two texts. "late" is a fetch at the end of such a history, of `--looks` fetches, compared
with one at its beginning: what is remembered must not make a long history slow. Figures are medians of CPU time.
"""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from diffs.database.archive import open_archive
from diffs.engine import derive
from diffs.store import pages, snapshots
from diffs.values import Capture

START = datetime(2026, 1, 1, tzinfo=UTC)
#: How many fetches at each end of a history are timed.
TIMED = 40


def main() -> None:
    """Print a row for each kind of history."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--looks", type=int, default=400, help="fetches in a history")
    looks = parser.parse_args().looks
    whole, half = _page(60), _page(15)
    kinds: dict[str, Callable[[int], str]] = {
        "first line": lambda _: whole,
        "second line": lambda look: half if look else whole,
        "in turn": lambda look: half if look % 2 else whole,
    }
    print(f"{'history':14}{'ms early':>10}{'ms late':>10}{'late/early':>12}{'to first line':>15}")
    base = 0.0
    for name, shown in kinds.items():
        took = _took(looks, shown)
        early, late = median(took[2 : 2 + TIMED]), median(took[-TIMED:])
        base = base or early
        print(f"{name:14}{early * 1e3:10.1f}{late * 1e3:10.1f}{late / early:12.2f}{early / base:15.2f}")


def _page(clauses: int) -> str:
    """An agreement of so many clauses, of which the first ones are always the same."""
    rules = (
        f"<h2>{number}. Clause</h2><p>Whoever sells goods of kind {number} ships them within {number % 9 + 1} days,"
        f" names the maker in each offer, and pays a fee of {number} euros where a buyer returns them.</p>"
        for number in range(clauses)
    )
    return f"<html lang=en><body><main><h1>Terms</h1>{''.join(rules)}</main><i id='@'></i></body></html>"


def _took(looks: int, shown: Callable[[int], str]) -> list[float]:
    """The CPU time of each fetch of a history, in seconds."""
    archive, took = open_archive("sqlite://"), []
    with archive.begin() as session:
        pages.upsert(session, key="page", url="https://shop.example/terms", title="Terms", now=START, language="en")
    for look in range(looks):
        body = shown(look).replace("@", str(look)).encode()
        when = START + timedelta(minutes=look)  # within a week: no other line becomes the policy meanwhile
        with archive.begin() as session:
            page = pages.get(session, "page")
            assert page is not None
            capture = Capture(url=page.url, final_url=page.url, body=body, language="en")
            snapshots.add(session, page, capture, observed_at=when, stored_at=when)
            began = time.process_time()
            derive.derive(session, page)
            session.flush()
            took.append(time.process_time() - began)
    archive.close()
    return took


if __name__ == "__main__":
    main()
