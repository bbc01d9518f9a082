"""The doctor names the files that other users of the machine can read, and how to close them."""

import grp
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.policywatch.program import Program


@pytest.fixture
def program() -> Iterator[Program]:
    """In a folder that everybody may enter; that of pytest is closed."""
    folder = Path(tempfile.mkdtemp(prefix="policywatch-"))
    folder.chmod(0o755)
    yield Program(folder).begin()
    shutil.rmtree(folder)


def said(program: Program) -> dict[str, str] | None:
    return next((check for check in program("doctor", "--json").objects if check["check"] == "permissions"), None)


def test_what_we_make_is_closed(program: Program) -> None:
    program("init", "--contact", "me@example.com", "--marketplaces", "US", "--force")

    assert oct((program.folder / "policywatch.toml").stat().st_mode & 0o777) == "0o600"
    assert said(program) is None


def test_open_files_are_named_with_the_command_that_closes_them(program: Program) -> None:
    outbox = program.folder / "out box"
    outbox.mkdir(mode=0o755)
    (program.folder / "policywatch.toml").write_text(f'secret = "x"\nsmtp_url = "folder:{outbox}"\n')
    for path in (program.database, program.folder / "policywatch.toml"):
        path.chmod(0o644)
    program.database.parent.chmod(0o755)

    found = said(program)

    assert found
    assert found["state"] == "note"
    assert found["detail"] == (
        f"other users of this machine can read policywatch-data/policywatch.db, policywatch.toml, {outbox}"
    )
    command = found["remedy"].removesuffix(" protects them.")
    subprocess.run(shlex.split(command), cwd=program.folder, check=True)
    assert said(program) is None
    assert program("verify").code == 0


def test_a_file_in_a_closed_folder_is_closed(program: Program) -> None:
    program.database.chmod(0o644)
    assert said(program) is None  # its folder is for its owner alone

    program.database.parent.chmod(0o755)
    assert said(program)


def test_a_group_of_others_counts_and_the_owners_own_does_not(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.database.chmod(0o640)
    program.database.parent.chmod(0o750)
    assert said(program) is None or grp.getgrgid(program.database.stat().st_gid).gr_mem

    monkeypatch.setattr(grp, "getgrgid", lambda _: (_ for _ in ()).throw(KeyError))
    assert said(program)


def test_settings_without_a_secret_may_be_read(program: Program) -> None:
    (program.folder / "policywatch.toml").write_text('contact = "me@example.com"\n')
    (program.folder / "policywatch.toml").chmod(0o644)
    assert said(program) is None

    (program.folder / "policywatch.toml").write_text('database_url = "sqlite:///a@b.db"\n')
    Program(program.folder).begin()
    assert said(program)
