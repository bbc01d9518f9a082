"""What every command needs: the archive, the settings, the time. The composition root of the program.

Modules are loaded by the function that uses them: a verb that only reads the archive waits for nothing else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from diffs.errors import ArchiveMissing, PolicywatchError, SettingsError, refused
from diffs.failures import Failure, Reason
from diffs.private_files import write_private, write_whole

if TYPE_CHECKING:
    from diffs.database.archive import Archive
    from diffs.engine.rephrasing import Model
    from diffs.settings import ArchiveSettings
    from notifier.settings import NotifierSettings
    from policywatch.settings import ModelSettings

#: Exit codes, as docs/commands.md lists them.
DONE, FAILURES, WRONG_USE, CANNOT_WORK = 0, 1, 2, 3


def now() -> datetime:
    """The time in UTC. The only place of the command line that reads the clock."""
    return datetime.now(UTC)


def archive_settings() -> "ArchiveSettings":
    """The settings for where the archive is. Raises SettingsError with a remedy."""
    from diffs.settings import ArchiveSettings

    try:
        return ArchiveSettings()
    except ValueError as error:
        raise _of_no_use(error) from None


def notifier_settings() -> "NotifierSettings":
    """The settings for sending. Raises SettingsError with a remedy; values that may be secret are not shown."""
    from notifier.settings import NotifierSettings

    try:
        return NotifierSettings()
    except ValueError as error:
        raise _of_no_use(error) from None


def model_settings() -> "ModelSettings":
    """The settings for a model that rephrases. Raises SettingsError with a remedy; the key is not shown."""
    from policywatch.settings import ModelSettings

    try:
        return ModelSettings()
    except ValueError as error:
        raise _of_no_use(error) from None


def model() -> "Model | None":
    """The model that may rephrase the changes of one round; None where the owner has named none.

    Settings that name it wrongly are reported and keep nobody waiting: the changes are told in our own words.
    """
    try:
        settings = model_settings()
    except SettingsError as error:
        from .terminal.output import warn

        warn(f"No model is asked to rephrase. {error}")
        return None
    if not settings.model_url:
        return None
    from policywatch.model.endpoint import model_of  # loads an HTTP client that nobody else needs

    return model_of(settings)


def only_known_settings() -> None:
    """Raise SettingsError where `policywatch.toml` has a name that is no setting.

    Most likely it is misspelt: what was meant to slow us down or to name the owner would have no effect. What fetches
    or sends asks this first; what only reads the archive works on.
    """
    import tomllib

    from crawler.settings import CrawlSettings
    from diffs.settings import CONFIG_FILE, ArchiveSettings
    from notifier.settings import NotifierSettings
    from policywatch.settings import ModelSettings

    if not CONFIG_FILE.exists():
        return
    kinds = (ArchiveSettings, CrawlSettings, NotifierSettings, ModelSettings)
    known = {name for kind in kinds for name in kind.model_fields}
    try:
        unknown = sorted(set(tomllib.loads(CONFIG_FILE.read_text(encoding="utf-8-sig"))) - known)
    except (OSError, ValueError) as error:
        raise SettingsError(f"{CONFIG_FILE} cannot be read: {error}.", remedy="Correct the file.") from error
    if unknown:
        are = "is no setting" if len(unknown) == 1 else "are no settings"
        raise SettingsError(
            f"In {CONFIG_FILE} {', '.join(unknown)} {are}.",
            remedy=f"Correct or remove it. There are: {', '.join(sorted(known))}.",
        )


def _of_no_use(error: ValueError) -> SettingsError:
    """The error as a sentence; the value given is left out, since it may contain a password."""
    from pydantic import ValidationError

    from diffs.settings import unusable

    if not isinstance(error, ValidationError):
        return SettingsError(f"policywatch.toml cannot be read: {error}.", remedy="Correct the file.")
    first = error.errors()[0]
    message = first["msg"].removeprefix("Value error, ").rstrip(".?")
    if not first["loc"]:  # two settings that contradict each other
        return SettingsError(f"The settings do not fit together: {message}.", remedy="Correct policywatch.toml.")
    name = str(first["loc"][0])
    remedy = f"Correct POLICYWATCH_{name.upper()} in the environment or {name} in policywatch.toml."
    return SettingsError(unusable(name, first["msg"]), remedy=remedy)


@contextmanager
def archive(*, create: bool = False) -> Iterator["Archive"]:
    """The archive, open for the length of a command. Only commands that fill it may `create` one.

    Raises SettingsError; or ArchiveError, also if there is no archive: nothing can be read in the wrong folder.
    """
    from diffs.database.archive import open_archive

    settings = archive_settings()
    try:
        opened = open_archive(settings.url, create=create)
    except ArchiveMissing as error:
        raise _missing(error, settings) from None
    try:
        yield opened
    except (PolicywatchError, typer.Exit, OSError, MemoryError):
        raise
    except Exception as error:
        _blame_damage(opened, error)
        raise
    finally:
        opened.close()


def _blame_damage(opened: "Archive", error: Exception) -> None:
    """Say that the archive is damaged if it is: a broken row makes our own code fail in a hundred ways."""
    from diffs.database import integrity

    found = integrity.damage(opened)
    if found:
        raise refused(Failure(Reason.ARCHIVE_DAMAGED, detail=found[0])) from error


def _missing(error: ArchiveMissing, settings: "ArchiveSettings") -> ArchiveMissing:
    from diffs.settings import CONFIG_FILE

    if CONFIG_FILE.exists() or settings.model_fields_set:  # somebody has said where it is to be
        return ArchiveMissing(
            error.message, remedy="policywatch crawl creates it and reads the pages for the first time."
        )
    return ArchiveMissing(
        f"There is no {CONFIG_FILE} and no archive here ({Path.cwd()}).",
        remedy="Go to the folder in which you ran policywatch init, or run it here to begin.",
    )


def review(opened: "Archive", *, at: datetime | None = None) -> None:
    """Report the end of rules entered by hand, and compare the targets in the last reports with what pages say.

    `at` is UTC; now, if it is not given.
    """
    from diffs.engine.owner import notes, report_events

    moment = at or now()
    with opened.begin() as session:
        notes.end_due(session, now=moment)
        report_events.note_differences(session, now=moment)


def data_dir() -> Path:
    """The data folder."""
    return archive_settings().data_dir


def wrong_use(message: str) -> NoReturn:
    """End with exit code 2 and a sentence that says what to do."""
    from .terminal.output import warn

    warn(message)
    raise typer.Exit(WRONG_USE)


def written(path: Path, data: bytes) -> None:
    """Write a file that the command line names, in full; ends the command if that is impossible."""
    try:
        write_whole(path, data)
    except OSError as error:
        wrong_use(f"{path} cannot be written: {error.strerror or error}.")


def written_privately(path: Path, data: bytes) -> None:
    """The same for files that nobody else on this machine may read: settings, addresses, the user's own figures."""
    try:
        write_private(path, data)
    except OSError as error:
        wrong_use(f"{path} cannot be written: {error.strerror or error}.")
