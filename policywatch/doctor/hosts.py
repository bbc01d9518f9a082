"""What is known about every host we contact: for `doctor`, `health` and `host list`."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crawler.addresses import host_of, is_loopback
from crawler.settings import CrawlSettings
from diffs.database.archive import Session
from diffs.database.models import Host, Page
from diffs.store import hosts, pages
from diffs.store.notices import owner
from diffs.wording.failures import in_words
from policywatch.terminal import records


@dataclass(frozen=True, slots=True)
class HostState:
    """One host at a moment. Times are UTC, `gap` in seconds; `budget` None if there is no limit."""

    host: str
    pages: int
    last_request_at: datetime | None
    gap: float
    budget: int | None
    used: int
    rest_until: datetime | None
    rest_reason: str
    off: str
    robots: str
    robots_at: datetime | None
    owner_told: str

    @property
    def left(self) -> int | None:
        """How many requests are left today."""
        return None if self.budget is None else max(0, self.budget - self.used)

    @property
    def matters(self) -> bool:
        """Whether one of its pages is watched, or something keeps us from asking it."""
        return bool(self.pages or self.off or self.rest_until)

    @property
    def state(self) -> str:
        """Whether we may ask it now, in a word or two, and why not."""
        if self.off:
            return f"off: {self.off}"
        if self.rest_until is not None:
            return f"rests until {self.rest_until:%Y-%m-%d %H:%M}: {self.rest_reason}"
        if self.left == 0:
            return "today's requests are used up"
        return "may be asked"


def states(session: Session, settings: CrawlSettings, *, now: datetime) -> list[HostState]:
    """All hosts that we have asked or watch, by name."""
    rows = {row.host: row for row in hosts.listed(session)}
    watched = Counter(map(_host_of, pages.listed(session, watched=True)))
    told = {alert.about: notice.state for alert, notice in owner.listed(session) if alert.kind == "rest"}
    names = sorted({*rows, *watched, *settings.hosts_off} - {""})
    return [
        _state(rows.get(name) or _unknown(name), watched[name], told.get(name, ""), settings, now) for name in names
    ]


def as_json(state: HostState) -> dict[str, Any]:
    """One host as JSON for programs."""
    return {
        "host": state.host,
        "pages": state.pages,
        "state": state.state,
        "last_request_at": records.stamp(state.last_request_at),
        "gap": state.gap,
        "budget": state.budget,
        "used_today": state.used,
        "left_today": state.left,
        "rest_until": records.stamp(state.rest_until),
        "rest_reason": state.rest_reason,
        "owner_told": state.owner_told,
        "off": state.off,
        "robots": state.robots,
        "robots_at": records.stamp(state.robots_at),
    }


COLUMNS = ("host", "pages", "state", "last request (UTC)", "gap", "today", "robots.txt")


def cells(state: HostState) -> tuple[object, ...]:
    """One host as a row of a table."""
    limit = "(no limit)" if state.budget is None else f"of {state.budget}"
    return (
        state.host,
        state.pages,
        state.state,
        records.minute(records.stamp(state.last_request_at)) or "never",
        f"{state.gap:g} s",
        f"{state.used} {limit}",
        state.robots or "not asked yet",
    )


def _state(row: Host, count: int, told: str, settings: CrawlSettings, now: datetime) -> HostState:
    local = is_loopback(row.host)
    off = "in the settings (hosts_off)" if row.host in settings.hosts_off else ""
    if row.off_since is not None:
        off = row.off_reason or f"since {row.off_since:%Y-%m-%d}"
    rests = row.rest_until is not None and row.rest_until > now
    return HostState(
        host=row.host,
        pages=count,
        last_request_at=row.last_request_at,
        gap=max(settings.gap(loopback=local), row.crawl_delay or 0.0),
        budget=settings.budget(loopback=local),
        used=hosts.used_on(row, now),
        rest_until=row.rest_until if rests else None,
        rest_reason=row.rest_reason if rests else "",
        off=off,
        robots=in_words(row.robots),
        robots_at=row.robots_at,
        owner_told={"sent": "yes", "dropped": "here only", "due": "not yet", "sending": "not yet"}.get(told, "")
        if rests
        else "",
    )


def _host_of(page: Page) -> str:
    return host_of(page.url)


def _unknown(name: str) -> Host:
    return Host(host=name)
