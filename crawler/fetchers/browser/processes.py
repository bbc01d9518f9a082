"""The browser's processes and how much memory they use."""

from collections.abc import Iterator
from contextlib import suppress

import psutil


def browsers(pid: int) -> Iterator[psutil.Process]:
    """Processes below `pid` that belong to a Chromium: the browser itself, its helpers for pages, network, pictures."""
    with suppress(psutil.Error):
        for process in psutil.Process(pid).children(recursive=True):
            with suppress(psutil.Error):
                # A helper that came from Chromium's zygote has its words parted by spaces.
                words = " ".join(process.cmdline()).split()
                if any(word.startswith(("--type=", "--headless")) for word in words):
                    yield process


def resident(process: psutil.Process) -> int:
    """How many bytes of memory a process holds; 0 where it has ended."""
    with suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0


def end_larger(pid: int, limit: int) -> int:
    """How many of the browser's processes below `pid` held more than `limit` bytes; these are ended."""
    large = [process for process in browsers(pid) if resident(process) > limit]
    for process in large:
        with suppress(psutil.Error):
            process.kill()
    return len(large)
