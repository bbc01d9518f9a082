"""stop, go: halt all requests from this machine at once, and resume."""

from typing import Annotated

import typer

from crawler.settings import crawl_settings
from diffs.private_files import private_folder
from policywatch import context
from policywatch.terminal import output


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command()(stop)
    app.command()(go)


def stop(reason: Annotated[str, typer.Option(help="Why, for later.")] = "") -> None:
    """Halt all requests from this machine at once: a running crawl ends within seconds, and no new one starts."""
    path = crawl_settings().stop_file
    try:
        private_folder(path.parent)
    except OSError as error:
        context.wrong_use(f"{path.parent} cannot be created: {error.strerror or error}.")
    context.written(path, f"{context.now():%Y-%m-%d %H:%M} UTC {output.safe(reason)}".strip().encode() + b"\n")
    output.say(f"Stopped: nothing is requested while {path} exists. policywatch go removes it.")


def go() -> None:
    """Allow requests again: removes the stop file."""
    path = crawl_settings().stop_file
    was_there = path.exists()
    path.unlink(missing_ok=True)
    output.say("Requests are allowed again." if was_there else "Nothing was stopped.")
