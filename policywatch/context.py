"""What every command needs: the archive, the time, the page a key names. The composition root of the program."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NoReturn, get_args

import typer
from pydantic import ValidationError

from crawler.watchlist.watchlists import Category
from diffs.database.archive import Archive, Session, open_archive
from diffs.database.models import Page
from diffs.engine import notes, report_events, wording
from diffs.errors import SettingsError
from diffs.judging.subscriptions import Filter, Topic, wants
from diffs.language.vocabulary import table
from diffs.settings import ArchiveSettings
from diffs.store import changes, pages
from notifier.settings import NotifierSettings

from .terminal.output import warn

#: Exit codes, as docs/commands.md lists them.
DONE, FAILURES, WRONG_USE, CANNOT_WORK = 0, 1, 2, 3


def now() -> datetime:
    """The time in UTC. The only place of the command line that looks at the clock."""
    return datetime.now(UTC)


def archive_settings() -> ArchiveSettings:
    """Where the archive lives. Raises SettingsError with a remedy."""
    try:
        return ArchiveSettings()
    except ValueError as error:
        raise _of_no_use(error) from None


def notifier_settings() -> NotifierSettings:
    """How notices leave the house. Raises SettingsError with a remedy; values that may be secret are not shown."""
    try:
        return NotifierSettings()
    except ValueError as error:
        raise _of_no_use(error) from None


def _of_no_use(error: ValueError) -> SettingsError:
    """The same in a sentence; what was given is left out, since it may hold a password."""
    if not isinstance(error, ValidationError):
        return SettingsError(f"policywatch.toml cannot be read: {error}.", remedy="Correct the file.")
    first = error.errors()[0]
    message = first["msg"].removeprefix("Value error, ").rstrip(".?")
    if not first["loc"]:  # two settings that do not fit together
        return SettingsError(f"The settings do not fit together: {message}.", remedy="Correct policywatch.toml.")
    name = str(first["loc"][0])
    remedy = f"Correct POLICYWATCH_{name.upper()} in the environment or {name} in policywatch.toml."
    return SettingsError(f"The setting {name}: {message}.", remedy=remedy)


@contextmanager
def archive() -> Iterator[Archive]:
    """The archive, open for the length of a command. Raises ArchiveError, SettingsError."""
    opened = open_archive(archive_settings().url)
    try:
        yield opened
    finally:
        opened.close()


def word(opened: Archive) -> None:
    """Give changes that have none their headline and points."""
    with opened.read() as session:
        if not changes.unworded(session):
            return
    with opened.begin() as session:
        wording.word(session)


def review(opened: Archive, *, at: datetime | None = None) -> None:
    """Tell the end of entries made by hand, and hold the targets in the last reports against what pages say.

    `at` is UTC; now, where it is not given.
    """
    moment = at or now()
    with opened.begin() as session:
        notes.end_due(session, now=moment)
        report_events.note_differences(session, now=moment)


def data_dir() -> Path:
    """The data folder."""
    return archive_settings().data_dir


def wrong_use(message: str) -> NoReturn:
    """End with exit code 2 and a sentence that says what to do."""
    warn(message)
    raise typer.Exit(WRONG_USE)


def written(path: Path, data: bytes) -> None:
    """Write a file that the command line names; ends the command where that cannot be."""
    try:
        path.write_bytes(data)
    except OSError as error:
        wrong_use(f"{path} cannot be written: {error.strerror or error}.")


def page_named(session: Session, key: str) -> Page:
    """The page with this key; ends the command with the nearest keys where there is none."""
    page = pages.get(session, key)
    if page is not None:
        return page
    near = nearest(key, [other.key for other in pages.listed(session)])
    known = f"Pages here: {near}." if near else "The archive has no pages yet: run policywatch crawl."
    wrong_use(f"There is no page {key!r}. {known}")


def nearest(name: str, names: Iterable[str], most: int = 5) -> str:
    """Those of some names that are most like a mistyped one, for a message: they share most pairs of letters."""
    wanted = _pairs(name)
    ranked = sorted(names, key=lambda other: -len(wanted & _pairs(other)) / (len(wanted | _pairs(other)) or 1))
    return ", ".join(ranked[:most])


def _pairs(name: str) -> set[str]:
    edged = f" {name.casefold()} "
    return {edged[at : at + 2] for at in range(len(edged) - 1)}


def is_of(page: Page, marketplace: str | None) -> bool:
    """Whether a page is one of a marketplace; without one every page is. A page may be of several ("UK,IE")."""
    wanted = Filter(marketplaces=(marketplace,) if marketplace is not None else ())
    return wants(wanted, Topic(page.key, page.marketplace))


def categories() -> list[str]:
    """Every category that a page or a change can be of."""
    return sorted({*get_args(Category), *table("wording_categories")})


def check_category(name: str | None) -> None:
    """End the command where no page and no change can be of this category: nothing would ever be found."""
    known = categories()
    if name is not None and name not in known:
        wrong_use(f"There is no category {name!r}. There are: {', '.join(known)}.")


def moment_of(text: str, *, end_of_day: bool = False) -> datetime:
    """A date or time given on the command line, in UTC; a date means its beginning, or its end."""
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        wrong_use(f"{text!r} is no date; write it as 2026-03-04 or 2026-03-04T12:00Z.")
    if end_of_day and _is_date(text):
        return moment.replace(hour=23, minute=59, second=59, microsecond=999_999)
    return moment


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
