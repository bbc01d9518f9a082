"""Our own health, reported like news; and when a supervisor must act."""

import json
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import feedparser
import pytest

from diffs.database.archive import Archive
from diffs.database.models import Event, Page
from diffs.judging.subscriptions import Filter
from diffs.store import hosts, snapshots
from diffs.store.notices import outbox
from diffs.values import Capture
from notifier.feeds.formats import Channel, write
from notifier.health.health import HealthEvent, Rest, State, entries, problems, warnings
from notifier.watch_state import events, rests, state
from tests.notifier.feed_rules import broken
from tests.notifier.vocabulary import DAY, HOSTILE, NOON, queued, store_page

HOUR = timedelta(hours=1)
CHANNELS = ("email",)


def event(kind: str = "blocked", **fields: Any) -> HealthEvent:
    known: dict[str, Any] = {
        "page": "us-fees",
        "title": "Fees",
        "url": "https://market.example/fees",
        "marketplace": "US",
        "category": "fees",
        "started_at": NOON - 3 * DAY,
        "detail": "robot_check: the page asks for a human.",
    }
    return HealthEvent(kind=kind, **known | fields)


def as_feed(form: str, *found: HealthEvent, rests: tuple[Rest, ...] = ()) -> bytes:
    out = BytesIO()
    site = Channel(
        "Health", NOON, base_url="https://policies.example", self_url=f"https://policies.example/health.{form}"
    )
    write(out, form, site, entries(found, rests))
    return out.getvalue()


def test_a_page_that_cannot_be_read_is_an_entry_of_its_own() -> None:
    (begun,) = entries([event()])

    assert begun.title == "Fees (United States) cannot be read: the site asked us to stay away"
    assert begun.at == NOON - 3 * DAY
    assert begun.summary.splitlines() == [
        "Since 19 November 2026, 12:00 UTC.",
        "Reason: the page asks for a human.",
        "Changes there are unknown until the page can be read again; then they are reported.",
    ]
    assert "no change" not in begun.html


def test_a_title_that_names_its_marketplace_is_left_as_it_is() -> None:
    (begun,) = entries([event("shrunk", title="Seller Agreement (United States)")])

    assert begun.title == "Seller Agreement (United States) cannot be read completely"


def test_its_end_is_another_entry_and_the_first_stays_as_it_was() -> None:
    (begun,) = entries([event()])
    ended, same = entries([event(ended_at=NOON)])

    assert same == begun
    assert ended.urn != begun.urn
    assert ended.at == NOON
    assert ended.title == "Fees (United States) can be read again"
    assert "From 19 November 2026, 12:00 UTC to 22 November 2026, 12:00 UTC (3 days)." in ended.summary


@pytest.mark.parametrize(
    ("kind", "begun", "ended"),
    [
        ("unreadable", "cannot be read", "can be read again"),
        ("shrunk", "cannot be read completely", "can be read completely again"),
        ("gone_suspected", "cannot be found", "is no longer missing, or was reported as removed"),
        ("flapping", "shows different texts in turn", "shows one text again"),
        (
            "volatile",
            "has parts that change at nearly every check; they are left out",
            "no longer changes all the time",
        ),
        (
            "second_line",
            "shows a text other than its policy",
            "shows its policy again, or the new text was accepted",
        ),
        ("rejected", "shows a text that was rejected", "shows another text again"),
        ("of a later version", "cannot be read", "can be read again"),
    ],
)
def test_each_kind_has_its_words(kind: str, begun: str, ended: str) -> None:
    titles = [entry.title for entry in entries([event(kind, ended_at=NOON, detail="")])]

    assert titles == [f"Fees (United States) {ended}", f"Fees (United States) {begun}"]


def test_a_host_at_rest_is_an_entry() -> None:
    (rest,) = entries([], [Rest("market.example", NOON, NOON + DAY, "It asked for a human.")])

    assert rest.title == "market.example is left alone until 23 November 2026, 12:00 UTC"
    assert "Reason: It asked for a human." in rest.summary
    assert not rest.link
    assert "Reason" not in entries([], [Rest("market.example", NOON, NOON + DAY)])[0].summary


def test_the_newest_come_first_and_not_too_many() -> None:
    many = [event(page=str(number), started_at=NOON - number * HOUR) for number in range(150)]

    found = entries(many[::-1])

    assert len(found) == 100
    assert [entry.at for entry in found] == [NOON - number * HOUR for number in range(100)]


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_the_health_feed_is_valid_and_harmless(form: str) -> None:
    hostile = event(title=HOSTILE, detail=HOSTILE, url="javascript:alert(1)", page="odd", marketplace="", ended_at=NOON)
    rest = Rest("market.example", NOON, NOON + DAY, HOSTILE)

    data = as_feed(form, event(), hostile, rests=(rest,))

    assert broken(form, data) == []
    if form == "json":
        (item, *_) = json.loads(data)["items"]
        assert item["_policywatch"]["phase"] in ("begun", "ended")
    else:
        found = feedparser.parse(data)
        assert found.bozo == 0
        assert len(found.entries) == 4
        titles = " ".join(entry.title for entry in found.entries)
        assert "\u202e" not in titles
        assert "\n" not in titles


# --- from the archive ---------------------------------------------------------------------------------------------


def noted(archive: Archive, key: str, kind: str = "blocked", *, watched: bool = True, **fields: Any) -> None:
    with archive.begin() as session:
        page = store_page(session, key, watched=watched, **{k: fields.pop(k) for k in ("marketplace",) if k in fields})
        known: dict[str, Any] = {"started_at": NOON - DAY, "last_at": NOON - HOUR, "detail": "robot_check: why"}
        session.add(Event(page_id=page.id, kind=kind, **known | fields))


def test_events_come_from_the_archive_by_filter(archive: Archive) -> None:
    noted(archive, "us-fees")
    noted(archive, "de-fees", marketplace="DE", ended_at=NOON)
    noted(archive, "imported", watched=False)

    with archive.read() as session:
        assert [found.page for found in events(session)] == ["de-fees", "us-fees"]
        assert [found.page for found in events(session, Filter(marketplaces=("us",)))] == ["us-fees"]
        assert len(events(session, most=1)) == 1


def test_the_entry_of_an_event_stays_when_it_goes_on(archive: Archive) -> None:
    noted(archive, "us-fees")
    with archive.read() as session:
        before = entries(events(session))
    with archive.begin() as session:
        row = session.get_one(Event, 1)
        row.count, row.last_at = 7, NOON
    with archive.read() as session:
        assert entries(events(session)) == before


def test_a_host_at_rest_is_reported_where_a_page_of_it_is_watched(archive: Archive) -> None:
    with archive.begin() as session:
        store_page(session, "us-fees")
        store_page(session, "odd", url="http://[odd")
        store_page(session, "other", url="https://other.example./x")
        hosts.asked(session, "market.example", at=NOON - HOUR)
        for host in ("market.example", "other.example", "stranger.example"):
            hosts.rest(session, host, now=NOON, until=NOON + DAY, reason="robot check")

    with archive.read() as session:
        found = rests(session, now=NOON)
        assert [(rest.host, rest.since) for rest in found] == [("market.example", NOON - HOUR), ("other.example", NOON)]
        assert rests(session, Filter(pages=("us-fees",)), now=NOON) == found[:1]
        assert rests(session, now=NOON + 2 * DAY) == []


def looked(archive: Archive, at: datetime, *, recorded: bool = False) -> None:
    with archive.begin() as session:
        page = session.get(Page, 1) or store_page(session, created_at=NOON - 10 * DAY, check_every=43_200)
        capture = Capture(url=page.url, body=b"<p>a policy", fetched_by="http")
        snapshots.add(session, page, capture, observed_at=at, stored_at=at, recorded=recorded)


def verdict(archive: Archive, now: datetime) -> tuple[list[str], list[str]]:
    with archive.read() as session:
        found = state(session, now=now, channels=CHANNELS)
    return problems(found), warnings(found, now=now)


def test_that_nothing_is_checked_any_more_is_a_warning(archive: Archive) -> None:
    looked(archive, NOON)

    assert verdict(archive, NOON + 24 * HOUR) == ([], [])
    problem, (warning,) = verdict(archive, NOON + 26 * HOUR)
    assert problem == []
    assert warning == "No page has been checked since 22 November 2026, 12:00 UTC: policywatch crawl has not been run."


def test_a_page_that_was_never_checked_counts_from_its_first_day(archive: Archive) -> None:
    assert verdict(archive, NOON) == ([], []), "nothing is watched yet"
    with archive.begin() as session:
        store_page(session, created_at=NOON)

    assert verdict(archive, NOON + DAY) == ([], [])
    assert len(verdict(archive, NOON + 2 * DAY)[1]) == 1


def test_a_host_at_rest_is_no_reason_to_call_anybody(archive: Archive) -> None:
    looked(archive, NOON)
    with archive.begin() as session:
        hosts.rest(session, "market.example", now=NOON, until=NOON + 5 * DAY, reason="robot check")

    assert verdict(archive, NOON + 4 * DAY) == ([], ["1 host is left alone for now."])


def test_recorded_history_is_no_check_of_ours(archive: Archive) -> None:
    looked(archive, NOON)
    looked(archive, NOON + 3 * DAY, recorded=True)

    assert len(verdict(archive, NOON + 3 * DAY)[1]) == 1


def test_notices_that_nobody_sends_are_a_warning(archive: Archive) -> None:
    queued(archive, "reader@example.org")

    looked(archive, NOON + 25 * HOUR)

    assert verdict(archive, NOON + 25 * HOUR) == ([], [])
    assert verdict(archive, NOON + 26 * HOUR)[0] == []
    (warning,) = [found for found in verdict(archive, NOON + 26 * HOUR)[1] if "Notices" in found]
    assert warning.startswith("Notices wait since 22 November 2026, 12:00 UTC: policywatch notify has not been run")


def test_what_is_being_dealt_with_is_a_warning(archive: Archive) -> None:
    queued(archive, "a@example.org", "b@example.org")
    noted(archive, "us-fees")
    for refused in (False, True):
        with archive.begin() as session:
            parcel = outbox.claim(session, now=NOON, by="me", domain="d.example", channels=CHANNELS)
            assert parcel is not None
            if refused:
                outbox.park(session, parcel.message_id, error="no such user")
            else:
                outbox.retry(session, parcel.message_id, not_before=NOON + DAY, error="try later")

    assert verdict(archive, NOON + HOUR) == (
        [],
        [
            "1 page cannot be read at present.",
            "1 notice could not be delivered yet and will be tried again.",
            "1 notice was refused for good.",
        ],
    )


def test_a_state_of_nothing_is_well() -> None:
    assert problems(State(pages=4, unread=2)) == []
    assert problems(State(pages=4, unread=3)) == [
        "3 of 4 pages could not be read at their last check: policywatch health says why."
    ]
    assert problems(State(pages=4, held=1)) == [
        (
            "1 page showed a text other than the policy, or half of it, for more than 7 days: policywatch accept or"
            " reject decides."
        )
    ]
    assert warnings(State(pages=4, unlike=1), now=NOON) == ["1 page shows a text other than the policy."]
    assert problems(State()) == warnings(State(), now=NOON) == []
