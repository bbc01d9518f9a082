"""subscribers: who gets which notices, and how often."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer

from diffs.database.archive import Session
from diffs.database.models import Subscriber
from diffs.judging.subscriptions import CADENCES, IMPORTANCES, zone_of
from diffs.store.notices import queueing, subscribers
from notifier.channels.base import CHANNELS
from notifier.outbox.send import shown_address
from notifier.subscribers.links import links_from
from policywatch import context
from policywatch.terminal import output
from policywatch.terminal.help_text import Verbs

from . import subscriber_files
from .arguments import check_category, check_marketplaces, check_pages
from .recipients import reached

_Address = Annotated[str, typer.Argument(help="The address as it was added.")]
_Channel = Annotated[str, typer.Option(help=f"One of {', '.join(CHANNELS)}; by default taken from the address.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    group = Verbs(help="Who gets notices, of what, and how often.")
    for verb, name in ((add, "add"), (list_, "list"), (remove, "remove"), (pause, "pause"), (resume, "resume")):
        group.command(name)(verb)
    group.command("go", hidden=True)(resume)  # its first name
    subscriber_files.register(group)
    app.add_typer(group, name="subscribers")


def add(
    address: Annotated[str, typer.Argument(help="A mail address, or an Apprise URL for chat, or a webhook's URL.")],
    channel: _Channel = "",
    cadence: Annotated[str | None, typer.Option(help="at_once, daily or weekly; daily by default.")] = None,
    marketplace: Annotated[
        list[str] | None, typer.Option(help="Only this marketplace; repeat for more; all removes the restriction.")
    ] = None,
    category: Annotated[
        list[str] | None, typer.Option(help="Only this category; repeat for more; all removes the restriction.")
    ] = None,
    page: Annotated[
        list[str] | None, typer.Option(help="Only this page; repeat for more; all removes the restriction.")
    ] = None,
    importance: Annotated[
        str | None, typer.Option(help="The lowest importance to include: high, medium or low; low by default.")
    ] = None,
    time_zone: Annotated[str | None, typer.Option(help="Such as Europe/Berlin; UTC by default.")] = None,
    name: Annotated[str | None, typer.Option(help="The subscriber's name.")] = None,
    standing: Annotated[
        bool | None,
        typer.Option("--standing/--no-standing", help="This is you: say how your figures compare with new targets."),
    ] = None,
    heartbeat: Annotated[
        bool | None, typer.Option("--heartbeat/--no-heartbeat", help="Also write when nothing changed.")
    ] = None,
    unasked: Annotated[
        bool, typer.Option("--pending", help="Not active before they confirm: policywatch subscribers ask.")
    ] = False,
) -> None:
    """Add a subscriber, or change one's preferences.

    Options you leave out stay as they are. You vouch for the address.
    """
    channel, address = _reached(channel, address, is_new=True)
    if cadence is not None:
        _one_of("--cadence", [cadence], CADENCES)
    if importance is not None:
        _one_of("--importance", [importance], IMPORTANCES)
    if time_zone is not None and zone_of(time_zone).key != time_zone:
        context.wrong_use(f"There is no time zone {time_zone!r}; write it as Europe/Berlin or America/New_York.")
    lists = {"pages": _several(page), "marketplaces": _several(marketplace), "categories": _several(category)}
    for wanted in lists["categories"] or []:
        check_category(wanted)
    plain = {"name": name, "cadence": cadence, "time_zone": time_zone, "importance": importance, "heartbeat": heartbeat}
    wishes = {field: value for field, value in {**lists, **plain}.items() if value is not None}
    with context.archive(create=True) as archive, archive.begin() as session:
        check_pages(session, lists["pages"] or [])
        check_marketplaces(session, lists["marketplaces"] or [])
        now = context.now()
        row = subscribers.add(session, channel=channel, address=address, now=now, confirmed=not unasked, **wishes)
        # Never by the reader's own choice: these are the owner's figures.
        row.standing = row.standing if standing is None else standing
        queueing.fit(session, row, now=now)
    # Only what is stored is reported.
    once = " once confirmed" if row.state == "pending" else ""
    output.say(f"{shown_address(row)} will get notices{once} {row.cadence.replace('_', ' ')}: {_wishes(row)}")
    if channel == "webhook":
        secret = links_from(context.notifier_settings()).webhook_secret(row.key)
        output.say(f"What it gets is signed; the receiver checks that with this secret: {secret}")


def _several(given: list[str] | None) -> list[str] | None:
    """The values of an option that may be repeated; an empty list, which means everything, for `all`."""
    return [] if given and "all" in given else given


def list_(as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False) -> None:
    """All subscribers; addresses that hold secrets are not shown."""
    with context.archive() as archive, archive.read() as session:
        rows = subscribers.listed(session)
    if as_json:
        for row in rows:
            output.as_json(
                {"channel": row.channel, "address": shown_address(row), "name": row.name, "state": row.state}
                | {"cadence": row.cadence, "time_zone": row.time_zone, "wishes": _wishes(row), "standing": row.standing}
                | {"heartbeat": row.heartbeat, "stopped_reason": row.stopped_reason}
            )
        return
    cells = [(r.channel, shown_address(r), r.state, r.cadence, _wishes(r), r.stopped_reason) for r in rows]
    output.table(["channel", "address", "state", "cadence", "wants", "stopped because"], cells)


def remove(
    address: _Address,
    channel: _Channel = "",
) -> None:
    """Remove a subscriber; notices that are still due are dropped."""
    with _named(channel, address) as (session, row):
        shown = shown_address(row)
        subscribers.remove(session, row)
    output.say(f"Removed: {shown}")


def pause(
    address: _Address,
    channel: _Channel = "",
) -> None:
    """Pause a subscriber: due notices wait; changes found while paused are not sent later."""
    with _named(channel, address) as (_, row):
        if row.state not in ("active", "paused"):
            context.wrong_use(f"{shown_address(row)} is {row.state}: there is nothing to pause.")
        subscribers.pause(row)
    output.say(f"Paused: {shown_address(row)}")


def resume(
    address: _Address,
    channel: _Channel = "",
) -> None:
    """Resume a paused subscriber."""
    with _named(channel, address) as (_, row):
        if row.state not in ("active", "paused"):
            why = f" ({row.stopped_reason})" if row.stopped_reason else ""
            remedy = "To activate it on your own responsibility: policywatch subscribers add"
            context.wrong_use(f"{shown_address(row)} is {row.state}{why}, not paused. {remedy}")
        subscribers.confirm(row, now=context.now())
    output.say(f"Resumed: {shown_address(row)}")


@contextmanager
def _named(channel: str, address: str) -> Iterator[tuple[Session, Subscriber]]:
    """A subscriber to be changed, in a transaction; ends the command if there is none."""
    with context.archive() as archive, archive.begin() as session:
        row = subscribers.by_address(session, *_reached(channel, address))
        if row is None:
            context.wrong_use("There is no such subscriber: see policywatch subscribers list.")
        yield session, row


def _reached(channel: str, address: str, *, is_new: bool = False) -> tuple[str, str]:
    try:
        return reached(channel, address, is_new=is_new)
    except ValueError as error:
        context.wrong_use(f"{error}.")


def _one_of(option: str, given: Iterable[str], allowed: Sequence[str]) -> None:
    for value in given:
        if value not in allowed:
            context.wrong_use(f"{option} is one of {', '.join(allowed)}, not {value!r}.")


def _wishes(row: Subscriber) -> str:
    wishes = [*row.marketplaces, *row.categories, *row.pages]
    what = ", ".join(wishes) or "everything"
    return what if row.importance == "low" else f"{what}, {row.importance} importance and above"
