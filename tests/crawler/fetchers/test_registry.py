"""Every way of fetching that a watch-list may name is one that the crawler has."""

from typing import get_args

import pytest

from crawler.fetchers.registry import fetcher
from crawler.watchlist.watchlists import CRAWLED, Fetch, WatchedPage


@pytest.mark.parametrize("name", sorted(CRAWLED))
def test_every_fetcher_named_in_a_watch_list_exists_and_may_be_the_fallback(name: str) -> None:
    page = WatchedPage.model_validate({"key": "k", "url": "https://a.example/", "fetch": name, "fallback": name})

    assert page.crawled
    assert fetcher(page.fetch) is fetcher(page.fallback)


@pytest.mark.parametrize("name", sorted(set(get_args(Fetch)) - CRAWLED))
def test_recorded_history_is_fetched_by_nothing(name: str) -> None:
    with pytest.raises(KeyError):
        fetcher(name)
