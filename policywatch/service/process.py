"""What long-running commands share: a clean end on request, and lines with their time."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType

from policywatch import context
from policywatch.terminal import output


@contextmanager
def until_stopped() -> Iterator[threading.Event]:
    """An event that SIGTERM or Ctrl-C sets; a second signal ends the process at once, the system's default."""
    stop = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def told(number: int, _frame: FrameType | None) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    for number in before:
        signal.signal(number, told)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def say(line: str) -> None:
    """Print a line with its time, at once."""
    output.say(stamped(line, context.now()))
    sys.stdout.flush()


def stamped(line: str, now: datetime) -> str:
    """A line for the log, with its time (UTC)."""
    return f"{now.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC  {line}"
