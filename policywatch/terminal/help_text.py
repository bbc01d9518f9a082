"""`--help` as plain text that fits the terminal: nothing is cut, and no word is broken, at 40 columns or at 80.

Typer's own way would load Rich for it, and shorten the descriptions of verbs.
"""

import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

#: The longest lines on a wide terminal, and the shortest on a narrow one.
WIDEST, NARROWEST = 80, 40

#: Below this width of the terminal, the meaning of an option begins on the line after its name.
SIDE_BY_SIDE = 60

Rows = Sequence[tuple[str, str]]


def width() -> int:
    """How long lines of help may be, in columns."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size().columns)) - 1


class Command(TyperCommand):
    """A verb whose help fits the terminal, and says in words what to type: `--page KEY`, not `--page <list[str]>`."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        for parameter in self.params:
            _name(parameter)

    def collect_usage_pieces(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """The parts after the verb in its usage line."""
        found = [self.options_metavar] if self.options_metavar else []
        for parameter in self.get_params(ctx):
            if parameter.param_type_name == "argument":
                word = f"{parameter.metavar}{'...' if parameter.nargs != 1 else ''}"
                found.append(word if parameter.required else f"[{word}]")
        return found

    def format_options(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        """Write the verb's arguments and options."""
        _write_parameters(self, ctx, formatter)

    def format_epilog(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        """Write the example."""
        _write_example(self, ctx, formatter)


class Group(TyperGroup):
    """Verbs under a common name, each with the whole sentence that says what it does."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        for parameter in self.params:
            _name(parameter)

    def format_options(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        """Write the verbs, and the group's own options."""
        self.format_commands(ctx, formatter)
        _write_parameters(self, ctx, formatter)

    def format_commands(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        """Write the verbs."""
        found = [(name, command) for name in self.list_commands(ctx) if (command := self.get_command(ctx, name))]
        rows = [(name, sentence(command)) for name, command in found if not command.hidden]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def format_epilog(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        """Write the example."""
        _write_example(self, ctx, formatter)


class Verbs(typer.Typer):
    """Verbs that are registered one by one; their help fits the terminal."""

    def __init__(self, **options: Any) -> None:
        plain = {"cls": Group, "add_completion": False, "rich_markup_mode": None, "no_args_is_help": True}
        # A bug of ours ends with Python's plain traceback: locals may contain passwords.
        super().__init__(**{**plain, "pretty_exceptions_enable": False, **options})

    def command(self, name: str | None = None, **options: Any) -> Callable[[Any], Any]:
        """Register a verb."""
        return super().command(name, **{"cls": Command, **options})


#: What is typed for a parameter of this name; otherwise its name in capitals.
_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("at", "begins", "done", "ends", "on", "since"), "DATE"),
    **dict.fromkeys(("new", "old"), "VERSION"),
    **dict.fromkeys(("key", "page"), "KEY"),
    **dict.fromkeys(("limit", "port", "retry"), "NUMBER"),
    **dict.fromkeys(("category", "name", "owner", "state"), "NAME"),
    **dict.fromkeys(("files", "out", "preview", "report", "watchlist"), "FILE"),
    **dict.fromkeys(("note", "reason", "text", "title"), "TEXT"),
    **dict.fromkeys(("folder", "repository"), "FOLDER"),
    "cadence": "HOW-OFTEN",
    "fetch": "WAY",
    "head": "HASH",
    "importance": "LEVEL",
    "marketplace": "CODE",
    "past": "METRIC",
    "select": "CSS",
    "time_zone": "ZONE",
}


def _name(parameter: Any) -> None:
    """Give a parameter the word that help shows for its value; a switch needs none."""
    if parameter.metavar is not None or getattr(parameter, "is_flag", False):
        return
    shown = str(parameter.display_type(None) or "")
    choices = shown.strip("<>") if "|" in shown else ""
    parameter.metavar = choices or _WORDS.get(parameter.name) or str(parameter.name).upper().replace("_", "-")


def sentence(command: Any) -> str:
    """What a verb does: the first sentence of its help, without the full stop."""
    return str(command.short_help or (command.help or "").partition("\n\n")[0].replace("\n", " "))


def write_rows(formatter: Any, rows: Rows) -> None:
    """Write names and their meanings: side by side or, on a narrow terminal, one below the other."""
    whole = [(name, means.replace("-", _NO_BREAK)) for name, means in rows]
    formatter.write_dl(whole, **({} if formatter.width + 1 >= SIDE_BY_SIDE else {"col_max": 4}))
    formatter.buffer[:] = [piece.replace(_NO_BREAK, "-") for piece in formatter.buffer]


#: A hyphen after which no line may break.
_NO_BREAK = "\u2011"


def plain_rows(command: Any) -> Rows:
    """What a command takes, arguments first, each with its meaning; for the manual."""
    found = _parameters(command, typer.Context(command))
    return [row for rows in found.values() for row in rows]


def _parameters(command: Any, ctx: typer.Context) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
    for parameter in command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record is not None:
            name, means = record
            if parameter.param_type_name == "argument":
                name = str(parameter.metavar)
            found[parameter.param_type_name].append((name, _RANGE.sub("", means)))
    return found


#: A range of numbers as Typer's help writes it, as a formula.
_RANGE = re.compile(r"  \[(?:\d+<=)?x[<>]=\d+\]|; (?:\d+<=)?x[<>]=\d+")


def _write_parameters(command: Any, ctx: typer.Context, formatter: Any) -> None:
    for kind, rows in _parameters(command, ctx).items():
        if rows:
            with formatter.section(f"{kind.capitalize()}s"):
                write_rows(formatter, rows)


def _write_example(command: Any, _ctx: typer.Context, formatter: Any) -> None:
    """Write a line that may be longer than the terminal is wide: it is copied as a whole."""
    if command.epilog:
        formatter.write(f"\nExample:\n  {command.epilog}\n")
