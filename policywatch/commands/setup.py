"""init, doctor: set up, and see what works."""

from typing import Annotated

import typer

from policywatch import checks, context, output

from .init import init


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command()(init)
    app.command()(doctor)


def doctor(
    settings: Annotated[bool, typer.Option("--settings", help="List every setting with its value.")] = False,
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
    found = checks.all_checks(context.now())
    if as_json:
        for check in found:
            output.as_json({"check": check.name, "state": check.state, "detail": check.detail, "remedy": check.remedy})
    else:
        for check in found:
            style = {"ok": "green", "note": "yellow", "broken": "bold red"}[check.state]
            output.say_parts((f"{check.state:7}", style), (f"{check.name:18}", "bold"), (check.detail, ""))
            if check.remedy:
                output.say(f"{'':25}{check.remedy}")
    if any(check.state == "broken" for check in found):
        raise typer.Exit(context.CANNOT_WORK if any(check.fatal for check in found) else context.FAILURES)
