"""Name this process, so that another run can tell whether the one that claimed a message is still alive."""

import os
import platform
from pathlib import Path


def this_process() -> str:
    """A name for this process: the machine since its last start, the process space (container), the process id."""
    return f"{_place()}/{os.getpid()}"


def is_dead(name: str) -> bool:
    """Whether the process with this name is known to have ended. False if that cannot be known from here."""
    place, _, number = name.rpartition("/")
    if place != _place() or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)  # signal 0 asks, and does nothing
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def _place() -> str:
    # The boot id names the machine and its last start: after a reboot process numbers begin again.
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()[:18]
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return platform.node()[:40]
