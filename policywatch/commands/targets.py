"""targets: the performance targets in force, and those that a text states."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from diffs.reading import boilerplate, extract
from diffs.store import targets as stored
from diffs.targets.extract import extract_targets
from diffs.values import Capture, Selection, Target
from policywatch import context
from policywatch.terminal import output, records
from policywatch.terminal.help_text import Verbs

from .arguments import is_of, moment_of

_TYPES = {".html": "html", ".htm": "html", ".txt": "text", ".json": "help-api"}


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    group = Verbs(help="Performance targets in force.", invoke_without_command=True, no_args_is_help=False)
    group.callback()(targets)
    group.command("extract")(extract_)
    app.add_typer(group, name="targets")


def targets(
    ctx: typer.Context,
    at: Annotated[str | None, typer.Option(help="In force at the end of this UTC day.")] = None,
    marketplace: Annotated[str | None, typer.Option(help="Only this marketplace.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Performance targets that the watched pages state."""
    if ctx.invoked_subcommand:
        return
    moment = moment_of(at, end_of_day=True) if at is not None else context.now()
    with context.archive() as archive, archive.read() as session:
        found = [row for row in stored.in_force(session, moment) if is_of(row[0], marketplace)]
    if as_json:
        for page, version, observation, target in found:
            about = {"page": page.key, "marketplace": page.marketplace, "url": page.url, "version_seq": version.seq}
            output.as_json(records.target(target, **about, observed_at=records.stamp(observation.observed_at)))
        return
    if not found:
        output.say("No page that was read states a target.")
        return
    rows = [
        (page.marketplace, t.metric, _written(t), t.window or "", t.scope or "", t.strength, page.key)
        for page, _, _, t in found
    ]
    output.table(["marketplace", "metric", "target", "window", "scope", "strength", "page"], rows)


def _written(target: Target) -> str:
    sign = "%" if target.unit == "percent" else f" {target.unit}"
    if target.comparator == "range" and target.value2 is not None:
        return f"{target.value:g}–{target.value2:g}{sign}"
    return f"{target.comparator} {target.value:g}{sign}"


def extract_(
    file: Annotated[str, typer.Argument(help="A Markdown, HTML or text file, or - for standard input.")],
) -> None:
    """The targets a text states, as JSON lines."""
    path = Path(file)
    try:
        data = sys.stdin.buffer.read() if file == "-" else path.read_bytes()
    except OSError as error:
        context.wrong_use(f"{file} cannot be read: {error.strerror or error}.")
    kind = "markdown" if file == "-" else _TYPES.get(path.suffix.lower(), "markdown")
    if kind == "markdown" and data.lstrip()[:1] == b"<":
        kind = "html"
    extraction = extract.extract(Capture(url="", body=data, media_type=kind), Selection())
    for target in extract_targets(boilerplate.clean(extraction.document).document):
        output.as_json(records.target(target))
