"""The work on changes, and muting: notices wait and are released."""

from datetime import timedelta

from sqlmodel import Session, select

from diffs.database.archive import Archive
from diffs.database.models import Notice, Page
from diffs.engine import derive
from diffs.engine.owner import notes
from diffs.store import work
from diffs.store.notices import queueing
from tests.diffs.site import derive_again
from tests.notifier.vocabulary import NOON, reader, store_change, store_page


def queued(session: Session) -> Page:
    """A page with two changes that are due to one reader."""
    reader(session)
    page = store_page(session)
    for uid in ("c0ffee0001", "c0ffee0002"):
        queueing.queue(session, store_change(session, page, uid), page, now=NOON)
    return page


def states(session: Session) -> list[str]:
    return [notice.state for notice in session.exec(select(Notice).order_by(Notice.id))]  # type: ignore[arg-type]


def test_a_muted_change_is_not_sent_until_it_is_unmuted(archive: Archive) -> None:
    with archive.begin() as session:
        page = queued(session)
        change = store_change(session, page, "c0ffee0003")
        queueing.queue(session, change, page, now=NOON)

        assert work.mute(session, change, now=NOON, muted=True) == 1
        assert states(session) == ["due", "due", "dropped"]
        assert work.mute(session, change, now=NOON, muted=False) == 1
        assert states(session) == ["due", "due", "due"]


def test_a_muted_page_holds_back_its_notices_and_queues_no_more(archive: Archive) -> None:
    with archive.begin() as session:
        page = queued(session)

        assert work.mute_page(session, page, muted=True) == 2
        later = store_change(session, page, "c0ffee0003")
        assert queueing.queue(session, later, page, now=NOON) == 0
        assert work.mute_page(session, page, muted=False) == 2
        assert states(session) == ["due", "due"]


def test_a_change_muted_by_itself_stays_so_when_its_page_is_heard_again(archive: Archive) -> None:
    with archive.begin() as session:
        page = queued(session)
        change = store_change(session, page, "c0ffee0003")
        queueing.queue(session, change, page, now=NOON)
        work.mute(session, change, now=NOON, muted=True)
        work.mute_page(session, page, muted=True)

        assert work.mute_page(session, page, muted=False) == 2
        assert states(session) == ["due", "due", "dropped"]


def test_work_says_when_it_was_last_touched(archive: Archive) -> None:
    with archive.begin() as session:
        change = store_change(session, store_page(session))
        assert work.of(session, change.uid) is None
        work.note(session, change, now=NOON, owner="Ann")
        row = work.note(session, change, now=NOON + timedelta(hours=1), text="soon")

        assert (row.owner, row.note, row.updated_at) == ("Ann", "soon", NOON + timedelta(hours=1))


def test_nothing_is_derived_from_what_a_person_entered(archive: Archive) -> None:
    with archive.begin() as session:
        page, change = notes.add(session, notes.Entry("Rates do not count", "Until May."), now=NOON)

        assert derive.derive(session, page).outcome is None
        assert derive_again(session, page).outcome is None
        assert change.told
