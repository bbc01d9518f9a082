"""Probes in words: what an entry returns today, and what to do about it."""

from collections.abc import Sequence
from typing import Any

from crawler.items import PageReport
from crawler.rounds.probe import Probed
from crawler.rounds.proposal import shipped
from crawler.settings import CrawlSettings
from crawler.watchlist.watchlists import WatchedPage
from diffs.database.archive import Archive
from diffs.values import READ, Outcome
from policywatch import context
from policywatch.terminal import output
from policywatch.terminal.progress import progress_bar
from policywatch.terminal.round_report import REMEDIES

#: Where a probe has something else to say than a crawl: it stores nothing and holds nothing back.
_ADVICE = {
    **REMEDIES,
    Outcome.GONE: "Set enabled = false, or find the page's new address.",
    Outcome.TRUNCATED: "Open the page yourself; a crawl will hold this text back until you accept it.",
    Outcome.UNAVAILABLE: "Try again later.",
    Outcome.THROTTLED: "Try again later, and more slowly (min_gap).",
}


def look(
    pages: Sequence[WatchedPage],
    archive: Archive,
    settings: CrawlSettings,
    *,
    quiet: bool,
) -> tuple[list[Probed], bool]:
    """The probed pages, with a progress bar (or lines) meanwhile; and whether Ctrl-C ended the probe early."""
    with progress_bar() as bar:
        task = bar.add_task("pages", total=len(pages))

        def progress(report: PageReport, done: int, _total: int) -> None:
            bar.update(task, completed=done)
            if not quiet and not output.errors.is_terminal:
                output.warn(f"{report.page}: {report.outcome or 'not checked'}")

        output.quiet_libraries()
        from crawler.run import probe  # loads Scrapy

        return probe(pages, archive=archive, settings=settings, clock=context.now, progress=progress)


def advice(probed: Probed) -> str:
    """What to do about what an entry returns today; "" if all is well."""
    page, read = probed.page, probed.outcome in READ
    if read and probed.fetched_by != page.fetch:
        return f'Set fetch = "{probed.fetched_by}": {page.fetch} returned no text.'
    if read:
        return "" if page.enabled else f"It can be read. To watch it: {switch_on(page)}."
    if probed.selected is False and probed.found[0]:
        words, container = probed.found
        where = f" in {container}" if container else ""
        return f"Its select matches nothing. Without it {words} words are found{where}: correct it or remove it."
    if _is_empty_frame(probed):
        return "Open the page yourself, and save it if it contains text."
    if probed.outcome is Outcome.GONE and not page.enabled:
        return "Leave it switched off."
    return _ADVICE.get(probed.outcome, "") if probed.outcome else ""


def switch_on(page: WatchedPage) -> str:
    """How to watch an entry that is switched off: the lists that come with the program are not edited."""
    is_shipped = any(entry.page == page for entry in shipped())
    return f"policywatch watchlist add {page.url}" if is_shipped else "take out enabled = false"


def reason(probed: Probed) -> str:
    """Why an entry returns what it does; "" if it was read."""
    if probed.outcome in READ:
        return ""
    return "The page was returned without its text, in a browser too." if _is_empty_frame(probed) else probed.reason


def _is_empty_frame(probed: Probed) -> bool:
    return probed.outcome is Outcome.JS_SHELL and "browser" in probed.ways


def line(probed: Probed) -> dict[str, Any]:
    """A probe as JSON."""
    return {
        "page": probed.page.key,
        "url": probed.page.url,
        "enabled": probed.page.enabled,
        "fetch": probed.fetched_by or probed.page.fetch,
        "outcome": str(probed.outcome) if probed.outcome else None,
        "reason": reason(probed),
        "http_status": probed.http_status,
        "title": probed.title,
        "language": probed.language,
        "words": probed.words,
        "known_words": probed.known_words,
        "container": probed.container,
        "select_matches": probed.selected,
        "advice": advice(probed),
    }


#: The columns of `cells`.
COLUMNS = ("page", "outcome", "words", "lang", "select", "title", "what it means, and what to do")


def cells(probed: Probed) -> tuple[str, ...]:
    """A probe as a row of a table."""
    said = " ".join(filter(None, (reason(probed), advice(probed))))
    return (
        probed.page.key,
        probed.outcome or "not checked",
        str(probed.words) if probed.words else "",
        probed.language,
        {True: "matches", False: "no match", None: ""}[probed.selected],
        probed.title[:60],
        said,
    )
