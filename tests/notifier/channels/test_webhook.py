"""Signed JSON and chat messages, received by a real HTTP server on the loopback."""

import base64
import hmac
import json
import logging
import re
import ssl
import threading
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from urllib3.exceptions import InsecureRequestWarning

from diffs.errors import DeliveryError, RecipientGone, RecipientRefused
from diffs.values import Fact, Judgement, TargetMove
from notifier.channels import chat
from notifier.channels.chat import ChatChannel
from notifier.channels.webhook import WebhookChannel, payload
from notifier.rendering import disclaimer
from notifier.subscribers.links import Links
from notifier.values import Looked, ToldChange, Unread, VersionMark
from tests.notifier.mail.test_digest import digest
from tests.notifier.vocabulary import DAY, HOSTILE, LATE_SHIPMENTS, NOON, hostile_change, told

# Apprise 2.2 looks for a module that Python 3.13 no longer has.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

LINKS = Links(b"secret")


@dataclass
class Receiver:
    port: int = 0
    status: int = 200
    answer: bytes = b""
    server: Any = None
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
            self.send_header("Content-Length", str(len(received.answer)))
            self.end_headers()
            self.wfile.write(received.answer)

        def log_message(self, *_: object) -> None:
            pass

    server = received.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
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
    assert body["data"]["notes"] == disclaimer.ALL
    assert "127.0.0.1" not in json.dumps(payload(digest(told(), to=receiver.url)))


ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "docs" / "webhook.schema.json").read_text(encoding="utf-8"))


def faults(value: Any, schema: dict[str, Any], at: str = "body") -> list[str]:
    """Where a value departs from a schema: the keywords that ours uses, and nothing undocumented passes."""
    schema = schema if "$ref" not in schema else SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    unknown = schema.keys() - {"$schema", "$defs", "title", "description", "type", "properties", "required", "items",
                               "enum", "const", "pattern", "anyOf"}  # fmt: skip
    assert not unknown, f"the test does not know {unknown}"
    if "anyOf" in schema:
        return [] if any(not faults(value, kind, at) for kind in schema["anyOf"]) else [f"{at} is none of anyOf"]
    types = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "null": type(None)}
    wanted = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
    if wanted and not any(isinstance(value, types[name]) for name in wanted):
        return [f"{at} is no {wanted}"]
    found = (
        [f"{at} is {value!r}"]
        if value not in schema.get("enum", [value]) or value != schema.get("const", value)
        else []
    )
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{at} does not match")
    if isinstance(value, dict):
        found += [f"{at}.{name} is missing" for name in schema.get("required", []) if name not in value]
        found += [f"{at}.{name} is not documented" for name in value if name not in schema["properties"]]
        known = {name: inner for name, inner in value.items() if name in schema["properties"]}
        found += [x for name, inner in known.items() for x in faults(inner, schema["properties"][name], f"{at}.{name}")]
    if isinstance(value, list):
        found += [x for number, inner in enumerate(value) for x in faults(inner, schema["items"], f"{at}[{number}]")]
    return found


def test_what_is_posted_is_what_is_documented(receiver: Receiver, webhook: WebhookChannel) -> None:
    mark = VersionMark(2, NOON - DAY, NOON, "ab" * 32)
    fact = Fact("duration", "30 days", "15 days", "before", "after", "3. Term", 0)
    rich = told(moves=(LATE_SHIPMENTS,), facts=(fact,), effective_on=NOON.date(), from_version=mark, to_version=mark)
    gone = TargetMove("gone", LATE_SHIPMENTS.before, None)
    bare = told(uid="2", moves=(gone,), url="", points=(), to_version=VersionMark(1))
    unread = Unread("us-fees", "Fees", "https://market.example/fees", "US", "stale", NOON - DAY)

    webhook.deliver(digest(rich, bare, hostile_change(), to=receiver.url, key="k1", unread=(unread,)))
    webhook.deliver(digest(to=receiver.url, key="k1", standing=("You are at 3.4%",)))
    webhook.deliver(digest(to=receiver.url, key="k1", looked=Looked(3, 2, 1, 9, NOON)))
    webhook.deliver(digest(to=receiver.url, key="k1", looked=Looked(3)))

    for _, _, body in receiver.posts:
        assert faults(json.loads(body), SCHEMA) == []
    beat = json.loads(receiver.posts[2][2])["data"]["looked"]
    assert (beat["pages"], beat["visited"], beat["read"], beat["looks"]) == (3, 2, 1, 9)
    assert beat["last_read_at"] == "2026-11-22T12:00:00Z"
    body = json.loads(receiver.posts[0][2])
    assert body["data"]["looked"] is None
    assert body["data"]["standing"] == []
    assert faults(body | {"timestamp": "today"}, SCHEMA) == ["body.timestamp does not match"]
    assert faults(body | {"new": 1}, SCHEMA) == ["body.new is not documented"]
    assert (
        faults({**body, "data": {**body["data"], "changes": [{}]}}, SCHEMA)[0] == "body.data.changes[0].id is missing"
    )


def test_the_documented_receiver_takes_what_is_ours_and_fresh(receiver: Receiver, webhook: WebhookChannel) -> None:
    page = (ROOT / "docs" / "webhook.md").read_text(encoding="utf-8")
    sample: dict[str, Any] = {}
    exec(page.split("```python\n")[1].split("```")[0], sample)
    verified, secret, now = sample["verified"], LINKS.webhook_secret("k1"), NOON.timestamp()
    webhook.deliver(digest(hostile_change(), to=receiver.url, key="k1"))
    ((_, headers, body),) = receiver.posts

    assert verified(secret, headers, body, now + 299) == headers["webhook-id"]
    two = headers | {"webhook-signature": f"v1,AAAA {headers['webhook-signature']}"}
    assert verified(secret, two, body, now) == headers["webhook-id"], "while a secret is replaced, two stand there"
    for case, (its_secret, its_headers, its_body, at) in {
        "replayed": (secret, headers, body, now + 301),
        "from the future": (secret, headers, body, now - 301),
        "changed": (secret, headers, body + b" ", now),
        "another id": (secret, headers | {"webhook-id": "x"}, body, now),
        "another time": (secret, headers | {"webhook-timestamp": str(int(now) + 1)}, body, now),
        "another reader's": (LINKS.webhook_secret("k2"), headers, body, now),
        "another version": (secret, headers | {"webhook-signature": headers["webhook-signature"][1:]}, body, now),
    }.items():
        with pytest.raises(ValueError, match=r"replay|not signed"):
            assert verified(its_secret, its_headers, its_body, at) is case


def test_every_attempt_has_the_same_id_and_its_own_time(receiver: Receiver) -> None:
    times = iter([NOON.timestamp(), NOON.timestamp() + 600])
    webhook = WebhookChannel(LINKS.webhook_secret, now=lambda: next(times))
    receiver.status = 500
    with pytest.raises(DeliveryError):
        webhook.deliver(digest(told(), to=receiver.url, key="k1"))
    receiver.status = 200
    webhook.deliver(digest(told(), to=receiver.url, key="k1", now=NOON + 600 * timedelta(seconds=1)))

    (_, first, body), (_, second, again) = receiver.posts
    assert body == again
    assert first["webhook-id"] == second["webhook-id"]
    assert first["idempotency-key"] == second["idempotency-key"] == f'"{first["webhook-id"]}"'
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 600


def test_an_answer_without_end_is_not_read(receiver: Receiver, webhook: WebhookChannel) -> None:
    receiver.answer = b"x" * 50_000_000
    tracemalloc.start()

    webhook.deliver(digest(told(), to=receiver.url, key="k1"))

    assert tracemalloc.get_traced_memory()[1] < 60_000_000
    tracemalloc.stop()


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
    assert body["title"] == "Seller Agreement (US): Notice period falls to 15 days"
    assert "Takes effect in 9 days (1 December 2026)." in body["message"]
    assert "https://policies.example/changes/c0ffee0001" in body["message"]
    assert disclaimer.NOT_AFFILIATED in body["message"]
    assert not [entry for entry in caplog.records if entry.name.startswith("apprise")]


def test_a_chat_that_does_not_take_it_is_tried_later(receiver: Receiver) -> None:
    receiver.status = 500

    with pytest.raises(DeliveryError, match="did not accept") as caught:
        ChatChannel().deliver(digest(told(), to=f"json://127.0.0.1:{receiver.port}/secret-part"))
    assert "secret-part" not in str(caught.value)


def test_an_address_apprise_does_not_know_is_refused() -> None:
    with pytest.raises(RecipientRefused):
        ChatChannel().deliver(digest(told(), to="nonsense://secret-part"))


def test_an_address_that_names_several_chats_is_refused(receiver: Receiver) -> None:
    one = f"json://127.0.0.1:{receiver.port}/secret-part"
    several = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#one/#two"

    for address in (f"{one}, {one}2", several):
        with pytest.raises(RecipientRefused, match="several chats") as caught:
            ChatChannel().deliver(digest(told(), to=address))
        assert "secret-part" not in str(caught.value)
    assert receiver.posts == []


#: Services that Apprise sends to wherever the address says; the rest are led to the loopback below.
ANYWHERE = {
    "json": "json://127.0.0.1:{port}/secret",
    "xml": "xml://127.0.0.1:{port}/secret",
    "form": "form://127.0.0.1:{port}/secret",
    "ntfy": "ntfy://127.0.0.1:{port}/policies",
    "gotify": "gotify://127.0.0.1:{port}/Aabcdefghijklmn",
    "mattermost": "mmost://127.0.0.1:{port}/3ccdd113474722377935511fc85d3dd4",
    "rocket.chat": "rocket://8b799edf6f984d3a/9be72862fb4e5752@127.0.0.1:{port}/#policies?mode=webhook",
    "signal": "signal://127.0.0.1:{port}/+15551234567/+15557654321",
}
#: Services with a host of their own: where Apprise keeps it, what it is led to, and what the service answers.
FIXED = {
    "slack": ("slack.NotifySlack.webhook_url", "/services", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#policies", b"ok"),
    "discord": ("discord.NotifyDiscord.notify_url", "/api", "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", b"{}"),
    "telegram": ("telegram.NotifyTelegram.notify_url", "/bot", "tgram://123456789:abcdefg_hijklmnop/12315544/", b'{"ok": true, "result": {}}'),
}  # fmt: skip

#: What a service takes in one message: characters of its text field, or bytes, by its own documentation.
MOST = {"discord": 2_000, "telegram": 4_096, "mattermost": 4_000, "rocket.chat": 1_000, "ntfy": 4_096}


def deliver_through(service: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, *changes: ToldChange) -> str:
    """The body that the service was sent, decoded."""
    if service in FIXED:
        place, path, address, receiver.answer = FIXED[service]
        monkeypatch.setattr(f"apprise.plugins.{place}", f"http://127.0.0.1:{receiver.port}{path}")
    else:
        address = ANYWHERE[service].format(port=receiver.port)
    ChatChannel().deliver(digest(*changes, to=address))
    ((_, headers, body),) = receiver.posts
    if "json" in headers["content-type"]:
        return "\n".join(_strings(json.loads(body)))
    return unquote_plus(body.decode())


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


@pytest.mark.parametrize("service", [*ANYWHERE, *FIXED])
def test_each_chat_gets_the_headline_and_the_link(
    service: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = deliver_through(service, receiver, monkeypatch, told())

    assert "Notice period falls to 15 days" in sent
    assert "https://policies.example/changes/c0ffee0001" in sent
    assert "Not affiliated with Amazon" in sent


@pytest.mark.parametrize("service", MOST)
@pytest.mark.parametrize("words", ["Ways of selling & buying. ", "税込み価格は10％です🎉"])
def test_a_long_message_is_cut_to_what_the_chat_takes(
    service: str, words: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [told(words * 4, uid=f"c0ffee{n:04}", title=words * 20, points=(words * 40,) * 5) for n in range(30)]

    sent = deliver_through(service, receiver, monkeypatch, *many)

    longest = max(sent.split("\x00"), key=len)
    assert len(longest.encode("utf-16-le")) // 2 <= MOST[service] + 200, "with the fields around it"
    assert "https://policies.example/changes/c0ffee0000" in sent, "whole, whatever had to go"
    assert "more changes." in sent


def test_teams_gets_its_message(
    tls_files: tuple[Path, ssl.SSLContext], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.server.socket = tls_files[1].wrap_socket(receiver.server.socket, server_side=True)
    many = [told("What matters most " * 6, uid=f"c0ffee{n:04}", points=("Words " * 40,) * 3) for n in range(30)]

    address = f"workflows://127.0.0.1:{receiver.port}/643148a6/signature?verify=no"
    with pytest.warns(InsecureRequestWarning):
        ChatChannel().deliver(digest(*many, to=address))

    card = "\n".join(_strings(json.loads(receiver.posts[0][2])))
    assert "https://policies.example/changes/c0ffee0000" in card
    assert "more changes." in card
    assert "\\." not in card
    assert len(card) < 1_400, "1,000 for the text, the card around it"


@pytest.mark.parametrize("room", [1, 20, 80, 160, 700, 5_000])
def test_a_message_fits_wherever_it_must(room: int) -> None:
    shown = chat.text(digest(*(told(HOSTILE, uid=str(number), points=(HOSTILE,) * 3) for number in range(20))), room)

    assert 0 < len(shown.encode()) <= room
    assert "\ufffd" not in shown


def test_a_pager_gets_where_to_read_it() -> None:
    assert chat.text(digest(told()), 60) == "https://policies.example/changes/c0ffee0001"
    assert chat.text(digest(told()), 90).endswith("\nNot affiliated with Amazon.")
    assert chat.text(digest(), 30) == "https://policies.example"
    assert len(chat.title(digest(told("Words " * 40)), 40)) <= 40


def test_no_policy_text_calls_a_whole_room() -> None:
    calling = told("@everyone <!channel> <@U123> <@&42> <#C9> <:e:1> act now", title="@here")

    shown = chat.text(digest(calling)) + chat.title(digest(calling))

    assert "@everyone" not in shown
    assert "@here" not in shown
    assert not re.search(r"<[!@#:&]", shown)


def test_no_policy_text_hides_where_a_link_leads() -> None:
    shown = chat.text(digest(told("[your account](https://evil.example) [x] [1] <https://evil.example|account>")))

    assert not re.search(r"\]\s*[(\[:]", shown.replace("[high] [", ""))
    assert "<http" not in shown


def test_a_heartbeat_in_a_chat_says_what_was_checked() -> None:
    beat = digest(looked=Looked(3, 2, 1, 9, NOON))

    assert chat.title(beat).startswith("policywatch: nothing changed on 1 of 3 pages")
    assert chat.text(beat).startswith("We checked 2 of 3 pages, 9 times in all, and could read 1.")
    assert "1 page was not checked in this period." in chat.text(beat)


def test_the_owner_reads_in_a_chat_how_their_figures_compare() -> None:
    shown = chat.text(digest(told(), standing=("You are at 3.4%", "@everyone <!here>")))

    assert shown.startswith("Where you stand:\n• You are at 3.4%\n• @\u200beveryone ‹!here>\n\n[high] ")
    assert "stand" not in chat.text(digest(told()))


def test_a_chat_message_is_short() -> None:
    many = digest(*(told(f"Change {number}", uid=str(number)) for number in range(30)), unread=())

    assert "… and 20 more changes." in chat.text(many)
    unread = Unread("us-fees", "Fees", "", "US", "stale", NOON)
    assert "1 page could not be read." in chat.text(digest(told(), unread=(unread,)))
    assert "1 page showed a text other than the policy." in chat.text(digest(told(), held=(unread,)))


def test_a_chat_message_says_its_headline_once(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = deliver_through("ntfy", receiver, monkeypatch, told())

    assert sent.count("Notice period falls to 15 days") == 1
    assert "[high]" in sent
    long = told("Words that a title cannot hold " * 6)
    assert chat.text(digest(long), head=chat.title(digest(long))).startswith("[high] Seller Agreement (US): Words")


# The form of "xml" is called by its schema, which no chat shows.
@pytest.mark.parametrize("service", sorted({*ANYWHERE, *FIXED} - {"xml"}))
def test_a_chat_shows_no_name_and_no_picture_but_ours(
    service: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver_through(service, receiver, monkeypatch, told())

    ((_, headers, body),) = receiver.posts
    assert "apprise" not in f"{headers} {body.decode()}".lower()
    assert "x-icon" not in headers


def test_urgency_and_click_address_go_where_the_service_has_them(receiver: Receiver) -> None:
    ntfy, gotify = ANYWHERE["ntfy"].format(port=receiver.port), ANYWHERE["gotify"].format(port=receiver.port)
    quiet = told(judgement=Judgement("material", "low"))
    for changes, address in [
        ((told(),), ntfy),
        ((quiet,), ntfy),
        ((quiet, told(uid="2")), ntfy),
        ((told(),), f"{ntfy}?priority=min&click=https://own.example"),
        ((told(),), gotify),
        ((), ntfy),
    ]:
        ChatChannel().deliver(digest(*changes, to=address))

    sent = [headers for _, headers, _ in receiver.posts]
    page = "https://policies.example/changes/c0ffee0001"
    assert [headers.get("x-priority") for headers in sent] == ["high", "low", "high", "min", None, None]
    assert [headers.get("x-click") for headers in sent][:4] == [
        page,
        page,
        "https://policies.example",
        "https://own.example",
    ]
    assert json.loads(receiver.posts[4][2])["priority"] == 8
