"""history: all versions of a page."""

from typing import Annotated

import typer

from diffs.store import versions
from policywatch import context
from policywatch.terminal import output, records
from policywatch.terminal.diff import seen

from .arguments import page_named


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(history)


def history(
    page: Annotated[str, typer.Argument(help="The page's key.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """All versions of a page."""
    with context.archive() as archive, archive.read() as session:
        known = page_named(session, page)
        rows = versions.listed(session, known)
        shown = versions.shown_at(session, known, context.now())
        spells = {row.seq: versions.spells(session, known, row) for row in rows}
    now = shown[0].seq if shown else 0
    if as_json:
        for row in rows:
            output.as_json(
                records.version(row) | {"shown_now": row.seq == now, "spells": records.spells(spells[row.seq])}
            )
        return
    cells = [
        (
            row.seq,
            f"{row.first_seen_at:%Y-%m-%d %H:%M}",
            f"{row.last_seen_at:%Y-%m-%d %H:%M}",
            row.words,
            "shown now" if row.seq == now else row.state,
            len(spells[row.seq]),
            row.title,
        )
        for row in rows
    ]
    output.table(["version", "first seen (UTC)", "last seen (UTC)", "words", "state", "times", "title"], cells)
    if output.console.is_terminal:
        for seq, times in spells.items():
            if len(times) > 1:
                output.prose(f"Version {seq} was shown from {seen(times)}; in between the page showed another text.")
