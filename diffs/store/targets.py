"""Targets: what each version states, and what was in force on a day."""

from datetime import datetime

from sqlmodel import Session, col, select

from diffs.document import Target
from diffs.models import Observation, Page, TargetRow, Version

from . import versions


def add(session: Session, page: Page, version: Version, stated: tuple[Target, ...]) -> None:
    """Store the targets a version states, in reading order."""
    for position, target in enumerate(stated):
        fields = {name: getattr(target, name) for name in Target.__slots__}
        session.add(TargetRow(page_id=page.id, version_id=version.id, position=position, **fields))


def of(session: Session, version: Version) -> tuple[Target, ...]:
    """The targets a version states, in reading order."""
    query = select(TargetRow).where(TargetRow.version_id == version.id).order_by(col(TargetRow.position))
    return tuple(_value(row) for row in session.exec(query))


def in_force(session: Session, moment: datetime) -> list[tuple[Page, Version, Observation, Target]]:
    """All targets stated by the texts that pages showed at a moment (UTC), by page and reading order."""
    found = []
    for page in session.exec(select(Page).order_by(Page.key)):
        shown = versions.shown_at(session, page, moment)
        if shown is not None:
            found += [(page, *shown, target) for target in of(session, shown[0])]
    return found


def _value(row: TargetRow) -> Target:
    return Target(**{name: getattr(row, name) for name in Target.__slots__})
