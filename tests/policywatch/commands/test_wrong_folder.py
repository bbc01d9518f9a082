"""In a folder without an archive nothing is read, nothing is made, and nobody hears "no changes"."""

import pytest

from tests.policywatch.program import Program, policy, save
from tests.test_docs import leaves

#: Every verb that works on an archive that is there, with what it needs to get so far.
WORKS_ON_ONE = [
    "accept us-late",
    "reject us-late",
    "missed us-late --from 2026-01-01 --to 2026-02-01",
    "backup policies.tar.gz",
    "change 123456",
    "changes",
    "diff us-late",
    "digest --preview digest.html",
    "discover",
    "doctor",
    "evidence us-late -o proof",
    "explain us-late",
    "feed",
    "health",
    "history us-late",
    "host list",
    "host off example.com",
    "host on example.com",
    "host wake example.com",
    "note end note-x",
    "note list",
    "notices",
    "notify",
    "page us-late",
    "scorecard",
    "serve --port 0",
    "show us-late",
    "subscribers ask",
    "subscribers bounce report.eml",
    "subscribers export subscribers.csv",
    "subscribers list",
    "subscribers pause you@example.com",
    "subscribers remove you@example.com",
    "subscribers resume you@example.com",
    "targets",
    "verify",
]

#: Verbs that fill an archive, and so make one; and those that need none.
MAKE_ONE = {"crawl", "init", "run", "watchlist add", "watchlist check", "note add", "subscribers add"}
MAKE_ONE |= {"subscribers import", "import folder", "import ota", "import page"}
NEED_NONE = {"demo", "go", "stop", "targets extract", "watchlist import-ota", "watchlist list"}
NEED_NONE |= {"watchlist off", "watchlist on", "watchlist remove"}


@pytest.mark.parametrize("command", WORKS_ON_ONE)
def test_in_the_wrong_folder_a_verb_says_so_and_leaves_nothing(tmp_path, command):
    program = Program(
        tmp_path, {"smtp_url": "smtp://127.0.0.1:9", "mail_from": "a@example.com", "base_url": "https://a.example"}
    )

    ended = program(*command.split())

    assert ended.code == 3, ended.err
    assert f"There is no policywatch.toml and no archive here ({tmp_path})." in " ".join(
        (ended.err + ended.out).split()
    )
    assert "No change" not in ended.out
    assert list(tmp_path.iterdir()) == []


def test_every_verb_is_known_to_make_an_archive_or_not():
    known = {" ".join(word for word in command.split() if word.isalpha()) for command in WORKS_ON_ONE}
    names = {name.removeprefix("policywatch ") for name, _ in leaves()}

    undecided = {name for name in names - MAKE_ONE - NEED_NONE if not any(entry.startswith(name) for entry in known)}
    assert not undecided


def test_with_settings_and_no_archive_yet_the_crawl_is_named(tmp_path):
    (tmp_path / "policywatch.toml").write_text('contact = "tests@example.com"\n')

    ended = Program(tmp_path)("changes")

    assert (ended.code, ended.out) == (3, "")
    assert (
        "There is no archive at sqlite:///policywatch-data/policywatch.db yet. policywatch crawl creates it"
        in ended.err
    )
    assert not (tmp_path / "policywatch-data").exists()


def test_a_file_without_tables_is_no_archive(tmp_path):
    (tmp_path / "policywatch-data").mkdir()
    (tmp_path / "policywatch-data" / "policywatch.db").touch()

    ended = Program(tmp_path)("verify")

    assert (ended.code, ended.out) == (3, "")
    assert ended.err.endswith(
        "policywatch.db is empty: what it held is lost, or it was never one. "
        "Restore a backup (docs/backup.md); to start over, remove the file.\n"
    )
    assert (tmp_path / "policywatch-data" / "policywatch.db").read_bytes() == b""


def test_what_fills_an_archive_makes_it(tmp_path):
    save(tmp_path / "saved", "us-late", {"2026-01-05T08:00:00Z": policy("Keep it under 4%.")})
    program = Program(tmp_path)

    assert program("import", "folder", "saved").code == 0
    assert program("verify").code == 0
