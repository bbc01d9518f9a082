"""The mail that asks an address to confirm its subscription (double opt-in). Pure.

It contains nothing that the person who filled in the form could choose: nobody can send their own words through us.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage

from notifier.rendering import disclaimer
from notifier.rendering.escaping import web_link

from .headers import mail

#: How long a confirmation link works.
CONFIRM_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Question:
    """The question to an address, with the `link` that answers it. `now` is UTC; `site` names who asks."""

    message_id: str
    to: str = field(repr=False)
    link: str = field(repr=False)
    sender: str
    site: str
    now: datetime
    unsubscribe: str = field(default="", repr=False)

    @property
    def subject(self) -> str:
        """The subject, on one line."""
        return f"Please confirm: policy changes from {self.site}"

    def as_mail(self) -> EmailMessage:
        """The mail. Raises ValueError, IndexError or MessageError if the address cannot be used."""
        return mail(
            to=self.to,
            sender=self.sender,
            subject=self.subject,
            now=self.now,
            message_id=self.message_id,
            unsubscribe=web_link(self.unsubscribe),
            text=f"Someone (we hope it was you) asked {self.site} to send policy changes to this address.\n\n"
            f"To confirm, open this address within {CONFIRM_WITHIN.days} days:\n\n{self.link}\n\n"
            f"If it was not you, do nothing: we will send you nothing more.\n\n-- \n{disclaimer.ALL}\n",
        )
