"""crawl: check the watched pages once."""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from crawler.items import PageReport
from crawler.rounds.selection import chosen_pages, due_pages
from crawler.settings import CrawlSettings, crawl_settings
from crawler.watchlist.watchlists import WatchedPage
from diffs.database.archive import Archive
from diffs.store import changes
from diffs.values import READ
from policywatch import context
from policywatch.terminal import output, records, round_report
from policywatch.terminal.progress import progress_bar
from policywatch.watchlists.lists import declared, watched
from policywatch.watchlists.settle import in_words, settle

from .arguments import Quiet, nearest


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(crawl)


def crawl(
    page: Annotated[list[str] | None, typer.Option(help="Only this page; may be given several times.")] = None,
    watchlist: Annotated[
        list[Path] | None, typer.Option(help="A watch-list file, or the name of an included list.")
    ] = None,
    due: Annotated[bool, typer.Option("--due", help="Only pages whose next check is due.")] = False,
    quiet: Quiet = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per page.")] = False,
) -> None:
    """Check the watched pages once."""
    context.only_known_settings()
    settings = crawl_settings()
    found, problems = watched(settings, watchlist or [])
    for problem in problems:
        output.warn(problem)
    if problems and not found:
        raise typer.Exit(context.CANNOT_WORK)
    wanted = _chosen(found, page or [], settings, watchlist or [])
    with context.archive(create=True) as archive:
        whole = not (watchlist or page or problems)
        off = settle(archive, found, now=context.now()) if whole else []
        if off:
            (output.warn if as_json else output.prose)(in_words(off))
        if due:
            wanted = due_pages(wanted, archive, now=context.now(), jitter=random.random, settings=settings)
        reports, interrupted = _crawl(wanted, archive, settings, quiet=quiet, as_json=as_json)
        if whole:
            settle(archive, found, now=context.now())  # claims the pages that are new with this round
        context.review(archive)
        shown = [found for found in reports if not quiet or round_report.is_news(found)]
        if shown:
            _report(reports, shown, wanted, archive, as_json=as_json)
    if not (wanted or quiet or as_json):
        output.say("No page is due now.")
    if interrupted:
        output.warn("Stopped. Everything fetched so far is saved; the other pages are checked next time.")
        raise typer.Exit(130)
    if problems or any(found.outcome not in READ for found in reports):
        raise typer.Exit(context.FAILURES)


def _chosen(found: list[WatchedPage], keys: list[str], settings: CrawlSettings, files: list[Path]) -> list[WatchedPage]:
    known = [entry.key for entry in found]
    for key in keys:
        if key not in known and any(entry.key == key for entry in declared(settings, files)[0]):
            context.wrong_use(f"The page {key!r} is switched off: policywatch watchlist on {key}")
        if key not in known:
            context.wrong_use(f"No watch-list has a page {key!r} switched on. Watched: {nearest(key, known)}.")
    return chosen_pages(found, keys)


def _crawl(
    wanted: Sequence[WatchedPage], archive: Archive, settings: Any, *, quiet: bool, as_json: bool
) -> tuple[list[PageReport], bool]:
    if not wanted:
        return [], False
    from crawler import run  # loads Scrapy, which nothing due does not need

    model = context.model()

    with progress_bar(bar=10) as bar:  # the rest of the line says which host is waited for
        task = bar.add_task("", total=len(wanted), page="", wait=None)

        def progress(done_with: PageReport, done: int, _total: int) -> None:
            bar.update(task, completed=done, page=done_with.page)
            if not (quiet or as_json or output.errors.is_terminal):
                output.warn(round_report.progress(done_with))

        def waiting(host: str, until: float) -> None:
            bar.update(task, wait=(host, until))

        try:
            output.quiet_libraries()
            crawled = run.crawl(
                wanted,
                archive=archive,
                settings=settings,
                clock=context.now,
                progress=progress,
                waiting=waiting,
                model=model,
            )
        except run.Interrupted as stopped:
            return stopped.reports, True
        except run.AnotherCrawl:
            if not quiet:
                raise
            raise typer.Exit(context.FAILURES) from None  # a long crawl takes longer than the interval of its timer
        return crawled, False


def _report(
    reports: Sequence[PageReport],
    shown: Sequence[PageReport],
    wanted: Sequence[WatchedPage],
    archive: Archive,
    *,
    as_json: bool,
) -> None:
    """Report the result of a round; `shown` are the pages that get a line of their own."""
    if as_json:
        for found in shown:
            output.as_json(_line(found))
        return
    ids = {number for page in reports for number in page.changes}
    with archive.read() as session:
        told = [(page.key, row.headline or row.uid) for row, page in changes.listed(session) if row.id in ids]
    headlines = {key: [headline for of, headline in told if of == key] for key, _ in told}
    unreached = round_report.out_of_reach(reports)
    _table([replace(report, reason="") for report in shown] if unreached else shown, headlines)
    for key, headline in told:
        output.say_parts((f"changed: {key}: ", "bold"), (headline, ""))
    for line in () if unreached else round_report.remedies(reports):
        output.prose(line)
    for line in round_report.nothing_read(reports, {page.key: page for page in wanted}):
        (output.say if line.startswith(round_report.COMMAND) else output.prose)(line)
    output.prose(round_report.total(reports, len(told)))


def _table(reports: Sequence[PageReport], headlines: dict[str, list[str]]) -> None:
    """Print the pages: grouped for a person; one line each, in the order of the watch-list, for a program."""
    found = round_report.lines(reports, headlines)
    if not output.console.is_terminal:
        group = {line.page: line.group for line in found}
        output.print_lines(
            ["page", "outcome", "version", "reason", "result"],
            ((r.page, r.outcome or "not checked", r.version_seq or "", r.reason, group[r.page]) for r in reports),
        )
        return
    if round_report.out_of_reach(reports):
        return  # one sentence covers all pages
    for name, heading in round_report.GROUPS.items():
        rows = [(line.page, line.version or "", line.says) for line in found if line.group == name]
        if not rows:
            continue
        output.prose(f"{heading} ({len(rows)})", style="italic")
        if any(version for _, version, _ in rows):
            output.table(["page", "version", ""], rows)
        else:
            output.table(["page", ""], [(page, says) for page, _, says in rows])
        output.say()


def _line(report: PageReport) -> dict[str, Any]:
    return {
        "page": report.page,
        "url": report.url,
        "fetch": report.fetch,
        "outcome": str(report.outcome) if report.outcome else None,
        "reason": report.reason,
        "http_status": report.http_status,
        "last_ok_at": records.stamp(report.last_ok_at),
        "version_seq": report.version_seq,
        "events": list(report.events),
    }
