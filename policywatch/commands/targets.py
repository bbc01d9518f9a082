"""targets: the performance targets in force, and those that a text states."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from diffs.reading import boilerplate, extract
from diffs.scorecard.applicable_target import Stated
from diffs.store.targets import ends_on, removed, stated_at
from diffs.targets.extract import extract_targets
from diffs.targets.metrics.known_metrics import label
from diffs.values import Capture, Selection
from diffs.wording import labels
from diffs.wording.targets import held, taken_back
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
        for later in coming:
            output.as_json(_record(later.stated, begins_on=later.effective_on))
        return
    listed = [(*_cells(one), _when(one, _until(one))) for one in found]
    listed += [
        (*_cells(later.stated), _when(later.stated, f"upcoming: from {labels.day(later.effective_on)}"))
        for later in coming
    ]
    if listed and output.console.is_terminal:
        _table(listed)
    elif listed:
        output.table(["marketplace", "metric", "target", "window", "scope", "strength", "page", "when"], listed)
    else:
        output.say("No page that was read states a target.")
    for was in gone:
        if is_one_of(was.page.marketplace, marketplace):
            told = labels.count(was.targets, "target")
            output.warn(f"Not listed: {told} of {was.page.key}: page removed since {labels.day(was.since)}.")


#: Of a target that is in force with no end in sight.
_NOW = "in force"


def _when(one: Stated, when: str) -> str:
    return "; ".join(filter(None, (when, taken_back(one.page, one.withdrawn))))


def _until(one: Stated) -> str:
    last = ends_on(one)
    return f"until {labels.day(last)}" if last else _NOW


def _table(listed: list[tuple[str, ...]]) -> None:
    """Print the targets for a person; when they are in force only where one of them begins later or ends."""
    rows: list[tuple[str, ...]] = [
        (label(metric), target, when, window, scope, strength, marketplace, page)
        for marketplace, metric, target, window, scope, strength, page, when in listed
    ]
    heads = ["metric", "target", "when", "window", "scope", "strength", "marketplace", "page"]
    if all(row[2] == _NOW for row in rows):
        heads, rows = [*heads[:2], *heads[3:]], [(*row[:2], *row[3:]) for row in rows]
    output.table(heads, rows)


def _cells(one: Stated) -> tuple[str, ...]:
    target = one.target
    how = (held(target), target.window or "", target.scope or "", target.strength)
    return (one.marketplace, target.metric, *how, one.page)


def _record(one: Stated, begins_on: date | None = None) -> dict[str, Any]:
    """A target as JSON; `begins_on` is the first day of one that is not yet in force."""
    about = {"page": one.page, "marketplace": one.marketplace, "url": one.url, "version_seq": one.version}
    coming: dict[str, Any] = {
        "upcoming": begins_on is not None,
        "begins_on": begins_on.isoformat() if begins_on else None,
        "withdrawn": [{"page": page, "on": day.isoformat()} for page, day in one.withdrawn],
    }
    return records.target(one.target, **about, **coming, observed_at=records.stamp(one.seen_at))


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
