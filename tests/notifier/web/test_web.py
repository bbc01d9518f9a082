"""The web app as browsers, feed readers and mail programs use it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import feedparser
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlmodel import select

from diffs.database.archive import Archive
from diffs.database.models import Signup, Subscriber
from diffs.errors import ArchiveError, ChannelDown, DeliveryError, RecipientRefused
from diffs.store.notices import subscribers
from diffs.store.notices.backlog import backlog, counts
from notifier.mail.message import Message
from notifier.outbox.send import run
from notifier.rendering import disclaimer
from notifier.subscribers import opt_in
from notifier.subscribers.links import CONFIRM, PREFERENCES, UNSUBSCRIBE, links_from
from notifier.web.app import create_app
from tests.notifier.vocabulary import DAY, HOSTILE, NOON, queued, reader, settings, store_change, store_page

LINKS = links_from(settings())


#: Where new readers can be asked.
OPEN = settings(smtp_url="folder:unused")


@dataclass
class Outgoing:
    """The mail channel and the clock of the app."""

    archive: Archive
    mails: list[EmailMessage] = field(default_factory=list)
    fails: DeliveryError | None = None
    now: datetime = NOON

    def deliver(self, message: Message) -> None:
        if self.fails:
            raise self.fails
        self.mails.append(message.as_mail())

    def goes_out(self) -> list[str]:
        """Let the outbox run; to whom all mails went by now."""
        run(self.archive, {"email": self}, now=self.now, settings=OPEN)
        return [str(mail["To"]) for mail in self.mails]

    @property
    def link(self) -> str:
        text = self.mails[-1].get_content()
        found = re.search(r"https://policies\.example(/confirm\S+)", text)
        assert found
        return found.group(1)


@pytest.fixture
def outgoing(archive: Archive) -> Outgoing:
    return Outgoing(archive)


@pytest.fixture
def web(archive: Archive, outgoing: Outgoing) -> Iterator[TestClient]:
    app = create_app(archive, OPEN, clock=lambda: outgoing.now)
    with TestClient(app, base_url="https://policies.example") as client:
        yield client


def known(archive: Archive, address: str = "reader@example.org") -> Subscriber:
    with archive.read() as session:
        found = subscribers.by_address(session, "email", address)
        assert found is not None
        return found


def several(archive: Archive) -> None:
    with archive.begin() as session:
        us, de = store_page(session, "us-fees", category="fees"), store_page(session, "de-terms", marketplace="DE")
        store_change(session, us, "aaaaaa0001", headline="US fees", importance="low", categories=["fees"])
        store_change(session, de, "aaaaaa0002", headline="German terms", importance="high", decided_at=NOON + DAY)
        store_change(session, de, "aaaaaa0003", headline="Untold", told=False)


@pytest.mark.parametrize(
    ("query", "headlines"),
    [
        ("", ["German terms", "US fees"]),
        ("?marketplace=DE", ["German terms"]),
        ("?page=us-fees", ["US fees"]),
        ("?category=fees", ["US fees"]),
        ("?importance=high", ["German terms"]),
        ("?marketplace=US&importance=high", []),
    ],
)
@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_a_feed_for_everything_and_for_each_filter(
    web: TestClient, archive: Archive, form: str, query: str, headlines: list[str]
) -> None:
    several(archive)

    answer = web.get(f"/feed.{form}{query}")

    assert answer.status_code == 200
    if form == "json":
        assert answer.headers["content-type"].startswith("application/feed+json")
        assert [item["title"].partition("): ")[2] for item in answer.json()["items"]] == headlines
    else:
        feed = feedparser.parse(answer.content)
        assert feed.bozo == 0
        assert [entry.title.partition("): ")[2] for entry in feed.entries] == headlines
        assert feed.feed.links[-1].href.startswith(f"https://policies.example/feed.{form}")


def test_a_feed_that_did_not_change_is_not_sent_again(web: TestClient, archive: Archive, outgoing: Outgoing) -> None:
    several(archive)
    first = web.get("/feed.atom")
    outgoing.now += DAY

    again = web.get("/feed.atom", headers={"if-none-match": f'"other", W/{first.headers["etag"]}'})
    with archive.begin() as session:
        store_change(session, store_page(session, "us-new"), "bbbbbb0001")
    changed = web.get("/feed.atom", headers={"if-none-match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200


def test_an_empty_feed_is_not_new_at_every_check(web: TestClient, outgoing: Outgoing) -> None:
    first = web.get("/feed.rss")
    outgoing.now += DAY

    assert web.get("/feed.rss", headers={"if-none-match": first.headers["etag"]}).status_code == 304


def test_a_long_feed_is_read_page_by_page(web: TestClient, archive: Archive) -> None:
    with archive.begin() as session:
        page = store_page(session)
        for number in range(120):
            store_change(session, page, f"cccccc{number:04}", decided_at=NOON + timedelta(minutes=number))

    seen, address = [], "/feed.atom?marketplace=US"
    while address:
        feed = feedparser.parse(web.get(address).content)
        seen += [entry.id for entry in feed.entries]
        address = next((link.href for link in feed.feed.links if link.rel == "next"), "")

    assert len(seen) == len(set(seen)) == 120
    assert web.get("/feed.atom?archive=2026.4").status_code == 404


@pytest.mark.parametrize("path", ["/", "/feed.rss", "/feed.atom", "/feed.json", "/healthz", "/subscribe"])
def test_head_is_answered_like_get(web: TestClient, path: str) -> None:
    get, head = web.get(path), web.head(path)

    assert head.status_code == get.status_code == 200
    assert head.headers["content-type"] == get.headers["content-type"]


def test_every_entrys_link_leads_to_its_change_for_ever(web: TestClient, archive: Archive) -> None:
    several(archive)
    entry = feedparser.parse(web.get("/feed.atom").content).entries[0]

    answer = web.get(entry.link)

    assert "German terms" in answer.text
    assert "<del>30</del> <ins>15</ins>" in answer.text
    assert disclaimer.NOT_AFFILIATED in answer.text
    feeds = re.findall(r'rel="alternate" type="([^"]+)"', answer.text)
    assert feeds.count("application/atom+xml") == 3, "this page's, all changes, our own health"
    assert feeds.count("text/calendar") == 1
    assert web.get("/changes/aaaaaa0003").status_code == 404, "what was not told has no page"
    assert web.get("/changes/nothing000").status_code == 404


def test_hostile_text_stays_text_on_every_page(web: TestClient, archive: Archive) -> None:
    with archive.begin() as session:
        page = store_page(session, title=HOSTILE.replace("\x00", "").replace("\ud800", ""), url="javascript:alert(1)")
        store_change(session, page, headline=HOSTILE.replace("\x00", "").replace("\ud800", ""))

    for path in ("/", "/changes/c0ffee0001", "/subscribe"):
        answer = web.get(path)
        assert "<script" not in answer.text
        assert 'href="javascript' not in answer.text
        assert "\x1b" not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"


def test_a_reader_subscribes_by_confirming(web: TestClient, archive: Archive, outgoing: Outgoing) -> None:
    several(archive)
    form = {"email": "reader@Example.org", "cadence": "weekly", "marketplace": ["DE", "US"], "time_zone": "Asia/Tokyo"}
    answer = web.post("/subscribe", data=form)

    assert answer.status_code == 200
    assert outgoing.goes_out() == ["reader@example.org"]
    assert known(archive).state == "pending"
    assert web.get(outgoing.link).status_code == 200
    assert known(archive).state == "pending", "a mail scanner that opens the link confirms nothing"
    web.post(outgoing.link)
    now = known(archive)
    assert (now.state, now.cadence, now.marketplaces, now.time_zone) == ("active", "weekly", ["DE", "US"], "Asia/Tokyo")


def test_nobody_learns_who_reads_us(web: TestClient, archive: Archive, outgoing: Outgoing) -> None:
    """Neither words nor status differ, whether an address is known, new or refused, and whether mail goes out."""
    with archive.begin() as session:
        reader(session, "old@example.org")

    asked = [web.post("/subscribe", data={"email": name}) for name in ("old@example.org", "new@example.org")]
    outgoing.goes_out()
    outgoing.fails = RecipientRefused("550 no such user")
    asked.append(web.post("/subscribe", data={"email": "wrong@example.org"}))
    outgoing.goes_out()
    outgoing.fails = ChannelDown("down")
    asked += [web.post("/subscribe", data={"email": name}) for name in ("old@example.org", "other@example.org")]

    assert {(answer.status_code, answer.text) for answer in asked} == {(200, asked[0].text)}
    assert [mail["To"] for mail in outgoing.mails] == ["new@example.org"]
    assert known(archive, "old@example.org").state == "active"


def test_the_form_searches_nothing_before_it_answers(web: TestClient, archive: Archive) -> None:
    """So the time it takes tells nothing either: a known and an unknown address make the very same statements."""
    with archive.begin() as session:
        reader(session, "old@example.org")
    made: list[list[str]] = []
    listening: list[str] = []
    engine = archive._engine

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        listening.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    for address in ("old@example.org", "new@example.org"):
        listening.clear()
        web.post("/subscribe", data={"email": address})
        made.append([*listening])
    event.remove(engine, "before_cursor_execute", note)

    assert made[0] == made[1]
    assert not [statement for statement in made[0] if "subscriber" in statement]


SPELLINGS = (
    "victim@example.org",
    "Victim@example.org",
    "v.ictim@example.org",
    "victim+1@example.org",
    "VICTIM+2@EXAMPLE.org",
)


def test_the_form_is_no_mail_bomb(web: TestClient, outgoing: Outgoing) -> None:
    """One mailbox, however it is spelt: once a day and three times in all, through any number of restarts."""
    for _ in range(12):
        for address in SPELLINGS:
            web.post("/subscribe", data={"email": address})
        outgoing.goes_out()
        outgoing.now += timedelta(hours=14)

    assert len(outgoing.mails) == 3
    outgoing.now += timedelta(days=31)
    web.post("/subscribe", data={"email": "victim@example.org"})
    assert len(outgoing.goes_out()) == 4, "nobody is kept out for ever"


def test_who_left_is_asked_once_and_not_brought_back_by_an_old_link(
    web: TestClient, archive: Archive, outgoing: Outgoing
) -> None:
    web.post("/subscribe", data={"email": "reader@example.org"})
    outgoing.goes_out()
    old = outgoing.link
    web.post(old)
    web.post(LINKS.to(UNSUBSCRIBE, known(archive).key))

    assert web.post(old).status_code == 404
    assert known(archive).state == "stopped"
    for _ in range(20):
        outgoing.now += DAY
        web.post("/subscribe", data={"email": "reader@example.org"})
        outgoing.goes_out()
    assert len(outgoing.mails) == 1, "asked in this month already"
    outgoing.now += 31 * DAY
    web.post("/subscribe", data={"email": "reader@example.org"})
    assert len(outgoing.goes_out()) == 2
    outgoing.now += 9 * DAY
    outgoing.goes_out()
    assert (known(archive).state, known(archive).stopped_reason) == ("stopped", "unsubscribed"), "they did not answer"


def test_an_old_link_does_not_end_a_pause(web: TestClient, archive: Archive, outgoing: Outgoing) -> None:
    web.post("/subscribe", data={"email": "reader@example.org"})
    outgoing.goes_out()
    web.post(outgoing.link)
    with archive.begin() as session:
        subscribers.pause(subscribers.by_address(session, "email", "reader@example.org"))  # type: ignore[arg-type]

    assert web.post(outgoing.link).status_code == 200
    assert known(archive).state == "paused"


def test_everybody_is_asked_in_the_end_sixty_an_hour(web: TestClient, outgoing: Outgoing) -> None:
    """Nobody can use up the questions of an hour so that others never get theirs."""
    for number in range(130):
        assert web.post("/subscribe", data={"email": f"reader{number}@example.org"}).status_code == 200

    sent = []
    for _ in range(3):
        sent.append(len(outgoing.goes_out()))
        outgoing.now += timedelta(hours=1)
    assert sent == [60, 120, 130]


def test_too_many_who_wait_are_said(web: TestClient, archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diffs.store.notices.signups.MOST_WAITING", 2)

    answers = [web.post("/subscribe", data={"email": f"reader{number}@example.org"}) for number in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 503]
    assert "try again tomorrow" in answers[2].text


def of(address: str, archive: Archive, outgoing: Outgoing) -> TestClient:
    """The app as somebody at this internet address uses it, however often it is started."""
    app = create_app(archive, OPEN, clock=lambda: outgoing.now)
    return TestClient(app, base_url="https://policies.example", client=(address, 50_000))


def test_one_stranger_never_uses_up_the_form_for_all(archive: Archive, outgoing: Outgoing) -> None:
    stranger = [
        of("2a01:4f8:7::" + f"{number:x}", archive, outgoing).post(
            "/subscribe", data={"email": f"victim{number}@example.org"}
        )
        for number in range(30)
    ]

    assert [answer.status_code for answer in stranger] == [200] * 10 + [429] * 20
    assert "from your network today" in stranger[-1].text
    for address in ("2a01:4f8:8::1", "93.184.216.34"):
        other = of(address, archive, outgoing).post("/subscribe", data={"email": f"{address[0]}@example.org"})
        assert other.status_code == 200
    assert len(outgoing.goes_out()) == 12
    # Behind a proxy that does not say for whom it asks, everybody has one address: that counts nobody out.
    hidden = [
        of("127.0.0.1", archive, outgoing).post("/subscribe", data={"email": f"r{n}@a.example"}) for n in range(12)
    ]
    assert {answer.status_code for answer in hidden} == {200}
    outgoing.now += DAY + timedelta(minutes=1)
    again = of("2a01:4f8:7::1", archive, outgoing).post("/subscribe", data={"email": "late@example.org"})
    assert again.status_code == 200


def test_nobody_finds_in_the_archive_where_a_reader_signed_up(archive: Archive, outgoing: Outgoing) -> None:
    of("93.184.216.34", archive, outgoing).post("/subscribe", data={"email": "reader@example.org"})

    with archive.read() as session:
        (row,) = session.exec(select(Signup))
    assert re.fullmatch(r"[0-9a-f]{32}", row.sender)
    assert row.sender == LINKS.sender("93.184.216.34") != links_from(settings(secret="other")).sender("93.184.216.34")
    outgoing.now += DAY + timedelta(minutes=1)
    outgoing.goes_out()
    with archive.read() as session:
        assert [row.sender for row in session.exec(select(Signup))] == [""]


def test_who_does_not_answer_is_forgotten(web: TestClient, archive: Archive, outgoing: Outgoing) -> None:
    web.post("/subscribe", data={"email": "reader@example.org", "page": "x" * 200})
    with archive.begin() as session:
        reader(session, "listed@example.org", confirmed=False)
    outgoing.goes_out()
    with archive.read() as session:
        (row,) = session.exec(select(Signup))
        assert (row.address, row.wishes, row.asked_at) == ("", None, NOON)
    outgoing.now += 31 * DAY
    outgoing.goes_out()

    with archive.read() as session:
        left = [reader.address for reader in subscribers.listed(session)]
        assert session.exec(select(Signup)).all() == []
    assert left == ["listed@example.org"], "whom the owner put on the list stays there"


def test_a_stranger_fills_the_archive_with_no_words_of_theirs(web: TestClient, archive: Archive) -> None:
    several(archive)
    web.post(
        "/subscribe", data={"email": "a@example.org", "page": ["us-fees", *("x" * number for number in range(1, 150))]}
    )

    with archive.read() as session:
        (row,) = session.exec(select(Signup))
    assert row.wishes is not None
    assert row.wishes["pages"] == ["us-fees"]


def test_without_mail_the_form_points_to_the_feeds(archive: Archive) -> None:
    web = TestClient(create_app(archive, settings()))

    assert "No mail server is set up here" in web.get("/subscribe").text
    assert web.post("/subscribe", data={"email": "a@example.org"}).status_code == 503


@pytest.mark.parametrize(
    ("body", "status"), [(b"email=nobody", 422), (b"", 422), (b"email=" + b"x" * 30_000, 413), (b"a&" * 2000, 400)]
)
def test_an_odd_form_is_refused(web: TestClient, body: bytes, status: int) -> None:
    assert web.post("/subscribe", content=body).status_code in (status, 422)
    assert web.get("/healthz").status_code == 200


def test_one_click_unsubscribes_without_cookie_or_login(web: TestClient, archive: Archive) -> None:
    queued(archive, "reader@example.org")
    link = LINKS.to(UNSUBSCRIBE, known(archive).key)

    assert web.get(link).status_code == 200
    assert known(archive).state == "active", "opening the link changes nothing"
    answer = web.post(link, content=b"List-Unsubscribe=One-Click")

    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert known(archive).state == "stopped"
    assert web.post(link).status_code == 200, "twice is no error"
    assert web.get("/healthz").json()["notices_due"] == 0


def test_a_reader_chooses_and_pauses(web: TestClient, archive: Archive) -> None:
    queued(archive, "reader@example.org")
    link = LINKS.to(PREFERENCES, known(archive).key)

    form = web.get(link).text
    assert 'value="US"' in form
    web.post(link, data={"importance": "high", "category": "agreement", "pause": "yes"})
    paused = known(archive)
    web.post(link, data={"cadence": "at_once"})
    back = known(archive)

    assert (paused.state, paused.importance, paused.categories, paused.cadence) == (
        "paused",
        "high",
        ["agreement"],
        "daily",
    )
    assert (back.state, back.cadence, back.categories) == ("active", "at_once", [])


def test_who_left_cannot_come_back_by_an_old_link(web: TestClient, archive: Archive) -> None:
    queued(archive, "reader@example.org")
    key = known(archive).key
    web.post(LINKS.to(UNSUBSCRIBE, key))

    assert web.post(LINKS.to(PREFERENCES, key), data={}).status_code == 409
    assert known(archive).state == "stopped"


@pytest.mark.parametrize("path", ["/confirm", "/unsubscribe", "/preferences"])
def test_a_forged_or_foreign_link_does_nothing(web: TestClient, archive: Archive, path: str) -> None:
    queued(archive, "reader@example.org")
    key = known(archive).key
    others = {"/confirm": UNSUBSCRIBE, "/unsubscribe": PREFERENCES, "/preferences": CONFIRM}

    for token in ("", "nonsense", f"{key}.0.AAAA", LINKS.token(others[path], key), LINKS.token(path[1:], "nobody")):
        assert web.get(path, params={"t": token}).status_code == 404
        assert web.post(path, params={"t": token}).status_code == 404
    assert known(archive).state == "active"


def test_an_archive_that_cannot_be_read_is_said(web: TestClient, archive: Archive, monkeypatch: Any) -> None:
    def broken() -> None:
        raise ArchiveError("disk gone")

    monkeypatch.setattr(archive, "read", broken)
    answer = web.get("/healthz")

    assert answer.status_code == 503
    assert "disk" not in answer.text


def test_a_reader_who_was_asked_is_not_asked_again_by_the_owner(
    web: TestClient, archive: Archive, outgoing: Outgoing
) -> None:
    web.post("/subscribe", data={"email": "reader@example.org"})
    outgoing.goes_out()

    assert known(archive).asked_at == NOON
    assert opt_in.ask(archive, now=NOON) == 0


def test_new_wishes_hold_for_what_waits_and_a_heartbeat_can_be_asked_for(web: TestClient, archive: Archive) -> None:
    queued(archive, "reader@example.org", cadence="weekly")
    link = f"/preferences?t={LINKS.token(PREFERENCES, known(archive).key)}"

    web.post(link, data={"cadence": "at_once", "heartbeat": "yes"})

    assert known(archive).heartbeat
    assert re.search(r'name="heartbeat" value="yes" checked', web.get(link).text)
    with archive.read() as session:
        assert backlog(session, now=NOON, channels=["email"]).due == 1
    web.post(link, data={"cadence": "at_once", "category": "tax"})
    with archive.read() as session:
        assert counts(session) == {"dropped": 1}
    assert not known(archive).heartbeat
