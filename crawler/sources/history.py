"""Import recorded fetches through the same steps as a crawl: stored first, judged in a second step.

Each fetch is judged on its own, at the time recorded. Running an import again changes nothing, nor does running it in
parts, as long as no part ends in hours during which a page comes and goes (`diffs/judging/passing.py`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from pydantic import ValidationError

from crawler.watchlist.editing import on_one_line
from crawler.watchlist.watchlists import WatchedPage
from diffs.database.archive import Archive
from diffs.database.models import Page
from diffs.engine import think
from diffs.engine.apart import guard
from diffs.engine.apart.helper import Helper
from diffs.errors import WatchlistError
from diffs.store import bodies, pages, snapshots, versions
from diffs.values import Capture

#: Fetches that are stored, then judged, in one go.
BATCH = 200

Progress = Callable[[str, int, int], None]
T = TypeVar("T")


@dataclass
class Imported:
    """What an import did: pages and copies imported, copies that were there already, and problems by file and line."""

    pages: int = 0
    looks: int = 0
    known: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RecordedLook:
    """A fetch that somebody recorded: when (UTC), the bytes, and what was recorded with them.

    `extractor` names the converter that made the text, where another archive made it.
    """

    observed_at: datetime
    body: bytes = field(repr=False)
    media_type: str
    url: str = ""
    status: int = 200
    language: str = ""
    extractor: str = ""


def declared(key: str, place: str, fields: Mapping[str, Any], source: str) -> dict[str, Any]:
    """A page as its row in the archive, from the keys of a `[[page]]`.

    Raises WatchlistError, which names `place`, if they cannot be used.
    """
    given = {"title": key, "url": f"https://saved.invalid/{key}", **fields, "key": key}
    try:
        checked = WatchedPage.model_validate(given)
    except ValidationError as error:
        lines = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise WatchlistError(f"{place}: {lines}.", remedy="Correct it; the page is skipped.") from error
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
        "fetch": source,
    }


def enter(
    archive: Archive, fields: Mapping[str, Any], source: str, *, now: datetime, keep: bool = False
) -> set[tuple[datetime, str | None]]:
    """Enter a page, and return the fetches that are known from this source.

    A watched page stays as declared; with `keep`, so does every known page.
    """
    with archive.begin() as session:
        known = pages.get(session, fields["key"])
        if known is None or not (known.watched or keep):
            known = pages.upsert(session, **fields, watched=False, now=now)
        return snapshots.known_looks(session, known, source)


def name_by_its_text(archive: Archive, key: str) -> None:
    """Give a page without a name (its title is its key) the title of its newest text, if it has one."""
    with archive.begin() as session:
        row = _row(pages.get(session, key), key)
        version = versions.latest(session, row) if row.title == key else None
        title = on_one_line(versions.document_of(session, version).title) if version else ""
        row.title = title[:300] or row.title


def batches(looks: Sequence[T]) -> Iterator[Sequence[T]]:
    """The fetches in batches that are stored and judged in one go."""
    for start in range(0, len(looks), BATCH):
        yield looks[start : start + BATCH]


def take_in(
    archive: Archive,
    key: str,
    looks: Iterator[RecordedLook],
    known: set[tuple[datetime, str | None]],
    done: Imported,
    *,
    helper: Helper,
    source: str,
    now: datetime,
) -> None:
    """Store a batch first, then have it judged: a bug in judging never costs a snapshot.

    `helper` is the process in which it is judged; what an earlier import or crawl stored and did not judge is, too.
    """
    with archive.begin() as session:
        row = _row(pages.get(session, key), key)
        snapshots.add_recorded(session, row, list(_new(looks, row, source, known, done)), stored_at=now)
        stored = session.info
    _judge(archive, key, stored, done, helper)


def _new(
    looks: Iterable[RecordedLook], row: Page, source: str, known: set[tuple[datetime, str | None]], done: Imported
) -> Iterator[snapshots.Recorded]:
    """The fetches that are not in the archive yet; those in `known` are counted only."""
    names: dict[bytes, str] = {}  # a file that is named again and again is hashed once
    for look in looks:
        name = (names.get(look.body) or names.setdefault(look.body, bodies.digest(look.body))) if look.body else None
        if (look.observed_at, name) in known:
            done.known += 1
            continue
        known.add((look.observed_at, name))
        done.looks += 1
        yield snapshots.Recorded(look.observed_at, _capture(row, look, source), name, look.extractor[:80])


def _judge(archive: Archive, key: str, stored: Mapping[Any, Any], done: Imported, helper: Helper) -> None:
    with archive.read() as session:
        # A fresh process pays for itself where there are many texts to read.
        is_apart = guard.is_needed(session, _row(pages.get(session, key), key), size=0, is_ready=True)
    if is_apart:
        apart = guard.judge(archive, [key], confirm=False, helper=helper, together=think.TOGETHER)
        problems = [f"{page}: stored, but could not be judged: {why}" for page, why in apart.unjudged.items()]
        done.problems += [problem for problem in problems if problem not in done.problems]
    else:
        # The bytes just stored need not be unpacked again.
        think.judge(archive, key, think.Way(known=stored))


def _row(page: Page | None, key: str) -> Page:
    if page is None:
        raise WatchlistError(f"The page {key} is not in the archive.", remedy="Import it again.")
    return page


def _capture(page: Page, look: RecordedLook, source: str) -> Capture:
    return Capture(
        url=look.url or page.url,
        final_url=look.url or page.url,
        status=look.status,
        body=look.body,
        fetched_by=source,
        media_type=look.media_type,
        language=look.language or page.language,
    )
