"""Readers, those who are asked, and the owner share one outbox; archives of before come along."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import text
from sqlmodel import select

from diffs.database.archive import Archive, engine_for, open_archive
from diffs.database.migrations.run import config, migrating, upgrade
from diffs.database.models import Notice, OwnerNotice
from diffs.store.notices import outbox, owner, plan, queueing, subscribers

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WAYS = ["email", "owner"]


def claim(session: Any, *, now: datetime = NOON, by: str = "me", channels: list[str] = WAYS, **options: Any) -> Any:
    return outbox.claim(session, now=now, by=by, domain="x.example", channels=channels, **options)


def rests(session: Any, about: str = "host") -> OwnerNotice:
    return owner.note(session, kind="rest", about=about, at=NOON, subject=f"{about} rests", detail="a robot check")


def test_what_the_owner_must_know_is_one_message_each_and_sent_once(archive: Archive) -> None:
    with archive.begin() as session:
        for about in ("one", "two", "one"):
            rests(session, about)
        parcels = [claim(session) for _ in range(3)]
        assert [getattr(parcel.to, "about", "") for parcel in parcels if parcel] == ["one", "two"]
        assert parcels[0].message_id == f"<owner.{parcels[0].to.uid}@x.example>"
        outbox.sent(session, parcels[0].message_id, now=NOON)
        outbox.retry(session, parcels[1].message_id, not_before=NOON + timedelta(hours=1), error="down")
        assert claim(session) is None
        again = claim(session, now=NOON + timedelta(hours=1))

    assert (again.message_id, again.attempts) == (parcels[1].message_id, 2)


def test_without_a_way_to_the_owner_the_word_waits(archive: Archive) -> None:
    with archive.begin() as session:
        rests(session)
        assert claim(session, channels=["email"]) is None
        assert owner.is_due(session, now=NOON)
        assert not owner.is_due(session, now=NOON - timedelta(hours=1))


def test_an_owner_without_an_address_is_not_written_to_later(archive: Archive) -> None:
    with archive.begin() as session:
        rests(session)
        assert owner.drop(session) == 1
        assert claim(session) is None
        ((alert, notice),) = owner.listed(session)

    assert (alert.about, notice.state, notice.error) == ("host", "dropped", owner.NOBODY)


def test_questions_go_to_those_who_have_not_answered(archive: Archive) -> None:
    with archive.begin() as session:
        asked = subscribers.add(session, channel="email", address="new@example.org", now=NOON)
        assert queueing.ask(session, asked, now=NOON, not_before=NOON)
        assert not queueing.ask(session, asked, now=NOON, not_before=NOON), "one question at a time"
        assert queueing.question_due(session, now=NOON)
        assert claim(session, kinds=["news"]) is None
        (planned,) = plan.planned(session, now=NOON, channels=WAYS)
        parcel = claim(session, kinds=["question"])
        assert (parcel.kind, parcel.to, planned.to) == ("question", asked, asked)
        outbox.retry(session, parcel.message_id, not_before=NOON, error="later")
        subscribers.confirm(asked, now=NOON)
        session.flush()
        assert claim(session) is None, "who has answered is not asked"


def test_a_word_that_a_wrong_clock_put_off_goes_now(archive: Archive) -> None:
    with archive.begin() as session:
        rests(session)
        session.execute(text("UPDATE notice SET not_before = '2031-01-01 00:00:00.000000'"))
        (planned,) = plan.planned(session, now=NOON, channels=WAYS)
        assert outbox.pull_back(session, now=NOON) == 1
        assert claim(session) is not None

    assert getattr(planned.to, "about", "") == "host"


def test_the_list_of_notices_says_what_the_owner_gets(archive: Archive) -> None:
    with archive.begin() as session:
        rests(session)
        (row,) = plan.listed(session)

    assert (row.subscriber, row.page, row.headline, row.notice.kind) == (None, "", "host rests", "owner")


# --- a backup that was put back ---


def test_after_a_restored_backup_another_change_has_another_message_id(tmp_path: Path) -> None:
    """Receivers drop what they know: a new change under an id that went out before would never be seen."""
    from tests.notifier.vocabulary import reader, store_change, store_page

    def told(folder: Path, uid: str) -> str:
        archive = open_archive(f"sqlite:///{folder / 'policywatch.db'}")
        with archive.begin() as session:
            page = store_page(session, f"page-of-{uid}")
            queueing.queue(session, store_change(session, page, uid), page, now=NOON)
            parcel = claim(session)
            assert parcel is not None
        archive.close()
        return str(parcel.message_id)

    live = tmp_path / "live"
    archive = open_archive(f"sqlite:///{live / 'policywatch.db'}")
    with archive.begin() as session:
        reader(session, "one@example.org")
    archive.close()
    shutil.copytree(live, tmp_path / "backup")
    first = told(live, "aaaaaa0001")
    shutil.copytree(tmp_path / "backup", tmp_path / "again")

    assert told(tmp_path / "backup", "bbbbbb0002") != first, "another change"
    assert told(tmp_path / "again", "aaaaaa0001") == first, "the same change is the same message"


# --- archives of before ---

OLD = """
INSERT INTO owner_notice (uid, kind, about, created_at, subject, detail, state, not_before, attempts, claimed_by, error,
 sent_at) VALUES
('a1', 'rest', 'one', '2026-11-20 00:00:00.000000', 'one rests', 'why', 'due', '2026-11-22 00:00:00.000000', 3, '', 'no', NULL),
('a2', 'rest', 'two', '2026-11-20 00:00:00.000000', 'two rests', 'why', 'sending', '2026-11-20 00:00:00.000000', 1, 'x', '', NULL),
('a3', 'rest', 'three', '2026-11-20 00:00:00.000000', 'three rests', 'why', 'sent', '2026-11-20 00:00:00.000000', 1, '', '', '2026-11-21 00:00:00.000000'),
('a4', 'rest', 'four', '2026-11-20 00:00:00.000000', 'four rests', 'why', 'shown', '2026-11-20 00:00:00.000000', 0, '', '', NULL)
"""


@pytest.fixture
def before(tmp_path: Path) -> str:
    """An archive as revision 0005 made it, with notices to the owner in every state and one to a reader."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine = engine_for(url)
    upgrade(engine, "0005")
    with engine.connect() as connection:
        connection.execute(text(OLD))
        connection.execute(
            text(
                "INSERT INTO subscriber (channel, address, name, state, cadence, time_zone, pages, marketplaces,"
                " categories, importance, heartbeat, standing, key, created_at, stopped_reason) VALUES"
                " ('email', 'one@example.org', '', 'active', 'daily', 'UTC', '[]', '[]', '[]', 'low', 1, 0, 'k',"
                " '2026-01-01 00:00:00.000000', '')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO notice (subscriber_id, state, created_at, not_before, attempts, message_id, claimed_by,"
                " error) VALUES (1, 'due', '2026-11-20 00:00:00.000000', '2026-11-20 00:00:00.000000', 1, '<m@x>', '', '')"
            )
        )
        connection.commit()
    engine.dispose()
    return url


def test_no_notice_of_an_old_archive_is_lost_or_doubled(before: str) -> None:
    archive = open_archive(before)
    with archive.begin() as session:
        states = {alert.about: (notice.state, notice.attempts) for alert, notice in owner.listed(session)}
        parcels = [claim(session) for _ in range(4)]
    archive.close()

    assert states == {"one": ("due", 3), "two": ("due", 1), "three": ("sent", 1), "four": ("dropped", 0)}
    assert [parcel.message_id for parcel in parcels if parcel] == [
        "<owner.a2@x.example>",
        "<owner.a1@x.example>",
        "<m@x>",
    ]


def test_the_way_back_keeps_what_was_reported_to_the_owner(before: str) -> None:
    open_archive(before).close()
    engine = engine_for(before)
    with migrating(engine) as connection:
        alembic = config()
        alembic.attributes["connection"] = connection
        command.downgrade(alembic, "0005")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT about, state, attempts FROM owner_notice ORDER BY id")).all()
        assert [tuple(row) for row in rows] == [
            ("one", "due", 3),
            ("two", "due", 1),
            ("three", "sent", 1),
            ("four", "shown", 0),
        ]
        assert connection.execute(text("SELECT message_id FROM notice")).all() == [("<m@x>",)]
    engine.dispose()
    archive = open_archive(before)
    with archive.read() as session:
        assert len(session.exec(select(Notice)).all()) == 5
    archive.close()
