"""On a damaged archive every command says so in one sentence and ends with 3; verify and doctor name the damage."""

import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from diffs.database.models import Snapshot
from tests.policywatch.commands.test_wrong_folder import WORKS_ON_ONE
from tests.policywatch.program import Program, policy, save

PAGE = 4096


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an archive that nobody has damaged."""
    folder = tmp_path_factory.mktemp("whole")
    looks = {f"2026-01-{day:02}T08:00:00Z": policy(f"Keep it under {day}%.") for day in range(5, 15)}
    save(folder / "saved", "us-late", looks)
    program = Program(folder)
    assert program("import", "folder", "saved").code == 0
    assert program("changes").code == 0
    with sqlite3.connect(program.database) as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    plain.close()
    return folder


@pytest.fixture
def program(whole: Path, tmp_path: Path) -> Program:
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    return Program(tmp_path)


def damage(program: Program, table: str) -> None:
    """Overwrite the first pages of a table and its indexes, as a disk does that loses blocks."""
    with sqlite3.connect(program.database) as plain:
        roots = plain.execute("SELECT rootpage FROM sqlite_master WHERE tbl_name = ?", (table,)).fetchall()
    plain.close()
    data = bytearray(program.database.read_bytes())
    for (root,) in roots:
        data[(root - 1) * PAGE : root * PAGE] = random.Random(table).randbytes(PAGE)
    program.database.write_bytes(data)


@pytest.mark.parametrize("table", ["page", "snapshot", "change", "subscriber", "body"])
def test_verify_and_doctor_name_the_damage_and_the_remedy(program: Program, table: str) -> None:
    damage(program, table)

    verified, examined = program("verify"), program("doctor")

    assert (verified.code, verified.out) == (3, "")
    assert "damaged" in verified.err
    assert "restore a backup: docs/backup.md says how" in verified.err
    assert examined.code == 3
    assert "restore a backup: docs/backup.md says how" in examined.out
    assert {check["check"]: check["state"] for check in program("doctor", "--json").objects}["archive"] == "broken"


def test_verify_names_a_few_faults_and_all_of_them_for_a_program(program: Program) -> None:
    with sqlite3.connect(program.database) as plain:
        plain.execute("PRAGMA writable_schema = ON")
        plain.execute("UPDATE sqlite_master SET sql = replace(sql, 'UNIQUE', '') WHERE name = 'body'")
        plain.execute("DELETE FROM body WHERE sha256 IN (SELECT body_sha256 FROM snapshot LIMIT 1)")
        for number in range(9):
            plain.execute("UPDATE snapshot SET page_id = ? WHERE id = ?", (90 + number, number + 1))
    plain.close()

    ended, objects = program("verify"), program("verify", "--json").objects

    assert ended.code == 3
    assert "without the row of page that belongs to it" in ended.err
    assert objects[0]["damage"]
    assert objects[0]["broken"]


def test_where_all_that_was_fetched_is_whole_that_is_said(program: Program) -> None:
    with sqlite3.connect(program.database) as plain:
        plain.execute("UPDATE observation SET text_sha256 = CAST(X'FF' AS TEXT)")
    plain.close()

    ended = program("verify")

    assert ended.code == 3
    assert ended.err.endswith("Even so, 10 snapshots are intact: what was fetched is still there.\n")


def test_more_faults_than_a_screen_holds_are_counted(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite3.connect(program.database) as plain:
        plain.execute("UPDATE page SET key = key || 'x', memory = '{', created_at = 'never'")
        plain.execute("DELETE FROM body")
        plain.execute("UPDATE change SET page_id = 99")
    plain.close()
    monkeypatch.setattr("policywatch.commands.verify.SHOWN", 1)

    assert "more: policywatch verify --json lists them." in program("verify").err


# A web server goes on with the pages that can still be read.
@pytest.mark.parametrize("command", [command for command in WORKS_ON_ONE if not command.startswith("serve")])
def test_every_command_ends_with_one_sentence(program: Program, command: str) -> None:
    for table in Snapshot.metadata.tables:
        damage(program, table)

    ended = program(*command.split())

    said = ended.err if command != "doctor" else ended.out
    if ended.code == 2:  # an option or a file that is missing is said first
        assert "policywatch:" not in ended.err
        return
    assert ended.code == 3, ended
    assert "damaged" in said
    assert "Traceback" not in ended.err + ended.out
    if command not in ("doctor", "verify"):
        assert len(ended.err.strip().splitlines()) == 1


def test_what_keeps_running_ends_where_no_later_round_can_help(program: Program) -> None:
    (program.folder / "mine.toml").write_text('[[page]]\nkey = "p"\nurl = "http://127.0.0.1:9/p"\ntitle = "P"\n')
    program.settings = {"watchlists": "mine.toml", "contact": "me@example.com", "allow_private_addresses": "true"}
    damage(program, "page")

    ended = program.process("run")

    assert ended.code == 3
    assert ended.err.startswith("policywatch: The archive is damaged: database disk image is malformed.")
    assert ended.err.count("\n") == 1


def test_a_value_our_own_code_stumbles_over_is_said_to_be_damage(program: Program) -> None:
    with sqlite3.connect(program.database) as plain:
        plain.execute("UPDATE page SET memory = '{'")
    plain.close()

    ended = program("health")

    assert ended.code == 3
    assert ended.err.startswith("policywatch: The archive is damaged: page: a value in a row cannot be read (")


def test_a_fault_of_our_own_is_not_called_damage(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*_: object, **__: object) -> None:
        raise KeyError("ours")

    monkeypatch.setattr("policywatch.commands.history.page_named", wrong)

    with pytest.raises(KeyError):
        program("history", "us-late")
