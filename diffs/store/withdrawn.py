"""Announced targets that one page took back before their first day, while another still states them."""

from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from diffs.database.models import Observation, Page, TargetRow
from diffs.language.bounds import on_calendar
from diffs.scorecard.applicable_target import Stated
from diffs.values import READ

from . import versions


def marked(session: Session, stated: Stated, moment: datetime, begins: date | None = None) -> Stated:
    """The target with the pages that took it back, as known at a moment (UTC); `begins` is its first day, if known."""
    target = stated.target
    if begins is None and target.effective_on is not None and stated.since is not None:
        begins = on_calendar(target.effective_on, stated.since.date())
    if begins is None:
        return stated
    query = (
        select(Page, TargetRow)
        .join(TargetRow, col(TargetRow.page_id) == Page.id)
        .where(
            Page.key != stated.page,
            TargetRow.metric == target.metric,
            TargetRow.comparator == target.comparator,
            TargetRow.value == target.value,
            TargetRow.scope == target.scope,
            col(TargetRow.effective_on).is_not(None),
        )
        .order_by(Page.key)
    )
    stating: dict[str, tuple[Page, set[int]]] = {}
    for page, row in session.exec(query):
        if not _markets(page.marketplace).isdisjoint(_markets(stated.marketplace)):
            stating.setdefault(page.key, (page, set()))[1].add(row.version_id)
    days = ((key, _taken_back(session, page, stated, ids, moment)) for key, (page, ids) in stating.items())
    return replace(stated, withdrawn=tuple((key, day) for key, day in days if day is not None and day < begins))


def _markets(codes: str) -> set[str]:
    return {code.strip().casefold() for code in codes.split(",")}


def _taken_back(session: Session, page: Page, stated: Stated, ids: set[int], moment: datetime) -> date | None:
    """The day on which a page no longer showed any of the texts that state a target; None if it still states it."""
    shown = versions.shown_at(session, page, moment, as_policy=True)
    if shown is None or _states(session, shown[0].id, stated):
        return None
    looks = select(Observation.version_id, Observation.observed_at).where(
        Observation.page_id == page.id,
        col(Observation.observed_at) <= moment,
        col(Observation.version_id).is_not(None),
        col(Observation.outcome).in_(READ),
    )
    since: date | None = None
    for version, at in session.exec(looks.order_by(col(Observation.observed_at), col(Observation.snapshot_id))):
        if version in ids:
            since = None
        elif since is None:
            since = at.date()
    return since


def _states(session: Session, version: int, stated: Stated) -> bool:
    """Whether a text states the target, with a date or without."""
    target = stated.target
    query = select(TargetRow.metric).where(
        TargetRow.version_id == version,
        TargetRow.metric == target.metric,
        TargetRow.value == target.value,
        TargetRow.scope == target.scope,
    )
    return session.exec(query).first() is not None
