"""watchlist: which pages are watched."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from crawler.rounds.proposal import same_page, shipped
from crawler.settings import CrawlSettings, crawl_settings
from crawler.watchlist.editing import entry_text
from crawler.watchlist.watchlists import CRAWLED, Problem, WatchedPage, read_watchlists, shipped_watchlists
from diffs.values import CATEGORIES, READ
from diffs.wording import labels
from policywatch import context
from policywatch.terminal import output
from policywatch.terminal.help_text import Verbs
from policywatch.watchlists import add, lists, probing

from . import ota, unwatch
from .arguments import nearest


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    group = Verbs(help="Which pages are watched.")
    group.command()(check)
    group.command("list")(list_)
    group.command("add")(add_)
    group.command()(unwatch.remove)
    group.command()(unwatch.off)
    group.command()(unwatch.on)
    group.command("import-ota")(ota.import_ota)
    app.add_typer(group, name="watchlist")


def check(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Files, or names of included lists; by default those in the settings.")
    ] = None,
    probe: Annotated[bool, typer.Option("--probe", help="Fetch every page once, politely, and store nothing.")] = False,
    page: Annotated[list[str] | None, typer.Option(help="Only this page; may be given several times.")] = None,
    watchlist: Annotated[
        list[Path] | None, typer.Option(help="The same as FILES; crawl and run have this option too.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per entry or problem.")] = False,
) -> None:
    """Check watch-lists and list what is wrong with each entry."""
    settings = crawl_settings()
    found, problems = lists.declared(settings, [*(files or []), *(watchlist or [])])
    for problem in problems:
        output.warn(problem)
    wanted = _chosen(found, page or [])
    unread = _probe(wanted, settings, as_json=as_json) if probe and wanted else False
    if not probe:
        _listed(wanted, as_json=as_json)
    if as_json:
        for problem in problems:
            _as_json(problem)
    if problems or unread:
        raise typer.Exit(context.FAILURES)


def _chosen(found: list[WatchedPage], keys: Sequence[str]) -> list[WatchedPage]:
    known = {entry.key: entry for entry in found}
    for key in keys:
        if key not in known:
            near = f" Pages there: {nearest(key, known)}." if known else ""
            context.wrong_use(f"No watch-list has a page {key!r}.{near}")
    return [known[key] for key in keys] or found


def _listed(found: Sequence[WatchedPage], *, as_json: bool) -> None:
    if as_json:
        for page in found:
            output.as_json(
                {
                    "page": page.key,
                    "url": page.url,
                    "fetch": page.fetch,
                    "interest": page.group,
                    "enabled": page.enabled,
                    "problem": "",
                }
            )
        return
    rows = [(page.key, page.fetch, page.group, "yes" if page.enabled else "no", page.url) for page in found]
    output.table(["page", "fetch", "interest", "on", "address"], rows)


def _as_json(problem: Problem) -> None:
    output.as_json({"page": problem.entry, "file": problem.file, "line": problem.line, "problem": str(problem)})


def _probe(wanted: Sequence[WatchedPage], settings: CrawlSettings, *, as_json: bool) -> bool:
    """Fetch each page; return whether any that is switched on could not be read."""
    context.only_known_settings()
    if not as_json:
        output.warn(f"Fetching {lists.size(wanted, settings)}. Nothing is stored.")
    with context.archive(create=True) as archive:
        probed, interrupted = probing.look(wanted, archive, settings, quiet=as_json)
    if as_json:
        for one in probed:
            output.as_json(probing.line(one))
    else:
        output.table(probing.COLUMNS, map(probing.cells, probed))
        read = sum(one.outcome in READ for one in probed)
        not_asked = sum(one.outcome is None for one in probed)
        rest = f"{len(probed) - read - not_asked} cannot, {not_asked} not checked"
        output.say(f"{labels.count(len(probed), 'page')}: {read} can be read, {rest}.")
    if interrupted:
        output.warn("Stopped. The other pages were not checked.")
        raise typer.Exit(130)
    return any(one.outcome not in READ for one in probed if one.page.crawled)


def list_() -> None:
    """The watch-lists that come with the program."""
    rows = []
    for entry in shipped_watchlists():
        found, _ = read_watchlists([entry])
        rows.append((entry.name.removesuffix(".toml"), len(found), sum(page.enabled for page in found)))
    output.table(["name", "pages", "switched on"], rows)


def add_(
    url: Annotated[str, typer.Argument(help="The page's address, as your browser shows it.")],
    file: Annotated[Path, typer.Option(help="The watch-list that gets the entry.")] = Path("my-pages.toml"),
    key: Annotated[str, typer.Option(help="The page's permanent name; by default made from its title.")] = "",
    title: Annotated[str, typer.Option(help="Its title; by default the page's own.")] = "",
    marketplace: Annotated[str, typer.Option(help="Its marketplace; by default taken from the site.")] = "",
    category: Annotated[str, typer.Option(help="What it is about; by default guessed from the title.")] = "",
    fetch: Annotated[str, typer.Option(help="http, browser or help-api; by default whichever works.")] = "",
    select: Annotated[str, typer.Option(help="CSS selector of the policy; by default found automatically.")] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Add it without asking.")] = False,
) -> None:
    """Fetch a page, propose an entry for it, and add it to a watch-list."""
    if fetch and fetch not in CRAWLED:
        context.wrong_use(f"{fetch!r} is not a way to fetch a page. Choose from: {', '.join(sorted(CRAWLED))}.")
    if category and category not in CATEGORIES:
        context.wrong_use(f"There is no category {category!r}. Choose from: {', '.join(CATEGORIES)}.")
    context.only_known_settings()
    settings = crawl_settings()
    address = add.address(url)
    if address != url.strip():
        output.say(f"The address at which it can be read: {address}")
    known = add.listed(settings, file)
    also = same_page(address, shipped())
    double = same_page(address, (entry for entry in known if entry.page.enabled or not also or entry.page != also.page))
    if double is not None:
        off = "" if double.page.enabled else f" It is switched off: policywatch watchlist on {double.page.key}"
        output.say(f"{double.name} already has this page, as {double.page.key} ({double.page.url}).{off}")
        return
    if also is not None:
        off = "" if also.page.enabled else ", switched off"
        output.say(f"The list {also.name} that comes with the program has this page too, as {also.page.key}{off}.")
    if key and key in {entry.page.key for entry in known}:
        context.wrong_use(f"The key {key} is already taken. Choose another one.")
    chosen = {"key": key, "title": title, "marketplace": marketplace, "category": category}
    found = add.find(address, settings, known, {**chosen, "fetch": fetch, "select": select})
    if isinstance(found, str):
        output.warn(f"The page could not be read, so nothing was added. {found}")
        raise typer.Exit(context.FAILURES)
    _show(found)
    if not yes and not _agreed(file):
        output.say("Nothing was added.")
        return
    of = add.write(found.fields, file)
    output.say(f"Added {found.fields['key']} to {file}.")
    if not of:
        output.say(
            f"It has no marketplace, so --marketplace and the scorecard leave it out. If it belongs to one, write "
            f'marketplace = "US" or another code into its entry in {file}.'
        )
    named = "" if add.watch(file, settings) else f" --watchlist {file}"
    output.say(f"Next: policywatch crawl --page {found.fields['key']}{named}")


def _show(found: add.Found) -> None:
    output.say()
    output.say(entry_text(found.fields).rstrip(), style="bold")
    output.say()
    output.say(f"The text it would watch ({labels.count(found.words, 'word')}) begins:")
    for line in found.opening:
        output.say(f"  {line[:160]}", style="dim")
    output.say()


def _agreed(file: Path) -> bool:
    try:
        return typer.confirm(f"Add it to {file}?", default=True)
    except typer.Abort:
        if sys.stdin.isatty():
            return False
        context.wrong_use("There is nobody to ask: use --yes to add it.")
