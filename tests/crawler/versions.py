"""A versions repository like those of Open Terms Archive, built by git itself."""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

NAME = "Marketplace/Seller Terms"
START = 1_690_000_000  # 2023-07-22T04:26:40Z
DAY = 86_400


@dataclass(frozen=True)
class Recorded:
    """A commit: its first line, the text it wrote (None deletes the file), to which path, when (seconds since 1970)."""

    subject: str
    text: str | None
    path: str = f"{NAME}.md"
    at: int = START
    mode: str = "100644"


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], input=stdin, capture_output=True, check=True)
    return done.stdout.decode(errors="replace")


def repository(folder: Path, commits: Iterable[Recorded], *, bare: bool = False) -> Path:
    """A repository with these commits on its only branch; may be called again to add some."""
    folder.mkdir(parents=True, exist_ok=True)
    is_new = not (folder / "objects").is_dir() and not (folder / ".git").exists()
    if is_new:
        git(folder, "init", "-q", "-b", "main", *(("--bare",) if bare else ()))
    stream = [_commit(one, onto=not is_new and number == 0) for number, one in enumerate(commits)]
    git(folder, "fast-import", "--quiet", "--date-format=raw-permissive", stdin=b"".join(stream))
    return folder


def _commit(one: Recorded, *, onto: bool) -> bytes:
    path = (
        one.path.encode(errors="surrogateescape").replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    )
    lines = [
        b"commit refs/heads/main",
        f"author OTA-Bot <bot@example.org> {one.at} +0000".encode(),
        b"committer OTA-Bot <bot@example.org> 1700000000 +0000",
        _data(one.subject.encode()),
        *([b"from refs/heads/main^0"] if onto else []),
    ]
    if one.text is None:
        lines.append(b'D "%s"' % path)
    else:
        lines += [b'M %s inline "%s"' % (one.mode.encode(), path), _data(one.text.encode())]
    return b"\n".join(lines) + b"\n"


def _data(content: bytes) -> bytes:
    return b"data %d\n%s" % (len(content), content)
