"""Notices arrive once, through a real mail server, with everything that can go wrong on the way."""

import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from diffs.database.archive import Archive, open_archive
from diffs.database.models import Change, Event, Notice, Subscriber
from diffs.errors import DeliveryError
from diffs.scorecard import report_file
from diffs.store import changes, reports
from diffs.store.notices import outbox, plan, queueing, subscribers
from notifier.channels.open import open_channels
from notifier.outbox.send import MOST_ATTEMPTS, Report, Trouble, run, shown_address, wait_after
from notifier.settings import NotifierSettings
from notifier.subscribers.links import links_from
from tests.notifier.conftest import MailServer, serve
from tests.notifier.vocabulary import DAY, LATE_SHIPMENTS, NOON, queued, reader, settings, store_change, store_page


def notify(archive: Archive, server: MailServer, *, now: Any = NOON, **options: Any) -> Report:
    chosen = settings(smtp_url=server.url, smtp_timeout=5, **options.pop("settings", {}))
    with open_channels(chosen, links_from(chosen)) as channels:
        return run(archive, channels, now=now, random=lambda: 0.0, settings=chosen, **options)


def states(archive: Archive) -> list[str]:
    with archive.read() as session:
        return [notice.state for notice in session.exec(select(Notice).order_by(Notice.id))]  # type: ignore[arg-type]


def test_a_reported_change_arrives_at_each_subscriber(archive: Archive, mail_server: MailServer) -> None:
    queued(archive, "one@example.org", "two@example.org")

    report = notify(archive, mail_server)

    assert (report.sent, report.told, report.troubles) == (2, 2, [])
    assert mail_server.recipients == ["one@example.org", "two@example.org"]
    assert states(archive) == ["sent", "sent"]
    assert mail_server.sessions == 1, "one connection is used for all"
    mail = mail_server.mails[0]
    assert mail["Subject"] == "Title of us-agreement (US): Notice period falls to 15 days"
    assert mail["List-Unsubscribe"].startswith("<https://policies.example/unsubscribe?t=")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = (part.get_content() for part in mail.iter_parts())  # type: ignore[attr-defined]
    assert "- We may end this agreement with 30 days of notice." in text
    assert "<del" in html
    assert "15</ins>" in html


def test_what_was_sent_is_not_sent_again(archive: Archive, mail_server: MailServer) -> None:
    queued(archive, "one@example.org")

    notify(archive, mail_server)
    report = notify(archive, mail_server, now=NOON + DAY)

    assert report.sent == 0
    assert len(mail_server.mails) == 1


def test_a_run_that_is_stopped_ends_with_the_message_at_hand(archive: Archive, mail_server: MailServer) -> None:
    queued(archive, *(f"reader{number}@example.org" for number in range(5)))

    report = notify(archive, mail_server, stopped=lambda: len(mail_server.mails) == 2)

    assert (report.sent, report.left.due, report.troubles) == (2, 3, [])
    assert notify(archive, mail_server).sent == 3
    assert len(set(mail_server.recipients)) == len(mail_server.mails) == 5


def test_changes_of_a_reader_travel_in_one_mail(archive: Archive, mail_server: MailServer) -> None:
    queued(archive, "one@example.org", changes_told=3)

    report = notify(archive, mail_server)

    assert (report.sent, report.told) == (1, 3)
    assert mail_server.mails[0]["Subject"].startswith("3 policy changes: ")


def test_a_daily_digest_waits_for_its_hour(archive: Archive, mail_server: MailServer) -> None:
    queued(archive, "one@example.org", cadence="daily", time_zone="Europe/Berlin")

    early = notify(archive, mail_server)
    in_time = notify(archive, mail_server, now=NOON.replace(day=23, hour=7, minute=0))  # 08:00 in Berlin

    assert (early.sent, early.left.later) == (0, 1)
    assert in_time.sent == 1


def test_one_refused_recipient_does_not_hold_back_the_others(archive: Archive, mail_server: MailServer) -> None:
    mail_server.refuse = {"bad@example.org": "550 5.1.1 No such user"}
    queued(archive, "bad@example.org", "good@example.org")

    report = notify(archive, mail_server)

    assert mail_server.recipients == ["good@example.org"]
    assert (report.sent, report.parked) == (1, 1)
    assert states(archive) == ["parked", "sent"]
    assert [str(trouble) for trouble in report.troubles] == [
        "email to bad@example.org: The mail server refuses bad@example.org: 550 5.1.1 No such user."
    ]
    with archive.read() as session:
        bad = subscribers.by_address(session, "email", "bad@example.org")
        assert bad is not None
        assert bad.state == "stopped"
        assert "No such user" in bad.stopped_reason


@pytest.mark.parametrize("reply", ["554 5.7.1 Relay access denied", "550 5.7.1 Blocked by policy", "552 Mailbox full"])
def test_a_refusal_that_is_not_the_addresss_fault_parks_but_stops_nobody(
    archive: Archive, mail_server: MailServer, reply: str
) -> None:
    mail_server.refuse = {"one@example.org": reply}
    queued(archive, "one@example.org")

    notify(archive, mail_server)

    assert states(archive) == ["parked"]
    with archive.begin() as session:
        one = subscribers.by_address(session, "email", "one@example.org")
        assert one is not None
        assert one.state == "active"
        (row,) = plan.listed(session, state="parked")
        assert row.notice.error.endswith(f"{reply}.")
        assert plan.retry_parked(session, row.notice.id, now=NOON) == 1
    mail_server.refuse = {}
    assert notify(archive, mail_server).sent == 1


def test_a_server_that_is_down_for_two_days_loses_nothing(archive: Archive) -> None:
    server = MailServer()
    serve(server).stop()  # a port where nobody listens
    queued(archive, "one@example.org", "two@example.org")

    for hour in range(48):
        report = notify(archive, server, now=NOON + timedelta(hours=hour))
        assert report.sent == 0
        assert len(report.troubles) == 1, "a channel that is down is tried once a run"
        assert report.troubles[0].reason.startswith("No mail server answers at 127.0.0.1:")
    assert states(archive) == ["due", "due"]

    controller = serve(server)
    try:
        report = notify(archive, server, now=NOON + timedelta(hours=48))
    finally:
        controller.stop()
    assert report.sent == 2
    assert len({mail["Message-ID"] for mail in server.mails}) == 2
    with archive.read() as session:
        assert {notice.attempts for notice in session.exec(select(Notice))} == {1}, "only real attempts count"


def test_a_server_that_says_later_is_asked_later_and_later(archive: Archive, mail_server: MailServer) -> None:
    mail_server.refuse = {"one@example.org": "451 4.3.0 Try again later"}
    queued(archive, "one@example.org")

    waits = []
    now = NOON
    for _ in range(4):
        notify(archive, mail_server, now=now)
        with archive.read() as session:
            again = session.exec(select(Notice)).one().not_before
        waits.append((again - now).total_seconds() / 60)
        assert notify(archive, mail_server, now=again - timedelta(seconds=1)).troubles == [], "not before its time"
        now = again

    assert waits == [5, 10, 20, 40]
    mail_server.refuse = {"one@example.org": "550 5.1.1 Now it is for good"}
    notify(archive, mail_server, now=now)
    assert states(archive) == ["parked"]


def test_a_server_that_says_later_for_five_days_has_refused(archive: Archive, mail_server: MailServer) -> None:
    mail_server.refuse = {"one@example.org": "451 4.3.0 Try again later"}
    queued(archive, "one@example.org")

    now = NOON
    while states(archive) == ["due"]:
        notify(archive, mail_server, now=now)
        with archive.read() as session:
            now = max(now, session.exec(select(Notice)).one().not_before)

    assert states(archive) == ["parked"]
    assert timedelta(days=4) < now - NOON < timedelta(days=6)
    with archive.read() as session:
        assert session.exec(select(Notice)).one().attempts == MOST_ATTEMPTS


def test_a_connection_cut_after_data_repeats_the_same_message(archive: Archive, mail_server: MailServer) -> None:
    mail_server.cut_after_data = 1
    queued(archive, "one@example.org", "two@example.org")

    first = notify(archive, mail_server)
    second = notify(archive, mail_server, now=NOON + timedelta(hours=1))

    assert (first.sent, second.sent) == (1, 1)
    assert mail_server.recipients == ["one@example.org", "two@example.org", "one@example.org"]
    ids = [mail["Message-ID"] for mail in mail_server.mails]
    assert ids[0] == ids[2] != ids[1], "what may have arrived comes under the same Message-ID"


def test_a_mail_refused_for_its_content_is_parked_alone(archive: Archive, mail_server: MailServer) -> None:
    queued(archive, "one@example.org")
    mail_server.answer = "554 5.6.0 Content rejected"

    report = notify(archive, mail_server)

    assert states(archive) == ["parked"]
    assert report.troubles == [
        Trouble(
            "email", "one@example.org", "The mail server refuses the mail: 554 5.6.0 Content rejected.", parked=True
        )
    ]


def test_a_mail_not_taken_now_stays_due(archive: Archive, mail_server: MailServer) -> None:
    queued(archive, "one@example.org")
    mail_server.answer = "452 4.3.1 Insufficient system storage"

    report = notify(archive, mail_server)

    assert states(archive) == ["due"]
    assert report.left.due == 0
    assert report.left.later == 1


def test_two_runs_at_once_send_everything_once(tmp_path: Path, archive: Archive, mail_server: MailServer) -> None:
    readers = [f"reader{number}@example.org" for number in range(30)]
    queued(archive, *readers)
    reports = []

    def one_run() -> None:
        mine = open_archive(f"sqlite:///{tmp_path / 'policywatch.db'}")
        reports.append(notify(mine, mail_server))
        mine.close()

    threads = [threading.Thread(target=one_run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(mail_server.recipients) == sorted(readers)
    assert sum(report.sent for report in reports) == 30
    assert set(states(archive)) == {"sent"}


KILLED = """
import os, signal, sys
from datetime import datetime
from diffs.database.archive import open_archive
from notifier.channels.folder import FolderChannel
from notifier.outbox.send import run
from notifier.settings import NotifierSettings
from pathlib import Path

class Killed(FolderChannel):
    def deliver(self, digest):
        super().deliver(digest)
        os.kill(os.getpid(), signal.SIGKILL)

archive = open_archive(sys.argv[1])
run(archive, {"email": Killed(Path(sys.argv[2]))}, now=datetime.fromisoformat(sys.argv[3]),
    settings=NotifierSettings(secret="s"))
"""


def test_a_kill_between_send_and_mark_sends_the_same_message_again(
    tmp_path: Path, archive: Archive, mail_server: MailServer
) -> None:
    queued(archive, "one@example.org", changes_told=2)
    folder = tmp_path / "mail"
    command = [sys.executable, "-c", KILLED, f"sqlite:///{tmp_path / 'policywatch.db'}", str(folder), NOON.isoformat()]

    killed = subprocess.run(command, check=False, cwd=Path(__file__).parents[3])

    assert killed.returncode == -signal.SIGKILL
    assert states(archive) == ["sending", "sending"]
    (first,) = folder.glob("*.eml")
    # The process is known to be dead, so that nobody has to wait for the claim to grow stale.
    report = notify(archive, mail_server)
    assert (report.sent, report.told) == (1, 2)
    assert f"Message-ID: {mail_server.mails[0]['Message-ID']}".split("@")[0] in first.read_text()
    assert states(archive) == ["sent", "sent"]


def test_a_claim_of_an_unknown_worker_is_released_after_a_while(archive: Archive, mail_server: MailServer) -> None:
    queued(archive, "one@example.org")
    with archive.begin() as session:
        claimed = outbox.claim(session, now=NOON, by="another machine/1", domain="x.example", channels=["email"])
    assert claimed is not None

    assert notify(archive, mail_server, now=NOON + timedelta(minutes=14)).sent == 0
    assert notify(archive, mail_server, now=NOON + timedelta(minutes=15)).sent == 1
    assert mail_server.mails[0]["Message-ID"] == claimed.message_id


def test_a_clock_that_is_set_back_neither_loses_nor_repeats(archive: Archive, mail_server: MailServer) -> None:
    queued(archive, "one@example.org", "two@example.org")
    with archive.begin() as session:
        outbox.claim(session, now=NOON + DAY, by="another machine/1", domain="x.example", channels=["email"])

    assert notify(archive, mail_server, now=NOON - DAY).sent == 1, "what a worker of the future took is free again"
    assert notify(archive, mail_server, now=NOON).sent == 1
    assert notify(archive, mail_server, now=NOON + 2 * DAY).sent == 0
    assert sorted(mail_server.recipients) == ["one@example.org", "two@example.org"]


def test_a_subscriber_added_in_the_middle_hears_of_later_changes_only(
    archive: Archive, mail_server: MailServer
) -> None:
    queued(archive, "one@example.org")
    with archive.begin() as session:
        reader(session, "late@example.org")
        page = store_page(session, "us-fees")
        queueing.queue(session, store_change(session, page, "later00001", headline="Fees rise"), page, now=NOON)

    notify(archive, mail_server)

    subjects = {str(mail["To"]): mail["Subject"] for mail in mail_server.mails}
    assert subjects["late@example.org"] == "Title of us-fees (US): Fees rise"
    assert subjects["one@example.org"].startswith("2 policy changes")


def test_a_dry_run_says_what_it_would_send_and_does_nothing(archive: Archive, mail_server: MailServer) -> None:
    queued(archive, "one@example.org", changes_told=2)

    report = notify(archive, mail_server, dry_run=True)

    assert mail_server.mails == []
    assert [(one.channel, one.to, one.changes) for one in report.planned] == [("email", "one@example.org", 2)]
    assert report.planned[0].subject.startswith("2 policy changes")
    assert report.left.due == 2
    assert states(archive) == ["due", "due"]


def test_without_a_mail_server_mail_stays_due_and_is_counted(archive: Archive) -> None:
    queued(archive, "one@example.org")
    chosen = NotifierSettings(secret="s")

    with open_channels(chosen, links_from(chosen)) as channels:
        report = run(archive, channels, now=NOON, settings=chosen)

    assert (report.sent, report.left.unsendable, states(archive)) == (0, 1, ["due"])


def test_pages_that_cannot_be_read_are_named_to_those_they_concern(archive: Archive, mail_server: MailServer) -> None:
    queued(archive, "us@example.org", marketplaces=["US"])
    with archive.begin() as session:
        reader(session, "all@example.org")
        blocked = store_page(session, "de-fees", marketplace="DE", title="Gebühren")
        since = NOON - 3 * DAY
        session.add(Event(page_id=blocked.id, kind="blocked", started_at=since, last_at=NOON, detail="robot check"))
        page = store_page(session, "us-other")
        queueing.queue(session, store_change(session, page, "later00001"), page, now=NOON)

    notify(archive, mail_server)

    texts = {str(mail["To"]): next(mail.iter_parts()).get_content() for mail in mail_server.mails}  # type: ignore[attr-defined]
    assert "Gebühren: not read for 3 days: the site asked us to stay away" in texts["all@example.org"]
    assert "Gebühren" not in texts["us@example.org"]


def test_a_change_is_worded_before_it_is_reported_and_only_once(archive: Archive, mail_server: MailServer) -> None:
    with archive.begin() as session:
        reader(session)
        page = store_page(session)
        queueing.queue(session, store_change(session, page, headline=None, points=None), page, now=NOON)

    report = notify(archive, mail_server)

    with archive.begin() as session:
        change = session.exec(select(Change)).one()
        assert mail_server.mails[0]["Subject"] == f"Title of us-agreement (US): {change.headline}"
        change.headline = "Frozen"
        session.add(change)
    assert report.worded == 1
    assert notify(archive, mail_server).worded == 0


def test_a_text_our_wording_stumbles_over_holds_nothing_back(
    archive: Archive, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(*_: object) -> None:
        raise KeyError("a fault")

    monkeypatch.setattr("diffs.engine.wording.summarise", stumble)
    with archive.begin() as session:
        reader(session)
        page = store_page(session)
        queueing.queue(session, store_change(session, page, headline=None, points=None), page, now=NOON)

    assert notify(archive, mail_server).sent == 1
    assert mail_server.mails[0]["Subject"] == "Title of us-agreement (US): Title of us-agreement changed"
    assert "could not be worded" in caplog.text


def test_a_fault_of_a_channel_holds_back_only_its_own_message(archive: Archive) -> None:
    class Faulty:
        def __init__(self) -> None:
            self.told: list[str] = []

        def deliver(self, digest: Any) -> None:
            if digest.to == "one@example.org":
                raise ZeroDivisionError
            self.told.append(digest.to)

    queued(archive, "one@example.org", "two@example.org")
    channel = Faulty()

    report = run(archive, {"email": channel}, now=NOON, settings=settings())

    assert channel.told == ["two@example.org"]
    assert states(archive) == ["due", "sent"]
    assert [trouble.reason for trouble in report.troubles] == ["a bug of our own: ZeroDivisionError"]


def test_who_stopped_while_a_mail_was_on_its_way_hears_no_more(archive: Archive) -> None:
    class Refusing:
        def deliver(self, digest: Any) -> None:
            with archive.begin() as session:
                one = subscribers.by_address(session, "email", digest.to)
                assert one is not None
                subscribers.stop(session, one, reason="unsubscribed")
            raise DeliveryError("later")

    queued(archive, "one@example.org")
    run(archive, {"email": Refusing()}, now=NOON, settings=settings())

    report = run(archive, {"email": Refusing()}, now=NOON + DAY, settings=settings())

    assert report.troubles == []


def test_waits_double_spread_and_end() -> None:
    assert wait_after(1, 0.0) == timedelta(minutes=5)
    assert wait_after(1, 1.0) == timedelta(minutes=6, seconds=15)
    assert wait_after(3, 0.0) == timedelta(minutes=20)
    assert wait_after(10_000, 0.0) == timedelta(hours=12)


def test_an_address_with_a_secret_is_not_shown() -> None:
    chat = Subscriber(channel="apprise", address="slack://token/secret", key="k")

    assert shown_address(chat) == "slack://…"
    assert shown_address(Subscriber(channel="apprise", address="slack://token/secret", key="k", name="Team")) == "Team"
    assert "hidden" not in repr(settings(smtp_url="smtp://user:hidden@mail.example", secret="hidden"))


def test_many_readers_cost_little_memory(archive: Archive) -> None:
    class Counting:
        sent = 0

        def deliver(self, digest: Any) -> None:
            self.sent += len(digest.changes)

    queued(archive, *(f"r{number}@example.org" for number in range(300)), changes_told=4)
    channel = Counting()

    report = run(archive, {"email": channel}, now=NOON, settings=settings())

    assert (report.sent, channel.sent) == (300, 1200)


# --- how the owner stands -------------------------------------------------------------------------------------------


def test_only_the_owner_reads_how_their_own_figures_compare(archive: Archive, mail_server: MailServer) -> None:
    with archive.begin() as session:
        reader(session, "guest@example.org")
        reader(session, "owner@example.org").standing = True
        page = store_page(session)
        change = store_change(session, page, targets=changes.as_json([LATE_SHIPMENTS]))
        queueing.queue(session, change, page, now=NOON)
        table = b"marketplace,metric,numerator,denominator\nUS,LSR,17,500\n"
        reports.add(session, table, report_file.read(table, "mine.csv"), name="mine.csv", now=NOON)

    notify(archive, mail_server)

    line = "You are at 3.4% (late shipment rate, 17 of 500 orders): you would miss the new target under 3%."
    told = {mail["To"]: mail.get_body(("plain",)).get_content() for mail in mail_server.mails}  # type: ignore[attr-defined]
    assert line in " ".join(told["owner@example.org"].split())
    assert "You are at" not in told["guest@example.org"]
