"""doctor: what works, what does not, and what to do about it."""

from collections.abc import Iterable
from typing import Annotated

import typer

from crawler.settings import crawl_settings
from policywatch import context
from policywatch.doctor import checks
from policywatch.terminal import output


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(doctor)


def doctor(
    settings: Annotated[bool, typer.Option("--settings", help="List every setting with its value.")] = False,
    try_all: Annotated[
        bool,
        typer.Option(
            "--self-test", help="Run one test from page to notice on this machine, with every installed fetcher."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """What works, what does not, and what to do about it."""
    if settings:
        rows = checks.settings_table()
        if as_json:
            for name, value, about in rows:
                output.as_json({"setting": name, "value": value, "about": about})
        else:
            output.table(["setting", "value", "what it is"], rows)
        return
    found = []
    for check in _self_test() if try_all else checks.all_checks(context.now()):
        found.append(check)
        if as_json:
            output.as_json({"check": check.name, "state": check.state, "detail": check.detail, "remedy": check.remedy})
            continue
        style = {"ok": "green", "note": "yellow", "broken": "bold red"}[check.state]
        output.beside(((f"{check.state:7}", style), (f"{check.name:18}", "bold")), check.detail)
        if check.remedy:
            output.beside(((" " * 25, ""),), check.remedy)
    if any(check.state == "broken" for check in found):
        raise typer.Exit(context.CANNOT_WORK if any(check.fatal for check in found) else context.FAILURES)


def _self_test() -> Iterable[checks.Check]:
    """The steps of the self-test, each as it ends."""
    from policywatch.doctor.selftest import self_test  # loads the crawler and the demo

    output.quiet_libraries()
    return self_test(crawl_settings())
