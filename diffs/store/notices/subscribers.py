"""Subscribers: who gets notices, how often, and through which channel."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select, update

from diffs.database.models import Change, Notice, Page, Subscriber
from diffs.judging.subscriptions import Filter, Topic

#: All states; a pending subscriber has not answered the confirmation mail.
STATES = ("pending", "active", "paused", "stopped")

#: A column of names; None in rows that are older than the column.
Names = Iterable[str] | None


def add(
    session: Session,
    *,
    channel: str,
    address: str,
    now: datetime,
    confirmed: bool = False,
    **wishes: Any,
) -> Subscriber:
    """The subscriber with this address on this channel: a new one, or the existing one with the wishes given now.

    `now` is UTC. `confirmed` makes it active at once: the owner vouches for the address. Without it, a new subscriber
    is pending, and one that had stopped is pending again. `wishes` are further fields of `Subscriber`: name, cadence,
    time_zone, pages, marketplaces, categories, importance, heartbeat.
    """
    subscriber = by_address(session, channel, address)
    if subscriber is None:
        subscriber = Subscriber(channel=channel, address=address, key=secrets.token_hex(16), created_at=now)
        session.add(subscriber)
    elif subscriber.state == "stopped":
        subscriber.state, subscriber.confirmed_at, subscriber.stopped_reason = "pending", None, ""
    change_wishes(subscriber, **wishes)
    if confirmed:
        confirm(subscriber, now=now)
    session.flush()
    return subscriber


def sign_up(session: Session, *, address: str, now: datetime, **wishes: Any) -> Subscriber:
    """The pending subscriber for an address typed into the form; `now` is UTC.

    The reason why somebody had left is kept until they confirm: without an answer they are stopped again.
    """
    known = by_mail(session, address)
    is_new, reason = known is None or known.state == "stopped", known.stopped_reason if known is not None else ""
    subscriber = add(session, channel="email", address=known.address if known else address, now=now, **wishes)
    subscriber.stopped_reason = reason
    if is_new or subscriber.signed_up_at is not None:
        subscriber.signed_up_at = now
    session.flush()
    return subscriber


def asked(session: Session, key: str, *, at: datetime) -> None:
    """Record that a question was sent to this subscriber at a time (UTC)."""
    if (subscriber := by_key(session, key)) is not None:
        subscriber.asked_at = at


def change_wishes(subscriber: Subscriber, **wishes: Any) -> None:
    """Set the fields that a reader may choose. Raises TypeError for any other field."""
    for field, value in wishes.items():
        if field not in _WISHES:
            raise TypeError(f"a subscriber does not choose {field!r}")
        setattr(subscriber, field, value)


_WISHES = frozenset(
    {"name", "cadence", "time_zone", "pages", "marketplaces", "categories", "importance", "heartbeat"},
)


def confirm(subscriber: Subscriber, *, now: datetime) -> None:
    """Make a pending (or stopped, or paused) subscriber active."""
    subscriber.state, subscriber.stopped_reason = "active", ""
    subscriber.confirmed_at = subscriber.confirmed_at or now


def pause(subscriber: Subscriber) -> None:
    """Hold everything back until `confirm`; due notices wait."""
    subscriber.state = "paused"


def stop(session: Session, subscriber: Subscriber, *, reason: str) -> None:
    """Stop sending to a subscriber; due notices are dropped with the reason. Stopping twice changes nothing."""
    if subscriber.state == "stopped":
        return
    subscriber.state, subscriber.stopped_reason = "stopped", reason
    waiting = (col(Notice.subscriber_id) == subscriber.id, col(Notice.state) == "due")
    session.exec(update(Notice).where(*waiting).values(state="dropped", error=reason))


def remove(session: Session, subscriber: Subscriber) -> None:
    """Forget a subscriber with all notices: a person's address is kept only as long as they want notices."""
    for notice in session.exec(select(Notice).where(Notice.subscriber_id == subscriber.id)):
        session.delete(notice)
    session.flush()
    session.delete(subscriber)


def by_key(session: Session, key: str) -> Subscriber | None:
    """The subscriber with this key, which signed links contain, or None."""
    return session.exec(select(Subscriber).where(Subscriber.key == key)).first()


def by_address(session: Session, channel: str, address: str) -> Subscriber | None:
    """The subscriber with this address on this channel, or None."""
    query = select(Subscriber).where(Subscriber.channel == channel, Subscriber.address == address)
    return session.exec(query).first()


def by_mail(session: Session, address: str) -> Subscriber | None:
    """The subscriber with this mail address, ignoring letter case, or None."""
    found = by_address(session, "email", address)
    if found is None:
        same = func.lower(Subscriber.address) == address.lower()
        query = select(Subscriber).where(Subscriber.channel == "email", same).order_by(col(Subscriber.id))
        found = session.exec(query).first()
    return found


def listed(session: Session, *, state: str | None = None) -> list[Subscriber]:
    """All subscribers, or those in one state, oldest first."""
    query = select(Subscriber).order_by(col(Subscriber.id))
    if state is not None:
        query = query.where(Subscriber.state == state)
    return list(session.exec(query).all())


def filter_of(subscriber: Subscriber) -> Filter:
    """Which changes the subscriber wants, as a value."""
    return filter_from(subscriber.pages, subscriber.marketplaces, subscriber.categories, subscriber.importance)


def filter_from(pages: Names, marketplaces: Names, categories: Names, importance: str) -> Filter:
    """A filter from the columns of a subscriber."""
    return Filter(tuple(pages or ()), tuple(marketplaces or ()), tuple(categories or ()), importance)


def topic_of(change: Change, page: Page) -> Topic:
    """What a change is about, as a value."""
    categories = tuple(dict.fromkeys([page.category, *(change.categories or ())]))
    return Topic(page.key, page.marketplace, categories, change.importance)
