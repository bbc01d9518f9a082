"""Notices in chats and the rest of what Apprise reaches: Slack, Discord, Telegram, Teams, ntfy, Matrix.

Only a short text goes there: the headline, the date, the first points, the link.
"""

import logging
import re

from diffs.errors import DeliveryError, RecipientRefused

from . import labels, notes
from .digest import Digest, subject
from .feed import permanent_link
from .safe import no_tags, shorten
from .told import IMPORTANCE_ORDER, ToldChange

#: What fits into one chat message that a person reads.
CHANGES = 10
POINTS = 3

# Words by which a text would call a whole room.
_CALL = re.compile(r"@(?=everyone\b|here\b|channel\b|all\b|room\b)", re.IGNORECASE)


class ChatChannel:
    """Delivers to one Apprise address per reader."""

    def deliver(self, digest: Digest) -> None:
        """Send a digest as a chat message.

        Raises RecipientRefused where Apprise does not know the address, DeliveryError where it was not taken. Neither
        names the address, since it holds the secret of the chat.
        """
        self.say(digest.to, title=title(digest), body=text(digest))

    def say(self, address: str, *, title: str, body: str) -> None:
        """Send a line and some words to an address; raises as `deliver`."""
        # Apprise writes addresses into its log, at every level.
        logging.getLogger("apprise").setLevel(logging.CRITICAL + 10)
        import apprise  # slow to load, and most installations send mail only

        target = apprise.Apprise()
        if not target.add(address):
            raise RecipientRefused("Apprise does not know this kind of address.")
        result = target.notify(
            body=_CALL.sub("@\u200b", body), title=_quiet(title), body_format=apprise.NotifyFormat.TEXT
        )
        # A result object, true only when every target took it (2.2): there is one target here.
        if not result:
            raise DeliveryError("The chat service did not take the message.")


def title(digest: Digest) -> str:
    """One line for the message's head."""
    return _quiet(subject(digest))


def text(digest: Digest) -> str:
    """The message: the most important changes, each with date, points and link."""
    ordered = sorted(digest.changes, key=lambda change: (IMPORTANCE_ORDER.get(change.importance, 0), change.decided_at))
    parts = [_change(change, digest) for change in ordered[:CHANGES]]
    if len(ordered) > CHANGES:
        parts.append(f"… and {labels.count(len(ordered) - CHANGES, 'more change')}.")
    if digest.unread:
        parts.append(f"{labels.count(len(digest.unread), 'page')} could not be read.")
    return "\n\n".join([*parts, f"{notes.NOT_AFFILIATED} {notes.NO_ADVICE}"])


def _change(change: ToldChange, digest: Digest) -> str:
    where = f"{labels.marketplace(change.marketplace)}, {change.title}"
    lines = [f"[{change.importance}] {_quiet(change.headline)}", _quiet(where)]
    if change.effective_on:
        when = labels.effective(change.effective_on, digest.today).capitalize()
        lines.append(f"{when} ({labels.day(change.effective_on)}).")
    lines += [f"• {_quiet(shorten(point, 300))}" for point in change.points[:POINTS]]
    return "\n".join([*lines, permanent_link(change, digest.base_url)]).strip()


def _quiet(words: str) -> str:
    return _CALL.sub("@\u200b", no_tags(words))
