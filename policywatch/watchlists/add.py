"""Add a page: fetch it, propose an entry, write it into a watch-list, and name that in the settings."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import typer
from pydantic import ValidationError

from crawler.addresses import refused
from crawler.rounds.probe import Probed
from crawler.rounds.proposal import Listed, candidate, proposed, same_page, shipped, ways, with_defaults
from crawler.rounds.schedule.next_step import NEEDS_SCRIPTS, is_curable
from crawler.settings import CrawlSettings, crawl_settings
from crawler.watchlist.editing import with_entry, with_name
from crawler.watchlist.help_sites import public_address
from crawler.watchlist.watchlists import WatchedPage, read_watchlists
from diffs.failures import Reason
from diffs.settings import CONFIG_FILE
from diffs.values import READ
from diffs.wording.failures import clause
from policywatch import context
from policywatch.terminal import output

from . import probing
from .lists import sources

_HEAD = """\
# Pages that I added: policywatch watchlist add
# Every key is explained in docs/configuration.md.
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A page that was read, as an entry; `opening` are the first lines of the text it would watch."""

    fields: dict[str, Any]
    opening: tuple[str, ...]
    words: int


def address(typed: str) -> str:
    """A typed address in its public form. Ends the command if it is invalid."""
    typed = typed.strip()
    given = typed if "://" in typed else f"https://{typed}"
    failure = refused(given)
    if failure and failure.reason is not Reason.PRIVATE_ADDRESS:
        context.wrong_use(f"{typed!r} cannot be watched: {clause(failure)}.")
    return public_address(given)


def listed(settings: CrawlSettings, file: Path) -> list[Listed]:
    """The pages of the settings' watch-lists and of the file."""
    lists = sources(settings)
    if file.exists() and str(file) not in lists:
        lists[str(file)] = read_watchlists([file], allow_private_addresses=settings.allow_private_addresses)[0]
    return [Listed(name, page) for name, pages in lists.items() for page in pages]


def find(url: str, settings: CrawlSettings, known: list[Listed], chosen: Mapping[str, str]) -> Found | str:
    """The entry for what is at the address now, or why there is none."""
    probed = _looked_at(url, settings, chosen)
    if probed.outcome not in READ:
        outcome = probed.outcome or "not checked"
        return " ".join(filter(None, (f"{outcome}: {probing.reason(probed)}", probing.advice(probed))))
    all_shipped = shipped()
    taken = {entry.page.key for entry in [*known, *all_shipped]}
    fields = proposed(probed, chosen=chosen, taken=taken, alike=same_page(url, all_shipped))
    opening = tuple(line for line in probed.opening if line)[:8]
    return Found(_checked(fields), opening, probed.words)


def _looked_at(url: str, settings: CrawlSettings, chosen: Mapping[str, str]) -> Probed:
    """What the page returns by the first way that returns a text. A browser is started only if the others fail."""
    first, *others = ways(url, chosen)
    probed = _probed(url, settings, chosen, first)
    for way in others:
        if not is_curable(probed.outcome, probed.failure, probed.fetched_by or first):
            break
        again = _probed(url, settings, chosen, way)
        if again.outcome is not None:
            probed = again
        elif probed.outcome in NEEDS_SCRIPTS:
            # If a way cannot be used here, what it lacks is named only if that is why there is no text.
            probed = replace(probed, reason=again.reason)
    return probed


def _probed(url: str, settings: CrawlSettings, chosen: Mapping[str, str], fetch: str) -> Probed:
    try:
        page = candidate(url, chosen, fetch)
    except ValidationError as error:
        context.wrong_use(_in_a_sentence(error))
    with context.archive(create=True) as archive:
        (probed,), interrupted = probing.look([page], archive, settings, quiet=True)
    if interrupted:
        output.warn("Stopped. Nothing was added.")
        raise typer.Exit(130)
    return probed


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    try:
        WatchedPage.model_validate(fields)
    except ValidationError as error:
        context.wrong_use(_in_a_sentence(error))
    return fields


def _in_a_sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else "entry"
    return f"The {name} {first['input']!r} cannot be used: {first['msg'].removeprefix('Value error, ')}."


def write(fields: Mapping[str, Any], file: Path) -> str:
    """Put the entry at the end of a watch-list, which is made where it is not there; the marketplace it has then."""
    try:
        text = file.read_text(encoding="utf-8") if file.exists() else _HEAD
        table = tomllib.loads(text).get("defaults", {})
        defaults = table if isinstance(table, dict) else {}
        text = with_entry(text, with_defaults(fields, defaults))
    except (OSError, ValueError) as error:
        context.wrong_use(f"{file} cannot be added to: {error}. See policywatch watchlist check {file}.")
    context.written(file, text.encode())
    return str(fields.get("marketplace") or defaults.get("marketplace", ""))


def watch(file: Path, settings: CrawlSettings) -> bool:
    """Make sure that the settings name the file; return whether they do; if they cannot, say what to do."""
    if file in settings.watchlists:
        return True
    by_hand = f"To have it watched, add {str(file)!r} to watchlists in {CONFIG_FILE}, or crawl --watchlist {file}."
    if not CONFIG_FILE.exists():
        output.say(f"There is no {CONFIG_FILE} here (policywatch init writes one). {by_hand}")
        return False
    try:
        before = CONFIG_FILE.read_text(encoding="utf-8")
        after = with_name(before, "watchlists", str(file))
    except (OSError, ValueError) as error:
        output.say(f"{CONFIG_FILE} was left as it is ({error}). {by_hand}")
        return False
    context.written(CONFIG_FILE, after.encode())
    if file in crawl_settings().watchlists:
        output.say(f"{CONFIG_FILE} now watches {file}.")
        return True
    output.say(f"POLICYWATCH_WATCHLISTS in the environment overrides {CONFIG_FILE}: add {str(file)!r} there.")
    return False
