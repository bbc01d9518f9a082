"""Open the channels that the settings allow: mail through SMTP or into a folder, chat through Apprise, webhooks."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from diffs.store.notices.outbox import OWNER
from notifier.settings import NotifierSettings
from notifier.subscribers.links import Links

from .base import Channel, MailChannel, Pace, Paced
from .chat import ChatChannel
from .folder import FolderChannel
from .smtp import MailServer, SmtpChannel
from .webhook import WebhookChannel


@contextmanager
def open_channels(settings: NotifierSettings, links: Links) -> Iterator[dict[str, Channel]]:
    """The channels that the settings allow, by name: those of `CHANNELS`, and `OWNER`.

    No connection is made before the first delivery. Raises SettingsError if the mail server's address is wrong.
    """
    with ExitStack() as stack:
        channels: dict[str, Channel] = {
            "apprise": _paced(ChatChannel(), settings.chat_per_minute),
            "webhook": _paced(WebhookChannel(links.webhook_secret), settings.webhooks_per_minute),
        }
        mail = mail_channel(settings)
        if isinstance(mail, SmtpChannel):
            stack.callback(mail.close)
        if mail is not None:
            channels["email"] = mail
        # The owner is no subscriber: the address is a setting.
        owner = settings.owner.get_secret_value()
        way = channels.get("apprise" if "://" in owner else "email")
        if owner and way is not None:
            channels[OWNER] = way
        yield channels


def mail_channel(settings: NotifierSettings) -> MailChannel | None:
    """Where mail goes according to these settings; None if no mail server is set. Raises SettingsError."""
    url = settings.smtp_url.get_secret_value()
    if not url:
        return None
    scheme, _, rest = url.partition(":")
    if scheme.lower() in ("folder", "file"):
        return FolderChannel(Path(unquote(urlsplit(url).path if scheme.lower() == "file" else rest)).expanduser())
    server = MailServer.from_url(url, ca_file=settings.smtp_ca_file, timeout=settings.smtp_timeout)
    return SmtpChannel(server, name=settings.mail_domain, per_minute=settings.mail_per_minute)


def _paced(channel: Channel, per_minute: int) -> Channel:
    return Paced(channel, Pace(per_minute)) if per_minute else channel
