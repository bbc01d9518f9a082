"""watchlist remove, off, on: stop watching single pages, and watch them again. Their history stays in the archive."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from crawler.settings import CrawlSettings, crawl_settings
from diffs.database.archive import Session
from diffs.errors import ArchiveMissing
from diffs.settings import CONFIG_FILE
from diffs.store import pages
from policywatch import context
from policywatch.terminal import output
from policywatch.watchlists import lists, unwatch

from .arguments import nearest

Key = Annotated[str, typer.Argument(metavar="KEY", help="The page's key, as policywatch watchlist check lists it.")]
Keys = Annotated[list[str], typer.Argument(metavar="KEY", help="The pages' keys.")]


def remove(
    key: Key,
    file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Your watch-list that has the entry; by default found automatically."),
    ] = None,
) -> None:
    """Take a page out of your watch-list; its history stays."""
    settings = crawl_settings()
    place = unwatch.file_of(key, settings, file)
    if place is None:
        context.wrong_use(_no_entry(key, settings, file))
    unwatch.take_out(key, place)
    output.say(f"Removed {key} from {place}. It is no longer fetched.")
    if _in_archive(lambda session: pages.unwatch(session, key)):
        output.say(f"Its history stays: policywatch history {key}")


def _no_entry(key: str, settings: CrawlSettings, file: Path | None) -> str:
    name = "" if file else unwatch.list_with(key)
    if name:
        return f"{key} is in the list {name}, which comes with the program. Run: policywatch watchlist off {key}"
    where = str(file) if file else "None of your watch-lists"
    known = unwatch.own_keys(settings, file)
    near = f" Pages there: {nearest(key, known)}." if known else ""
    return f"{where} has {'no' if file else 'a'} page {key!r}.{near}"


def off(keys: Keys) -> None:
    """Stop fetching pages, whatever their watch-list says; their history stays."""
    _switch(keys, enabled=False)
    _in_archive(lambda session: [pages.unwatch(session, key) for key in keys])
    for key in keys:
        output.say(f"{key} is switched off. policywatch watchlist on {key} switches it on again.")


def on(keys: Keys) -> None:
    """Fetch pages, also those that their watch-list has switched off."""
    _switch(keys, enabled=True)
    for key in keys:
        output.say(f"{key} is switched on. Next: policywatch crawl --page {key}")


def _switch(keys: Sequence[str], *, enabled: bool) -> None:
    settings = crawl_settings()
    declared = [page.key for page in lists.declared(settings.model_copy(update={"interests": ()}))[0]]
    for key in keys:
        if key not in declared:
            name = unwatch.list_with(key)
            there = f"It is in the list {name}: add that to watchlists in {CONFIG_FILE}." if name else ""
            near = there or f"Pages there: {nearest(key, declared)}."
            context.wrong_use(f"Your watch-lists have no page {key!r}. {near}")
    if not CONFIG_FILE.exists():
        context.wrong_use(f"There is no {CONFIG_FILE} here to write that into: run policywatch init.")
    if not unwatch.switch(keys, enabled=enabled):
        raise typer.Exit(context.CANNOT_WORK)
    others = [page.key for page in unwatch.pages(keys) if page.enabled is not enabled]
    if others or (enabled and len(unwatch.pages(keys)) < len(set(keys))):
        output.warn(f"POLICYWATCH_PAGES_OFF or POLICYWATCH_PAGES_ON in the environment overrides {CONFIG_FILE}.")
        raise typer.Exit(context.FAILURES)


def _in_archive(change: Callable[[Session], object]) -> object:
    """The result of a change to the archive; None if there is no archive yet, and so no history."""
    try:
        with context.archive() as archive, archive.begin() as session:
            return change(session)
    except ArchiveMissing:
        return None
