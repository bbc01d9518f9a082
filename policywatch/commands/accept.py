"""accept, reject: decide about the text that a page now shows in its policy's place."""

from typing import Annotated

import typer

from diffs.engine import derive, verdicts
from diffs.store import observations
from policywatch import context
from policywatch.terminal import output

from .arguments import page_named


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(accept)
    app.command()(reject)


def accept(page: Annotated[str, typer.Argument(help="The page's key.")]) -> None:
    """Accept the text that a page shows now as its policy. This is reported."""
    with context.archive() as archive, archive.begin() as session:
        row = page_named(session, page)
        last = observations.last(session, row)
        if last is None or last[0].outcome not in verdicts.ACCEPTABLE:
            context.wrong_use(f"The last text of {page} was not held back, so there is nothing to accept.")
        derive.accept(session, row, last[1].id)
    output.say(f"Accepted: the text of {last[1].observed_at:%Y-%m-%d %H:%M} UTC now counts as the policy of {page}.")


def reject(page: Annotated[str, typer.Argument(help="The page's key.")]) -> None:
    """Say that the text a page shows now is not its policy: its changes are no longer reported."""
    with context.archive() as archive, archive.begin() as session:
        if not derive.reject(session, page_named(session, page)):
            context.wrong_use(f"{page} shows no text that waits for your decision; there is nothing to reject.")
    output.say(f"Rejected: what {page} shows now is not its policy. Its own text is followed when it is back.")
