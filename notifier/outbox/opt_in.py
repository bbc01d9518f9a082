"""Ask those who were put on the list by somebody else whether they want to be told (double opt-in)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage

from diffs.database.archive import Archive
from diffs.database.models import Subscriber
from diffs.errors import ChannelDown, DeliveryError, RecipientGone
from diffs.store.notices import subscribers
from notifier.channels.base import MailChannel
from notifier.mail.confirmation import CONFIRM_WITHIN, confirmation
from notifier.settings import NotifierSettings
from notifier.subscribers.links import CONFIRM, UNSUBSCRIBE, Links

log = logging.getLogger(__name__)


@dataclass
class Asked:
    """How many mails went out, and who could not be asked, with the reason."""

    sent: int = 0
    troubles: list[tuple[str, str]] = field(default_factory=list)


def ask(
    archive: Archive,
    mail: MailChannel,
    settings: NotifierSettings,
    links: Links,
    *,
    clock: Callable[[], datetime],
    again: bool = False,
    address: str | None = None,
) -> Asked:
    """Send the mail that asks for confirmation to each pending mail address that was not asked yet.

    `again` asks those too that were asked and have not answered; `address` asks this one only. Who is refused for good
    is stopped; when the mail server is down the others wait for the next time. `clock` is UTC.
    """
    asked = Asked()
    with archive.read() as session:
        waiting = [
            reader
            for reader in subscribers.listed(session, state="pending")
            if reader.channel == "email" and (again or reader.asked_at is None) and address in (None, reader.address)
        ]
    for reader in waiting:
        try:
            mail.post(_question(reader, settings, links, now=clock()))
        except DeliveryError as error:
            log.warning("a confirmation could not be sent: %s", error)
            asked.troubles.append((reader.address, str(error)))
            if isinstance(error, ChannelDown):
                break
            if isinstance(error, RecipientGone):
                _note(archive, reader, stopped=error.message)
            continue
        _note(archive, reader, asked_at=clock())
        asked.sent += 1
    return asked


def _question(reader: Subscriber, settings: NotifierSettings, links: Links, *, now: datetime) -> EmailMessage:
    return confirmation(
        reader.address,
        links.to(CONFIRM, reader.key, until=now + CONFIRM_WITHIN),
        sender=settings.sender,
        site=settings.site_name,
        now=now,
        unsubscribe=links.to(UNSUBSCRIBE, reader.key),
        key=reader.key,
    )


def _note(archive: Archive, reader: Subscriber, *, asked_at: datetime | None = None, stopped: str = "") -> None:
    with archive.begin() as session:
        row = subscribers.by_key(session, reader.key)
        if row is None:
            return
        row.asked_at = asked_at or row.asked_at
        if stopped:
            subscribers.stop(session, row, reason=stopped)
