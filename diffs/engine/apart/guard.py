"""Have pages judged in a separate process, and set aside what that process was ended for.

Nobody can promise that there is no page whose reading takes for ever, or all memory. So we read none in our own
process, where it would hold up all other pages; but a small one where no process is ready and none can be copied.
"""

import logging
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from diffs.database.archive import Archive
from diffs.database.models import Page
from diffs.engine import derive, verdicts
from diffs.errors import ArchiveError, refused
from diffs.failures import Failure, Reason
from diffs.store import observations, snapshots
from diffs.wording.failures import sentence

from .helper import Helper
from .limits import LARGE, MEMORY, MOST_SECONDS, SECONDS, SECONDS_PER_MB
from .worker import Job

log = logging.getLogger(__name__)

#: The signals by which the system ends a process that exceeds its limits.
_ENDED = {-signal.SIGXCPU: "time", -signal.SIGKILL: "memory", -signal.SIGSEGV: "memory"}


@dataclass(frozen=True, slots=True)
class Apart:
    """The result: row ids of changes that became news, and the pages left unjudged, each with the reason."""

    changes: tuple[int, ...]
    unjudged: Mapping[str, str]


def is_needed(session: Session, page: Page, *, size: int, is_ready: bool) -> bool:
    """Whether a snapshot that was not judged yet has to be read in a process of its own.

    What returns the bytes of the check before it is not read, nor what was set aside and is not to be tried again. All
    else is read apart, save one new answer of few bytes (`size`) where no process `is_ready`: a fresh one costs more.
    """
    moments, last = snapshots.pending(session, page), observations.last(session, page)
    if derive.is_outdated(page) or (moments and last is not None and min(moments.values()) < last[0].observed_at):
        return True
    were_aside = observations.set_aside(session, page).keys()
    aside = were_aside - observations.tried_again(session, page)
    is_small = len(moments) == 1 and size <= LARGE and not is_ready
    for snapshot in snapshots.in_order(session, list(moments)):
        if last is not None and verdicts.same_answer(snapshot, *last):
            last = (last[0], snapshot)
        elif len(moments) > 1 or (snapshot.body_sha256 is not None and snapshot.body_sha256 not in aside):
            return not is_small or snapshot.body_sha256 in were_aside
    return False


def judge(
    archive: Archive,
    pages: Sequence[str],
    *,
    confirm: bool,
    stopped: Callable[[], bool] = lambda: False,
    helper: Helper | None = None,
    together: int = 1,
) -> Apart:
    """The result of judging all that is stored of these pages and not judged yet.

    What cannot be read within the limits is set aside. Stops early when `stopped` returns True. `helper` is a process
    to use, which is kept running. `together` is how many snapshots that have to be read share a transaction.
    Raises ArchiveError if the archive cannot be used.
    """
    if helper is None:
        with Helper() as own:
            return judge(archive, pages, confirm=confirm, stopped=stopped, helper=own, together=together)
    left, changes = list(pages), list[int]()
    aside, unjudged = dict[str, str](), dict[str, str]()
    while left:
        limits = SECONDS, SECONDS_PER_MB, MOST_SECONDS
        job = Job(archive.secret_url, tuple(left), confirm, limits, MEMORY, aside, together)
        helper.begin(archive)
        code, heard = helper.do(job, stopped)
        changes += [number for line in heard for number in line.get("changes", ())]
        unjudged |= {line["page"]: line["lost"] for line in heard if "lost" in line}
        if code == 0:
            break
        last = heard[-1] if heard else {}
        if "archive" in last:
            failure = Failure.parsed(last["failure"])
            raise refused(failure) if failure else ArchiveError(last["archive"], remedy=last["remedy"])
        left = left[left.index(last.get("page", left[0])) :]
        if code is None:
            unjudged |= dict.fromkeys(left, sentence(Failure(Reason.STOPPED)))
            break
        body, failure = last.get("body", ""), _failure(last, code)
        if failure is None or not body or body in aside:
            unjudged[left.pop(0)] = sentence(Failure(Reason.SET_ASIDE_FAULT, detail=f"exit code {code}"))
            continue
        aside[body] = sentence(failure)
        log.warning("page %s: %s", left[0], aside[body])
    for key, reason in unjudged.items():
        log.warning("page %s: %s", key, reason)
    return Apart(tuple(changes), unjudged)


def _failure(last: Mapping[str, Any], code: int) -> Failure | None:
    """Why bytes are set aside, from the process's last message and its exit code."""
    ended = last.get("ended") or _ENDED.get(code, "")
    if ended == "time":
        return Failure(Reason.SET_ASIDE_TIME, detail=str(last.get("seconds", MOST_SECONDS)))
    return Failure(Reason.SET_ASIDE_MEMORY, detail=str(MEMORY)) if ended == "memory" else None
