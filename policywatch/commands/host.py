"""host: what was requested from each site, and which sites are left alone."""

from typing import Annotated

import typer

from crawler.settings import crawl_settings, host_named
from diffs.store import hosts as stored
from diffs.wording import labels
from policywatch import context
from policywatch.doctor import hosts
from policywatch.terminal import output
from policywatch.terminal.help_text import Verbs

Named = Annotated[str, typer.Argument(help="The host, or the address of one of its pages.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    group = Verbs(help="The sites we contact: how often, how slowly, and which are switched off.")
    group.command("list")(list_)
    group.command()(off)
    group.command()(on)
    group.command()(wake)
    app.add_typer(group, name="host")


def list_(as_json: Annotated[bool, typer.Option("--json", help="One JSON object per host.")] = False) -> None:
    """Every host: last request, gap, today's requests, rest, off switch, robots.txt."""
    with context.archive() as archive, archive.read() as session:
        found = hosts.states(session, crawl_settings(), now=context.now())
    if as_json:
        for state in found:
            output.as_json(hosts.as_json(state))
    elif found:
        output.table(hosts.COLUMNS, map(hosts.cells, found))
    else:
        output.say("No host has been contacted yet.")


def off(host: Named, reason: Annotated[str, typer.Option(help="Why, for later.")] = "") -> None:
    """Stop all requests to a host, from every worker, until you switch it on."""
    name = _host(host)
    with context.archive() as archive:
        with archive.begin() as session:
            stored.switch_off(session, name, at=context.now(), reason=output.safe(reason))
        with archive.read() as session:
            count = sum(
                state.pages
                for state in hosts.states(session, crawl_settings(), now=context.now())
                if state.host == name
            )
    watched = labels.count(count, "watched page")
    output.say(f"{name} is switched off ({watched}). policywatch host on {name} switches it on again.")


def on(host: Named) -> None:
    """Allow requests to a host again."""
    name = _host(host)
    with context.archive() as archive, archive.begin() as session:
        was_off = stored.switch_on(session, name)
    output.say(f"{name} is switched on." if was_off else f"{name} was not switched off.")
    if name in crawl_settings().hosts_off:
        output.warn(f"{name} stays off: the setting hosts_off names it.")
        raise typer.Exit(context.FAILURES)


def wake(host: Named) -> None:
    """End a host's pause early, once you are sure that it was a mistake."""
    name = _host(host)
    with context.archive() as archive, archive.begin() as session:
        rested = name in stored.resting(session, now=context.now())
        stored.wake(session, name)
    output.say(f"{name} is no longer paused: the next crawl fetches from it." if rested else f"{name} was not paused.")


def _host(given: str) -> str:
    try:
        return host_named(given.strip().lower())
    except ValueError as error:
        context.wrong_use(f"{error}.")
