"""Notices that are due again: a page is back at the former text, or shows the new one again after that.

Who was sent a change must hear that it is taken back, and hear it once. The notice of the change itself is sent again,
under another Message-ID; until then `sent_at` says when its reader last heard of it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from diffs.database.models import Change, Event, Notice, Page, Subscriber
from diffs.judging.subscriptions import due_at, wants
from diffs.store import events, versions
from diffs.store.versions import Course

from . import subscribers
from .outbox import NEWS

#: One check alone may have met an old copy of the page.
CHECKS = 2
#: After so many returns in short order a page goes back and forth: readers hear only where it ends.
RESTLESS = 3
#: A return that another edit has followed is told within this time; later it is long past.
LATE = timedelta(days=30)


def queue(session: Session, *, now: datetime) -> int:
    """Make the notice due again of every reader who last heard something else of a change than what holds now.

    Return how many. `now` is UTC. Nothing is done before a second check shows the text, nor while a page goes back and
    forth; a notice that waits and has become untrue is settled again.
    """
    made = 0
    for page in _pages(session):
        if page.muted or _is_restless(session, page):
            continue
        course = versions.course(session, page, now)
        for change, is_undone in _turned(session, page, course, now):
            made += _queue(session, page, change, course, now=now, is_undone=is_undone)
    return made


def _pages(session: Session) -> list[Page]:
    """The watched pages that have ever shown a former text again."""
    known = select(Event.page_id).where(Event.kind == events.FLAPPING)
    return list(session.exec(select(Page).where(col(Page.id).in_(known), col(Page.watched).is_(True))))


def _is_restless(session: Session, page: Page) -> bool:
    return any(
        event.kind == events.FLAPPING and event.count >= RESTLESS
        for event in events.listed(session, page, open_only=True)
    )


def _turned(session: Session, page: Page, course: Course, now: datetime) -> Iterator[tuple[Change, bool]]:
    """The reported changes of a page that it has undone, or shows again; and which of the two.

    An edit after the return changes nothing about that: who was told of the change still believes in it.
    """
    if not course.returns or (course.back is None and now - course.returns[-1].since > LATE):
        return
    reported = select(Change).where(Change.page_id == page.id, col(Change.told), col(Change.recorded).is_(False))
    for change in session.exec(reported.where(col(Change.to_version_id).is_not(None))).all():
        step = course.undoing(change)
        turned = step or course.returns[-1]
        is_sure = len(versions.read_between(session, page, turned.since, now)) >= CHECKS
        if is_sure and (course.back is not None or now - turned.since <= LATE):
            yield change, step is not None


def _queue(session: Session, page: Page, change: Change, course: Course, *, now: datetime, is_undone: bool) -> int:
    """Make the notices of a change due again whose readers heard something else; return how many."""
    made, topic = 0, subscribers.topic_of(change, page)
    query = (
        select(Notice, Subscriber)
        .join(Subscriber, col(Notice.subscriber_id) == Subscriber.id)
        .where(Notice.change_id == change.id, Notice.kind == NEWS, col(Notice.sent_at).is_not(None))
    )
    for notice, reader in session.exec(query).all():
        knows = notice.sent_at is not None and _was_undone(course.until(notice.sent_at), change) == is_undone
        if notice.state == "due" and notice.message_id is None and knows:
            notice.state, notice.error = "sent", ""  # it turned once more before anything was sent
        elif notice.state == "sent" and not knows and reader.state == "active":
            if not wants(subscribers.filter_of(reader), topic):
                continue
            notice.state, notice.message_id, notice.attempts = "due", None, 0
            notice.not_before = due_at(reader.cadence, reader.time_zone, now)
            made += 1
    return made


def _was_undone(course: Course, change: Change) -> bool:
    """Whether a page had undone a change at the end of a course, so that a message sent then said so."""
    return course.undoing(change) is not None


def told_before(session: Session, message_id: str) -> set[int]:
    """The changes in a message that its reader was sent before."""
    query = select(Notice.change_id).where(Notice.message_id == message_id, col(Notice.sent_at).is_not(None))
    return {number for number in session.exec(query) if number is not None}


def heard(session: Session, page: Page, *, since: datetime) -> set[int]:
    """The readers of a message on this page, sent since a moment (UTC): it said that the page is back."""
    query = (
        select(Notice.subscriber_id)
        .join(Change, col(Notice.change_id) == Change.id)
        .where(Change.page_id == page.id, Notice.kind == NEWS, col(Notice.sent_at) >= since)
    )
    return {number for number in session.exec(query) if number is not None}
