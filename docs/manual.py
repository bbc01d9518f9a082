"""Write the manual page policywatch(1), made from the commands themselves.

    .venv/bin/python docs/manual.py [FILE]      docs/policywatch.1 where no file is named

`make build` puts it into the wheel, so that `man policywatch` finds it beside the program.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from policywatch.cli import Later, app
from policywatch.terminal.help_text import plain_rows
from policywatch.verbs import GROUPS

#: How the program ends (docs/commands.md).
EXITS = {
    "0": "done",
    "1": "done with failures: some pages could not be read, some notices not sent",
    "2": "wrong use",
    "3": "cannot work: the archive or the settings",
    "130": "ended by Ctrl-C; everything fetched so far is saved",
}

FILES = {
    "policywatch.toml": "Settings, in the folder where policywatch is run.",
    "policywatch-data/": "The archive and what belongs to it.",
}


def page() -> str:
    """The manual in the man macros of roff."""
    lines = ['.TH POLICYWATCH 1 "" "policywatch" "User commands"', ".SH NAME"]
    lines += ["policywatch \\- watch marketplace policies and report what changed", ".SH SYNOPSIS"]
    lines += [".B policywatch", ".I command", "[", ".I options", "]", ".SH DESCRIPTION"]
    root = typer.main.get_command(app)
    for paragraph in str(root.help).split("\n\n"):
        lines += [".PP", text(paragraph)]
    for heading, verbs in GROUPS.items():
        lines.append(f".SH {text(heading.upper())}")
        for verb in verbs:
            lines += command(Later(verb).load(), f"policywatch {verb.name}")
    lines += [".SH EXIT STATUS", *terms(EXITS.items())]
    lines += [".SH ENVIRONMENT", "Every setting may be given as POLICYWATCH_ and its name in capitals;"]
    lines += ["policywatch doctor \\-\\-settings lists them all.", ".SH FILES", *terms(FILES.items())]
    return "\n".join(lines) + "\n"


def command(found: Any, path: str) -> Iterator[str]:
    """A command with its options and its example, and the commands within it."""
    inner = getattr(found, "commands", {})
    if not inner or found.invoke_without_command:
        yield f".SS {text(path)}"
        yield from (line for part in str(found.help).split("\n\n") for line in (".PP", text(part)))
        yield from terms(plain_rows(found))
        if found.epilog:
            yield from (".PP", "Example:", ".PP", ".nf", f".RS 4\n{text(found.epilog)}\n.RE", ".fi")
    for name, below in inner.items():
        if not below.hidden:
            yield from command(below, f"{path} {name}")


def terms(rows: Any) -> Iterator[str]:
    """Names and what they mean."""
    for name, meaning in rows:
        yield from (".TP", f".B {text(name)}", text(meaning))


def text(words: str) -> str:
    """Words that mean nothing to roff: backslashes and hyphens as they are, no line that begins like a request."""
    plain = re.sub(r"\s+", " ", words).strip().replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain[:1] in {".", "'"} else plain


def main(arguments: list[str]) -> int:
    """Write the page; 0."""
    file = Path(arguments[0]) if arguments else ROOT / "docs" / "policywatch.1"
    file.write_text(page(), encoding="utf-8")
    print(f"{file} written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
