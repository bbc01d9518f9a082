"""Call a function in a process of its own, within limits: for what reads page text beside the judging of a snapshot."""

import pickle
import resource
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO, TypeVar

from diffs.errors import PolicywatchError

from .limits import LARGE, MEMORY, SECONDS, allow, limit
from .process import started

__all__ = ["LARGE", "Unanswered", "answer", "answer_to"]

#: The code the process runs. Its modules are found where ours were found.
_MAIN = (
    "import sys; from diffs.engine.apart.limited import answer_to; "
    "raise SystemExit(answer_to(sys.stdin.buffer, sys.stdout.buffer))"
)
_NO_MEMORY = 3
_T = TypeVar("_T")


class Unanswered(PolicywatchError):
    """The process ended without an answer; the message says at which limit."""


def answer(function: Callable[..., _T], *given: Any, seconds: int | None = None, memory: int = MEMORY) -> _T:
    """What a function of a module of ours returns, computed apart; what it raises is raised here.

    `seconds` limits the computing time (SECONDS where not given), `memory` (MB) the process. Raises Unanswered where it
    exceeds them.
    """
    seconds = SECONDS if seconds is None else seconds
    asked = pickle.dumps((function, given, seconds, memory))
    process = started(_MAIN)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with suppress(BrokenPipeError), process.stdin as to:  # it ended at once: its exit code says so
            rest = memoryview(asked)
            while rest:
                rest = rest[to.write(rest) :]
        with process.stdout as said:
            found = said.read()
        code = process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise
    if code == -signal.SIGXCPU:
        raise Unanswered(f"Reading it took more than {seconds} seconds of computing.")
    if code or not found:
        raise Unanswered(f"Reading it took more than {memory} MB of memory, or the system ended it.")
    result, error = pickle.loads(found)  # noqa: S301 (from our own process)
    if error is not None:
        raise error
    return result  # type: ignore[no-any-return]


def answer_to(asked: BinaryIO, out: BinaryIO) -> int:  # pragma: no cover (in the process)
    """Call what is asked for and write what it returns or raises; the exit code."""
    function, given, seconds, memory = pickle.loads(asked.read())  # noqa: S301 (from our own process)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_AS, memory << 20)
    allow(seconds)
    try:
        said = pickle.dumps((function(*given), None))
    except MemoryError:
        return _NO_MEMORY
    except Exception as error:  # noqa: BLE001 (raised again by whoever asked)
        said = pickle.dumps((None, error))
    out.write(said)
    out.flush()
    return 0
