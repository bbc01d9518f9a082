"""diff: what differs between two versions of a page."""

from enum import StrEnum
from typing import Annotated

import typer

from diffs.comparing import compare
from diffs.database.archive import Session
from diffs.database.models import Change, Page, Version
from diffs.store import changes, pages, versions
from notifier.rendering.diff_html import diff_html
from policywatch import context
from policywatch.terminal import output, records
from policywatch.terminal.diff import coloured, markdown, plain

from .arguments import moment_of, page_named


class Form(StrEnum):
    """How a comparison is written."""

    TEXT = "text"
    HTML = "html"
    MD = "md"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(diff)


def diff(
    page: Annotated[str, typer.Argument(help="The page's key, or a change's id.")],
    old: Annotated[str | None, typer.Option("--from", help="Version number or date.")] = None,
    new: Annotated[str | None, typer.Option("--to", help="Version number or date.")] = None,
    form: Annotated[Form, typer.Option("--format", help="How it is written.")] = Form.TEXT,
) -> None:
    """What differs between two versions; without numbers, the last two."""
    with context.archive() as archive, archive.read() as session:
        known = pages.get(session, page)
        told = changes.by_uid(session, page) if known is None else None
        if told is not None:
            known = told[1]
            before, after = _of_change(session, told[0])
        else:
            known = known or page_named(session, page)
            before, after = _between(session, known, old, new)
        old_text, new_text = versions.document_of(session, before), versions.document_of(session, after)
    comparison = compare.compare(old_text, new_text)
    if form is Form.JSON:
        output.as_json(
            {
                "page": known.key,
                "from_version": records.version(before),
                "to_version": records.version(after),
                "hunks": changes.as_json(comparison.hunks),
                "renames": changes.as_json(comparison.renames),
            }
        )
        return
    output.warn(f"{known.title or known.key}: version {before.seq} → {after.seq}")
    if form is Form.HTML:
        output.say(diff_html(comparison))
    elif form is Form.MD:
        output.say(markdown(comparison))
    elif not comparison.hunks:
        output.say("The two texts say the same.")
    elif output.console.is_terminal:
        coloured(comparison)
    else:
        output.say(plain(comparison))


def _of_change(session: Session, change: Change) -> tuple[Version, Version]:
    sides = [
        versions.get(session, number) if number else None for number in (change.from_version_id, change.to_version_id)
    ]
    if sides[0] is None or sides[1] is None:
        context.wrong_use(f"The change {change.uid} has only one side; see policywatch show.")
    return sides[0], sides[1]


def _between(session: Session, page: Page, old: str | None, new: str | None) -> tuple[Version, Version]:
    listed = versions.listed(session, page)
    if not listed:
        context.wrong_use(f"Nothing was read of {page.key} yet.")
    after = _version(session, page, new) if new is not None else listed[-1]
    before = _version(session, page, old) if old is not None else listed[max(0, listed.index(after) - 1)]
    return before, after


def _version(session: Session, page: Page, name: str) -> Version:
    if name.isdigit() and len(name) < len("20260304"):
        version = versions.by_seq(session, page, int(name))
        if version is None:
            context.wrong_use(f"{page.key} has no version {name}: see policywatch history {page.key}.")
        return version
    shown = versions.shown_at(session, page, moment_of(name, end_of_day=True))
    if shown is None:
        context.wrong_use(f"Nothing was read of {page.key} up to {name}.")
    return shown[0]
