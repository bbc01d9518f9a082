"""The mail that asks whether an address really wants to be told (double opt-in). Pure.

It holds nothing that the person who filled in the form could choose: nobody can send words of theirs through us.
"""

import hashlib
from datetime import datetime, timedelta
from email.message import EmailMessage

from notifier.rendering import disclaimer
from notifier.rendering.escaping import web_link

from .headers import address_of, mail

#: How long a confirmation link works.
CONFIRM_WITHIN = timedelta(days=7)


def confirmation(
    to: str, link: str, *, sender: str, site: str, now: datetime, unsubscribe: str = "", key: str = ""
) -> EmailMessage:
    """The question to an address, with the link that answers it. `now` is UTC.

    Raises ValueError, IndexError or MessageError where the address cannot stand in a header.
    """
    stamp = hashlib.sha256(f"confirm {key} {now:%Y-%m-%dT%H}".encode()).hexdigest()[:32]
    return mail(
        to=to,
        sender=sender,
        subject=f"Please confirm: policy changes from {site}",
        now=now,
        message_id=f"<confirm.{stamp}@{address_of(sender).domain or 'localhost'}>",
        unsubscribe=web_link(unsubscribe),
        text=f"Somebody, we hope you, asked {site} to tell this address about policy changes.\n\n"
        f"To confirm, open this address within {CONFIRM_WITHIN.days} days:\n\n{link}\n\n"
        f"If it was not you, do nothing: you will hear no more from us.\n\n-- \n{disclaimer.ALL}\n",
    )
