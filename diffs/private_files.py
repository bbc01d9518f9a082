"""Write files completely or not at all, and files that only their owner may read: archive, waiting mail, settings."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

#: The most a file and a folder of ours may allow: reading and writing by their owner. A stricter umask is kept.
FILE_MODE, FOLDER_MODE = 0o600, 0o700


def private_folder(path: Path) -> None:
    """Make a folder for its owner alone, and the folders above it; an existing one stays as it is.

    Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=FOLDER_MODE, exist_ok=True)


def new_private_file(path: Path) -> int:
    """An open file descriptor for writing a new file, for its owner alone.

    Raises OSError, and FileExistsError if the file exists.
    """
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)


def write_private(path: Path, data: bytes) -> None:
    """Write a file for its owner alone, completely or not at all; an existing one is replaced.

    A link stays a link; a pipe or a device is written to directly. Raises OSError.
    """
    _write(path, data, new_private_file)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file likewise, but with the mode it has, or the one that the umask gives a new file."""
    _write(path, data, _new_file)


@contextmanager
def replaced(path: Path) -> Iterator[BinaryIO]:
    """A file to be written, which replaces `path` and keeps its mode at the end of the block.

    Readers of `path` in the meantime get the old file, which stays if the block raises. Raises OSError.
    """
    with _replaced(path.resolve(), _new_file) as file:
        yield file


@contextmanager
def replaced_privately(path: Path) -> Iterator[BinaryIO]:
    """A file to be written, which replaces `path` at the end of the block, unless it raises."""
    with _replaced(path.resolve(), new_private_file) as file:
        yield file


def is_open(path: Path) -> bool:
    """Whether this process holds the file open, or that cannot be known (it is known on Linux)."""
    held = set()
    try:
        for link in _OPEN.iterdir():
            with suppress(FileNotFoundError):  # the one by which this list is read
                held.add(link.readlink())
    except OSError:
        return True
    return path.resolve() in held


#: Where Linux lists the files that a process holds open.
_OPEN = Path("/proc/self/fd")


def _write(path: Path, data: bytes, make: Callable[[Path], int]) -> None:
    target = path.resolve()
    if target.exists() and not target.is_file():
        target.write_bytes(data)
        return
    with _replaced(target, make) as file:
        file.write(data)


@contextmanager
def _replaced(target: Path, make: Callable[[Path], int]) -> Iterator[BinaryIO]:
    half = target.with_name(f".{target.name[:200]}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(make(half), "wb") as file:
            yield file
        if make is _new_file and target.exists():
            half.chmod(target.stat().st_mode & 0o7777)
        half.replace(target)
    except BaseException:
        with suppress(OSError):
            half.unlink()
        raise


def _new_file(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
