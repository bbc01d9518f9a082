"""Mail addresses: validated, normalised, and the mailboxes behind them; and networks. Pure; needs no network."""

import hashlib
from ipaddress import ip_address, ip_network

import email_validator

# Whether mail for "reader@localhost" or "reader@office.local" arrives is up to the mail server.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()

_THIS_MACHINE = "localhost"

#: The longest address allowed (RFC 5321 section 4.5.3.1.3, without the angle brackets).
LONGEST = 254


def email_address(text: str) -> str:
    """A mail address as it is stored: the host in lower case, IDNA-encoded. Raises ValueError with the reason."""
    given = text.strip()
    try:
        found = email_validator.validate_email(
            given[: LONGEST + 1],
            check_deliverability=False,
            # A domain has a dot; without one it is a slip of the keyboard, except for this very machine.
            globally_deliverable=given.rpartition("@")[2].casefold() != _THIS_MACHINE,
            allow_smtputf8=False,
            allow_quoted_local=True,
            allow_domain_literal=True,
        )
    except email_validator.EmailNotValidError as error:
        reason = str(error).rstrip(".")
        raise ValueError(f"not a mail address: {reason[:1].lower()}{reason[1:]}") from error
    return str(found.ascii_email)


def mailbox(address: str) -> str:
    """The SHA-256 (hex) of the mailbox behind an address, for counting: many spellings reach the same person.

    Letter case, dots and what follows a "+" before the @ are ignored. Two people whose addresses differ only by a dot
    are counted as one.
    """
    local, _, host = address.casefold().rpartition("@")
    return hashlib.sha256(f"{local.partition('+')[0].replace('.', '')}@{host}".encode()).hexdigest()


def network(host: str) -> str:
    """The network behind an internet address, for counting; "" if it does not identify anyone.

    That is one IPv4 address or, for IPv6, the 48 bits that a provider gives to one customer at most. An address of this
    machine or of a private network belongs to a proxy that does not say whom it acts for.
    """
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return ""
    address = getattr(address, "ipv4_mapped", None) or address
    if not address.is_global:
        return ""
    return str(address if address.version == 4 else ip_network((address, 48), strict=False))
