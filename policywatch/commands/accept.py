"""accept, reject: decide about the text that a page now shows in its policy's place."""

from typing import Annotated, NoReturn

import typer

from diffs.database.models import Observation
from diffs.engine import derive, verdicts
from diffs.judging import arrival
from diffs.store import observations
from policywatch import context
from policywatch.terminal import output

from .arguments import page_named


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(accept)
    app.command()(reject)


def accept(
    page: Annotated[str, typer.Argument(help="The page's key.")],
    force: Annotated[bool, typer.Option("--force", help="Even if only a part of the page arrived.")] = False,
) -> None:
    """Take the text that a page shows now as its policy, which is reported."""
    with context.archive() as archive, archive.begin() as session:
        row = page_named(session, page)
        last = observations.last(session, row)
        if last is None or last[0].outcome not in verdicts.ACCEPTABLE:
            context.wrong_use(f"The last text of {page} was not held back, so there is nothing to accept.")
        if last[0].rule in verdicts.PARTIAL and not (force and last[0].rule in arrival.DOUBTS):
            _refuse(page, last[0])
        derive.accept(session, row, last[1].id)
    output.say(f"Accepted: the text of {last[1].observed_at:%Y-%m-%d %H:%M} UTC now counts as the policy of {page}.")


def _refuse(page: str, look: Observation) -> NoReturn:
    """End the command where accepting would take a part of a page for the whole."""
    sure = " If the page does end there, add --force." if look.rule in arrival.DOUBTS else ""
    context.wrong_use(
        f"At the last check only a part of {page} arrived; accepted, it would count as the whole policy. "
        f"policywatch crawl --page {page} fetches it again.{sure}"
    )


def reject(page: Annotated[str, typer.Argument(help="The page's key.")]) -> None:
    """Say that the text a page shows now is not its policy: its changes are no longer reported."""
    with context.archive() as archive, archive.begin() as session:
        if not derive.reject(session, page_named(session, page)):
            context.wrong_use(f"{page} shows no text that waits for your decision; there is nothing to reject.")
    output.say(
        f"Rejected: what {page} shows now is not its policy. Its own text will be followed again when it returns."
    )
