"""Standard input and output in working order, however the program was started; what is said when they fail."""

import errno
import io
import os
import sys

#: The system's errors for a machine that has run out of something, with what helps.
_MACHINE = {
    errno.ENOSPC: "Make room on the disk and run the same command again.",
    errno.EDQUOT: "Make room on the disk and run the same command again.",
    errno.EFBIG: "Allow larger files (ulimit -f) and run the same command again.",
    errno.EAGAIN: "Allow more processes (ulimit -u) or memory, or end some, and run the same command again.",
    errno.ENOMEM: "Give it more memory, or end other programs, and run the same command again.",
    errno.EMFILE: "Allow more open files (ulimit -n) and run the same command again.",
    errno.ENFILE: "End other programs and run the same command again.",
    errno.EIO: "Check the disk and run the same command again.",
    errno.EROFS: "Its location is read-only: choose another one.",
    errno.EACCES: "Give the user who runs policywatch access to it.",
    errno.EPERM: "Give the user who runs policywatch access to it.",
}


def prepare() -> None:
    """Give the program usable streams: a closed one leads nowhere, and no character makes one fail."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            # The lowest free number is this one: no file of ours may get it, or output would be written into it.
            opened = os.open(os.devnull, os.O_RDONLY if number == 0 else os.O_WRONLY)
            setattr(sys, name, open(opened, "r" if number == 0 else "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def writes_unicode() -> bool:
    """Whether standard output can write every character."""
    return (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")


def finish() -> None:
    """Write what is still buffered. Raises OSError if it cannot be written."""
    sys.stdout.flush()


def let_go() -> None:
    """Discard what is still buffered for standard output: otherwise it would be written when the process ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def machine_trouble(error: BaseException) -> str:
    """What is wrong with the machine, and what helps, if an error says that; "" if it is a bug of ours."""
    if isinstance(error, MemoryError):
        return f"There is not enough memory. {_MACHINE[errno.ENOMEM]} {_SAFE}"
    if isinstance(error, RuntimeError) and "start new thread" in str(error):
        return f"The system refused to start another thread. {_MACHINE[errno.EAGAIN]} {_SAFE}"
    if not isinstance(error, OSError) or error.errno not in _MACHINE:
        return ""
    what = f"{error.filename}: " if error.filename else _WITHOUT_FILE.get(error.errno, "The output cannot be written: ")
    return f"{what}{error.strerror}. {_MACHINE[error.errno]} {_SAFE}"


_REFUSED = "The system refuses what the program needs: "
_WITHOUT_FILE = dict.fromkeys(
    (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EACCES, errno.EPERM), _REFUSED
)
_SAFE = "Nothing that was stored is lost."
