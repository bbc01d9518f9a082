"""subscribers: who wants to be told what, and how often."""

from collections.abc import Iterable, Sequence
from typing import Annotated

import typer

from diffs.database.archive import Session
from diffs.database.models import Subscriber
from diffs.judging.subscriptions import CADENCES, IMPORTANCES, zone_of
from diffs.store import pages
from diffs.store.notices import queueing
from diffs.store.notices import subscribers as stored
from notifier.outbox.send import shown_address
from notifier.subscribers.links import links_from
from policywatch import context
from policywatch.terminal import output
from policywatch.terminal.help_text import Verbs

from . import subscriber_files
from .arguments import check_category, nearest
from .recipients import reached

_Address = Annotated[str, typer.Argument(help="The address as it was added.")]
_Channel = Annotated[str, typer.Option(help="email, apprise or webhook; found out when not given.")]


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
    cadence: Annotated[str, typer.Option(help="at_once, daily or weekly.")] = "daily",
    marketplace: Annotated[list[str] | None, typer.Option(help="Only this marketplace; repeat for more.")] = None,
    category: Annotated[list[str] | None, typer.Option(help="Only this category; repeat for more.")] = None,
    page: Annotated[list[str] | None, typer.Option(help="Only this page; repeat for more.")] = None,
    importance: Annotated[str, typer.Option(help="The least importance: high, medium or low.")] = "low",
    time_zone: Annotated[str, typer.Option(help="Such as Europe/Berlin.")] = "UTC",
    name: Annotated[str, typer.Option(help="How the subscriber is called.")] = "",
    standing: Annotated[
        bool, typer.Option("--standing", help="This is you: say how your own figures stand to a new target.")
    ] = False,
    heartbeat: Annotated[
        bool, typer.Option("--heartbeat", help="Tell them too when nothing changed, and what was looked at.")
    ] = False,
    unasked: Annotated[
        bool, typer.Option("--pending", help="Not active before they confirm: policywatch subscribers ask.")
    ] = False,
) -> None:
    """Add a subscriber, or change what one wants. You answer for the address: it is active at once."""
    channel, address = _reached(channel, address, is_new=True)
    _one_of("--cadence", [cadence], CADENCES)
    _one_of("--importance", [importance], IMPORTANCES)
    for wanted in category or []:
        check_category(wanted)
    if zone_of(time_zone).key != time_zone:
        context.wrong_use(f"There is no time zone {time_zone!r}; write it as Europe/Berlin or America/New_York.")
    with context.archive(create=True) as archive, archive.begin() as session:
        _say_what_is_unknown(session, page or [], marketplace or [])
        row = stored.add(
            session,
            channel=channel,
            address=address,
            now=context.now(),
            confirmed=not unasked,
            name=name,
            cadence=cadence,
            time_zone=time_zone,
            pages=page or [],
            marketplaces=marketplace or [],
            categories=category or [],
            importance=importance,
            heartbeat=heartbeat,
        )
        # Never by the reader's own choice: these are the owner's figures.
        row.standing = standing
        queueing.fit(session, row, now=context.now())
        once = " once confirmed" if row.state == "pending" else ""
        output.say(f"{shown_address(row)} will be told{once} {cadence.replace('_', ' ')}: {_wishes(row)}")
        if channel == "webhook":
            secret = links_from(context.notifier_settings()).webhook_secret(row.key)
            output.say(f"What it gets is signed; the receiver checks that with this secret: {secret}")


def list_(as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False) -> None:
    """All subscribers; addresses that hold secrets are not shown."""
    with context.archive() as archive, archive.read() as session:
        rows = stored.listed(session)
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
    with context.archive() as archive, archive.begin() as session:
        row = _named(session, channel, address)
        shown = shown_address(row)
        stored.remove(session, row)
    output.say(f"Removed: {shown}")


def pause(
    address: _Address,
    channel: _Channel = "",
) -> None:
    """Tell a subscriber nothing until `resume`; what is due waits, what happens meanwhile is not told."""
    with context.archive() as archive, archive.begin() as session:
        row = _named(session, channel, address)
        if row.state not in ("active", "paused"):
            context.wrong_use(f"{shown_address(row)} is {row.state}: there is nothing to pause.")
        stored.pause(row)
    output.say(f"Paused: {shown_address(row)}")


def resume(
    address: _Address,
    channel: _Channel = "",
) -> None:
    """Tell a paused subscriber again."""
    with context.archive() as archive, archive.begin() as session:
        row = _named(session, channel, address)
        if row.state not in ("active", "paused"):
            why = f" ({row.stopped_reason})" if row.stopped_reason else ""
            remedy = "policywatch subscribers add makes it active: you answer for that."
            context.wrong_use(f"{shown_address(row)} is {row.state}{why}, not paused; {remedy}")
        stored.confirm(row, now=context.now())
    output.say(f"Told again: {shown_address(row)}")


def _named(session: Session, channel: str, address: str) -> Subscriber:
    channel, address = _reached(channel, address)
    row = stored.by_address(session, channel, address)
    if row is None:
        context.wrong_use("There is no such subscriber: see policywatch subscribers list.")
    return row


def _reached(channel: str, address: str, *, is_new: bool = False) -> tuple[str, str]:
    try:
        return reached(channel, address, is_new=is_new)
    except ValueError as error:
        context.wrong_use(f"{error}.")


def _one_of(option: str, given: Iterable[str], allowed: Sequence[str]) -> None:
    for value in given:
        if value not in allowed:
            context.wrong_use(f"{option} is one of {', '.join(allowed)}, not {value!r}.")


def _say_what_is_unknown(session: Session, keys: Iterable[str], marketplaces: Iterable[str]) -> None:
    """A page may be watched later, so a name nobody knows is no error; a mistyped one would be told nothing, ever."""
    known = pages.listed(session)
    for key in sorted(set(keys) - {page.key for page in known}):
        near = nearest(key, (page.key for page in known)) or "none"
        output.warn(f"Note: the archive has no page {key!r} yet. Pages here: {near}.")
    codes = {code.strip().casefold() for page in known for code in page.marketplace.split(",")}
    for code in marketplaces:
        if code.casefold() not in codes:
            output.warn(f"Note: the archive has no page of the marketplace {code!r} yet.")


def _wishes(row: Subscriber) -> str:
    wishes = [*row.marketplaces, *row.categories, *row.pages]
    what = ", ".join(wishes) or "everything"
    return what if row.importance == "low" else f"{what}, {row.importance} importance and above"
