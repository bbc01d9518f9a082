"""Which pages Open Terms Archive is known to have."""

import re

from crawler.sources.ota import Wanted
from crawler.watchlist.public_archives import recorded
from crawler.watchlist.tables import table
from crawler.watchlist.watchlists import read_watchlists, shipped_watchlists

US_AGREEMENT = "https://sellercentral.amazon.com/help/hub/reference/external/G1791?locale=en-US"


def test_a_recorded_page_is_known_by_any_form_of_its_address() -> None:
    known = recorded("https://sellercentral.amazon.com/gp/help/external/1791")

    assert known is not None
    assert known == recorded(US_AGREEMENT)
    assert known.until == "June 2026"


def test_it_says_what_brings_the_history_in() -> None:
    known = recorded(US_AGREEMENT)

    assert known is not None
    assert known.commands("us-business-solutions-agreement") == (
        "git clone https://github.com/OpenTermsArchive/contrib-versions",
        (
            "policywatch import ota contrib-versions "
            "--page 'Amazon Seller Central/Marketplace Sellers Conditions=us-business-solutions-agreement'"
        ),
    )


def test_the_same_topic_of_another_marketplace_is_not_called_recorded() -> None:
    assert recorded("https://sellercentral.amazon.ca/help/hub/reference/external/G1791?locale=en-CA") is None
    assert recorded("https://example.com/terms") is None


def test_every_recorded_page_is_one_that_a_list_watches_and_calls_proven_by_it() -> None:
    pages = {page.url: page for page in read_watchlists(shipped_watchlists())[0]}

    for url, known in table("open_terms_archive").items():
        assert "Open Terms Archive" in pages[url].note
        assert Wanted.read(f"{known['terms']}=a").key == "a"
        assert re.fullmatch(r"[A-Z][a-z]+ 20\d\d", known["until"])
