"""Check a folder that `policywatch evidence` wrote, by python3 check.py.

Needs nothing but Python. It recomputes the SHA-256 of the answer and of every row of the chain, and says whether each
row names the one before it. The last row's hash is the head: compare it with the head in a mail or note of that time.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path


def faults(folder: Path) -> Iterator[str]:
    """What does not fit, in sentences; nothing where all is as it was recorded."""
    record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
    rows = [json.loads(line) for line in (folder / "chain.jsonl").read_text(encoding="utf-8").splitlines()]
    answer = (folder / record["answer_file"]).read_bytes()
    if hashlib.sha256(answer).hexdigest() != record["answer_row"]["body"]:
        yield f"{record['answer_file']} is not what was fetched."
    for name in ("answer_row", "check_row"):
        if record[name] not in [row["row"] for row in rows]:
            yield f"The {name} of record.json is not in the chain."
    previous = rows[0]["row"]["previous"]
    for number, row in enumerate(rows, 1):
        packed = json.dumps(row["row"], sort_keys=True, ensure_ascii=False).encode()
        if hashlib.sha256(packed).hexdigest() != row["hash"]:
            yield f"Row {number} of chain.jsonl was changed."
        if row["row"]["previous"] != previous:
            yield f"Row {number} of chain.jsonl does not follow the one before it."
        previous = row["hash"]
    if previous != record["head"]:
        yield "The chain does not end with the head of record.json."


def main(folder: Path) -> int:
    """Print what does not fit, or that all does; 1 or 0."""
    found = list(faults(folder))
    for fault in found:
        sys.stdout.write(f"{fault}\n")
    if not found:
        record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
        row = record["answer_row"]
        came_from = row["final_url"] or row["url"]
        sys.stdout.write(f"{record['answer_file']} is what {came_from} returned at {row['observed_at']}.\n")
        sys.stdout.write(f"The chain holds from there to its head: {record['head']}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).parent))
