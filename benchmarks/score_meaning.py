"""Score what the program says about changes in labelled histories: rebuilding, significance, importance, summaries.

`score.py` prints these figures. By itself, with every value that a summary lost:

    python benchmarks/score_meaning.py [CORPUS]
"""

import csv
import json
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import compare as speed

from diffs.comparing.compare import compare, rebuild_new, rebuild_old
from diffs.language.dates import dates_in
from diffs.language.vocabulary import plain
from diffs.meaning.effective_dates import effective_on
from diffs.meaning.facts import facts
from diffs.meaning.significance import judge
from diffs.reading.boilerplate import clean
from diffs.reading.extract import extract
from diffs.targets.extract import extract_targets
from diffs.targets.over_time.moves import moves
from diffs.values import Capture, Comparison, Document, Judgement, Selection
from diffs.wording.summary import Summary, summarise

_NUMBER = re.compile(r"(?<![\w.,])\d[\d.,]*(?<![.,])(?:-\d+)?")
_NAME = re.compile(r"(?<![\w'’-])[A-ZÀ-Þ][\w&.'’-]*(?:(?: (?:of|for|and|&|the))? [A-ZÀ-Þ][\w&.'’-]*)*")
_OPENERS = re.compile(r"(?:^|[.:;(–-] )[^\w]*$")


class Read(NamedTuple):
    """An expected alert as the program reads it."""

    name: str
    label: str
    importance: str
    true_summary: str
    comparison: Comparison
    judgement: Judgement
    summary: Summary


def alerts(corpus: Path) -> Iterator[Read]:
    """Every expected alert of the labelled documents, read from the two texts before and after it."""
    for folder in sorted((corpus / "docs").iterdir()):
        rows = _table(folder / "timeline.csv")
        shas = {int(row["seq"]): (row["sha12"], row["datetime"]) for row in rows}
        for alert in _table(folder / "expected_alerts.csv"):
            seq = int(alert["seq"])
            old, new = (_read(folder / "texts" / f"{shas[at][0]}.md") for at in (seq - 1, seq))
            comparison = compare(old, new)
            found = facts(comparison, old, new)
            moved = moves(extract_targets(old), extract_targets(new))
            told = judge(comparison, found, moved, old, new)
            day, _ = effective_on(new, comparison, datetime.fromisoformat(shas[seq][1]))
            summary = summarise(folder.name, "edit", comparison, found, moved, told, day)
            name = f"{folder.name} {seq}"
            yield Read(name, alert["label"], alert["importance"], alert["summary"], comparison, told, summary)


def rebuilt(corpus: Path) -> tuple[int, int]:
    """How many of all distinct steps are rebuilt exactly on both sides from the hunks, and how many there are."""
    exact = pairs = 0
    for folder in sorted((corpus / "docs").iterdir()):
        names = [row["sha12"] for row in _table(folder / "timeline.csv")]
        steps = dict.fromkeys(step for step in pairwise(names) if step[0] != step[1])
        documents = {name: _read(folder / "texts" / f"{name}.md") for step in steps for name in step}
        for old, new in ((documents[old], documents[new]) for old, new in steps):
            comparison = compare(old, new)
            exact += rebuild_new(old, comparison) == new.blocks and rebuild_old(new, comparison) == old.blocks
            pairs += 1
    return exact, pairs


def judged(read: list[Read]) -> dict[str, float]:
    """Percentages: labels reported as labelled, and "high" found and right."""
    high = [one for one in read if one.importance == "high"]
    told = [one for one in read if one.judgement.importance == "high"]
    right = [one for one in high if one.judgement.importance == "high"]
    return {
        **{
            f"{label} told as {label}": _share(
                [one for one in read if one.label == label], lambda one: one.judgement.significance == one.label
            )
            for label in ("material", "editorial")
        },
        "high recall": round(100 * len(right) / max(1, len(high)), 1),
        "high precision": round(100 * len(right) / max(1, len(told)), 1),
    }


def _share(these: list[Read], holds: Callable[[Read], bool]) -> float:
    return round(100 * sum(map(holds, these)) / max(1, len(these)), 1)


def summarised(read: list[Read], *, show: bool = False) -> dict[str, float]:
    """The share of values that a person listed for high alerts, and the hunks contain, that our summary has."""
    named = {"dates": [0, 0], "numbers": [0, 0], "names": [0, 0]}
    for one in read:
        if one.importance != "high":
            continue
        hunks = "\n".join(f"{hunk.text_before}\n{hunk.text_after}" for hunk in one.comparison.hunks)
        ours = "\n".join((one.summary.headline, *one.summary.points))
        lost = []
        for kind, value in values(one.true_summary):
            if holds(hunks, kind, value) and not _is_opener(one.true_summary, value, hunks):
                named[kind][1] += 1
                named[kind][0] += holds(ours, kind, value)
                lost += [] if holds(ours, kind, value) else [value]
        if show and lost:
            print(
                f"{one.name}: lost {lost}\n    true: {one.true_summary}\n    {ours.replace(chr(10), chr(10) + '    ')}"
            )
    shares = {kind: round(100 * held / max(1, all_), 1) for kind, (held, all_) in named.items()}
    held, all_ = (sum(pair[at] for pair in named.values()) for at in (0, 1))
    return {"held": round(100 * held / max(1, all_), 1), "of": all_, **shares}


def values(text: str) -> list[tuple[str, str]]:
    """The dates, numbers and names of a sentence, each kind with the text as written."""
    found = [("dates", dated.text) for dated in dates_in(text, "en")]
    rest = text
    for _, written in found:
        rest = rest.replace(written, " \u2022 ", 1)
    found += [("numbers", match.group()) for match in _NUMBER.finditer(rest)]
    found += [("names", match.group().rstrip(".'’-")) for match in _NAME.finditer(rest)]
    return list(dict.fromkeys(found))


def holds(text: str, kind: str, value: str) -> bool:
    """Whether a text contains a value, however it is written: 500,000 as 500.000, 18 Oct 2022 as 2022-10-18."""
    if kind == "dates":
        key = dates_in(value, "en")[0].key
        return any(dated.key.startswith(key) or key.startswith(dated.key) for dated in dates_in(text, "en"))
    if kind == "numbers":
        wanted = re.sub(r"[.,](?=\d{3})", "", value)
        return any(re.sub(r"[.,](?=\d{3})", "", match.group()) == wanted for match in _NUMBER.finditer(text))
    return re.search(rf"(?<!\w){re.escape(_unaccented(value))}(?!\w)", _unaccented(text), re.IGNORECASE) is not None


def _unaccented(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


def _is_opener(sentence: str, value: str, hunks: str) -> bool:
    """Whether a word is capitalised only because it begins a sentence: elsewhere the text writes it in lower case."""
    at = sentence.find(value)
    return " " not in value and bool(_OPENERS.search(sentence[:at])) and f" {value.lower()}" in hunks


def conveyed(corpus: Path, read: list[Read]) -> dict[str, float]:
    """Of what a reader must learn of each high alert (`facts.jsonl`), the share that headline and points convey.

    "lead first" counts what must be known first, in the headline and the first point; "letters" is per alert.
    """
    summaries = {one.name: one.summary for one in read}
    found = [json.loads(line) for line in (corpus / "facts.jsonl").read_text(encoding="utf-8").splitlines() if line]
    told = [(fact, summaries[f"{fact['slug']} {fact['seq']}"]) for fact in found]
    leads = [(fact, summary) for fact, summary in told if fact.get("lead")]
    high = {f"{fact['slug']} {fact['seq']}": summary for fact, summary in told}.values()
    return {
        "conveyed": _conveys([(fact, [shown.headline, *shown.points]) for fact, shown in told]),
        "lead first": _conveys([(fact, [shown.headline, *shown.points[:1]]) for fact, shown in leads]),
        "letters": round(sum(len("\n".join((one.headline, *one.points))) for one in high) / max(1, len(high))),
    }


def _conveys(told: list[tuple[dict[str, Any], list[str]]]) -> float:
    """The share of facts of which every group of needs has a match in the lines."""
    texts = [(fact, re.sub(r"(?<=\d)[,. '](?=\d{3}(?!\d))", "", plain("\n".join(lines)))) for fact, lines in told]
    hits = sum(
        all(any(re.search(need, text, re.IGNORECASE) for need in group) for group in fact["needs"])
        for fact, text in texts
    )
    return round(100 * hits / max(1, len(told)), 1)


def marks(corpus: Path) -> dict[str, float]:
    """Words marked and places to check, divided by those of a token-minimal comparison (comparison.md)."""
    words = edits = minimal_words = minimal_edits = 0
    for pair in speed.pairs(corpus):
        mine, minimal = speed.ours(pair), speed.blocks_words(pair)
        words, edits = words + mine.words, edits + mine.edits
        minimal_words, minimal_edits = minimal_words + minimal.words, minimal_edits + minimal.edits
    return {
        "words / token-minimal": round(words / minimal_words, 3),
        "edits / token-minimal": round(edits / minimal_edits, 3),
    }


def targets(domain: Path, work: Path, *names: str) -> dict[str, float]:
    """Precision and recall of `targets extract` on these files of labelled sentences, by the labels' own script."""
    page, found, rows = work / "targets.md", work / "found.jsonl", work / "rows.jsonl"
    script = domain / "score_targets.py"
    rows.write_text("".join((domain / name).read_text(encoding="utf-8") for name in names), encoding="utf-8")
    subprocess.run([sys.executable, script, "write", rows, page], check=True)
    root = Path(__file__).resolve().parent.parent
    with found.open("w", encoding="utf-8") as file:
        command = [sys.executable, "-m", "policywatch", "targets", "extract", page]
        subprocess.run(command, check=True, stdout=file, cwd=root)
    printed = subprocess.run(
        [sys.executable, script, "score", rows, found, "0"], check=True, text=True, stdout=subprocess.PIPE
    ).stdout
    told = re.search(
        r"precision ([\d.]+) recall ([\d.]+) \(metric right (\d+)/(\d+), comparator right (\d+)/(\d+)\)", printed
    )
    assert told, printed
    precision, recall, metric, hit, comparator, _ = map(float, told.groups())
    return {
        "precision": precision,
        "recall": recall,
        "metric right": round(100 * metric / hit, 1),
        "comparator right": round(100 * comparator / hit, 1),
    }


def main(corpus: Path, *, show: bool = False) -> dict[str, dict[str, Any]]:
    """All figures, by what they measure."""
    read, second = list(alerts(corpus)), corpus.parent / "corpus2"
    exact, pairs = rebuilt(corpus)
    with tempfile.TemporaryDirectory() as name:
        domain, work = corpus.parent / "domain", Path(name)
        found = targets(domain, work, "targets.jsonl")
        others = targets(domain, work, "targets2.jsonl")
        pooled = targets(domain, work, "targets.jsonl", "targets2.jsonl")
    return {
        "rebuilt": {"exactly": exact, "pairs": pairs, "percent": round(100 * exact / pairs, 1)},
        "marks": marks(corpus),
        "targets": found,
        "targets of other marketplaces": others,
        "all targets": pooled,
        "judged": judged(read),
        "summaries of high alerts": summarised(read, show=show),
        "facts of high alerts": conveyed(corpus, read),
        "facts of the second set": conveyed(second, list(alerts(second))),
    }


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _read(path: Path) -> Document:
    capture = Capture(url="", media_type="markdown", body=path.read_bytes())
    return clean(extract(capture, Selection()).document).document


if __name__ == "__main__":
    for part, figures in main(Path(sys.argv[1]), show=True).items():
        print(f"{part}: {figures}")
