"""Which pages a command works on: watch-lists by file or by the name of a shipped one."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from crawler.pages import Problem, WatchedPage, named_watchlist, read_watchlists
from crawler.settings import CrawlSettings
from crawler.standalone import chosen_pages
from diffs.errors import SettingsError


def watched(settings: CrawlSettings, files: Iterable[Path]) -> tuple[list[WatchedPage], list[Problem]]:
    """The pages of the watch-lists given, else of those in the settings, and what is wrong with these files.

    Raises SettingsError where none is named.
    """
    names = list(files) or list(settings.watchlists)
    if not names:
        raise SettingsError(
            "No watch-list is set.", remedy="Run policywatch init, or name one with --watchlist, such as amazon-us."
        )
    paths = [named_watchlist(name) for name in names]
    found, problems = read_watchlists(paths, allow_private_addresses=settings.allow_private_addresses)
    return [page for page in found if page.crawled], problems


def chosen(found: Sequence[WatchedPage], keys: Sequence[str]) -> list[WatchedPage]:
    """The pages with these keys, all where none is given. Raises WatchlistError for an unknown key."""
    return chosen_pages(found, keys)
