"""Reports: the seller's own figures; every import is kept, and the newest figures can be found."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from diffs.database.models import MetricRow, Report
from diffs.scorecard.amazon_report import Found
from diffs.scorecard.applicable_target import speaks_for
from diffs.scorecard.metric import Metric

from . import bodies

#: Longer names, in characters, are cut: they are taken from a file's name.
_LONGEST_NAME = 200
_LONGEST_METRIC = 120

_PLAIN = ("marketplace", "metric", "scope", "numerator", "denominator", "window_from", "window_to", "status")
_ALSO = ("condition", "source", "unit")


def known(session: Session, data: bytes) -> Report | None:
    """The report with exactly these bytes; None if it is not stored yet."""
    return session.exec(select(Report).where(Report.body_sha256 == bodies.digest(data))).first()


def add(session: Session, data: bytes, found: Found, *, name: str, now: datetime) -> Report:
    """Store a report's bytes and figures; the same bytes are stored once. `now` is UTC."""
    stored = known(session, data)
    if stored is not None:
        return stored
    ends = [metric.window_to for metric in found.metrics if metric.window_to is not None]
    report = Report(
        body_sha256=bodies.put(session, data),
        name=name[:_LONGEST_NAME],
        imported_at=now,
        as_of=max(ends, default=now),
        accounts=found.accounts,
        problems=found.problems,
    )
    session.add(report)
    session.flush()
    for position, metric in enumerate(found.metrics):
        session.add(_row(report, position, metric))
    session.flush()
    return report


def current(
    session: Session, *, until: datetime | None = None, with_target: bool = False
) -> list[tuple[Report, Metric]]:
    """The newest figures of each marketplace, metric and scope, in the order of their reports.

    A report may give a figure over several windows, one inside the other: all of them are the newest.

    With `until` (UTC), only reports up to that time count; with `with_target`, only figures with a target.
    """
    wanted = [col(Report.as_of) <= until] if until is not None else []
    return _newest(session, *wanted, *([col(MetricRow.target).is_not(None)] if with_target else []))


def of_pages(session: Session, marketplaces: str) -> list[Metric]:
    """The newest figures of the marketplaces ("UK,IE") that some pages apply to."""
    return [metric for _, metric in current(session) if speaks_for(metric.marketplace, marketplaces)]


def history(session: Session, metric: str) -> list[tuple[Report, Metric]]:
    """All figures of a metric, oldest first."""
    query = (
        select(Report, MetricRow)
        .join(MetricRow, col(MetricRow.report_id) == Report.id)
        .where(MetricRow.metric == metric)
        .order_by(col(Report.as_of), col(Report.id), col(MetricRow.position))
    )
    return [(report, _value(row)) for report, row in session.exec(query)]


def before(session: Session, report: Report) -> list[Metric]:
    """The newest figures with a target in reports older than this one."""
    older = or_(col(Report.as_of) < report.as_of, and_(col(Report.as_of) == report.as_of, col(Report.id) < report.id))
    return [metric for _, metric in _newest(session, older, col(MetricRow.target).is_not(None))]


def _newest(session: Session, *wanted: Any) -> list[tuple[Report, Metric]]:
    """The newest of the wanted figures for each marketplace, metric and scope, found in the database.

    With it are those of the same report over a window inside its own or around it. A window that only overlaps or is
    earlier is history.
    """
    rank = func.row_number().over(
        partition_by=(col(MetricRow.marketplace), col(MetricRow.metric), col(MetricRow.scope)),
        order_by=(col(Report.as_of).desc(), col(Report.id).desc(), col(MetricRow.position).desc()),
    )
    ranked = select(MetricRow.id, rank.label("rank")).join(Report, col(MetricRow.report_id) == Report.id)
    newest, lead = ranked.where(*wanted).subquery(), aliased(MetricRow)
    same = [getattr(MetricRow, name) == getattr(lead, name) for name in ("report_id", "marketplace", "metric", "scope")]
    query = (
        select(Report, MetricRow)
        .join(MetricRow, col(MetricRow.report_id) == Report.id)
        .join(lead, and_(*same))
        .join(newest, newest.c.id == lead.id)
        .where(newest.c.rank == 1, or_(col(MetricRow.id) == lead.id, _nested(lead)), *wanted)
        .order_by(col(Report.as_of), col(Report.id), col(MetricRow.position))
    )
    return [(report, _value(row)) for report, row in session.exec(query)]


def _nested(lead: Any) -> Any:
    """Whether a row's window is inside that of `lead`, or the other way round, without being equal."""
    begin, end = col(MetricRow.window_from), col(MetricRow.window_to)
    inside = and_(begin >= lead.window_from, end <= lead.window_to)
    around = and_(begin <= lead.window_from, end >= lead.window_to)
    return and_(or_(inside, around), or_(begin != lead.window_from, end != lead.window_to))


def _row(report: Report, position: int, metric: Metric) -> MetricRow:
    row = MetricRow(report_id=report.id, position=position, metric=metric.metric[:_LONGEST_METRIC])
    for name in (*_PLAIN, *_ALSO):
        value = getattr(metric, name)
        if name != "metric":
            setattr(row, name, value[:_LONGEST_NAME] if isinstance(value, str) else value)
    row.rate = str(metric.rate) if metric.rate is not None else None
    row.target = str(metric.target) if metric.target is not None else None
    row.parts = [list(part) for part in metric.parts]
    return row


def _value(row: MetricRow) -> Metric:
    return Metric(
        **{name: getattr(row, name) for name in (*_PLAIN, *_ALSO)},
        rate=Decimal(row.rate) if row.rate is not None else None,
        target=Decimal(row.target) if row.target is not None else None,
        parts=tuple((str(name), int(number)) for name, number in row.parts or ()),
    )
