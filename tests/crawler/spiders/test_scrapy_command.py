"""Scrapy's own command line works from a clone and is just as polite."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import select

from diffs.database.archive import open_archive
from diffs.database.models import Snapshot
from diffs.failures import Failure, Reason
from tests.crawler.looking import CONTACT, Seller, policy, watched
from tests.site import Answer, Site

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
TEXT = policy("Keep your late shipment rate under 4%.")


def scrapy(*arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POLICYWATCH_")}
    given = {f"POLICYWATCH_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "scrapy", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**kept, **given}, capture_output=True, text=True, timeout=60, check=False
    )


def watchlist(folder: Path, site: Site, *paths: str) -> Path:
    entries = [f'[[page]]\nkey = "{path.strip("/")}"\nurl = "{site.url(path)}"\nlanguage = "en"\n' for path in paths]
    file = folder / "watch.toml"
    file.write_text("\n".join(entries))
    return file


def test_scrapy_lists_the_spider() -> None:
    listed = scrapy("list")

    assert listed.returncode == 0, listed.stderr
    assert "pages" in listed.stdout.split()


def test_scrapy_crawls_the_watched_pages_and_obeys(site: Site, tmp_path: Path) -> None:
    site["/robots.txt"] = Answer(body="User-agent: *\nDisallow: /secret\n", kind="text/plain")
    site["/rate"] = site["/fees"] = site["/secret"] = TEXT
    settings = {
        "watchlists": str(watchlist(tmp_path, site, "/rate", "/secret", "/fees")),
        "data_dir": str(tmp_path),
        "contact": CONTACT,
        "allow_private_addresses": "true",
    }

    one = scrapy("crawl", "pages", "-a", "page=rate,secret", **settings)

    assert one.returncode == 0, one.stderr
    assert [asked.path for asked in site.pages_asked] == ["/rate"]
    assert site.log[0].headers["user-agent"].endswith(f"; {CONTACT})")
    archive = open_archive(f"sqlite:///{tmp_path / 'policywatch.db'}")
    with archive.read() as session:
        stored = sorted((row.status, Failure.parsed(row.error)) for row in session.exec(select(Snapshot)).all())
    archive.close()
    assert stored == [(0, Failure(Reason.ROBOTS_FORBID, "127.0.0.1")), (200, None)]

    due = scrapy("crawl", "pages", "-a", "due=1", **settings)

    assert due.returncode == 0, due.stderr
    assert [asked.path for asked in site.pages_asked] == ["/rate", "/fees"]


def test_scrapy_refuses_a_private_name_without_leave(site: Site, tmp_path: Path) -> None:
    """Scrapy's command installs the guarded resolver too, closed until a round is allowed more."""
    site["/rate"] = TEXT
    file = tmp_path / "watch.toml"
    file.write_text(f'[[page]]\nkey = "rate"\nurl = "http://127.1:{site.port}/rate"\n')

    ran = scrapy("crawl", "pages", watchlists=str(file), data_dir=str(tmp_path), contact=CONTACT)

    assert site.log == []
    assert "private network" in ran.stderr


def test_the_unsafe_defaults_of_scrapy_are_closed() -> None:
    from scrapy.settings import Settings

    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")

    assert settings.getbool("ROBOTSTXT_OBEY")
    assert settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
    assert not settings.getbool("REMOTE_CONTROL_ENABLED")
    assert not settings.getbool("TELNETCONSOLE_ENABLED")
    assert not settings.getbool("COOKIES_ENABLED")
    assert not settings.getbool("HTTPPROXY_ENABLED")
    assert settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") == 1


def test_no_server_listens_while_we_crawl(site: Site, someone: Seller, monkeypatch: pytest.MonkeyPatch) -> None:
    """RemoteControl and Telnet would open a port: the process listens on nothing but the test's own site."""
    seen: list[set[int]] = []

    def look(_: object) -> str:
        seen.append(listening())
        return TEXT

    site["/rate"] = look
    before = listening()

    someone.looks_at(watched(site, "/rate"))

    assert seen == [before]


def listening() -> set[int]:
    """The inodes of this process's listening TCP sockets."""
    ours = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            target = str(descriptor.readlink())
        except OSError:
            continue
        if target.startswith("socket:["):
            ours.add(int(target[8:-1]))
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return {int(row[9]) for row in rows if row[3] == "0A"} & ours
