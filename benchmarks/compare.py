"""Speed of `diffs.comparing.compare`, as ratios to named references in one run.

    python benchmarks/compare.py [--corpus ../shared/corpus] [--quick]

References, on the same blocks:

* `git`: `git diff --no-index --word-diff` as a process, on files with one block per line and blank lines between;
* `blocks>words`: difflib's algorithm (cydifflib where installed) over blocks, then over the words of replaced runs: the
  usual two levels. Its marked words and edits stand for token-minimal;
* `lines>words`: plain difflib over lines with their blank lines, then over words.

Time is CPU time of this process, for git of the child processes. Engines take turns pair by pair, so a busy machine
slows all alike. Read the ratios, not the milliseconds.
"""

import argparse
import csv
import difflib
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import mean, median
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from diffs.comparing import align
from diffs.comparing.compare import compare, rebuild_new, rebuild_old
from diffs.reading.extract import extract
from diffs.values import Block, BlockKind, Capture, Comparison, Document, Op, Selection, SpanOp

try:
    import cydifflib
except ImportError:
    cydifflib = None

#: The document on whose pairs the whole process is compared with git (16 pairs).
NAMED = "amazon-eu-seller-agreement"

#: How often the bulk histories (the same noise hundreds of times) are sampled.
SAMPLE = 40

_TOKEN = re.compile(r"\w+|[^\w\s]|\s+")


class Pair(NamedTuple):
    """Two documents to compare."""

    name: str
    old: Document
    new: Document


class Measure(NamedTuple):
    """What one engine took and marked."""

    seconds: float
    words: int = 0
    edits: int = 0


def main() -> None:
    """Print the three tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "corpus")
    parser.add_argument("--quick", action="store_true", help="without the slow references")
    options = parser.parse_args()
    print(f"cydifflib: {'installed' if cydifflib else 'not installed'}\n")
    if (options.corpus / "docs").is_dir():
        _table_of_pairs(f"{NAMED}, all pairs", list(pairs(options.corpus, NAMED)), slow=not options.quick)
        _table_of_pairs("corpus", list(pairs(options.corpus)), slow=not options.quick)
    else:
        print(f"no corpus in {options.corpus}: only the made-up cases\n")
    _table_of_cases()


# --- engines ------------------------------------------------------------------------------------------------------


def ours(pair: Pair) -> Measure:
    """`diffs.comparing.compare` as it is used."""
    started = time.process_time()
    comparison = compare(pair.old, pair.new)
    seconds = time.process_time() - started
    return Measure(seconds, _marked(comparison), _edits(comparison))


def ours_plain(pair: Pair) -> Measure:
    """The same without cydifflib."""
    kept, align.SequenceMatcher = align.SequenceMatcher, difflib.SequenceMatcher
    try:
        return ours(pair)
    finally:
        align.SequenceMatcher = kept


def git(pair: Pair) -> Measure:
    """`git diff --word-diff` as a process."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("old", "new")]
        for file, document in zip(files, (pair.old, pair.new), strict=True):
            file.write_text(_text(document))
        before = _children()
        subprocess.run(
            ["git", "diff", "--no-index", "--no-color", "--word-diff", *map(str, files)],
            stdout=subprocess.DEVNULL,
            check=False,
        )
        return Measure(_children() - before)


def blocks_words(pair: Pair) -> Measure:
    """Two levels of difflib, compiled where installed."""
    matcher = (cydifflib or difflib).SequenceMatcher
    return _two_levels(matcher, _blocks(pair.old), _blocks(pair.new))


def lines_words(pair: Pair) -> Measure:
    """Two levels of plain difflib over lines, blank ones too."""
    return _two_levels(
        difflib.SequenceMatcher,
        _text(pair.old).splitlines(keepends=True),
        _text(pair.new).splitlines(keepends=True),
    )


def _two_levels(matcher: Callable[..., Any], old: Sequence[str], new: Sequence[str]) -> Measure:
    started = time.process_time()
    words = hunks = 0
    for tag, i1, i2, j1, j2 in matcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if tag != "replace":
            words += sum(len(text.split()) for text in (*old[i1:i2], *new[j1:j2]))
            hunks += 1
            continue
        left, right = _TOKEN.findall("".join(old[i1:i2])), _TOKEN.findall("".join(new[j1:j2]))
        for inner, k1, k2, l1, l2 in matcher(None, left, right, autojunk=False).get_opcodes():
            if inner != "equal":
                words += sum(any(map(str.isalnum, token)) for token in (*left[k1:k2], *right[l1:l2]))
                hunks += 1
    return Measure(time.process_time() - started, words, hunks)


def _marked(comparison: Comparison) -> int:
    """How many words are marked as removed or added; moves without edits do not count, nor what compares as equal."""
    words = 0
    for hunk in comparison.hunks:
        if hunk.spans:
            texts = [span.text for span in hunk.spans if span.op is not SpanOp.EQUAL]
        elif hunk.op in (Op.ADDED, Op.REMOVED):
            texts = [hunk.text_before, hunk.text_after]
        else:
            texts = []
        words += sum(any(map(str.isalnum, token)) for text in texts for token in _TOKEN.findall(text))
    return words


def _edits(comparison: Comparison) -> int:
    """How many places a reader has to check: every run of marked words, every block added, removed or moved."""
    edits = 0
    for hunk in comparison.hunks:
        marks = [span.op is not SpanOp.EQUAL for span in hunk.spans] or [hunk.op is not Op.COSMETIC]
        edits += sum(mark and not before for before, mark in zip([False, *marks], marks, strict=False))
    return edits


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _blocks(document: Document) -> list[str]:
    return [block.compared + "\n\n" for block in document.blocks]


def _text(document: Document) -> str:
    return "".join(_blocks(document))


# --- the corpus ---------------------------------------------------------------------------------------------------


def _table_of_pairs(title: str, pairs: list[Pair], *, slow: bool) -> None:
    engines: dict[str, Callable[[Pair], Measure]] = {"ours": ours, "ours, plain difflib": ours_plain, "git": git}
    if slow:
        engines |= {"blocks>words": blocks_words, "lines>words (plain)": lines_words}
    results: dict[str, list[Measure]] = {name: [] for name in engines}
    for pair in pairs:
        for name, engine in engines.items():
            results[name].append(engine(pair))
    print(f"{title}: {len(pairs)} pairs")
    heads = (f"{name:>11}" for name in ("median ms", "mean", "worst", "words", "edits", "med / git", "total / git"))
    print(f"{'engine':22}", *heads)
    base = [measure.seconds for measure in results["git"]]
    for name, measures in results.items():
        seconds = [measure.seconds for measure in measures]
        ratio = median(mine / max(theirs, 1e-4) for mine, theirs in zip(seconds, base, strict=True))
        print(
            f"{name:22} {median(seconds) * 1e3:11.2f} {mean(seconds) * 1e3:11.2f} {max(seconds) * 1e3:11.1f}"
            f" {sum(measure.words for measure in measures):11} {sum(measure.edits for measure in measures):11}"
            f" {ratio:11.2f} {sum(seconds) / sum(base):11.2f}"
        )
    if slow:
        _goals(results)
    exact = sum(_exact(pair) for pair in pairs)
    print(f"rebuilt exactly, both sides: {exact} of {len(pairs)}\n")


def _goals(results: dict[str, list[Measure]]) -> None:
    def average(name: str) -> float:
        return mean(measure.seconds for measure in results[name])

    def worst(name: str) -> float:
        return max(measure.seconds for measure in results[name])

    def total(name: str, field: str) -> int:
        return sum(getattr(measure, field) for measure in results[name])

    lines = [
        ("median / git", median(m.seconds for m in results["ours"]) / median(m.seconds for m in results["git"]), 0.5),
        ("mean / blocks>words", average("ours") / average("blocks>words"), 0.7),
        ("mean / lines>words, plain difflib", average("ours, plain difflib") / average("lines>words (plain)"), 0.15),
        ("worst / lines>words' worst", worst("ours") / worst("lines>words (plain)"), 0.1),
        ("words marked / token-minimal", total("ours", "words") / total("blocks>words", "words"), 1.05),
        ("edits / token-minimal", total("ours", "edits") / total("blocks>words", "edits"), 0.5),
    ]
    for name, value, goal in lines:
        print(f"  {name:36}{value:8.3f}   goal <= {goal}{'' if value <= goal else '   MISSED'}")


def _exact(pair: Pair) -> bool:
    comparison = compare(pair.old, pair.new)
    return rebuild_new(pair.old, comparison) == pair.new.blocks and rebuild_old(pair.new, comparison) == pair.old.blocks


def pairs(corpus: Path, only: str | None = None) -> Iterator[Pair]:
    """Each distinct step of each history; of histories with hundreds of equal steps a sample."""
    for folder in sorted((corpus / "docs").iterdir()):
        if only not in (None, folder.name):
            continue
        with (folder / "timeline.csv").open(newline="") as file:
            names = [row["sha12"] for row in csv.DictReader(file)]
        steps = list(dict.fromkeys(step for step in pairwise(names) if step[0] != step[1]))
        stride = max(1, len(steps) // SAMPLE)
        texts = {name: _read(folder / "texts" / f"{name}.md") for step in steps[::stride] for name in step}
        yield from (Pair(f"{folder.name} {old}", texts[old], texts[new]) for old, new in steps[::stride])


def _read(file: Path) -> Document:
    capture = Capture(url="https://example.org/", media_type="markdown", body=file.read_bytes())
    return extract(capture, Selection()).document


# --- cases in which naive comparison fails ------------------------------------------------------------------------


def _table_of_cases() -> None:
    heads = ("ours ms", "plain ms", "git ms", "ours / git", "goal", "plain / git", "peak MiB", "words")
    print(f"{'made-up case':34}", *(f"{head:>11}" for head in heads))
    for name, goal, make in _CASES:
        pair = make()
        mine = min((ours(pair) for _ in range(2)), key=lambda measure: measure.seconds)
        plain, reference = ours_plain(pair), min(git(pair) for _ in range(2))
        ratio = mine.seconds / reference.seconds
        print(
            f"{name:34} {mine.seconds * 1e3:11.1f} {plain.seconds * 1e3:11.1f} {reference.seconds * 1e3:11.1f}"
            f" {ratio:11.2f} {goal:11} {plain.seconds / reference.seconds:11.2f} {_peak(pair):11.1f} {mine.words:11}"
            f"{'' if ratio <= goal else '   MISSED'}"
        )
        if not _exact(pair):
            print("    NOT REBUILT")


def _peak(pair: Pair) -> float:
    tracemalloc.start()
    compare(pair.old, pair.new)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def _document(texts: Sequence[str], kind: BlockKind = BlockKind.PARAGRAPH) -> Document:
    return Document("made up", tuple(Block(kind, text, text) for text in texts), "en")


def _prose(chance: random.Random, words: int) -> str:
    """Sentences of words as uneven as those of a policy."""
    text = []
    while len(text) < words:
        sentence = [_VOCABULARY[int(len(_VOCABULARY) * chance.random() ** 2.5)] for _ in range(chance.randint(8, 30))]
        text += [sentence[0].capitalize(), *sentence[1:-1], sentence[-1] + "."]
    return " ".join(text)


def _vocabulary() -> list[str]:
    chance = random.Random(1)
    parts = ("sel", "ler", "ord", "er", "fee", "ship", "pol", "i", "cy", "list", "ing", "a", "ment", "re", "turn")
    return ["".join(chance.choices(parts, k=chance.randint(1, 4))) for _ in range(4000)]


_VOCABULARY = _vocabulary()


def _fee_table() -> Pair:
    def table(chance: random.Random) -> Document:
        rows = [(f"Category {row:04}", f"{chance.randint(5, 45)} %", "$0.30") for row in range(5000)]
        blocks = (Block(BlockKind.ROW, " | ".join(row), " | ".join(row), cells=row) for row in rows)
        return Document("fees", tuple(blocks), "en")

    return Pair("fee table", table(random.Random(2)), table(random.Random(3)))


def _equal_lines() -> Pair:
    return Pair("equal", _document(["The same line."] * 20_000), _document(["The same line."] * 20_400))


def _equal_lines_edited() -> Pair:
    lines = ["The same line."] * 20_000
    edited = list(lines)
    for at in range(250, 20_000, 500):
        edited[at] = f"Another line, number {at}."
    del edited[7000:7003]
    edited[12_000:12_000] = ["A new line."] * 5
    return Pair("equal, edited", _document(lines), _document(edited))


def _long_paragraph() -> Pair:
    chance = random.Random(4)
    words = _prose(chance, 60_000).split()
    edited = list(words)
    for at in chance.sample(range(len(words)), 200):
        edited[at] = "changed"
    return Pair("paragraph", _document([" ".join(words)]), _document([" ".join(edited)]))


def _endless_sentence() -> Pair:
    chance = random.Random(5)
    words = _prose(chance, 60_000).replace(".", "").lower().split()
    edited = list(words)
    for at in chance.sample(range(len(words)), 200):
        edited[at] = "changed"
    return Pair("endless", _document([" ".join(words)]), _document([" ".join(edited)]))


def _big(seed: int) -> list[str]:
    chance = random.Random(seed)
    return [_prose(chance, chance.randint(5, 90)) for _ in range(17_000)]


def _one_sentence() -> Pair:
    texts = _big(6)
    edited = list(texts)
    edited[9000] += " One more sentence."
    return Pair("one sentence", _document(texts), _document(edited))


def _edits_and_move() -> Pair:
    chance = random.Random(7)
    texts = _big(6)
    edited = list(texts)
    for at in chance.sample(range(len(texts)), 1000):
        words = edited[at].split()
        words[chance.randrange(len(words))] = "changed"
        edited[at] = " ".join(words)
    section = edited[2000:2500]
    del edited[2000:2500]
    edited[12_000:12_000] = section
    return Pair("edits and move", _document(texts), _document(edited))


def _rewrite() -> Pair:
    return Pair("rewrite", _document(_big(6)), _document(_big(8)))


_CASES: tuple[tuple[str, float, Callable[[], Pair]], ...] = (
    ("fee table, 5,000 rows", 4, _fee_table),
    ("20,000 equal lines, 400 more", 8, _equal_lines),
    ("20,000 equal lines, edits", 8, _equal_lines_edited),
    ("400 KB paragraph", 4, _long_paragraph),
    ("400 KB in one sentence (no goal)", 99, _endless_sentence),
    ("5 MB, one sentence", 0.3, _one_sentence),
    ("5 MB, 1,000 edits and a move", 0.5, _edits_and_move),
    ("5 MB rewrite", 3, _rewrite),
)


if __name__ == "__main__":
    main()
