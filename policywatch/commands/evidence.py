"""evidence: a page's text on a date with the answer it was read from, so that others can check it."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from diffs.database.archive import Session
from diffs.database.models import Observation, Snapshot, Version
from diffs.store import chain, snapshots, versions
from diffs.store.evidence import since
from policywatch import context
from policywatch.terminal import check_evidence, output, records
from policywatch.terminal.diff import Side, heading
from policywatch.terminal.read_times import Reading, as_record, notes, reading

from .arguments import moment_of, page_named
from .show import coming

#: How the file of an answer ends, by its kind.
ENDINGS = {"html": "html", "markdown": "md", "text": "txt", "help-api": "json", "feed": "xml"}


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(evidence)


def evidence(
    page: Annotated[str, typer.Argument(help="The page's key.")],
    folder: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="A new folder to write into.")],
    at: Annotated[str | None, typer.Option(help="The text at the end of this UTC day, or at this time.")] = None,
) -> None:
    """Write what a page said on a date, the answer it was read from, and the chain of hashes, into a folder."""
    moment = moment_of(at, end_of_day=True) if at is not None else context.now()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        context.wrong_use(f"{folder} already exists. Name a new folder.")
    with context.archive() as archive, archive.read() as session:
        row = page_named(session, page)
        found = reading(session, row, moment)
        if found is None:
            context.wrong_use(f"Nothing was read of {page} up to {moment:%Y-%m-%d %H:%M} UTC.")
        said = notes(found)
        files = _files(session, found, said)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        context.wrong_use(f"{folder} cannot be made: {error.strerror or error}.")
    for name, data in files.items():
        context.written(folder / name, data)
    for line in said:
        output.prose(line, "bold")
    output.say(f"Written to {folder}: {', '.join(files)}.")
    output.say(f"Anybody with Python can check it: python3 {folder / 'check.py'}")


def _files(session: Session, found: Reading, said: list[str]) -> dict[str, bytes]:
    """The files by name; `said` is what a reader of the text must know first."""
    page, version, look = found.page, found.version, found.look
    check, answer = _rows(session, version, look)
    side = Side("", version, found.spells, found.unread)
    head = [*heading(page, side), *said, *coming(session, page, version, look.observed_at)]
    text = versions.document_of(session, version).shown.rstrip()
    name = f"answer.{ENDINGS.get(answer.media_type, 'bin')}"
    record = {
        "page": page.key,
        "title": page.title,
        "url": page.url,
        "checked_at": records.stamp(look.observed_at),
        "asked_for": records.stamp(found.moment),
        "outcome": look.outcome,
        "not_known": said,
        "version": records.version(version) | as_record(found),
        "answer_file": name,
        "answer_row": chain.fields(answer, page.key),
        "check_row": chain.fields(check, page.key),
        "head": chain.head(session),
    }
    first = answer if answer.id < check.id else check
    rows = [{"row": chain.fields(snapshot, key), "hash": snapshot.row_hash} for snapshot, key in since(session, first)]
    return {
        "text.txt": "\n".join([*head, "", text, ""]).encode(),
        name: snapshots.body_of(session, answer),
        "record.json": _json(record, indent=2),
        "chain.jsonl": b"".join(map(_json, rows)),
        "check.py": Path(check_evidence.__file__).read_bytes(),
    }


def _rows(session: Session, version: Version, look: Observation) -> tuple[Snapshot, Snapshot]:
    """The fetch that showed the text then, and the one whose answer has it: "not modified" comes without bytes."""
    check, first = session.get(Snapshot, look.snapshot_id), session.get(Snapshot, version.snapshot_id)
    if check is None or first is None:
        context.wrong_use("A fetch that the archive refers to is missing. Run policywatch verify.")
    return check, check if check.body_sha256 else first


def _json(value: Any, indent: int | None = None) -> bytes:
    return f"{json.dumps(value, indent=indent, ensure_ascii=False)}\n".encode()
