"""subscribers: who wants to be told what, and how often."""

from typing import Annotated

import typer

from diffs.models import Subscriber
from diffs.store import subscribers as stored
from notifier.outbox import shown_address
from notifier.subscribers import email_address
from policywatch import context, output

_CADENCES = ("at_once", "daily", "weekly")
_IMPORTANCE = ("high", "medium", "low")


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    group = typer.Typer(help="Who wants to be told what, and how often.", no_args_is_help=True)
    group.command()(add)
    group.command("list")(list_)
    group.command()(remove)
    app.add_typer(group, name="subscribers")


def add(
    address: Annotated[str, typer.Argument(help="A mail address, or an Apprise URL for chat, or a webhook's URL.")],
    channel: Annotated[str, typer.Option(help="email, apprise or webhook; found out when not given.")] = "",
    cadence: Annotated[str, typer.Option(help="at_once, daily or weekly.")] = "daily",
    marketplace: Annotated[list[str] | None, typer.Option(help="Only this marketplace; repeat for more.")] = None,
    category: Annotated[list[str] | None, typer.Option(help="Only this category; repeat for more.")] = None,
    page: Annotated[list[str] | None, typer.Option(help="Only this page; repeat for more.")] = None,
    importance: Annotated[str, typer.Option(help="The least importance: high, medium or low.")] = "low",
    time_zone: Annotated[str, typer.Option(help="Such as Europe/Berlin.")] = "UTC",
    name: Annotated[str, typer.Option(help="How the subscriber is called.")] = "",
) -> None:
    """Add a subscriber. You answer for the address: it is active at once."""
    if cadence not in _CADENCES:
        context.wrong_use(f"--cadence is one of {', '.join(_CADENCES)}.")
    if importance not in _IMPORTANCE:
        context.wrong_use(f"--importance is one of {', '.join(_IMPORTANCE)}.")
    channel = channel or ("apprise" if "://" in address else "email")
    if channel == "email":
        try:
            address = email_address(address)
        except ValueError as error:
            context.wrong_use(f"{address}: {error}.")
    with context.archive() as archive, archive.begin() as session:
        row = stored.add(
            session,
            channel=channel,
            address=address,
            now=context.now(),
            confirmed=True,
            name=name,
            cadence=cadence,
            time_zone=time_zone,
            pages=page or [],
            marketplaces=marketplace or [],
            categories=category or [],
            importance=importance,
        )
        output.say(f"{shown_address(row)} will be told {cadence.replace('_', ' ')}: {_wishes(row)}")


def list_(as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False) -> None:
    """All subscribers; addresses that hold secrets are not shown."""
    with context.archive() as archive, archive.read() as session:
        rows = stored.listed(session)
    if as_json:
        for row in rows:
            output.as_json(
                {"channel": row.channel, "address": shown_address(row), "name": row.name, "state": row.state}
                | {"cadence": row.cadence, "wishes": _wishes(row), "stopped_reason": row.stopped_reason}
            )
        return
    cells = [(r.channel, shown_address(r), r.state, r.cadence, _wishes(r), r.stopped_reason) for r in rows]
    output.table(["channel", "address", "state", "cadence", "wants", "stopped because"], cells)


def remove(
    address: Annotated[str, typer.Argument(help="The address as it was added.")],
    channel: Annotated[str, typer.Option(help="email, apprise or webhook; found out when not given.")] = "",
) -> None:
    """Remove a subscriber; notices that are still due are dropped."""
    channel = channel or ("apprise" if "://" in address else "email")
    with context.archive() as archive, archive.begin() as session:
        row = stored.by_address(session, channel, address)
        if row is None:
            context.wrong_use("There is no such subscriber: see policywatch subscribers list.")
        shown = shown_address(row)
        stored.remove(session, row)
    output.say(f"Removed: {shown}")


def _wishes(row: Subscriber) -> str:
    wishes = [*row.marketplaces, *row.categories, *row.pages]
    what = ", ".join(wishes) or "everything"
    return what if row.importance == "low" else f"{what}, {row.importance} importance and above"
