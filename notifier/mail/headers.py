"""The headers that all our mails share: sender, recipient, date and a fixed id. Pure."""

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from diffs.language.plain_text import one_line

#: Long addresses stay on one line of the header: some mail readers do not join them again.
LONG_HEADERS = SMTP.clone(max_line_length=200, cte_type="7bit")


def address_of(value: str) -> Address:
    """The address in a From setting such as "Policywatch <policies@example.org>"."""
    name, spec = parseaddr(one_line(value))
    return Address(display_name=name, addr_spec=spec)


def mail(
    *,
    to: str,
    sender: str,
    subject: str,
    now: datetime,
    message_id: str,
    text: str,
    name: str = "",
    html: str = "",
    is_list: bool = False,
    unsubscribe: str = "",
) -> EmailMessage:
    """A mail ready to send: plain text, HTML beside it if there is any, and the headers that all of ours have.

    `now` is any aware time. `is_list` says that it is sent to a list of readers. `unsubscribe` is an address to
    unsubscribe at: mail programs themselves post to one on the web (RFC 2369 and RFC 8058). Raises ValueError,
    IndexError or MessageError if an address cannot be used in a header.
    """
    from_address = address_of(sender)
    made = EmailMessage(policy=SMTP)
    made["Subject"] = one_line(subject)
    made["From"] = from_address
    made["To"] = Address(display_name=one_line(name), addr_spec=to)
    made["Date"] = format_datetime(now.astimezone(UTC))
    made["Message-ID"] = one_line(message_id)
    made["Auto-Submitted"] = "auto-generated"
    if is_list:
        made["List-Id"] = f"<changes.{from_address.domain}>"
    if unsubscribe:
        made["List-Unsubscribe"] = f"<{unsubscribe}>"
    if unsubscribe.startswith("http"):
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    # base64 for all parts: old relays break long 8-bit lines, and quoted-printable triples Japanese.
    made.set_content(text, cte="base64")
    if html:
        made.add_alternative(html, subtype="html", cte="base64")
    # Only now: lines of base64 may not be longer than 76 characters (RFC 2045), while headers may be.
    made.policy = LONG_HEADERS
    return made
