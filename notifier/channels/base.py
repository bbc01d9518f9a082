"""The interface of a channel: it delivers one message to one address and returns, or raises.

It raises ChannelDown if nothing can be sent now, RecipientRefused (RecipientGone) if this reader is refused
permanently, any other DeliveryError if it failed for now. Addresses of chats and webhooks hold secrets: no error and no
log names them.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage
from typing import Protocol

from diffs.errors import RecipientRefused
from diffs.language.plain_text import in_short
from notifier.mail.message import Message

#: The ways to a subscriber, by the name that the archive keeps with the address. A new channel adds its name here.
CHANNELS = ("email", "apprise", "webhook")


class Channel(Protocol):
    """Delivers one message to one address."""

    def deliver(self, message: Message) -> None:
        """Deliver it, or raise DeliveryError."""


class MailChannel(Channel, Protocol):
    """Delivers mail of any kind."""

    def check(self) -> None:
        """Check whether mail could be handed over, without handing over any. Raises ChannelDown."""

    def post(self, mail: EmailMessage) -> None:
        """Deliver one mail to the address in its To header, or raise DeliveryError."""


class Pace:
    """At most this many turns a minute, evenly spread; 0 for no limit. `clock` and `sleep` are in seconds."""

    def __init__(
        self,
        per_minute: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._gap = 60 / per_minute if per_minute else 0.0
        self._clock, self._sleep = clock, sleep
        self._free_at = 0.0

    def wait(self) -> None:
        """Wait until it is our turn."""
        now = self._clock()
        if self._free_at > now:
            self._sleep(self._free_at - now)
        self._free_at = max(now, self._free_at) + self._gap


@dataclass(frozen=True, slots=True)
class Paced:
    """A channel that delivers no faster than its pace."""

    channel: Channel
    pace: Pace

    def deliver(self, message: Message) -> None:
        """Wait for our turn and deliver. Raises what the channel raises."""
        self.pace.wait()
        self.channel.deliver(message)


def mail_of(message: Message) -> EmailMessage:
    """The message as a mail. Raises RecipientRefused if its address cannot stand in a header."""
    try:
        return message.as_mail()
    except (ValueError, IndexError, MessageError) as error:
        raise RecipientRefused(f"Not a mail address: {in_short(message.to, 80)}.") from error


#: The channels that are open, by name.
Channels = Mapping[str, Channel]
