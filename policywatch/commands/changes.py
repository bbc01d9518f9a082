"""changes: what changed and, on request, what was not reported and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from crawler.watchlist.watchlists import CRAWLED
from diffs.database.archive import Session
from diffs.database.models import Page
from diffs.judging.subscriptions import IMPORTANCES
from diffs.store import changes, observations, pages, versions, work
from diffs.wording import labels
from notifier.changes import unread
from policywatch import context
from policywatch.terminal import change_list, output, records
from policywatch.terminal.export import as_csv, as_markdown

from .arguments import (
    check_category,
    check_importance,
    is_of,
    known_pages,
    marketplaces,
    page_named,
    since_of,
    unwatched,
)

#: How many are listed on a terminal by default.
ON_A_TERMINAL = 30


class Export(StrEnum):
    """A format in which changes are exported."""

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


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which changes are requested."""

    page: str | None
    marketplace: str | None
    category: str | None
    since: datetime | None
    significance: Significance | None
    importance: str
    everything: bool
    done: bool | None
    owner: str | None


def changes_(
    page: Annotated[str | None, typer.Option(metavar="KEY", help="Only this page.", autocompletion=known_pages)] = None,
    marketplace: Annotated[str | None, typer.Option(metavar="CODE", help="Only this marketplace, such as US.")] = None,
    category: Annotated[str | None, typer.Option(metavar="NAME", help="Only this category.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help='Decided since then (UTC): 2026-03-01, "7 days", monday.')
    ] = None,
    importance: Annotated[str, typer.Option(metavar="LEVEL", help="At least high, medium or low.")] = "low",
    significance: Annotated[
        Significance | None, typer.Option(metavar="LEVEL", help="Only material, editorial or cosmetic ones.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what was not reported, and why.")] = False,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="At most the newest N; on a terminal 30 by default.")
    ] = None,
    done: Annotated[bool | None, typer.Option("--done/--open", help="Only what is done, or what is not.")] = None,
    owner: Annotated[
        str | None, typer.Option(metavar="NAME", help='Only changes assigned to this person; "" for unassigned ones.')
    ] = None,
    form: Annotated[Export | None, typer.Option("--format", help="Export as csv or md, oldest first.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line, oldest first.")] = False,
) -> None:
    """What changed, newest first."""
    check_category(category)
    check_importance(importance)
    if form is not None and as_json:
        context.wrong_use("--format and --json are two ways to write the same: give one of them.")
    moment = since_of(since) if since is not None else None
    asked = _Asked(page, marketplace, category, moment, significance, importance, everything, done, owner)
    with context.archive() as archive, archive.read() as session:
        _check(session, asked)
        found = _found(session, asked)
        nothing = [] if found else _nothing(session, asked)
    if limit is None and output.console.is_terminal and form is None and not as_json:
        limit = ON_A_TERMINAL
    shown = found[-limit:] if limit else found
    if form is not None:
        output.raw(as_csv(shown) if form is Export.CSV else as_markdown(shown))
    elif as_json:
        for change in shown:
            output.as_json(change)
    else:
        _print(shown, len(found), asked)
    for line in nothing:  # separate from what a program reads
        (output.warn if as_json or form is not None else output.prose)(line)


def _check(session: Session, asked: _Asked) -> None:
    if asked.page is not None:
        page_named(session, asked.page)
    unwatched(session, [asked.marketplace] if asked.marketplace is not None else [])
    if asked.since is not None and asked.since > context.now():
        context.wrong_use(f"--since {asked.since:%Y-%m-%d %H:%M} UTC is in the future.")


def _found(session: Session, asked: _Asked) -> list[dict[str, Any]]:
    """The changes requested, oldest first."""
    rows = changes.listed(
        session,
        told=None if asked.everything else True,
        page=asked.page,
        marketplace=asked.marketplace,
        category=asked.category,
        since=asked.since,
        significance=asked.significance,
    )
    listed = {its_page.id: its_page for _, its_page in rows}
    courses = {number: versions.course(session, its_page, context.now()) for number, its_page in listed.items()}
    found = [
        records.change(row, its_page) | {"back_to": records.back_to(row, courses[its_page.id])}
        for row, its_page in reversed(rows)
    ]
    if asked.everything and asked.significance in (None, "cosmetic"):
        found += _suppressed(session, asked)
    known = work.by_uid(session)
    found = [change | {"work": records.work(known.get(change["id"]))} for change in found]
    least = IMPORTANCES.index(asked.importance)
    found = [
        change
        for change in found
        if _is_wanted(change["work"], done=asked.done, owner=asked.owner)
        and IMPORTANCES.index(change["importance"]) >= least
    ]
    return sorted(found, key=lambda change: (change["decided_at"], change["page"]))


def _print(shown: list[dict[str, Any]], total: int, asked: _Asked) -> None:
    if shown:
        change_list.listed(shown[::-1], everything=asked.everything)
    if rest := change_list.rest(len(shown), total):
        output.warn(rest)


def _nothing(session: Session, asked: _Asked) -> list[str]:
    """Why there is nothing to list, and for which pages that is not certain, in sentences."""
    there = [
        page
        for page in pages.listed(session)
        if asked.page in (None, page.key) and is_of(page, asked.marketplace) and asked.category in (None, page.category)
    ]
    if not there:
        return [_no_page(session, asked)]
    if not any(versions.latest(session, page) for page in there):
        which = "None of these pages has been" if len(there) > 1 else "The page has not been"
        return [f"{which} read yet, so it is unknown whether anything changed. policywatch health says why."]
    # These pages have no change at all, or none that fits the request.
    narrowed = (asked.since, asked.significance, asked.importance, asked.done, asked.owner)
    found = "No changes yet." if narrowed == (None, None, "low", None, None) else "No change matches."
    return [found, *filter(None, [_unknown(session, there)])]


def _no_page(session: Session, asked: _Asked) -> str:
    if not pages.listed(session):
        return "No page has been checked yet: run policywatch crawl."
    if asked.marketplace is not None and asked.category is None:
        here = ", ".join(marketplaces(session)) or "none"
        return f"No page of {labels.marketplace(asked.marketplace)} has been checked here. Marketplaces here: {here}."
    return "No such page has been checked here, so changes are unknown. policywatch health lists the pages."


def _unknown(session: Session, asked: Sequence[Page]) -> str:
    """The watched pages about which nothing is known at present, in words; "" if all could be read."""
    watched = [page for page in asked if page.watched and page.fetch in CRAWLED]
    closed = {page.page for page in unread(session, rejected=True)} & {page.key for page in watched}
    never = sum(observations.last(session, page) is None for page in watched)
    held = sum(observations.is_held(session, page) for page in watched)
    parts = [f"{len(closed)} could not be read"] if closed else []
    parts += [f"{never} {'has' if never == 1 else 'have'} not been checked yet"] if never else []
    parts += [f"{held} {'shows' if held == 1 else 'show'} a new text that waits for a second check"] if held else []
    if not parts:
        return ""
    of = labels.count(len(watched), "watched page")
    return f"This is not certain for every page: of {of} {' and '.join(parts)}. policywatch health says more."


def _is_wanted(known: dict[str, Any] | None, *, done: bool | None, owner: str | None) -> bool:
    """Whether the work on a change is what is requested; if nothing is recorded it is open, and nobody's."""
    known = known or {"done_at": None, "owner": ""}
    fits = done is None or bool(known["done_at"]) is done
    return fits and (owner is None or known["owner"].casefold() == owner.casefold())


def _suppressed(session: Session, asked: _Asked) -> list[dict[str, Any]]:
    found = []
    for page in pages.listed(session):
        if (asked.page and page.key != asked.page) or not is_of(page, asked.marketplace):
            continue
        if asked.category and page.category != asked.category:
            continue
        texts = {version.id: version for version in versions.listed(session, page)}
        for observation, snapshot in observations.suppressed(session, page, since=asked.since):
            version = texts.get(observation.version_id) if observation.version_id else None
            found.append(records.suppressed(observation, snapshot, page, version))
    return found
