"""verify: whether the archive is intact."""

from typing import Annotated

import typer

from diffs.database import integrity
from diffs.database.archive import Archive
from diffs.engine import rereading
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
    deep: Annotated[
        bool, typer.Option("--deep", help="Also read every text again from the answer that brought it; takes longer.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Check the database, recompute the hash chain, every stored answer and text; name the first break."""
    with context.archive() as archive:
        damage = integrity.damage(archive)
        result = _chain(archive, head, damage)
        texts = [] if damage else _texts(archive, deep=deep)
    if as_json:
        found = {"snapshots": result.snapshots, "head": result.head, "broken": result.broken, "damage": damage}
        output.as_json(found | {"texts": texts})
    else:
        _say(result, damage)
        _say_texts(texts, deep=deep)
    if damage:
        raise typer.Exit(context.CANNOT_WORK)
    if result.broken or texts:
        raise typer.Exit(context.FAILURES)


def _texts(archive: Archive, *, deep: bool) -> list[str]:
    """What is wrong with the texts that were read from the answers."""
    with archive.read() as session:
        damaged = list(evidence.damaged_texts(session))
        return [*damaged, *(rereading.different_texts(session) if deep else ())]


def _say_texts(texts: list[str], *, deep: bool) -> None:
    for fault in texts[:SHOWN]:
        output.warn(f"Text: {fault}.")
    if len(texts) > SHOWN:
        output.warn(f"  and {len(texts) - SHOWN} more: policywatch verify --json lists them.")
    if texts:
        output.warn(f"The responses are checked separately above; the texts are derived from them. {RESTORE}")
    elif deep:
        output.say("Every stored text matches the response it was read from.")


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
