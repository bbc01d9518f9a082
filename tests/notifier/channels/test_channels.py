"""Mail through a real server: TLS, login, limits; into a folder; and what is said when it fails."""

import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from diffs.errors import ChannelDown, DeliveryError, RecipientGone, RecipientRefused, SettingsError
from diffs.store.notices.outbox import OWNER
from notifier.channels.base import CHANNELS, Pace, Paced
from notifier.channels.folder import FolderChannel
from notifier.channels.open import mail_channel, open_channels
from notifier.channels.smtp import MailServer as Server
from notifier.channels.smtp import SmtpChannel
from notifier.settings import NotifierSettings
from notifier.subscribers.links import Links
from tests.notifier.conftest import MailServer, serve
from tests.notifier.mail.test_digest import digest
from tests.notifier.vocabulary import settings, told


@pytest.fixture
def secure_server(tls_files: Any) -> Iterator[MailServer]:
    """Offers STARTTLS, wants a login after it."""
    server = MailServer()
    controller = serve(
        server, tls_context=tls_files[1], authenticator=server.authenticate, auth_required=True, auth_require_tls=True
    )
    yield server
    controller.stop()


def channel(url: str, **options: Any) -> SmtpChannel:
    return SmtpChannel(Server.from_url(url, timeout=5, **options.pop("server", {})), **options)


def test_mail_goes_through_starttls_and_login(secure_server: MailServer, tls_files: Any) -> None:
    url = f"smtp://user:p%40ss%3Aword@127.0.0.1:{secure_server.port}?starttls=required"
    smtp = channel(url, server={"ca_file": tls_files[0]})

    smtp.deliver(digest(told()))
    smtp.deliver(digest(told(), to="two@example.org"))
    smtp.close()

    assert secure_server.recipients == ["reader@example.org", "two@example.org"]
    assert secure_server.logins == ["user"], "one login for both"


def test_mail_goes_through_tls_from_the_start(tls_files: Any) -> None:
    server = MailServer()
    # The controller would knock without trusting our certificate.
    controller = serve(server, ssl_context=tls_files[1])
    try:
        smtp = channel(f"smtps://127.0.0.1:{server.port}", server={"ca_file": tls_files[0]})
        smtp.deliver(digest(told()))
        smtp.close()
    finally:
        controller.stop()

    assert server.recipients == ["reader@example.org"]


def test_a_server_with_a_wrong_certificate_gets_nothing(secure_server: MailServer) -> None:
    smtp = channel(f"smtp://user:p%40ss%3Aword@127.0.0.1:{secure_server.port}?starttls=required")

    with pytest.raises(ChannelDown, match="certificate"):
        smtp.deliver(digest(told()))
    assert secure_server.logins == []


def test_a_password_never_goes_over_an_open_line(mail_server: MailServer) -> None:
    smtp = channel(f"{mail_server.url.replace('127', 'user:secret@127')}?starttls=required")

    with pytest.raises(ChannelDown, match="offers no STARTTLS") as caught:
        smtp.deliver(digest(told()))
    assert "secret" not in str(caught.value)
    assert mail_server.logins == []


def test_a_wrong_password_is_named_but_not_shown(secure_server: MailServer, tls_files: Any) -> None:
    url = f"smtp://user:hunter2@127.0.0.1:{secure_server.port}?starttls=required"
    smtp = channel(url, server={"ca_file": tls_files[0]})

    with pytest.raises(ChannelDown, match="Check user and password") as caught:
        smtp.deliver(digest(told()))
    assert "hunter2" not in str(caught.value)


def test_a_server_that_closed_the_connection_is_asked_again(mail_server: MailServer) -> None:
    smtp = channel(mail_server.url)
    smtp.deliver(digest(told()))
    assert smtp._connection is not None
    smtp._connection.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]

    smtp.deliver(digest(told(), to="two@example.org"))
    smtp.close()

    assert mail_server.recipients == ["reader@example.org", "two@example.org"]
    assert mail_server.sessions == 2


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("550 5.1.1 No such user", RecipientGone),
        ("550 No such user", RecipientGone),
        ("550 5.2.1 Mailbox disabled", RecipientGone),
        ("551 User unknown here", RecipientGone),
        ("550 Invalid recipient <reader@example.org>", RecipientGone),
        ("550 Service unavailable; client host blocked", RecipientRefused),
        ("550 Access denied, unknown reason", RecipientRefused),
        ("553 5.1.8 Your sender address does not exist", RecipientRefused),
        ("554 No such user", RecipientRefused),
        ("550 5.7.26 Unauthenticated mail", RecipientRefused),
        ("554 Relay access denied", RecipientRefused),
        ("450 4.2.0 Greylisted", DeliveryError),
        ("421 4.3.2 Shutting down", ChannelDown),
    ],
)
def test_each_refusal_has_its_kind(mail_server: MailServer, reply: str, kind: type[DeliveryError]) -> None:
    mail_server.refuse = {"reader@example.org": reply}
    smtp = channel(mail_server.url)

    with pytest.raises(DeliveryError) as caught:
        smtp.deliver(digest(told()))
    smtp.close()

    assert type(caught.value) is kind
    assert reply in str(caught.value)


def test_a_sender_the_server_does_not_know_is_the_owners_fault(mail_server: MailServer) -> None:
    smtp = channel(mail_server.url)

    with pytest.raises(ChannelDown, match="POLICYWATCH_MAIL_FROM"):
        smtp.deliver(digest(told(), sender=f"{'x' * 5000}@policies.example"))
    smtp.close()


def test_a_connection_cut_before_the_mail_was_handed_in_is_a_channel_that_is_down(mail_server: MailServer) -> None:
    mail_server.refuse = {"reader@example.org": "cut"}

    with pytest.raises(ChannelDown, match="broke off"):
        channel(mail_server.url).deliver(digest(told()))


def test_a_server_that_closes_after_a_mail_is_connected_anew(mail_server: MailServer) -> None:
    smtp = channel(mail_server.url)
    mail_server.answer = "421 4.3.2 Shutting down"
    with pytest.raises(DeliveryError, match="did not accept the mail this time"):
        smtp.deliver(digest(told()))

    mail_server.answer = ""
    smtp.deliver(digest(told()))
    smtp.close()

    assert mail_server.sessions == 2


def test_no_more_mails_a_minute_than_allowed(mail_server: MailServer) -> None:
    clock, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds

    smtp = channel(mail_server.url, per_minute=30, clock=lambda: clock[0], sleep=sleep)
    for _ in range(3):
        smtp.deliver(digest(told()))
    smtp.close()

    assert slept == [2.0, 2.0]


def test_an_address_that_cannot_be_written_to_is_refused_alone(mail_server: MailServer) -> None:
    with pytest.raises(RecipientRefused, match="Not a mail address"):
        channel(mail_server.url).deliver(digest(told(), to="a@b\r\nRCPT TO:<c@d>"))


def test_mail_into_a_folder_is_one_file_per_message(tmp_path: Path) -> None:
    folder = mail_channel(NotifierSettings(smtp_url=f"folder:{tmp_path / 'mail'}"))
    assert isinstance(folder, FolderChannel)

    for _ in range(2):
        folder.deliver(digest(told()))
    folder.deliver(digest(told(), message_id=f"<{'../' * 60}x@y>"))

    files = sorted((tmp_path / "mail").iterdir())
    assert len(files) == 2
    assert {path.suffix for path in files} == {".eml"}
    named = tmp_path / "mail" / "notice-0123456789abcdef.eml"
    assert (
        message_from_bytes(named.read_bytes(), policy=default)["Subject"]
        == "Seller Agreement (US): Notice period falls to 15 days"
    )


def test_a_folder_that_cannot_be_written_is_a_channel_that_is_down(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file")

    with pytest.raises(ChannelDown, match="cannot be written into"):
        FolderChannel(tmp_path / "mail").deliver(digest(told()))


def test_the_settings_say_where_mail_goes(tmp_path: Path) -> None:
    assert mail_channel(NotifierSettings()) is None
    by_url = mail_channel(NotifierSettings(smtp_url=f"file://{tmp_path}/my%20mail"))
    assert isinstance(by_url, FolderChannel)
    assert by_url.folder == tmp_path / "my mail"
    with open_channels(settings(smtp_url="smtp://mail.example"), Links(b"s")) as channels:
        assert set(channels) == {"apprise", "webhook", "email"}
    with open_channels(NotifierSettings(), Links(b"s")) as channels:
        assert set(channels) == {"apprise", "webhook"}


@pytest.mark.parametrize(
    ("url", "port", "security"),
    [
        ("smtp://mail.example", 25, "offered"),
        ("smtp://user:pw@mail.example", 587, "required"),
        ("smtp://user:pw@mail.example:2525?starttls=never", 2525, "never"),
        ("smtps://user:pw@mail.example", 465, "tls"),
        ("smtp://localhost", 25, "never"),
    ],
)
def test_a_mail_servers_address_is_read(url: str, port: int, security: str) -> None:
    server = Server.from_url(url)

    assert (server.port, server.security) == (port, security)
    assert "pw" not in repr(server)


@pytest.mark.parametrize("url", ["smtp://", "smtp://host:notaport", "smtp://host?starttls=perhaps", "smtp://[::1"])
def test_a_wrong_address_is_reported_with_a_remedy(url: str) -> None:
    with pytest.raises(SettingsError, match="POLICYWATCH_SMTP_URL"):
        Server.from_url(url)


def test_every_channel_keeps_its_pace() -> None:
    clock, slept = [0.0], []

    class Counting:
        told = 0

        def deliver(self, digest: Any) -> None:
            self.told += 1

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds

    chat = Counting()
    paced = Paced(chat, Pace(60, clock=lambda: clock[0], sleep=sleep))
    for _ in range(3):
        paced.deliver(digest(told()))

    assert (chat.told, slept) == (3, [1.0, 1.0])
    limited = NotifierSettings(chat_per_minute=20, webhooks_per_minute=0)
    with open_channels(limited, Links(b"s")) as channels:
        assert isinstance(channels["apprise"], Paced)
        assert not isinstance(channels["webhook"], Paced)


def test_every_channel_that_a_subscriber_may_have_can_be_opened(tmp_path: Path) -> None:
    with open_channels(settings(smtp_url=f"folder:{tmp_path}", owner="me@example.org"), Links(b"s")) as channels:
        assert set(channels) == {*CHANNELS, OWNER}
