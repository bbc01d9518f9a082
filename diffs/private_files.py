"""Files written whole or not at all; and those that nobody else may read: the archive, mail that waits, settings."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

#: What a file and a folder of ours may be at most: read and written by their owner. A stricter umask is kept.
FILE_MODE, FOLDER_MODE = 0o600, 0o700


def private_folder(path: Path) -> None:
    """Make a folder for its owner alone, and the folders above it; one that is there stays as it is.

    Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=FOLDER_MODE, exist_ok=True)


def new_private_file(path: Path) -> int:
    """An open file descriptor for writing a file that was not there before, for its owner alone.

    Raises OSError, FileExistsError where there is one.
    """
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)


def write_private(path: Path, data: bytes) -> None:
    """Write a file for its owner alone, whole or not at all; one that was there before is replaced.

    A link stays a link, and a pipe or a device is written as it is. Raises OSError.
    """
    _write(path, data, new_private_file)


def write_whole(path: Path, data: bytes) -> None:
    """The same with the mode that the file has, or that the umask gives a new one."""
    _write(path, data, _new_file)


@contextmanager
def replaced(path: Path) -> Iterator[BinaryIO]:
    """A file to be written, which takes the place of `path` and its mode at the end of the block.

    Whoever reads `path` in between gets the old file; where the block raises, it stays. Raises OSError.
    """
    with _replaced(path.resolve(), _new_file) as file:
        yield file


@contextmanager
def replaced_privately(path: Path) -> Iterator[BinaryIO]:
    """A file to be written, which takes the place of `path` at the end of the block; nothing does when it raises."""
    with _replaced(path.resolve(), new_private_file) as file:
        yield file


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
