"""Read a git repository made by somebody else: commits and blobs, without running anything from the repository.

Git is told to contact no remote, to request no key and no pager, and to run no hook or helper from the repository's
own settings. File names and messages are data: they are returned separated by zero bytes, and what is read is named by
its hash alone.
"""

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from diffs.errors import SettingsError, WatchlistError

#: The repository's own settings that could start a program or a connection, switched off (git-config(1)).
_HARMLESS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.pager=cat",
    "core.sshCommand=false",
    "core.askPass=false",
    "credential.helper=",
    "gpg.program=false",
    "gpg.ssh.program=false",
    "gpg.x509.program=false",
    "log.showSignature=false",
    "log.mailmap=false",
    "protocol.allow=never",
    *(f"protocol.{name}.allow=never" for name in ("ext", "fd", "file", "git", "http", "https", "ssh")),
)
_HASH = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_FILES = (b"100644", b"100755")


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: its hash, when it was authored (seconds since 1970, as written), its first line.

    `files` are the paths it wrote, each with the blob's hash.
    """

    name: str
    authored: str
    subject: str
    files: tuple[tuple[str, str], ...] = field(default=(), repr=False)


class Repository:
    """A repository in a folder, with a working tree or bare.

    Raises SettingsError if git is not installed, WatchlistError if the folder is no repository.
    """

    def __init__(self, folder: Path) -> None:
        program = shutil.which("git")
        if program is None:
            raise SettingsError("git is not installed.", remedy="Install it, for example with: apt install git.")
        inner = folder / ".git"
        where = (inner if inner.exists() else folder).resolve()
        if not inner.exists() and not (folder / "objects").is_dir():
            raise WatchlistError(f"{folder} is not a git repository.", remedy="Name the folder that git clone made.")
        self._folder = folder
        settings = [part for setting in _HARMLESS for part in ("-c", setting)]
        self._git = [program, "--no-pager", "--no-optional-locks", "--no-replace-objects", f"--git-dir={where}"]
        self._git += [*settings, "--literal-pathspecs"]

    def commits(self) -> Iterator[Commit]:
        """All commits from the first to the newest on HEAD; those of merges have no files.

        Raises WatchlistError if the history cannot be read.
        """
        form = "--format=tformat:%H%x00%at%x00%s"
        options = ("--reverse", "--topo-order", "--no-renames", "--raw", "--no-abbrev", "-z", "--no-show-signature")
        found = self._run("log", *options, "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", form, "HEAD")
        yield from _parsed(found.split(b"\0"))

    def blobs(self, names: Iterable[str], most: int) -> Iterator[bytes | None]:
        """The bytes of blobs in the order requested; None for one that is missing, broken or larger than `most`."""
        with subprocess.Popen(  # noqa: S603 (no shell, and only hashes are sent)
            [*self._git, "cat-file", "--batch"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as running:
            assert running.stdin is not None
            assert running.stdout is not None
            for name in names:
                running.stdin.write(f"{name}\n".encode())
                running.stdin.flush()
                words = running.stdout.readline().split()
                if len(words) != 3:
                    yield None  # "missing", or git has given up
                    continue
                size = int(words[2])
                body = running.stdout.read(min(size, most + 1))
                for left in range(size - len(body), 0, -(2**20)):
                    running.stdout.read(min(left, 2**20))
                running.stdout.read(1)
                yield body if words[1] == b"blob" and len(body) == size <= most else None
            running.stdin.close()

    def _run(self, *arguments: str) -> bytes:
        done = subprocess.run([*self._git, *arguments], capture_output=True, check=False)  # noqa: S603 (no shell)
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            why = said[-1] if said else "git ended without a message"
            raise WatchlistError(f"{self._folder} cannot be read: {why}.", remedy="Clone the repository again.")
        return done.stdout


def _parsed(parts: Iterable[bytes]) -> Iterator[Commit]:
    """The commits in the output of `git log --raw -z`. A path follows its line of hashes, whatever it looks like."""
    stream = iter(parts)
    head: tuple[str, str, str] | None = None
    files: list[tuple[str, str]] = []
    for part in stream:
        line = part.lstrip(b"\n")
        if line.startswith(b":") and head:
            words, path = line.split(), next(stream, b"")
            mode, blob = words[1], words[3]
            # No deleted files, and no links to other files or repositories.
            if mode in _FILES:
                files.append((path.decode(errors="surrogateescape"), blob.decode()))
        elif _HASH.fullmatch(line):
            if head:
                yield Commit(*head, tuple(files))
            head, files = (line.decode(), _text(next(stream, b"")), _text(next(stream, b""))), []
    if head:
        yield Commit(*head, tuple(files))


def _text(data: bytes) -> str:
    return data.decode(errors="replace")
