"""What a channel delivers: something for one address, under one id. Pure."""

from email.message import EmailMessage
from typing import Protocol


class Message(Protocol):
    """Something that goes to one address under one id."""

    @property
    def to(self) -> str:
        """The address it is sent to, which may be secret and stays out of logs."""

    @property
    def message_id(self) -> str:
        """Its id, fixed before the first attempt: if sent twice it is still one message."""

    @property
    def subject(self) -> str:
        """The subject, on one line."""

    def as_mail(self) -> EmailMessage:
        """The same as a mail. Raises ValueError, IndexError or MessageError if an address cannot be used."""
