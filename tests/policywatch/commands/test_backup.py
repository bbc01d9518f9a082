"""A backup holds all that an archive needs to go on, and is whole or is not there."""

import sqlite3
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.policywatch.commands.test_damaged_archive import damage
from tests.policywatch.program import Program, policy, save
from tests.postgres import Postgres

LOOKS = {"2026-01-05T08:00:00Z": policy("Keep it under 4%."), "2026-01-06T08:00:00Z": policy("Keep it under 3%.")}


@pytest.fixture
def program(tmp_path: Path) -> Program:
    home = tmp_path / "home"
    home.mkdir()
    (home / "policywatch.toml").write_text(
        'contact = "me@example.com"\nwatchlists = ["lists/mine.toml", "amazon-us"]\n'
    )
    (home / "lists").mkdir()
    (home / "lists" / "mine.toml").write_text(
        '[[page]]\nkey = "fees"\nurl = "https://example.com/fees"\ntitle = "Fees"\n'
    )
    save(tmp_path / "saved", "us-late", LOOKS)
    program = Program(home)
    assert program("import", "folder", tmp_path / "saved").code == 0
    program("subscribers", "add", "https://example.com/hook", "--channel", "webhook")  # makes the key
    return program


def test_a_backup_unpacked_elsewhere_goes_on_as_before(program: Program, tmp_path: Path) -> None:
    ended = program("backup", tmp_path / "policies.tar.gz")

    assert (ended.code, ended.err) == (0, "")
    assert oct((tmp_path / "policies.tar.gz").stat().st_mode & 0o777) == "0o600"
    restored = Program(tmp_path / "restored")
    restored.folder.mkdir()
    subprocess.run(["tar", "-xzf", tmp_path / "policies.tar.gz", "-C", restored.folder], check=True)
    assert restored("verify").out == program("verify").out
    assert restored("changes", "--json").out == program("changes", "--json").out
    for name in ("policywatch-data/signing.key", "policywatch.toml", "lists/mine.toml"):
        assert (restored.folder / name).read_bytes() == (program.folder / name).read_bytes()
    assert restored("watchlist", "check").out == program("watchlist", "check").out


def test_a_backup_is_made_while_another_program_writes(program: Program, tmp_path: Path) -> None:
    other = sqlite3.connect(program.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("UPDATE page SET title = 'half way'")

    ended = program("backup", tmp_path / "policies.tar.gz")

    other.execute("ROLLBACK")
    other.close()
    assert ended.code == 0
    with tarfile.open(tmp_path / "policies.tar.gz") as tar:
        tar.extract("policywatch-data/policywatch.db", tmp_path, filter="data")
    with sqlite3.connect(tmp_path / "policywatch-data" / "policywatch.db") as copy:
        assert copy.execute("SELECT title FROM page").fetchall() == [("Late Shipment Rate",)]
    copy.close()


def test_a_damaged_archive_leaves_the_older_backup_as_it_is(program: Program, tmp_path: Path) -> None:
    (tmp_path / "policies.tar.gz").write_bytes(b"the older one")
    damage(program, "observation")

    ended = program("backup", tmp_path / "policies.tar.gz")

    assert (ended.code, ended.out) == (3, "")
    assert "No backup was made." in ended.err
    assert (tmp_path / "policies.tar.gz").read_bytes() == b"the older one"


def test_a_list_that_lies_elsewhere_is_named(program: Program, tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("")
    program.settings = {"watchlists": str(tmp_path / "other.toml")}

    ended = program("backup", tmp_path / "policies.tar.gz")

    assert ended.code == 0
    assert f"Not included, because it is outside this folder: {tmp_path / 'other.toml'}" in ended.err


@pytest.mark.parametrize("file", ["/dev/null", "no/such/folder/policies.tar.gz"])
def test_a_place_of_no_use_is_said(program: Program, file: str) -> None:
    ended = program("backup", file)

    assert (ended.code, ended.out) == (2, "")
    assert file in ended.err


@pytest.mark.postgresql
def test_a_server_makes_its_own_backups(program: Program, postgres: Postgres, tmp_path: Path) -> None:
    program.settings = {"database_url": postgres.fresh_database()}
    program.begin()

    ended = program("backup", tmp_path / "policies.tar.gz")

    assert ended.code == 3
    assert "Use pg_dump" in ended.err
    assert not (tmp_path / "policies.tar.gz").exists()
