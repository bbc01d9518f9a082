"""Targets: those that each version states, those in force at a given time, and those announced."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import insert
from sqlmodel import Session, col, select

from diffs.database.models import ByHand, Change, Observation, Page, TargetRow, Version
from diffs.language.bounds import on_calendar
from diffs.scorecard.applicable_target import Stated
from diffs.targets.over_time.holding import Concern, concern, is_of, standing
from diffs.targets.over_time.repeats import once
from diffs.values import Target

from . import observations, pages, versions
from .withdrawn import marked

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
        if shown is not None and not _had_left(session, page, moment):
            since = gone.get(page.id)
            yield (page, *shown, since if since is not None and since > shown[1].observed_at else None)


def _had_left(session: Session, page: Page, moment: datetime) -> bool:
    """Whether a page was off the watch-lists at a moment (UTC): what it says now is not known."""
    last = observations.last(session, page) if pages.is_off(page) else None
    return last is not None and last[0].observed_at < moment


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

    A text may be published before it takes effect: until then the text it replaces binds. A date holds back only what
    its sentence is about; if that is unclear, both texts bind until then. What a page states twice is returned once.
    """
    binding: list[Stated] = []
    announced: list[AnnouncedTarget] = []
    pages: dict[int, tuple[Page, Version, Observation]] = {}
    for page, version, observation, _ in in_force(session, moment):
        pages.setdefault(page.id, (page, version, observation))
    for page, version, observation in pages.values():
        bound, coming = _on_page(session, page, version, observation, moment.date())
        binding += once(bound, lambda one: one.target)
        announced += once(coming, lambda one: one.stated.target)
    announced += _entered_for_later(session, moment)
    return (
        [marked(session, one, moment) for one in binding],
        [replace(one, stated=marked(session, one.stated, moment, one.effective_on)) for one in announced],
    )


def _entered_for_later(session: Session, moment: datetime) -> Iterator[AnnouncedTarget]:
    """The targets of the entries made by hand whose first day is after a moment (UTC)."""
    begins = {
        entry.page_id: entry.begins
        for entry in session.exec(select(ByHand))
        if entry.begins is not None and entry.begins > moment.date()
    }
    for page, version, observation, removed in _shown(session, moment) if begins else ():
        if removed is None and page.id in begins:
            for stated in _of_version(session, page, version, observation):
                yield AnnouncedTarget(stated, begins[page.id])


def _on_page(
    session: Session, page: Page, version: Version, observation: Observation, day: date
) -> tuple[list[Stated], list[AnnouncedTarget]]:
    """The targets of one page that bind on a day, and those to come: from its text and, until then, those before it."""
    binding: list[Stated] = []
    announced: list[AnnouncedTarget] = []
    bound: Version | None = version
    # None: all of them.
    wanted: set[Concern] | None = None
    while bound is not None:
        all_stated = _of_version(session, page, bound, observation)
        stated = [one for one in all_stated if wanted is None or is_of(one.target, wanted)]
        change = _led_to(session, bound)
        begins = change.effective_on if change else None
        found = standing(
            [one.target for one in stated],
            day,
            seen=bound.first_seen_at.date(),
            sentence=change.effective_sentence if change else "",
            begins=begins if begins is not None and begins > day else None,
        )
        binding += [stated[at] for at in found.binding]
        if bound is version or wanted is None:
            announced += [AnnouncedTarget(stated[at], first) for at, first in found.announced.items()]
        if not found.is_whole:
            left = {concern(stated[at].target) for at in found.announced}
            left -= {concern(stated[at].target) for at in found.binding}
            wanted = left | {concern(stated[at].target) for at in found.unclear}
        has_more = change is not None and change.from_version_id is not None and wanted != set()
        bound = session.get(Version, change.from_version_id) if change and has_more else None
    return binding, announced


def ends_on(stated: Stated) -> date | None:
    """The last day on which a target is in force; None if its page gives none."""
    if stated.target.ends_on is None or stated.since is None:
        return None
    return on_calendar(stated.target.ends_on, stated.since.date())


def _led_to(session: Session, version: Version) -> Change | None:
    """The change that led to a text: the reported one, else the last."""
    query = select(Change).where(Change.to_version_id == version.id)
    return session.exec(query.order_by(col(Change.told).desc(), col(Change.seen_at).desc())).first()


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
