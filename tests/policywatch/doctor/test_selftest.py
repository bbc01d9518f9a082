"""`doctor --self-test`: once from page to notice, and an honest word where it fails."""

from pathlib import Path
from urllib.request import urlopen

import pytest

from crawler.settings import CrawlSettings
from crawler.watchlist.watchlists import WatchedPage
from policywatch.doctor import selftest
from tests.policywatch.program import Program

WITHOUT_BROWSER = {"chromium": "/nowhere/chromium"}


class NothingChanges(selftest.DemoStage):
    """A stage whose policy stays as it is."""

    def change(self) -> None: ...


class NoSuchPage(selftest.DemoStage):
    """A stage without the page."""

    def page(self, fetch: str) -> WatchedPage:
        found = super().page(fetch)
        return found.model_copy(update={"url": found.url + "-gone"})


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path, dict(WITHOUT_BROWSER))


def test_every_step_is_said_and_nothing_is_left_behind(program: Program) -> None:
    ended = program("doctor", "--self-test", "--json")

    assert ended.code == 0
    steps = {step["check"]: (step["state"], step["detail"]) for step in ended.objects}
    assert list(steps) == [
        "fetch http",
        "change http",
        "fetch help-api",
        "change help-api",
        "fetch browser",
        "notice",
        "evidence",
    ]
    assert steps["fetch http"] == ("ok", "a page was read and judged")
    assert "the limit falls from 4% to 3%" in steps["change http"][1]
    assert steps["fetch help-api"] == ("ok", "a page was read and judged")
    assert "the limit falls from 4% to 3%" in steps["change help-api"][1]
    assert steps["fetch browser"][0] == "note"
    assert steps["notice"] == ("ok", "2 reported by mail, into a folder")
    assert list(program.folder.iterdir()) == []


def test_it_works_whatever_the_settings_say_about_real_sites(program: Program) -> None:
    program.settings |= {
        "hosts_off": "127.0.0.1",
        "requests_per_day": "1",
        "min_gap": "3000",
        "owner": "owner@example.com",
        "confirm": "false",
    }
    (program.folder / "policywatch-data").mkdir()
    (program.folder / "policywatch-data" / "STOP").touch()

    assert program("doctor", "--self-test").code == 0


@pytest.mark.parametrize(
    ("stage", "broken"), [(NothingChanges, ["change http", "notice"]), (NoSuchPage, ["fetch http", "notice"])]
)
def test_a_step_that_breaks_is_named_and_ends_with_1(
    program: Program, monkeypatch: pytest.MonkeyPatch, stage: type[selftest.DemoStage], broken: list[str]
) -> None:
    monkeypatch.setattr(selftest, "STAGES", (stage,))

    ended = program("doctor", "--self-test", "--json")

    assert ended.code == 1
    assert [step["check"] for step in ended.objects if step["state"] == "broken"] == broken


def test_a_fetcher_that_no_stage_plays_is_not_called_ok(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "STAGES", ())

    steps = {step.name: step for step in selftest.self_test(CrawlSettings(chromium="/nowhere/chromium"))}

    assert steps["fetch http"].state == "note"
    assert "not tried" in steps["fetch http"].detail


@pytest.mark.parametrize("fetch", selftest.SellerCentralStage.fetchers)
def test_what_it_reads_of_seller_central_is_no_plain_page(fetch: str) -> None:
    """The browser is tried on a frame that only a script fills: on a plain page it would prove nothing."""
    stage = selftest.SellerCentralStage()
    with stage.site() as site:
        url = stage.page(fetch).url
        with urlopen(url) as answer:
            frame = answer.read().decode()

        stage.change()
        changed = site.target
        stage.restore()

    assert "We require sellers" not in frame
    assert (changed, site.target) == (3, 4)


@pytest.mark.chromium
def test_a_browser_that_is_installed_is_tried(program: Program) -> None:
    from crawler.fetchers.browser.fetcher import FETCHER

    program.settings.clear()
    if missing := FETCHER.missing(CrawlSettings()):
        pytest.skip(missing)

    ended = program("doctor", "--self-test", "--json")

    states = {step["check"]: step["state"] for step in ended.objects}
    assert (states["fetch browser"], states["change browser"]) == ("ok", "ok")
