"""Ask those who signed up, or were put on the list by somebody else, to confirm.

The question is sent by the outbox like any other message. Nothing is decided while a stranger's request waits: how long
the answer takes, and what it says, must not reveal whether an address is known here.
"""

from datetime import datetime

from diffs.database.archive import Archive, Session
from diffs.store.notices import queueing, signups, subscribers
from diffs.store.notices.signups import Added
from notifier.addresses import mailbox


def take_in(session: Session, *, now: datetime) -> int:
    """Turn new readers' form entries into pending subscribers, each with a question; return how many are asked.

    Nothing happens for those who are subscribed already, or were asked too often. Those who have not answered in time
    are forgotten. `now` is UTC.
    """
    signups.forget(session, now=now)
    asked = 0
    for row in signups.waiting(session):
        reader = subscribers.by_mail(session, row.address)
        left = reader is not None and bool(reader.stopped_reason)
        most = signups.MOST_OF_WHO_LEFT if left else signups.MOST_EACH
        is_reader = reader is not None and reader.state not in ("pending", "stopped")
        if not is_reader and signups.may_ask(session, row.mailbox, now=now, most=most):
            reader = subscribers.sign_up(session, address=row.address, now=now, **(row.wishes or {}))
            queueing.ask(session, reader, now=now, not_before=signups.next_turn(session, now=now))
            row.asked_at = now
            asked += 1
        signups.settle(row)
        session.flush()
    return asked


def ask(archive: Archive, *, now: datetime, again: bool = False, address: str | None = None) -> int:
    """Queue a question to each pending mail address that was not asked yet; return how many.

    `again` also asks those who were asked and have not answered; `address` asks this one only. `now` is UTC.
    """
    with archive.begin() as session:
        return sum(
            queueing.ask(session, reader, now=now, not_before=now)
            for reader in subscribers.listed(session, state="pending")
            if reader.channel == "email" and (again or reader.asked_at is None) and address in (None, reader.address)
        )


def waits(session: Session, *, now: datetime) -> bool:
    """Whether anybody is to be asked at `now` (UTC)."""
    return bool(signups.waiting(session)) or queueing.question_due(session, now=now)


def sign_up(session: Session, *, address: str, wishes: dict[str, object], now: datetime, sender: str = "") -> Added:
    """Record what somebody entered in the form, if allowed. `sender` is `Links.sender`, `now` is UTC."""
    return signups.add(session, address=address, mailbox=mailbox(address), wishes=wishes, now=now, sender=sender)
