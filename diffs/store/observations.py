"""Observations: how each snapshot was judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import and_, case, func, or_
from sqlmodel import Session, col, select

from diffs.database.models import Observation, Page, Snapshot, Version
from diffs.judging.history import News
from diffs.values import READ, Outcome, Verdict

from .snapshots import AHEAD

#: The rule of a verdict on bytes whose reading had to be aborted: they are read again only on request.
SET_ASIDE = "set-aside"
#: The rule of a verdict on a fetch that could not be read because of a fault in this program: the next one is read.
FAULT = "fault"


def listed(session: Session, page: Page) -> list[tuple[Observation, Snapshot]]:
    """All judged fetches of a page, in the order of observation."""
    query = (
        select(Observation, Snapshot)
        .join(Snapshot, col(Observation.snapshot_id) == Snapshot.id)
        .where(Observation.page_id == page.id)
        .order_by(col(Observation.observed_at), col(Observation.snapshot_id))
    )
    return list(session.exec(query).all())


def last(session: Session, page: Page) -> tuple[Observation, Snapshot] | None:
    """The newest judged fetch of a page, or None."""
    query = (
        select(Observation, Snapshot)
        .join(Snapshot, col(Observation.snapshot_id) == Snapshot.id)
        .where(Observation.page_id == page.id)
        .order_by(col(Observation.observed_at).desc(), col(Observation.snapshot_id).desc())
    )
    return session.exec(query.limit(1)).first()


def at(session: Session, page: Page, moment: datetime) -> tuple[Observation, Snapshot] | None:
    """The last judged fetch at or before a moment (UTC), or None."""
    query = (
        select(Observation, Snapshot)
        .join(Snapshot, col(Observation.snapshot_id) == Snapshot.id)
        .where(Observation.page_id == page.id, col(Observation.observed_at) <= moment)
        .order_by(col(Observation.observed_at).desc(), col(Observation.snapshot_id).desc())
    )
    return session.exec(query.limit(1)).first()


def count_between(session: Session, page: Page, since: datetime, until: datetime) -> int:
    """The number of judged fetches from `since` to `until` (UTC, both included)."""
    query = select(func.count()).select_from(Observation)
    moments = col(Observation.observed_at).between(since, until)
    return session.exec(query.where(Observation.page_id == page.id, moments)).one()


def ahead(session: Session, *, now: datetime) -> Sequence[str]:
    """The keys of the pages with fetches dated after `now` (UTC): a clock was ahead."""
    query = select(Page.key).join(Observation, col(Observation.page_id) == Page.id)
    return session.exec(query.where(col(Observation.observed_at) > now + AHEAD).distinct().order_by(Page.key)).all()


def set_aside(session: Session, page: Page) -> dict[str, Verdict]:
    """The names of this page's bytes that are not read again, each with its verdict."""
    return {body: Verdict(Outcome.ERROR, SET_ASIDE, reason) for body, (_, reason) in _aside(session, page).items()}


def tried_again(session: Session, page: Page) -> frozenset[str]:
    """The names of bytes set aside that are due for another try: after 3, 6, 12, 24 fetches with them, and so on.

    An hour in which the machine was slow or short of memory must not leave a page unread for ever.
    """
    return frozenset(body for body, (looks, _) in _aside(session, page).items() if _is_thrice_a_power_of_two(looks))


def _is_thrice_a_power_of_two(number: int) -> bool:
    share, rest = divmod(number, 3)
    return rest == 0 and share & (share - 1) == 0


def _aside(session: Session, page: Page) -> dict[str, tuple[int, str]]:
    """The names of the bytes set aside, each with the number of fetches that had them, and the reason."""
    ever = (
        select(Snapshot.body_sha256)
        .join(Observation, col(Observation.snapshot_id) == Snapshot.id)
        .where(Observation.page_id == page.id, Observation.rule == SET_ASIDE, col(Snapshot.body_sha256).is_not(None))
    )
    query = (
        select(Snapshot.body_sha256, Observation.rule, Observation.reason)
        .join(Observation, col(Observation.snapshot_id) == Snapshot.id)
        .where(Observation.page_id == page.id, col(Snapshot.body_sha256).in_(ever))
        .order_by(col(Observation.observed_at), col(Observation.snapshot_id))
    )
    found: dict[str, tuple[int, str]] = {}
    for body, rule, reason in session.exec(query):
        if rule == SET_ASIDE:
            looks, _ = found.get(body or "", (0, ""))
            found[body or ""] = looks + 1, reason
        elif rule != FAULT:
            found.pop(body or "", None)  # it was read after all
    return found


def days_read(session: Session, page: Page, after: datetime, to: datetime) -> int:
    """The number of days (UTC) on which the policy was read after a moment, including the day of `to`; both UTC."""
    query = select(Observation.observed_at).where(
        Observation.page_id == page.id,
        col(Observation.outcome).in_([str(outcome) for outcome in READ]),
        col(Observation.observed_at) > after,
        col(Observation.observed_at) <= to,
    )
    return len({moment.date() for moment in session.exec(query)} | {to.date()})


def last_read_at(session: Session, page: Page) -> datetime | None:
    """When the policy was last read (UTC); None if never."""
    query = (
        select(Observation.observed_at)
        .where(Observation.page_id == page.id, col(Observation.outcome).in_([str(outcome) for outcome in READ]))
        .order_by(col(Observation.observed_at).desc())
    )
    return session.exec(query.limit(1)).first()


def is_held(session: Session, page: Page) -> bool:
    """Whether the last text that was read of a page waits for a second check."""
    query = (
        select(Observation.news)
        .where(Observation.page_id == page.id, col(Observation.outcome).in_(READ))
        .order_by(col(Observation.observed_at).desc(), col(Observation.snapshot_id).desc())
    )
    return session.exec(query.limit(1)).first() == News.HELD


def unread_in_a_row(session: Session, page: Page) -> list[tuple[Observation, Snapshot]]:
    """The fetches of a page since its policy was last read, newest first, at most a hundred; without imported ones."""
    query = (
        select(Observation, Snapshot)
        .join(Snapshot, col(Observation.snapshot_id) == Snapshot.id)
        .where(Observation.page_id == page.id, col(Snapshot.recorded).is_(False))
        .order_by(col(Observation.observed_at).desc(), col(Observation.snapshot_id).desc())
    )
    read = {str(outcome) for outcome in READ}
    rows = session.exec(query.limit(100))
    # A text on a line other than the policy's own was read, too.
    return list(takewhile(lambda row: row[0].outcome not in read and row[0].version_id is None, rows))


def shows_since(session: Session, page: Page) -> int:
    """The id of the first snapshot in the latest run of fetches with the same text; 0 if there is none."""
    query = (
        select(Observation.snapshot_id, Observation.text_sha256, Observation.outcome)
        .where(Observation.page_id == page.id)
        .order_by(col(Observation.observed_at).desc(), col(Observation.snapshot_id).desc())
    )
    rows = session.exec(query)
    newest = next(iter(rows), None)
    if newest is None:
        return 0
    same = takewhile(lambda row: row[1:] == newest[1:], rows)
    return min([newest[0], *(row[0] for row in same)])


def last_traces(session: Session, page: Page, newest: Observation) -> dict[str, str] | None:
    """The traces of noise in the last fetch that read the policy; `newest` is the last fetch of all."""
    if newest.version_id is not None:
        return newest.traces
    query = (
        select(Observation.traces)
        .where(Observation.page_id == page.id, col(Observation.version_id).is_not(None))
        .order_by(col(Observation.observed_at).desc(), col(Observation.snapshot_id).desc())
    )
    traces = session.exec(query.limit(1)).first()
    return dict(traces) if traces else None


def suppressed(session: Session, page: Page, *, since: datetime | None = None) -> list[tuple[Observation, Snapshot]]:
    """The fetches that differed without making a change: noise, returns, and everything that was not read."""
    quiet = (
        "none",
        "same",
        "first",
        "change",
        "held",
        "cosmetic",
        "upgrade",
        "variant",
        "rollback",
        "appeared",
        "gone",
        "switched",
        "replaced",
    )
    read = [str(outcome) for outcome in READ]
    query = (
        select(Observation, Snapshot)
        .join(Snapshot, col(Observation.snapshot_id) == Snapshot.id)
        .where(
            Observation.page_id == page.id,
            or_(
                and_(col(Observation.outcome).not_in(read), col(Observation.version_id).is_(None)),
                col(Observation.news).not_in(quiet),
            ),
        )
        .order_by(col(Observation.observed_at), col(Observation.snapshot_id))
    )
    if since is not None:
        query = query.where(col(Observation.observed_at) >= since)
    return list(session.exec(query).all())


def shown_elsewhere(session: Session, page: Page, text: str, *, was: str, since: datetime) -> list[str]:
    """The keys of other pages of this host that changed to the same text from a different one.

    Pages that changed to it before `since` (UTC) do not count: a text that stays is no outage. `was` is the former text
    of this page: a page with the same one is the same policy at another address, and may well change with it.
    """
    query = (
        select(Page)
        .join(Observation, col(Observation.page_id) == Page.id)
        .where(Observation.text_sha256 == text, Observation.page_id != page.id)
        .group_by(col(Page.id))
        .having(func.min(Observation.observed_at) >= since)
    )
    host = urlsplit(page.url).hostname
    found = []
    for other in session.exec(query):
        texts = set(session.exec(select(Version.text_sha256).where(Version.page_id == other.id))) - {text}
        if urlsplit(other.url).hostname == host and texts and was not in texts:
            found.append(other.key)
    return found


@dataclass(frozen=True, slots=True)
class PageLooks:
    """How often a watched page was fetched and read in a period, and when (UTC) it was last read."""

    page: str
    marketplace: str
    category: str
    looks: int
    read: int
    last_read_at: datetime | None


def looks(session: Session, *, since: datetime, until: datetime) -> list[PageLooks]:
    """Every watched page with its fetches from `since` to `until` (UTC), even if there are none."""
    read = col(Observation.outcome).in_([str(outcome) for outcome in READ])
    in_time = (col(Observation.page_id) == Page.id) & col(Observation.observed_at).between(since, until)
    query: Any = (
        select(  # type: ignore[call-overload]
            Page.key,
            Page.marketplace,
            Page.category,
            func.count(col(Observation.snapshot_id)),
            func.sum(case((read, 1), else_=0)),
            func.max(case((read, col(Observation.observed_at)))),
        )
        .join(Observation, in_time, isouter=True)
        .where(col(Page.watched).is_(True))
        .group_by(col(Page.id))
    )
    return [PageLooks(*row) for row in session.exec(query)]
