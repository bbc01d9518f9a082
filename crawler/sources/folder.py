"""Import folders of saved pages, or one saved page, into the archive."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from diffs.database.archive import Archive
from diffs.engine import wording
from diffs.engine.apart.helper import Helper
from diffs.errors import WatchlistError
from diffs.judging import belonging
from diffs.reading import policy_text
from diffs.store import pages, versions
from diffs.values import Capture, Selection

from . import history, saved
from .history import Imported, Progress, RecordedLook
from .saved import SavedLook, SavedPage

SOURCE = "folder"


def import_folder(archive: Archive, folder: Path, *, now: datetime, progress: Progress | None = None) -> Imported:
    """What importing every page below `folder` did; `now` (UTC) is when the rows are stored.

    `progress` is called with page key, copies done and copies in all. Problems are collected, and the rest is imported.
    Raises WatchlistError if there is no such folder, ArchiveError if the archive is unusable.
    """
    done = Imported()
    with Helper() as helper:
        for page in saved.pages_in(folder):
            import_page(archive, page, done, helper, now=now, progress=progress)
    wording.word_all(archive)
    return done


def import_file(
    archive: Archive, key: str, file: Path, *, at: datetime, now: datetime, url: str = "", force: bool = False
) -> Imported:
    """What importing one saved page did, as a fetch at `at` (UTC); `url` if the page is not known yet.

    Raises WatchlistError if the file cannot be used, or without `force` is of another page (then nothing is stored),
    ArchiveError if the archive is unusable.
    """
    if not saved.is_page(file):
        endings = ", ".join(saved.MEDIA_TYPES)
        raise WatchlistError(
            f"{file} is not one of {endings} (or one of these with .zst or .gz).", remedy="Save it as one of these."
        )
    done = Imported(pages=1)
    fields = history.declared(key, str(file), {"url": url} if url else {}, SOURCE)
    looks = list(_read(SavedPage(key=key, folder=file.parent), [SavedLook(at, file)], done))
    if not force:
        for look in looks:
            _check_belonging(archive, key, look, file, url=url)
    known = history.enter(archive, fields, SOURCE, now=now, keep=True)
    with Helper() as helper:
        history.take_in(archive, key, iter(looks), known, done, helper=helper, source=SOURCE, now=now)
    history.name_by_its_text(archive, key)
    wording.word_all(archive)
    return done


def _check_belonging(archive: Archive, key: str, look: RecordedLook, file: Path, *, url: str) -> None:
    """Raise WatchlistError if a file belongs to another page: what it would report cannot be taken back."""
    with archive.read() as session:
        page = pages.get(session, key)
        version = versions.latest(session, page) if page else None
        known = versions.document_of(session, version) if version else None
        title = page.title if page and page.title != key else ""
        address = page.url if page else url
        capture = Capture(url=address, body=look.body, media_type=look.media_type, title=title)
        document = policy_text.clean(
            policy_text.extraction_of(capture, pages.selection(page) if page else Selection())
        ).document
    why = belonging.why_not(document, belonging.saved_from(look.body), title=title, url=address, known=known)
    if why:
        raise WatchlistError(
            f"{file} seems to be a different page from {key}: {why}. Nothing was imported.",
            remedy="Name the right page, or add --force if this is the right one.",
        )


def import_page(
    archive: Archive,
    page: SavedPage,
    done: Imported,
    helper: Helper,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> None:
    """Import one page's folder and add the result to `done`."""
    done.problems += page.problems
    if page.declared is None:
        return
    try:
        fields = history.declared(page.key, str(page.folder / "page.toml"), page.declared, SOURCE)
    except WatchlistError as error:
        done.problems.append(str(error))
        return
    known = history.enter(archive, fields, SOURCE, now=now)
    done.pages += 1
    looks = [look for look in page.looks if not _is_to_come(page, look, done, now)]
    if progress:
        progress(page.key, 0, len(looks))
    for number, batch in enumerate(history.batches(looks)):
        history.take_in(archive, page.key, _read(page, batch, done), known, done, helper=helper, source=SOURCE, now=now)
        if progress:
            progress(page.key, min(len(looks), (number + 1) * history.BATCH), len(looks))
    history.name_by_its_text(archive, page.key)


def _is_to_come(page: SavedPage, look: SavedLook, done: Imported, now: datetime) -> bool:
    """Whether a page claims to have been saved in the future, and report it: it would count before all others."""
    if look.observed_at <= now:
        return False
    place = f"{page.folder / 'observations.csv'}:{look.line}" if look.line else f"{look.file}"
    done.problems.append(f"{place}: {look.observed_at:%Y-%m-%d %H:%M} UTC is in the future; it is skipped.")
    return True


def _read(page: SavedPage, batch: Sequence[SavedLook], done: Imported) -> Iterator[RecordedLook]:
    """The copies with their bytes; a file that is named several times is read once."""
    read: dict[Path, RecordedLook | None] = {}
    for look in batch:
        if look.file not in read:
            try:
                data = saved.content(look.file)
                read[look.file] = RecordedLook(look.observed_at, data, saved.media_type(look.file))
            except WatchlistError as error:
                read[look.file] = None
                row = f"{page.folder / 'observations.csv'}:{look.line}: " if look.line else ""
                done.problems.append(f"{row}{error}")
        found = read[look.file]
        if found is not None:
            yield replace(
                found,
                observed_at=look.observed_at,
                url=look.url,
                status=look.status,
                language=look.language,
                extractor=look.extractor,
            )
