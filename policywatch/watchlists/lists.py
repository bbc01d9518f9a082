"""Which pages a command works on: watch-lists by file or by name, or whole marketplaces."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from crawler.addresses import host_of, is_loopback
from crawler.rounds.selection import watched_pages
from crawler.settings import CrawlSettings
from crawler.watchlist.marketplaces import first_lists
from crawler.watchlist.watchlists import CRAWLED, Problem, WatchedPage
from diffs.errors import SettingsError
from diffs.wording import labels


def declared(settings: CrawlSettings, files: Iterable[Path] = ()) -> tuple[list[WatchedPage], list[Problem]]:
    """The entries of the watch-lists given, otherwise of those in the settings, and what is wrong with these files.

    Interests choose among what the settings name; a list that is given by name is taken whole.

    Raises SettingsError if none is named: what comes with the program is never watched without being asked for.
    """
    named = tuple(files)
    if named:
        settings = settings.model_copy(update={"watchlists": named, "marketplaces": (), "interests": ()})
    if not settings.watchlists and not settings.marketplaces:
        raise SettingsError(
            "No watch-list is set.", remedy="Run policywatch init, or name one with --watchlist, such as amazon-us."
        )
    return watched_pages(settings)


def watched(settings: CrawlSettings, files: Iterable[Path] = ()) -> tuple[list[WatchedPage], list[Problem]]:
    """The entries that are switched on, and what is wrong with the files.

    Raises SettingsError like `declared`, and if everything is off: that is not the same as nothing due.
    """
    found, problems = declared(settings, files)
    on = [page for page in found if page.crawled]
    if not on and not problems:
        raise SettingsError(nothing_on(found), remedy=SWITCH_ON)
    return on, problems


#: What to do if no page is switched on.
SWITCH_ON = (
    "policywatch watchlist check lists them; policywatch watchlist on KEY switches one on, "
    "policywatch watchlist add ADDRESS adds one."
)


def nothing_on(found: Sequence[WatchedPage]) -> str:
    """A sentence saying that the watch-lists have no page to check."""
    if not found:
        return "Your watch-lists have no pages, so nothing is watched."
    have = "the only page" if len(found) == 1 else f"all {len(found)} pages"
    return f"No page is switched on: {have} of your watch-lists {'is' if len(found) == 1 else 'are'} off."


def sources(settings: CrawlSettings) -> dict[str, list[WatchedPage]]:
    """The entries of each list that the settings name, by its name; what is wrong with them is not reported here."""
    lists = {
        str(path): settings.model_copy(update={"watchlists": (path,), "marketplaces": ()})
        for path in settings.watchlists
    }
    first = first_lists()
    lists |= {
        first.get(place.upper(), place.lower()): settings.model_copy(
            update={"watchlists": (), "marketplaces": (place,)}
        )
        for place in settings.marketplaces
    }
    return {name: watched_pages(one)[0] for name, one in lists.items()}


def size(pages: Iterable[WatchedPage], settings: CrawlSettings) -> str:
    """How many pages these are, on how many sites, and how long one round takes at least, in words.

    Sites are fetched side by side, so the one with most pages sets the time: its pages times the gap.
    """
    hosts = Counter(host_of(page.url) for page in pages if page.fetch in CRAWLED)
    gaps = {host: settings.gap(loopback=is_loopback(host)) for host in hosts}
    seconds = max((count * gaps[host] for host, count in hosts.items()), default=0)
    where = f"{labels.count(hosts.total(), 'page')} on {labels.count(len(hosts), 'site')}"
    return f"{where}: one round takes about {_duration(seconds)} at {max(gaps.values(), default=0):.0f} seconds a page"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return labels.count(round(seconds), "second")
    minutes = round(seconds / 60)
    return labels.count(minutes, "minute") if minutes < 90 else f"{minutes / 60:.1f} hours"
