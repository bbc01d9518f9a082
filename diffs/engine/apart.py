"""Judge pages in a process of its own, whose computing time and memory are limited.

`diffs.engine.guard` runs it and tells it on standard input what to do. It says on standard output, a line of JSON each,
which bytes of which page it begins, what became news, and why it ends where it does not go on.
"""

import json
import resource
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from math import ceil
from typing import Any, TextIO

from diffs.database.archive import open_archive
from diffs.errors import ArchiveError, BodyLost
from diffs.store.observations import SET_ASIDE
from diffs.values import Outcome, Verdict

from . import think


@dataclass(frozen=True, slots=True)
class Job:
    """What to judge, and within which limits: seconds of computing time for each snapshot, and MB of memory for all.

    `url` is the archive's, with its password: it is written to nobody but the process that does the job. `aside` are
    bytes that are not to be read, by name, with the reason in words.
    """

    url: str
    pages: tuple[str, ...]
    confirm: bool
    seconds: int
    memory: int
    aside: Mapping[str, str]


def work(job: Job, out: TextIO) -> int:
    """Judge the pages; returns the exit code, 0 when all are judged. Lines of JSON go to `out`."""
    current: dict[str, str] = {}

    def say(**line: object) -> None:
        out.write(json.dumps(current | line) + "\n")
        out.flush()

    def begins(body: str) -> None:
        current["body"] = body
        _allow(job.seconds)
        say()

    aside = {body: Verdict(Outcome.ERROR, SET_ASIDE, reason) for body, reason in job.aside.items()}
    way = think.Way(confirm=job.confirm, together=1, begins=begins, aside=aside, retry=True)
    try:
        with closing(open_archive(job.url, create=False)) as archive:
            for key in job.pages:
                current["page"], current["body"] = key, ""
                try:
                    say(changes=think.judge(archive, key, way).changes)
                except BodyLost as error:
                    say(lost=str(error))
    except MemoryError:
        say(ended="memory")
        return 1
    except ArchiveError as error:
        say(archive=error.message, remedy=error.remedy)
        return 1
    return 0


def _allow(seconds: int) -> None:
    """Let this process compute for so many seconds more; then the system ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, ceil(used.ru_utime + used.ru_stime) + seconds)


def _limit(what: int, amount: int) -> None:
    """Set a limit, but never above the one that the machine's owner set."""
    _, most = resource.getrlimit(what)
    resource.setrlimit(what, (amount if most == resource.RLIM_INFINITY else min(amount, most), most))


def main() -> int:
    """Do the job that standard input names."""
    given: dict[str, Any] = json.load(sys.stdin)
    job = Job(**{**given, "pages": tuple(given["pages"])})
    _limit(resource.RLIMIT_CORE, 0)  # being ended is the plan: nothing is to be left in the folder
    _limit(resource.RLIMIT_AS, job.memory << 20)
    return work(job, sys.stdout)
