"""Mail to the owner: what they must know about the program's own work, one subject per message. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.message import EmailMessage

from diffs.errors import RecipientRefused
from diffs.language.plain_text import one_line
from notifier.addresses import email_address
from notifier.rendering import disclaimer
from notifier.rendering.escaping import no_tags

from .headers import mail

#: What to do about it, by the kind of notice.
WHAT_TO_DO = {
    "rest": (
        "The site showed a robot check, or asked us to slow down. policywatch sends it no requests until then; you do"
        " not need to do anything. If you think this is a mistake: policywatch host wake HOST. To leave the site"
        " alone for good: policywatch host off HOST. Pages you save yourself can be imported with policywatch import"
        " folder."
    ),
    "line": (
        "It may be the publisher's rewrite, half a page or another page: open it. policywatch accept PAGE accepts it"
        " as the policy and reports what that changed; policywatch reject PAGE says that it is not. Until you decide,"
        " its changes are reported; a text on the same subject is accepted as the policy after seven days."
    ),
    "unread": (
        "Changes on these pages are not reported until they can be read again. See policywatch health for each page;"
        " try policywatch watchlist check --probe --page KEY, or open the page yourself: it may have moved. A page that"
        " is no longer wanted: policywatch watchlist off KEY. You get this message once per page, until it can be read."
    ),
    "half_unread": (
        "Changes on these pages are not reported until they can be read again. When this many fail at once, the sites"
        " are rarely the cause. Check the network and the browser with policywatch doctor, and each page with"
        " policywatch health."
    ),
}


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that happened at a time (UTC), for the owner, whose address `to` may be a chat's.

    `kind` decides which advice is given.
    """

    message_id: str
    to: str = field(repr=False)
    sender: str
    kind: str
    happened_at: datetime
    headline: str
    detail: str
    now: datetime

    @property
    def subject(self) -> str:
        """The subject, on one line."""
        return one_line(self.headline)

    @property
    def body(self) -> str:
        """What a chat shows under the subject."""
        return "\n\n".join(part for part in (no_tags(self.detail), self._remedy) if part)

    def as_mail(self) -> EmailMessage:
        """The mail. Raises RecipientRefused if the owner's address cannot be used."""
        happened = f"{self.happened_at:%Y-%m-%d %H:%M} UTC: {self.subject}."
        words = [happened, one_line(self.detail), self._remedy, f"-- \n{disclaimer.ALL}\n"]
        try:
            return mail(
                to=email_address(self.to),
                sender=self.sender,
                subject=self.subject,
                now=self.now,
                message_id=self.message_id,
                text="\n\n".join(word for word in words if word),
            )
        except (ValueError, MessageError) as error:
            raise RecipientRefused("The owner setting is neither a mail address nor a chat address.") from error

    @property
    def _remedy(self) -> str:
        return WHAT_TO_DO.get(self.kind, "")
