"""A look that only asks what a page brings today: polite as every look, judged by the same gate, kept nowhere.

What the hosts are owed is real: robots.txt, the gap, rests and the time of the last request hold for everybody. The
pages, though, enter no history: an entry may be tried that nobody will ever watch (docs/decisions/0008).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from crawler.items import FetchedPage, Judged, Look, PageReport
from crawler.watchlist.watchlists import CRAWLED, WatchedPage
from diffs.errors import ExtractionError
from diffs.judging import gate
from diffs.reading import extract, policy_text
from diffs.reading.detect_language import shares
from diffs.store import pages as stored_pages
from diffs.store import versions
from diffs.values import READ, Capture, Document, Extraction, Outcome, Selection

from .round import Round


@dataclass(frozen=True, slots=True)
class Probed:
    """What a page brings today.

    `outcome` is None where nothing was asked; `reason` then says why. `fetched_by` is the way that brought it, and
    `ways` all that were tried. `words` counts those of the policy's text, `known_words` those of the last good version
    in the archive (0: there is none). `language` is that of the text, "" where it is too short to tell.
    `selected` says whether the entry's `select` matches, None where it has none or it plays no part; `container` is
    what the text was taken from, and `found` (words, container) what the program would find without `select`.
    """

    page: WatchedPage
    outcome: Outcome | None
    reason: str = ""
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


class ProbeRound(Round):
    """A round whose looks are judged at once and forgotten. Entries that are switched off are looked at too."""

    def __init__(self, pages: Sequence[WatchedPage], **more: object) -> None:
        super().__init__([_switched_on(page) for page in pages], **more)  # type: ignore[arg-type]
        self._asked = {page.key: page for page in pages}
        self._seen: dict[str, Probed] = {}
        self._known: dict[str, Document] = {}
        self._ways: dict[str, tuple[str, ...]] = {}

    def probed(self) -> list[Probed]:
        """What every page brought, in order."""
        return [self._probed(key, self.reports[key]) for key in self.pages]

    def _probed(self, key: str, report: PageReport) -> Probed:
        seen = self._seen.get(key) or Probed(self._asked[key], None)
        return replace(seen, outcome=report.outcome, reason=report.reason, http_status=report.http_status)

    def _enrol(self) -> None:
        with self.archive.read() as session:
            for key in self.pages:
                row_of_page = stored_pages.get(session, key)
                last = versions.latest(session, row_of_page) if row_of_page is not None else None
                if row_of_page is not None and last is not None and row_of_page.url == self.pages[key].url:
                    self._known[key] = versions.document_of(session, last)

    def validators(self, look: Look) -> Mapping[str, str]:  # noqa: ARG002 (a probe wants the text itself)
        """None: "not modified" would say nothing of the text."""
        return {}

    def _keep(self, fetched: FetchedPage) -> FetchedPage:
        key = fetched.look.page
        self._ways[key] = tuple(dict.fromkeys((*self._ways.get(key, ()), fetched.look.fetch)))
        seen = _read(self._asked[key], fetched.capture, self._known.get(key))
        self._seen[key] = replace(seen, ways=self._ways[key])
        return replace(fetched, judged=Judged(seen.outcome or Outcome.ERROR, seen.reason))


def _switched_on(page: WatchedPage) -> WatchedPage:
    return page if page.fetch not in CRAWLED else page.model_copy(update={"enabled": True})


def _read(page: WatchedPage, capture: Capture, known: Document | None) -> Probed:
    """A capture, judged as the engine would."""
    capture = replace(capture, title=page.title, language=capture.language or page.language)
    extraction = _extracted(capture, page.select, page.remove)
    text = policy_text.clean(extraction).document
    verdict = gate.judge(capture, extraction, text, last_good=known)
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
    """The heading of the text before the title of the page around it, which mostly names the site too."""
    return (extraction.document.title or extraction.title) if extraction else ""


def _without_select(capture: Capture, page: WatchedPage) -> tuple[int, str]:
    extraction = _extracted(capture, (), page.remove)
    return (policy_text.clean(extraction).document.words, extraction.container) if extraction else (0, "")


def is_selector(container: str) -> bool:
    """Whether a container that the program found has a CSS selector of its own, by which it may be named for good."""
    return container not in ("", "body", "topic", "markdown", "text") and not container.startswith("part: ")
