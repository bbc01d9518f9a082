"""What belongs to the owner reaches only the owner: their figures, how these differ, and their work on changes."""

import json
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from diffs.database.archive import Archive
from diffs.database.models import ByHand, Event, Work
from diffs.judging.subscriptions import Filter
from diffs.scorecard import report_file
from diffs.store import changes, reports
from diffs.store.events import DIFFERS, MOVED, PRIVATE
from diffs.store.notices import queueing
from notifier.changes import told_changes, unread
from notifier.health import health
from notifier.mail.digest import Digest, html, message, text
from notifier.mail.message import Message
from notifier.outbox.send import run
from notifier.watch_state import events
from notifier.web.app import create_app
from tests.notifier.vocabulary import DAY, LATE_SHIPMENTS, NOON, reader, settings, store_change, store_page

#: Words that only the owner may read, wherever he put them.
OURS = ("report of US names", "the one before", "Confidential", "Harriet", "You are at", "17 of 500", "mine.csv")


@pytest.fixture
def kept(archive: Archive) -> Archive:
    """An archive with all that is the owner's own: figures, events of his reports, work, an entry made by hand."""
    with archive.begin() as session:
        page = store_page(session, watched=True)
        change = store_change(session, page, targets=changes.as_json([LATE_SHIPMENTS]))
        session.add(Work(change_uid=change.uid, owner="Harriet", note="Confidential", updated_at=NOON))
        for kind, detail in (
            (DIFFERS, "Late shipment rate: the report of US names under 7%, the page under 3%"),
            (MOVED, "Late shipment rate: Amazon's report of US names under 7%, the one before under 4%"),
        ):
            session.add(Event(page_id=page.id, kind=kind, started_at=NOON - DAY, last_at=NOON, detail=detail))
            ended = {"started_at": NOON - 9 * DAY, "last_at": NOON - 8 * DAY, "ended_at": NOON - 7 * DAY}
            session.add(Event(page_id=page.id, kind=kind, detail=detail, **ended))
        table = b"marketplace,metric,numerator,denominator\nUS,LSR,17,500\n"
        reports.add(session, table, report_file.read(table, "mine.csv"), name="mine.csv", now=NOON)
        session.add(ByHand(page_id=store_page(session, "note-1").id, text="Confidential", ends=NOON.date()))
        for who, channel in (("guest@example.org", "email"), ("guest://chat", "apprise"), ("https://guest", "webhook")):
            reader(session, who, channel=channel, heartbeat=True)
            reader(session, f"{who}/owner", channel=channel, heartbeat=True).standing = True
        queueing.queue(session, change, page, now=NOON)
    return archive


@pytest.fixture
def web(kept: Archive) -> Iterator[TestClient]:
    with TestClient(create_app(kept, settings(), clock=lambda: NOON), base_url="https://policies.example") as client:
        yield client


PUBLIC = [
    *(f"/{feed}.{form}" for feed in ("feed", "health") for form in ("rss", "atom", "json")),
    *("/calendar.ics", "/healthz", "/", "/changes/c0ffee0001", "/subscribe"),
]


@pytest.mark.parametrize("path", PUBLIC)
def test_nothing_that_is_the_owners_own_is_public(web: TestClient, path: str) -> None:
    answer = web.get(path)

    assert answer.status_code == 200
    assert [words for words in OURS if words in answer.text] == []


@pytest.mark.filterwarnings("ignore:Duplicate Operation ID")  # GET and HEAD have one name
def test_every_public_address_is_tried_here(web: TestClient) -> None:
    """Whoever adds an address adds it to the list above."""
    paths = set(web.app.openapi()["paths"])  # type: ignore[attr-defined]
    tried = {path.rpartition(".")[0] + ".{form}" if "/feed." in path or "/health." in path else path for path in PUBLIC}
    tried = {"/changes/{uid}" if path.startswith("/changes/") else path for path in tried}

    assert paths - tried == {"/confirm", "/preferences", "/unsubscribe"}, "these show what their own reader chose"


class Kept:
    """A channel that keeps what it is to deliver."""

    def __init__(self) -> None:
        self.digests: dict[str, Digest] = {}

    def deliver(self, message: Message) -> None:
        assert isinstance(message, Digest)
        self.digests[message.to] = message


def test_other_readers_get_nothing_of_it_by_any_channel(kept: Archive) -> None:
    from notifier.channels import chat, webhook

    ways = Kept()

    assert run(kept, {"email": ways, "apprise": ways, "webhook": ways}, now=NOON, settings=settings()).sent == 6

    shown = {
        to: " ".join((text(one) + html(one) + chat.text(one) + json.dumps(webhook.payload(one))).split())
        for to, one in ways.digests.items()
    }
    for to, words in shown.items():
        mine = to.endswith("/owner")
        assert [there for there in OURS if there in words] == (["You are at", "17 of 500"] if mine else [])
        assert words.count("You are at 3.4%") == 4 * mine, "once in text, HTML, chat and webhook"
    guest = ways.digests["guest@example.org"]
    assert not [words for words in OURS if words in message(guest).as_string()]


def test_only_checks_are_health_and_only_what_hides_a_page_makes_it_unread(kept: Archive) -> None:
    with kept.begin() as session:
        page = store_page(session, "us-fees", watched=True)
        for kind in ("blocked", "flapping"):
            session.add(Event(page_id=page.id, kind=kind, started_at=NOON, last_at=NOON, detail="why"))

    with kept.read() as session:
        assert {event.kind for event in events(session, Filter())} == {"blocked", "flapping"}
        assert [page.kind for page in unread(session)] == ["blocked"]
        assert [words for words in OURS if words in repr(told_changes(session, now=NOON))] == []
    assert not health.WORDS.keys() & set(PRIVATE), "they have no public words"
