"""Tell the owner that pages cannot be read: after several rounds in a row, or when half of all pages fail."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from diffs.database.archive import Archive, Session
from diffs.database.models import Page
from diffs.failures import OFFLINE, Failure
from diffs.language.plain_text import in_short
from diffs.store import events, observations, pages
from diffs.store.notices import owner
from diffs.values import BLOCKED
from diffs.wording import labels

#: Checks that are no further apart than this belong to one round: a page that failed is tried again within minutes.
ONE_ROUND = timedelta(minutes=10)

#: The kinds of notice: pages that could not be read several times in a row, and half of all pages.
UNREAD, HALF = "unread", "half_unread"

#: Fewer unread pages than this are never called half of them: one failure says nothing about the rest.
LEAST = 2


@dataclass(frozen=True, slots=True)
class Failing:
    """A watched page that could not be read since a time (UTC), in how many rounds, and why the last one failed.

    `blocked` says that its site told us to stop, which the owner already has a message about; `offline` that no site
    was reached.
    """

    page: str
    since: datetime
    rounds: int
    why: str
    blocked: bool = False
    offline: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What the owner was informed of before: when (UTC), and about which pages."""

    at: datetime
    kind: str
    pages: frozenset[str]


def tell_owner(archive: Archive, *, now: datetime, after: int) -> None:
    """Queue for the owner what they must know after a round that ended at `now` (UTC); each problem once.

    `after` is the number of rounds in a row in which a page was not read. Raises ArchiveError.
    """
    with archive.read() as session:
        failing = _failing(session)
        if not failing:
            return
        watched, told = len(pages.listed(session, watched=True)), _told(session)
    of_half = half(failing, watched, told)
    of_rounds = () if of_half else several(failing, told, after)
    if not (of_half or of_rounds):
        return
    with archive.begin() as session:
        if of_half:
            subject = f"{len(of_half)} of {labels.count(watched, 'page')} could not be read"
            _note(session, HALF, of_half, subject, now)
        else:
            times = labels.count(after, "round")
            subject = f"{labels.count(len(of_rounds), 'page')} could not be read in {times} in a row"
            _note(session, UNREAD, of_rounds, subject, now)


def half(failing: Sequence[Failing], watched: int, told: Iterable[Told]) -> Sequence[Failing]:
    """The unread pages, if they are half of those watched or more; none if the owner already knows."""
    if len(failing) < LEAST or 2 * len(failing) < watched or all(page.blocked or page.offline for page in failing):
        return ()
    known = [one.at for one in told if one.kind == HALF]
    goes_on = known and any(page.since <= max(known) for page in failing)
    return () if goes_on else failing


def several(failing: Iterable[Failing], told: Sequence[Told], after: int) -> Sequence[Failing]:
    """The pages that were not read in `after` rounds in a row, if nothing was sent about them since that began."""
    return [
        page
        for page in failing
        if page.rounds >= after
        and not page.blocked
        and not any(page.page in one.pages and one.at >= page.since for one in told)
    ]


def _failing(session: Session) -> list[Failing]:
    found = {page.key: page for _, page in events.going_on(session, events.UNREAD)}
    return [made for page in found.values() if (made := _of_page(session, page)) is not None]


def _of_page(session: Session, page: Page) -> Failing | None:
    looks = observations.unread_in_a_row(session, page)
    if not looks:
        return None
    last, snapshot = looks[0]
    failure = Failure.parsed(snapshot.error)
    times = [look.observed_at for look, _ in looks]
    return Failing(
        page.key,
        since=times[-1],
        rounds=1 + sum(later - earlier > ONE_ROUND for later, earlier in pairwise(times)),
        why=in_short(last.reason, 160).rstrip("."),
        blocked=last.outcome in BLOCKED,
        offline=failure is not None and failure.root.reason in OFFLINE,
    )


def _note(session: Session, kind: str, failing: Sequence[Failing], subject: str, now: datetime) -> None:
    reasons = Counter(page.why for page in failing).most_common(5)
    why = "; ".join(f"{why} ({labels.count(count, 'page')})" for why, count in reasons)
    keys = [page.page for page in failing]
    detail = f"{', '.join(keys)}. Reasons: {why}."
    owner.note(session, kind=kind, about=kind, at=now, subject=subject, detail=detail, pages=keys)


def _told(session: Session) -> list[Told]:
    rows = [row for row, _ in owner.listed(session) if row.kind in (UNREAD, HALF)]
    return [Told(row.created_at, row.kind, frozenset(row.pages or ())) for row in rows]
