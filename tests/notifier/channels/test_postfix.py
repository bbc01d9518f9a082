"""Mail through Debian's Postfix: what arrives is complete, what is refused or returned is noticed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from diffs.database.archive import Archive
from diffs.errors import ChannelDown
from diffs.store.notices import plan, subscribers
from notifier.channels.bounces import bounces
from notifier.channels.open import open_channels
from notifier.channels.smtp import MailServer as Server
from notifier.channels.smtp import SmtpChannel
from notifier.outbox.send import Report, run
from notifier.subscribers.links import links_from
from tests.notifier import postfix
from tests.notifier.mail.test_digest import digest, example
from tests.notifier.vocabulary import NOON, hostile_change, queued, settings

pytestmark = [pytest.mark.smtp, pytest.mark.skipif(bool(postfix.MISSING), reason=postfix.MISSING)]

SENDER = "Policywatch <policies@example.test>"


@pytest.fixture
def server(tls_files: Any) -> Iterator[postfix.Postfix]:
    with postfix.running(tls_files[0], "reader", "two", "policies") as running:
        yield running


def notify(archive: Archive, url: str, tls_files: Any, *, now: Any = NOON) -> Report:
    chosen = settings(smtp_url=url, smtp_ca_file=tls_files[0], mail_from=SENDER, base_url="https://policies.example")
    with open_channels(chosen, links_from(chosen)) as channels:
        return run(archive, channels, now=now, settings=chosen)


def test_mail_through_a_real_server(archive: Archive, server: postfix.Postfix, tls_files: Any) -> None:
    """One story, since a server takes seconds to start: three ways in, whole mails, a refusal, and a return."""
    starttls = f"smtp://127.0.0.1:{server.plain}?starttls=required"
    queued(archive, "reader@example.test", "unknown@example.test", "moved@example.test", "two@example.test")

    report = notify(archive, starttls, tls_files)

    # Whoever is not known there is refused at once; the others get their mail.
    assert (report.sent, report.parked) == (3, 1)
    assert "550 5.1.1 <unknown@example.test>" in report.troubles[0].reason
    (mail,) = server.mails("reader")
    server.mails("two")
    assert mail["Subject"] == "Title of us-agreement (US): Notice period falls to 15 days"
    assert mail["From"] == SENDER
    assert mail["List-Id"] == "<changes.example.test>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]  # type: ignore[attr-defined]
    assert "ESMTPS" in mail["Received"], "the way there was encrypted"
    assert not mail.defects

    # Whoever is known no more behind the server comes back as a report, which stops them.
    (returned,) = server.mails("policies")
    (bounce,) = bounces(returned.as_bytes())
    assert (bounce.address, bounce.status, bounce.gone) == ("moved@example.test", "5.1.1", True)
    with archive.begin() as session:
        gone = plan.returned(session, bounce.message_id, error=bounce.reason)
        assert gone is not None
        assert gone.address == "moved@example.test"
        subscribers.stop(session, gone, reason=bounce.reason)
    assert notify(archive, starttls, tls_files, now=NOON + timedelta(days=1)).sent == 0

    _every_way_in(server, tls_files)


def _every_way_in(server: postfix.Postfix, tls_files: Any) -> None:
    def deliver(url: str, *digests: Any) -> None:
        channel = SmtpChannel(Server.from_url(url, ca_file=tls_files[0], timeout=10))
        for made in digests:
            channel.deliver(made)
        channel.close()

    to = {"to": "two@example.test", "sender": SENDER}
    hostile = digest(hostile_change(), **to, message_id="<notice.hostile@example.test>")
    whole = digest(*example().changes, **to, message_id="<notice.whole@example.test>")
    deliver(f"smtps://127.0.0.1:{server.tls}", whole, hostile)
    deliver(f"smtp://user:p%40ss%3Aword@127.0.0.1:{server.login}?starttls=required", whole)
    with pytest.raises(ChannelDown, match=r"535 5\.7\.8"):
        deliver(f"smtp://user:wrong@127.0.0.1:{server.login}?starttls=required", whole)

    found = {str(mail["Message-ID"]): mail for mail in server.mails("two", at_least=4)}
    assert set(found) >= {"<notice.hostile@example.test>", "<notice.whole@example.test>"}
    assert found["<notice.hostile@example.test>"]["Bcc"] is None
    assert found["<notice.hostile@example.test>"]["To"] == "two@example.test"
    text, html = (part.get_content() for part in found["<notice.whole@example.test>"].iter_parts())  # type: ignore[attr-defined]
    assert "出品規約の通知期間が短縮" in text
    assert "تغيير شروط البيع 🎉" in html
    lines = [path.read_bytes().split(b"\n") for path in (server.maildir("two") / "new").iterdir()]
    unsubscribe = [[line for line in mail if line.startswith(b"List-Unsubscribe:")] for mail in lines]
    assert all(len(found) == 1 and found[0].endswith(b">") for found in unsubscribe), "one header on one line"
