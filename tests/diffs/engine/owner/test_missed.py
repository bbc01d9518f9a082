"""What the owner missed is reported, is a case without the text, and keeps its place from being noise again."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from diffs.database.archive import Archive
from diffs.engine.owner import missed, taught_noise
from diffs.engine.owner.missed import Answer
from diffs.store import changes, pages, versions
from tests.diffs.engine.owner.test_taught_noise import page, teach
from tests.diffs.engine.test_furniture import RATE
from tests.diffs.site import START, Site, derive_again

NOW = datetime(2026, 6, 1, tzinfo=UTC)
TEASERS = (
    "Meet our team in Paris this spring.",
    "Our winners were chosen by the readers.",
    "Warehouses are full of garden chairs.",
)


@pytest.fixture
def site(archive: Archive) -> Site:
    return Site(archive)


def miss(site: Site, first: int, last: int) -> Answer:
    with site.archive.begin() as session:
        since, until = START + timedelta(days=first, hours=-8), START + timedelta(days=last, hours=8)
        return missed.report(session, site.page(session), since, until, now=NOW)


def taught(site: Site) -> None:
    """A page whose third text was kept quiet, since the owner had called the place noise."""
    site.looks(page(TEASERS[0]), page(TEASERS[1]))
    teach(site)
    site.looks(page(TEASERS[2]))
    assert len(site.told()) == 1


def test_what_was_kept_quiet_is_reported_from_the_look_that_showed_it_with_the_reason_for_the_silence(
    site: Site,
) -> None:
    taught(site)
    answer = miss(site, 2, 2)
    assert [(one.rule, one.why) for one in answer.quiet] == [
        ("furniture", "only furniture of the page differs: you said that this place is noise")
    ]
    change = site.told()[-1]
    assert answer.change is not None
    assert change.uid == answer.change.uid
    assert (change.kind, change.seen_at, change.decided_at) == ("edit", START + timedelta(days=2), NOW)
    assert change.reason == missed.REASON
    assert change.headline
    hunks = changes.comparison_of(change).hunks
    assert "".join(hunk.text_before for hunk in hunks) == TEASERS[1]
    assert "".join(hunk.text_after for hunk in hunks) == TEASERS[2]


def test_the_next_edit_of_that_place_is_reported_and_one_elsewhere_is_not_reported_twice(site: Site) -> None:
    taught(site)
    miss(site, 2, 2)
    site.looks(page("Ten new cities have joined the tour."))
    assert len(site.told()) == 3
    (hunk, *_) = changes.comparison_of(site.told()[-1]).hunks
    assert hunk.text_before in ("", TEASERS[2])


def test_a_place_that_was_missed_may_be_called_noise_again(site: Site) -> None:
    taught(site)
    miss(site, 2, 2)
    teach(site)
    site.looks(page("Ten new cities have joined the tour."))
    assert len(site.told()) == 2


def test_the_same_is_reported_once(site: Site) -> None:
    taught(site)
    assert miss(site, 2, 2).change is not None
    assert miss(site, 2, 2).change is None
    assert len(site.told()) == 2


def test_nothing_differs_where_all_was_reported_and_before_a_page_was_checked_nothing_is_known(site: Site) -> None:
    site.looks(page(TEASERS[0]), page(TEASERS[1]))
    told = miss(site, 0, 1)
    assert (told.checks, told.read, told.change) == (2, 2, None)
    assert miss(site, 5, 9) == Answer(0, 0)


def test_checks_that_read_nothing_are_no_answer(site: Site) -> None:
    site.looks(page(TEASERS[0]))
    site.store("", status=503)
    site.derive()
    assert miss(site, 1, 1) == Answer(1, 0)


def test_all_stays_as_it_was_reported_when_the_page_is_derived_again(site: Site) -> None:
    taught(site)
    miss(site, 2, 2)
    site.looks(page("Ten new cities have joined the tour."))
    before, memory = bound(site), site.state()[4]
    with site.archive.begin() as session:
        derive_again(session, site.page(session))
    assert bound(site) == before
    assert site.state()[4] == memory


def bound(site: Site) -> list[tuple[object, ...]]:
    """Each reported change with its words and the texts it is bound to."""
    with site.archive.read() as session:
        known = {one.id: one.text_sha256 for one in versions.listed(session, site.page(session))}
    sides = {one.uid: (one.from_version_id or 0, one.to_version_id or 0) for one in site.told()}
    return [(one.uid, one.headline, *(known[side] for side in sides[one.uid])) for one in site.told()]


def test_what_is_taken_back_for_good_after_it_was_missed_is_reported(site: Site) -> None:
    taught(site)
    miss(site, 2, 2)
    for day in range(3, 36):
        site.store(page(TEASERS[1]), day=day)
    site.derive()
    assert [change.kind for change in site.told()] == ["edit", "edit", "rollback"]


def test_what_was_missed_is_not_in_force_while_the_page_shows_a_former_text(site: Site) -> None:
    taught(site)
    site.looks(page(TEASERS[0]))
    with site.archive.read() as session:
        before = site.page(session).memory
    assert miss(site, 2, 2).change is not None
    with site.archive.read() as session:
        assert site.page(session).memory == before


def test_what_was_shown_for_a_day_is_reported_too(site: Site) -> None:
    taught(site)
    site.looks(page(TEASERS[1]))
    answer = miss(site, 2, 3)
    assert answer.change is not None
    assert answer.change.seen_at == START + timedelta(days=2)
    assert [one.rule for one in answer.quiet] == ["furniture", "return"]


def test_a_text_that_waits_for_its_second_check_is_reported_once(archive: Archive) -> None:
    site = Site(archive, recorded=False)
    site.looks(page(TEASERS[0]), page(TEASERS[1]), confirm=True)
    assert not site.told()
    assert miss(site, 1, 1).change is not None
    site.looks(page(TEASERS[1]), confirm=True)
    assert len(site.told()) == 1


def test_a_rate_that_moves_by_itself_is_left_out_where_anything_else_differs(site: Site) -> None:
    def both(teaser: str, rate: str) -> str:
        return page(teaser).replace("</main>", f"<p>{RATE.format(rate)}</p></main>")

    site.looks(*(both(TEASERS[0], rate) for rate in ("1.0800", "1.0807", "1.0814", "1.0821")))
    site.looks(both(TEASERS[1], "1.0828"))
    teach(site)
    site.looks(both(TEASERS[2], "1.0835"))
    assert len(site.told()) == 1

    assert miss(site, 5, 5).change is not None
    assert "".join(hunk.text_after for hunk in changes.comparison_of(site.told()[-1]).hunks) == TEASERS[2]
    assert miss(site, 1, 3).change is not None, "a figure alone is taken at the owner's word"


def test_a_change_beside_a_reported_one_is_reported_by_a_name_of_its_own(site: Site) -> None:
    taught(site)
    both = (
        page(TEASERS[0]).replace("The late rate", "The rate").replace("</main>", "<p>Send it within 3 days.</p></main>")
    )
    site.looks(both)
    assert len(site.told()) == 2
    answer = miss(site, 3, 3)
    assert answer.change is not None
    assert ("furniture", "you said that this place is noise") in [(one.rule, one.why) for one in answer.quiet]
    assert answer.change.uid not in {change.uid for change in site.told()[:2]}
    assert len(site.told()) == 3
    assert miss(site, 3, 3).change is None


@pytest.mark.parametrize("label", ["noise", "real"])
def test_a_case_holds_what_is_known_of_the_place_and_no_word_of_it(site: Site, label: str) -> None:
    taught(site)
    which = site.told()[0]
    if label == "real":
        miss(site, 2, 2)
        which = site.told()[-1]
    with site.archive.read() as session:
        case = taught_noise.case_of(site.page(session), which)
    assert case is not None
    place = case["places"][0]
    assert (case["label"], place["op"], place["before"]["kinds"]) == (label, "removed", ["paragraph"])
    assert (place["before"]["words"], place["figures"], place["states_rule"]) == (7, [0, 0], False)
    assert 0 < place["position"] < 1
    assert place["evidence"] == ("you said that this place is noise" if label == "real" else "")
    assert case["rules"] == (["furniture"] if label == "real" else ["new-text"])
    written = json.dumps(case)
    assert not any(word in written for word in ("winners", "readers", "Paris", "garden", "seller"))


def test_what_is_taken_back_is_no_case(site: Site) -> None:
    taught(site)
    teach(site, is_noise=False)
    with site.archive.read() as session:
        assert taught_noise.case_of(site.page(session), site.told()[0]) is None


def test_noise_on_all_pages_of_a_site_is_noise_on_pages_that_are_added_later(archive: Archive) -> None:
    first = Site(archive)
    first.looks(page(TEASERS[0]), page(TEASERS[1]))
    teach(first, on_site=True)
    later, other = Site(archive, key="later"), Site(archive, key="other", host="example.org")
    for one in (later, other):
        one.looks(page(TEASERS[0]), page(TEASERS[2]))
    assert [len(one.told()) for one in (later, other)] == [0, 1]
    teach(first, on_site=True, is_noise=False)
    last = Site(archive, key="last")
    last.looks(page(TEASERS[0]), page(TEASERS[2]))
    assert len(last.told()) == 1
    with archive.read() as session:
        assert [len(one.decisions or ()) for one in pages.listed(session)] == [2, 2, 2, 0]
