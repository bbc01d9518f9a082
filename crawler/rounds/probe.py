"""Fetch a page only to see what it returns today: as polite as a crawl, judged by the same gate, stored nowhere.

A probe is a round with another keeper. What hosts can expect is the same: robots.txt, the gap, rests, the time of the
last request. The pages enter no history, because an entry may be tried that nobody will ever watch
(docs/decisions/0008).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from crawler.items import FetchedPage, Judged, PageReport
from crawler.watchlist.watchlists import CRAWLED, WatchedPage
from diffs.database.archive import Archive
from diffs.engine.apart import limited
from diffs.errors import ExtractionError
from diffs.failures import Failure
from diffs.judging import gate
from diffs.reading import extract, policy_text
from diffs.reading.detect_language import shares
from diffs.store import pages, versions
from diffs.values import READ, Capture, Document, Extraction, Outcome, Selection
from diffs.wording import failures


@dataclass(frozen=True, slots=True)
class Probed:
    """What a page returns today.

    `outcome` is None if nothing was requested; `reason` then says why, and `failure` is the same as a value.
    `fetched_by` is the way that returned it, and `ways` all that were tried. `words` counts those of the policy's text,
    `known_words` those of the last good version in the archive (0: there is none). `language` is that of the text, ""
    if it is too short to tell. `selected` says whether the entry's `select` matches, None if it has none or it plays no
    part; `container` is what the text was taken from, and `found` (words, container) what the program would find
    without `select`.
    """

    page: WatchedPage
    outcome: Outcome | None
    reason: str = ""
    failure: Failure | None = None
    http_status: int | None = None
    fetched_by: str = ""
    ways: tuple[str, ...] = ()
    title: str = ""
    language: str = ""
    words: int = 0
    known_words: int = 0
    container: str = ""
    selected: bool | None = None
    found: tuple[int, str] = (0, "")
    opening: tuple[str, ...] = ()


class Prober:
    """Judges what is fetched at once and forgets it: the keeper of a round that stores nothing."""

    def __init__(self, archive: Archive, watched: Sequence[WatchedPage]) -> None:
        self._archive = archive
        self._asked = {page.key: page for page in watched}
        self._seen: dict[str, Probed] = {}
        self._known: dict[str, Document] = {}
        self._ways: dict[str, tuple[str, ...]] = {}

    def enrol(self, watched: Iterable[WatchedPage]) -> Mapping[str, Mapping[str, str]]:
        """Look up the last good text of each page. No conditional GET: "not modified" would not show the text."""
        with self._archive.read() as session:
            for page in watched:
                row = pages.get(session, page.key)
                last = versions.latest(session, row) if row is not None else None
                if row is not None and last is not None and row.url == page.url:
                    self._known[page.key] = versions.document_of(session, last)
        return {}

    def keep(self, page: WatchedPage, fetched: FetchedPage) -> FetchedPage:
        """What was fetched, judged."""
        key = page.key
        self._ways[key] = tuple(dict.fromkeys((*self._ways.get(key, ()), fetched.look.fetch)))
        seen = read_apart(self._asked[key], fetched.capture, self._known.get(key))
        self._seen[key] = replace(seen, ways=self._ways[key])
        return replace(fetched, judged=Judged(seen.outcome or Outcome.ERROR, seen.reason))

    def close(self) -> None:
        """Do nothing: nothing is open."""

    def probed(self, reports: Mapping[str, PageReport]) -> list[Probed]:
        """What every page returned, in the order given, with the round's reports by key."""
        return [self._probed(key, reports[key]) for key in self._asked]

    def _probed(self, key: str, report: PageReport) -> Probed:
        seen = self._seen.get(key) or Probed(self._asked[key], None)
        return replace(
            seen,
            outcome=report.outcome,
            reason=report.reason,
            failure=report.failure,
            http_status=report.http_status,
        )


def switched_on(page: WatchedPage) -> WatchedPage:
    """The entry as it is probed: switched on, unless it is recorded history."""
    return page if page.fetch not in CRAWLED else page.model_copy(update={"enabled": True})


def read_apart(page: WatchedPage, capture: Capture, known: Document | None) -> Probed:
    """A capture, judged in a process of its own: nobody can promise that it can be read in any time."""
    try:
        return limited.answer(_read, page, capture, known)
    except limited.Unanswered as error:
        reason = f"The page cannot be read. {error.message}"
        return Probed(page, Outcome.ERROR, reason, fetched_by=capture.fetched_by)


def _read(page: WatchedPage, capture: Capture, known: Document | None) -> Probed:
    """A capture, judged as the engine would."""
    capture = replace(capture, title=page.title, language=capture.language or page.language)
    extraction = _extracted(capture, page.select, page.remove)
    text = policy_text.clean(extraction).document
    verdict = failures.worded(gate.judge(capture, extraction, text, last_good=known), capture)
    is_page = capture.media_type == "html" and extraction is not None
    selected = bool(extraction and extraction.container) if is_page and page.select else None
    return Probed(
        page,
        verdict.outcome,
        verdict.reason,
        fetched_by=capture.fetched_by,
        title=_title(extraction),
        language=next(iter(shares(text.blocks)), ""),
        words=text.words,
        known_words=known.words if known else 0,
        container=extraction.container if extraction else "",
        selected=selected,
        found=_without_select(capture, page) if selected is False or verdict.outcome not in READ else (0, ""),
        opening=tuple(block.shown for block in text.blocks[:40]),
    )


def _extracted(capture: Capture, select: tuple[str, ...], remove: tuple[str, ...]) -> Extraction | None:
    try:
        return extract.extract(capture, Selection(select, remove))
    except ExtractionError:
        return None


def _title(extraction: Extraction | None) -> str:
    """The heading of the text or, failing that, the title of the page around it, which often names the site too."""
    return (extraction.document.title or extraction.title) if extraction else ""


def _without_select(capture: Capture, page: WatchedPage) -> tuple[int, str]:
    extraction = _extracted(capture, (), page.remove)
    return (policy_text.clean(extraction).document.words, extraction.container) if extraction else (0, "")


def is_selector(container: str) -> bool:
    """Whether a container that the program found has a CSS selector of its own, which an entry can name for good."""
    return container not in ("", "body", "topic", "markdown", "text") and not container.startswith("part: ")
