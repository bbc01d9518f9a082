"""The archive's address: an SQLAlchemy URL, parsed and shown. A password in it never appears in a message."""

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from diffs.errors import ArchiveError

REMEDY = "Set POLICYWATCH_DATABASE_URL to an SQLAlchemy URL, or unset it for the default."


def parsed(url: str) -> URL:
    """The URL in parts; the path of a file without "~".

    Raises ArchiveError, which quotes nothing of the URL: the libraries' own messages contain the password.
    """
    _, scheme, rest = url.partition("://")
    if not scheme:
        raise ArchiveError(
            "The database URL cannot be read: it has no ://, as in postgresql://host/name.", remedy=REMEDY
        )
    if rest.count("@") > 1:
        raise ArchiveError(
            "The database URL has more than one @, so its password and its host cannot be told apart.",
            remedy="Write @ in a user name or password as %40, : as %3A and / as %2F.",
        )
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):
        message = "The database URL cannot be read: its parts are driver://user:password@host:port/name."
        raise ArchiveError(message, remedy="Write : in a password as %3A, @ as %40 and / as %2F.") from None
    path = _path(found)
    return found if path is None else found.set(database=str(path))


def file_of(url: URL) -> Path | None:
    """The file of an SQLite archive; None if it is on a server, or in memory."""
    return _path(url)


def shown(url: str | URL) -> str:
    """An address as it may be shown: without password and options; "…" if it cannot be parsed."""
    try:
        found = parsed(url) if isinstance(url, str) else url
    except ArchiveError:
        return "…"
    return found.set(query={}).render_as_string(hide_password=True)


def _path(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    try:
        return Path(str(url.database)).expanduser()
    except RuntimeError:  # a user without a home folder
        return Path(str(url.database))
