"""The browser's processes, as Linux tells of them in /proc. Where there is no /proc there are none to see."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")


def below(pid: int) -> Iterator[int]:
    """The processes that a process started, and those that they started."""
    with suppress(OSError):
        for thread in (_PROC / str(pid) / "task").iterdir():
            for child in map(int, (thread / "children").read_text().split()):
                yield child
                yield from below(child)


def browsers(pid: int) -> Iterator[int]:
    """Those below `pid` that belong to a Chromium: the browser itself, and its helpers for pages, network, pictures."""
    for process in below(pid):
        with suppress(OSError):
            # A helper that came from Chromium's zygote has its words parted by spaces.
            words = (_PROC / str(process) / "cmdline").read_bytes().replace(b"\0", b" ").split()
            if any(word.startswith((b"--type=", b"--headless")) for word in words):
                yield process


def resident(pid: int) -> int:
    """How many bytes of memory a process holds; 0 where it has ended."""
    with suppress(OSError):
        return int((_PROC / str(pid) / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def end_larger(pid: int, limit: int) -> int:
    """End the browser's processes below `pid` that hold more than `limit` bytes, and say how many these were."""
    large = [process for process in browsers(pid) if resident(process) > limit]
    for process in large:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    return len(large)
