"""Whoever runs it hears that pages cannot be read: not by reading logs, and once per trouble."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from crawler.rounds.alarm import HALF, UNREAD, Failing, Told, half, several
from diffs.database.models import Notice, OwnerNotice
from diffs.store.notices import owner
from tests.crawler.looking import Seller, policy, watched
from tests.crawler.middlewares.test_politeness import ROBOT_CHECK
from tests.site import Answer, Site

TEXT = policy("Keep your late shipment rate under 4%.")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DOWN = Answer(500, "down")


def told(someone: Seller) -> list[tuple[OwnerNotice, Notice]]:
    with someone.archive.read() as session:
        return owner.listed(session)


def rounds(site: Site, someone: Seller, *paths: str, days: int = 1) -> Iterator[list[str]]:
    """What the owner has been told in all, after each of so many rounds."""
    for _ in range(days):
        someone.looks_at(*(watched(site, path) for path in paths), retries=0)
        yield [f"{notice.subject}: {notice.detail}" for notice, _ in told(someone)]


def last(found: Iterator[list[str]]) -> list[str]:
    return list(found)[-1]


def test_a_page_that_fails_three_rounds_in_a_row_is_reported_once(site: Site, someone: Seller) -> None:
    pages = ("/rate", "/b", "/c")
    site["/rate"], site["/b"], site["/c"] = DOWN, TEXT, TEXT

    *before, after = list(rounds(site, someone, *pages, days=3))
    later = last(rounds(site, someone, *pages, days=4))

    assert before == [[], []]
    assert len(after) == 1
    assert after[0].startswith("1 page could not be read in 3 rounds in a row: rate. Reasons: The site")
    assert after[0].endswith("(1 page).")
    assert later == after
    assert told(someone)[0][1].state == "due"


def test_after_it_was_read_again_the_next_trouble_is_news(site: Site, someone: Seller) -> None:
    pages = ("/rate", "/b", "/c")
    site["/rate"], site["/b"], site["/c"] = [*[DOWN] * 3, TEXT, *[DOWN] * 3], TEXT, TEXT

    assert len(last(rounds(site, someone, *pages, days=6))) == 1
    assert len(last(rounds(site, someone, *pages))) == 2


def test_the_tries_of_one_round_count_as_one(site: Site, someone: Seller) -> None:
    site["/rate"], site["/b"], site["/c"] = DOWN, TEXT, TEXT

    someone.looks_at(*(watched(site, path) for path in ("/rate", "/b", "/c")), retries=2)

    assert len(site.asked("/rate")) == 3
    assert told(someone) == []


def test_when_half_of_the_pages_cannot_be_read_it_is_reported_at_once_and_once(site: Site, someone: Seller) -> None:
    pages = ("/a", "/b", "/c", "/d")
    site["/a"] = site["/b"] = DOWN
    site["/c"] = site["/d"] = TEXT

    first = last(rounds(site, someone, *pages))
    assert first == last(rounds(site, someone, *pages, days=4)), "nor are the same pages told after three rounds"
    (said,) = first
    assert said.startswith("2 of 4 pages could not be read: a, b. Reasons: ")
    assert said.endswith("(2 pages).")

    site["/a"] = site["/b"] = TEXT
    rounds_of_calm = last(rounds(site, someone, *pages))
    site["/a"] = site["/b"] = DOWN
    assert len(last(rounds(site, someone, *pages))) == len(rounds_of_calm) + 1


def test_the_number_of_rounds_is_a_setting(site: Site, someone: Seller) -> None:
    someone.settings = someone.settings.model_copy(update={"tell_owner_after": 1})
    site["/rate"], site["/b"], site["/c"] = DOWN, TEXT, TEXT

    assert len(last(rounds(site, someone, "/rate", "/b", "/c"))) == 1


def test_a_site_that_asked_us_to_stop_has_its_own_message(site: Site, someone: Seller) -> None:
    site["/a"], site["/b"] = ROBOT_CHECK, ROBOT_CHECK

    list(rounds(site, someone, "/a", "/b", days=2))

    assert {notice.kind for notice, _ in told(someone)} == {"rest"}


def failing(page: str, *, days: int = 3, **more: bool) -> Failing:
    return Failing(page, NOON - timedelta(days=days), days, "The site did not answer", **more)


@pytest.mark.parametrize(
    ("pages", "watched_pages", "expected"),
    [
        ([failing("a"), failing("b")], 4, True),
        ([failing("a"), failing("b")], 5, False),
        ([failing("a")], 1, False),
        ([failing("a", offline=True), failing("b", offline=True)], 2, False),
        ([failing("a", blocked=True), failing("b")], 2, True),
    ],
)
def test_what_is_half(pages: list[Failing], watched_pages: int, expected: bool) -> None:
    assert bool(half(pages, watched_pages, [])) == expected


def test_of_a_machine_that_reaches_no_site_one_hears_after_the_rounds() -> None:
    away = [failing("a", offline=True), failing("b", offline=True)]

    assert half(away, 2, []) == ()
    assert several(away, [], 3) == away
    assert several(away, [Told(NOON, UNREAD, frozenset({"a"}))], 3) == away[1:]
    assert several(away, [Told(NOON - timedelta(days=9), HALF, frozenset({"a", "b"}))], 3) == away
