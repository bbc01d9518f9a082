"""Import folders of saved pages into the archive, through the same steps as a crawl.

Each look stands for itself, with the time recorded. Running an import again, or in parts, changes nothing.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from crawler.pages import WatchedPage
from diffs import engine
from diffs.database import Archive
from diffs.document import Capture
from diffs.errors import ArchiveError, WatchlistError
from diffs.models import Page
from diffs.store import bodies, pages, snapshots

from . import saved
from .saved import SavedLook, SavedPage

log = logging.getLogger(__name__)

#: Looks that are stored, then judged, in one go.
BATCH = 200
SOURCE = "folder"

Progress = Callable[[str, int, int], None]


@dataclass
class Imported:
    """What an import did: pages and looks taken in, looks that were there already, and problems by file and line."""

    pages: int = 0
    looks: int = 0
    known: int = 0
    problems: list[str] = field(default_factory=list)


def import_folder(archive: Archive, folder: Path, *, now: datetime, progress: Progress | None = None) -> Imported:
    """Import every page below `folder`; `now` (UTC) is when the rows are stored.

    `progress` is called with page key, looks done and looks in all. Problems are collected, the rest goes on.
    Raises WatchlistError when there is no such folder, ArchiveError when the archive is unusable.
    """
    done = Imported()
    for page in saved.pages_in(folder):
        import_page(archive, page, done, now=now, progress=progress)
    return done


def import_page(
    archive: Archive, page: SavedPage, done: Imported, *, now: datetime, progress: Progress | None = None
) -> None:
    """Import one page's folder and add to `done`."""
    done.problems += page.problems
    if page.declared is None:
        return
    try:
        fields = _declared(page.key, page.folder, page.declared)
    except WatchlistError as error:
        done.problems.append(str(error))
        return
    with archive.begin() as session:
        known = pages.get(session, page.key)
        if known is None or not known.watched:
            known = pages.upsert(session, **fields, watched=False, now=now)
        looks = snapshots.known_looks(session, known, SOURCE)
    done.pages += 1
    for number, batch in enumerate(_batches(page.looks)):
        _take_in(archive, page, batch, looks, done, now=now)
        if progress:
            progress(page.key, min(len(page.looks), (number + 1) * BATCH), len(page.looks))


def _declared(key: str, folder: Path, fields: dict[str, Any]) -> dict[str, Any]:
    declared = {"title": key, "url": f"https://saved.invalid/{key}", **fields, "key": key}
    try:
        checked = WatchedPage.model_validate(declared)
    except ValidationError as error:
        lines = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        remedy = "Correct it; the page is skipped."
        raise WatchlistError(f"{folder / 'page.toml'}: {lines}.", remedy=remedy) from error
    return {
        "key": checked.key,
        "url": str(checked.url),
        "title": checked.title,
        "marketplace": checked.marketplace,
        "category": checked.category,
        "language": checked.language,
        "select": checked.select,
        "remove": checked.remove,
        "is_index": checked.index,
        "fetch": SOURCE,
    }


def _batches(looks: list[SavedLook]) -> Iterator[list[SavedLook]]:
    for start in range(0, len(looks), BATCH):
        yield looks[start : start + BATCH]


def _take_in(
    archive: Archive,
    page: SavedPage,
    batch: list[SavedLook],
    known: set[tuple[datetime, str | None]],
    done: Imported,
    *,
    now: datetime,
) -> None:
    """Store a batch first, judge it in a second transaction: a bug in judging never costs a snapshot."""
    with archive.begin() as session:
        row = _row(pages.get(session, page.key), page.key)
        for look, data in _read(page, batch, done):
            name = bodies.digest(data) if data else None
            if (look.observed_at, name) in known:
                done.known += 1
                continue
            known.add((look.observed_at, name))
            snapshots.add(
                session,
                row,
                _capture(row, look, data),
                observed_at=look.observed_at,
                stored_at=now,
                recorded=True,
                extractor_hint=look.extractor[:80],
            )
            done.looks += 1
    _judge(archive, page.key, done)


def _judge(archive: Archive, key: str, done: Imported) -> None:
    try:
        with archive.begin() as session:
            engine.derive(session, _row(pages.get(session, key), key))
    except ArchiveError:
        raise
    except Exception as error:
        # The looks are stored. A text that our own code stumbles over must not keep the other pages out.
        log.exception("page %s could not be judged", key)
        problem = f"{key}: stored, but could not be judged ({type(error).__name__}). Please report this."
        if problem not in done.problems:
            done.problems.append(problem)


def _row(page: Page | None, key: str) -> Page:
    if page is None:
        raise WatchlistError(f"The page {key} is not in the archive.", remedy="Import it again.")
    return page


def _read(page: SavedPage, batch: list[SavedLook], done: Imported) -> Iterator[tuple[SavedLook, bytes]]:
    """The looks with their bytes; a file named again and again is read once."""
    read: dict[Path, bytes | None] = {}
    for look in batch:
        if look.file not in read:
            try:
                read[look.file] = saved.content(look.file)
            except WatchlistError as error:
                read[look.file] = None
                row = f"{page.folder / 'observations.csv'}:{look.line}: " if look.line else ""
                done.problems.append(f"{row}{error}")
        data = read[look.file]
        if data is not None:
            yield look, data


def _capture(page: Page, look: SavedLook, data: bytes) -> Capture:
    return Capture(
        url=look.url or page.url,
        final_url=look.url or page.url,
        status=look.status,
        body=data,
        fetched_by=SOURCE,
        media_type=saved.media_type(look.file),
        language=look.language or page.language,
    )
