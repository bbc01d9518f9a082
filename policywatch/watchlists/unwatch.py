"""Stop watching single pages, or watch them again: entries leave their file, switches are set in the settings."""

import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

from crawler.rounds.proposal import shipped
from crawler.settings import CrawlSettings, crawl_settings
from crawler.watchlist.editing import with_name, without_entry, without_name
from crawler.watchlist.watchlists import WatchedPage
from diffs.settings import CONFIG_FILE
from policywatch import context
from policywatch.terminal import output

from .lists import declared


def file_of(key: str, settings: CrawlSettings, file: Path | None) -> Path | None:
    """The file with the entry of a page: the one given, otherwise the first of the settings' own files that has it."""
    files = [file] if file else [path for path in settings.watchlists if path.exists()]
    return next((path for path in files if key in _keys(path)), None)


def own_keys(settings: CrawlSettings, file: Path | None) -> list[str]:
    """The keys in the file given, otherwise in the settings' own files."""
    return [key for path in ([file] if file else settings.watchlists) if path.exists() for key in _keys(path)]


def list_with(key: str) -> str:
    """The list that comes with the program and has a page of this key; "" if none has."""
    return next((entry.name for entry in shipped() if entry.page.key == key), "")


def take_out(key: str, file: Path) -> None:
    """Take an entry out of its file; an empty file leaves the settings too. Ends the command if it cannot."""
    try:
        after = without_entry(file.read_text(encoding="utf-8"), key)
    except (OSError, ValueError) as error:
        context.wrong_use(f"{file} cannot be changed: {error}. Take the entry out with an editor.")
    context.written(file, after.encode())
    if not _keys(file):
        edited(lambda text: without_name(text, "watchlists", str(file)))


def switch(keys: Iterable[str], *, enabled: bool) -> bool:
    """Move pages to `pages_on` or `pages_off` in the settings, and out of the other; return whether that worked."""
    add, drop = ("pages_on", "pages_off") if enabled else ("pages_off", "pages_on")

    def switched(text: str) -> str:
        for key in keys:
            text = with_name(text, add, key)
            try:
                text = without_name(text, drop, key)
            except ValueError:
                continue  # it is not there
        return text

    return edited(switched)


def edited(change: Callable[[str], str]) -> bool:
    """Whether the settings file was changed; if it cannot be, that is reported and the file stays as it is."""
    try:
        after = change(CONFIG_FILE.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        output.warn(f"{CONFIG_FILE} was left as it is: {why}.")
        return False
    context.written(CONFIG_FILE, after.encode())
    return True


def pages(keys: Iterable[str]) -> list[WatchedPage]:
    """The entries with these keys as the settings have them now."""
    wanted = set(keys)
    return [page for page in declared(crawl_settings())[0] if page.key in wanted]


def _keys(file: Path) -> list[str]:
    """The keys in a file, including those of entries that cannot be used."""
    try:
        entries = tomllib.loads(file.read_text(encoding="utf-8")).get("page", [])
    except (OSError, ValueError):
        return []
    known = [entry.get("key") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return [key for key in known if isinstance(key, str)]
