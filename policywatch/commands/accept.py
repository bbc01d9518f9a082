"""accept: accept the text that a page shows now as its policy."""

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


def accept(page: Annotated[str, typer.Argument(help="The page's key.")]) -> None:
    """Take the short text that a page shows now as the policy."""
    with context.archive() as archive, archive.begin() as session:
        row = page_named(session, page)
        last = observations.last(session, row)
        if last is None or last[0].outcome not in verdicts.ACCEPTABLE:
            context.wrong_use(
                f"The last text of {page} was not held back as unlike the policy; there is nothing to accept."
            )
        derive.accept(session, row, last[1].id)
    output.say(f"Accepted: the text of {last[1].observed_at:%Y-%m-%d %H:%M} UTC now counts as the policy of {page}.")
