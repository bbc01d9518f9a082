"""feed: changes as RSS 2.0, Atom, JSON Feed or a calendar of effective dates; our own health as a feed."""

import sys
import tempfile
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from shutil import copyfileobj
from typing import IO, Annotated, Any

import typer

from diffs.database.archive import Session
from diffs.judging.subscriptions import IMPORTANCES, Filter
from diffs.private_files import replaced
from diffs.store.changes import marks
from diffs.wording import labels
from notifier import changes, watch_state
from notifier.feeds import calendar, formats
from notifier.feeds import feed as feeds
from notifier.health import health
from notifier.rendering.escaping import web_link
from notifier.settings import NotifierSettings
from policywatch import context
from policywatch.terminal import output

from .arguments import check_category, page_named


class Form(StrEnum):
    """The three formats of a feed, and the calendar."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"
    ICS = "ics"


#: How much of a feed being written is kept in memory; the rest is put in a temporary file.
IN_MEMORY = 1_000_000


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command()(feed)


def feed(
    form: Annotated[Form, typer.Option("--format", help="rss, atom, json, or ics for a calendar.")] = Form.RSS,
    out: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file to write; by default standard output.")
    ] = None,
    page: Annotated[list[str] | None, typer.Option(help="Only this page; repeat for more.")] = None,
    marketplace: Annotated[list[str] | None, typer.Option(help="Only this marketplace; repeat for more.")] = None,
    category: Annotated[list[str] | None, typer.Option(help="Only this category; repeat for more.")] = None,
    importance: Annotated[str, typer.Option(help="The lowest importance to include: high, medium or low.")] = "low",
    limit: Annotated[int, typer.Option(help="The maximum number of entries.", min=1)] = 200,
    of_health: Annotated[
        bool,
        typer.Option("--health", help="List pages that cannot be read (when it began and ended) instead of changes."),
    ] = False,
    url: Annotated[str, typer.Option(help="The address at which the file will be published.")] = "",
) -> None:
    """Write a feed of reported changes, each with its full comparison, or a calendar of effective dates."""
    if importance not in IMPORTANCES:
        context.wrong_use(f"--importance must be one of high, medium, low, not {importance!r}.")
    if of_health and form is Form.ICS:
        context.wrong_use("The health feed has no effective dates: choose rss, atom or json.")
    if url and not web_link(url):
        context.wrong_use(f"--url must be a web address that begins with https://, not {url!r}.")
    for name in category or []:
        check_category(name)
    settings = context.notifier_settings()
    wanted = Filter(tuple(page or ()), tuple(marketplace or ()), tuple(category or ()), importance)
    with context.archive() as archive, tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
        with archive.read() as session:
            _check(session, wanted)
            if of_health:
                said = labels.count(
                    _write_health(spool, str(form), session, wanted, settings, url, limit), "entry", "entries"
                )
            else:
                said = labels.count(_write_changes(spool, str(form), session, wanted, settings, url, limit), "change")
        spool.seek(0)
        _hand_over(spool, out)
    if out is not None:
        output.say(f"{said} written to {out}")


def _write_changes(
    spool: IO[bytes], form: str, session: Session, wanted: Filter, settings: NotifierSettings, url: str, limit: int
) -> int:
    found = marks(session, wanted)
    if form == Form.ICS:
        found = [mark for mark in found if mark.effective_on is not None]
    found = found[:limit]
    if form == Form.ICS:
        title = feeds.title_of(f"{settings.site_name}: effective dates", wanted, "")
        about = calendar.About(title, self_url=url, base_url=settings.base_url)
        endings = changes.endings(session, wanted)[: limit - len(found)]
        calendar.write(_binary(spool), about, changes.in_full(session, found, now=context.now()), endings)
        return len(found) + len(endings)
    channel = _channel(feeds.title_of(settings.site_name, wanted), settings, wanted, url)
    feeds.write(_binary(spool), form, channel, changes.in_full(session, found, now=context.now()))
    return len(found)


def _write_health(
    spool: IO[bytes], form: str, session: Session, wanted: Filter, settings: NotifierSettings, url: str, limit: int
) -> int:
    events = watch_state.events(session, wanted, most=limit)
    entries = health.entries(events, watch_state.rests(session, wanted, now=context.now()), most=limit)
    title = feeds.title_of(f"{settings.site_name}: pages that cannot be read", wanted, "")
    channel = replace(_channel(title, settings, wanted, url), description=health.DESCRIPTION)
    formats.write(_binary(spool), form, channel, entries)
    return len(entries)


def _channel(title: str, settings: NotifierSettings, wanted: Filter, url: str) -> formats.Channel:
    scope = str(feeds.query_of(wanted))
    return formats.Channel(title, context.now(), base_url=settings.base_url, self_url=url, scope=scope)


def _binary(spool: IO[bytes]) -> Any:
    # Only `write` needs lxml and the writers; typeshed does not know a spooled file as BinaryIO.
    return spool


def _check(session: Session, wanted: Filter) -> None:
    """End the command if a feed would always stay empty."""
    for key in wanted.pages:
        page_named(session, key)
    if sentence := changes.unknown(session, Filter(marketplaces=wanted.marketplaces)):
        context.wrong_use(f"{sentence} Marketplaces are codes, such as US, DE or JP.")


def _hand_over(spool: IO[bytes], out: Path | None) -> None:
    if out is None:
        sys.stdout.flush()
        copyfileobj(spool, sys.stdout.buffer)  # a feed declares its own encoding
        sys.stdout.buffer.flush()
    elif out.exists() and not out.is_file():
        context.written(out, spool.read())  # a pipe or a device
    else:
        try:
            with replaced(out) as file:  # a reader that fetches it meanwhile gets the old one
                copyfileobj(spool, file)
        except OSError as error:
            context.wrong_use(f"{out} cannot be written: {error.strerror or error}.")
