"""Changes, reported or not, and the values in them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from diffs.database.models import ByHand, Change, Page, Snapshot
from diffs.judging.subscriptions import Filter, Topic, wants
from diffs.values import (
    Comparison,
    Fact,
    Hunk,
    Judgement,
    Op,
    Quiet,
    Rename,
    Span,
    SpanOp,
    Target,
    TargetMove,
    block_from,
)

from .pages import on_site_of


def listed(
    session: Session,
    *,
    told: bool | None = True,
    page: str | None = None,
    marketplace: str | None = None,
    category: str | None = None,
    since: datetime | None = None,
    significance: str | None = None,
    limit: int | None = None,
) -> list[tuple[Change, Page]]:
    """Changes with their pages, most recently decided first; with `told` None, reported or not.

    `category` is the page's or one of the change's own. The letter case of `marketplace` does not matter, and a page
    may have several ("UK,IE").
    """
    query = select(Change, Page).join(Page, col(Change.page_id) == Page.id)
    query = query.order_by(col(Change.decided_at).desc(), col(Change.id).desc())
    if told is not None:
        query = query.where(col(Change.told) == told)
    if marketplace is not None:
        listed_codes = func.upper("," + func.replace(col(Page.marketplace), " ", "") + ",")
        query = query.where(listed_codes.contains(f",{marketplace.strip().upper()},", autoescape=True))
    for column, wanted in ((Page.key, page), (Change.significance, significance)):
        if wanted is not None:
            query = query.where(col(column) == wanted)
    if since is not None:
        query = query.where(col(Change.decided_at) >= since)
    if category is None:
        return list(session.exec(query.limit(limit)).all())
    rows = (row for row in session.exec(query) if category in (row[1].category, *(row[0].categories or ())))
    return [row for _, row in zip(range(limit), rows, strict=False)] if limit is not None else list(rows)


def count_told(session: Session) -> int:
    """The number of reported changes of all pages."""
    return session.exec(select(func.count()).select_from(Change).where(col(Change.told).is_(True))).one()


def by_uid(session: Session, uid: str) -> tuple[Change, Page] | None:
    """The change with this permanent id (or a unique prefix of at least 6 characters), with its page."""
    query = select(Change, Page).join(Page, col(Change.page_id) == Page.id)
    if len(uid) < 6:
        return session.exec(query.where(Change.uid == uid)).first()
    found = session.exec(query.where(col(Change.uid).startswith(uid, autoescape=True)).limit(2)).all()
    return found[0] if len(found) == 1 else None


def of_page(session: Session, page: Page) -> list[Change]:
    """All changes of a page, in the order they were seen."""
    query = select(Change).where(Change.page_id == page.id).order_by(col(Change.seen_at), col(Change.id))
    return list(session.exec(query).all())


def on_site(session: Session, page: Page, *, since: datetime, until: datetime) -> Iterator[tuple[Change, Page]]:
    """The changes of the site's other pages first seen from `since` to `until` (UTC), last stored first.

    Changes that were not reported are included.
    """
    query = (
        select(Change, Page)
        .join(Page, col(Change.page_id) == Page.id)
        .where(col(Change.seen_at).between(since, until), on_site_of(page), Page.id != page.id)
        .order_by(col(Change.id).desc())
    )
    return iter(session.exec(query))


def unworded(session: Session) -> list[tuple[Change, Page]]:
    """The changes without a headline, with their pages."""
    query = select(Change, Page).join(Page, col(Change.page_id) == Page.id).where(col(Change.headline).is_(None))
    return list(session.exec(query).all())


@dataclass(frozen=True, slots=True)
class Mark:
    """A reported change in the smallest form. `decided_at` and `stored_at` are UTC.

    `stored_at` is when it was added to this archive: for imported history, much later than it was decided.
    """

    id: int
    decided_at: datetime
    stored_at: datetime
    effective_on: date | None = None


def marks(session: Session, wanted: Filter, *, limit: int | None = None) -> list[Mark]:
    """The reported changes that pass a filter, most recently decided first, without the bulk of their comparisons."""
    columns = (
        *(Change.id, Change.decided_at, Snapshot.stored_at, Change.effective_on, Change.importance, Change.categories),
        *(Page.key, Page.marketplace, Page.category),
    )
    query = (
        select(*columns)  # type: ignore[call-overload]
        .join(Page, col(Change.page_id) == Page.id)
        .join(Snapshot, col(Change.snapshot_id) == Snapshot.id)
        .where(col(Change.told).is_(True))
        .order_by(col(Change.decided_at).desc(), col(Change.id).desc())
    )
    found: list[Mark] = []
    for number, decided, stored, effective, importance, own, key, market, category in session.exec(query):
        if len(found) == limit:
            break
        if wants(wanted, Topic(key, market, (category, *(own or ())), importance)):
            found.append(Mark(number, decided, max(stored, decided), effective))
    return found


def in_full(session: Session, ids: Sequence[int], *, batch: int) -> Iterator[tuple[Change, Page]]:
    """The changes with these ids and their pages, in the order of the ids, never more than `batch` in memory."""
    for start in range(0, len(ids), batch):
        part = ids[start : start + batch]
        query = select(Change, Page).join(Page, col(Change.page_id) == Page.id).where(col(Change.id).in_(part))
        rows = {change.id: (change, page) for change, page in session.exec(query)}
        yield from (rows[number] for number in part if number in rows)
        # This batch is no longer needed, neither here nor by the session.
        rows.clear()
        session.expunge_all()


def ending(session: Session) -> list[tuple[Change, Page, date]]:
    """The last day of each rule entered by hand that has one, with its page and its latest reported change."""
    query = (
        select(Change, Page, ByHand.ends)  # type: ignore[type-var]
        .join(Page, col(Change.page_id) == Page.id)
        .join(ByHand, col(ByHand.page_id) == Page.id)
        .where(col(Change.told).is_(True), col(ByHand.ends).is_not(None))
        .order_by(col(Change.decided_at), col(Change.id))
    )
    newest = {page.key: (change, page, ends) for change, page, ends in session.exec(query) if ends is not None}
    return list(newest.values())


def as_json(values: Iterable[Any]) -> list[dict[str, Any]]:
    """Frozen values as plain mappings for a JSON column."""
    return [asdict(value) for value in values]


def hunks_as_json(comparison: Comparison, quiet: tuple[Quiet, ...]) -> list[dict[str, Any]]:
    """The hunks of a change for a JSON column, followed by the unreported ones with their reasons."""
    why = {id(one.hunk): one.why for one in quiet}
    kept = [asdict(hunk) | ({"why": why[id(hunk)]} if id(hunk) in why else {}) for hunk in comparison.hunks]
    listed = {id(hunk) for hunk in comparison.hunks}
    aside = [asdict(one.hunk) | {"why": one.why, "aside": True} for one in quiet if id(one.hunk) not in listed]
    return [*kept, *aside]


def quiet_of(change: Change) -> tuple[Quiet, ...]:
    """The differences that are not reported, each with its reason."""
    return tuple(Quiet(_hunk(fields), fields["why"]) for fields in change.hunks or () if fields.get("why"))


def comparison_of(change: Change) -> Comparison:
    """The hunks and renames of a change, without the unreported ones."""
    return Comparison(
        hunks=tuple(_hunk(fields) for fields in change.hunks or () if not fields.get("aside")),
        renames=tuple(Rename(**fields) for fields in change.renames or ()),
    )


def _hunk(fields: dict[str, Any]) -> Hunk:
    return Hunk(
        op=Op(fields["op"]),
        before=tuple(block_from(block) for block in fields["before"]),
        after=tuple(block_from(block) for block in fields["after"]),
        old_at=fields["old_at"],
        new_at=fields["new_at"],
        spans=tuple(Span(SpanOp(span["op"]), span["text"], span.get("cosmetic", False)) for span in fields["spans"]),
        rename=fields["rename"],
        lead=fields.get("lead", ""),
    )


def facts_of(change: Change) -> tuple[Fact, ...]:
    """The typed facts of a change."""
    return tuple(Fact(**fields) for fields in change.facts or ())


def moves_of(change: Change) -> tuple[TargetMove, ...]:
    """The target moves of a change."""
    return tuple(
        TargetMove(fields["move"], _target(fields["before"]), _target(fields["after"]))
        for fields in change.targets or ()
    )


def _target(fields: dict[str, Any] | None) -> Target | None:
    return Target(**fields) if fields else None


def judgement_of(change: Change) -> Judgement:
    """How much a change matters, and why."""
    return Judgement(
        change.significance, change.importance, tuple(change.reasons or ()), tuple(change.categories or ())
    )
