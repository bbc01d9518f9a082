"""watchlist: what we watch."""

from pathlib import Path
from typing import Annotated

import typer

from crawler.pages import read_watchlists, shipped_watchlists
from crawler.settings import crawl_settings
from policywatch import context, output
from policywatch.lists import declared


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    group = typer.Typer(help="What we watch.", no_args_is_help=True)
    group.command()(check)
    group.command("list")(list_)
    app.add_typer(group, name="watchlist")


def check(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Files, or names of shipped lists; else those set.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per entry or problem.")] = False,
) -> None:
    """Read watch-lists and say, per entry, what is wrong with it."""
    found, problems = declared(crawl_settings(), files or [])
    if as_json:
        for page in found:
            output.as_json(
                {"page": page.key, "url": page.url, "fetch": page.fetch, "enabled": page.enabled, "problem": ""}
            )
        for problem in problems:
            output.as_json({"page": problem.entry, "file": problem.file, "line": problem.line, "problem": str(problem)})
    else:
        output.table(
            ["page", "fetch", "on", "address"],
            [(page.key, page.fetch, "yes" if page.enabled else "no", page.url) for page in found],
        )
    for problem in problems:
        output.warn(problem)
    if problems:
        raise typer.Exit(context.FAILURES)


def list_() -> None:
    """The watch-lists that come with the program."""
    rows = []
    for entry in shipped_watchlists():
        found, _ = read_watchlists([entry])
        rows.append((entry.name.removesuffix(".toml"), len(found), sum(page.enabled for page in found)))
    output.table(["name", "pages", "switched on"], rows)
