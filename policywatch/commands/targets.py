"""targets: the performance targets in force, and those that a text states."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from diffs.reading import boilerplate, extract
from diffs.scorecard.applicable_target import Stated
from diffs.store.targets import ends_on, removed, stated_at
from diffs.targets.extract import extract_targets
from diffs.targets.metrics.known_metrics import label
from diffs.values import Capture, Selection, Target
from diffs.wording import labels
from diffs.wording.targets import held
from policywatch import context
from policywatch.terminal import output, records
from policywatch.terminal.help_text import Verbs

from .arguments import is_one_of, moment_of, unwatched

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
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """Performance targets that the watched pages state."""
    if ctx.invoked_subcommand:
        return
    moment = moment_of(at, end_of_day=True) if at is not None else context.now()
    with context.archive() as archive, archive.read() as session:
        unwatched(session, [marketplace] if marketplace is not None else [])
        binding, announced = stated_at(session, moment)
        gone = removed(session, moment)
    found = [one for one in binding if is_one_of(one.marketplace, marketplace)]
    coming = [later for later in announced if is_one_of(later.stated.marketplace, marketplace)]
    if as_json:
        for one in found:
            output.as_json(_record(one))
        return
    if found and output.console.is_terminal:
        output.table(["metric", "target", "window", "scope", "strength", "marketplace", "page"], map(_in_words, found))
    elif found:
        output.table(["marketplace", "metric", "target", "window", "scope", "strength", "page"], map(_cells, found))
    else:
        output.say("No page that was read states a target.")
    for was in gone:
        if is_one_of(was.page.marketplace, marketplace):
            told = labels.count(was.targets, "target")
            output.warn(f"Not listed: {told} of {was.page.key}: page removed since {labels.day(was.since)}.")
    _say_ends(found)
    for later in coming:
        output.warn(f"From {labels.day(later.effective_on)} ({later.stated.page}): {_named(later.stated.target)}")


def _say_ends(found: list[Stated]) -> None:
    """Print which of the targets in force end, and when."""
    for one in found:
        if last := ends_on(one):
            output.warn(f"Until {labels.day(last)} ({one.page}): {_named(one.target)}")


def _named(target: Target) -> str:
    return f"{label(target.metric)} {held(target)}{f' ({target.scope})' if target.scope else ''}"


def _in_words(one: Stated) -> tuple[str, ...]:
    marketplace, metric, *how, page = _cells(one)
    return (label(metric), *how, marketplace, page)


def _cells(one: Stated) -> tuple[str, ...]:
    target = one.target
    how = (held(target), target.window or "", target.scope or "", target.strength)
    return (one.marketplace, target.metric, *how, one.page)


def _record(one: Stated) -> dict[str, Any]:
    about = {"page": one.page, "marketplace": one.marketplace, "url": one.url, "version_seq": one.version}
    return records.target(one.target, **about, observed_at=records.stamp(one.seen_at))


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
