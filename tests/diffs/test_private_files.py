"""What is ours is for its owner alone, and a stricter umask is kept."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from diffs.database.archive import open_archive
from diffs.private_files import private_folder, replaced, write_private, write_whole

ROOT = Path(__file__).parents[2]


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o277], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def test_a_file_is_for_its_owner_alone_or_less(umask: int, tmp_path: Path) -> None:
    write_private(tmp_path / "key", b"secret")

    assert mode(tmp_path / "key") == 0o600 & ~umask
    assert [entry.name for entry in tmp_path.iterdir()] == ["key"]


def test_an_archive_is_for_its_owner_alone_with_all_that_lies_beside_it(tmp_path: Path) -> None:
    before = os.umask(0o022)
    archive = open_archive(f"sqlite:///{tmp_path / 'data' / 'policywatch.db'}")
    with archive.read() as session:
        session.connection()
        found = {entry.name: oct(mode(entry)) for entry in (tmp_path / "data").iterdir()}
    archive.close()
    os.umask(before)

    assert oct(mode(tmp_path / "data")) == "0o700"
    assert found == {"policywatch.db": "0o600", "policywatch.db-wal": "0o600", "policywatch.db-shm": "0o600"}


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data").chmod(0o750)

    private_folder(tmp_path / "data")

    assert oct(mode(tmp_path / "data")) == "0o750"


def test_a_file_that_others_could_read_is_replaced_and_a_link_to_it_stays(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "real").chmod(0o644)
    (tmp_path / "link").symlink_to("real")

    write_private(tmp_path / "link", b"new")

    assert (tmp_path / "link").is_symlink()
    assert ((tmp_path / "real").read_bytes(), oct(mode(tmp_path / "real"))) == (b"new", "0o600")


def test_other_files_keep_their_mode_and_new_ones_get_the_umasks(tmp_path: Path) -> None:
    before = os.umask(0o027)
    (tmp_path / "old").write_bytes(b"old")
    (tmp_path / "old").chmod(0o664)
    write_whole(tmp_path / "old", b"new")
    write_whole(tmp_path / "new", b"new")
    os.umask(before)

    assert {entry.name: oct(mode(entry)) for entry in tmp_path.iterdir()} == {"old": "0o664", "new": "0o640"}
    assert (tmp_path / "old").read_bytes() == b"new"


def test_a_full_disk_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    """The size that a file may have is limited for a program of its own; the disk says the same when it is full."""
    (tmp_path / "settings.toml").write_bytes(b"contact = 1")
    code = (
        "import resource, sys; from pathlib import Path; from diffs.private_files import write_whole\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "write_whole(Path(sys.argv[1]), b'x' * 1000)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "settings.toml"], check=False, capture_output=True, cwd=ROOT
    )

    assert b"File too large" in done.stderr
    assert [entry.read_bytes() for entry in tmp_path.iterdir()] == [b"contact = 1"]


def test_a_device_is_written_as_it_is() -> None:
    write_private(Path("/dev/null"), b"new")

    assert Path("/dev/null").is_char_device()


def test_what_cannot_be_written_whole_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "settings").mkdir()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_private(tmp_path / "settings" / "new", b"x")

    assert list((tmp_path / "settings").iterdir()) == []


def test_what_breaks_off_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_bytes(b"old")

    with pytest.raises(TypeError), replaced(tmp_path / "feed.xml") as file:
        file.writelines([b"half a new", "no bytes"])  # type: ignore[list-item]

    assert [entry.read_bytes() for entry in tmp_path.iterdir()] == [b"old"]
