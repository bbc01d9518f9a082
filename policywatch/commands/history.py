"""history: all versions of a page, and when nobody could read it."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from diffs.database.models import Version
from diffs.store import gaps, versions
from diffs.store.gaps import Gap
from policywatch import context
from policywatch.terminal import output, records
from policywatch.terminal.read_times import (
    Reading,
    as_records,
    could_not_be_read,
    notes,
    reading,
    seen,
    spell_records,
    times_of,
)

from .arguments import page_named


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(history)


def history(
    page: Annotated[str, typer.Argument(help="The page's key.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """All versions of a page, and when nobody could read it."""
    with context.archive() as archive, archive.read() as session:
        known = page_named(session, page)
        rows = versions.listed(session, known)
        now = reading(session, known, context.now())
        spells = {row.seq: versions.spells(session, known, row) for row in rows}
        unread = gaps.listed(session, known)
    after = {row.seq: [gap for gap in unread if _last_read(gap, row, spells)] for row in rows}
    if as_json:
        for row in rows:
            output.as_json(
                records.version(row)
                | {
                    "shown_now": _is(row, now),
                    "last_of_the_policy": _is_policy(row, now),
                    "spells": spell_records(spells[row.seq]),
                    "unread": as_records(after[row.seq]),
                }
            )
        return
    cells = [
        (
            row.seq,
            f"{row.first_seen_at:%Y-%m-%d %H:%M}",
            f"{row.last_seen_at:%Y-%m-%d %H:%M}",
            row.words,
            _state(row, now),
            len(spells[row.seq]),
            times_of(after[row.seq]),
            row.title,
        )
        for row in rows
    ]
    heads = ["version", "first seen (UTC)", "last seen (UTC)", "words", "state", "times", "could not be read", "title"]
    output.table(heads, cells)
    if output.console.is_terminal:
        for seq, times in spells.items():
            if len(times) > 1:
                output.prose(f"Version {seq} was shown from {seen(times)}; in between the page showed another text.")
        for line in (*could_not_be_read(unread), *(notes(now) if now else ())):
            output.prose(line)


def _last_read(gap: Gap, row: Version, spells: Mapping[int, Sequence[versions.Spell]]) -> bool:
    """Whether a version was the text last read before a gap."""
    before = gap.read_before
    return before is not None and any(spell.first <= before <= spell.last for spell in spells[row.seq])


def _is(row: Version, now: Reading | None) -> bool:
    return now is not None and row.seq == now.version.seq


def _is_policy(row: Version, now: Reading | None) -> bool:
    """Whether this is the last text of the policy: the one shown now, or the one before a text in its place."""
    if now is not None and now.stands_in:
        return now.policy is not None and row.seq == now.policy[0].seq
    return _is(row, now)


def _state(row: Version, now: Reading | None) -> str:
    if now is not None and now.stands_in:
        if _is(row, now):
            return "shown now in the policy's place"
        return "last text of the policy" if _is_policy(row, now) else row.state
    if _is(row, now):
        return "last read; cannot be read now" if now is not None and now.gap is not None else "shown now"
    return row.state
