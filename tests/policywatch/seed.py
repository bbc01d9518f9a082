"""A process that has loaded the whole program and becomes it, as a copy of itself, on any terminal it is handed.

To load the program takes a second; a command on a terminal then costs what it does, no more.
"""

import atexit
import fcntl
import json
import os
import pty
import socket
import subprocess
import sys
import termios
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NoReturn

_MAIN = "import sys; from tests.policywatch.seed import serve; serve(int(sys.argv[1]))"
#: The most bytes of one request.
_REQUEST = 65_536


@cache
def _asked() -> socket.socket:
    """The way to the one process of ours that has loaded the program."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    # What is found out about colours and columns while the program is loaded is that of a terminal, not of our own.
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    master, terminal = pty.openpty()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-c", _MAIN, str(theirs.fileno())],
            cwd=Path(__file__).resolve().parents[2],
            env=environment,
            pass_fds=[theirs.fileno()],
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
        )
    os.close(terminal)
    atexit.register(_finish, ours, process, master)
    return ours


def _finish(ours: socket.socket, process: "subprocess.Popen[bytes]", terminal: int) -> None:
    ours.close()
    process.wait()
    os.close(terminal)


def run(arguments: list[str], folder: Path, environment: Mapping[str, str], terminal: int) -> None:
    """Let `policywatch` with these arguments run in a folder, on a terminal; return at once. `ended` waits for it."""
    request = json.dumps({"arguments": arguments, "folder": str(folder), "environment": dict(environment)})
    socket.send_fds(_asked(), [request.encode()], [terminal])


def ended() -> int:
    """How the command that was last begun ended: its exit code."""
    return int(_asked().recv(_REQUEST))


def serve(requests: int) -> None:
    """Become the program for each request that comes by this socket, one after the other."""
    from policywatch.cli import main  # noqa: F401 (loaded once)
    from policywatch.verbs import GROUPS

    for verb in (verb for verbs in GROUPS.values() for verb in verbs):
        import_module(verb.home)
    with socket.socket(fileno=requests) as asked:
        while True:
            request, terminals, _, _ = socket.recv_fds(asked, _REQUEST, 1)
            if not request:
                return
            number = os.fork()
            if not number:
                asked.close()
                _become(json.loads(request), *terminals)
            os.close(terminals[0])
            _, status = os.waitpid(number, 0)
            asked.send(b"%d" % os.waitstatus_to_exitcode(status))


def _become(told: dict[str, list[str] | str | dict[str, str]], terminal: int) -> NoReturn:
    """Run the program in this process, with a terminal as its own, and end."""
    from policywatch.cli import main

    code = 1
    try:
        os.setsid()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
        for stream in range(3):
            os.dup2(terminal, stream)
        os.close(terminal)
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115 (to the end)
        os.chdir(str(told["folder"]))
        os.environ.clear()
        os.environ.update(told["environment"])
        sys.argv = ["policywatch", *told["arguments"]]
        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 (there is nobody else to tell)
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
