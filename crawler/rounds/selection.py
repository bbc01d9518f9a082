"""Choose the pages of a round from settings and watch-lists, and those of them that are due."""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.addresses import host_of, is_loopback
from crawler.settings import CrawlSettings, crawl_settings
from crawler.watchlist.marketplaces import first_lists
from crawler.watchlist.watchlists import Problem, WatchedPage, needs_contact, read_watchlists, shipped_watchlists
from diffs.database.archive import Archive, Session, open_archive
from diffs.errors import SettingsError, WatchlistError
from diffs.failures import OFFLINE, Failure
from diffs.judging.history import News
from diffs.settings import ArchiveSettings
from diffs.store import hosts, observations, snapshots
from diffs.store import pages as stored_pages

from .schedule.due import NEVER, Watch, due, first_due

if TYPE_CHECKING:
    from .round import Round


def watched_pages(settings: CrawlSettings) -> tuple[list[WatchedPage], list[Problem]]:
    """The pages of the watch-lists and marketplaces in the settings, and what in them could not be used.

    If the settings name neither, there are none: what comes with the program is never watched without being asked for.
    Lists of more pages (`…-more`) are watched only if they are named. Interests choose among the pages that come with
    the program; a file of your own is watched in full. `pages_off` and `pages_on` have the last word on single pages.
    """
    shipped = {entry.name.removesuffix(".toml"): entry for entry in shipped_watchlists()}
    wanted: list[Path | Traversable] = [_found(path, shipped) for path in settings.watchlists]
    places = [place.upper() for place in settings.marketplaces]
    first = first_lists() if places else {}
    wanted += [shipped[name] for place, name in first.items() if place in places]
    pages, problems = read_watchlists(wanted, allow_private_addresses=settings.allow_private_addresses)
    if settings.interests:
        included = read_watchlists(entry for entry in wanted if entry in shipped.values())[0]
        others = {
            page for page in included if page.group not in settings.interests and page.key not in settings.pages_on
        }
        pages = [page for page in pages if page not in others]
    for place in places:
        if place not in first:
            known = ", ".join(sorted(first))
            problems.append(Problem("marketplaces", 0, "", f"no list is included for {place}.", f"Available: {known}."))
    return [_switched(page, settings) for page in pages], problems


def _switched(page: WatchedPage, settings: CrawlSettings) -> WatchedPage:
    """The entry as the settings switch it on or off; off wins."""
    enabled = page.key not in settings.pages_off and (page.enabled or page.key in settings.pages_on)
    return page if enabled == page.enabled else page.model_copy(update={"enabled": enabled})


def _found(path: Path, shipped: Mapping[str, Traversable]) -> Path | Traversable:
    """A file of the user's own, otherwise a shipped list of that name."""
    return path if path.exists() else shipped.get(path.name.removesuffix(".toml"), path)


def due_pages(
    pages: Sequence[WatchedPage],
    archive: Archive,
    *,
    now: datetime,
    jitter: Callable[[], float] = random.random,
    settings: CrawlSettings | None = None,
) -> list[WatchedPage]:
    """The pages that are due at `now` (UTC), the one that has waited longest first; `jitter` gives 0 to 1.

    With `settings`, pages of hosts that are switched off, or have reached their daily limit, are not due.
    """
    by_key = {page.key: page for page in pages if page.crawled}
    with archive.read() as session:
        is_ahead = hosts.is_ahead(session, now=now)
    if is_ahead:  # checked first: a caller that only asks what is due does not wait for a writer
        with archive.begin() as session:
            hosts.pull_back(session, now=now)
    with archive.read() as session:
        watches = [_watch(session, page, now) for page in by_key.values()]
        closed = closed_hosts(session, settings, now=now)
    return [by_key[key] for key in due(watches, now=now, jitter={key: jitter() for key in by_key}, resting=closed)]


def next_due(
    pages: Sequence[WatchedPage], archive: Archive, *, now: datetime, settings: CrawlSettings
) -> datetime | None:
    """When the first page becomes due (UTC) whose host is not switched off; None if no page ever does."""
    with archive.read() as session:
        watches = [_watch(session, page, now) for page in pages if page.crawled]
        closed = closed_hosts(session, settings, now=datetime.min.replace(tzinfo=UTC))
    return first_due(watches, resting=closed)


def closed_hosts(session: Session, settings: CrawlSettings | None, *, now: datetime) -> dict[str, datetime]:
    """Until when (UTC) which hosts are not asked: they rest, are switched off, or have reached their daily limit."""
    found = {host: row.rest_until for host, row in hosts.resting(session, now=now).items() if row.rest_until}
    if settings is None:
        return found
    for row in hosts.listed(session):
        budget = settings.budget(loopback=is_loopback(row.host))
        if row.budget_day is not None and budget is not None and row.budget_used >= budget:
            midnight = datetime.combine(row.budget_day + timedelta(days=1), time(), UTC)
            found[row.host] = max(found.get(row.host, midnight), midnight)
        if row.off_since is not None:
            found[row.host] = NEVER
    return {**found, **dict.fromkeys(settings.hosts_off, NEVER)}


def _watch(session: Session, page: WatchedPage, now: datetime) -> Watch:
    row, host = stored_pages.get(session, page.key), host_of(page.url)
    at = snapshots.last_look_at(session, row.id, now=now) if row is not None else None
    last = observations.last(session, row) if row is not None and at is not None else None
    if last is None:
        return Watch(page.key, host, page.check_every, at)
    failure = Failure.parsed(last[1].error)
    return Watch(
        page.key,
        host,
        page.check_every,
        at,
        held=last[0].news == News.HELD and not last[1].recorded,
        unreached=failure is not None and failure.root.reason in OFFLINE,
    )


def chosen_pages(pages: Sequence[WatchedPage], keys: Sequence[str]) -> list[WatchedPage]:
    """The pages with these keys, all if none is given. Raises WatchlistError for a key that no watch-list has."""
    if not keys:
        return list(pages)
    by_key = {page.key: page for page in pages}
    unknown = [key for key in keys if key not in by_key]
    if unknown:
        raise WatchlistError(
            f"No watch-list has the page {', '.join(unknown)}.", remedy="See policywatch watchlist check."
        )
    return [by_key[key] for key in keys]


def check_contact(pages: Sequence[WatchedPage], settings: CrawlSettings) -> None:
    """Raise SettingsError if something would be fetched and no contact for its host is set."""
    if not settings.contact and needs_contact(pages):
        raise SettingsError(
            "No contact is set, and a site's owner must be able to reach whoever sends the requests.",
            remedy="Set POLICYWATCH_CONTACT, or contact in policywatch.toml, to your e-mail or web address.",
        )


def round_from_settings(*, page: str = "", due: str = "") -> "Round":
    """The round of `scrapy crawl pages -a page=KEY[,KEY] -a due=1`.

    Raises SettingsError, WatchlistError or ArchiveError.
    """
    from .round import Round  # loads Scrapy, which a choice of pages does not need

    settings = crawl_settings()
    pages, problems = watched_pages(settings)
    if problems and not pages:
        raise WatchlistError("\n".join(map(str, problems)))
    pages = chosen_pages(pages, [key.strip() for key in page.split(",") if key.strip()])
    check_contact(pages, settings)
    archive = open_archive(ArchiveSettings().url)
    if due not in ("", "0", "false", "no"):
        pages = due_pages(pages, archive, now=_utc_now(), settings=settings)
    return Round(pages, archive=archive, settings=settings, clock=_utc_now)


def _utc_now() -> datetime:
    return datetime.now(UTC)
