"""The browser's processes and how much memory they use."""

from collections.abc import Iterator
from contextlib import suppress

import psutil


def browsers(pid: int) -> Iterator[psutil.Process]:
    """Processes below `pid` that belong to a Chromium: the browser and its helpers for pages, network and graphics."""
    with suppress(psutil.Error):
        for process in psutil.Process(pid).children(recursive=True):
            with suppress(psutil.Error):
                # A helper forked from Chromium's zygote has its arguments separated by spaces.
                words = " ".join(process.cmdline()).split()
                if any(word.startswith(("--type=", "--headless")) for word in words):
                    yield process


def resident(process: psutil.Process) -> int:
    """How many bytes of memory a process holds; 0 if it has ended."""
    with suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0


def end_larger(pid: int, limit: int) -> int:
    """End the browser's processes below `pid` that hold more than `limit` bytes; return how many there were."""
    large = [process for process in browsers(pid) if resident(process) > limit]
    for process in large:
        with suppress(psutil.Error):
            process.kill()
    return len(large)
