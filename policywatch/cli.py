"""The command line: `policywatch VERB`. Verbs live in modules of `policywatch.commands`, loaded when they are used."""

import sys
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn

import typer

from diffs.errors import ArchiveError, PolicywatchError, SettingsError

from .terminal import help_text, streams
from .verbs import EXAMPLES, GROUPS, Verb


class Later(help_text.Command):
    """A verb by its name and its sentence; the verb itself is loaded when it is used."""

    def __init__(self, verb: Verb) -> None:
        super().__init__(verb.name, short_help=verb.does)
        self.verb = verb

    def make_context(self, info_name: Any, args: Any, parent: Any = None, **extra: Any) -> Any:
        """The context of the verb itself."""
        return self.load().make_context(info_name, args, parent, **extra)

    def load(self) -> Any:
        """The verb itself, with its parameters."""
        app = help_text.Verbs()
        app.callback()(_no_options)  # with a callback it stays a group, even with a single verb
        import_module(self.verb.home).register(app)
        command = typer.main.get_group(app).commands[self.verb.name]
        command.epilog = self.verb.example
        for name, inner in getattr(command, "commands", {}).items():
            inner.epilog = EXAMPLES.get(f"{self.verb.name} {name}")
        return command


class _AllVerbs(help_text.Group):
    """All verbs, in the order in which a new user needs them."""

    def __init__(self, **options: Any) -> None:
        commands = {verb.name: Later(verb) for verbs in GROUPS.values() for verb in verbs}
        super().__init__(**{**options, "commands": commands})

    def format_commands(self, _ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        for heading, verbs in GROUPS.items():
            with formatter.section(heading):
                formatter.write_dl([(verb.name, verb.does) for verb in verbs])

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        try:
            try:
                return super().invoke(ctx)
            finally:
                streams.finish()
        except KeyboardInterrupt:
            _warn("Stopped. Everything fetched so far is saved.")
            raise typer.Exit(130) from None
        except BrokenPipeError:
            streams.let_go()  # nothing is wrong (as with `| head`)
            raise typer.Exit(0) from None


app = help_text.Verbs(
    cls=_AllVerbs,
    name="policywatch",
    help="Watch marketplace policies: report real changes, filter out noise.\n\n"
    "Not affiliated with Amazon. No legal advice. The English text binds.\n\n"
    "policywatch COMMAND --help explains a command and what it takes.",
    add_completion=True,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"policywatch {version('policywatch')}")
        except PackageNotFoundError:
            typer.echo("policywatch (not installed)")
        raise typer.Exit


@app.callback()
def _options(
    _show: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version and exit."),
) -> None:
    """Do nothing: options are handled by their callbacks."""


def _no_options() -> None:
    """Declare a group that takes no options of its own."""


def main() -> None:
    """Run the command line; our own errors end with a sentence and an exit code, never with a traceback."""
    streams.prepare()
    try:
        app(prog_name="policywatch", terminal_width=help_text.width())
    except PolicywatchError as error:
        from diffs.wording.failures import in_full

        from .context import CANNOT_WORK, FAILURES

        _warn(f"policywatch: {in_full(error)}")
        sys.exit(CANNOT_WORK if isinstance(error, ArchiveError | SettingsError) else FAILURES)
    except (OSError, MemoryError, RuntimeError) as error:
        said = streams.machine_trouble(error)
        if not said:
            raise
        _end_without(said)


def _end_without(said: str) -> NoReturn:
    """End the program if the machine lacks what it needs; even printing the message may need too much."""
    with suppress(OSError, MemoryError):
        streams.let_go()
    with suppress(OSError, MemoryError):
        sys.stderr.write(f"policywatch: {said}\n")
        sys.stderr.flush()
    sys.exit(3)


def _warn(text: str) -> None:
    from .terminal.output import warn  # loads Rich

    warn(text)
