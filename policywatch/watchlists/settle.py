"""Tell the archive which pages the watch-lists have now: whoever takes out an entry tells us in no other way."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from crawler.watchlist.watchlists import WatchedPage
from diffs.database.archive import Archive
from diffs.settings import CONFIG_FILE
from diffs.store import pages


def settle(archive: Archive, found: Iterable[WatchedPage], *, now: datetime, lists: Sequence[Path] = ()) -> list[str]:
    """Take off the pages that the configuration no longer has, and return their keys; `now` is the time in UTC.

    `found` are all pages it has switched on. What another configuration on the same archive claims stays: they are
    told apart by the path of their `policywatch.toml`, or by that of the `lists` that are watched in its place.
    """
    by = " ".join(str(path.absolute()) for path in lists or (CONFIG_FILE,))
    keys = {page.key for page in found}
    with archive.read() as session:
        news = pages.declare(session, keys, by=by, now=now) or session.dirty
    if not news:
        return []  # nothing waits for the archive, as at most rounds
    with archive.begin() as session:
        return pages.declare(session, keys, by=by, now=now)


def in_words(off: Sequence[str]) -> str:
    """The line for pages that were taken off."""
    them = "it" if len(off) == 1 else "them"
    return f"No longer watched, as no watch-list has {them}: {', '.join(off)}. The history stays."
