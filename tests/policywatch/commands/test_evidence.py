"""evidence, verify --deep, docs/evidence.md: what others can check without us."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from diffs.database.archive import open_archive
from diffs.store import bodies
from policywatch import context
from policywatch.terminal import check_evidence
from tests.policywatch.program import ROOT, Program, policy, save

LOOKS = {
    "2026-01-05T08:00:00Z": policy("We take a fee of 8% of the price.", title="Fees"),
    "2026-02-12T08:00:00Z": policy("We take a fee of 9% of the price.", title="Fees"),
    "2026-03-10T08:00:00Z": policy("We take a fee of 7% of the price.", title="Fees"),
}


@pytest.fixture
def program(tmp_path: Path) -> Program:
    program = Program(tmp_path, now=datetime(2026, 3, 31, tzinfo=UTC))
    save(tmp_path / "in", "us-fees", LOOKS, title="Fees", url="https://market.example/help/us-fees")
    assert program("import", "folder", "in").code == 0
    return program


def proof(program: Program) -> Path:
    assert program("evidence", "us-fees", "--at", "2026-03-01", "-o", "proof").code == 0
    return program.folder / "proof"


def test_a_folder_holds_the_text_the_answer_and_its_proof(program: Program) -> None:
    folder = proof(program)

    assert "fee of 9%" in (folder / "text.txt").read_text()
    assert "Version 2, seen 2026-02-12 08:00 to 2026-02-12 08:00 UTC" in (folder / "text.txt").read_text()
    assert (folder / "answer.html").read_text() == LOOKS["2026-02-12T08:00:00Z"]
    record = json.loads((folder / "record.json").read_text())
    assert (record["checked_at"], record["version"]["seq"]) == ("2026-02-12T08:00:00Z", 2)
    assert record["head"] == program("verify", "--json").objects[0]["head"]
    # From that fetch to the head, and none before it.
    assert len((folder / "chain.jsonl").read_text().splitlines()) == 2
    assert check_evidence.main(folder) == 0


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("answer.html", "9%", "5%", "answer.html is not what was fetched."),
        ("chain.jsonl", "2026-03-10", "2026-03-11", "Row 2 of chain.jsonl was changed."),
        ("record.json", "2026-02-12T08:00:00+00:00", "2026-02-01T08:00:00+00:00", "is not in the chain."),
        ("record.json", '"head": "', '"head": "0', "The chain does not end with the head of record.json."),
    ],
)
def test_whoever_has_only_the_folder_sees_what_was_altered(
    program: Program, name: str, old: str, new: str, says: str
) -> None:
    folder = proof(program)
    altered = (folder / name).read_text().replace(old, new)
    (folder / name).write_text(altered)

    ran = subprocess.run([sys.executable, folder / "check.py"], capture_output=True, text=True, check=False)

    assert (ran.returncode, says in ran.stdout) == (1, True), ran.stdout + ran.stderr


def test_a_row_taken_out_of_the_chain_is_seen(program: Program) -> None:
    folder = proof(program)
    rows = (folder / "chain.jsonl").read_text().splitlines()
    (folder / "chain.jsonl").write_text(f"{rows[1]}\n{rows[1]}\n")

    assert "Row 2 of chain.jsonl does not follow the one before it." in list(check_evidence.faults(folder))
    assert check_evidence.main(folder) == 1


def test_a_folder_that_is_there_is_not_written_over(program: Program) -> None:
    proof(program)

    assert "proof already exists" in program("evidence", "us-fees", "-o", "proof").err
    assert "in/us-fees/00.html already exists" in program("evidence", "us-fees", "-o", "in/us-fees/00.html").err
    assert program("evidence", "us-fees", "-o", "in/us-fees/00.html/x").code == 2
    assert "Nothing was read of us-fees up to" in program("evidence", "us-fees", "--at", "2025-01-01", "-o", "p").err


def change(program: Program, statement: str, **values: object) -> None:
    with program.at_home():
        archive = open_archive(context.archive_settings().url)
        with archive.begin() as session:
            session.execute(text("PRAGMA defer_foreign_keys = ON"))
            session.execute(text(statement), values)
        archive.close()


def test_a_damaged_byte_in_a_text_is_noticed(program: Program) -> None:
    change(
        program,
        "UPDATE body SET data = CAST(substr(data, 1, length(data) - 1) || x'00' AS BLOB) "
        "WHERE sha256 = (SELECT document_sha256 FROM version WHERE seq = 2)",
    )

    ended = program("verify")

    assert ended.code == 1
    assert "Text: version 2 of us-fees: " in ended.err
    assert "3 snapshots verified" in ended.out, "what was fetched is whole"
    assert len(program("verify", "--json").objects[0]["texts"]) >= 1


def test_a_text_put_in_anothers_place_is_noticed(program: Program) -> None:
    change(
        program,
        "UPDATE version SET document_sha256 = (SELECT document_sha256 FROM version WHERE seq = 3) WHERE seq = 2",
    )

    assert "version 2 of us-fees: the text is another one than the one that was read" in program("verify").err


def test_a_text_forged_with_its_hash_is_noticed_when_the_answer_is_read_again(program: Program) -> None:
    with program.at_home():
        archive = open_archive(context.archive_settings().url)
        with archive.begin() as session:
            row = session.execute(text("SELECT document_sha256 FROM version WHERE seq = 2")).one()
            forged = bodies.get(session, row[0]).replace(b"9%", b"5%")
            name = bodies.put(session, forged)
        archive.close()
    from diffs.values import Document

    fingerprint = Document.from_json(forged).fingerprint
    change(program, "UPDATE version SET document_sha256 = :d, text_sha256 = :t WHERE seq = 2", d=name, t=fingerprint)

    assert program("verify").code == 0
    ended = program("verify", "--deep")
    assert ended.code == 1
    assert "Text: version 2 of us-fees does not match the response it was read from." in ended.err


def test_texts_that_are_what_their_answers_say_are_said_to_be(program: Program) -> None:
    assert program("note", "add", "--title", "Peak season", "--text", "Cut-off is 14:00.").code == 0

    ended = program("verify", "--deep")

    assert ended.code == 0
    assert "Every stored text matches the response it was read from." in ended.out


def test_texts_read_by_another_version_of_the_program_are_not_called_wrong(program: Program) -> None:
    change(program, "UPDATE page SET derived_with = 'older'")

    assert "us-fees was read by an earlier version of this program; the next crawl" in program("verify", "--deep").err


def test_the_recipe_for_a_lawyer_runs_as_written(program: Program, tmp_path: Path) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / "docs/evidence.md").read_text(), re.MULTILINE | re.DOTALL)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "policywatch").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m policywatch "$@"\n')
    (tools / "policywatch").chmod(0o755)

    ran = subprocess.run(
        ["sh", "-e"],
        input="".join(blocks),
        cwd=tmp_path,
        env=os.environ | {"PATH": f"{tools}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert len(blocks) == 5
    assert "The chain holds from there to its head: " in ran.stdout
    assert "Every stored text matches the response it was read from." in ran.stdout
    folder = tmp_path / "us-fees-2026-03-01"
    named = set(re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs/evidence.md").read_text(), re.MULTILINE))
    assert named | {"difference.html"} == {file.name for file in folder.iterdir()}
    assert "9%" in (folder / "difference.html").read_text()
