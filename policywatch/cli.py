"""The command line: `policywatch VERB`. Each verb lives in `policywatch.commands`."""

import os
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import typer
from typer.core import TyperGroup

from diffs.errors import ArchiveError, PolicywatchError, SettingsError

from .commands import (
    change,
    changes,
    crawl,
    demo,
    discover,
    doctor,
    explain,
    feed,
    host,
    import_,
    note,
    notices,
    notify,
    run,
    scorecard,
    subscriber_files,
    subscribers,
    targets,
    verify,
    watchlist,
)
from .context import CANNOT_WORK, FAILURES
from .terminal.output import warn


class _Verbs(TyperGroup):
    """Verbs are listed in the order in which a new user meets them. A reader of our output may go when he likes."""

    def list_commands(self, _ctx: typer.Context) -> list[str]:  # type: ignore[override]
        return list(self.commands)

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except KeyboardInterrupt:
            warn("Stopped. What had come is stored.")
            raise typer.Exit(130) from None
        except BrokenPipeError:
            # Nothing is wrong (as with `| head`). What is still buffered must go somewhere when the process ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None


app = typer.Typer(
    cls=_Verbs,
    name="policywatch",
    help="Watch marketplace policies: every real change told, noise never.\n\n"
    "Not affiliated with Amazon. No legal advice. The English text binds.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals may hold passwords
    add_completion=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        try:
            typer.echo(f"policywatch {version('policywatch')}")
        except PackageNotFoundError:
            typer.echo("policywatch (not installed)")
        raise typer.Exit


@app.callback()
def _options(
    _show: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version and end."),
) -> None:
    """Nothing to do: options are handled by their callbacks."""


for module in (
    doctor,
    demo,
    watchlist,
    discover,
    crawl,
    run,
    host,
    import_,
    changes,
    change,
    note,
    explain,
    targets,
    scorecard,
    feed,
    subscribers,
    subscriber_files,
    notify,
    notices,
    verify,
):
    module.register(app)


def main() -> None:
    """Run the command line; errors of ours end with a sentence and an exit code, never with a traceback."""
    try:
        app()
    except (ArchiveError, SettingsError) as error:
        warn(f"policywatch: {error}")
        sys.exit(CANNOT_WORK)
    except PolicywatchError as error:
        warn(f"policywatch: {error}")
        sys.exit(FAILURES)
