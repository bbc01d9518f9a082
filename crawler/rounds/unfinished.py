"""Judge answers that were stored but not judged because the process ended in between."""

import logging

from diffs.database.archive import Archive
from diffs.engine import derive, wording
from diffs.errors import ArchiveError, BodyLost
from diffs.store import pages

log = logging.getLogger(__name__)


def judge_left_over(archive: Archive, *, confirm: bool) -> int:
    """How many pages had answers that were stored and not judged; they are judged and worded now.

    Without this a text that came right before the end would be reported at the page's next check only. A page that
    cannot be judged is logged and left for its next check. Raises ArchiveError where the archive cannot be used.
    """
    with archive.read() as session:
        keys = pages.with_unjudged(session)
    for key in keys:
        try:
            with archive.begin() as session:
                page = pages.get(session, key)
                assert page is not None
                derive.derive(session, page, confirm=confirm)
        except BodyLost as error:
            log.warning("page %s: %s", key, error)
        except ArchiveError:
            raise
        except Exception:
            log.exception("page %s: what was stored could not be judged", key)
    if keys:
        wording.word_all(archive)
    return len(keys)
