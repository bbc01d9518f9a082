"""health: when each page was last read, its last outcome, and what is wrong now."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from crawler.settings import crawl_settings
from crawler.watchlist.watchlists import CRAWLED
from diffs.database.archive import Session
from diffs.database.models import Page
from diffs.engine.owner import notes
from diffs.failures import Failure, Reason
from diffs.store import events, observations, pages, versions
from diffs.values import READ, Outcome
from diffs.wording import labels
from diffs.wording.failures import sentence
from notifier.changes import held, unread
from notifier.health.health import HELD_FOR
from policywatch import context
from policywatch.doctor import hosts
from policywatch.terminal import output, records, round_report


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(health)


def health(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per page.")] = False,
) -> None:
    """Every page's last good check, its last outcome, and open events."""
    with context.archive() as archive, archive.read() as session:
        rows = [_health(session, page) for page in pages.listed(session) if _is_shown(page)]
        settings = crawl_settings()
        states = [state for state in hosts.states(session, settings, now=context.now()) if state.matters]
        stopped = settings.stop_file
        kept_from = (*unread(session), *held(session))
        too_long = any(context.now() - page.since > HELD_FOR for page in kept_from)
    if as_json:
        for row in rows:
            output.as_json(row)
    else:
        _say(rows, states, stopped)
    if too_long:
        raise typer.Exit(1)


def _say(rows: list[dict[str, Any]], states: Sequence[hosts.HostState], stopped: Path) -> None:
    if not rows:
        output.say("No page has been checked yet: run policywatch crawl, or policywatch demo to see how it works.")
        return
    output.table(["page", "last outcome", "last read (UTC)", "version", "events"], map(_cells, rows))
    if states:
        output.say()
        output.table(hosts.COLUMNS, map(hosts.cells, states))
    if stopped.exists():
        output.say(sentence(Failure(Reason.STOP_FILE, detail=str(stopped))))


def _is_shown(page: Page) -> bool:
    """Whether a page is listed: watched pages and imported histories are; one taken off the list has no health."""
    return page.fetch != notes.FETCH and (page.watched or page.fetch not in CRAWLED)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    """A page in words; a pipe gets the outcome by its name, as `crawl` prints it (--json has all names)."""
    outcome = row["outcome"]
    said = (
        (round_report.WORDS[Outcome(outcome)] if output.console.is_terminal else outcome)
        if outcome
        else "never checked"
    )
    open_events = "; ".join(
        f"{labels.EVENTS.get(event['kind'], event['kind'])} since {event['started_at'][:10]}" for event in row["events"]
    )
    why = "" if outcome in READ or not outcome else row["reason"]
    return (
        row["page"],
        said,
        records.minute(row["last_ok_at"]) or "never",
        str(row["version_seq"] or ""),
        ": ".join(filter(None, (open_events, why))),
    )


def _health(session: Session, page: Page) -> dict[str, Any]:
    last = observations.last(session, page)
    shown = versions.shown_at(session, page, context.now())
    return {
        "page": page.key,
        "url": page.url,
        "fetch": last[1].fetched_by if last else page.fetch,
        "outcome": last[0].outcome if last else None,
        "reason": last[0].reason if last else "never checked",
        "http_status": (last[1].status or None) if last else None,
        "last_ok_at": records.stamp(observations.last_read_at(session, page)),
        "version_seq": shown[0].seq if shown else None,
        "events": [records.event(event) for event in events.listed(session, page, open_only=True)],
    }
