"""A copy of this process in which pages are judged, in the place of a fresh one."""

import os
import signal
from pathlib import Path

from . import worker

#: Where Linux lists the threads of a process.
_THREADS = Path("/proc/self/task")


def may_be_made() -> bool:
    """Whether this process may be copied: it has one thread, so that no lock in the copy is held for ever."""
    try:
        return len(list(_THREADS.iterdir())) == 1
    except OSError:  # no Linux
        return False


class Copy:
    """The copy, with as much of `subprocess.Popen` as is needed. No connection to an archive may be open."""

    def __init__(self) -> None:
        jobs, to_do = os.pipe()
        heard, said = os.pipe()
        self._number = os.fork()
        if not self._number:
            _work(jobs, said, (to_do, heard))
        for end in (jobs, said):
            os.close(end)
        self.stdin = os.fdopen(to_do, "wb", buffering=0)
        self.stdout = os.fdopen(heard, "rb", buffering=0)
        self._code: int | None = None

    def kill(self) -> None:
        """End it at once."""
        if self._code is None:
            os.kill(self._number, signal.SIGKILL)

    def wait(self) -> int:
        """Its exit code when it has ended, minus the signal's number where one ended it."""
        if self._code is None:
            self._code = os.waitstatus_to_exitcode(os.waitpid(self._number, 0)[1])
        return self._code


def _work(jobs: int, said: int, others: tuple[int, ...]) -> None:  # pragma: no cover (in the copy)
    """Do jobs until there are none, then end at once: what the original still holds is not the copy's to put away."""
    code = 1
    try:
        os.setsid()  # we handle Ctrl-C, not the helper
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        for end in others:
            os.close(end)
        with os.fdopen(jobs) as given, os.fdopen(said, "w") as out:
            code = worker.main(given, out)
    finally:
        os._exit(code)
