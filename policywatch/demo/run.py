"""The demo: the marketplace crawled edition by edition, over HTTP, with a simulated clock.

Everything is real except the site and the time: the spiders, the archive, the engine, the outbox, the mail, which is
written to a folder.
"""

import shlex
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from itertools import count
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from crawler import run as crawler_run
from crawler.settings import CrawlSettings
from crawler.watchlist.watchlists import WatchedPage, read_watchlists
from diffs.database.archive import Archive, open_archive
from diffs.errors import SettingsError
from diffs.store import changes, observations, pages
from diffs.store.notices import subscribers
from diffs.values import READ
from notifier.changes import told_changes
from notifier.channels.open import open_channels
from notifier.feeds import feed
from notifier.outbox import send
from notifier.settings import NotifierSettings
from notifier.subscribers.links import links_from
from policywatch.terminal import records

from .marketplace import EDITIONS
from .site import DemoSite, watchlist_toml

#: Marks a folder that the demo made. A folder with an archive and without this file belongs to the user.
MARK = ".policywatch-demo"

#: What the demo writes, and removes when it begins again.
WRITTEN = (
    "policywatch.db",
    "policywatch.db-wal",
    "policywatch.db-shm",
    "policywatch.crawling",
    "signing.key",
    "watchlist.toml",
    "feed.xml",
    "digest.eml",
    "digest.html",
)

#: How many points of a change are printed, and how many pages of a reason; `policywatch changes` has them all.
MOST_POINTS = 3
MOST_NAMED = 4

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Ended:
    """The result of a demo: the changes reported and what was suppressed, as `changes --all --json` prints them."""

    folder: Path
    told: tuple[dict[str, Any], ...]
    quiet: tuple[dict[str, Any], ...]


def run(folder: Path, *, say: Say) -> Ended:
    """The result of playing all editions into an archive in `folder`, with feed, digest and watch-list beside it.

    `say` is called with one line after the other. Raises SettingsError if the folder holds an archive that the demo did
    not make, ArchiveError if it cannot be written.
    """
    _make_room(folder)
    say("policywatch demo: Harbour & Finch, a made-up marketplace, served on this machine. No internet is used.")
    archive = open_archive(f"sqlite:///{folder.resolve() / 'policywatch.db'}")
    try:
        with archive.begin() as session:
            began, to = EDITIONS[0].at, "seller@example.com"
            subscribers.add(session, channel="email", address=to, now=began, confirmed=True, cadence="weekly")
        _crawl_history(archive, folder, say)
        _deliver(archive, folder)
        ended = Ended(folder, *_listed(archive))
    finally:
        archive.close()
    _closing_words(ended, say)
    return ended


def _make_room(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / MARK
    if not mark.exists() and (folder / "policywatch.db").exists():
        remedy = "Choose another folder for the demo; it begins with an archive of its own."
        raise SettingsError(f"{folder} holds an archive that the demo did not make.", remedy=remedy)
    mark.write_text("Made by `policywatch demo`, which empties and fills this folder each time.\n", encoding="utf-8")
    for path in [*(folder / name for name in WRITTEN), *(folder / "mail").glob("*.eml")]:
        path.unlink(missing_ok=True)


def _crawl_history(archive: Archive, folder: Path, say: Say) -> None:
    settings = CrawlSettings(
        contact="demo@example.com", allow_private_addresses=True, min_gap=None, watchlists=(), data_dir=folder
    )
    with DemoSite() as site:
        watched = _watched(folder / "watchlist.toml", site.base_url)
        for edition in EDITIONS:
            site.edition = edition.number
            say("")
            say(f"{edition.at:%Y-%m-%d}  {edition.says}")
            before = {entry["id"] for part in _listed(archive) for entry in part}
            for look in edition.looks:
                crawler_run.crawl(watched, archive=archive, settings=settings, clock=_clock(look))
            told, quiet = _listed(archive)
            _say_told([entry for entry in told if entry["id"] not in before], say)
            _say_quiet([entry for entry in quiet if entry["id"] not in before], say)


def _watched(path: Path, base_url: str) -> list[WatchedPage]:
    path.write_text(watchlist_toml(base_url), encoding="utf-8")
    watched, problems = read_watchlists([path], allow_private_addresses=True)
    assert not problems, problems
    return watched


def _clock(look: datetime) -> Callable[[], datetime]:
    """A clock that shows the time of a check and advances by a second whenever it is read."""
    ticks = count()
    return lambda: look + timedelta(seconds=next(ticks))


def _say_told(entries: Sequence[dict[str, Any]], say: Say) -> None:
    for entry in entries:
        effective = f", effective {entry['effective_on']}" if entry["effective_on"] else ""
        say(f"  reported  {entry['page']}: {entry['headline']} [{entry['importance']}{effective}]")
        for point in entry["points"][:MOST_POINTS]:
            say(f"              {point}")
    if not entries:
        say("  reported  nothing")


def _say_quiet(entries: Sequence[dict[str, Any]], say: Say) -> None:
    """Print one line per reason, with the pages it applies to."""
    found: dict[str, dict[str, None]] = {}
    for entry in entries:
        found.setdefault(records.without_code(entry), {})[entry["page"]] = None
    for reason, pages_of in sorted(found.items(), key=lambda item: len(item[1])):
        few = len(pages_of) <= MOST_NAMED
        say(f"  quiet     {', '.join(pages_of) if few else f'{len(pages_of)} pages'}: {reason}")


def _listed(archive: Archive) -> tuple[tuple[dict[str, Any], ...], tuple[dict[str, Any], ...]]:
    """What was reported and what was not, oldest first."""
    told: list[dict[str, Any]] = []
    quiet: list[dict[str, Any]] = []
    with archive.read() as session:
        for change, page in changes.listed(session, told=None):
            (told if change.told else quiet).append(records.change(change, page))
        for page in pages.listed(session):
            for observation, snapshot in observations.suppressed(session, page):
                quiet.append(records.suppressed(observation, snapshot, page, None))
    in_order = [tuple(sorted(part, key=lambda entry: (entry["decided_at"], entry["page"]))) for part in (told, quiet)]
    return in_order[0], in_order[1]


def _deliver(archive: Archive, folder: Path) -> None:
    """Send the digest to the mail folder, and write feed and digest where they are easy to find."""
    now = EDITIONS[-1].looks[-1] + timedelta(days=8)
    settings = NotifierSettings(
        data_dir=folder,
        smtp_url=SecretStr(f"folder:{folder / 'mail'}"),
        mail_from="policywatch demo <policywatch@example.com>",
        base_url="",
        site_name="policywatch demo",
    )
    with open_channels(settings, links_from(settings)) as channels:
        send.run(archive, channels, now=now, settings=settings)
    for mail in (folder / "mail").glob("*.eml"):
        content = mail.read_bytes()
        (folder / "digest.eml").write_bytes(content)
        body = message_from_bytes(content, policy=default).get_body(("html",))
        html = body.get_content().replace("\r\n", "\n") if body else ""
        (folder / "digest.html").write_text(html, encoding="utf-8")
    with archive.read() as session:
        told = told_changes(session, now=now)
    channel = feed.Channel(title="Policy changes: Harbour & Finch (demo)", updated=now)
    (folder / "feed.xml").write_bytes(feed.render("rss", channel, told))


def _counted(quiet: Sequence[dict[str, Any]]) -> str:
    """How many checks brought no news, and how many of them could not read the page."""
    unread = sum(entry["outcome"] not in READ for entry in quiet)
    return f"{len(quiet)} checks without news: {len(quiet) - unread} read the page, {unread} could not read it."


def _program() -> str:
    """How to start policywatch from this folder: a clone has it in its own environment, which is not on the PATH."""
    beside = Path(sys.executable).with_name("policywatch")
    if shutil.which("policywatch") or not beside.exists():
        return "policywatch"
    here = Path.cwd()
    return shlex.quote(str(beside.relative_to(here) if beside.is_relative_to(here) else beside))


def _closing_words(ended: Ended, say: Say) -> None:
    written = ", ".join(
        str(ended.folder / name) for name in ("feed.xml", "digest.eml", "digest.html", "policywatch.db")
    )
    program = _program()
    here = f"POLICYWATCH_DATA_DIR={shlex.quote(str(ended.folder))} {program}"
    for line in (
        "",
        f"{len(ended.told)} changes reported. {_counted(ended.quiet)}",
        f"Written: {written}.",
        "",
        "Explore it:",
        f"  {here} changes --all",
        f"  {here} diff us-late-shipment",
        "",
        "Start for real:",
        f"  {program} init          asks who you are and which marketplaces to watch",
        f"  {program} crawl         fetches the pages for the first time",
        f"  {program} changes       says what has changed since; run crawl from cron or a timer",
        "",
        "Not affiliated with Amazon. No legal advice. The English text binds.",
    ):
        say(line)
