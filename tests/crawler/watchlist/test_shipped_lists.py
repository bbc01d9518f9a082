"""The included watch-lists can be used as they are, and say where their addresses come from."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.watchlist.help_sites import identity
from crawler.watchlist.watchlists import WatchedPage, read_watchlists, shipped_watchlists
from diffs.values import CATEGORIES

LISTS = [path for path in shipped_watchlists() if path.name.startswith("amazon-")]
FEEDS = [path for path in shipped_watchlists() if path not in LISTS]
FIRST = [path for path in LISTS if not path.name.endswith("-more.toml")]


def pages_of(paths: Iterable[Traversable]) -> list[WatchedPage]:
    pages, problems = read_watchlists(paths)
    assert not problems
    return pages


def marketplace_of(path: Traversable) -> str:
    return path.name.removeprefix("amazon-").removesuffix(".toml").removesuffix("-more").upper()


def help_id(page: WatchedPage) -> str:
    """The page's id in one spelling: ids of digits or of 15 characters come with and without a G before them."""
    return one_spelling(urlsplit(page.url).path.rpartition("/")[2])


def one_spelling(topic: str) -> str:
    bare = topic.removeprefix("G")
    return bare if bare.isdigit() or len(bare) == 15 else topic


#: What the domain notes call a category, and the category and interest of the lists.
NOTED = {
    "agreement": ("agreement", "agreements"),
    "changes": ("changes", "agreements"),
    "performance": ("performance", "performance"),
    "appeals": ("appeals", "appeals"),
    "program_policy": ("policy", "conduct"),
    "prohibited": ("restricted", "conduct"),
    "ip": ("intellectual-property", "intellectual-property"),
    "returns": ("policy", "returns"),
    "fba": ("policy", "fba"),
    "fees": ("fees", "fees"),
    "tax": ("tax", "tax"),
}


@dataclass(frozen=True)
class Noted:
    """A page of the domain notes on one marketplace where it is proven."""

    marketplace: str
    topic: str
    priority: str
    category: str
    public: bool


@pytest.fixture(scope="module")
def noted(shared: Path) -> list[Noted]:
    """Every page of the domain notes on every marketplace that has a proof of it."""
    content = json.loads((shared / "domain/pages.json").read_text(encoding="utf-8"))
    return [
        Noted(place, one_spelling(page["id"]), page["priority"], page["category"], page["external_proven"])
        for page in content["pages"]
        for place in page["marketplaces_with_evidence"]
    ]


@pytest.fixture(scope="module")
def by_place() -> dict[tuple[str, str], tuple[WatchedPage, bool]]:
    """The entries of all lists by marketplace and id, and whether the list is one of those to watch first."""
    return {(page.marketplace, help_id(page)): (page, path in FIRST) for path in LISTS for page in pages_of([path])}


def test_every_page_proven_on_a_marketplace_is_listed_and_on(noted: list[Noted], by_place: dict[Any, Any]) -> None:
    for page in noted:
        entry, _ = by_place[page.marketplace, page.topic]

        # What was only seen by somebody signed in may not be public: it is listed, and off.
        assert entry.enabled == page.public, entry.key


def test_priority_a_is_watched_first_and_the_others_where_they_are_named(
    noted: list[Noted], by_place: dict[Any, Any]
) -> None:
    assert sum(page.priority == "A" and page.public for page in noted) > 80
    for page in noted:
        entry, is_first = by_place[page.marketplace, page.topic]

        assert is_first == (page.priority == "A"), entry.key


def test_a_page_that_is_not_proven_on_a_marketplace_is_off(noted: list[Noted], by_place: dict[Any, Any]) -> None:
    proven = {(page.marketplace, page.topic) for page in noted}
    # The agreement of the United States names Canada; the EU agreement links its own page on these three sites.
    linked = {("CA", "1791"), ("UK", "201190440"), ("IT", "201190440"), ("ES", "201190440")}

    on = {place for place, (page, _) in by_place.items() if page.enabled}

    assert on - proven == linked


def test_category_and_interest_are_those_of_the_domain_notes(shared: Path, by_place: dict[Any, Any]) -> None:
    content = json.loads((shared / "domain/pages.json").read_text(encoding="utf-8"))
    category = {one_spelling(page["id"]): page["category"] for page in content["pages"]}

    for (_, topic), (page, _) in by_place.items():
        assert (page.category, page.group) == NOTED[category[topic]], page.key


def test_every_other_spelling_of_an_id_leads_to_its_page(shared: Path) -> None:
    content = json.loads((shared / "domain/pages.json").read_text(encoding="utf-8"))
    for page in content["pages"]:
        spelled = {
            identity(f"https://sellercentral.amazon.com/gp/help/{name}") for name in [page["id"], *page["aliases"]]
        }

        assert len(spelled) == 1, page["id"]


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_a_shipped_list_reads_without_a_problem(path: Traversable) -> None:
    pages = pages_of([path])

    assert pages
    assert {page.marketplace for page in pages} == {marketplace_of(path)}
    assert all(page.key.startswith(f"{marketplace_of(path).lower()}-") for page in pages)


def test_the_lists_go_together_with_every_key_and_address_once() -> None:
    pages = pages_of(LISTS)
    addresses = Counter((urlsplit(page.url).hostname, help_id(page)) for page in pages)

    assert [address for address, times in addresses.items() if times > 1] == []
    assert len({page.key for page in pages}) == len(pages)


def test_every_marketplace_has_its_agreement() -> None:
    for path in FIRST:
        if marketplace_of(path) != "EU":
            assert sum(page.key.endswith("-business-solutions-agreement") for page in pages_of([path])) == 1, path.name


def test_pages_are_read_by_the_help_api_in_english_at_their_public_address() -> None:
    for page in pages_of(LISTS):
        address = urlsplit(page.url)

        assert (page.fetch, page.fallback, page.language) == ("help-api", "browser", "en")
        assert address.scheme == "https"
        assert re.fullmatch(r"sellercentral(-europe)?\.amazon\.[a-z.]+", address.hostname or "")
        assert re.fullmatch(r"/help/hub/reference/external/[A-Z0-9]+", address.path)
        assert re.fullmatch(r"en-[A-Z]{2}", parse_qs(address.query)["locale"][0])


def test_a_page_is_switched_on_only_with_a_proof() -> None:
    proof = re.compile(r"Proven by|Linked from|linked from|Quoted with its address|names Canada")
    for page in pages_of(LISTS):
        if page.enabled:
            assert proof.search(page.note), page.key
        else:
            assert not proof.search(page.note), page.key


def test_the_pages_that_matter_most_in_the_united_states_are_on() -> None:
    on = {page.key: page for page in pages_of(LISTS) if page.enabled}

    assert {
        "us-business-solutions-agreement", "us-agent-policy", "us-policy-changes", "us-order-defect-rate",
        "us-late-shipment-rate", "us-cancellation-rate", "us-valid-tracking-rate", "us-account-health-rating",
        "us-fee-schedule", "us-restricted-products", "us-intellectual-property", "us-funds-withholding",
    } <= set(on)  # fmt: skip
    assert {page.category for page in on.values()} == set(CATEGORIES)


def test_the_same_id_is_another_page_on_another_site() -> None:
    agreements = [page for page in pages_of(FIRST) if help_id(page) == "201190440"]

    assert len({urlsplit(page.url).hostname for page in agreements}) == len(agreements) > 5


def test_every_list_says_where_it_comes_from_and_that_nothing_was_fetched_live() -> None:
    for path in LISTS:
        head = path.read_text(encoding="utf-8").partition("[defaults]")[0]

        assert "No page was fetched live" in head
        assert "Not affiliated with Amazon" in head


def test_feeds_are_read_as_feeds_and_only_the_proven_one_is_on() -> None:
    (path,) = FEEDS
    feeds = pages_of([path])

    assert {(page.fetch, page.category) for page in feeds} == {("feed", "changes")}
    assert [page.key for page in feeds if page.enabled] == ["sp-api-changelog"]
    assert "None was fetched live" in path.read_text(encoding="utf-8")


def test_a_day_of_watching_one_site_is_a_few_dozen_checks() -> None:
    looks: Counter[str] = Counter()
    for page in pages_of(FIRST):
        if page.enabled:
            looks[urlsplit(page.url).hostname or ""] += 86_400 // page.check_every

    assert max(looks.values()) <= 100
