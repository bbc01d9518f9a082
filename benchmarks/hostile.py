"""The cost of hostile pages, step by step: the work of every step must grow with the size of the page alone.

    .venv/bin/python benchmarks/hostile.py [--size 100] [--kinds dots,digits] [--limit 20] [--all]

For each kind of page (unclosed comments, one endless line, thousands of rows, ...) a small ordinary policy gets that
much hostile text, in one of two ways: `new` adds all of it to a page that had none, `edited` changes something inside
it. Each step of reading and judging such a page is timed at n, 2n and 4n characters: a linear step doubles twice, so
its growth is 2.0 and 4.0. The reference is `diffs.reading.decode.decode` and lxml's parse of the same bytes: "ratio"
is the time of a step at 4n in units of the reference.

Time is CPU time of a process of its own for each size, so nothing is kept from one to the next and a step that does not
end is stopped: after `--limit` seconds of CPU it is shown as ">20". Steps under 20 ms at 4n are left out except with
`--all`. MB is the most memory held, less what Python and this program hold at rest.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from hostile_kinds import KINDS, Kind, bare, page
from hostile_steps import Work, timed

#: Shorter steps say nothing about growth (seconds).
SHORT = 0.02
FACTORS = (1, 2, 4)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", type=int, default=100, help="4n in thousands of characters")
    parser.add_argument("--kinds", default="", help="some kinds, by commas; default all")
    parser.add_argument("--ways", default="new,edited,bare")
    parser.add_argument("--limit", type=float, default=20.0, help="CPU seconds after which a step is stopped")
    parser.add_argument("--all", action="store_true", help="short steps too")
    parser.add_argument("--only-last", action="store_true", help="4n alone: no growth, a quarter of the time")
    options = parser.parse_args()
    _warm()
    heads = ("4n s", "growth 2n", "growth 4n", "ratio", "MB")
    print(f"{'kind':28} {'way':7} {'step':12}", *(f"{head:>10}" for head in heads))
    wanted = [name.strip() for name in options.kinds.split(",") if name.strip()]
    for name, kind in KINDS.items():
        if wanted and name not in wanted:
            continue
        for way in options.ways.split(","):
            if way == "bare" and not name.startswith("open") and not name.startswith("lone"):
                continue
            _kind(name, kind, way, options)


def _kind(name: str, kind: Kind, way: str, options: argparse.Namespace) -> None:
    runs = []
    for factor in FACTORS[-1:] if options.only_last else FACTORS:
        size = options.size * 1000 * factor // FACTORS[-1]
        make = bare if way == "bare" else page
        before = kind(size, False) if way == "edited" else ""
        runs.append(timed(make(before), make(kind(size, way == "edited")), options.limit))
        if runs[-1].stopped:
            break
    last = runs[-1]
    reference = last.steps.get("reference", 0.0)
    for step, took in last.steps.items():
        growth = [took_then / max(1e-4, runs[0].steps[step]) for run in runs[1:] if (took_then := run.steps.get(step))]
        if options.all or (took >= SHORT and step not in ("reference", "former text")):
            grown = [f"{one:10.1f}" for one in growth] + [" " * 10] * (2 - len(growth))
            ratio = took / reference if reference else 0.0
            print(f"{name:28} {way:7} {step:12} {took:10.3f}", *grown, f"{ratio:10.1f}", flush=True)
    whole = sum(took for step, took in last.steps.items() if step not in ("reference", "former text"))
    stopped = f"   STOPPED in {last.stopped} after {options.limit:g} s" if last.stopped else ""
    print(f"{name:28} {way:7} {'all':12} {whole:10.3f}{'':33}{last.held:10}{stopped}", flush=True)


def _warm() -> None:
    """Load what is loaded once before anything is timed."""
    work = Work(page(""), page("<p>Your rate is under 4% on 1 May 2027. Xyz GmbH pays $1 in 30 days.</p>"))
    for _, step in work.steps():
        step()


if __name__ == "__main__":
    main()
