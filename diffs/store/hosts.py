"""Hosts: what politeness must know about them across spiders, workers and restarts."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from diffs.database.models import Host

#: The values of a host that was never contacted.
_NEW = {"rest_reason": "", "rest_told": False, "off_reason": "", "budget_used": 0, "robots": ""}

#: A last request further in the future than this means that the clock was set back; it is no worker's reservation.
AHEAD = timedelta(hours=1)

#: The longest rest (crawler/rounds/schedule/next_step.py accepts no longer one from a host).
LONGEST_REST = timedelta(days=7)


def get(session: Session, host: str) -> Host | None:
    """The row of a host, or None."""
    return session.get(Host, host)


def listed(session: Session) -> list[Host]:
    """All hosts ever contacted, by name."""
    return list(session.exec(select(Host).order_by(col(Host.host))).all())


def is_ahead(session: Session, *, now: datetime) -> bool:
    """Whether a host has times that only a clock ahead of `now` (UTC) can have set."""
    return session.exec(select(Host.host).where(_ahead(now)).limit(1)).first() is not None


def pull_back(session: Session, *, now: datetime) -> int:
    """Correct times set by a clock ahead of `now` (UTC), and return the number of hosts that had any.

    A rest keeps its length, counted from now, and requests counted for a future day count for today: a wrong clock
    never makes us less polite.
    """
    rows = session.exec(select(Host).where(_ahead(now)).with_for_update()).all()
    for row in rows:
        _pull_back(row, now)
    return len(rows)


def _ahead(now: datetime) -> ColumnElement[bool]:
    return or_(col(Host.last_request_at) > now + AHEAD, col(Host.rest_until) > now + LONGEST_REST + AHEAD)


def _pull_back(row: Host, now: datetime) -> None:
    asked = row.last_request_at
    since = asked if asked is not None and asked - now > AHEAD else now
    if row.rest_until is not None and row.rest_until > now:
        row.rest_until = now + min(max(row.rest_until - since, timedelta()), LONGEST_REST)
    if since is not now:
        row.last_request_at = now
    if row.budget_day is not None and row.budget_day > now.date():
        row.budget_day = now.date()


def reserve(session: Session, host: str, *, now: datetime, gap: float, budget: int | None = None) -> datetime | None:
    """Reserve the next free moment for a request to a host and return it (UTC); None if the day's requests are used up.

    It is at least `gap` seconds after the moment that anybody reserved before, and never before `now`. The caller
    waits until then. A worker that dies wastes only its own moment. The request counts for the UTC day of that moment,
    in the same transaction: however many workers there are, they never make more than `budget` of them.
    """
    row = _locked(session, host)
    moment = _free_at(row, now, gap)
    used = used_on(row, moment)
    if budget is not None and used >= budget:
        return None
    row.budget_day, row.budget_used = moment.date(), used + 1
    row.last_request_at = moment
    return moment


def free_at(session: Session, host: str, *, now: datetime, gap: float, budget: int | None = None) -> datetime | None:
    """The moment (UTC) that `reserve` would return, or None. Nothing is counted."""
    row = session.get(Host, host)
    if row is None:
        return now
    moment = _free_at(row, now, gap)
    return None if budget is not None and used_on(row, moment) >= budget else moment


def _free_at(row: Host, now: datetime, gap: float) -> datetime:
    last = row.last_request_at
    return max(now, last + timedelta(seconds=gap)) if last is not None and last - now < AHEAD else now


def count_part(session: Session, host: str, *, now: datetime, budget: int | None = None) -> bool:
    """Count a request made at `now` (UTC) outside the reserved moments; False if the day's requests are used up."""
    row = _locked(session, host)
    day = now.date()
    if row.budget_day is None or row.budget_day < day:
        row.budget_day, row.budget_used = day, 0
    if budget is not None and row.budget_used >= budget:
        return False
    row.budget_used += 1
    if row.last_request_at is None or row.last_request_at < now:
        row.last_request_at = now
    return True


def give_back(session: Session, host: str, *, moment: datetime) -> None:
    """Uncount a request that was counted for a moment (UTC) but never made. The moment itself stays used."""
    row = _locked(session, host)
    row.budget_used = max(0, row.budget_used - (row.budget_day == moment.date()))


def used_on(row: Host, at: datetime) -> int:
    """How many requests a host has had on the UTC day of `at`."""
    return row.budget_used if row.budget_day == at.date() else 0


def asked(session: Session, host: str, *, at: datetime) -> None:
    """Record when a host was really contacted (UTC): possibly later than reserved, never earlier."""
    row = _locked(session, host)
    if row.last_request_at is None or row.last_request_at < at or row.last_request_at - at > AHEAD:
        row.last_request_at = at


def rest(session: Session, host: str, *, now: datetime, until: datetime, reason: str, tell: bool = False) -> bool:
    """Leave a host alone until a time (UTC). A rest that already lasts longer stays as it is.

    `tell` says that the owner must know. Returns True if no notice about this rest exists yet; the caller then makes
    one in the same transaction.
    """
    row = _locked(session, host)
    if row.rest_until is None or row.rest_until <= now:
        row.rest_told = False
    if row.rest_until is None or row.rest_until < until:
        row.rest_until, row.rest_reason = until, reason
    news = tell and not row.rest_told
    row.rest_told = row.rest_told or tell
    return news


def resting(session: Session, *, now: datetime) -> dict[str, Host]:
    """The hosts that are resting at `now` (UTC), by name."""
    query = select(Host).where(col(Host.rest_until) > now)
    return {row.host: row for row in session.exec(query)}


def wake(session: Session, host: str) -> None:
    """End a host's rest, as its owner or ours decided."""
    row = session.get(Host, host)
    if row is not None:
        row.rest_until, row.rest_reason, row.rest_told = None, "", False


def switch_off(session: Session, host: str, *, at: datetime, reason: str = "") -> None:
    """Stop all requests to a host, from every worker, until somebody switches it on. `at` is UTC."""
    row = _locked(session, host)
    row.off_since, row.off_reason = row.off_since or at, reason or row.off_reason


def switch_on(session: Session, host: str) -> bool:
    """Allow requests to a host again; False if it was not switched off."""
    row = session.get(Host, host)
    if row is None or row.off_since is None:
        return False
    row.off_since, row.off_reason = None, ""
    return True


def robots_read(session: Session, host: str, *, at: datetime, says: str) -> None:
    """Record the result of a request for a host's robots.txt; `at` is UTC."""
    row = _locked(session, host)
    row.robots, row.robots_at = says, at


def slow_down(session: Session, host: str, *, crawl_delay: float | None) -> None:
    """Record the Crawl-delay of a host's robots.txt in seconds; None if it has none."""
    row = _locked(session, host)
    if row.crawl_delay != crawl_delay:
        row.crawl_delay = crawl_delay


def _locked(session: Session, host: str) -> Host:
    """The host's row, created if missing, and locked until the transaction ends."""
    row = session.get(Host, host, with_for_update=True)
    if row is not None:
        return row
    # Two workers may reach a new host at the same moment: the second finds the row of the first.
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(Host).values(**_NEW, host=host).on_conflict_do_nothing())
    return session.exec(select(Host).where(Host.host == host).with_for_update()).one()
