"""diff: the differences between two versions of a page."""

from enum import StrEnum
from html import escape
from typing import Annotated

import typer

from diffs.comparing import compare
from diffs.database.archive import Session
from diffs.database.models import Change, Page, Version
from diffs.store import changes, gaps, pages, versions
from diffs.values import Comparison
from notifier.rendering.diff_html import diff_html
from policywatch import context
from policywatch.terminal import output, records
from policywatch.terminal.diff import LEGEND, Side, coloured, escaped, heading, markdown, plain

from .arguments import moment_of, page_named
from .show import coming


class Form(StrEnum):
    """The format of a comparison."""

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
    form: Annotated[Form, typer.Option("--format", help="The output format.")] = Form.TEXT,
) -> None:
    """What differs between two versions of a page; without numbers: what the page shows now, and showed before."""
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
        unread = gaps.listed(session, known)
        sides = [
            Side(word, version, spells, gaps.within(unread, spells))
            for word, version, spells in (
                ("From", before, versions.spells(session, known, before)),
                ("to", after, versions.spells(session, known, after)),
            )
        ]
        notes = coming(session, known, after, context.now())
    comparison = compare.compare(old_text, new_text)
    if form is Form.JSON:
        output.as_json(
            {
                "page": known.key,
                "title": known.title,
                "url": known.url,
                "from_version": records.version(before),
                "to_version": records.version(after),
                "hunks": changes.as_json(comparison.hunks),
                "renames": changes.as_json(comparison.renames),
            }
        )
        return
    if after.seq < before.seq and old is None and new is None:
        notes.insert(0, f"The page returned to version {after.seq}.")
    _print(form, comparison, [*heading(known, *sides), *notes])


def _print(form: Form, comparison: Comparison, head: list[str]) -> None:
    """Write the comparison under a heading that says what is compared."""
    same = "The two texts say the same."
    if form is Form.HTML:
        lines = "\n".join(f"<p>{escape(output.safe(line))}</p>" for line in head)
        output.say(f"{lines}\n{diff_html(comparison) if comparison.hunks else f'<p>{same}</p>'}")
    elif form is Form.MD:
        lines = "\\\n".join(map(escaped, head[1:]))
        output.say(f"## {escaped(head[0])}\n\n{lines}\n\n{markdown(comparison) if comparison.hunks else same}")
    else:
        for number, line in enumerate(head):
            output.text(line, "" if number else "bold")
        if not comparison.hunks or comparison.renames or not output.console.is_terminal:
            output.say()
        if not comparison.hunks:
            output.say(same)
        elif output.console.is_terminal:
            coloured(comparison)
        else:
            output.say(f"{LEGEND}\n\n{plain(comparison)}")


def _of_change(session: Session, change: Change) -> tuple[Version, Version]:
    sides = [
        versions.get(session, number) if number else None for number in (change.from_version_id, change.to_version_id)
    ]
    if sides[0] is None or sides[1] is None:
        context.wrong_use(f"The change {change.uid} has only one side; see policywatch show.")
    return sides[0], sides[1]


def _between(session: Session, page: Page, old: str | None, new: str | None) -> tuple[Version, Version]:
    shown = versions.shown_at(session, page, context.now())
    if shown is None:
        context.wrong_use(f"{page.key} has not been read yet.")
    if old is None and new is None:
        now, look = shown
        told = [change for change in changes.of_page(session, page) if change.told and change.to_version_id == now.id]
        was = versions.get(session, told[-1].from_version_id) if told and told[-1].from_version_id else None
        return was or versions.shown_before(session, page, look) or now, now
    after = _version(session, page, new) if new is not None else shown[0]
    if old is not None:
        return _version(session, page, old), after
    return versions.by_seq(session, page, after.seq - 1) or after, after


def _version(session: Session, page: Page, name: str) -> Version:
    if name.isdigit() and len(name) < len("20260304"):
        version = versions.by_seq(session, page, int(name))
        if version is None:
            context.wrong_use(f"{page.key} has no version {name}: see policywatch history {page.key}.")
        return version
    shown = versions.shown_at(session, page, moment_of(name, end_of_day=True))
    if shown is None:
        context.wrong_use(f"{page.key} had not been read by {name}.")
    return shown[0]
