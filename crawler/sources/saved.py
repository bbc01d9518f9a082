"""Read a folder of saved pages (docs/import.md): fetches with their times, and what is wrong with them.

`DIR/<page key>/observations.csv` names files and when they were observed; without it, files named by an ISO basic time
are taken in order. `DIR/<page key>/page.toml` says what the page is.
"""

import csv
import gzip
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from diffs.errors import WatchlistError
from diffs.zstandard import zstd

#: A saved page larger than this when unpacked is refused (bytes): no policy is that large, and a bomb must not fill the
#: memory.
MAX_BYTES = 50 * 1024 * 1024
#: The media types by file ending.
MEDIA_TYPES = {".html": "html", ".htm": "html", ".md": "markdown", ".txt": "text", ".json": "help-api", ".xml": "feed"}
#: Archives compress with windows up to 128 MiB.
ZSTD_WINDOW = 27

_BASIC_TIME = re.compile(r"(\d{8}T\d{4}(?:\d{2})?)Z?\Z")


@dataclass(frozen=True, slots=True)
class SavedLook:
    """One observation: when (UTC), which file, and what was recorded with it. `line` is its line in the CSV."""

    observed_at: datetime
    file: Path
    line: int = 0
    url: str = ""
    status: int = 200
    language: str = ""
    extractor: str = ""


@dataclass
class SavedPage:
    """One page's folder: its key, its fetches in the order given, and the problems found.

    `declared` is what page.toml says, None if that cannot be read: then the page is left out.
    """

    key: str
    folder: Path
    declared: dict[str, Any] | None = field(default_factory=dict)
    looks: list[SavedLook] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def pages_in(folder: Path) -> Iterator[SavedPage]:
    """The pages of a folder by key; folders without any saved page are left out.

    Links that lead out of the folder are never followed: whoever made the folder may not have access to what we can
    read. Raises WatchlistError if it is no folder, or cannot be read.
    """
    if not folder.is_dir():
        raise WatchlistError(f"{folder} is not a folder.", remedy="Name the folder that holds one folder per page.")
    try:
        children = sorted(folder.iterdir())
    except OSError as error:
        raise WatchlistError(f"{folder} cannot be read: {error.strerror}.", remedy="Make it readable.") from error
    for child in children:
        if child.is_symlink() and not child.exists():
            yield _left_out(child, "is a link that leads nowhere")
        elif child.is_dir():
            page = read_page(child) if _leads_into(folder, child) else _left_out(child, _OUTWARDS)
            if page.looks + page.problems:
                yield page


def read_page(folder: Path) -> SavedPage:
    """One page's folder, read; what cannot be used is named in `problems`, with file and line."""
    page = SavedPage(key=folder.name, folder=folder)
    _read_declaration(page)
    table = folder / "observations.csv"
    try:
        if _is_there(table):
            _read_table(page, _ordinary(folder, table))
        else:
            _read_names(page)
    except OSError as error:
        page.problems.append(f"{folder} cannot be read: {error.strerror}; it is skipped.")
    except ValueError as error:
        page.problems.append(f"{table} {error}; the page is skipped.")
    return page


def _left_out(folder: Path, why: str) -> SavedPage:
    return SavedPage(key=folder.name, folder=folder, declared=None, problems=[f"{folder} {why}; it is skipped."])


#: A link that leads out of the folder.
_OUTWARDS = "is a link that leads out of the folder"


def _is_there(path: Path) -> bool:
    """Whether there is anything by this name, even a link that leads nowhere."""
    return path.is_symlink() or path.exists()


def _leads_into(folder: Path, path: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _ordinary(folder: Path, path: Path) -> Path:
    """The path, if it is a file in this folder that can be read without waiting.

    Raises ValueError, which says what it is instead.
    """
    if not _leads_into(folder, path):
        raise ValueError(_OUTWARDS)
    if not path.is_file():
        raise ValueError("is not a file" if path.exists() else "leads nowhere")
    if path.stat().st_size > MAX_BYTES:
        message = f"is larger than {MAX_BYTES // 2**20} MiB"
        raise ValueError(message)
    return path


def _read_declaration(page: SavedPage) -> None:
    path = page.folder / "page.toml"
    if not _is_there(path):
        return
    try:
        declared = tomllib.loads(_ordinary(page.folder, path).read_text(encoding="utf-8-sig"))
    except (ValueError, OSError) as error:  # invalid TOML or UTF-8 raises ValueError
        # Read by rules other than its own, the page would have a different text.
        page.declared = None
        page.problems.append(f"{path}: {error}. Write it as TOML, with title and url; the page is skipped.")
        return
    page.declared = declared["page"] if isinstance(declared.get("page"), dict) else declared


def _read_table(page: SavedPage, path: Path) -> None:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file)
            if not {"observed_at", "file"} <= set(rows.fieldnames or ()):
                page.problems.append(
                    f"{path}:1: the columns observed_at and file are needed. Write the first line as observed_at,file "
                    "with commas."
                )
                return
            for row in rows:
                look = _look(page, path, rows.line_num, {name: value or "" for name, value in row.items() if name})
                if look is not None:
                    page.looks.append(look)
    except (csv.Error, UnicodeDecodeError, OSError) as error:
        page.problems.append(f"{path}: {error}. Write it as UTF-8 CSV.")


def _look(page: SavedPage, path: Path, line: int, row: dict[str, str]) -> SavedLook | None:
    try:
        return SavedLook(
            observed_at=_moment(row["observed_at"]),
            file=_inside(page.folder, row["file"]),
            line=line,
            url=row.get("url", ""),
            status=_status(row.get("status", "")),
            language=row.get("language", ""),
            extractor=row.get("extractor", ""),
        )
    except ValueError as error:
        page.problems.append(f"{path}:{line}: {error}; the row is skipped.")
        return None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
        # A time without a zone is taken as UTC, as everywhere in this program.
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        message = f"observed_at {text!r} is not an ISO 8601 time, such as 2026-03-04T12:00:00Z"
        raise ValueError(message) from None


def _status(text: str) -> int:
    if not text.strip():
        return 200
    if not re.fullmatch(r"[1-5][0-9]{2}", text.strip()):
        message = f"status {text!r} is not an HTTP status, such as 200"
        raise ValueError(message)
    return int(text)


def _inside(folder: Path, name: str) -> Path:
    path = folder / name.strip()
    if not name.strip() or not _leads_into(folder, path):
        message = f"the file {name!r} is not inside the folder"
        raise ValueError(message)
    if not path.is_file():
        message = f"the file {name!r} {'is not a regular file' if path.exists() else 'does not exist'}"
        raise ValueError(message)
    if _suffix(path) not in MEDIA_TYPES:
        message = f"the file {name!r} is not one of {', '.join(MEDIA_TYPES)} (or one of these with .zst or .gz)"
        raise ValueError(message)
    return path


def _read_names(page: SavedPage) -> None:
    for path in sorted(page.folder.iterdir()):
        stem = path.name.split(".", 1)[0]
        found = _BASIC_TIME.match(stem)
        if found is None or _suffix(path) not in MEDIA_TYPES:
            continue
        try:
            _ordinary(page.folder, path)
        except ValueError as error:
            page.problems.append(f"{path} {error}; it is skipped.")
            continue
        form = "%Y%m%dT%H%M%S" if len(found[1]) == len("20260304T120000") else "%Y%m%dT%H%M"
        try:
            moment = datetime.strptime(found[1], form).replace(tzinfo=UTC)
        except ValueError:
            page.problems.append(f"{path}: its name is not a time, such as 20260304T120000Z.html; the file is skipped.")
            continue
        page.looks.append(SavedLook(moment, path))


def _suffix(path: Path) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in (".zst", ".gz"):
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def is_page(path: Path) -> bool:
    """Whether a file has an ending that we read."""
    return path.is_file() and _suffix(path) in MEDIA_TYPES


def media_type(path: Path) -> str:
    """What a saved file holds, by its ending."""
    return MEDIA_TYPES[_suffix(path)]


def content(path: Path) -> bytes:
    """The file's bytes, unpacked.

    Raises WatchlistError when it cannot be read or unpacked, or is larger than 50 MiB.
    """
    try:
        with _opened(path) as file:
            data = bytes(file.read(MAX_BYTES + 1))
    except (OSError, EOFError, zstd.ZstdError, gzip.BadGzipFile) as error:
        raise WatchlistError(f"{path}: {error}.", remedy="Save the page again; the row is skipped.") from error
    if len(data) > MAX_BYTES:
        raise WatchlistError(f"{path}: larger than {MAX_BYTES // 2**20} MiB.", remedy="The row is skipped.")
    return data


def _opened(path: Path) -> Any:
    if path.suffix.lower() == ".zst":
        return zstd.ZstdFile(path, options={zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW})
    return gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb")
