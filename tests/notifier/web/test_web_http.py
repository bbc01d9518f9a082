"""The web app over real HTTP, as feed readers, browsers and supervisors use it: uvicorn on the loopback."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest
import uvicorn
from fastapi.testclient import TestClient

from diffs.database.archive import Archive
from diffs.database.models import Event, Page, Snapshot
from diffs.store import hosts
from notifier.settings import NotifierSettings
from notifier.web.app import create_app
from tests.notifier.feed_rules import broken
from tests.notifier.feeds.test_calendar import read as read_calendar
from tests.notifier.vocabulary import DAY, HOSTILE, NOON, settings, store_change, store_page


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Served:
    """The running app. Its own address is its `base_url`, so that what it links to can be fetched."""

    url: str
    now: datetime = NOON + DAY

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        parts = urlsplit(path if "://" in path else self.url + path)
        assert f"http://{parts.netloc}" == self.url, "a link that leads away"
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
        try:
            address = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request(method, address, headers={k.replace("_", "-"): v for k, v in headers.items()})
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()


@pytest.fixture
def served(archive: Archive) -> Iterator[Served]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # who asks before the server is up waits
        at = Served(f"http://127.0.0.1:{listening.getsockname()[1]}")
        app = create_app(archive, settings(base_url=at.url), clock=lambda: at.now)
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield at
        server.should_exit = True
        thread.join()


def filled(archive: Archive, number: int = 3, **fields: Any) -> None:
    with archive.begin() as session:
        page = store_page(session)
        for at in range(number):
            known = {"decided_at": NOON - timedelta(minutes=number - at), "effective_on": date(2026, 12, 1)}
            store_change(session, page, f"cccccc{at:04}", **known | fields)


def parsed(answer: Answer) -> Any:
    found = feedparser.parse(answer.body, response_headers={"content-type": answer.headers["content-type"]})
    assert found.bozo == 0, found.get("bozo_exception")
    return found


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_feedparser_fetches_a_feed_and_reads_back_every_field(served: Served, archive: Archive, form: str) -> None:
    filled(archive, 1)

    found = feedparser.parse(f"{served.url}/feed.{form}?marketplace=us&importance=high")

    assert (found.status, found.bozo) == (200, 0)
    assert found.feed.title == "policywatch: United States, high importance"
    assert {link.rel: link.href for link in found.feed.links}["self"].endswith("?marketplace=US&importance=high")
    (entry,) = found.entries
    assert entry.title == "Title of us-agreement (US): Notice period falls to 15 days"
    assert entry.link == f"{served.url}/changes/cccccc0000"
    assert entry.published_parsed[:5] == (2026, 11, 22, 11, 59)
    assert {tag.term for tag in entry.tags} == {"us-agreement", "US", "agreement", "high", "edit"}
    assert "Effective 1 December 2026." in entry.summary
    assert "<del>[-30-]</del> <ins>{+15+}</ins>" in entry.content[0].value
    assert (
        feedparser.parse(f"{served.url}/feed.{form}", etag=feedparser.parse(f"{served.url}/feed.{form}").etag).status
        == 304
    )
    again = feedparser.parse(f"{served.url}/feed.{form}", modified=found.modified)
    assert again.status == 304, "a reader that keeps the date only"


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
@pytest.mark.parametrize("path", ["/feed", "/health"])
def test_every_feed_is_valid_as_served(served: Served, archive: Archive, path: str, form: str) -> None:
    hostile = HOSTILE.replace("\x00", "").replace("\ud800", "")
    filled(archive, 60, headline=hostile, points=[hostile])
    with archive.begin() as session:
        session.get_one(Page, 1).title = hostile
        session.add(Event(page_id=1, kind="blocked", started_at=NOON, last_at=NOON, detail=hostile))
        hosts.rest(session, "market.example", now=NOON, until=NOON + 9 * DAY, reason=hostile)

    answer = served.ask(f"{path}.{form}")

    assert answer.headers["content-type"].startswith("application/")
    assert broken(form, answer.body) == []
    assert b"\x1b" not in answer.body


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_a_reader_walks_from_the_newest_to_the_oldest_entry(served: Served, archive: Archive, form: str) -> None:
    filled(archive, 170)

    seen: list[str] = []
    address, documents = f"{served.url}/feed.{form}?category=agreement", []
    while address:
        answer = served.ask(address)
        assert broken(form, answer.body) == []
        documents.append(answer)
        if form == "json":
            found = json.loads(answer.body)
            seen += [item["id"] for item in found["items"]]
            address = found.get("next_url", "")
        else:
            feed = parsed(answer)
            seen += [entry.id for entry in feed.entries]
            address = next((link.href for link in feed.feed.links if link.rel == "next"), "")

    assert len(seen) == len(set(seen)) == 170
    assert len(documents) == 3
    filled_later(archive)
    assert served.ask(f"/feed.{form}?category=agreement&archive=2026.1").body == documents[-1].body, "for ever"


def filled_later(archive: Archive) -> None:
    with archive.begin() as session:
        page = session.get_one(Page, 1)
        for at in range(70):
            store_change(session, page, f"dddddd{at:04}", decided_at=NOON + timedelta(minutes=at))


def test_links_forward_and_back_are_as_rfc_5005_has_them(served: Served, archive: Archive) -> None:
    filled(archive, 170)

    newest, middle, oldest = (
        {link.rel: link.href.removeprefix(served.url) for link in parsed(served.ask(f"/feed.atom{query}")).feed.links}
        for query in ("", "?archive=2026.2", "?archive=2026.1")
    )

    assert newest["next"] == newest["prev-archive"] == "/feed.atom?archive=2026.2"
    assert (middle["previous"], middle["next"]) == ("/feed.atom", "/feed.atom?archive=2026.1")
    assert (oldest["next-archive"], oldest["current"]) == ("/feed.atom?archive=2026.2", "/feed.atom")
    assert newest["last"] == middle["last"] == oldest["self"]
    assert "next" not in oldest
    assert "fh_archive" in parsed(served.ask("/feed.rss?archive=2026.1")).feed
    assert parsed(served.ask("/feed.atom?archive=2026.1")).feed.id == parsed(served.ask("/feed.atom")).feed.id


def test_head_says_what_get_says(served: Served, archive: Archive) -> None:
    filled(archive)

    for path in ("/", "/changes/cccccc0000", "/feed.rss", "/feed.json", "/health.atom", "/calendar.ics", "/healthz",
                 "/subscribe", "/nowhere"):  # fmt: skip
        get, head = served.ask(path), served.ask(path, "HEAD")
        assert (head.status, head.body) == (get.status, b"")
        for name in ("content-type", "content-length", "etag", "last-modified", "content-security-policy"):
            assert head.headers.get(name) == get.headers.get(name), (path, name)


def test_conditional_requests_are_answered_by_the_book(served: Served, archive: Archive) -> None:
    filled(archive)
    first = served.ask("/feed.atom")
    etag, modified = first.headers["etag"], first.headers["last-modified"]
    assert modified == "Sun, 22 Nov 2026 11:59:00 GMT"

    def status(**headers: str) -> int:
        answer = served.ask("/feed.atom", **headers)
        assert answer.headers["etag"] == etag
        assert (answer.status == 304) == (answer.body == b"")
        return answer.status

    assert status(If_None_Match=etag) == status(If_None_Match=f'"x", W/{etag}') == status(If_None_Match="*") == 304
    assert status(If_Modified_Since=modified) == 304
    assert status(If_Modified_Since="Sun, 22 Nov 2026 11:58:59 GMT") == 200
    assert status(If_Modified_Since="Sun, 22 Nov 2099 11:59:00 GMT") == 200, "a date of the future is no memory"
    assert (
        status(If_Modified_Since="yesterday") == status(If_Modified_Since="Sun, 22 Nov 2026 11:59:00 -0000") - 0 == 200
    )
    assert status(If_None_Match='"x"', If_Modified_Since=modified) == 200, "the tag is asked first"


def test_history_that_is_brought_in_is_new_to_those_who_ask_by_date(served: Served, archive: Archive) -> None:
    filled(archive)
    modified = served.ask("/feed.rss").headers["last-modified"]
    with archive.begin() as session:
        change = store_change(session, session.get_one(Page, 1), "eeeeee0001", decided_at=NOON - 900 * DAY)
        session.get_one(Snapshot, change.snapshot_id).stored_at = NOON + timedelta(hours=1)

    answer = served.ask("/feed.rss", If_Modified_Since=modified)

    assert answer.status == 200
    assert answer.headers["last-modified"] == "Sun, 22 Nov 2026 13:00:00 GMT"


def test_a_second_that_is_not_over_has_no_date(served: Served, archive: Archive) -> None:
    filled(archive, decided_at=NOON)
    served.now = NOON + timedelta(milliseconds=900)

    assert "last-modified" not in served.ask("/feed.rss").headers
    served.now = NOON + timedelta(seconds=1)
    assert served.ask("/feed.rss").headers["last-modified"] == "Sun, 22 Nov 2026 12:00:00 GMT"


def test_the_calendar_is_fetched_by_filter(served: Served, archive: Archive) -> None:
    filled(archive)
    with archive.begin() as session:
        store_change(session, store_page(session, "de-terms", marketplace="DE"), "dddddd0001")

    answer = served.ask("/calendar.ics")
    calendar, events = read_calendar(answer.body)

    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert len(events) == 3, "one of the four has no date"
    assert calendar["SOURCE"] == f"{served.url}/calendar.ics"
    assert served.ask("/calendar.ics", If_None_Match=answer.headers["etag"]).status == 304
    assert read_calendar(served.ask("/calendar.ics?marketplace=DE").body)[1] == []


def test_the_health_feed_reports_beginning_and_end(served: Served, archive: Archive) -> None:
    filled(archive, 1)
    with archive.begin() as session:
        event = Event(page_id=1, kind="blocked", started_at=NOON - DAY, last_at=NOON, detail="robot_check: why")
        session.add(event)
        hosts.asked(session, "market.example", at=NOON)
        hosts.rest(session, "market.example", now=NOON, until=NOON + 3 * DAY, reason="robot check")
    first = parsed(served.ask("/health.atom"))
    served.now = NOON + 5 * DAY
    with archive.begin() as session:
        session.get_one(Event, 1).ended_at = NOON + 4 * DAY
    later = parsed(served.ask("/health.atom?page=us-agreement"))

    assert [entry.title for entry in first.entries] == [
        "market.example is left alone until 25 November 2026, 12:00 UTC",
        "Title of us-agreement (United States) cannot be read: the site asked us to stay away",
    ]
    assert [entry.title for entry in later.entries] == [
        "Title of us-agreement (United States) can be read again",
        "Title of us-agreement (United States) cannot be read: the site asked us to stay away",
    ]
    assert later.entries[1].id == first.entries[1].id


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/feed.rss?page=us-agreemnt", 404, "There is no page &#39;us-agreemnt&#39; here."),
        ("/feed.rss?marketplace=ZZ", 404, "There is no marketplace"),
        ("/feed.rss?category=fee", 404, "There is no category"),
        ("/feed.rss?marktplace=US", 422, "(marktplace)"),
        ("/feed.rss?importance=highest", 422, "(importance)"),
        ("/feed.rss?archive=1999.1", 404, "no such archive document"),
        ("/feed.xml", 422, "(form)"),
        ("/health.rss?page=%3Cscript%3E", 404, "&lt;script&gt;"),
        ("/calendar.ics?page=x", 404, "There is no page"),
        ("/changes/cccccc", 404, "There is no such change."),
        ("/nowhere", 404, "There is nothing at this address."),
        ("/feed.rss/", 404, "nothing at this address"),
    ],
)
def test_what_is_not_there_is_said_in_plain_words(
    served: Served, archive: Archive, path: str, status: int, words: str
) -> None:
    filled(archive, 1)

    answer = served.ask(path)

    assert answer.status == status
    assert words in answer.text
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?category=fees",
        "?category=suspension-and-termination",
        "?marketplace=JP",
        "?marketplace=us,DE&importance=low",
    ],
)
def test_what_may_come_one_day_can_be_subscribed_to_today(served: Served, archive: Archive, query: str) -> None:
    filled(archive, 1)

    for path in ("/feed.atom", "/calendar.ics"):
        assert served.ask(path + query).status == 200


def test_a_forged_host_leads_nobody_astray(served: Served, archive: Archive) -> None:
    filled(archive, 1)

    for path in (
        "/",
        "/feed.rss",
        "/feed.json",
        "/health.rss",
        "/calendar.ics",
        "/subscribe",
        "/subscribe/",
        "/feed.rss/",
    ):
        answer = served.ask(path, Host="evil.example", X_Forwarded_Host="evil.example")
        assert "evil.example" not in answer.text + str(answer.headers)
        assert answer.status in (200, 404), "no redirect made from it"


def test_no_answer_sets_a_cookie_and_all_are_safe(served: Served, archive: Archive) -> None:
    filled(archive, 1)

    for path in ("/", "/feed.rss", "/calendar.ics", "/healthz", "/subscribe", "/nowhere", "/confirm?t=x"):
        headers = served.ask(path).headers
        assert "set-cookie" not in headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert ("access-control-allow-origin" in headers) == (path in ("/feed.rss", "/calendar.ics"))
    assert served.ask("/feed.rss", "POST").status == 405
    assert served.ask("/feed.rss", "POST").headers["allow"]


def test_an_error_of_our_own_shows_nothing_of_the_inside(
    served: Served, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_off(*_: object, **__: object) -> None:
        raise RuntimeError("a secret inside")

    monkeypatch.setattr("notifier.web.feeds.marks", broken_off)
    answer = served.ask("/feed.rss")

    assert answer.status == 500
    assert "Something went wrong here." in answer.text
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_supervisor_learns_what_is_wrong(served: Served, archive: Archive) -> None:
    filled(archive, 1)
    served.now = NOON
    well = served.ask("/healthz")
    served.now = NOON + 9 * DAY
    idle = served.ask("/healthz")
    with archive.begin() as session:
        session.add(Event(page_id=1, kind="second_line", started_at=NOON, last_at=NOON, detail="other text"))
    ill = served.ask("/healthz")
    archive.close()
    path = archive.url.removeprefix("sqlite:///")
    with open(path, "wb") as file:  # noqa: PTH123 (the archive is gone)
        file.write(b"no archive any more" * 1000)
    gone = served.ask("/healthz")

    assert (well.status, json.loads(well.body)["status"]) == (200, "ok")
    assert json.loads(well.body)["last_look_at"] == "2026-11-21T12:00:00Z"
    assert (idle.status, json.loads(idle.body)["status"]) == (200, "warning")
    assert "No page has been checked since" in json.loads(idle.body)["warnings"][0]
    assert (ill.status, json.loads(ill.body)["status"]) == (503, "failing")
    assert "accept or reject decides" in json.loads(ill.body)["problems"][0]
    assert (gone.status, json.loads(gone.body)["problems"]) == (503, ["The database cannot be read."])
    answer = served.ask("/feed.rss")
    assert (answer.status, answer.headers["retry-after"]) == (503, "60")
    assert path not in answer.text


def test_a_site_below_a_path_links_to_itself(archive: Archive) -> None:
    filled(archive, 1)
    below = NotifierSettings(base_url="https://example.org/policies", secret="s")
    web = TestClient(create_app(archive, below, clock=lambda: NOON))

    assert 'href="/policies/changes/cccccc0000"' in web.get("/").text
    assert 'href="https://example.org/policies/feed.atom?page=us-agreement"' in web.get("/changes/cccccc0000").text
    assert "https://example.org/policies/changes/cccccc0000" in web.get("/feed.rss").text
