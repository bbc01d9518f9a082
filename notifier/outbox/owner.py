"""The owner's own post: what he must know about the looking, one line each, told once.

The notice is committed with what it tells of (`diffs.store.notices.owner`). Like all notices it is taken in one
transaction, sent outside of any, and marked in another: a channel that is down keeps it due, and a crash between
sending and marking sends it again under the same Message-ID.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import MessageError
from email.message import EmailMessage
from typing import Protocol

from diffs.database.archive import Archive
from diffs.database.models import OwnerNotice
from diffs.errors import DeliveryError, RecipientRefused
from diffs.language.plain_text import one_line
from diffs.store.notices import owner
from notifier.channels.chat import ChatChannel
from notifier.channels.open import mail_channel
from notifier.channels.smtp import SmtpChannel
from notifier.mail.headers import mail
from notifier.rendering import disclaimer
from notifier.rendering.escaping import no_tags
from notifier.settings import NotifierSettings
from notifier.subscribers.links import email_address

from .worker import is_dead, this_process

log = logging.getLogger(__name__)

#: First wait after a failure, doubled at each further one, never more than the longest. No notice is ever given up.
FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=12)

WHAT_TO_DO = (
    "The site asked for a human, or for patience. Until then policywatch asks it nothing, by itself; you need do"
    " nothing. If you think the rest was a mistake: policywatch host wake HOST. To leave the site alone for good:"
    " policywatch host off HOST. Pages you save yourself can be brought in with policywatch import folder."
)


@dataclass(frozen=True, slots=True)
class Told:
    """How many notices the owner was sent in this run, how many wait, and why (secrets left out)."""

    sent: int = 0
    waiting: int = 0
    trouble: str = ""


class Way(Protocol):
    """How one notice reaches the owner. Raises DeliveryError."""

    def tell(self, notice: OwnerNotice, *, now: datetime) -> None:
        """Send it."""


def tell_owner(archive: Archive, settings: NotifierSettings, *, now: datetime) -> Told:
    """Send the owner what is due at `now` (UTC).

    Where no address is set the notices count as shown: they stand in `doctor` and `health`, and are not sent later.
    Raises ArchiveError where the archive cannot be used.
    """
    with archive.read() as session:
        if not owner.listed(session, state="due") and not owner.listed(session, state="sending"):
            return Told()
    address = settings.owner.get_secret_value()
    with archive.begin() as session:
        owner.release_stale(session, now=now, is_dead=is_dead)
        if not address:
            owner.shown(session)
            return Told()
    sent, trouble = 0, ""
    while not trouble:
        with archive.begin() as session:
            notice = owner.claim(session, now=now, by=this_process())
        if notice is None:
            break
        trouble = _send(archive, settings, notice, now=now)
        sent += not trouble
    with archive.read() as session:
        return Told(sent, len(owner.listed(session, state="due")), trouble)


def _send(archive: Archive, settings: NotifierSettings, notice: OwnerNotice, *, now: datetime) -> str:
    """Send and mark one; what went wrong, or ""."""
    try:
        _way(settings).tell(notice, now=now)
    except Exception as error:  # whatever it was, the notice must stay due
        if not isinstance(error, DeliveryError):
            log.exception("notice %s to the owner could not be sent", notice.uid)
        reason = str(error) if isinstance(error, DeliveryError) else f"a fault of our own: {type(error).__name__}"
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(notice.attempts - 1, 20))
        with archive.begin() as session:
            owner.retry(session, notice.uid, not_before=now + wait, error=reason)
        return reason
    with archive.begin() as session:
        owner.sent(session, notice.uid, now=now)
    return ""


def _way(settings: NotifierSettings) -> Way:
    address = settings.owner.get_secret_value()
    return _Chat(address) if "://" in address else _Mail(address, settings)


class _Chat:
    def __init__(self, address: str) -> None:
        self._address = address

    def tell(self, notice: OwnerNotice, *, now: datetime) -> None:  # noqa: ARG002 (a chat dates messages itself)
        ChatChannel().say(self._address, title=notice.subject, body=f"{no_tags(notice.detail)}\n\n{WHAT_TO_DO}")


class _Mail:
    def __init__(self, address: str, settings: NotifierSettings) -> None:
        self._address, self._settings = address, settings

    def tell(self, notice: OwnerNotice, *, now: datetime) -> None:
        channel = mail_channel(self._settings)
        if channel is None:
            raise DeliveryError("No mail server is set.", remedy="Set POLICYWATCH_SMTP_URL.")
        try:
            channel.post(self._mail(notice, now))
        finally:
            if isinstance(channel, SmtpChannel):
                channel.close()

    def _mail(self, notice: OwnerNotice, now: datetime) -> EmailMessage:
        happened = f"{notice.created_at:%Y-%m-%d %H:%M} UTC: {one_line(notice.subject)}."
        words = [happened, one_line(notice.detail), WHAT_TO_DO]
        try:
            return mail(
                to=email_address(self._address),
                sender=self._settings.sender,
                subject=notice.subject,
                now=now,
                message_id=f"<owner.{notice.uid}@{self._settings.mail_domain}>",
                text="\n\n".join([*words, f"-- \n{disclaimer.ALL}\n"]),
            )
        except (ValueError, MessageError) as error:
            raise RecipientRefused("The setting owner is no mail address and no chat address.") from error
