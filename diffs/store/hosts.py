"""Hosts: what politeness must know of them across spiders, workers and restarts."""

from datetime import datetime, timedelta

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from diffs.models import Host

#: A last request further ahead than this is a clock that was set back, not another worker's reservation.
AHEAD = timedelta(hours=1)


def get(session: Session, host: str) -> Host | None:
    """What we know of a host, or None."""
    return session.get(Host, host)


def listed(session: Session) -> list[Host]:
    """All hosts we ever asked, by name."""
    return list(session.exec(select(Host).order_by(col(Host.host))).all())


def reserve(session: Session, host: str, *, now: datetime, gap: float) -> datetime:
    """Take the next free moment to ask a host and return it (UTC).

    It lies at least `gap` seconds after the moment that anybody took before, and never before `now`. The caller
    waits until then. A worker that dies wastes its own moment, no more.
    """
    row = _locked(session, host)
    last = row.last_request_at
    moment = now
    if last is not None and last - now < AHEAD:
        moment = max(now, last + timedelta(seconds=gap))
    row.last_request_at = moment
    return moment


def asked(session: Session, host: str, *, at: datetime) -> None:
    """Note when a host was really asked (UTC): later than reserved is possible, earlier is not."""
    row = _locked(session, host)
    if row.last_request_at is None or row.last_request_at < at or row.last_request_at - at > AHEAD:
        row.last_request_at = at


def rest(session: Session, host: str, *, until: datetime, reason: str) -> None:
    """Leave a host alone until a time (UTC). A rest that is longer already stays as it is."""
    row = _locked(session, host)
    if row.rest_until is None or row.rest_until < until:
        row.rest_until, row.rest_reason = until, reason


def resting(session: Session, *, now: datetime) -> dict[str, Host]:
    """The hosts that are left alone at `now` (UTC), by name."""
    query = select(Host).where(col(Host.rest_until) > now)
    return {row.host: row for row in session.exec(query)}


def wake(session: Session, host: str) -> None:
    """End a host's rest: its owner or ours said so."""
    row = session.get(Host, host)
    if row is not None:
        row.rest_until, row.rest_reason = None, ""


def slow_down(session: Session, host: str, *, crawl_delay: float | None) -> None:
    """Note the Crawl-delay of a host's robots.txt in seconds; None where it has none."""
    row = _locked(session, host)
    if row.crawl_delay != crawl_delay:
        row.crawl_delay = crawl_delay


def _locked(session: Session, host: str) -> Host:
    """The host's row, made where it is missing, and ours until the transaction ends."""
    row = session.get(Host, host, with_for_update=True)
    if row is not None:
        return row
    # Two workers may meet a new host in the same moment: the second one finds the row of the first.
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(Host).values(host=host, rest_reason="").on_conflict_do_nothing())
    return session.exec(select(Host).where(Host.host == host).with_for_update()).one()
