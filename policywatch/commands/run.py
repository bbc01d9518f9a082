"""run, serve: the program that keeps going."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from types import FrameType
from typing import Annotated

import typer

from policywatch import context
from policywatch.service.loop import Schedule, stamped
from policywatch.service.web_server import HOST, PORT, Serving
from policywatch.terminal import output


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command()(run)
    app.command()(serve)


def run(
    web: Annotated[bool, typer.Option("--serve", help="Serve the web pages and feeds too.")] = False,
    host: Annotated[str | None, typer.Option(help="Serve them at this address.")] = None,
    port: Annotated[int | None, typer.Option(help="Serve them on this port.", min=0, max=65_535)] = None,
) -> None:
    """Keep going: look at what is due, tell what changed, until it is stopped (Ctrl-C, SIGTERM)."""
    output.quiet_libraries()
    with _until_stopped() as stop, context.archive() as archive:
        serving = (
            Serving(archive, context.notifier_settings(), host=host or HOST, port=PORT if port is None else port)
            if web or host is not None or port is not None
            else nullcontext()
        )
        with serving as pages:
            _say("policywatch runs. Ctrl-C ends it.")
            if isinstance(pages, Serving):
                _say(f"Web pages and feeds: {pages.url}")
            Schedule(archive, _say, stop).go_on()
    _say("policywatch has ended. What had come is stored.")


def serve(
    host: Annotated[str, typer.Option(help="The address to serve at.")] = HOST,
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.", min=0, max=65_535)] = PORT,
) -> None:
    """Serve the web pages and feeds, and look at nothing."""
    with (
        _until_stopped() as stop,
        context.archive() as archive,
        Serving(archive, context.notifier_settings(), host=host, port=port) as pages,
    ):
        _say(f"Web pages and feeds: {pages.url}  Ctrl-C ends it.")
        stop.wait()
    _say("policywatch has ended.")


@contextmanager
def _until_stopped() -> Iterator[threading.Event]:
    """An event that SIGTERM or Ctrl-C sets; a second one ends the process at once, as the system does it."""
    stop = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def told(number: int, _frame: FrameType | None) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    for number in before:
        signal.signal(number, told)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(line: str) -> None:
    output.say(stamped(line, context.now()))
    sys.stdout.flush()
