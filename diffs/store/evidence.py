"""Verify the archive: recompute the chain over snapshots and every body, and what is kept of every text.

A row that is changed, removed or inserted breaks the chain at that place.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session, col, select

from diffs.database.models import Page, Snapshot, Version
from diffs.errors import ArchiveError

from . import bodies, chain, versions

#: How many rows are read at once while verifying.
BATCH = 500


@dataclass(frozen=True, slots=True)
class Verified:
    """The result of a check: how many rows are intact, the chain's head, and the first break ("" if there is none)."""

    snapshots: int
    head: str
    broken: str = ""


def verify(session: Session, *, expected_head: str = "") -> Verified:
    """Recompute the whole chain and every body; stop at the first break.

    `expected_head` is a head noted earlier (every digest contains one): it must be in the chain, which shows whether
    the end was cut off.
    """
    previous, count, seen = "", 0, not expected_head
    for snapshot, page_key in _rows(session):
        broken = _broken(session, snapshot, page_key, previous)
        if broken:
            return Verified(count, previous, broken)
        previous, count = snapshot.row_hash, count + 1
        seen = seen or previous == expected_head
    if not seen:
        return Verified(count, previous, f"the head {expected_head[:16]}… is not in the archive: its end was cut off")
    return Verified(count, previous)


def since(session: Session, snapshot: Snapshot) -> Iterator[tuple[Snapshot, str]]:
    """The rows of the chain from a snapshot to its head, each with the key of its page."""
    return _rows(session, after=snapshot.id - 1)


def damaged_texts(session: Session) -> Iterator[str]:
    """The texts that no longer are what was read: one sentence each.

    Texts are derived: the answer that a text was read from is not touched by this.
    """
    query = select(Version, Page.key).join(Page).order_by(Page.key, col(Version.seq))
    for version, key in session.exec(query).all():
        try:
            if versions.document_of(session, version).fingerprint == version.text_sha256:
                continue
            why = "the text is another one than the one that was read"
        except ArchiveError as error:
            why = error.message
        except (ValueError, TypeError, KeyError, AttributeError):
            why = "the text is damaged"
        yield f"version {version.seq} of {key}: {why}"


def _rows(session: Session, after: int = 0) -> Iterator[tuple[Snapshot, str]]:
    while True:
        query = select(Snapshot, Page.key).join(Page).where(col(Snapshot.id) > after).order_by(col(Snapshot.id))
        rows = session.exec(query.limit(BATCH)).all()
        if not rows:
            return
        yield from rows
        after = rows[-1][0].id or 0
        session.expunge_all()


def _broken(session: Session, snapshot: Snapshot, page_key: str, previous: str) -> str:
    place = f"snapshot {snapshot.id} of {page_key} ({snapshot.observed_at:%Y-%m-%d %H:%M} UTC)"
    if snapshot.previous_hash != previous:
        return f"{place}: the row before it is missing or was changed"
    if chain.row_hash(snapshot, page_key) != snapshot.row_hash:
        return f"{place}: the row was changed after it was written"
    if snapshot.body_sha256:
        try:
            bodies.get(session, snapshot.body_sha256)
        except ArchiveError as error:
            return f"{place}: {error.message}"
    return ""
