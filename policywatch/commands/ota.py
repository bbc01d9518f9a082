"""watchlist import-ota: Open Terms Archive declarations as a watch-list."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from crawler.watchlist.declarations import Missing, taken
from crawler.watchlist.editing import entry_text, free_key, on_one_line
from crawler.watchlist.watchlists import WatchedPage
from diffs.wording import labels
from policywatch import context
from policywatch.terminal import output

_HEAD = """\
# Taken over from Open Terms Archive declarations: policywatch watchlist import-ota
# Entries that could not be taken over completely are switched off; their note says what is missing.
"""


@dataclass(slots=True)
class _Import:
    """What has been read so far."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    lost: int = 0


def import_ota(
    source: Annotated[Path, typer.Argument(help="A declaration, or a folder of them.")],
    out: Annotated[
        Path | None, typer.Option("--output", "-o", help="The watch-list to write; by default it is printed.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the watch-list.")] = False,
) -> None:
    """Turn Open Terms Archive declarations into a watch-list, and list what could not be converted."""
    if not source.exists():
        context.wrong_use(f"There is no {source}.")
    if out is not None and out.exists() and not force:
        context.wrong_use(f"{out} already exists. Name another file, or use --force.")
    files, ignored = _declarations(source)
    if not files:
        context.wrong_use(f"{source} has no declarations: files named *.json, as in the folder declarations.")
    found = _Import()
    for file in files:
        _read(found, file)
    for name in ignored:
        output.warn(f"{name}: ignored, it is the history of a declaration.")
    text = "\n".join([_HEAD, *map(entry_text, found.entries)])
    on = sum(entry.get("enabled", True) for entry in found.entries)
    if out is None:
        sys.stdout.write(text)
    else:
        context.written(out, text.encode())
        output.say(f"{out}: {labels.count(len(found.entries), 'page')}, {on} switched on.")
        output.say(f"Next: policywatch watchlist check {out} --probe")
    if found.lost:
        raise typer.Exit(context.FAILURES)


def _declarations(source: Path) -> tuple[list[Path], list[Path]]:
    """The declarations in a folder, or in its `declarations`, and those among them that are histories."""
    if source.is_file():
        all_ = [source]
    else:
        inner = source / "declarations"
        all_ = sorted((inner if inner.is_dir() else source).glob("*.json"))
    histories = [file for file in all_ if file.name.endswith(".history.json")]
    return [file for file in all_ if file not in histories], histories


def _read(found: _Import, file: Path) -> None:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror or error if isinstance(error, OSError) else "it is not in UTF-8"
        _say(found, file, [Missing("", f"it cannot be read: {reason}.")])
        return
    declared = taken(text, service=file.name.removesuffix(".json"))
    _say(found, file, declared.missing)
    for fields in declared.entries:
        fields["key"] = free_key(fields["key"], found.keys)
        try:
            WatchedPage.model_validate(fields)
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0]) if first["loc"] else "entry"
            reason = f"left out: {name}: {first['msg'].removeprefix('Value error, ')}."
            _say(found, file, [Missing(fields["title"], reason)])
            continue
        found.keys.add(fields["key"])
        found.entries.append(fields)


def _say(found: _Import, file: Path, missing: Iterable[Missing]) -> None:
    for one in missing:
        found.lost += one.lost
        terms = f"{one.terms}: " if one.terms else ""
        output.warn(on_one_line(f"{file}: {terms}{one.reason}"))
