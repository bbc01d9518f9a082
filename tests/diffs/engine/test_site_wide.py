"""The same edit on many pages of a site at once is a banner: one word to the owner, and no alert for each page."""

from types import SimpleNamespace

import pytest
from sqlmodel import col, select

from diffs.database.archive import Archive
from diffs.database.models import Change, Event
from diffs.engine import site_wide
from diffs.errors import BodyLost
from diffs.store import versions
from tests.diffs.engine.test_derive import CLAUSES, policy
from tests.diffs.site import Site

BANNER = "We are moving to a new help centre, so some of our articles may look different for a while."
PAGES = 60


@pytest.fixture
def sites(archive: Archive) -> list[Site]:
    """Many pages of one site."""
    return [Site(archive, key=f"page-{number}", recorded=False) for number in range(PAGES)]


def text(number: int, *, banner: str = "", rate: int = 4) -> str:
    own = (f"{clause} That is so on page {number} for all goods." for clause in CLAUSES)
    page = policy(f"You keep your late shipment rate under {rate}%.", *own)
    return page.replace("<h1>", f"<p>{banner}</p><h1>") if banner else page


def round_of(sites: list[Site], day: float, **fields: object) -> None:
    """Fetch each page, and then each once more, as a crawl does to confirm what is new."""
    for later in (0, 0.1):
        for number, site in enumerate(sites):
            site.store(text(number, **fields), day=day + later)
            site.derive(confirm=True)


def told(archive: Archive) -> list[str]:
    with archive.read() as session:
        return [change.reason for change in session.exec(select(Change).where(col(Change.told).is_(True)))]


def site_events(archive: Archive) -> list[Event]:
    with archive.read() as session:
        return list(session.exec(select(Event).where(Event.kind == "site_wide")))


def test_a_banner_on_every_page_is_one_event_and_its_end_is_no_alert(sites: list[Site], archive: Archive) -> None:
    round_of(sites, 0)
    round_of(sites, 1, banner=BANNER)

    assert told(archive) == []
    (event,) = site_events(archive)
    assert event.detail.startswith("the site changed the same words on several of its pages at once, among them page-")
    with archive.read() as session:
        listed = session.exec(select(Change.reason).where(Change.kind == "edit")).all()
    assert {reason.split(", among")[0] for reason in listed} == {event.detail.split(", among")[0]}

    round_of(sites, 9)
    assert told(archive) == []


def test_a_rule_on_every_page_is_reported_for_each(sites: list[Site], archive: Archive) -> None:
    some = sites[:8]
    round_of(some, 0)
    round_of(some, 1, rate=3)

    assert len(told(archive)) == len(some)
    assert site_events(archive) == []


def test_an_edit_of_the_page_itself_under_a_banner_is_reported(sites: list[Site], archive: Archive) -> None:
    some = sites[:8]
    round_of(some, 0)
    for later in (0, 0.1):
        for number, site in enumerate(some):
            page = text(number, banner=BANNER)
            site.store(page.replace("all goods", "all books") if number == 7 else page, day=1 + later)
            site.derive(confirm=True)

    assert [len(site.told()) for site in some] == [0] * 7 + [1]


def test_few_pages_that_change_alike_are_reported(sites: list[Site], archive: Archive) -> None:
    some = sites[:4]
    round_of(some, 0)
    round_of(some, 1, banner=BANNER)

    assert len(told(archive)) == 4


def test_a_page_of_another_site_says_nothing_of_this_one(sites: list[Site], archive: Archive) -> None:
    some = [*sites[:4], Site(archive, key="elsewhere", recorded=False, host="example.org")]
    round_of(some, 0)
    round_of(some, 1, banner=BANNER)

    assert len(told(archive)) == 5


def test_one_policy_for_many_countries_is_reported_for_each(sites: list[Site], archive: Archive) -> None:
    some = sites[:8]
    for day, words in ((0, "for all goods"), (1, "for all books"), (1.1, "for all books")):
        for site in some:
            site.store(text(1).replace("for all goods", words), day=day)
            site.derive(confirm=True)

    assert len(told(archive)) == len(some)


def test_a_change_whose_text_is_lost_is_no_evidence(
    sites: list[Site], archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise BodyLost("The text is missing.", remedy="Run policywatch verify.")

    some = sites[:8]
    round_of(some, 0)
    monkeypatch.setattr(site_wide, "versions", SimpleNamespace(get=versions.get, document_of=lost))
    round_of(some, 1, banner=BANNER)

    assert len(told(archive)) == len(some)
