"""changes: what changed, and on request what was not reported, and why."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from crawler.watchlist.watchlists import CRAWLED
from diffs.database.archive import Session
from diffs.store import changes, observations, pages, versions, work
from diffs.wording import labels
from notifier.changes import unread
from policywatch import context
from policywatch.terminal import output, records
from policywatch.terminal.export import as_csv, as_markdown

from .arguments import check_category, is_of, moment_of, page_named


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
    """Add the verb."""
    app.command("changes")(changes_)


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
    moment = moment_of(since) if since is not None else None
    check_category(category)
    if form is not None and as_json:
        context.wrong_use("--format and --json are two ways to write the same: give one of them.")
    with context.archive() as archive, archive.read() as session:
        if page is not None:
            page_named(session, page)
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
        and is_of(page, marketplace)
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
        if (key and page.key != key) or not is_of(page, marketplace):
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
