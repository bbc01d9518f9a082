"""A separate process in which pages are judged, and its messages.

A copy of our own process costs a hundredth of a second, where it may be made; else one of a server that was started
for it; a fresh one costs nearly a second of computing. So it is kept for as long as its owner has work for it.
"""

import json
import select
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from types import TracebackType
from typing import Any, Self

from diffs.database.archive import Archive

from . import copy
from .copy import Copy
from .process import Process, started
from .worker import Job

#: How often to check whether to continue, in seconds.
_TICK = 0.1
#: So many ticks a page that was fetched may still be read once all is to end: most take a few.
_GRACE = 50
_PIECE = 65_536

#: The code it runs. Its modules are found where ours were found.
_MAIN = "import sys; from diffs.engine.apart.worker import main; raise SystemExit(main(sys.stdin, sys.stdout))"


class Helper:
    """A process that starts with the first job, and again if it was ended. Ended with the block, or by `close`."""

    def __init__(self) -> None:
        self._process: Process | Copy | None = None

    @property
    def is_ready(self) -> bool:
        """Whether a process is there already."""
        return self._process is not None

    def begin(self, archive: Archive) -> None:
        """Start it as a copy of this process, where one may be made now; else it starts with the first job."""
        if self._process is None and copy.may_be_made() and archive.let_go():
            self._process = Copy()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def do(self, job: Job, stopped: Callable[[], bool]) -> tuple[int | None, list[dict[str, Any]]]:
        """The result of a job and the messages about it: 0 when it is done, the exit code if the process ended.

        None if `stopped` ended it.
        """
        said, code = bytearray(), None
        process = self._process = self._process or started(_MAIN)
        try:
            assert process.stdin is not None
            with suppress(BrokenPipeError):  # it ended before it got the job; its exit code says so
                process.stdin.write(json.dumps(asdict(job)).encode() + b"\n")
                process.stdin.flush()
            code = _listen(process, said, stopped)
        finally:
            if code != 0:
                self.close()
        return code, _heard(said)

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            # Not `with process`: output buffered for a process that has ended cannot be flushed.
            for stream in (process.stdin, process.stdout):
                assert stream is not None
                with suppress(BrokenPipeError):
                    stream.close()
            process.wait()


def _listen(process: Process | Copy, said: bytearray, stopped: Callable[[], bool]) -> int | None:
    """0 when the process reports that the job is done, its exit code if it ends; None if it is stopped before."""
    assert process.stdout is not None
    left = _GRACE
    while left:
        left -= stopped()
        if not select.select([process.stdout], [], [], _TICK)[0]:
            continue
        piece = process.stdout.read(_PIECE)
        if not piece:
            return process.wait() or 1  # ended without a message
        said += piece
        if said.endswith(b'"done": true}\n'):
            return 0
    return None


def _heard(said: bytearray) -> list[dict[str, Any]]:
    # The last line may have been cut off in the middle.
    lines = [json.loads(line) for line in said.splitlines() if line.endswith(b"}")]
    return [line for line in lines if "done" not in line]
