"""Many faults at once: nothing is lost and nothing arrives twice, as seen from the mail server."""

import gc
import os
import signal
import subprocess
import sys
import threading
import tracemalloc
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from sqlmodel import Session, select

from diffs.database.archive import Archive
from diffs.database.models import Event, Notice, Observation, Subscriber
from diffs.store import snapshots
from diffs.store.notices import queueing, subscribers
from diffs.values import Capture
from notifier.outbox.send import run
from tests.notifier.conftest import MailServer
from tests.notifier.outbox.test_outbox import notify, states
from tests.notifier.vocabulary import DAY, HOSTILE, NOON, queued, reader, settings, store_change, store_page

#: No archive holds half a letter.
STORED = HOSTILE.replace("\ud800", "")

ROOT = Path(__file__).parents[3]


def start_notify(folder: Path, server: MailServer) -> "subprocess.Popen[bytes]":
    """`policywatch notify` as cron starts it, on the archive of the `archive` fixture."""
    told = {
        "DATABASE_URL": f"sqlite:///{folder / 'policywatch.db'}",
        "SMTP_URL": server.url,
        "MAIL_FROM": "Policywatch <policies@policies.example>",
        "DATA_DIR": str(folder / "data"),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "policywatch", "notify"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **{f"POLICYWATCH_{name}": value for name, value in told.items()}},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def received(server: MailServer) -> Counter[tuple[str, str]]:
    """How often each message arrived: its reader and its Message-ID."""
    return Counter((str(mail["To"]), str(mail["Message-ID"])) for mail in server.mails)


def test_two_notify_processes_at_once_send_everything_once(
    tmp_path: Path, archive: Archive, mail_server: MailServer
) -> None:
    readers = [f"reader{number}@example.org" for number in range(40)]
    queued(archive, *readers, changes_told=3)

    running = [start_notify(tmp_path, mail_server) for _ in range(2)]
    said = [process.communicate(timeout=120)[0].decode() for process in running]

    assert [process.returncode for process in running] == [0, 0], said
    assert sorted(mail_server.recipients) == sorted(readers)
    assert set(received(mail_server).values()) == {1}
    assert sum(int(words.split()[0]) for words in said) == 40
    assert set(states(archive)) == {"sent"}


def test_a_kill_while_the_server_takes_a_mail_repeats_that_mail_alone(
    tmp_path: Path, archive: Archive, mail_server: MailServer
) -> None:
    """The server has the third mail, but its "250 OK" finds nobody any more."""
    queued(archive, *(f"reader{number}@example.org" for number in range(5)), changes_told=2)
    running: list[subprocess.Popen[bytes]] = []

    def kill() -> None:
        if len(mail_server.mails) == 3:
            running[0].send_signal(signal.SIGKILL)
            running[0].wait()

    mail_server.on_data = kill
    running.append(start_notify(tmp_path, mail_server))
    running[0].communicate(timeout=120)
    with start_notify(tmp_path, mail_server) as second:
        second.communicate(timeout=120)

    assert running[0].returncode == -signal.SIGKILL
    assert second.returncode == 0
    assert sorted(received(mail_server).values()) == [1, 1, 1, 1, 2]
    twice = [mail for mail in mail_server.mails if received(mail_server)[str(mail["To"]), str(mail["Message-ID"])] == 2]
    bodies = {next(mail.iter_parts()).get_content() for mail in twice}  # type: ignore[attr-defined]
    assert [str(mail["To"]) for mail in twice] == ["reader2@example.org"] * 2
    assert len(bodies) == 1, "both times the same words"
    assert set(states(archive)) == {"sent"}


def test_later_then_never_then_cut_then_well(archive: Archive, mail_server: MailServer) -> None:
    """Each reader meets another fault; in the end each has everything once, or is parked with the reason."""
    mail_server.refuse = {
        "later@example.org": "451 4.7.1 Greylisted",
        "never@example.org": "451 4.7.1 Greylisted",
    }
    mail_server.cut_after_data = 1
    queued(archive, "cut@example.org", "later@example.org", "never@example.org", "well@example.org", changes_told=2)

    notify(archive, mail_server)
    mail_server.refuse = {"never@example.org": "550 5.1.1 Unknown"}
    for hour in range(1, 5):
        notify(archive, mail_server, now=NOON + timedelta(hours=hour))

    arrived = Counter(to for to, _ in received(mail_server).elements())
    assert arrived == {"cut@example.org": 2, "later@example.org": 1, "well@example.org": 1}
    assert len(received(mail_server)) == 3, "what came twice came under one Message-ID"
    assert Counter(states(archive)) == {"sent": 6, "parked": 2}


def test_a_dry_run_names_exactly_what_a_run_then_sends(archive: Archive, mail_server: MailServer) -> None:
    with archive.begin() as session:
        for name in ("waits", "retried", "claimed", "paused", "stopped", "quiet", "future"):
            reader(session, f"{name}@example.org")
        reader(session, "roof 3", channel="pigeon")
        reader(session, "weekly@example.org", cadence="weekly")
        reader(session, "beat@example.org", cadence="daily", heartbeat=True, importance="high", now=NOON - 2 * DAY)
        page = store_page(session)
        for number in range(3):
            queueing.queue(session, store_change(session, page, f"c{number}"), page, now=NOON)
        _arrange(session)
        page = store_page(session, "us-fees")
        low = store_change(session, page, "low", importance="medium", headline=None, points=None)
        queueing.queue(session, low, page, now=NOON)
    reports = [notify(archive, mail_server, dry_run=dry_run) for dry_run in (True, True, False)]

    first, second, real = reports
    assert first.planned == second.planned
    planned = Counter((plan.to, plan.subject) for plan in first.planned)
    assert planned == Counter((str(mail["To"]), str(mail["Subject"])) for mail in mail_server.mails)
    assert sum(plan.changes for plan in first.planned) == real.told - 1, "the heartbeat is a notice without a change"
    assert {plan.to.partition("@")[0] for plan in first.planned} == {
        "waits", "retried", "claimed", "quiet", "future", "beat",
    }  # fmt: skip
    assert (
        planned["retried@example.org", "3 policy changes: Title of us-agreement (US): Notice period falls to 15 days"]
        == 1
    )
    assert real.left.unsendable == first.left.unsendable == 4


def _arrange(session: Session) -> None:
    """Give some readers a past: a message tried before, one taken by a dead program, hours of a wrong clock."""

    def of(name: str) -> Any:
        found = subscribers.by_address(session, "email", f"{name}@example.org")
        assert found is not None
        return found

    for name, state in (("retried", "due"), ("claimed", "sending")):
        for notice in session.exec(select(Notice).where(Notice.subscriber_id == of(name).id)):
            notice.message_id, notice.state = f"<{name}@policies.example>", state
            notice.claimed_by = "somewhere/1" if state == "sending" else ""
            notice.claimed_at = NOON - DAY if state == "sending" else None
    for notice in session.exec(select(Notice).where(Notice.subscriber_id == of("future").id)):
        notice.not_before = NOON + 4000 * DAY
    for notice in session.exec(select(Notice).where(Notice.subscriber_id == of("beat").id)):
        session.delete(notice)
    subscribers.pause(of("paused"))
    subscribers.stop(session, of("stopped"), reason="unsubscribed")


def test_a_heartbeat_arrives_with_what_was_checked(archive: Archive, mail_server: MailServer) -> None:
    with archive.begin() as session:
        reader(session, "one@example.org", cadence="daily", heartbeat=True, marketplaces=["US"], now=NOON - 3 * DAY)
        for key, outcome, hours in (("us-a", "ok", 2), ("us-b", "blocked", 3), ("us-c", "ok", 90), ("de-a", "ok", 4)):
            page = store_page(session, key, marketplace=key[:2].upper(), watched=True, title=key)
            at = NOON - timedelta(hours=hours)
            look = snapshots.add(session, page, Capture(url=page.url, body=key.encode()), observed_at=at, stored_at=at)
            session.add(Observation(snapshot_id=look.id, page_id=page.id, observed_at=at, outcome=outcome))
            if outcome != "ok":
                session.add(Event(page_id=page.id, kind="blocked", started_at=NOON - 3 * DAY, last_at=at))

    reports = [notify(archive, mail_server, now=NOON + timedelta(minutes=at)) for at in (0, 5)]

    assert [report.sent for report in reports] == [1, 0]
    (mail,) = mail_server.mails
    assert mail["Subject"] == "policywatch: nothing changed on 1 of 3 pages, 21 to 22 November 2026"
    text = next(mail.iter_parts()).get_content()  # type: ignore[attr-defined]
    assert "We checked 2 of 3 pages, 2 times in all, and could read 1." in text
    assert "1 page was not checked in this period." in text
    assert "* us-b: not read for 3 days: the site asked us to stay away" in text
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_page_that_means_harm_reaches_nobody(archive: Archive, mail_server: MailServer) -> None:
    """Its title writes headers, its text holds scripts, its address is one; the words themselves arrive."""
    with archive.begin() as session:
        reader(session, "one@example.org", name="Reader\r\nBcc: x@example.org")
        page = store_page(session, title=STORED, url="javascript:alert(1)", marketplace="US")
        told = store_change(session, page, headline=STORED, points=[STORED, "出品規約の通知期間が短縮されました"])
        queueing.queue(session, told, page, now=NOON)

    assert notify(archive, mail_server).sent == 1

    (mail,) = mail_server.mails
    assert mail_server.recipients == ['"Reader Bcc: x@example.org" <one@example.org>']
    assert mail["Bcc"] is None
    assert not mail.defects
    text, html = (part.get_content() for part in mail.iter_parts())  # type: ignore[attr-defined]
    assert "出品規約の通知期間が短縮されました" in text
    assert "مرحبا بالعالم" in html
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert not {"\u202e", "\x1b", "\x00"} & set(text + html + str(mail["Subject"]))


def test_somebody_who_subscribes_during_a_run_gets_later_changes_only(
    archive: Archive, mail_server: MailServer
) -> None:
    queued(archive, "one@example.org", "two@example.org")

    def subscribe() -> None:
        def add() -> None:
            with archive.begin() as session:
                reader(session, "new@example.org")

        # Beside the server's own loop: the archive may make it wait.
        threading.Thread(target=add).start()

    mail_server.on_data = subscribe
    assert notify(archive, mail_server).sent == 2
    assert "new@example.org" not in mail_server.recipients


@pytest.mark.slow
def test_thousands_of_readers_cost_one_connection_and_little_memory(archive: Archive, mail_server: MailServer) -> None:
    """The whole size, 10,000 readers of 100 changes, is in benchmarks/notices.py."""
    _subscribe(archive, 300)
    with archive.begin() as session:
        page = store_page(session)
        for number in range(10):
            queueing.queue(session, store_change(session, page, f"c{number}"), page, now=NOON)
    sizes: list[int] = []

    def measure() -> None:
        gc.collect()  # what only waits to be collected is given back
        sizes.append(tracemalloc.get_traced_memory()[0])

    mail_server.on_data = measure
    mail_server.keep = False

    tracemalloc.start()
    report = notify(archive, mail_server)
    tracemalloc.stop()

    assert (report.sent, report.told) == (300, 3000)
    assert mail_server.sessions == 1
    assert sizes[-1] - sizes[20] < 1_000_000, "what one message takes is given back before the next"


def _subscribe(archive: Archive, number: int) -> None:
    empty: dict[str, Any] = {"name": "", "pages": [], "marketplaces": [], "categories": [], "stopped_reason": ""}
    known = {"channel": "email", "state": "active", "cadence": "at_once", "time_zone": "UTC", "importance": "low"}
    rows = [
        empty | known | {"address": f"r{at}@example.org", "key": f"{at:032x}", "heartbeat": False, "created_at": NOON}
        for at in range(number)
    ]
    with archive.begin() as session:
        session.connection().execute(insert(Subscriber), rows)


@pytest.mark.parametrize("paused", [True, False])
def test_a_run_without_a_way_out_does_nothing(archive: Archive, paused: bool) -> None:
    queued(archive, "one@example.org")

    assert run(archive, {}, now=NOON, settings=settings(), dry_run=paused).planned == []
    assert states(archive) == ["due"]
