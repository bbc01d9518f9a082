"""discover: pages that an index page lists and no watch-list names."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import typer

from crawler.rounds.selection import watched_pages
from crawler.settings import crawl_settings
from diffs.database.archive import Session
from diffs.database.models import Page
from diffs.judging.history import Memory
from diffs.meaning import index_pages
from diffs.reading.links import link_key
from diffs.store import pages, versions
from diffs.wording import labels
from policywatch import context
from policywatch.terminal import output

from .arguments import is_of, unwatched


@dataclass(frozen=True, slots=True)
class Unwatched:
    """A listed page that no watch-list watches: on which index, its title there, and its address."""

    index: str
    title: str
    url: str
    section: str


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(discover)


def discover(
    marketplace: Annotated[str | None, typer.Option(help="Only the index pages of this marketplace.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per page.")] = False,
) -> None:
    """List the pages that an index names and no watch-list watches."""
    watched = {link_key(page.url) for page in watched_pages(crawl_settings())[0] if page.enabled}
    with context.archive() as archive, archive.read() as session:
        unwatched(session, [marketplace] if marketplace is not None else [])
        indexes = [page for page in pages.listed(session) if page.is_index and is_of(page, marketplace)]
        watched |= {link_key(page.url) for page in pages.listed(session, watched=True)}
        found = [one for page in indexes for one in _unwatched(session, page, watched)]
    if as_json:
        for one in found:
            output.as_json({"index": one.index, "title": one.title, "url": one.url, "section": one.section})
        return
    if found:
        output.table(["index", "listed page", "address"], [(one.index, one.title, one.url) for one in found])
    if not indexes:
        output.warn("No index page has been read yet. A page is one with `index = true` in its watch-list.")
        return
    what = f"{labels.count(len(indexes), 'index page')} read"
    remedy = " Watch one with: policywatch watchlist add URL" if found else ""
    output.warn(f"{what}, {labels.count(len(found), 'listed page')} not watched.{remedy}")


def _unwatched(session: Session, page: Page, watched: set[str]) -> Iterator[Unwatched]:
    """The pages an index listed when it was last read, without those that are watched."""
    version = versions.by_text(session, page, Memory.from_json(page.memory).showing)
    if version is None:
        return
    for key, entry in index_pages.listed(versions.document_of(session, version), page.url).items():
        if key not in watched:
            yield Unwatched(page.key, entry.title, index_pages.address_of(key, page.url), entry.section)
