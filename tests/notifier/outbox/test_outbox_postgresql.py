"""The outbox on a real PostgreSQL server, where several machines may send at once."""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from diffs.database.archive import Archive, open_archive
from diffs.database.migrations.run import upgrade
from diffs.database.models import Notice
from diffs.store.notices import heartbeats, outbox, plan, queueing, subscribers
from notifier.outbox.send import run
from tests.notifier.conftest import MailServer
from tests.notifier.outbox.test_outbox import notify, states
from tests.notifier.vocabulary import DAY, NOON, queued, reader, settings, store_change, store_page
from tests.postgres import Postgres

pytestmark = pytest.mark.postgresql


@pytest.fixture
def url(postgres: Postgres) -> str:
    return postgres.fresh_database()


@pytest.fixture
def archive(url: str) -> Iterator[Archive]:
    opened = open_archive(url)
    yield opened
    opened.close()


def test_a_reported_change_arrives_once(archive: Archive, mail_server: MailServer) -> None:
    queued(archive, "one@example.org", "two@example.org", changes_told=3)

    assert notify(archive, mail_server, dry_run=True).left.due == 6
    reports = [notify(archive, mail_server) for _ in range(2)]

    assert [(report.sent, report.told) for report in reports] == [(2, 6), (0, 0)]
    assert sorted(mail_server.recipients) == ["one@example.org", "two@example.org"]


def test_many_senders_at_once_send_everything_once(archive: Archive, url: str) -> None:
    """Readers get several changes each, so that two senders could tear a message apart."""
    told: Counter[Any] = Counter()

    class Counting:
        def deliver(self, digest: Any) -> None:
            told.update((digest.to, change.uid) for change in digest.changes)

    readers = [f"reader{number}@example.org" for number in range(40)]
    queued(archive, *readers, changes_told=5)
    failed: list[BaseException] = []
    together = threading.Barrier(4)

    def send() -> None:
        mine = open_archive(url)
        together.wait()
        try:
            run(mine, {"email": Counting()}, now=NOON, settings=settings())
        except BaseException as error:  # noqa: BLE001 (told below)
            failed.append(error)
        mine.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert set(told.values()) == {1}
    assert len(told) == 200
    assert set(states(archive)) == {"sent"}


def test_a_reader_whose_message_is_being_taken_holds_up_nobody(archive: Archive) -> None:
    queued(archive, "one@example.org", "two@example.org")

    with archive.begin() as first, archive.begin() as second:
        taken = [
            outbox.claim(session, now=NOON, by=str(number), domain="x.example", channels=["email"])
            for number, session in enumerate((first, second))
        ]

    assert {getattr(parcel.to, "address", None) for parcel in taken if parcel} == {"one@example.org", "two@example.org"}


def test_a_notice_can_be_queued_while_a_message_is_taken(archive: Archive) -> None:
    """The crawler writes notices that refer to a subscriber whose row a sender has locked: neither may wait."""
    queued(archive, "one@example.org")

    with archive.begin() as sending, archive.begin() as crawling:
        assert outbox.claim(sending, now=NOON, by="me", domain="x.example", channels=["email"])
        crawling.connection().execute(text("SET LOCAL lock_timeout = '2s'"))
        page = store_page(crawling, "us-fees")
        assert queueing.queue(crawling, store_change(crawling, page, "c2"), page, now=NOON) == 1


def test_two_programs_make_one_heartbeat(archive: Archive) -> None:
    with archive.begin() as session:
        reader(session, cadence="daily", heartbeat=True, now=NOON - 3 * DAY)
    made = []

    def second() -> None:
        with archive.begin() as session:
            made.append(heartbeats.queue(session, now=NOON))

    with archive.begin() as session:
        made.append(heartbeats.queue(session, now=NOON))
        other = threading.Thread(target=second)
        other.start()
        other.join(0.3)  # it waits for us
    other.join()

    assert made == [1, 0]
    assert notify_heartbeat(archive) == 1


def notify_heartbeat(archive: Archive) -> int:
    class Silent:
        def deliver(self, digest: Any) -> None:
            assert digest.changes == ()

    return run(archive, {"email": Silent()}, now=NOON, settings=settings()).sent


def test_refusals_wishes_and_wrong_clocks(archive: Archive, mail_server: MailServer) -> None:
    mail_server.refuse = {"one@example.org": "554 5.7.1 Not today"}
    queued(archive, "one@example.org", "two@example.org")
    with archive.begin() as session:
        for notice in session.exec(select(Notice)):
            notice.not_before = NOON + 1000 * DAY

    notify(archive, mail_server)
    with archive.begin() as session:
        (row,) = plan.listed(session, state="parked")
        assert plan.retry_parked(session, row.notice.id, now=NOON) == 1
        one = subscribers.by_address(session, "email", "one@example.org")
        assert one is not None
        subscribers.change_wishes(one, importance="high", cadence="weekly")
        queueing.fit(session, one, now=NOON)
        (sent,) = plan.listed(session, state="sent")
        assert plan.returned(session, str(sent.notice.message_id), error="550") == sent.subscriber

    mail_server.refuse = {}
    assert notify(archive, mail_server, now=NOON + timedelta(hours=1)).sent == 1


def test_the_tables_of_the_migrations_are_those_of_the_models(archive: Archive) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlmodel import SQLModel

    with archive.read() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": False})
        assert compare_metadata(context, SQLModel.metadata) == []
    upgrade(archive._engine)  # once more changes nothing
