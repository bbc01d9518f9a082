"""Looks that were stored and never judged: the process ended between the two."""

import logging

from sqlmodel import col, select

from diffs.database.archive import Archive
from diffs.database.models import Page, Snapshot
from diffs.engine import derive
from diffs.errors import ArchiveError, BodyLost
from diffs.store import pages

log = logging.getLogger(__name__)


def judge_left_over(archive: Archive, *, confirm: bool) -> int:
    """Judge what was stored and not judged yet; how many pages had such looks.

    Without this a text that came right before the end would be told at the page's next look only. A page that cannot be
    judged is logged and left for its next look. Raises ArchiveError where the archive cannot be used.
    """
    with archive.read() as session:
        newer = select(Snapshot.id).where(Snapshot.page_id == Page.id, col(Snapshot.id) > Page.derived_to)
        keys = session.exec(select(Page.key).where(newer.exists()).order_by(Page.key)).all()
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
    return len(keys)
