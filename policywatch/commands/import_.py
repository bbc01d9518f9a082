"""import: history from saved pages and other archives."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from crawler.addresses import refused
from crawler.rounds.enrol import enrol
from crawler.rounds.selection import watched_pages
from crawler.settings import crawl_settings
from crawler.sources import folder as source
from crawler.sources import ota as ota_source
from crawler.sources import saved
from crawler.sources.history import Imported, Progress
from crawler.sources.ota import Wanted
from diffs.database.archive import Archive
from diffs.errors import WatchlistError
from diffs.failures import Reason
from diffs.language.plain_text import one_line
from diffs.language.slugs import slug
from diffs.reading.links import link_key
from diffs.store import changes, pages, versions
from diffs.wording import labels
from diffs.wording.failures import clause
from policywatch import context
from policywatch.terminal import output
from policywatch.terminal.help_text import Verbs
from policywatch.terminal.progress import progress_bar

from .arguments import moment_of, page_named

_JSON = Annotated[bool, typer.Option("--json", help="What was done, as JSON.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    group = Verbs(help="Import history that was recorded elsewhere.")
    for verb in (folder, page, ota):
        group.command(verb.__name__)(verb)
    app.add_typer(group, name="import")


def folder(
    folder: Annotated[Path, typer.Argument(help="A folder with one folder per page.")],
    as_json: _JSON = False,
) -> None:
    """Import folders of saved pages (docs/import.md describes them)."""
    if not folder.is_dir():
        context.wrong_use(f"{folder} is not a folder. Name the folder that holds one folder per page.")
    try:
        first = next(saved.pages_in(folder), None)
    except WatchlistError as error:
        context.wrong_use(str(error))
    if first is None:
        output.warn(
            f"Nothing was imported: {folder} has no folder with saved pages. It needs one folder per page, with files "
            "named by their times or listed in observations.csv (docs/import.md)."
        )
        raise typer.Exit(context.CANNOT_WORK)
    _run(lambda archive, progress: source.import_folder(archive, folder, now=context.now(), progress=progress), as_json)


def page(
    page: Annotated[str, typer.Argument(help="The page's key, or its address.")],
    file: Annotated[Path, typer.Argument(help="The saved page: .html, .md, .txt, .json or .xml.")],
    at: Annotated[str | None, typer.Option(help="When it was saved; by default the file's own time.")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Import it even if the file seems to be another page.")
    ] = False,
    as_json: _JSON = False,
) -> None:
    """Import one saved page, as if it had been fetched when it was saved."""
    if not file.is_file():
        context.wrong_use(f"{file} is not a file. Name the page that you saved.")
    moment = moment_of(at) if at else datetime.fromtimestamp(file.stat().st_mtime, UTC).replace(microsecond=0)
    if moment > context.now():
        context.wrong_use(f"{moment:%Y-%m-%d %H:%M} UTC is in the future. Say with --at when the page was saved.")

    def bring(archive: Archive, _: Progress) -> Imported:
        key, url = _page_meant(archive, page)
        return source.import_file(archive, key, file, at=moment, now=context.now(), url=url, force=force)

    _run(bring, as_json)


def ota(
    repository: Annotated[Path, typer.Argument(help="A clone of an Open Terms Archive versions repository.")],
    page: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help='"Service/Terms" or a pattern; with =KEY it becomes that page\'s history.'),
    ] = None,
    as_json: _JSON = False,
) -> None:
    """Import the recorded versions of an Open Terms Archive collection."""
    if not repository.is_dir():
        context.wrong_use(f"{repository} is not a folder. Name the folder that git clone made.")
    wanted = [Wanted.read(text) for text in page or []]
    with_key = [wish.key for wish in wanted if wish.key]
    unusable = next((key for key in with_key if not _KEY.fullmatch(key)), None)
    if unusable is not None:
        context.wrong_use(f"{unusable!r} is not a page key: use letters, digits, dot, hyphen and underscore.")

    def bring(archive: Archive, progress: Progress) -> Imported:
        for key in with_key:
            _enrol_declared(archive, key)
        return ota_source.import_ota(archive, repository, now=context.now(), wanted=wanted, progress=progress)

    _run(bring, as_json)


_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")


def _run(bring: Callable[[Archive, Progress], Imported], as_json: bool) -> None:
    """Import with a progress bar, and report what was done and what changed in it."""
    with context.archive(create=True) as archive, progress_bar() as bar:
        task = bar.add_task("", total=None)

        def progress(key: str, done: int, total: int) -> None:
            bar.update(task, description=output.safe(key), completed=done, total=total)

        before, numbers = _changes(archive), _numbers(archive)
        try:
            done = bring(archive, progress)
        except WatchlistError as error:
            context.wrong_use(str(error))
        found = _changes(archive) - before
        moved = _moved(numbers, _numbers(archive))
    done.problems = [one_line(problem) for problem in done.problems]  # names of files may contain anything
    for problem in done.problems:
        output.warn(problem)
    if as_json:
        output.as_json(
            {"pages": done.pages, "looks": done.looks, "known": done.known, "changes": found, "problems": done.problems}
        )
    elif done.problems and not done.looks + done.known:
        output.say("Nothing was imported: correct what is named above and run it again (docs/import.md).")
    else:
        _say(done, found)
    if moved:
        output.warn(
            f"Older copies came in, so versions have other numbers now: {', '.join(moved)}. "
            "Cite a text by its date or its SHA-256."
        )
    if done.problems:
        raise typer.Exit(context.FAILURES)


def _changes(archive: Archive) -> int:
    with archive.read() as session:
        return changes.count_told(session)


def _numbers(archive: Archive) -> dict[tuple[str, str], int]:
    with archive.read() as session:
        return versions.numbers(session)


def _moved(before: dict[tuple[str, str], int], after: dict[tuple[str, str], int]) -> list[str]:
    """For each page of which versions were numbered anew, the last of them: "version 1 of us-fees is now 2"."""
    found = {
        text[0]: f"version {number} of {text[0]} is now {after[text]}"
        for text, number in sorted(before.items(), key=lambda known: known[1])
        if after.get(text, number) != number
    }
    return list(found.values())


def _say(done: Imported, found: int) -> None:
    what = f"{labels.count(done.pages, 'page')}, {labels.count(done.looks, 'copy', 'copies')} imported"
    output.say(f"{what}, {done.known} known already.")
    if found:
        output.say(f"{labels.count(found, 'change')}: policywatch changes")
    elif done.looks:
        output.say("0 changes; policywatch changes --all says why.")


def _page_meant(archive: Archive, name: str) -> tuple[str, str]:
    """The key of the page that is meant, and its address if it is new; ends the command if it is neither."""
    if "://" not in name:
        if not _enrol_declared(archive, name):
            with archive.read() as session:
                page_named(session, name)
        return name, ""
    failure = refused(name)
    if failure and failure.reason is not Reason.PRIVATE_ADDRESS:
        context.wrong_use(f"{name}: {clause(failure)}.")
    with archive.read() as session:
        known = {link_key(one.url): one.key for one in pages.listed(session)}
    declared = {link_key(one.url): one.key for one in watched_pages(crawl_settings())[0]}
    key = known.get(link_key(name)) or declared.get(link_key(name))
    if key:
        _enrol_declared(archive, key)
        return key, ""
    return _key_of(name), name


def _enrol_declared(archive: Archive, key: str) -> bool:
    """Enter a page of the watch-lists that the archive does not know yet; return whether the watch-lists have it."""
    declared = next((one for one in watched_pages(crawl_settings())[0] if one.key == key), None)
    if declared is None:
        return False
    with archive.begin() as session:
        if pages.get(session, key) is None:
            enrol(session, declared, now=context.now())
    return True


def _key_of(url: str) -> str:
    """A key for an unnamed page: its host and the end of its path, made unique by a hash."""
    parts = urlsplit(url)
    return f"{slug(f'{parts.hostname} {parts.path[-60:]}')}-{sha256(link_key(url).encode()).hexdigest()[:8]}"
