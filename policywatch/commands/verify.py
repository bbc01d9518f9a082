"""verify: whether the archive is intact."""

from typing import Annotated

import typer

from diffs.store import evidence
from policywatch import context
from policywatch.terminal import output


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command()(verify)


def verify(
    head: Annotated[str, typer.Option(help="A chain head written down earlier: it must still be there.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Recompute the hash chain and every stored body; name the first break."""
    with context.archive() as archive, archive.read() as session:
        result = evidence.verify(session, expected_head=head)
    if as_json:
        output.as_json({"snapshots": result.snapshots, "head": result.head, "broken": result.broken})
    elif result.broken:
        output.warn(f"Broken: {result.broken}. {result.snapshots} snapshots before it hold.")
    else:
        output.say(f"{result.snapshots} snapshots hold. Head of the chain: {result.head or 'none'}")
    if result.broken:
        raise typer.Exit(context.FAILURES)
