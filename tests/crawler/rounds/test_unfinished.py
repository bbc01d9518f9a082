"""A page that was stored before the process was killed is judged by the next crawl, without another request."""

import pytest

from crawler.rounds.unfinished import judge_left_over
from diffs.engine import derive
from diffs.errors import ArchiveError, BodyLost
from diffs.store import changes, observations, pages, snapshots
from diffs.values import Capture
from tests.crawler.looking import Seller, policy, watched
from tests.site import Site


def stored(someone: Seller, key: str, text: str) -> None:
    with someone.archive.begin() as session:
        page = pages.get(session, key)
        assert page is not None
        capture = Capture(url=page.url, status=200, body=text.encode(), fetched_by="http", language="en")
        snapshots.add(session, page, capture, observed_at=someone.now, stored_at=someone.now)


def test_what_was_stored_and_not_judged_is_judged_with_the_next_round(site: Site, someone: Seller) -> None:
    site["/a"], site["/b"] = policy("Keep your late shipment rate under 4%."), policy("Fees are 15%.")
    someone.looks_at(watched(site, "/a"), watched(site, "/b"))
    stored(someone, "a", policy("Keep your late shipment rate under 3%."))

    someone.looks_at(watched(site, "/b"))

    assert len(site.asked("/a")) == 1
    with someone.archive.read() as session:
        (change, _) = changes.listed(session)[0]
        page = pages.get(session, "a")
        assert page is not None
        last = observations.last(session, page)
    assert change.told
    assert last is not None and last[0].outcome == "ok"
    assert judge_left_over(someone.archive, confirm=False) == 0


@pytest.mark.parametrize("fault", [BodyLost("the bytes are damaged"), ZeroDivisionError()])
def test_one_that_cannot_be_judged_is_logged_and_left(
    site: Site, someone: Seller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: Exception
) -> None:
    site["/a"] = policy("Keep your late shipment rate under 4%.")
    someone.looks_at(watched(site, "/a"))
    stored(someone, "a", policy("Keep your late shipment rate under 3%."))

    with monkeypatch.context() as patch:
        patch.setattr(derive, "derive", lambda *_, **__: raise_(fault))
        assert judge_left_over(someone.archive, confirm=False) == 1

    assert "page a:" in caplog.text
    assert judge_left_over(someone.archive, confirm=False) == 1


def test_an_archive_that_cannot_be_used_is_no_matter_of_one_page(
    site: Site, someone: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    site["/a"] = policy("Keep your late shipment rate under 4%.")
    someone.looks_at(watched(site, "/a"))
    stored(someone, "a", policy("Keep your late shipment rate under 3%."))
    monkeypatch.setattr(derive, "derive", lambda *_, **__: raise_(ArchiveError("full")))

    with pytest.raises(ArchiveError):
        judge_left_over(someone.archive, confirm=False)


def raise_(error: Exception) -> None:
    raise error
