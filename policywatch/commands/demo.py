"""demo: a made-up marketplace crawled on the loopback, without the internet."""

from pathlib import Path
from typing import Annotated

import typer

from policywatch.terminal import output


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command()(demo)


def demo(folder: Annotated[Path, typer.Argument(help="Where the demo writes its files.")] = Path("demo")) -> None:
    """Watch a small made-up marketplace change over several months; see what is reported and what is not."""
    # The demo brings a web server with it, which no other command needs.
    from policywatch.demo.run import run

    run(folder, say=output.say)
