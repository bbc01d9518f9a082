"""Judge responses that were stored but not judged because the process ended in between."""

from collections.abc import Callable

from diffs.database.archive import Archive
from diffs.engine import wording
from diffs.engine.apart import guard
from diffs.store import pages


def judge_left_over(archive: Archive, *, confirm: bool, stopped: Callable[[], bool] = lambda: False) -> int:
    """How many pages had responses that were stored and not judged; they are judged and worded now.

    Without this a text that was fetched just before the end would be reported only at the page's next check. As such
    responses may be what ended the former process, they are judged in a process of their own, after all pages were
    fetched: what cannot be read within its limits is set aside. Raises ArchiveError if the archive cannot be used.
    """
    with archive.read() as session:
        keys = pages.with_unjudged(session)
    if keys:
        guard.judge(archive, keys, confirm=confirm, stopped=stopped)
        wording.word_all(archive)
    return len(keys)
