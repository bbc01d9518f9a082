"""A process for the text of pages: a copy of the server that was started for it, or a fresh one."""

import subprocess

from . import fork_server
from .fork_server import ServedCopy

Process = subprocess.Popen[bytes] | ServedCopy


def started(code: str) -> Process:
    """A process that runs this code with pipes as its input and output."""
    if served := fork_server.copy(code):
        return served
    # A session of its own: we handle Ctrl-C, not the helper.
    return subprocess.Popen(  # noqa: S603 (our own module; the jobs go by standard input)
        fork_server.python(code), stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, start_new_session=True
    )
