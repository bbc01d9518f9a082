"""Signed JSON and chat messages, received by a real HTTP server on the loopback."""

import base64
import hmac
import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from diffs.errors import DeliveryError, RecipientGone, RecipientRefused
from notifier import chat, notes
from notifier.chat import ChatChannel
from notifier.subscribers import Links
from notifier.told import Unread
from notifier.webhook import WebhookChannel, payload

from .test_digest import digest
from .vocabulary import DAY, LATE_SHIPMENTS, NOON, told

# Apprise 2.2 looks for a module that Python 3.13 no longer has.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

LINKS = Links(b"secret")


@dataclass
class Receiver:
    port: int = 0
    status: int = 200
    posts: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/secret-part"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    received = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.posts.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(received.status)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    received.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield received
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def webhook() -> WebhookChannel:
    return WebhookChannel(LINKS.webhook_secret, now=NOON.timestamp)


def test_the_receiver_can_check_who_sent_it_and_when(receiver: Receiver, webhook: WebhookChannel) -> None:
    webhook.deliver(digest(told(), to=receiver.url, key="k1"))

    ((path, headers, body),) = receiver.posts
    assert path == "/hooks/secret-part"
    assert headers["webhook-id"] == "notice.0123456789abcdef@policies.example"
    assert headers["webhook-timestamp"] == str(int(NOON.timestamp()))
    key = base64.b64decode(LINKS.webhook_secret("k1").removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(hmac.digest(key, signed, 'sha256')).decode()}"


def test_the_body_holds_what_the_command_line_prints(receiver: Receiver, webhook: WebhookChannel) -> None:
    unread = Unread("us-fees", "Fees", "https://market.example/fees", "US", "stale", NOON - DAY)
    webhook.deliver(digest(told(moves=(LATE_SHIPMENTS,)), to=receiver.url, key="k1", unread=(unread,)))

    body = json.loads(receiver.posts[0][2])
    assert body["type"] == "policywatch.changes"
    (change,) = body["data"]["changes"]
    assert change["id"] == "c0ffee0001"
    assert change["link"] == "https://policies.example/changes/c0ffee0001"
    assert change["decided_at"] == "2026-11-22T12:00:00Z"
    assert change["targets"][0]["after"]["value"] == 3.0
    assert body["data"]["unread"][0]["page"] == "us-fees"
    assert body["data"]["notes"] == notes.ALL
    assert "127.0.0.1" not in json.dumps(payload(digest(told(), to=receiver.url)))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (410, RecipientGone),
        (413, RecipientRefused),
        (302, DeliveryError),
        (404, DeliveryError),
        (429, DeliveryError),
        (500, DeliveryError),
    ],
)
def test_each_answer_has_its_kind(
    receiver: Receiver, webhook: WebhookChannel, status: int, kind: type[DeliveryError]
) -> None:
    receiver.status = status

    with pytest.raises(DeliveryError) as caught:
        webhook.deliver(digest(told(), to=receiver.url, key="k1"))

    assert type(caught.value) is kind
    assert "secret-part" not in str(caught.value)
    assert len(receiver.posts) == 1, "no redirect is followed, nothing repeated"


def test_a_receiver_that_is_down_is_tried_later(receiver: Receiver, webhook: WebhookChannel) -> None:
    with pytest.raises(DeliveryError, match=r"at 127.0.0.1 cannot be reached: \w+\.$"):
        webhook.deliver(digest(told(), to="http://127.0.0.1:9/secret-part", key="k1"))


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "http://"])
def test_what_is_no_web_address_is_refused(webhook: WebhookChannel, address: str) -> None:
    with pytest.raises(RecipientRefused):
        webhook.deliver(digest(told(), to=address, key="k1"))


def test_a_chat_is_reached_through_apprise(receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    address = f"json://127.0.0.1:{receiver.port}/secret-part"

    ChatChannel().deliver(digest(told(effective_on=date(2026, 12, 1)), to=address))

    body = json.loads(receiver.posts[0][2])
    assert body["title"] == "Notice period falls to 15 days"
    assert "Takes effect in 9 days (1 December 2026)." in body["message"]
    assert "https://policies.example/changes/c0ffee0001" in body["message"]
    assert notes.NOT_AFFILIATED in body["message"]
    assert not [entry for entry in caplog.records if entry.name.startswith("apprise")]


def test_a_chat_that_does_not_take_it_is_tried_later(receiver: Receiver) -> None:
    receiver.status = 500

    with pytest.raises(DeliveryError, match="did not take") as caught:
        ChatChannel().deliver(digest(told(), to=f"json://127.0.0.1:{receiver.port}/secret-part"))
    assert "secret-part" not in str(caught.value)


def test_an_address_apprise_does_not_know_is_refused() -> None:
    with pytest.raises(RecipientRefused):
        ChatChannel().deliver(digest(told(), to="nonsense://secret-part"))


def test_no_policy_text_calls_a_whole_room() -> None:
    calling = told("@everyone <!channel> act now", title="@here")

    shown = chat.text(digest(calling)) + chat.title(digest(calling))

    assert "@everyone" not in shown
    assert "@here" not in shown
    assert "<!channel>" not in shown


def test_a_chat_message_is_short() -> None:
    many = digest(*(told(f"Change {number}", uid=str(number)) for number in range(30)), unread=())

    assert "… and 20 more changes." in chat.text(many)
    unread = Unread("us-fees", "Fees", "", "US", "stale", NOON)
    assert "1 page could not be read." in chat.text(digest(told(), unread=(unread,)))
