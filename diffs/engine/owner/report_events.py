"""Compare a seller's report with the pages: targets that differ, or that moved between two reports.

Both are events of the page that states the target: the owner should check it, but the event itself changes no policy.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select

from diffs.database.models import Event, Page
from diffs.scorecard.applicable_target import fitting
from diffs.scorecard.metric import Metric
from diffs.scorecard.names import label
from diffs.scorecard.scorecard import judge, own_target, same_figure
from diffs.store import reports, targets
from diffs.store.events import DIFFERS, MOVED, OpenEvents, listed
from diffs.wording.targets import held


def note_differences(session: Session, *, now: datetime) -> None:
    """Open or end the event of each page whose target differs from the newest report. `now` is UTC."""
    details: dict[str, list[str]] = {}
    reported = reports.current(session, with_target=True)
    binding = targets.stated_at(session, now)[0] if reported else []
    for _, metric in reported:
        one, own = judge(metric, binding), own_target(metric)
        if one.differs and own is not None and one.stated is not None:
            page = one.stated.target
            line = (
                f"{label(metric.metric)}: the report of {metric.marketplace} names {held(own)}, the page {held(page)}"
            )
            details.setdefault(one.stated.page, []).append(line)
    _settle(session, DIFFERS, details, now)


def moved(before: Iterable[Metric], metrics: Iterable[Metric]) -> list[tuple[Metric, Metric]]:
    """The figures whose target differs from the earlier report's, each with its earlier figure."""
    found, earlier, those = [], list(before), list(metrics)
    for metric in those:
        was = _counterpart(metric, earlier, alone=sum(one.key == metric.key for one in those) == 1)
        old, new = own_target(was) if was is not None else None, own_target(metric)
        if was is not None and old is not None and new is not None and not same_figure(old, new):
            found.append((was, metric))
    return found


def _counterpart(metric: Metric, earlier: Iterable[Metric], *, alone: bool) -> Metric | None:
    """The earlier figure for the same thing: over the same number of days if a report gives several windows for it."""
    known = [one for one in earlier if one.key == metric.key]
    if alone and len(known) == 1:
        return known[0]
    return next((one for one in known if one.days == metric.days), None)


def note_moves(
    session: Session, pairs: Iterable[tuple[Metric, Metric]], reported: Iterable[Metric], *, now: datetime
) -> None:
    """Open the event of each page that states a target which moved between two reports; end earlier ones.

    `reported` are all figures of the newer report: if it names no targets at all, it says nothing. `now` is UTC.
    """
    if all(own_target(metric) is None for metric in reported):
        return
    binding, _ = targets.stated_at(session, now)
    details: dict[str, list[str]] = {}
    for was, metric in pairs:
        page, old, new = fitting(metric, binding), own_target(was), own_target(metric)
        if page is not None and old is not None and new is not None:
            line = (
                f"{label(metric.metric)}: Amazon's report of {metric.marketplace} names {held(new)}, "
                f"the one before {held(old)}"
            )
            details.setdefault(page.page, []).append(line)
    _settle(session, MOVED, details, now)


def _settle(session: Session, kind: str, details: Mapping[str, list[str]], now: datetime) -> None:
    is_open = select(Event.page_id).where(Event.kind == kind, col(Event.ended_at).is_(None))
    concerned = select(Page).where(or_(col(Page.key).in_(details), col(Page.id).in_(is_open)))
    for page in session.exec(concerned).all():
        known = {event.kind: event.detail for event in listed(session, page, open_only=True)}
        detail = "; ".join(dict.fromkeys(details.get(page.key, ())))
        if not detail:
            OpenEvents(session, page).ended((kind,), at=now)
        elif known.get(kind) != detail:
            OpenEvents(session, page).happened(kind, at=now, detail=detail)
    session.flush()
