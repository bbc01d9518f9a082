"""changes, show, history, diff: what changed, and what a page said."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from crawler.watchlist.watchlists import CRAWLED
from diffs.comparing import compare
from diffs.database.archive import Session
from diffs.database.models import Change, Page, Version
from diffs.store import changes, observations, pages, versions, work
from diffs.wording import labels
from notifier.changes import unread
from notifier.rendering.diff_html import diff_html
from policywatch import context
from policywatch.terminal import output, records
from policywatch.terminal.diff import coloured, markdown, plain
from policywatch.terminal.export import as_csv, as_markdown


class Form(StrEnum):
    """How a comparison is written."""

    TEXT = "text"
    HTML = "html"
    MD = "md"
    JSON = "json"


class Export(StrEnum):
    """A form in which changes leave the program."""

    CSV = "csv"
    MD = "md"


class Significance(StrEnum):
    """How much a change means."""

    MATERIAL = "material"
    EDITORIAL = "editorial"
    COSMETIC = "cosmetic"


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("changes")(changes_)
    app.command()(show)
    app.command()(history)
    app.command()(diff)


def changes_(
    page: Annotated[str | None, typer.Option(help="Only this page.")] = None,
    marketplace: Annotated[str | None, typer.Option(help="Only this marketplace, such as US.")] = None,
    category: Annotated[str | None, typer.Option(help="Only this category.")] = None,
    since: Annotated[str | None, typer.Option(help="Decided on or after this date (UTC).")] = None,
    significance: Annotated[Significance | None, typer.Option(help="material, editorial or cosmetic.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what was not told, and why.")] = False,
    done: Annotated[bool | None, typer.Option("--done/--open", help="Only what is done, or what is not.")] = None,
    owner: Annotated[str | None, typer.Option(help='Only what this person does; "" for what nobody does.')] = None,
    form: Annotated[Export | None, typer.Option("--format", help="Export: csv or md.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """What changed, oldest first."""
    moment = context.moment_of(since) if since is not None else None
    context.check_category(category)
    if form is not None and as_json:
        context.wrong_use("--format and --json are two ways to write the same: give one of them.")
    with context.archive() as archive:
        context.word(archive)
        with archive.read() as session:
            if page is not None:
                context.page_named(session, page)
            rows = changes.listed(
                session,
                told=None if everything else True,
                page=page,
                marketplace=marketplace,
                category=category,
                since=moment,
                significance=significance,
            )
            found = [records.change(row, its_page) for row, its_page in reversed(rows)]
            if everything and significance in (None, "cosmetic"):
                found += _suppressed(session, page, marketplace, category, moment)
            known = work.by_uid(session)
            unknown = "" if rows else _unknown(session, page, marketplace, category)
    found = [change | {"work": records.work(known.get(change["id"]))} for change in found]
    found = [change for change in found if _is_wanted(change["work"], done=done, owner=owner)]
    found.sort(key=lambda change: (change["decided_at"], change["page"]))
    if form is not None:
        output.raw(as_csv(found) if form is Export.CSV else as_markdown(found))
        return
    if as_json:
        for change in found:
            output.as_json(change)
        return
    if not found and (done is not None or owner is not None):
        output.say("No change fits.")
        return
    _list(found, everything=everything)
    if not found and unknown:
        output.prose(unknown)


def _unknown(session: Session, key: str | None, marketplace: str | None, category: str | None) -> str:
    """Of which watched pages nothing can be said at present, in words; "" where all could be read."""
    asked = [
        page
        for page in pages.listed(session, watched=True)
        if page.fetch in CRAWLED
        and key in (None, page.key)
        and context.is_of(page, marketplace)
        and category in (None, page.category)
    ]
    closed = {page.page for page in unread(session)} & {page.key for page in asked}
    never = sum(observations.last(session, page) is None for page in asked)
    parts = [
        f"{count} {words}" for count, words in ((len(closed), "could not be read"), (never, "had no look")) if count
    ]
    if not parts:
        return ""
    of = labels.count(len(asked), "watched page")
    return f"That is not known of every page: of {of} {' and '.join(parts)}. policywatch health says more."


def _is_wanted(known: dict[str, Any] | None, *, done: bool | None, owner: str | None) -> bool:
    """Whether the work on a change is what is asked for; nothing said about it is open, and nobody's."""
    known = known or {"done_at": None, "owner": ""}
    fits = done is None or bool(known["done_at"]) is done
    return fits and (owner is None or known["owner"].casefold() == owner.casefold())


def _suppressed(
    session: Session, key: str | None, marketplace: str | None, category: str | None, since: datetime | None
) -> list[dict[str, Any]]:
    found = []
    for page in pages.listed(session):
        if (key and page.key != key) or not context.is_of(page, marketplace):
            continue
        if category and page.category != category:
            continue
        texts = {version.id: version for version in versions.listed(session, page)}
        for observation, snapshot in observations.suppressed(session, page, since=since):
            version = texts.get(observation.version_id) if observation.version_id else None
            found.append(records.suppressed(observation, snapshot, page, version))
    return found


def _list(found: list[dict[str, Any]], *, everything: bool) -> None:
    if not found:
        output.say("No changes yet." if not everything else "Nothing was seen yet.")
        return
    columns = ["decided", "page", "importance", "what", "id"]
    worked = any(change["work"] for change in found)
    if everything:
        columns.insert(3, "told")
    if worked:
        columns.insert(-1, "work")
    rows = []
    for change in found:
        what = change["headline"] or change["reason"]
        if everything and not change["told"] and change["headline"]:
            what = f"{change['headline']} ({change['reason']})"
        row = [
            str(change["decided_at"])[:16].replace("T", " "),
            change["page"],
            change["importance"],
            what,
            # Eight characters are enough to name a change, and leave a narrow terminal room for what it says.
            str(change["id"])[:8] if output.console.is_terminal else change["id"],
        ]
        if everything:
            row.insert(3, "yes" if change["told"] else "no")
        if worked:
            row.insert(-1, _work(change["work"]))
        rows.append(row)
    output.table(columns, rows)


def _work(known: dict[str, Any] | None) -> str:
    """Who does it, and how far it is, in a few words; columns stay away where nobody works with changes."""
    if known is None:
        return ""
    state = f"done {known['done_at'][:10]}" if known["done_at"] else "open"
    return ", ".join(filter(None, (known["owner"], state, "muted" if known["muted"] else "")))


def show(
    page: Annotated[str, typer.Argument(help="The page's key.")],
    at: Annotated[str | None, typer.Option(help="As it stood at the end of this UTC day, or at this time.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="With the version's data.")] = False,
) -> None:
    """What a page says, or said on a date."""
    moment = context.moment_of(at, end_of_day=True) if at is not None else context.now()
    with context.archive() as archive, archive.read() as session:
        row = context.page_named(session, page)
        shown = versions.shown_at(session, row, moment)
        if shown is None:
            context.wrong_use(f"Nothing was read of {page} up to {moment:%Y-%m-%d %H:%M} UTC.")
        version, observation = shown
        document = versions.document_of(session, version)
        coming = _coming(session, row, version, moment)
    if as_json:
        facts = {"page": page, "observed_at": records.stamp(observation.observed_at), **records.version(version)}
        output.as_json({**facts, "text": document.shown, "coming": coming})
        return
    seen = f"{version.first_seen_at:%Y-%m-%d %H:%M} to {version.last_seen_at:%Y-%m-%d %H:%M} UTC"
    output.warn(f"{row.title or page} · version {version.seq} · seen {seen} · SHA-256 {version.text_sha256[:16]}…")
    for line in coming:
        output.warn(line)
    output.say(document.shown.rstrip())


def _coming(session: Session, page: Page, version: Version, moment: datetime) -> list[str]:
    """Where the text shown takes effect later, the text in force until then is named too."""
    lines = []
    for change in changes.of_page(session, page):
        later = change.effective_on is not None and change.effective_on > moment.date()
        if change.told and later and change.to_version_id == version.id and change.from_version:
            lines.append(
                f"This text takes effect on {change.effective_on}. Until then version {change.from_version['seq']} "
                f"is in force: policywatch show {page.key} --at {change.from_version['last_seen_at'][:10]}"
            )
    return lines


def history(
    page: Annotated[str, typer.Argument(help="The page's key.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """All versions of a page."""
    with context.archive() as archive, archive.read() as session:
        rows = versions.listed(session, context.page_named(session, page))
    if as_json:
        for row in rows:
            output.as_json(records.version(row))
        return
    cells = [
        (
            row.seq,
            f"{row.first_seen_at:%Y-%m-%d %H:%M}",
            f"{row.last_seen_at:%Y-%m-%d %H:%M}",
            row.words,
            row.state,
            row.title,
        )
        for row in rows
    ]
    output.table(["version", "first seen (UTC)", "last seen (UTC)", "words", "state", "title"], cells)


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
            known = known or context.page_named(session, page)
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
    shown = versions.shown_at(session, page, context.moment_of(name, end_of_day=True))
    if shown is None:
        context.wrong_use(f"Nothing was read of {page.key} up to {name}.")
    return shown[0]
