"""Judge pages in a separate process, whose computing time and memory are limited.

`diffs.engine.apart.helper` runs it and passes one job per line on standard input. It reports on standard output, one
line of JSON each: which bytes of which page it begins, what became news, that a job is done, and why it stopped if it
did not.
"""

import json
import resource
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, TextIO

from diffs.database.archive import Archive, open_archive
from diffs.engine import think
from diffs.errors import ArchiveError, BodyLost
from diffs.store import bodies
from diffs.store.observations import SET_ASIDE
from diffs.values import Outcome, Verdict

from .limits import allow, limit


@dataclass(frozen=True, slots=True)
class Job:
    """What to judge, and within which limits.

    `url` is the archive's, with its password: it is passed only to the process that does the job. `seconds` limits the
    computing time for each snapshot: the least, the addition for each MB, and the most. `memory` is the limit for the
    whole process, in MB. `aside` are bytes that must not be read, by name, with the reason in words. `together` is how
    many snapshots that have to be read share a transaction.
    """

    url: str
    pages: tuple[str, ...]
    confirm: bool
    seconds: tuple[int, int, int]
    memory: int
    aside: Mapping[str, str]
    together: int = 1


#: Opens the archive at an URL.
Opened = Callable[[str], Archive]


def work(job: Job, out: TextIO, opened: Opened) -> int:
    """Judge the pages; the exit code, 0 when all are judged. Lines of JSON go to `out`."""
    current: dict[str, object] = {}

    def say(**line: object) -> None:
        out.write(json.dumps(current | line) + "\n")
        out.flush()

    def begins(body: str) -> None:
        least, per_mb, most = job.seconds
        with archive.read() as session:
            seconds = min(most, least + per_mb * bodies.size(session, body) // 1_000_000)
        current.update(body=body, seconds=seconds)
        allow(seconds)
        say()

    aside = {body: Verdict(Outcome.ERROR, SET_ASIDE, reason) for body, reason in job.aside.items()}
    way = think.Way(confirm=job.confirm, together=job.together, begins=begins, aside=aside, retry=True)
    try:
        archive = opened(job.url)
        for key in job.pages:
            current.update(page=key, body="")
            try:
                say(changes=think.judge(archive, key, way).changes)
            except BodyLost as error:
                say(lost=str(error))
    except MemoryError:
        say(ended="memory")
        return 1
    except ArchiveError as error:
        say(archive=error.message, remedy=error.remedy, failure=error.failure.dumped() if error.failure else "")
        return 1
    say(done=True)
    return 0


@contextmanager
def archives() -> Iterator[Opened]:
    """Opens the archive at an URL, and keeps it open to the end of the block."""
    with ExitStack() as kept:
        yield cache(lambda url: kept.enter_context(closing(open_archive(url, create=False))))


def main(jobs: TextIO, out: TextIO) -> int:
    """Do the jobs read from a stream until it ends or one fails; the exit code."""
    limit(resource.RLIMIT_CORE, 0)  # being killed is expected: leave no core file in the folder
    with archives() as opened:
        for line in jobs:
            given: dict[str, Any] = json.loads(line)
            job = Job(**{**given, "pages": tuple(given["pages"]), "seconds": tuple(given["seconds"])})
            limit(resource.RLIMIT_AS, job.memory << 20)
            if code := work(job, out, opened):
                return code
    return 0
