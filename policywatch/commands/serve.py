"""serve: the web pages and feeds."""

from typing import Annotated

import typer

from policywatch import context
from policywatch.service.process import say, until_stopped
from policywatch.service.web_server import HOST, PORT, Serving


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(serve)


def serve(
    host: Annotated[str, typer.Option(help="The address to serve at.")] = HOST,
    port: Annotated[int, typer.Option(help="The port; 0 picks a free one.", min=0, max=65_535)] = PORT,
) -> None:
    """Serve the web pages and feeds; fetches nothing."""
    context.only_known_settings()
    with (
        until_stopped() as stop,
        context.archive() as archive,
        Serving(archive, context.notifier_settings(), host=host, port=port) as pages,
    ):
        say(f"Web pages and feeds: {pages.url}  Ctrl-C stops it.")
        stop.wait()
    say("policywatch has stopped.")
