"""Mail addresses: checked, in one form, and which of them are one mailbox. Pure; needs no network."""

import hashlib

import email_validator

# Whether mail for "reader@localhost" or "reader@office.local" gets there is for the mail server to say.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()

#: The longest address there is (RFC 5321 section 4.5.3.1.3, without the angle brackets).
LONGEST = 254


def email_address(text: str) -> str:
    """A mail address as it is stored: the host in small letters, IDNA-encoded. Raises ValueError with the reason."""
    given = text.strip()
    try:
        found = email_validator.validate_email(
            given[: LONGEST + 1],
            check_deliverability=False,
            globally_deliverable=False,
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

    Letter case, dots and what follows a "+" before the @ are left out. Two people whose addresses differ by a dot only
    are counted as one.
    """
    local, _, host = address.casefold().rpartition("@")
    return hashlib.sha256(f"{local.partition('+')[0].replace('.', '')}@{host}".encode()).hexdigest()
