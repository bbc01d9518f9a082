"""Recorded history whose checks are hours apart: what comes and goes within a day is no news, every edit is."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diffs.database.archive import Archive, open_archive
from diffs.judging.lines import Lines
from diffs.store import changes, observations, versions
from tests.diffs.engine.test_derive import CLAUSES, FIRST, SECOND, THIRD, policy
from tests.diffs.engine.test_second_lines import long, rewrite
from tests.diffs.site import START, Site

NIGHT = 0.25
SHORT = policy(*CLAUSES[:1], *CLAUSES[2:])
#: Another clause edited than in `SECOND`.
OTHER = policy(*CLAUSES[:4], CLAUSES[4].replace("bears", "does not bear"))
REFINED = SECOND.replace("3%", "2%")


@pytest.fixture
def site(archive: Archive) -> Site:
    return Site(archive)


def recorded(site: Site, *checks: tuple[float, str]) -> None:
    """Checks with the day of each; a text of "" is a site that fails."""
    for day, text in checks:
        site.store(text or "<html></html>", day=day, status=200 if text else 503)
    site.derive()


def stays(text: str, day: float) -> list[tuple[float, str]]:
    return [(day + number, text) for number in range(4)]


def told(site: Site) -> list[tuple[float, str]]:
    """What was reported: the day it was first seen, and the words that came."""
    return [
        (
            (change.seen_at - START) / timedelta(days=1),
            " ".join(block["shown"] for hunk in change.hunks or () for block in hunk["after"]),
        )
        for change in site.told()
    ]


def test_a_part_that_is_missing_for_a_night_is_listed_and_not_reported(site: Site) -> None:
    recorded(site, (0, FIRST), (1, SHORT), *stays(FIRST, 1 + NIGHT))

    assert told(site) == []
    with site.archive.read() as session:
        listed = [change for change in changes.of_page(session, site.page(session)) if change.from_version]
    assert [change.reason.startswith("unconfirmed") for change in listed] == [True]


def test_a_text_counts_when_it_was_there_for_a_day(site: Site) -> None:
    recorded(site, (0, FIRST), (1, SECOND), (1.5, SECOND), (2, SECOND), (9, SECOND))

    (change,) = site.told()
    assert (change.seen_at, change.decided_at) == (START + timedelta(days=1), START + timedelta(days=2))
    with site.archive.read() as session:
        news = [observation.news for observation, _ in observations.listed(session, site.page(session))]
        assert len(changes.of_page(session, site.page(session))) == 2
    assert sorted(news) == sorted(["first", "held", "held", "change", "same"])


def test_a_page_that_is_checked_once_a_day_waits_for_nothing(site: Site) -> None:
    recorded(site, (0, FIRST), (1, SECOND), (2, SECOND))

    assert site.told()[0].decided_at == START + timedelta(days=1)


def test_a_new_clause_that_is_moved_after_hours_is_reported_when_it_was_first_shown(site: Site) -> None:
    new = "You insure each parcel that is worth more than $100, and show the policy when we ask for it."
    above, below = policy(new, *CLAUSES), policy(*CLAUSES, new)
    recorded(site, (0, policy(*CLAUSES)), (1, above), *stays(below, 1 + NIGHT))

    assert [(day, new in words) for day, words in told(site)][:1] == [(1, True)]


def test_an_edit_that_is_edited_again_after_hours_is_reported_both_times(site: Site) -> None:
    recorded(site, (0, FIRST), (1, SECOND), *stays(REFINED, 1 + NIGHT))

    (first, _), (second, words) = told(site)
    assert (first, second) == (1, 1.25)
    assert "under 2%" in words


def test_an_edit_after_which_another_is_made_is_reported_at_its_own_check(site: Site) -> None:
    recorded(site, (0, FIRST), (1, SECOND), *stays(THIRD, 1 + NIGHT))

    (first, rate), (second, notice) = told(site)
    assert (first, second) == (1, 1.25)
    assert "under 3%" in rate and "15 days" not in rate
    assert "15 days" in notice and "under 3%" not in notice


def test_an_edit_that_gives_way_to_an_edit_elsewhere_was_taken_back(site: Site) -> None:
    recorded(site, (0, FIRST), (1, SECOND), *stays(OTHER, 1 + NIGHT))

    ((day, words),) = told(site)
    assert day == 1.25
    assert "does not bear" in words


def test_an_edit_before_the_site_fails_is_reported_without_delay(site: Site) -> None:
    recorded(site, (0, FIRST), (1, SECOND), (1.5, ""), (5, ""), *stays(SECOND, 6))

    (change,) = site.told()
    assert (change.seen_at, change.decided_at) == (START + timedelta(days=1), START + timedelta(days=1.5))


def test_an_edit_before_another_text_comes_is_reported_without_delay(site: Site) -> None:
    recorded(site, (0, long()), (1, long(3)), (1.5, rewrite()), *stays(rewrite(), 5))

    change = site.told()[0]
    assert (change.seen_at, change.decided_at) == (START + timedelta(days=1), START + timedelta(days=1.5))
    assert change.line == 1


def test_a_new_text_that_is_brought_out_server_by_server_is_reported(site: Site) -> None:
    turns = [(1 + number * NIGHT / 2, SECOND if number % 2 == 0 else FIRST) for number in range(8)]
    recorded(site, (0, FIRST), *turns, (2, SECOND), (2.5, SECOND), *stays(SECOND, 3))

    assert [day for day, _ in told(site)] == [2]


def test_two_texts_in_turn_for_days_are_no_news_until_one_of_them_lasts(site: Site) -> None:
    turns = [(1 + number * NIGHT, SECOND if number % 2 == 0 else FIRST) for number in range(16)]
    recorded(site, (0, FIRST), *turns, *[(5 + day, SECOND) for day in range(29)])
    assert told(site) == []

    recorded(site, (36, SECOND))
    assert [change.kind for change in site.told()] == ["rollback"]


def test_a_part_that_comes_back_with_other_furniture_is_no_news(site: Site) -> None:
    labels = "<p>Blue pages</p><p>Green pages</p>"
    back = FIRST.replace("<h1>", f"{labels}<h1>")
    recorded(site, *stays(FIRST, 0), *stays(SHORT, 10), *stays(back, 20))

    assert [day for day, _ in told(site)] == [10]
    with site.archive.read() as session:
        last, _ = observations.listed(session, site.page(session))[-1]
        assert versions.by_text(session, site.page(session), last.text_sha256).edition != last.text_sha256


def test_who_heard_of_a_missing_part_hears_that_it_is_back_with_other_furniture(site: Site) -> None:
    back = FIRST.replace("<h1>", "<p>Blue pages</p><p>Green pages</p><h1>")
    recorded(site, *stays(FIRST, 0), *stays(SHORT, 10), *stays(back, 20))

    (change,) = site.told()
    with site.archive.read() as session:
        course = versions.course(session, site.page(session), START + timedelta(days=30))
    undone = course.undoing(change)
    assert course.back == undone
    assert undone and (undone.version.seq, undone.since) == (1, START + timedelta(days=20))


def test_a_part_that_comes_back_with_an_edit_is_news(site: Site) -> None:
    recorded(site, *stays(FIRST, 0), *stays(SHORT, 10), *stays(SECOND, 20))

    assert [day for day, _ in told(site)] == [10, 20]
    assert "under 3%" in told(site)[1][1]


TEXTS = [FIRST, SECOND, THIRD, OTHER, SHORT, REFINED, ""]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(TEXTS), st.integers(1, 30)), max_size=14), st.sampled_from(TEXTS[:-1]))
def test_a_text_that_lasts_is_the_one_in_force_whatever_came_before(moves: list[tuple[str, int]], last: str) -> None:
    site, hours = Site(open_archive("sqlite://")), 0
    checks = [(0.0, FIRST)]
    for text, after in moves:
        hours += after
        checks.append((hours / 24, text))
    recorded(site, *checks, *[(hours / 24 + day, last) for day in (1, 2, 3, 10, 20, 33, 40)])

    with site.archive.read() as session:
        page = site.page(session)
        seen, _ = observations.listed(session, page)[-1]
        memory = Lines.from_json(page.memory).first
        assert memory.current == seen.text_sha256
        assert memory.current_told or memory.current == versions.listed(session, page)[0].text_sha256
