"""Pages that scripts fill, opened in a real Chromium."""

import shutil

import pytest

from crawler.fetchers.browser.fetcher import FETCHER
from crawler.settings import CrawlSettings
from crawler.watchlist.tables import table
from diffs.values import Outcome
from tests.crawler.looking import Seller, policy, said, watched
from tests.site import Answer, Site, moved

HAS_BROWSER = FETCHER.missing(CrawlSettings()) is None

needs_browser = pytest.mark.skipif(not HAS_BROWSER, reason="no Chromium or no scrapy-playwright here")

TEXT = policy("Keep your late shipment rate under 4%.")


def shell(after: float) -> str:
    """A page whose article comes from a second call, some seconds after it has loaded."""
    return (
        '<html lang="en"><head><title>Help</title></head><body><div id="full-help-page"></div>'
        '<img src="/picture.png"><img src="http://127.0.0.9/far.png"><script>'
        f"setTimeout(() => fetch('/article').then(r => r.text()).then(t => {{"
        f"document.querySelector('#full-help-page').innerHTML = t}}), {after * 1000})</script></body></html>"
    )


def rules(*lines: str) -> Answer:
    return Answer(body="\n".join(["User-agent: *", *lines, ""]), kind="text/plain")


ARTICLE = "<h1>Late Shipment Rate</h1>" + "".join(
    f"<p>Sellers keep their late shipment rate under 4% in part {number} of every period we review.</p>"
    for number in range(12)
)


def test_without_the_extra_the_page_says_what_to_install(
    site: Site, someone: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.fetchers.browser.installed.find_spec", lambda _: None)

    report = someone.looks_at(watched(site, "/rate", fetch="browser"))["rate"]

    assert report.outcome is None
    assert "This page needs a browser. Install the browser extra" in report.reason
    assert site.pages_asked == []


def test_a_fallback_that_is_not_installed_hides_no_reason(site: Site, someone: Seller) -> None:
    page = watched(site, "/help/hub/reference/external/G1791", key="bsa", fetch="help-api", fallback="browser")

    report = someone.looks_at(page, chromium="/no/such/chromium")["bsa"]

    assert (report.outcome, report.http_status) == (Outcome.GONE, 404)
    assert report.reason == "The site says the page does not exist."


@pytest.mark.chromium
@needs_browser
class TestInChromium:
    @pytest.mark.parametrize("program", [name for name in table("browsers")["programs"] if shutil.which(name)])
    def test_a_page_that_fills_itself_is_read(self, site: Site, someone: Seller, program: str) -> None:
        site["/rate"], site["/article"] = shell(after=0.5), ARTICLE
        page = watched(site, "/rate", fetch="browser", select="#full-help-page")

        report = someone.looks_at(page, chromium=program)["rate"]

        (snapshot,) = someone.snapshots_of("rate")
        assert report.outcome is Outcome.OK
        assert snapshot.fetched_by == "browser"
        assert b"late shipment rate under 4%" in someone.body_of(snapshot)
        assert {asked.headers["user-agent"].split("/")[0] for asked in site.log} == {"policywatch"}
        assert site.asked("/picture.png") == []

    def test_robots_txt_and_private_addresses_hold_for_the_browser(self, site: Site, someone: Seller) -> None:
        site["/robots.txt"] = Answer(body="User-agent: *\nDisallow: /rate\n", kind="text/plain")
        site["/rate"] = TEXT

        someone.looks_at(watched(site, "/rate", fetch="browser"))

        assert site.pages_asked == []

    def test_a_redirect_is_followed_as_without_a_browser(self, site: Site, other_site: Site, someone: Seller) -> None:
        site["/rate"], other_site["/elsewhere"] = moved(other_site.url("/elsewhere")), TEXT

        report = someone.looks_at(watched(site, "/rate", fetch="browser"))["rate"]

        (snapshot,) = someone.snapshots_of("rate")
        assert report.outcome is Outcome.OK
        assert snapshot.final_url == other_site.url("/elsewhere")
        assert [asked.path for asked in other_site.log] == ["/robots.txt", "/elsewhere"]

    def test_a_redirect_to_what_robots_txt_closes_is_not_followed(self, site: Site, someone: Seller) -> None:
        site["/robots.txt"] = rules("Disallow: /signin")
        site["/rate"], site["/signin"] = moved("/signin"), TEXT

        report = someone.looks_at(watched(site, "/rate", fetch="browser"))["rate"]

        assert site.asked("/signin") == []
        assert report.outcome is Outcome.LOGIN_REQUIRED

    def test_a_page_that_hangs_ends_in_time(self, site: Site, someone: Seller) -> None:
        site["/slow"], site["/rate"] = Answer(after=60), TEXT

        reports = someone.looks_at(
            watched(site, "/slow", fetch="browser"), watched(site, "/rate", fetch="browser"), timeout=3.0
        )

        assert "did not answer in time" in said(someone.snapshots_of("slow")[0])
        assert reports["rate"].outcome is Outcome.OK
