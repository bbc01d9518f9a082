"""verify: whether the archive is intact."""

from typing import Annotated

import typer

from diffs.database import integrity
from diffs.database.archive import Archive
from diffs.errors import RESTORE, PolicywatchError
from diffs.store import evidence
from diffs.wording import labels
from policywatch import context
from policywatch.terminal import output

#: How many faults of the database are named one by one.
SHOWN = 5


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command()(verify)


def verify(
    head: Annotated[str, typer.Option(help="A chain head written down earlier: it must still be there.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Check the database, recompute the hash chain and every stored body; name the first break."""
    with context.archive() as archive:
        damage = integrity.damage(archive)
        result = _chain(archive, head, damage)
    if as_json:
        output.as_json({"snapshots": result.snapshots, "head": result.head, "broken": result.broken, "damage": damage})
    else:
        _say(result, damage)
    if damage:
        raise typer.Exit(context.CANNOT_WORK)
    if result.broken:
        raise typer.Exit(context.FAILURES)


def _chain(archive: Archive, head: str, damage: list[str]) -> evidence.Verified:
    """How far the chain is intact; in a damaged database it may not be readable at all."""
    try:
        with archive.read() as session:
            return evidence.verify(session, expected_head=head)
    except (PolicywatchError, ValueError, TypeError) as error:
        if not damage:
            raise
        return evidence.Verified(0, "", f"the chain cannot be read ({type(error).__name__})")


def _say(result: evidence.Verified, damage: list[str]) -> None:
    if damage:
        output.warn(f"The database is damaged ({labels.count(len(damage), 'fault')}). {RESTORE}")
        for fault in damage[:SHOWN]:
            output.warn(f"  {fault}")
        if len(damage) > SHOWN:
            output.warn(f"  and {len(damage) - SHOWN} more: policywatch verify --json lists them.")
    held = labels.count(result.snapshots, "snapshot")
    are = "is" if result.snapshots == 1 else "are"
    if result.broken:
        output.warn(f"Broken: {result.broken}. The {held} before it {are} intact.")
    elif damage:
        output.warn(f"Even so, {held} {are} intact: what was fetched is still there.")
    else:
        output.say(f"The database is intact. {held} verified.")
        output.say(f"Head of the chain: {result.head or 'none'}")
