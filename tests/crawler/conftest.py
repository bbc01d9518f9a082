"""A site and a seller for every test of the crawl."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.looking import Seller, seller
from tests.site import Site


@pytest.fixture
def other_site() -> Iterator[Site]:
    """A site on another host."""
    with Site("127.0.0.2") as running:
        yield running


@pytest.fixture
def someone(tmp_path: Path) -> Iterator[Seller]:
    looking = seller(tmp_path)
    yield looking
    looking.archive.close()
