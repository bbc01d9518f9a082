"""A process that has imported all that reading needs, and makes copies of itself where we can make none of ourselves.

To start it costs nearly a second of computing, once; each copy then costs a hundredth of a second. It has one thread,
so that no lock in a copy is held for ever. Before its second copy it reads a page itself, since each copy would
compile the same patterns. It ends when nobody asked it for a minute, or when we end.
"""

import atexit
import os
import select
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NoReturn

#: The code it runs. Its modules are found where ours were found.
_MAIN = "from diffs.engine.apart.fork_server import serve; serve(int(sys.argv[1]), float(sys.argv[2]))"
#: The most bytes of one request: the code of a copy.
_REQUEST = 65_536
#: After so many seconds without a request or a copy it ends: its memory costs more than its start.
_IDLE = 60
#: More files than it ever has open.
_MOST_OPEN = 65_536


def python(code: str) -> list[str]:
    """The command for a fresh Python that runs this code and finds modules where we find them."""
    return [sys.executable, "-P", "-c", f"import sys; sys.path[:] = {sys.path!r}; {code}"]


class ForkServer:
    """The process. Raises OSError if it cannot be started or has ended."""

    def __init__(self, idle: float = _IDLE) -> None:
        self._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [*python(_MAIN), str(theirs.fileno()), str(idle)]
        with theirs:
            # A session of its own: we handle Ctrl-C. It is waited for by nobody, and ends with us.
            self._process = subprocess.Popen(  # noqa: S603 (our own module)
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True
            )

    def copy(self, code: str) -> "ServedCopy":
        """A copy that runs this code in our folder of now, with standard input and output of its own."""
        code = f"import os; os.chdir({str(Path.cwd())!r})\n{code}"
        jobs, to_do = os.pipe()
        heard, said = os.pipe()
        ended, ends = os.pipe()
        try:
            socket.send_fds(self._requests, [code.encode()], [jobs, said, ends])
        except OSError:
            for end in (to_do, heard, ended):
                os.close(end)
            raise
        finally:
            for end in (jobs, said, ends):
                os.close(end)
        return ServedCopy(self, to_do, heard, ended)

    def kill(self, number: int) -> None:
        """End a copy, if it has not ended."""
        with suppress(OSError):  # the server has ended, and its copies find nobody to work for
            self._requests.send(f"kill {number}".encode())

    def close(self) -> None:
        """End the server; its copies go on."""
        self._requests.close()
        self._process.wait()


class ServedCopy:
    """A copy of the server, with as much of `subprocess.Popen` as is needed."""

    def __init__(self, server: ForkServer, to_do: int, heard: int, ended: int) -> None:
        self._server = server
        self.stdin = os.fdopen(to_do, "wb", buffering=0)
        self.stdout = os.fdopen(heard, "rb", buffering=0)
        self._ended = os.fdopen(ended)
        self._code: int | None = None
        number = self._ended.readline()
        if not number:
            self.close()
            raise ConnectionResetError("the server ended before it made a copy")
        self._number = int(number)

    def close(self) -> None:
        """Close all that leads to it."""
        for end in (self.stdin, self.stdout, self._ended):
            end.close()

    def kill(self) -> None:
        """End it at once."""
        if self._code is None:
            self._server.kill(self._number)

    def wait(self) -> int:
        """Its exit code when it has ended, minus the signal's number where one ended it; 1 if nobody knows."""
        if self._code is None:
            with self._ended:
                self._code = int(self._ended.readline() or 1)
        return self._code


@cache
def _only() -> list[ForkServer]:
    """The server of this process, if one was started: one is enough."""
    return []


def copy(code: str) -> ServedCopy | None:
    """A copy of the one server, which is started first where there is none; None where it cannot be."""
    if sys.platform != "linux":
        return None
    for _ in range(2):  # once more where the server was ended from outside
        with suppress(OSError):
            if not _only():
                _only().append(ForkServer())
                atexit.register(_only()[0].close)
            return _only()[0].copy(code)
        for server in _only():
            atexit.unregister(server.close)
            server.close()
        _only().clear()
    return None


def serve(requests: int, idle: float) -> NoReturn:  # pragma: no cover (in the server)
    """Make a copy for each request that comes by this socket, until its other end is closed or it is idle for long.

    `idle` is in seconds.
    """
    from . import worker  # noqa: F401 (imported once, for all copies)
    from .warm import warm

    copies: dict[int, int] = {}
    read_once, made = cache(warm), 0
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    with socket.socket(fileno=requests) as asked:
        while True:
            ready, _, _ = select.select([asked.fileno(), woken], [], [], idle)
            if not ready and not copies:
                break
            if woken in ready:
                os.read(woken, _REQUEST)
            _bury(copies)
            if asked.fileno() not in ready:
                continue
            request, ends, _, _ = socket.recv_fds(asked, _REQUEST, 3)
            if not request:
                break
            if not ends:
                _kill(int(request.removeprefix(b"kill ")), copies)
                continue
            if made:
                read_once()  # who asks a second time will ask again
            _make(request.decode(), copies, *ends)
            made += 1
    raise SystemExit


def _kill(number: int, copies: dict[int, int]) -> None:  # pragma: no cover (in the server)
    """End a copy; if it has ended, the number may be another process's."""
    if number in copies:
        os.kill(number, signal.SIGKILL)


def _make(code: str, copies: dict[int, int], jobs: int, said: int, told: int) -> None:  # pragma: no cover (the same)
    """Make a copy that runs this code; its number is told at once, how it ended later."""
    number = os.fork()
    if not number:
        _run(code, jobs, said)
    copies[number] = told
    os.write(told, b"%d\n" % number)
    os.close(jobs)
    os.close(said)


def _bury(copies: dict[int, int]) -> None:  # pragma: no cover (in the server)
    """Tell of each copy that ended how it ended."""
    for number in list(copies):
        ended, status = os.waitpid(number, os.WNOHANG)
        if ended:
            with suppress(BrokenPipeError), os.fdopen(copies.pop(number), "w") as told:
                told.write(f"{os.waitstatus_to_exitcode(status)}\n")


def _run(code: str, jobs: int, said: int) -> NoReturn:  # pragma: no cover (in a copy of the server)
    """Run code with these ends of pipes as standard input and output, and end."""
    result = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        os.dup2(jobs, 0)
        os.dup2(said, 1)
        # What the server has open is not the copy's: an end of a pipe held here would never tell that it is closed.
        os.closerange(3, _MOST_OPEN)
        sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115 (to the end)
        exec(compile(code, "<copy>", "exec"), {"__name__": "__main__", "sys": sys})  # noqa: S102 (our own code)
        result = 0
    except SystemExit as end:
        result = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 (there is nobody else to tell)
        sys.excepthook(*sys.exc_info())
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
        os._exit(result)
