"""The archive's address: one path for every name of a folder, and no password in anything that is said."""

import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.settings import CrawlSettings
from diffs.database.addresses import shown
from diffs.database.archive import Archive, open_archive
from diffs.errors import ArchiveDamaged, ArchiveError
from diffs.failures import Reason
from diffs.settings import ArchiveSettings
from diffs.store import pages
from diffs.wording.failures import explained, in_full
from notifier.settings import NotifierSettings
from notifier.subscribers.links import links_from

SECRET = "word-QQ8"


@pytest.mark.parametrize(
    "name", ["a?b", "a%20b", "a#b", "a b ", "100% & more=x", "ä:ö@ü", "sqlite:", "a;b", "~/policies", "a'b\"c", "%"]
)
def test_database_key_and_stop_file_lie_in_one_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("POLICYWATCH_DATA_DIR", name)
    folder = tmp_path / name.removeprefix("~/")

    open_archive(ArchiveSettings().url).close()
    open_archive(ArchiveSettings().url, create=False).close()
    links_from(NotifierSettings())

    assert sorted(entry.name for entry in folder.iterdir()) == ["policywatch.db", "signing.key"]
    assert CrawlSettings().stop_file.absolute().parent == folder
    assert [entry.name for entry in tmp_path.iterdir()] == [folder.name]


def test_the_home_of_a_user_who_is_none_is_a_name_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYWATCH_DATA_DIR", "~no-such-user/data")

    assert ArchiveSettings().data_dir == Path("~no-such-user/data")
    with pytest.raises(ArchiveError, match="no archive at"):
        open_archive("sqlite:///~no-such-user/x.db", create=False)


def test_a_tilde_in_a_database_url_is_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    open_archive("sqlite:///~/my.db").close()

    assert (tmp_path / "my.db").is_file()


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql+psycopg://ann:{SECRET}@h@db.example:5432/policies",
        f"postgresql+psycopg://ann:{SECRET}:h@127.0.0.1:9/policies",
        f"postgresql+psycopg://ann:{SECRET}/h@127.0.0.1:9/policies",
        f"postgresql+psycopg://ann:pass@127.0.0.1:{SECRET}/policies",
        f"ann:{SECRET}@db.example/policies",
        f"postgresql:ann:{SECRET}@db.example/policies",
        f"postgresql+psycopg://127.0.0.1:9/policies?user=ann&password={SECRET}",
        f"nosuch://ann:{SECRET}@db.example/policies",
        f"://ann:{SECRET}@db.example/policies",
    ],
)
def test_a_password_is_in_no_message_no_cause_and_no_setting_shown(url: str) -> None:
    with pytest.raises(ArchiveError) as error:
        open_archive(url)

    assert explained(error.value)[1]
    assert SECRET not in in_full(error.value)
    assert SECRET not in "".join(traceback.format_exception(error.value))
    assert SECRET not in shown(url)


def test_a_server_that_does_not_answer_is_said(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError) as error:
        open_archive(f"postgresql+psycopg://ann:{SECRET}@127.0.0.1:9/policies")

    assert error.value.failure
    assert error.value.failure.reason is Reason.ARCHIVE_NO_SERVER
    assert re.search(r"port 9 failed.*Check that the database server is running", in_full(error.value))


def test_an_address_is_shown_with_its_host_and_its_name() -> None:
    assert shown("postgresql+psycopg://ann:x@db.example:5432/policies") == (
        "postgresql+psycopg://ann:***@db.example:5432/policies"
    )


# --- where nothing may be written -----------------------------------------------------------------------------------

_AS_READER = """
import os, sys
sys.path[:0] = sys.argv[3:]
from diffs.database.archive import open_archive
from diffs.errors import ArchiveError
from diffs.store import pages
from diffs.wording.failures import in_full
me = os.geteuid()
if me == 0:
    os.seteuid(65_534)
try:
    archive = open_archive(f"sqlite:///{sys.argv[1]}", create=False)
    with archive.read() as session:
        print([page.key for page in pages.listed(session)])
    if sys.argv[2] == "write":
        with archive.begin() as session:
            pages.listed(session)[0].muted = True
except ArchiveError as error:
    print(in_full(error))
os.seteuid(me)  # what is measured of this run may be written again
"""


def as_reader(path: Path, way: str) -> str:
    """What a user prints who may only read; an administrator becomes nobody for that."""
    path.parent.chmod(0o555)
    for file in path.parent.iterdir():
        file.chmod(0o444)
    done = subprocess.run(
        [sys.executable, "-c", _AS_READER, str(path), way, *sys.path], capture_output=True, text=True, check=False
    )
    path.parent.chmod(0o755)
    assert not done.stderr, done.stderr
    return done.stdout


@pytest.fixture
def kept() -> Iterator[Path]:
    """In a folder that everybody may enter; that of pytest is closed."""
    folder = Path(tempfile.mkdtemp(prefix="policywatch-"))
    folder.chmod(0o755)
    path = folder / "kept" / "policywatch.db"
    archive = open_archive(f"sqlite:///{path}")
    add_page(archive, "fees")
    archive.close()
    yield path
    shutil.rmtree(folder)


def add_page(archive: Archive, key: str) -> None:
    with archive.begin() as session:
        pages.upsert(session, key=key, url="https://example.com/", now=datetime(2026, 1, 5, tzinfo=UTC))


def test_an_archive_in_a_folder_that_cannot_be_written_can_be_read(kept: Path) -> None:
    assert as_reader(kept, "read") == "['fees']\n"
    assert [entry.name for entry in kept.parent.iterdir()] == ["policywatch.db"]


def test_writing_there_says_what_is_missing(kept: Path) -> None:
    said = as_reader(kept, "write")

    assert "attempt to write a readonly database. It can only be read here: its file and its folder" in said


def test_what_still_waits_in_the_log_is_never_left_out_in_silence(kept: Path) -> None:
    """A log that was not put into the file yet, as after a crash or in a copy of both."""
    copy = kept.parent.parent / "copy" / "policywatch.db"
    copy.parent.mkdir()
    archive = open_archive(f"sqlite:///{kept}")
    add_page(archive, "newer")
    for suffix in ("", "-wal"):
        copy.with_name(copy.name + suffix).write_bytes(kept.with_name(kept.name + suffix).read_bytes())
    archive.close()

    said = as_reader(copy, "read")

    assert "newer" in said or said.startswith("The archive cannot be used: unable to open database file.")


def test_a_folder_that_cannot_be_entered_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path))

    monkeypatch.setattr(Path, "exists", closed)

    with pytest.raises(ArchiveError, match="Give the user who runs policywatch access"):
        open_archive(f"sqlite:///{tmp_path / 'policywatch.db'}")


def test_a_file_system_without_links_gets_its_archive_by_renaming(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refused)

    open_archive(f"sqlite:///{tmp_path / 'policywatch.db'}").close()

    with sqlite3.connect(tmp_path / "policywatch.db") as plain:
        assert plain.execute("SELECT count(*) FROM page").fetchone() == (0,)
    plain.close()
    assert [entry.name for entry in tmp_path.iterdir()] == ["policywatch.db"]


def test_of_two_that_make_it_at_once_one_wins_and_the_other_uses_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "policywatch.db"
    link = Path.hardlink_to

    def second(self: Path, target: Path) -> None:
        monkeypatch.setattr(Path, "hardlink_to", link)
        winner = open_archive(f"sqlite:///{path}")
        add_page(winner, "first")
        winner.close()
        link(self, target)

    monkeypatch.setattr(Path, "hardlink_to", second)

    archive = open_archive(f"sqlite:///{path}")

    with archive.read() as session:
        assert [page.key for page in pages.listed(session)] == ["first"]
    archive.close()


def test_an_empty_file_is_said_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "policywatch.db").touch()

    with pytest.raises(ArchiveDamaged, match=r"policywatch\.db is empty"):
        open_archive(f"sqlite:///{tmp_path / 'policywatch.db'}")
