"""Delivery reports: which message did not arrive, for whom, and whether for good (RFC 3464). Pure.

A report is mail from outside: anybody can write one. It counts only if it returns the Message-ID of a message that we
sent, which nobody but the reader's mail servers knows.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import Compat32

from diffs.language.plain_text import one_line, shorten

#: Status codes by which a server says that an address does not exist, or no longer accepts mail (RFC 3463 sections 3.2
#: and 3.3, RFC 7505 for 5.1.10). Others of 5.1 are about the sender: 5.1.7, 5.1.8.
GONE = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})

_CODES = ("550", "551", "553", "556")

# What servers say of an address that no longer exists if they give no such code. A plain 550 is also how they say that
# they block us: then the address may well exist, and no subscription must end because of it.
_NOBODY = re.compile(
    r"\b(no such|unknown|(?:not|doesn.t) (?:exist|found|known)|invalid|unrouteable|disabled|no longer)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\b(user|mailbox|recipient|address|account|person|domain)\b", re.IGNORECASE)

#: Longer reports are cut: what counts is at the beginning, and no report may fill our memory.
LONGEST = 2_000_000
#: No mail server writes more parts, or deeper nesting, than this: a report holds three parts, and one for each
#: recipient. Without a limit each line of a mail is checked against the boundaries of all parts it is in.
MOST_PARTS, DEEPEST = 1_000, 20
#: How much of a field is read: parsing its parameters takes time that grows with the square of its length.
LONGEST_FIELD = 2_000


@dataclass(frozen=True, slots=True)
class Bounce:
    """One recipient whom one of our messages did not reach.

    `failed` is whether the server gave up (otherwise it still tries), `gone` whether it says that there is no such
    address.
    """

    message_id: str
    address: str
    status: str
    reason: str
    failed: bool
    gone: bool


def bounces(report: bytes) -> list[Bounce]:
    """What a delivery report says; empty if the mail is none, or does not return the message it is about."""
    try:
        return _bounces(_parsed(report[:LONGEST]))
    except (_TooMuchError, RecursionError):
        return []


class _TooMuchError(Exception):
    """A mail has more parts than a report."""


class _Fields(Compat32):
    """A parsing policy that reads only the useful length of a field."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """A field's name and value."""
        name, value = super().header_source_parse(sourcelines)
        return name, value[:LONGEST_FIELD]


class _Part(Message):
    """A part that knows how deeply it is nested."""

    depth = 0

    def attach(self, payload: Message) -> None:  # type: ignore[override]
        """Add a part to this one. Raises _TooMuchError."""
        assert isinstance(payload, _Part)
        payload.depth = self.depth + 1
        if payload.depth > DEEPEST:
            raise _TooMuchError
        super().attach(payload)


def _parsed(mail: bytes) -> Message:
    """The mail with its parts. Raises _TooMuchError."""
    made = 0

    def part(policy: Compat32 = _FIELDS) -> _Part:
        nonlocal made
        made += 1
        if made > MOST_PARTS:
            raise _TooMuchError
        return _Part(policy=policy)

    return message_from_bytes(mail, part, policy=_FIELDS)


_FIELDS = _Fields()


def _bounces(mail: Message) -> list[Bounce]:
    if mail.get_content_type() != "multipart/report":
        return []
    parts = list(mail.walk())
    message_id = next((found for part in parts if (found := _returned_id(part))), "")
    if not message_id:
        return []
    status = (part for part in parts if part.get_content_type() == "message/delivery-status")
    return [_bounce(fields, message_id) for part in status for fields in _recipients(part)]


def is_gone(reply: str) -> bool:
    """Whether a reply to RCPT ("550 5.1.1 no such user") says that there is no such address.

    The detailed status decides if there is one, otherwise the words: a server may mean us, not the reader.
    """
    code, _, rest = reply.partition(" ")
    detail = rest.split(" ", 1)[0]
    if detail[:2] == "5.":
        return detail in GONE
    return code in _CODES and bool(_NOBODY.search(rest) and _ADDRESS.search(rest))


def _returned_id(part: Message) -> str:
    """The Message-ID of the returned message, or of its returned headers."""
    if part.get_content_type() == "message/rfc822":
        returned = part.get_payload()
        headers = returned[0] if isinstance(returned, list) and returned else None
    elif part.get_content_type() == "text/rfc822-headers":
        headers = _parsed(part.get_payload(decode=True) or b"")  # type: ignore[arg-type]
    else:
        return ""
    return _field(headers, "Message-ID") if isinstance(headers, Message) else ""


def _recipients(part: Message) -> list[Message]:
    # The first block is about the message as a whole, each of those with a recipient about that recipient.
    blocks = part.get_payload()
    blocks = blocks if isinstance(blocks, list) else []
    return [block for block in blocks if isinstance(block, Message) and block["Final-Recipient"]]


def _bounce(fields: Message, message_id: str) -> Bounce:
    status = _field(fields, "Status").split(" ", 1)[0]
    said = _value(_field(fields, "Diagnostic-Code"))
    return Bounce(
        message_id=message_id,
        address=_value(_field(fields, "Original-Recipient") or _field(fields, "Final-Recipient")),
        status=status,
        reason=shorten(said if status in said else f"{status} {said}".strip(), 200),
        failed=_field(fields, "Action").lower() == "failed",
        gone=status in GONE,
    )


def _field(fields: Message, name: str) -> str:
    return one_line(str(fields[name] or ""))


def _value(field: str) -> str:
    """What follows the type in a field such as "rfc822; reader@example.org"."""
    return field.partition(";")[2].strip() if ";" in field else field
