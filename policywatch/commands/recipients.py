"""How somebody can be reached: through which channel, and whether it can send at all."""

import logging

from diffs.errors import RecipientRefused
from notifier.addresses import email_address
from notifier.channels import chat
from notifier.channels.base import CHANNELS
from notifier.rendering.escaping import web_link


def reached(channel: str, address: str, *, is_new: bool = False) -> tuple[str, str]:
    """The channel, worked out if none is given (""), and the address as it is stored.

    `is_new` also checks whether anything could be sent there; one that is stored already can always be named. Raises
    ValueError.
    """
    channel = channel or _channel_of(address)
    if channel not in CHANNELS:
        raise ValueError(f"--channel is one of {', '.join(CHANNELS)}, not {channel!r}")
    try:
        if is_new:
            _check(channel, address)
        return channel, _stored(address, is_new=is_new) if channel == "email" else address
    except (ValueError, RecipientRefused) as error:
        # A web address may contain a secret.
        shown = address if "://" not in address else f"{address.partition('://')[0]}://…"
        raise ValueError(f"{shown}: {str(error).rstrip('.')}") from error


def _stored(address: str, *, is_new: bool) -> str:
    try:
        return email_address(address)
    except ValueError:
        if is_new or "@" not in address:
            raise
        return address.strip()  # one stored earlier, which would be refused today


def _check(channel: str, address: str) -> None:
    """Check whether anything can be sent there. Raises ValueError or RecipientRefused."""
    if channel == "apprise":
        chat.check(address)
    if channel == "webhook" and not web_link(address):
        raise ValueError("a webhook is a whole web address that begins with https://")


def _channel_of(address: str) -> str:
    """The channel of an address: chat for those that Apprise knows; any other web address is a webhook."""
    if "://" not in address:
        return "email"
    # Apprise writes addresses into its log, and they contain secrets.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 10)
    import apprise  # slow to load, and most installations send mail only

    if apprise.Apprise.instantiate(address) is not None:
        return "apprise"
    if not address.lower().startswith(("https://", "http://")):
        raise ValueError(f"nothing can be sent to {address.split('://', maxsplit=1)[0]}://…: see docs/notices.md")
    return "webhook"
