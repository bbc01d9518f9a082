"""show: what a page says, or said on a date."""

from datetime import datetime
from typing import Annotated

import typer

from diffs.database.archive import Session
from diffs.database.models import Page, Version
from diffs.store import changes, versions
from policywatch import context
from policywatch.terminal import output, records
from policywatch.terminal.diff import Side, heading
from policywatch.terminal.read_times import as_record, notes, reading

from .arguments import moment_of, page_named


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(show)


def show(
    page: Annotated[str, typer.Argument(help="The page's key.")],
    at: Annotated[str | None, typer.Option(help="The text at the end of this UTC day, or at this time.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="With the version's data.")] = False,
) -> None:
    """What a page says, or said on a date."""
    moment = moment_of(at, end_of_day=True) if at is not None else context.now()
    with context.archive() as archive, archive.read() as session:
        row = page_named(session, page)
        found = reading(session, row, moment)
        if found is None:
            context.wrong_use(f"{page} had not been read by {moment:%Y-%m-%d %H:%M} UTC.")
        document = versions.document_of(session, found.version)
        later = coming(session, row, found.version, moment)
    if as_json:
        facts = {"page": page, "observed_at": records.stamp(found.look.observed_at), **records.version(found.version)}
        output.as_json({**facts, **as_record(found), "text": document.shown, "coming": later})
        return
    side = Side("", found.version, found.spells, found.unread)
    for number, line in enumerate([*heading(row, side), *notes(found), *later]):
        output.text(line, "" if number else "bold")
    output.say()
    output.text(document.shown.rstrip())


def coming(session: Session, page: Page, version: Version, moment: datetime) -> list[str]:
    """A line that names the text in force until then, if the text shown takes effect later."""
    lines = []
    for change in changes.of_page(session, page):
        later = change.effective_on is not None and change.effective_on > moment.date()
        if change.told and later and change.to_version_id == version.id and change.from_version:
            lines.append(
                f"What is new in this text is dated {change.effective_on}: policywatch change {change.uid[:8]} says "
                f"what takes effect then. Before it there was version {change.from_version['seq']}: "
                f"policywatch show {page.key} --at {change.from_version['last_seen_at'][:10]}"
            )
    return lines
