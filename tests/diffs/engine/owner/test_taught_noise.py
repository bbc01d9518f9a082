"""What the owner calls noise is quiet from then on, is listed, can be taken back, and hides no rule."""

import pytest

from diffs.database.archive import Archive
from diffs.engine.owner import taught_noise
from diffs.store import changes
from tests.diffs.engine.test_furniture import CLAUSES
from tests.diffs.site import Site, derive_again


def page(teaser: str) -> str:
    first, *rest = CLAUSES
    body = "".join(f"<p>{text}</p>" for text in (first, teaser, *rest))
    return f"<!doctype html><html lang=en><title>Seller rules</title><main><h1>Seller rules</h1>{body}</main></html>"


@pytest.fixture
def site(archive: Archive) -> Site:
    return Site(archive)


def teach(site: Site, *, is_noise: bool = True, on_site: bool = False, which: int = -1) -> list[str]:
    with site.archive.begin() as session:
        row = session.merge(site.told()[which])
        return taught_noise.teach(session, site.page(session), row, is_noise=is_noise, on_site=on_site)


def test_a_place_called_noise_is_quiet_until_that_is_taken_back(site: Site) -> None:
    site.looks(page("Meet our team in Paris this spring."), page("Our winners were chosen by the readers."))
    assert teach(site) == ["agreement"]
    site.looks(page("Warehouses are full of garden chairs."))
    assert len(site.told()) == 1
    with site.archive.read() as session:
        assert taught_noise.listed(site.page(session)) == [site.told()[0].uid]
        change = changes.of_page(session, site.page(session))[-1]
    assert change.reason == "only furniture of the page differs: you said that this place is noise"

    teach(site, is_noise=False)
    site.looks(page("Ten new cities have joined the tour."))
    assert len(site.told()) == 2
    with site.archive.read() as session:
        assert not taught_noise.listed(site.page(session))


@pytest.mark.parametrize(
    "rule",
    [
        "Sellers must register anew.",
        "Refunds are paid within 14 days.",
        "The fee is 5%.",
        "Weapons are not allowed here.",
    ],
)
def test_a_rule_in_a_place_called_noise_is_reported(site: Site, rule: str) -> None:
    site.looks(page("Meet our team in Paris this spring."), page("Our winners were chosen by the readers."))
    teach(site)
    site.looks(page(rule))
    assert len(site.told()) == 2


def test_a_figure_called_noise_is_quiet_and_its_neighbour_in_the_line_is_not(site: Site) -> None:
    line = "There are {} sellers in {} countries here."
    site.looks(page(line.format(1201, 14)), page(line.format(1315, 14)))
    teach(site)
    site.looks(page(line.format(1377, 14)))
    assert len(site.told()) == 1
    site.looks(page(line.format(1399, 15)))
    assert len(site.told()) == 2


def test_what_was_reported_before_it_was_called_noise_stays_when_all_is_derived_again(site: Site) -> None:
    site.looks(page("Meet our team in Paris this spring."), page("Our winners were chosen by the readers."))
    before = site.told()[0].uid
    teach(site)
    with site.archive.begin() as session:
        derive_again(session, site.page(session))
    assert [change.uid for change in site.told()] == [before]


def test_a_place_may_be_noise_on_all_pages_of_a_site(archive: Archive) -> None:
    first, second, other = Site(archive), Site(archive, key="second"), Site(archive, key="other", host="example.org")
    for one in (first, second, other):
        one.looks(page("Meet our team in Paris this spring."), page("Our winners were chosen by the readers."))
    assert teach(first, on_site=True) == ["agreement", "second"]
    for one in (first, second, other):
        one.looks(page("Warehouses are full of garden chairs."))
    assert [len(one.told()) for one in (first, second, other)] == [1, 1, 2]


def test_the_first_text_of_a_page_has_no_place_to_be_called_noise(site: Site) -> None:
    site.looks(page("Meet our team in Paris this spring."))
    with site.archive.begin() as session:
        row = changes.of_page(session, site.page(session))[0]
        assert not taught_noise.teach(session, site.page(session), row, is_noise=True, on_site=False)


def test_a_page_that_is_gone_has_no_place_to_be_called_noise(site: Site) -> None:
    site.looks(page("Meet our team in Paris this spring."))
    for _ in range(6):
        site.store("<p>Not found</p>", status=404)
    site.derive()
    (change,) = site.told()
    assert change.kind == "gone"
    assert not teach(site)
