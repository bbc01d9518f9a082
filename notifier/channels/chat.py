"""Notices for chats and everything else that Apprise reaches: Slack, Discord, Telegram, Teams, ntfy, Matrix.

Only a short text is sent: the headline, the date, the first points, the link; as much of it as the service accepts.
"""

import logging
import re
from datetime import datetime
from typing import Any

from diffs.errors import DeliveryError, RecipientRefused
from diffs.language.plain_text import shorten
from diffs.wording import labels
from notifier.mail.checked import checked_lines
from notifier.mail.digest import Digest, subject
from notifier.mail.message import Message
from notifier.mail.owner import Alert
from notifier.rendering import disclaimer
from notifier.rendering.escaping import no_tags, web_link
from notifier.rendering.permanent_link import permanent_link
from notifier.rendering.title import full_title
from notifier.values import IMPORTANCE_ORDER, ToldChange

from .chat_services import asset, dress

#: Who a message is from if it is not a digest, which names its site.
NAME = "policywatch"

#: The longest message, in bytes of UTF-8: what ntfy accepts whole, and more than a person reads in a chat. A service
#: that accepts less gets less.
LONGEST = 3_800

#: What services add to our messages: blank lines, marks around the title.
MARGIN = 40

#: From rich to poor: how many changes are shown, and how many points of each. The first version that fits is sent.
FITS = ((10, 3), (10, 1), (10, 0), (5, 1), (3, 1), (3, 0), (2, 0), (1, 1), (1, 0))

# Words by which a text would notify a whole room.
_CALL = re.compile(r"@(?=everyone\b|here\b|channel\b|all\b|room\b)", re.IGNORECASE)
# How Slack and Discord mark up a mention of a person or room, or a picture.
_MEANT = re.compile(r"<(?=[@#&:!])")
# How Markdown writes a link whose words hide where it leads.
_DISGUISE = re.compile(r"\](?=\s*[(\[:])")


class ChatChannel:
    """Delivers to one Apprise address per reader."""

    def deliver(self, message: Message) -> None:
        """Send a digest, or a message to the owner, as a chat message.

        Raises RecipientRefused if Apprise does not know the address, or if it names several chats (when one of them
        fails, all would get the message again), DeliveryError if it was not accepted. No error names the address, since
        it holds the secret of the chat.
        """
        if isinstance(message, Digest):
            target = _target(message.to, message.site, message.base_url)
            dress(target[0], message.to, *_urgency(message))
            head = title(message, target[0].title_maxlen)
            _send(target, head, text(message, _room(target[0], head), head))
        elif isinstance(message, Alert):
            target = _target(message.to)
            dress(target[0], message.to, "high", "")
            _send(target, _quiet(message.subject), _CALL.sub("@\u200b", message.body))
        else:
            raise RecipientRefused("A chat cannot be asked to confirm: whoever adds it vouches for it.")


def check(address: str) -> None:
    """Check that an address is one chat, and send nothing. Raises RecipientRefused."""
    _target(address)


def _urgency(digest: Digest) -> tuple[str, str]:
    """The highest importance in a digest ("" without changes), and where a tap on it leads: its change or the site."""
    importance = min((change.importance for change in digest.changes), key=_rank, default="")
    one = digest.changes[0] if len(digest.changes) == 1 else None
    return importance, permanent_link(one, digest.base_url) if one else web_link(digest.base_url)


def _rank(importance: str) -> int:
    return IMPORTANCE_ORDER.get(importance, 0)


def _target(address: str, site: str = NAME, base_url: str = "") -> Any:
    # Apprise writes addresses into its log, at every level.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 10)
    import apprise  # slow to load, and most installations send mail only

    target = apprise.Apprise(asset=asset(site, base_url))
    if not target.add(address):
        raise RecipientRefused("Apprise does not know this kind of address.")
    if len(target) != 1 or len(target[0]) > 1:
        raise RecipientRefused("This address names several chats: add each of them as a subscriber of its own.")
    return target


def _send(target: Any, head: str, body: str) -> None:
    import apprise

    form = apprise.NotifyFormat.TEXT
    if _only_markdown(target[0]):
        # If told that this is plain text, Apprise would escape the dots in our links, and break them.
        body, form = body.replace("\n", "\n\n"), apprise.NotifyFormat.MARKDOWN
    # A result object, true only if every target accepted it (2.2): there is one target here.
    if not target.notify(body=body, title=head, body_format=form):
        raise DeliveryError("The chat service did not accept the message.")


def title(digest: Digest, longest: int = 0) -> str:
    """One line for the message's head, of at most `longest` characters unless that is 0."""
    line = _quiet(subject(digest))
    return shorten(line, longest) if longest > 0 else line


def text(digest: Digest, room: int = LONGEST, head: str = "") -> str:
    """The message in at most `room` bytes: the most important changes, each with date, points and link.

    `head` is the title above it: a headline that is complete there is not repeated.
    """
    ordered = sorted(digest.changes, key=_weight)
    shown = ""
    for changes, points in FITS:
        shown = _shown(digest, ordered, changes, points, head)
        if len(shown.encode()) <= room:
            return shown
    # As little as a pager shows: where to read it. A link that does not fit as a whole is left out.
    link = permanent_link(ordered[0], digest.base_url) if ordered else digest.base_url
    kept = [line for line in (link, disclaimer.NOT_AFFILIATED) if line]
    while kept and len("\n".join(kept).encode()) > room:
        kept.pop()
    return "\n".join(kept) or shown.encode()[:room].decode(errors="ignore")


def _room(service: Any, head: str) -> int:
    """How many bytes of text the service accepts beside the head; a tenth is left for line breaks and what it adds."""
    return max(min(LONGEST, (int(service.body_maxlen) - len(head.encode())) * 9 // 10 - MARGIN), 1)


def _only_markdown(service: Any) -> bool:
    """Whether the service (Teams, Google Chat, Webex, Rocket.Chat) accepts text as Markdown only."""
    known = service.notify_format
    forms = [known] if isinstance(known, str) else list(known)
    return forms == ["markdown"]


def _weight(change: ToldChange) -> tuple[bool, int, datetime]:
    """A sort key: the most important first, and last what the page has taken back."""
    return change.back is not None, _rank(change.importance), change.decided_at


def _shown(digest: Digest, ordered: list[ToldChange], changes: int, points: int, head: str) -> str:
    parts = [" ".join(checked_lines(digest.changes, digest.looked))] if digest.looked else []
    if digest.standing and points:
        parts.append("\n".join(["Where you stand:", *(f"• {_quiet(line)}" for line in digest.standing[:changes])]))
    parts += [_change(change, digest, points, head) for change in ordered[:changes]]
    if len(ordered) > changes:
        parts.append(f"… and {labels.count(len(ordered) - changes, 'more change')}.")
    if digest.unread:
        parts.append(f"{labels.count(len(digest.unread), 'page')} could not be read.")
    if digest.held:
        parts.append(f"{labels.count(len(digest.held), 'page')} showed a text other than the policy.")
    return "\n\n".join([*filter(None, parts), f"{disclaimer.NOT_AFFILIATED} {disclaimer.NO_ADVICE}"])


def _change(change: ToldChange, digest: Digest, points: int, head: str) -> str:
    name = _quiet(full_title(change))
    lines = [f"[{change.importance}] {name}" if name not in head else f"[{change.importance}]"]
    if change.effective_on:
        when = labels.effective(change.effective_on, digest.today).capitalize()
        lines.append(f"{when} ({labels.day(change.effective_on)}).")
    lines += [change.note] if change.note else []
    lines += [f"• {_quiet(shorten(point, 300))}" for point in change.points[:points]]
    return "\n".join([*lines, permanent_link(change, digest.base_url)]).strip()


def _quiet(words: str) -> str:
    return _DISGUISE.sub("]\u200b", _MEANT.sub("‹", _CALL.sub("@\u200b", no_tags(words))))
