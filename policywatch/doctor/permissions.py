"""Which files of ours others on this machine can read, although they contain addresses, tokens or keys."""

import grp
import os
import pwd
import shlex
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr

from crawler.settings import CrawlSettings
from diffs.database import addresses
from diffs.database.sqlite import BESIDE
from diffs.settings import CONFIG_FILE, ArchiveSettings
from notifier.settings import NotifierSettings
from notifier.subscribers.links import KEY_FILE
from policywatch.settings import ModelSettings


def exposed(archive: ArchiveSettings, notifier: NotifierSettings) -> list[Path]:
    """The files and folders that another user of this machine can read, in the order in which they matter."""
    return [path for path in _private(archive, notifier) if path.exists() and _readable_by_others(path)]


def remedy(paths: list[Path]) -> str:
    """The command that protects them."""
    # Capital X: only folders can be entered.
    return f"chmod -R u=rwX,go= {' '.join(shlex.quote(str(path)) for path in paths)} protects them."


def _private(archive: ArchiveSettings, notifier: NotifierSettings) -> Iterator[Path]:
    file = addresses.file_of(addresses.parsed(archive.url))
    if file is not None:
        yield file
        yield from (file.with_name(file.name + suffix) for suffix in BESIDE)
    yield archive.data_dir / KEY_FILE
    if _holds_secrets():
        yield CONFIG_FILE
    way, _, outbox = notifier.smtp_url.get_secret_value().partition(":")
    if way == "folder":
        yield Path(outbox)


def _holds_secrets() -> bool:
    """Whether the settings file itself contains a secret."""
    if not CONFIG_FILE.exists():
        return False
    said = tomllib.loads(CONFIG_FILE.read_text(encoding="utf-8"))
    fields = {**CrawlSettings.model_fields, **NotifierSettings.model_fields, **ModelSettings.model_fields}
    secret = {name for name, field in fields.items() if field.annotation is SecretStr}
    return "@" in str(said.get("database_url", "")) or any(said.get(name) for name in secret)


def _readable_by_others(path: Path) -> bool:
    """Whether other users can read a file, or list a folder, and get to it through the folders above it."""
    found = path.stat()
    ways = ((stat.S_IROTH, stat.S_IXOTH), *(() if _is_own_group(found) else ((stat.S_IRGRP, stat.S_IXGRP),)))
    return any(
        found.st_mode & read and all(folder.stat().st_mode & enter for folder in path.absolute().parents)
        for read, enter in ways
    )


def _is_own_group(found: os.stat_result) -> bool:
    """Whether a file's group is its owner's own, with no other members (as Debian and Fedora create them)."""
    try:
        group = grp.getgrgid(found.st_gid)
        return group.gr_name == pwd.getpwuid(found.st_uid).pw_name and not group.gr_mem
    except KeyError:
        return False
