"""Snapshots: one row per fetch, whatever the answer was; chained, never changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, text
from sqlmodel import Session, col, select

from diffs.database.models import Observation, Page, Snapshot
from diffs.values import READ, Capture

from . import bodies, chain

#: The number of this program's chain among PostgreSQL's advisory locks.
CHAIN_LOCK = 7_065_766


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fetch that somebody recorded: when it was made (UTC), what it returned, and who made a text of it.

    `name` is the digest of its bytes, None where it returned none.
    """

    observed_at: datetime
    capture: Capture
    name: str | None
    extractor_hint: str = ""


def add(
    session: Session,
    page: Page,
    capture: Capture,
    *,
    observed_at: datetime,
    stored_at: datetime,
    purpose: str = "look",
    recorded: bool = False,
    language: str = "",
) -> Snapshot:
    """Append the answer of one fetch; both times in UTC."""
    _take_turn(session)
    row = _row(page, capture, observed_at=observed_at, stored_at=stored_at, purpose=purpose, recorded=recorded)
    row["language"] = language or capture.language
    if capture.body:
        name = bodies.digest(capture.body)
        if not bodies.is_known(session, name, capture.body):
            bodies.add(session, name, capture.body, like=_newest_body(session, page))
        row["body_sha256"] = name
    snapshot = Snapshot(**_chained(row, page, chain.head(session)))
    session.add(snapshot)
    session.flush()
    return snapshot


def add_recorded(session: Session, page: Page, fetches: Sequence[Recorded], *, stored_at: datetime) -> None:
    """Append recorded fetches in the order given, all at once; `stored_at` is UTC."""
    _take_turn(session)
    known = bodies.known(session, [name for name in dict.fromkeys(one.name for one in fetches) if name])
    like = _newest_body(session, page)
    rows: list[dict[str, Any]] = []
    head = chain.head(session)
    for one in fetches:
        if one.name is not None:
            if not bodies.is_known(session, one.name, one.capture.body, among=known):
                known.add(bodies.add(session, one.name, one.capture.body, like=like))
            like = one.name
        row = _row(page, one.capture, observed_at=one.observed_at, stored_at=stored_at, purpose="look", recorded=True)
        row |= {"extractor_hint": one.extractor_hint, "body_sha256": one.name}
        rows.append(_chained(row, page, head))
        head = row["row_hash"]
    if rows:
        session.execute(insert(Snapshot), rows)


def _take_turn(session: Session) -> None:
    """Wait for the end of the chain, to write there."""
    if session.get_bind().dialect.name == "postgresql":
        # SQLite has one writer anyway; PostgreSQL's many must take turns.
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK})


def _row(
    page: Page, capture: Capture, *, observed_at: datetime, stored_at: datetime, purpose: str, recorded: bool
) -> dict[str, Any]:
    """The columns of a fetch, without its body's name and its place in the chain."""
    return {
        "page_id": page.id,
        "observed_at": observed_at,
        "stored_at": stored_at,
        "fetched_by": capture.fetched_by,
        "purpose": purpose,
        "recorded": recorded,
        "url": capture.url,
        "final_url": capture.final_url,
        "status": capture.status,
        "headers": [[name, value] for name, value in sorted(capture.headers.items())],
        "media_type": capture.media_type,
        "language": capture.language,
        "error": capture.error,
        "extractor_hint": "",
        "body_sha256": None,
        "response_date": capture.headers.get("date", "")[:64],
    }


def _chained(row: dict[str, Any], page: Page, previous: str) -> dict[str, Any]:
    """The same row behind the one with this hash; it is given its own."""
    row["previous_hash"] = previous
    row["row_hash"] = chain.hash_of(chain.covered(row, page.key))
    return row


def _newest_body(session: Session, page: Page) -> str | None:
    query = select(Snapshot.body_sha256).where(Snapshot.page_id == page.id, col(Snapshot.body_sha256).is_not(None))
    return session.exec(query.order_by(col(Snapshot.id).desc()).limit(1)).first()


def body_of(session: Session, snapshot: Snapshot) -> bytes:
    """The bytes that a fetch received; b"" if there were none. Raises BodyLost."""
    return bodies.get(session, snapshot.body_sha256) if snapshot.body_sha256 else b""


def capture_of(session: Session, snapshot: Snapshot) -> Capture:
    """The fetch as it was, with its body. Raises BodyLost."""
    return Capture(
        url=snapshot.url,
        final_url=snapshot.final_url,
        status=snapshot.status,
        headers=_mapping(snapshot.headers),
        body=body_of(session, snapshot),
        fetched_by=snapshot.fetched_by,
        media_type=snapshot.media_type,
        language=snapshot.language,
        error=snapshot.error,
    )


def pending(session: Session, page: Page) -> dict[int, datetime]:
    """The ids of the page's snapshots that are not judged yet, each with the time (UTC) it counts for, in time order.

    Nothing is observed after it is stored, or stored after a later row. If the recorded times say otherwise, a clock
    was ahead: the row stays as it was written and counts for the latest time that can be true.
    """
    query = select(Snapshot.id, Snapshot.observed_at, Snapshot.stored_at)
    query = query.where(Snapshot.page_id == page.id, col(Snapshot.id) > page.derived_to)
    found: list[tuple[datetime, int]] = []
    latest: datetime | None = None
    for number, observed_at, stored_at in session.exec(query.order_by(col(Snapshot.id).desc())):
        latest = stored_at if latest is None else min(latest, stored_at)
        found.append((min(observed_at, latest), number))
    return {number: moment for moment, number in sorted(found)}


def in_order(session: Session, ids: list[int], *, batch: int = 200) -> Iterator[Snapshot]:
    """The snapshots with these ids, in the order given, read in batches."""
    for start in range(0, len(ids), batch):
        part = ids[start : start + batch]
        if len(part) == 1 and (row := session.get(Snapshot, part[0])) is not None:
            yield row  # usually in the session already
            continue
        rows = {row.id: row for row in session.exec(select(Snapshot).where(col(Snapshot.id).in_(part)))}
        for number in part:
            yield rows[number]


def exists(session: Session, page: Page, *, observed_at: datetime, body: str | None, fetched_by: str) -> bool:
    """Whether exactly this fetch is already in the archive: an import may be repeated."""
    query = select(Snapshot.id).where(
        Snapshot.page_id == page.id,
        Snapshot.observed_at == observed_at,
        Snapshot.body_sha256 == body,
        Snapshot.fetched_by == fetched_by,
    )
    return session.exec(query.limit(1)).first() is not None


def known_looks(session: Session, page: Page, fetched_by: str) -> set[tuple[datetime, str | None]]:
    """The time and body of every fetch of this page from one source."""
    query = select(Snapshot.observed_at, Snapshot.body_sha256).where(
        Snapshot.page_id == page.id, Snapshot.fetched_by == fetched_by
    )
    return set(session.exec(query).all())


#: A time further in the future than this was set by a wrong clock.
AHEAD = timedelta(minutes=5)


def last_look_at(session: Session, page_id: int, *, now: datetime) -> datetime | None:
    """When the page was last fetched (UTC), successfully or not; None if never.

    Recorded history does not count, nor do times set by a clock ahead of `now` (UTC).
    """
    query = select(func.max(Snapshot.observed_at)).where(
        Snapshot.page_id == page_id, col(Snapshot.recorded).is_(False), col(Snapshot.observed_at) <= now + AHEAD
    )
    return session.exec(query).one()


#: A site that says nothing changed is believed for this long and for so many checks; then the full page is requested.
BELIEVED_FOR = timedelta(days=7)
BELIEVED_TIMES = 9

#: How many fetches are searched for a validator that stayed the same while the text changed.
_REMEMBERED = 30


def validators(session: Session, page_id: int, *, url: str, fetched_by: str, now: datetime) -> dict[str, str]:
    """Request headers for a conditional GET, from the newest fetch whose policy was read; {} to request the full page.

    Only fetches of the same address by the same fetcher count, and only if they were read: a validator of an error page
    must not hide the policy. The full page is requested from time to time, for a text that waits for its second fetch,
    and at a site whose validators stayed the same while the text changed.
    """
    query = (
        select(Snapshot.status, Snapshot.headers, Observation)
        .join(Observation, col(Observation.snapshot_id) == Snapshot.id)
        .where(
            Snapshot.page_id == page_id,
            Snapshot.url == url,
            Snapshot.fetched_by == fetched_by,
            col(Snapshot.status).in_((200, 304)),
            col(Snapshot.recorded).is_(False),
            col(Observation.outcome).in_([str(outcome) for outcome in READ]),
        )
        .order_by(col(Snapshot.id).desc())
        .limit(_REMEMBERED)
    )
    looks = list(session.exec(query).all())
    whole = [(_conditions(_mapping(headers)), look) for status, headers, look in looks if status == 200]
    if not whole or looks[0][2].news == "held":
        return {}
    believed = next(number for number, (status, _, _) in enumerate(looks) if status == 200)
    wanted, newest = whole[0]
    if believed >= BELIEVED_TIMES or newest.observed_at <= now - BELIEVED_FOR:
        return {}
    texts = {look.text_sha256 for conditions, look in whole if conditions == wanted}
    return wanted if len(texts) == 1 else {}


def _conditions(headers: Mapping[str, str]) -> dict[str, str]:
    found = {"If-None-Match": headers.get("etag", ""), "If-Modified-Since": headers.get("last-modified", "")}
    return {name: value for name, value in found.items() if value}


def _mapping(headers: Sequence[Sequence[str]] | None) -> dict[str, str]:
    return {header[0]: header[1] for header in headers or ()}


def last_stored_at(session: Session) -> datetime | None:
    """When anything was last fetched (UTC), not counting imported history; None if never."""
    looks = select(Snapshot.stored_at).where(col(Snapshot.recorded).is_(False))
    return session.exec(looks.order_by(col(Snapshot.id).desc()).limit(1)).first()
