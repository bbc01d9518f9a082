"""Interests: which pages of the included lists a seller wants to watch."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from crawler.rounds.selection import watched_pages
from crawler.settings import CrawlSettings, crawl_settings
from crawler.watchlist import interests
from crawler.watchlist.watchlists import WatchedPage, read_watchlists, shipped_watchlists
from diffs.errors import SettingsError
from diffs.values import CATEGORIES


def chosen(*names: str) -> list[WatchedPage]:
    pages, problems = watched_pages(CrawlSettings(watchlists=["amazon-us"], interests=names))
    assert not problems
    return pages


def test_every_category_belongs_to_an_interest_and_every_interest_has_pages() -> None:
    groups = {page.group for page in read_watchlists(shipped_watchlists())[0] if page.enabled}

    assert {interests.interest_of(category) for category in CATEGORIES} <= set(interests.names())
    assert groups == set(interests.names())
    assert all(interests.title(name) for name in interests.names())


def test_without_interests_everything_is_watched() -> None:
    (us,) = (entry for entry in shipped_watchlists() if entry.name == "amazon-us.toml")

    assert chosen() == read_watchlists([us])[0]


def test_interests_choose_among_the_included_pages() -> None:
    assert {page.group for page in chosen("fba", "fees")} == {"fba", "fees"}
    assert {page.key for page in chosen("fba")} >= {"us-fba-policies", "us-fba-reimbursement"}
    assert {page.category for page in chosen("fba")} == {"policy"}


def test_a_file_of_ones_own_is_watched_whole(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('[[page]]\nkey = "tax"\nurl = "https://market.example/tax"\ncategory = "tax"\n')

    pages, _ = watched_pages(CrawlSettings(watchlists=[mine, Path("amazon-us")], interests=("fees",)))

    assert "tax" in {page.key for page in pages}
    assert {page.group for page in pages if page.key != "tax"} == {"fees"}


def test_interests_hold_for_marketplaces_too() -> None:
    pages, _ = watched_pages(CrawlSettings(marketplaces=("US",), interests=("tax",)))

    assert {page.group for page in pages} == {"tax"}


def test_an_unknown_interest_is_refused_with_those_there_are() -> None:
    with pytest.raises(SettingsError, match="interests has no colours; choose from agreements, performance"):
        crawl_settings(interests="fees,colours")
    with pytest.raises(ValidationError, match="must be one of agreements"):
        WatchedPage(key="a", url="https://market.example/a", interest="colours")


def test_a_page_says_its_interest_or_has_that_of_its_category() -> None:
    page = WatchedPage(key="a", url="https://market.example/a", category="restricted")

    assert page.group == "conduct"
    assert page.model_copy(update={"interest": "fba"}).group == "fba"


@pytest.mark.parametrize(
    ("title", "category"),
    [
        ("Business Solutions Agreement", "agreement"),
        ("Changes to the Business Solutions Agreement", "changes"),
        ("Late Shipment Rate", "performance"),
        ("Referral fees by category", "fees"),
        ("Tax policies", "tax"),
        ("Intellectual property policy", "intellectual-property"),
        ("Restricted products", "restricted"),
        ("Funds withholding", "appeals"),
        ("Verkaufsgebühren", "policy"),
        ("Gebühren und Provisionen", "fees"),
        ("Coffee and other drinks", "policy"),
        ("", "policy"),
    ],
)
def test_a_category_is_proposed_by_the_title(title: str, category: str) -> None:
    assert interests.category_by_title(title) == category
