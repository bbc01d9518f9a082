"""Versions: the policy texts of a page, and when each was seen."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, pairwise
from operator import itemgetter

from sqlalchemy import func
from sqlmodel import Session, col, select

from diffs.database.models import Change, Observation, Page, Version
from diffs.values import READ, Document

from . import bodies


def add(
    session: Session,
    page: Page,
    document: Document,
    *,
    snapshot_id: int,
    seen_at: datetime,
    extractor: str,
    updated: str,
) -> Version:
    """Store a text that this page has not shown before."""
    newest = latest(session, page)
    version = Version(
        page_id=page.id,
        seq=newest.seq + 1 if newest else 1,
        snapshot_id=snapshot_id,
        extractor=extractor,
        title=document.title,
        text_sha256=document.fingerprint,
        document_sha256=bodies.put(session, document.to_json(), like=newest.document_sha256 if newest else None),
        words=document.words,
        updated=updated,
        first_seen_at=seen_at,
        last_seen_at=seen_at,
    )
    session.add(version)
    session.flush()
    return version


def latest(session: Session, page: Page) -> Version | None:
    """The version with the highest number, or None."""
    query = select(Version).where(Version.page_id == page.id).order_by(col(Version.seq).desc())
    return session.exec(query.limit(1)).first()


def by_text(session: Session, page: Page, fingerprint: str) -> Version | None:
    """The page's version with this fingerprint, or None."""
    query = select(Version).where(Version.page_id == page.id, Version.text_sha256 == fingerprint)
    return session.exec(query).first()


def get(session: Session, number: int) -> Version | None:
    """The version with this row id, or None."""
    return session.get(Version, number)


def by_seq(session: Session, page: Page, seq: int) -> Version | None:
    """The page's version with this number, or None."""
    return session.exec(select(Version).where(Version.page_id == page.id, Version.seq == seq)).first()


def listed(session: Session, page: Page) -> list[Version]:
    """All versions of a page, first to last."""
    return list(session.exec(select(Version).where(Version.page_id == page.id).order_by(col(Version.seq))).all())


def document_of(session: Session, version: Version) -> Document:
    """The version's text. Raises BodyLost."""
    return Document.from_json(bodies.get(session, version.document_sha256))


def shown_at(
    session: Session, page: Page, moment: datetime, *, as_policy: bool = False
) -> tuple[Version, Observation] | None:
    """The text of the last fetch at or before `moment` (UTC) that read one, and that fetch; None if there is none.

    With `as_policy`, a text that is only followed beside the policy does not count: "This article has moved."
    """
    query = (
        select(Version, Observation)
        .join(Observation, col(Observation.version_id) == Version.id)
        .where(Observation.page_id == page.id, col(Observation.observed_at) <= moment)
        .order_by(col(Observation.observed_at).desc(), col(Observation.snapshot_id).desc())
    )
    if as_policy:
        query = query.where(col(Observation.outcome).in_(READ))
    return session.exec(query.limit(1)).first()


def read_between(session: Session, page: Page, since: datetime, until: datetime) -> list[tuple[Version, Observation]]:
    """The texts of the good fetches from `since` to `until` (UTC, both included), and those fetches, in order."""
    query = (
        select(Version, Observation)
        .join(Observation, col(Observation.version_id) == Version.id)
        .where(Observation.page_id == page.id, col(Observation.observed_at).between(since, until))
        .order_by(col(Observation.observed_at), col(Observation.snapshot_id))
    )
    return list(session.exec(query).all())


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which a page showed one version: its first and its last look at it (UTC)."""

    first: datetime
    last: datetime


def spells(session: Session, page: Page, version: Version) -> list[Spell]:
    """When a page showed a version, in order: another version ends a spell, a look that read nothing does not.

    Two looks are one spell: what the page showed between them nobody knows.
    """
    query = (
        select(Observation.version_id, Observation.observed_at)
        .where(Observation.page_id == page.id, col(Observation.version_id).is_not(None))
        .order_by(col(Observation.observed_at), col(Observation.snapshot_id))
    )
    runs = (
        [moment for _, moment in run]
        for shown, run in groupby(session.exec(query), key=itemgetter(0))
        if shown == version.id
    )
    return [Spell(run[0], run[-1]) for run in runs]


@dataclass(frozen=True, slots=True)
class Return:
    """An earlier version that a page shows again, and since when (UTC)."""

    version: Version
    since: datetime

    def undoes(self, change: Change) -> bool:
        """Whether what a change brought is no longer on the page, since it shows an older text again."""
        brought = change.to_version
        if change.page_id != self.version.page_id or brought is None or brought["seq"] == self.version.seq:
            return False
        first_seen = datetime.fromisoformat(brought["first_seen_at"])
        return self.version.first_seen_at < first_seen <= self.since


@dataclass(frozen=True, slots=True)
class Course:
    """The versions that a page showed, in order, each with the moment since when (UTC); one that returned, twice."""

    shown: tuple[tuple[Version, datetime], ...] = ()

    def until(self, moment: datetime) -> "Course":
        """The course as it was at a moment (UTC)."""
        return Course(tuple(one for one in self.shown if one[1] <= moment))

    @property
    def returns(self) -> list[Return]:
        """The steps back to a version that was shown before, or to its edition with other furniture around it."""
        seen: set[int] = set()
        editions: dict[str, Version] = {}
        steps, last = [], ""
        for version, since in self.shown:
            edition = version.edition
            if version.seq in seen:
                steps.append(Return(version, since))
            elif edition in editions and edition != last:
                steps.append(Return(editions[edition], since))
            seen.add(version.seq)
            if edition:  # a text that waits for a second check has none yet
                editions.setdefault(edition, version)
                last = edition
        return steps

    @property
    def back(self) -> Return | None:
        """The step back to what the page still shows; None where it shows a version for the first time, or none."""
        step = next(reversed(self.returns), None)
        return step if step is not None and step.since == self.shown[-1][1] else None

    def undoing(self, change: Change) -> Return | None:
        """The latest step back that took away what a change brought; None where nothing did, or it is there again.

        Another edit after the step does not bring it back.
        """
        brought = change.to_version["seq"] if change.to_version else None
        last = max((since for version, since in self.shown if version.seq == brought), default=None)
        undone = (step for step in reversed(self.returns) if step.undoes(change))
        return next((step for step in undone if last is None or last <= step.since), None)


def course(session: Session, page: Page, moment: datetime) -> Course:
    """What a page showed up to a moment (UTC), without the former texts from which it did not go on.

    If the next text was compared with another one than that which had returned, an old copy had been met.
    """
    query = (
        select(Observation.version_id, Observation.observed_at)
        .where(Observation.page_id == page.id, col(Observation.version_id).is_not(None))
        .where(col(Observation.observed_at) <= moment)
        .order_by(col(Observation.observed_at), col(Observation.snapshot_id))
    )
    runs = [next(run) for _, run in groupby(session.exec(query), key=itemgetter(0))]
    went_on = _went_on(session, page)
    passing = {
        at
        for at, ((number, _), (after, since)) in enumerate(pairwise(runs))
        if number in {before for before, _ in runs[:at]} and went_on.get((after, since), number) != number
    }
    kept = (run for at, run in enumerate(runs) if at not in passing)
    return Course(tuple((session.get_one(Version, number), since) for number, since in kept))


def _went_on(session: Session, page: Page) -> dict[tuple[int | None, datetime], int | None]:
    """The text with which each new text of a page was compared, by the new one and when it was first seen."""
    query = select(Change.to_version_id, Change.seen_at, Change.from_version_id)
    return {
        (after, seen_at): before
        for after, seen_at, before in session.exec(query.where(Change.page_id == page.id, col(Change.told)))
        if before is not None
    }


def shown_before(session: Session, page: Page, look: Observation) -> Version | None:
    """The text before the one that the page shows at `look`; None if there was no other."""
    query = (
        select(Version)
        .join(Observation, col(Observation.version_id) == Version.id)
        .where(
            Observation.page_id == page.id,
            col(Observation.observed_at) <= look.observed_at,
            col(Observation.version_id) != look.version_id,
        )
        .order_by(col(Observation.observed_at).desc(), col(Observation.snapshot_id).desc())
    )
    return session.exec(query.limit(1)).first()


def end_of_day(day: date) -> datetime:
    """The last moment of a UTC day."""
    return datetime.combine(day, time.min, tzinfo=UTC) + timedelta(days=1) - timedelta(microseconds=1)


def numbers(session: Session) -> dict[tuple[str, str], int]:
    """The number of every version by its page's key and the SHA-256 of its text."""
    query = select(Page.key, Version.text_sha256, Version.seq).join(Page, col(Version.page_id) == Page.id)
    return {(key, text): seq for key, text, seq in session.exec(query)}


def count(session: Session, page: Page) -> int:
    """The number of versions of a page."""
    return session.exec(select(func.count()).select_from(Version).where(Version.page_id == page.id)).one()
