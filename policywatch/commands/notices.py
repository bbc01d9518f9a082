"""notices: what is waiting, what was sent, what was refused and why."""

from typing import Annotated

import typer

from diffs.store.notices import plan
from diffs.wording import labels
from notifier.outbox.send import shown_address
from notifier.values import stamp
from policywatch import context
from policywatch.terminal import output
from policywatch.terminal.records import minute

#: The text of a notice without a change, by its kind.
_WITHOUT_CHANGE = {"news": "heartbeat: no change to report", "question": "asks to confirm"}

_STATES = ("due", "sending", "sent", "parked", "dropped")


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(notices)


def notices(
    state: Annotated[str | None, typer.Option(help="Only due, sending, sent, parked or dropped ones.")] = None,
    retry: Annotated[
        list[str] | None, typer.Option(help="Send this parked notice again, by its number; `all` for all parked ones.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Show at most this many, the newest first.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """What is waiting, what was sent, and what was refused for good (parked), with the reason."""
    if state is not None and state not in _STATES:
        context.wrong_use(f"--state is one of {', '.join(_STATES)}, not {state!r}.")
    with context.archive() as archive:
        if retry:
            with archive.begin() as session:
                done = sum(plan.retry_parked(session, _number(given), now=context.now()) for given in retry)
            if not done:
                context.wrong_use(
                    "No such notice is parked, or its subscriber was stopped: see policywatch notices --state parked."
                    " To reactivate a stopped subscriber, use policywatch subscribers add."
                )
            output.say(f"{labels.count(done, 'notice')} will be tried again: run policywatch notify.")
            return
        with archive.read() as session:
            rows = plan.listed(session, state=state, limit=limit)
    if as_json:
        for row in rows:
            output.as_json(_record(row))
        return
    in_words = output.console.is_terminal
    when = {row.notice.id: minute(_when(row)) if in_words else _when(row) for row in rows}
    cells = [
        (row.notice.id, row.notice.state, _to(row), _what(row), when[row.notice.id], row.notice.error) for row in rows
    ]
    output.table(["number", "state", "to", "tells", "when", "why"], cells)


def _number(given: str) -> int | None:
    if given == "all":
        return None
    if not given.isdecimal() or len(given) > 18:
        context.wrong_use(f"--retry takes the number of a notice, or `all`, not {given!r}.")
    return int(given)


def _to(row: plan.Row) -> str:
    return shown_address(row.subscriber) if row.subscriber else "you, the owner"


def _what(row: plan.Row) -> str:
    return row.headline or row.page or _WITHOUT_CHANGE.get(row.notice.kind, "")


def _when(row: plan.Row) -> str:
    """When it was sent, or when it will be tried."""
    return stamp(row.notice.sent_at or row.notice.not_before)


def _record(row: plan.Row) -> dict[str, object]:
    notice, reader = row.notice, row.subscriber
    return {
        "number": notice.id,
        "state": notice.state,
        "channel": reader.channel if reader else "owner",
        "to": _to(row),
        "subscriber_state": reader.state if reader else None,
        "page": row.page or None,
        "headline": row.headline or None,
        "message_id": notice.message_id,
        "attempts": notice.attempts,
        "created_at": stamp(notice.created_at),
        "not_before": stamp(notice.not_before),
        "sent_at": stamp(notice.sent_at) if notice.sent_at else None,
        "error": notice.error,
    }
