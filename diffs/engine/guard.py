"""Have pages judged in a process of its own, and set aside what that process was ended for.

What was stored and never judged may be what a former process died of, and a very large page may take too long: neither
is read in our own process, where it would keep all other pages waiting.
"""

import json
import logging
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import IO, Any

from sqlmodel import Session

from diffs.database.archive import Archive
from diffs.database.models import Page
from diffs.errors import ArchiveError
from diffs.failures import Failure, Reason
from diffs.store import observations, snapshots
from diffs.wording.failures import sentence

from . import derive
from .apart import Job

log = logging.getLogger(__name__)

#: How long reading one snapshot may compute, in seconds. Measured on a busy machine of two cores, on pages in which
#: every sentence states figures: 10 for 1 MB, 32 for 3 MB. At that rate the largest answer (max_body) needs 210.
SECONDS = 300
#: What the process may use, in MB. The same pages took 200 and 320.
MEMORY = 3_000
#: A page of more bytes is judged in a process of its own.
LARGE = 1_000_000
#: How often it is asked whether to go on, in seconds.
_TICK = 0.1

#: What it runs, found where our own modules were found.
_MAIN = "from diffs.engine.apart import main; raise SystemExit(main())"

#: By what the system ends a process that asks for too much.
_ENDED = {-signal.SIGXCPU: "time", -signal.SIGKILL: "memory", -signal.SIGSEGV: "memory"}


@dataclass(frozen=True, slots=True)
class Apart:
    """What came of it: the row ids of changes that became news, and the pages left unjudged, each with the reason."""

    changes: tuple[int, ...]
    unjudged: Mapping[str, str]


def is_needed(session: Session, page: Page, *, size: int) -> bool:
    """Whether judging the page's newest look, of so many bytes, may never end.

    So it may where the page is very large, and where a former process may have died of what is to be read: of what was
    left over, or of what was set aside and is read again by other rules.
    """
    return (
        size > LARGE
        or len(snapshots.pending(session, page)) > 1
        or (derive.is_outdated(page) and bool(observations.set_aside(session, page)))
    )


def judge(
    archive: Archive, pages: Sequence[str], *, confirm: bool, stopped: Callable[[], bool] = lambda: False
) -> Apart:
    """What came of judging all that is stored of these pages and was not judged yet.

    What cannot be read within the limits is set aside. It ends early when `stopped` says so. Raises ArchiveError where
    the archive cannot be used.
    """
    left, changes = list(pages), list[int]()
    aside, unjudged = dict[str, str](), dict[str, str]()
    while left:
        job = Job(archive.secret_url, tuple(left), confirm, SECONDS, MEMORY, aside)
        code, heard = _run(job, stopped)
        changes += [number for line in heard for number in line.get("changes", ())]
        unjudged |= {line["page"]: line["lost"] for line in heard if "lost" in line}
        if code == 0:
            break
        last = heard[-1] if heard else {}
        if "archive" in last:
            raise ArchiveError(last["archive"], remedy=last["remedy"])
        left = left[left.index(last.get("page", left[0])) :]
        if code is None:
            unjudged |= dict.fromkeys(left, sentence(Failure(Reason.STOPPED)))
            break
        body, failure = last.get("body", ""), _failure(last.get("ended") or _ENDED.get(code, ""))
        if failure is None or not body or body in aside:
            unjudged[left.pop(0)] = sentence(Failure(Reason.SET_ASIDE_FAULT, detail=f"exit code {code}"))
            continue
        aside[body] = sentence(failure)
        log.warning("page %s: %s", left[0], aside[body])
    for key, reason in unjudged.items():
        log.warning("page %s: %s", key, reason)
    return Apart(tuple(changes), unjudged)


def _failure(ended: str) -> Failure | None:
    """What bytes are set aside for."""
    if ended == "time":
        return Failure(Reason.SET_ASIDE_TIME, detail=str(SECONDS))
    return Failure(Reason.SET_ASIDE_MEMORY, detail=str(MEMORY)) if ended == "memory" else None


def _run(job: Job, stopped: Callable[[], bool]) -> tuple[int | None, list[dict[str, Any]]]:
    """The exit code of the process that did a job, None where it was stopped; and what it said."""
    with tempfile.TemporaryFile() as said:
        # A session of its own: Ctrl-C is ours to answer.
        command = [sys.executable, "-P", "-c", f"import sys; sys.path[:] = {sys.path!r}; {_MAIN}"]
        with subprocess.Popen(  # noqa: S603 (our own module; the job goes by standard input)
            command, stdin=subprocess.PIPE, stdout=said, start_new_session=True
        ) as process:
            try:
                code = _wait(process, json.dumps(asdict(job)).encode(), stopped)
            finally:
                process.kill()
        return code, _heard(said)


def _wait(process: subprocess.Popen[bytes], job: bytes, stopped: Callable[[], bool]) -> int | None:
    assert process.stdin is not None
    with suppress(BrokenPipeError):  # it ended before it was told; its exit code says so
        process.stdin.write(job)
        process.stdin.close()
    while not stopped():
        try:
            return process.wait(_TICK)
        except subprocess.TimeoutExpired:
            continue
    return None


def _heard(said: IO[bytes]) -> list[dict[str, Any]]:
    said.seek(0)
    # The last line may have been cut off in the middle.
    return [json.loads(line) for line in said.read().splitlines() if line.endswith(b"}")]
