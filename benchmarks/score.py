"""Score the program on labelled policy histories through its public commands: import folder, changes --all --json.

    python benchmarks/score.py            our own set, and both labelled sets that rules are tuned on where they are
    python benchmarks/score.py SET        one set, alerts only: precision, recall, material recall

Our own set (`own_set.py`) is generated at each run, so that a fresh clone prints something.

A set is a folder with docs/, to_folder.py and score_changes.py, perhaps raw/ (by default ../shared/corpus and
../shared/corpus2 beside the clone). `make score-check` scores ../shared/corpus-check, on which nothing may be tuned.
Of the first set it prints, per document and in total, alerts, precision, recall, material recall; then the recorded
HTML series once more with the container found by the program itself; then what `score_meaning.py` measures:
rebuilding, marked words and places, targets, significance and importance, and what the summaries of high alerts hold.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import own_set
import score_meaning
from program import HERE, policywatch, run

SHARED = HERE.parent / "shared"
CORPUS = SHARED / "corpus"
FURTHER = SHARED / "corpus2"


def score(corpus: Path, folder: Path, work: Path) -> tuple[dict[str, Any], str]:
    """The totals, and the lines per document, of a folder of saved pages imported into a new archive."""
    work.mkdir(parents=True)
    policywatch("import", "folder", folder, data=work)
    changes = work / "changes.jsonl"
    policywatch("changes", "--all", "--json", data=work, output=changes)
    printed = run(sys.executable, corpus / "score_changes.py", corpus, folder / "when.json", changes, cwd=work)
    *lines, last = printed.strip().splitlines()
    return json.loads(last), "\n".join(lines)


def without_selectors(folder: Path) -> None:
    """Keep only the recorded HTML series, and remove their selectors."""
    times = json.loads((folder / "when.json").read_text(encoding="utf-8"))
    for page in [page for page in folder.iterdir() if page.is_dir()]:
        declared = page / "page.toml"
        lines = declared.read_text(encoding="utf-8").splitlines()
        if not any(line.startswith("select") for line in lines):
            times.pop(page.name)
            for file in page.iterdir():
                file.unlink()
            page.rmdir()
            continue
        declared.chmod(0o644)
        declared.write_text("\n".join(line for line in lines if not line.startswith("select")) + "\n", encoding="utf-8")
    (folder / "when.json").write_text(json.dumps(times), encoding="utf-8")


def scored(corpus: Path, work: Path) -> tuple[dict[str, Any], str]:
    """The totals of a set with the seconds, and its lines, after writing it as saved pages into `work`/folder."""
    if not corpus.is_dir():
        sys.exit(f"{corpus} is not there: the labelled histories are not part of the project.")
    run(sys.executable, corpus / "to_folder.py", corpus, work / "folder", cwd=work)
    began = time.perf_counter()
    totals, lines = score(corpus, work / "folder", work / "given")
    return {**totals, "seconds": round(time.perf_counter() - began)}, lines


def alerts(corpus: Path) -> None:
    """Print what is reported for a set, and its totals."""
    with tempfile.TemporaryDirectory() as name:
        totals, lines = scored(corpus, Path(name))
    sys.stdout.write(f"{corpus.name}\n{lines}\n{corpus.name}: {json.dumps(totals)}\n\n")


def main(corpus: Path) -> dict[str, Any]:
    """All figures, which are also printed."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        totals, lines = scored(corpus, work)
        without_selectors(work / "folder")
        found, found_lines = score(corpus, work / "folder", work / "found")
    meaning = score_meaning.main(corpus)
    figures = {
        "docs": totals["docs"],
        "raw": totals["raw"],
        "raw without selectors": found["raw"],
        "decided later than 24 hours": totals["decided_later_than_24h"],
        **meaning,
    }
    sys.stdout.write(f"{lines}\n\nrecorded HTML, container found by the program:\n{found_lines}\n\n")
    for kind, figure in figures.items():
        sys.stdout.write(f"{kind}: {json.dumps(figure)}\n")
    sys.stdout.write(f"import and judgement of the whole corpus: {totals['seconds']} s\n")
    return figures


def everything() -> None:
    """Print all figures of the sets that are here, and name those that are missing."""
    own_set.main()
    if not CORPUS.is_dir():
        sys.stdout.write(
            f"{CORPUS} is not there: the labelled histories are other people's texts and no part of the project.\n"
            "docs/scores.md says what they measured, and when.\n"
        )
        return
    main(CORPUS)
    if FURTHER.is_dir():
        alerts(FURTHER)
    sys.stdout.write("leave-one-out: benchmarks/train_judge.py measures what is learned from these sets by machine.\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        alerts(Path(sys.argv[1]).resolve())
    else:
        everything()
