"""Mail through SMTP: one connection to one server, kept open between mails."""

import smtplib
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from diffs.errors import ChannelDown, DeliveryError, RecipientGone, RecipientRefused, SettingsError
from diffs.language.plain_text import in_short, one_line, shorten
from notifier.mail.message import Message

from .base import Pace, mail_of
from .bounces import is_gone

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that accepts our mail. `security` is tls (from the start), required, offered or never (STARTTLS)."""

    host: str
    port: int
    security: str
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    timeout: float = 30.0

    @classmethod
    def from_url(cls, url: str, *, ca_file: Path | None = None, timeout: float = 30.0) -> "MailServer":
        """The server in smtp://user:password@host:port?starttls=required, or smtps://….

        STARTTLS is required if a password is sent to another machine, otherwise used if it is offered; a server on this
        machine is asked for it only if the settings say so. Raises SettingsError, whose message never contains the
        address.
        """
        remedy = "Set POLICYWATCH_SMTP_URL to smtp://user:password@host:587."
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError as error:
            raise SettingsError("The mail server's address cannot be read.", remedy=remedy) from error
        tls = parts.scheme.lower() == "smtps"
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        local = host in LOOPBACK
        wish = parse_qs(parts.query).get("starttls", ["never" if local else "required" if user else "offered"])[0]
        if not host or wish not in ("required", "offered", "never"):
            raise SettingsError("The mail server's address names no host, or an unknown starttls.", remedy=remedy)
        standard = 465 if tls else 587 if user else 25
        return cls(host, port or standard, "tls" if tls else wish, user, password, ca_file, timeout)


class SmtpChannel:
    """Mail through one connection to one server, opened for the first mail and kept for the next ones.

    `name` is our name in EHLO; `per_minute` limits the rate, 0 for no limit. `clock` and `sleep` are in seconds.
    """

    def __init__(
        self,
        server: MailServer,
        *,
        name: str = "localhost",
        per_minute: int = 0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._server = server
        self._name = name
        self._pace = Pace(per_minute, clock=clock, sleep=sleep)
        self._connection: smtplib.SMTP | None = None

    def deliver(self, message: Message) -> None:
        """Send a message. Raises ChannelDown, RecipientRefused, RecipientGone or DeliveryError."""
        self.post(mail_of(message))

    def post(self, mail: EmailMessage) -> None:
        """Send one mail to the address in its To header. Raises what `deliver` raises."""
        sender, to = parseaddr(str(mail["From"]))[1], parseaddr(str(mail["To"]))[1]
        self._pace.wait()
        smtp = self._ready()
        try:
            self._hand_in(smtp, sender, to, mail.as_bytes())
        except DeliveryError:
            raise
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise ChannelDown(f"The mail server broke off the connection: {_said(error)}.") from error

    def check(self) -> None:
        """Connect and log in, without sending anything. Raises ChannelDown."""
        self._ready()

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
        self._drop()

    def _hand_in(self, smtp: smtplib.SMTP, sender: str, to: str, content: bytes) -> None:
        code, reply = smtp.mail(sender)
        if code != 250:
            self._drop()
            remedy = "Set POLICYWATCH_MAIL_FROM to an address that this server may send for." if code >= 500 else ""
            raise ChannelDown(f"The mail server accepts no mail from {sender}: {_reply(code, reply)}.", remedy=remedy)
        code, reply = smtp.rcpt(to)
        if code not in (250, 251):
            raise self._refusal(code, reply, to)
        try:
            code, reply = smtp.data(content)
        except smtplib.SMTPDataError as error:
            raise self._answer(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            # It may have arrived. A second copy has the same Message-ID, so the reader sees one mail.
            self._drop()
            raise DeliveryError(f"The connection broke while the mail was being sent: {_said(error)}.") from error
        if code != 250:
            raise self._answer(code, reply)

    def _refusal(self, code: int, reply: bytes | str, to: str) -> DeliveryError:
        said = _reply(code, reply)
        if code == 421:
            self._drop()
            return ChannelDown(f"The mail server is closing the connection: {said}.")
        if code < 500:
            return DeliveryError(f"The mail server does not accept mail for {to} at present: {said}.")
        kind = RecipientGone if is_gone(said) else RecipientRefused
        return kind(f"The mail server refuses {to}: {said}.")

    def _answer(self, code: int, reply: bytes | str) -> DeliveryError:
        said = _reply(code, reply)
        if code == 421:
            self._drop()
        if code < 500:
            return DeliveryError(f"The mail server did not accept the mail this time: {said}.")
        return RecipientRefused(f"The mail server refuses the mail: {said}.")

    def _ready(self) -> smtplib.SMTP:
        """The open connection, ready for a new mail; a new one if the server has closed it meanwhile."""
        if self._connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                if self._connection.rset()[0] == 250:
                    return self._connection
            self._drop()
        self._connection = self._connect()
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        server, secure = self._server, ssl.create_default_context(cafile=self._server.ca_file)
        where = f"{server.host}:{server.port}"
        try:
            if server.security == "tls":
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                    server.host, server.port, self._name, timeout=server.timeout, context=secure
                )
            else:
                smtp = smtplib.SMTP(server.host, server.port, self._name, timeout=server.timeout)
        except (smtplib.SMTPException, OSError) as error:
            raise ChannelDown(f"No mail server answers at {where}: {_said(error)}.") from error
        try:
            self._greet(smtp, secure)
        except (smtplib.SMTPException, OSError) as error:
            smtp.close()
            remedy = "Check user and password in POLICYWATCH_SMTP_URL." if _is_login(error) else ""
            raise ChannelDown(
                f"The mail server at {where} rejects our login: {_said(error)}.", remedy=remedy
            ) from error
        except DeliveryError:
            smtp.close()
            raise
        return smtp

    def _greet(self, smtp: smtplib.SMTP, secure: ssl.SSLContext) -> None:
        smtp.ehlo_or_helo_if_needed()
        wish = self._server.security
        if wish == "required" and not smtp.has_extn("starttls"):
            remedy = "Use smtps://, or add ?starttls=never if the connection is trusted."
            raise ChannelDown(f"The mail server at {self._server.host} offers no STARTTLS.", remedy=remedy)
        if wish in ("required", "offered") and smtp.has_extn("starttls"):
            smtp.starttls(context=secure)
            smtp.ehlo()
        if self._server.user:
            smtp.login(self._server.user, self._server.password)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _is_login(error: Exception) -> bool:
    return isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPNotSupportedError)


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply(error.smtp_code, error.smtp_error)
    return shorten(one_line(str(error)) or type(error).__name__, 200).rstrip(".")


def _reply(code: int, reply: bytes | str) -> str:
    words = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
    return in_short(f"{code} {words}", 200).rstrip(".")
