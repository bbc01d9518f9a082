"""missed: report a real change that was suppressed between two days, and learn from it."""

from pathlib import Path
from typing import Annotated, Any

import typer

from diffs.engine.owner import missed, taught_noise
from diffs.engine.owner.missed import Answer
from policywatch import context
from policywatch.terminal import output, records

from .arguments import moment_of, page_named
from .change import write_case


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("missed")(missed_)


def missed_(
    page: Annotated[str, typer.Argument(help="The page's key.")],
    since: Annotated[str, typer.Option("--from", metavar="DATE", help="The first day on which it may have changed.")],
    until: Annotated[str, typer.Option("--to", metavar="DATE", help="The last of these days.")],
    export: Annotated[
        Path | None, typer.Option("--export", metavar="FILE", help="Write it as a labelled case, without the text.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Say that a real change between two days was not reported: it is reported now, and so is what follows there."""
    first, last = moment_of(since), moment_of(until, end_of_day=True)
    if last < first:
        context.wrong_use("--to is before --from.")
    with context.archive() as archive, archive.begin() as session:
        row = page_named(session, page)
        answer = missed.report(session, row, first, last, now=context.now())
        shown = _as_json(answer)
        case = taught_noise.case_of(row, answer.change) if answer.change is not None else None
    if export is not None and case is not None:
        write_case(export, case)
    if as_json:
        output.as_json(shown)
    else:
        _show(shown)
    if not answer.read:
        checks = f"was checked {answer.checks} times, and never read," if answer.checks else "was not checked"
        output.warn(f"{page} {checks} between these days: whether it changed cannot be said.")
        raise typer.Exit(context.FAILURES)
    if answer.change is None:
        context.wrong_use(f"Nothing differs in {page} between these days that was not reported.")


def _as_json(answer: Answer) -> dict[str, Any]:
    change = answer.change
    return {
        "checks": answer.checks,
        "read": answer.read,
        "change": {"id": change.uid, "headline": change.headline} if change is not None else None,
        "quiet": [{"at": records.stamp(one.at), "rule": one.rule, "why": one.why} for one in answer.quiet],
    }


def _show(shown: dict[str, Any]) -> None:
    for one in shown["quiet"]:
        output.say(f"Kept quiet on {records.minute(one['at'])} UTC (rule {one['rule']}): {one['why']}")
    change = shown["change"]
    if change is not None:
        output.say(f"Reported now: {change['headline']} (policywatch change {change['id']})")
        output.say("What changes in these places is reported from the next check on.")
