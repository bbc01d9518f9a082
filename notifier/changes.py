"""Rows of the archive as the values that are reported: changes with their pages, pages that cannot be read.

A change carries its whole comparison. A feed over years of them is therefore planned from marks (number and times), and
the changes themselves are read batch by batch.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import accumulate, groupby
from operator import itemgetter
from typing import Any

from diffs.database.archive import Session
from diffs.database.models import Change, Page
from diffs.engine.wording import wording_of
from diffs.errors import BodyLost
from diffs.judging.subscriptions import Filter, wants
from diffs.language.categories import all_categories
from diffs.language.plain_text import in_short
from diffs.store import changes, events, pages, versions
from diffs.store.changes import Mark
from diffs.store.notices.subscribers import topic_of
from diffs.store.versions import Course
from diffs.values import BlockKind, Comparison, Hunk, Op
from diffs.wording import labels

from .values import Back, Ending, ToldChange, Unread, VersionMark

#: How many changes are in memory at one time.
BATCH = 20


def told_changes(session: Session, *, now: datetime, **filters: Any) -> tuple[ToldChange, ...]:
    """Changes as values, the latest decided first; `filters` are those of `diffs.store.changes.listed`.

    Those that their page has taken back by `now` (UTC) say so.
    """
    found = changes.listed(session, **filters)
    courses = {page.key: versions.course(session, page, now) for page in {page.key: page for _, page in found}.values()}
    return tuple(told_change(change, page, session, course=courses[page.key]) for change, page in found)


def told_change(
    change: Change,
    page: Page,
    session: Session | None = None,
    *,
    now: datetime | None = None,
    course: Course | None = None,
) -> ToldChange:
    """One change as a value. A change without stored wording is worded here, but nothing is stored.

    With a `session`, a new page has its whole text as the addition, and by `now` (UTC) it is known whether the page has
    taken the change back; `course` is what its page showed, where that is known already.
    """
    if session is not None and now is not None:
        course = versions.course(session, page, now)
    back = course.undoing(change) if course is not None and change.told else None
    headline, points = wording_of(change, page)
    return ToldChange(
        uid=change.uid,
        page=page.key,
        title=page.title or page.key,
        url=page.url,
        marketplace=page.marketplace,
        category=page.category,
        language=page.language,
        kind=change.kind,
        line=change.line,
        story=change.story or change.uid,
        worded_by=change.worded_by,
        seen_at=change.seen_at,
        decided_at=change.decided_at,
        headline=headline,
        points=points,
        comparison=_text_of_new_page(session, change) if session else changes.comparison_of(change),
        facts=changes.facts_of(change),
        moves=changes.moves_of(change),
        judgement=changes.judgement_of(change),
        effective_on=change.effective_on,
        effective_sentence=change.effective_sentence,
        updated_on=change.updated_on,
        from_version=_mark(change.from_version),
        to_version=_mark(change.to_version),
        told=change.told,
        recorded=change.recorded,
        reason=change.reason,
        back=Back(back.version.seq, back.since) if back is not None else None,
    )


def in_full(session: Session, found: Sequence[Mark], *, now: datetime, batch: int = BATCH) -> Iterator[ToldChange]:
    """The changes behind marks, in their order, as they hold at `now` (UTC), never more than `batch` in memory."""
    courses: dict[str, Course] = {}
    for change, page in changes.in_full(session, [mark.id for mark in found], batch=batch):
        if page.key not in courses:
            courses[page.key] = versions.course(session, page, now)
        yield told_change(change, page, session, course=courses[page.key])


def _text_of_new_page(session: Session, change: Change) -> Comparison:
    """What differs; for a new page, which cannot be compared with anything, all its sections."""
    found = changes.comparison_of(change)
    if change.kind != "appeared" or found.hunks or change.to_version_id is None:
        return found
    version = versions.get(session, change.to_version_id)
    try:
        blocks = versions.document_of(session, version).blocks if version else ()
    except BodyLost:
        return found
    headings = accumulate(block.kind is BlockKind.HEADING for block in blocks)
    sections = groupby(zip(headings, blocks, strict=True), key=itemgetter(0))
    return Comparison(tuple(Hunk(Op.ADDED, (), tuple(block for _, block in section)) for _, section in sections))


def endings(session: Session, wanted: Filter) -> list[Ending]:
    """The last days of the rules entered by hand that pass a filter, soonest first."""
    found = [
        Ending(told_change(change, page), ends)
        for change, page, ends in changes.ending(session)
        if wants(wanted, topic_of(change, page))
    ]
    return sorted(found, key=lambda ending: (ending.on, ending.change.page))


def modified(session: Session, found: Iterable[Mark]) -> datetime | None:
    """When the latest of them was stored in the archive, or a page last went back to a former text (UTC).

    None if there are no changes.
    """
    stored = max((mark.stored_at for mark in found), default=None)
    turned = events.last(session, events.FLAPPING)
    return max(stored, turned) if stored and turned else stored


def unread(session: Session, *, rejected: bool = False) -> tuple[Unread, ...]:
    """The watched pages that cannot be read at present, each once, the longest unread first.

    With `rejected`, also those that show a text that the owner has said is not the policy.
    """
    found: dict[str, Unread] = {}
    for event, page in events.going_on(session, (*events.UNREAD, *([events.REJECTED] if rejected else []))):
        known = Unread(page.key, page.title or page.key, page.url, page.marketplace, event.kind, event.started_at)
        found.setdefault(page.key, known)
    return tuple(found.values())


def held(session: Session) -> tuple[Unread, ...]:
    """The watched pages that show a text other than their policy, which is followed and not accepted yet."""
    return tuple(
        Unread(page.key, page.title or page.key, page.url, page.marketplace, event.kind, event.started_at)
        for event, page in events.going_on(session, (events.SECOND_LINE,))
    )


def unknown(session: Session, wanted: Filter) -> str:
    """The page, marketplace or category of a filter that does not exist, as a sentence; "" if all exist.

    A feed about a misspelt page would stay empty for ever, and nobody would notice.
    """
    known = pages.listed(session)
    markets = {part.strip().casefold() for page in known for part in page.marketplace.split(",")}
    markets |= {code.casefold() for code in labels.MARKETPLACES}
    categories = {page.category.casefold() for page in known} | {*all_categories()}
    for noun, named, there in (
        ("page", wanted.pages, {page.key for page in known}),
        ("marketplace", wanted.marketplaces, markets),
        ("category", wanted.categories, categories),
    ):
        for word in named:
            if (word if noun == "page" else word.casefold()) not in there:
                return f"There is no {noun} {in_short(word, 60)!r} here."
    return ""


def _mark(fields: dict[str, Any] | None) -> VersionMark | None:
    if not fields:
        return None
    return VersionMark(
        seq=fields.get("seq", 0),
        first_seen_at=_moment(fields.get("first_seen_at")),
        last_seen_at=_moment(fields.get("last_seen_at")),
        text_sha256=fields.get("text_sha256", ""),
    )


def _moment(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None
