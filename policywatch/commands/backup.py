"""backup: archive, key, settings and watch-lists in one file."""

import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Annotated

import typer

from crawler.settings import crawl_settings
from diffs.database import copying
from diffs.private_files import replaced_privately
from diffs.settings import CONFIG_FILE
from notifier.subscribers.links import KEY_FILE
from policywatch import context
from policywatch.terminal import output

#: Where the archive and the key are in a backup: once it is unpacked, policywatch finds them there.
DATA = PurePosixPath("policywatch-data")


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(backup)


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write, such as policies.tar.gz.")],
) -> None:
    """Write archive, key, settings and your own watch-lists to one file; docs/backup.md says how to restore it."""
    if file.exists() and not file.is_file():
        context.wrong_use(f"{file} is not a file. Name the file to write the backup to.")
    with context.archive() as archive, tempfile.TemporaryDirectory(prefix="policywatch-") as folder:
        copied = Path(folder) / "policywatch.db"
        try:
            copied.touch(mode=0o600)
            copying.copy(archive, copied)
            kept = [(copied, DATA / copied.name), *_beside()]
            with replaced_privately(file) as to, tarfile.open(fileobj=to, mode="w:gz") as tar:
                for path, name in kept:
                    tar.add(path, arcname=str(name), recursive=False)
        except OSError as error:
            context.wrong_use(f"{file} cannot be written: {error.strerror or error}.")
    output.say(f"{file}: {', '.join(str(name) for _, name in kept)}")
    for path in _elsewhere():
        output.warn(f"Not included, because it is outside this folder: {path}. Back it up yourself.")


def _beside() -> Iterator[tuple[Path, PurePosixPath]]:
    """The files that an archive needs to continue as before, each with its name in the backup."""
    key = context.data_dir() / KEY_FILE
    if key.is_file():
        yield key, DATA / KEY_FILE
    if CONFIG_FILE.is_file():
        yield CONFIG_FILE, PurePosixPath(CONFIG_FILE.name)
    for path in crawl_settings().watchlists:
        if path.is_file() and _is_here(path):
            yield path, PurePosixPath(path.absolute().relative_to(Path.cwd()).as_posix())


def _elsewhere() -> list[Path]:
    return [path for path in crawl_settings().watchlists if path.is_file() and not _is_here(path)]


def _is_here(path: Path) -> bool:
    return path.absolute().is_relative_to(Path.cwd()) and ".." not in path.parts
