"""Import the history of a *versions* repository of Open Terms Archive, from a clone on this machine.

Such a repository holds a Markdown file per service and kind of terms; each recorded version is a commit whose author
date is the time of the fetch. Commits that say that the archive's own converter or declaration changed are hints: what
differs there may be its own doing (docs/import.md).
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path

from diffs.database.archive import Archive
from diffs.engine import wording
from diffs.engine.apart.helper import Helper
from diffs.errors import WatchlistError
from diffs.language.slugs import slug

from . import history
from .git import Commit, Repository
from .history import Imported, Progress, RecordedLook
from .saved import MAX_BYTES

SOURCE = "ota"

#: How a commit message begins if the site itself changed nothing; the second is the form used until 2022.
_UPGRADES = ("Apply technical or declaration upgrade on", "Refilter")
#: Fetches are in the order of the commits; one that is not later than the one before is moved behind it.
_STEP = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which pages to import: a name, a path or a pattern for either; `key` is the page's key here, "" for its own."""

    pattern: str
    key: str = ""

    @classmethod
    def read(cls, text: str) -> "Wanted":
        """The request in "Service/Terms" or "Service/Terms=KEY"."""
        pattern, _, key = text.partition("=")
        return cls(pattern.strip().removesuffix(".md"), key.strip())

    def takes(self, terms: "Terms") -> bool:
        """Whether these terms are meant; letter case does not matter."""
        pattern = self.pattern.casefold()
        return any(fnmatchcase(name.casefold(), pattern) for name in (terms.name, terms.key))


@dataclass(frozen=True, slots=True)
class Version:
    """One recorded version: when (UTC), in which commit, which blob, and by which converter."""

    observed_at: datetime
    commit: str
    blob: str
    extractor: str


@dataclass
class Terms:
    """The terms of one file: "Service/Kind of terms", and its versions in order."""

    name: str
    key: str
    versions: list[Version] = field(default_factory=list)
    upgrades: int = 0


def import_ota(
    archive: Archive,
    folder: Path,
    *,
    now: datetime,
    wanted: Sequence[Wanted] = (),
    progress: Progress | None = None,
) -> Imported:
    """What importing the versions in a clone did; `wanted` picks some pages, `now` (UTC) is when the rows are stored.

    A commit that cannot be used is named in the problems and skipped. Raises WatchlistError if the folder is no
    repository or a request names nothing in it, SettingsError if git is missing, ArchiveError.
    """
    repository, done = Repository(folder), Imported()
    terms = versions_in(repository.commits(), done, now=now)
    with Helper() as helper:
        for one in _chosen(terms, wanted):
            _import(archive, repository, one, done, helper, now=now, progress=progress)
    wording.word_all(archive)
    return done


def versions_in(commits: Iterable[Commit], done: Imported, *, now: datetime) -> list[Terms]:
    """The terms of a repository by name, each with its versions; problems are added to `done`."""
    found: dict[str, Terms] = {}
    keys: set[str] = set()
    for commit in commits:
        paths = [(path, blob) for path, blob in commit.files if _is_terms(path)]
        when = _moment(commit, now) if paths else None
        if paths and when is None:
            done.problems.append(
                f"commit {commit.name[:12]}: its date {commit.authored!r} is impossible; it is skipped."
            )
        for path, blob in paths if when else ():
            if path not in found:
                name = path.removesuffix(".md")
                found[path] = Terms(_shown(name), _key(name, keys))
                keys.add(found[path].key)
            _add(found[path], commit, blob, when or now)
    return sorted(found.values(), key=lambda terms: terms.name)


def _add(terms: Terms, commit: Commit, blob: str, when: datetime) -> None:
    terms.upgrades += commit.subject.startswith(_UPGRADES)
    if terms.versions and when <= terms.versions[-1].observed_at:
        when = terms.versions[-1].observed_at + _STEP
    terms.versions.append(Version(when, commit.name, blob, f"ota-{terms.upgrades}"))


def _chosen(terms: list[Terms], wanted: Sequence[Wanted]) -> Iterator[Terms]:
    for wish in wanted:
        taken = [one for one in terms if wish.takes(one)]
        if not taken:
            near = ", ".join(one.name for one in terms[:5])
            remedy = f"It holds {len(terms)} pages, such as: {near}." if terms else "It holds no versions at all."
            raise WatchlistError(f"Nothing in the repository is named {wish.pattern!r}.", remedy=remedy)
        if wish.key and len(taken) > 1:
            remedy = "Name one of them."
            raise WatchlistError(
                f"{wish.pattern!r} matches {len(taken)} pages, but {wish.key!r} can only be one.", remedy=remedy
            )
        yield from (replace(one, key=wish.key or one.key) for one in taken)
    if not wanted:
        yield from terms


def _import(
    archive: Archive,
    repository: Repository,
    terms: Terms,
    done: Imported,
    helper: Helper,
    *,
    now: datetime,
    progress: Progress | None,
) -> None:
    service, _, kind = terms.name.partition("/")
    title = f"{service}: {kind}"[:300]
    fields = history.declared(terms.key, terms.name, {"title": title}, SOURCE)
    known = history.enter(archive, fields, SOURCE, now=now)
    done.pages += 1
    if progress:
        progress(terms.key, 0, len(terms.versions))
    for number, batch in enumerate(history.batches(terms.versions)):
        looks = _read(repository, batch, terms, done)
        history.take_in(archive, terms.key, looks, known, done, helper=helper, source=SOURCE, now=now)
        if progress:
            progress(terms.key, min(len(terms.versions), (number + 1) * history.BATCH), len(terms.versions))


def _read(repository: Repository, batch: Sequence[Version], terms: Terms, done: Imported) -> Iterator[RecordedLook]:
    bodies = repository.blobs((version.blob for version in batch), MAX_BYTES)
    for version, body in zip(batch, bodies, strict=True):
        if body is None:
            limit = f"missing, broken or larger than {MAX_BYTES // 2**20} MiB"
            done.problems.append(f"commit {version.commit[:12]}: {terms.name}.md is {limit}; it is skipped.")
        else:
            yield RecordedLook(version.observed_at, body, "markdown", extractor=version.extractor)


def _is_terms(path: str) -> bool:
    """Whether a path is that of a version, which is in its service's folder: "Service/Terms.md"."""
    parts = path.split("/")
    return len(parts) == 2 and all(parts) and path.endswith(".md") and not path.startswith(".")


def _moment(commit: Commit, now: datetime) -> datetime | None:
    """When a version was fetched; None for an impossible time."""
    try:
        moment = datetime.fromtimestamp(int(commit.authored), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.year >= 1990 and moment <= now + timedelta(days=1) else None


def _shown(name: str) -> str:
    """A name as text: bytes that are no text, and control characters, become U+FFFD."""
    whole = name.encode(errors="surrogateescape").decode(errors="replace")
    return "".join(sign if sign.isprintable() else "�" for sign in whole)


def _key(name: str, taken: set[str]) -> str:
    """A page key from a path: plain letters, digits and hyphens, with a hash added if that is not unique."""
    plain = unicodedata.normalize("NFKD", _shown(name)).encode("ascii", "ignore").decode()
    # An apostrophe separates words here, or a page that was imported before would not be found again.
    key = slug(plain.replace("'", "-"), 100)
    short = sha256(name.encode(errors="surrogateescape")).hexdigest()[:8]
    return key if key and key not in taken else f"{key}-{short}".strip("-")
