"""The architecture, executed: page → snapshot → version → change → notice, through every room.

Real HTTP from a site on the loopback, real SMTP to a server on the loopback; only the clock is ours.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
from pydantic import SecretStr
from sqlmodel import select

from crawler.run import crawl
from crawler.settings import CrawlSettings
from crawler.watchlist.watchlists import read_watchlists
from diffs.database.archive import Archive
from diffs.database.models import Notice, Snapshot
from diffs.store import changes, evidence, observations, pages, snapshots, targets, versions
from diffs.store.notices import subscribers
from diffs.store.notices.backlog import counts
from diffs.values import Op, Outcome, SpanOp
from notifier.changes import told_changes
from notifier.channels.open import open_channels
from notifier.feeds import feed
from notifier.outbox import send
from notifier.settings import NotifierSettings
from notifier.subscribers.links import links_from
from tests.crawler.looking import policy
from tests.notifier.conftest import MailServer
from tests.site import Site

MONDAY = datetime(2026, 3, 2, 6, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)

WATCHLIST = """
[[page]]
key = "us-late-shipment-rate"
url = "{url}"
title = "Late Shipment Rate"
marketplace = "US"
category = "performance"
language = "en"
select = "#full-help-page"
"""


def test_from_page_to_notice(site: Site, mailbox: MailServer, archive: Archive, tmp_path: Path) -> None:
    settings = NotifierSettings(
        smtp_url=SecretStr(mailbox.url),
        mail_from="policies@example.org",
        base_url="https://policies.example",
        secret="x",
    )
    with archive.begin() as session:
        subscribers.add(
            session, channel="email", address="seller@example.com", cadence="at_once", confirmed=True, now=MONDAY
        )

    # page: what we watch, declared in a file
    watchlist = tmp_path / "watchlist.toml"
    watchlist.write_text(WATCHLIST.format(url=site.url("/late-shipment-rate")))
    watched, problems = read_watchlists([watchlist], allow_private_addresses=True)
    assert problems == []

    def look(at: datetime) -> None:
        asking = CrawlSettings(contact="tests@example.com", allow_private_addresses=True)
        (report,) = crawl(watched, archive=archive, settings=asking, clock=lambda: at)
        assert report.outcome is Outcome.OK

    # snapshot: what the first look brought back, to the byte
    before = policy("Keep your late shipment rate under 4%.", "We review it every month.")
    site["/late-shipment-rate"] = before
    look(MONDAY)
    with archive.read() as session:
        page = pages.get(session, "us-late-shipment-rate")
        assert page is not None
        (snapshot,) = session.exec(select(Snapshot)).all()
        assert (snapshot.status, snapshot.observed_at, snapshot.fetched_by) == (200, MONDAY, "http")
        assert snapshots.body_of(session, snapshot) == before.encode()

        # version: the policy's text, and the targets it states; the first one is no news
        (first,) = versions.listed(session, page)
        document = versions.document_of(session, first)
        assert document.title == "Late Shipment Rate"
        assert "under 4%" in document.shown
        assert "Home" not in document.shown  # the navigation is no policy
        ((_, _, _, target),) = targets.in_force(session, MONDAY)
        assert (target.metric, target.comparator, target.value, target.unit) == (
            "late_shipment_rate",
            "<",
            4,
            "percent",
        )
        assert changes.listed(session) == []

    # change: the step from one version to the next, seen twice before it counts, told with what it means
    site["/late-shipment-rate"] = policy("Keep your late shipment rate under 3%.", "We review it every month.")
    look(TUESDAY)
    assert [asked.path for asked in site.pages_asked] == ["/late-shipment-rate"] * 3
    with archive.read() as session:
        looks = observations.listed(session, page)
        assert [snapshot.purpose for _, snapshot in looks] == ["look", "look", "confirm"]
        ((change, _),) = changes.listed(session)
        assert (change.kind, change.significance, change.importance, change.told) == ("edit", "material", "high", True)
        assert change.from_version and change.to_version
        assert (change.seen_at, change.from_version["seq"], change.to_version["seq"]) == (TUESDAY, 1, 2)
        (hunk,) = changes.comparison_of(change).hunks
        words = [(span.op, span.text.strip()) for span in hunk.spans if span.op is not SpanOp.EQUAL]
        assert (hunk.op, words) == (Op.EDITED, [(SpanOp.REMOVED, "4%"), (SpanOp.ADDED, "3%")])
        (move,) = changes.moves_of(change)
        assert move.before is not None
        assert move.after is not None
        assert (move.move, move.before.value, move.after.value) == ("stricter", 4, 3)

        # notice: committed together with the change, for everybody who wants it
        (notice,) = session.exec(select(Notice)).all()
        assert (notice.change_id, notice.state) == (change.id, "due")

    # delivered once, with the words a person needs
    with open_channels(settings, links_from(settings)) as channels:
        sent = send.run(archive, channels, now=TUESDAY, settings=settings)
        again = send.run(archive, channels, now=TUESDAY, settings=settings)
    assert (sent.sent, sent.troubles, again.sent) == (1, [], 0)
    (mail,) = mailbox.mails
    assert mail["To"] == "seller@example.com"
    assert "3%" in mail["Subject"]
    assert "List-Unsubscribe" in mail
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        assert "Keep your late shipment rate under" in body.get_content()
        assert "No legal advice" in body.get_content()
    with archive.read() as session:
        assert counts(session) == {"sent": 1}

        # and published: the same change in every feed
        told = told_changes(session, now=datetime.now(UTC))
        for form in ("rss", "atom"):
            channel = feed.Channel(title="Policies", updated=TUESDAY, base_url=settings.base_url)
            parsed = feedparser.parse(feed.render(form, channel, told))
            assert not parsed.bozo
            (entry,) = parsed.entries
            assert "3%" in entry.title
            assert "<del>[-4%-]</del>" in entry.content[0].value

        # evidence: every look is in the chain, and everything after the snapshot can be derived again
        checked = evidence.verify(session)
        assert (checked.snapshots, checked.broken) == (3, "")
