"""Gaps: the times in which a page was checked and no text of it could be read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter

from sqlmodel import Session, col, select

from diffs.database.models import Observation, Page

from .versions import Spell

#: A failed check that is followed by a good one within this long was another try of the same round.
SAME_ROUND = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Gap:
    """Checks in a row that read nothing: the first and the last of them, their number, and why the last one failed.

    `read_before` and `read_after` are the good checks around them, None where there is none. All times are UTC.
    """

    first: datetime
    last: datetime
    checks: int
    outcome: str
    reason: str
    read_before: datetime | None
    read_after: datetime | None

    def holds(self, moment: datetime) -> bool:
        """Whether a moment lies between the first failed check and the next good one."""
        return self.first <= moment and (self.read_after is None or moment < self.read_after)


def listed(session: Session, page: Page) -> list[Gap]:
    """All gaps of a page, in order."""
    query = (
        select(Observation.version_id, Observation.observed_at, Observation.outcome, Observation.reason)
        .where(Observation.page_id == page.id)
        .order_by(col(Observation.observed_at), col(Observation.snapshot_id))
    )
    rows = [(version is not None, at, outcome, reason) for version, at, outcome, reason in session.exec(query)]
    runs = [(was_read, list(run)) for was_read, run in groupby(rows, key=itemgetter(0))]
    found = []
    for place, (was_read, run) in enumerate(runs):
        if was_read:
            continue
        before = runs[place - 1][1][-1][1] if place else None
        after = runs[place + 1][1][0][1] if place + 1 < len(runs) else None
        if after is None or after - run[0][1] > SAME_ROUND:
            found.append(Gap(run[0][1], run[-1][1], len(run), run[-1][2], run[-1][3], before, after))
    return found


def within(found: Iterable[Gap], spells: Sequence[Spell]) -> list[Gap]:
    """The gaps that lie inside these spells: a version was read before and after them."""
    return [gap for gap in found if any(spell.first < gap.first and gap.last < spell.last for spell in spells)]


def around(found: Iterable[Gap], moment: datetime) -> Gap | None:
    """The gap that holds a moment (UTC), or None."""
    return next((gap for gap in found if gap.holds(moment)), None)


def checks_around(session: Session, page: Page, moment: datetime) -> tuple[datetime | None, datetime | None]:
    """The last check at or before a moment and the first one after it, good or not (UTC)."""
    query = select(Observation.observed_at).where(Observation.page_id == page.id)
    at = col(Observation.observed_at)
    before = session.exec(query.where(at <= moment).order_by(at.desc()).limit(1)).first()
    after = session.exec(query.where(at > moment).order_by(at).limit(1)).first()
    return before, after
