"""run: the program that keeps running."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from policywatch import context
from policywatch.service.loop import Schedule
from policywatch.service.process import say, until_stopped
from policywatch.service.web_server import HOST, PORT, Serving
from policywatch.terminal import output

from .arguments import Quiet


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(run)


def run(
    watchlist: Annotated[
        list[Path] | None, typer.Option(help="A watch-list file, or the name of an included list.")
    ] = None,
    web: Annotated[bool, typer.Option("--serve", help="Serve the web pages and feeds too.")] = False,
    host: Annotated[str | None, typer.Option(help="Serve them at this address.")] = None,
    port: Annotated[int | None, typer.Option(help="Serve them on this port.", min=0, max=65_535)] = None,
    quiet: Quiet = False,
) -> None:
    """Keep going: check what is due, send what is due, until it is stopped (Ctrl-C, SIGTERM)."""
    context.only_known_settings()
    output.quiet_libraries()
    with until_stopped() as stop, context.archive(create=True) as archive:
        serving = (
            Serving(archive, context.notifier_settings(), host=host or HOST, port=PORT if port is None else port)
            if web or host is not None or port is not None
            else nullcontext()
        )
        with serving as pages:
            if not quiet:
                say("policywatch is running. Ctrl-C stops it.")
                if isinstance(pages, Serving):
                    say(f"Web pages and feeds: {pages.url}")
            Schedule(archive, say, stop, quiet=quiet, watchlists=watchlist or []).go_on()
    if not quiet:
        say("policywatch has stopped. Everything fetched so far is saved.")
