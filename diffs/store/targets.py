"""Targets: those that each version states, those in force at a given time, and those announced."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert
from sqlmodel import Session, col, select

from diffs.database.models import ByHand, Change, Observation, Page, TargetRow, Version
from diffs.scorecard.applicable_target import Stated
from diffs.targets.holding import is_held_back
from diffs.values import Target

from . import versions

#: The "fetcher" of pages that a person entered by hand (`diffs.engine.owner.notes`). Nothing is derived from them.
BY_HAND = "note"


def add(session: Session, page: Page, version: Version, stated: tuple[Target, ...]) -> None:
    """Store the targets a version states, in reading order."""
    rows = [
        {"page_id": page.id, "version_id": version.id, "position": position}
        | {name: getattr(target, name) for name in Target.__slots__}
        for position, target in enumerate(stated)
    ]
    if rows:
        session.execute(insert(TargetRow), rows)


def of(session: Session, version: Version) -> tuple[Target, ...]:
    """The targets a version states, in reading order."""
    query = select(TargetRow).where(TargetRow.version_id == version.id).order_by(col(TargetRow.position))
    return tuple(_value(row) for row in session.exec(query))


def in_force(session: Session, moment: datetime) -> list[tuple[Page, Version, Observation, Target]]:
    """All targets in the texts that pages showed at a moment (UTC), ordered by page and reading order.

    A page that was removed by then states none any more. Entries made by hand count from their first to their last day.
    """
    by_hand = {entry.page_id: entry for entry in session.exec(select(ByHand))}
    found = []
    for page, version, observation, removed in _shown(session, moment):
        if removed is None and _stands(by_hand.get(page.id), moment.date()):
            found += [(page, version, observation, target) for target in of(session, version)]
    return found


@dataclass(frozen=True, slots=True)
class Removed:
    """A page that was removed, since when (UTC), and how many targets it stated until then."""

    page: Page
    since: datetime
    targets: int


def removed(session: Session, moment: datetime) -> list[Removed]:
    """The pages that stated targets and had been removed by a moment (UTC), ordered by page."""
    by_hand = set(session.exec(select(ByHand.page_id)))
    found = [
        Removed(page, since, len(of(session, version)))
        for page, version, _, since in _shown(session, moment)
        if since is not None and page.id not in by_hand
    ]
    return [one for one in found if one.targets]


def _shown(session: Session, moment: datetime) -> Iterator[tuple[Page, Version, Observation, datetime | None]]:
    """The last text of each page up to a moment, its fetch, and since when the page is removed; None if it is not."""
    gone: dict[int, datetime] = {}
    query = select(Change).where(Change.kind == "gone", col(Change.told).is_(True), col(Change.seen_at) <= moment)
    for change in session.exec(query.order_by(col(Change.seen_at))):
        gone[change.page_id] = change.seen_at
    for page in session.exec(select(Page).order_by(Page.key)):
        shown = versions.shown_at(session, page, moment, as_policy=True)
        if shown is not None:
            since = gone.get(page.id)
            yield (page, *shown, since if since is not None and since > shown[1].observed_at else None)


def _stands(entry: ByHand | None, day: date) -> bool:
    if entry is None:
        return True
    return (entry.begins is None or entry.begins <= day) and (entry.ends is None or day <= entry.ends)


@dataclass(frozen=True, slots=True)
class AnnouncedTarget:
    """A target that a page already states and that applies from a date on."""

    stated: Stated
    effective_on: date


def stated_at(session: Session, moment: datetime) -> tuple[list[Stated], list[AnnouncedTarget]]:
    """The targets that bind at a moment (UTC), and those announced for later; entries made by hand are marked.

    A text may be published before it takes effect: until then the text it replaces binds. The date in a sentence holds
    back only what that sentence is about; if that is unclear, both texts bind until then.
    """
    binding: list[Stated] = []
    announced: list[AnnouncedTarget] = []
    pages: dict[int, tuple[Page, Version, Observation]] = {}
    for page, version, observation, _ in in_force(session, moment):
        pages.setdefault(page.id, (page, version, observation))
    for page, version, observation in pages.values():
        bound: Version | None = version
        # None: all of them.
        wanted: set[str] | None = None
        while bound is not None:
            stated = [
                one
                for one in _of_version(session, page, bound, observation)
                if wanted is None or one.target.metric in wanted
            ]
            change = _to_come(session, bound, moment.date())
            later = {id(one): is_held_back(one.target, change.effective_sentence) for one in stated} if change else {}
            binding += [one for one in stated if not later.get(id(one), False)]
            if change is None or change.effective_on is None:
                break
            announced += [AnnouncedTarget(one, change.effective_on) for one in stated if later[id(one)]]
            if not all(later.values()):
                wanted = {one.target.metric for one in stated if later[id(one)] is not False}
            bound = session.get(Version, change.from_version_id) if change.from_version_id and wanted != set() else None
    return binding, announced


def _to_come(session: Session, version: Version, day: date) -> Change | None:
    """The reported change that led to this text, if it takes effect after a day; else None."""
    query = select(Change).where(Change.to_version_id == version.id, col(Change.told).is_(True))
    return session.exec(query.where(col(Change.effective_on) > day).order_by(col(Change.seen_at).desc())).first()


def _of_version(session: Session, page: Page, version: Version, observation: Observation) -> list[Stated]:
    return [
        Stated(
            target,
            page.key,
            page.title,
            page.url,
            page.marketplace,
            version.seq,
            version.first_seen_at,
            observation.observed_at,
            by_hand=page.fetch == BY_HAND,
        )
        for target in of(session, version)
    ]


def _value(row: TargetRow) -> Target:
    return Target(**{name: getattr(row, name) for name in Target.__slots__})
