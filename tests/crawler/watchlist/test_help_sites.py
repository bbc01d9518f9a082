"""The addresses of one help page, of which only one form can be read without an account."""

import json
from pathlib import Path

import pytest

from crawler.watchlist.help_sites import fetchers, help_page, identity, public_address, sites
from crawler.watchlist.watchlists import read_watchlists, shipped_watchlists

US = "https://sellercentral.amazon.com"
PUBLIC = f"{US}/help/hub/reference/external/G200205250?locale=en-US"
SIGN_IN = (
    f"{US}/ap/signin?openid.pape.max_auth_age=0&openid.return_to="
    "https%3A%2F%2Fsellercentral.amazon.com%2Fhelp%2Fhub%2Freference%2FG200205250%3Flocale%3Den-US"
)


@pytest.mark.parametrize(
    "address",
    [
        PUBLIC,
        f"{US}/help/hub/reference/external/G200205250",
        f"{US}/help/hub/reference/external/G200205250?ref=efph_G200205250_cont_521&locale=en-US",
        f"{US}/help/hub/reference/G200205250",
        f"{US}/help/hub/reference/G200205250/?initialSessionID=259-0221654-4892253&ld=ASUKSPDirect",
        f"{US}/gp/help/external/G200205250?language=en_US",
        f"{US}/gp/help/G200205250",
        f"{US}/gp/help/external/help.html?itemID=G200205250&language=en_US&ref=efph_G200205250_cont_521",
        f"{US}/gp/help/external/help-page.html?itemID=G200205250",
        f"{US}/gp/help/help.html?itemID=G200205250&ie=UTF8",
        f"{US}/help/hub/reference/external/G200205250?mons_sel_locale=en_US#a-place",
        SIGN_IN,
        f"{US}/gp/sign-in/sign-in.html?destination=%2Fhelp%2Fhub%2Freference%2FG200205250",
    ],
)
def test_every_form_of_an_address_leads_to_the_public_one(address: str) -> None:
    assert public_address(address) == PUBLIC
    assert identity(address) == "help:sellercentral.amazon.com/200205250 en"


@pytest.mark.parametrize(
    ("one", "other"),
    [("G200205250", "200205250"), ("GQHQGBTD7XB7EECN", "QHQGBTD7XB7EECN"), ("G2ENZWBRV7DYX7JG", "2ENZWBRV7DYX7JG")],
)
def test_an_id_with_and_without_g_is_one_page_and_stays_as_it_was_written(one: str, other: str) -> None:
    addresses = [f"{US}/help/hub/reference/external/{topic}?locale=en-US" for topic in (one, other)]

    assert identity(addresses[0]) == identity(addresses[1])
    assert [public_address(address) for address in addresses] == addresses


@pytest.mark.parametrize(
    ("address", "locale", "language"),
    [
        ("https://sellercentral.amazon.de/help/hub/reference/G521", "en-US", "en"),
        ("https://sellercentral.amazon.de/help/hub/reference/G521?locale=de-DE", "de-DE", "de"),
        ("https://sellercentral.amazon.co.uk/gp/help/521", "en-GB", "en"),
        ("https://sellercentral.amazon.com.tr/gp/help/external/521?language=tr_TR", "tr-TR", "tr"),
        ("https://sellercentral.amazon.example/help/hub/reference/G521", "en-US", "en"),
    ],
    ids=["the site's English", "its own on wish", "UK", "old form", "a site we do not know"],
)
def test_a_locale_is_always_asked_for(address: str, locale: str, language: str) -> None:
    found = help_page(address)

    assert found is not None
    assert found.public.endswith(f"?locale={locale}")
    assert found.language == language


def test_the_same_id_is_another_page_on_another_site_or_in_another_language() -> None:
    addresses = [
        "https://sellercentral.amazon.de/gp/help/201190440",
        "https://sellercentral.amazon.fr/gp/help/201190440",
        "https://sellercentral.amazon.fr/gp/help/201190440?language=fr_FR",
    ]

    assert len({identity(address) for address in addresses}) == 3


@pytest.mark.parametrize(
    "address",
    [
        "https://market.example/help/G1791",
        f"{US}/help/hub",
        f"{US}/gp/help/external/help.html",
        "https://[::1",
        "x",
        "",
    ],
)
def test_what_is_no_help_page_stays_as_it_is(address: str) -> None:
    assert help_page(address) is None
    assert public_address(address) == address
    assert fetchers(address) == ("http", "browser")


def test_a_help_page_is_read_by_the_help_api_and_else_by_a_browser() -> None:
    assert fetchers(f"{US}/gp/help/521") == ("help-api", "browser")


def test_two_ways_to_write_an_address_are_one_page() -> None:
    page = identity("https://market.example/fees")

    for same in (
        "http://www.market.example/fees/",
        "https://market.example/fees?utm_source=mail&gclid=1",
        "https://MARKET.example/fees#late",
    ):
        assert identity(same) == page
    for other in ("https://market.example/fees?id=2", "https://market.example/fees#/2", "https://m.example/fees"):
        assert identity(other) != page
    assert identity("nonsense") == "nonsense"


def test_the_sites_are_those_of_the_domain_notes(shared: Path) -> None:
    noted = json.loads((shared / "domain/pages.json").read_text(encoding="utf-8"))["marketplaces"]
    known = {site.host: site for site in sites().values()}

    for entry in noted:
        site = known.pop(entry["host"])
        assert site.marketplace == entry["marketplace"]
        assert site.locale.startswith("en-")
    assert set(known) == {"sellercentral-europe.amazon.com"}


def test_the_shipped_lists_ask_at_the_public_address_of_their_site() -> None:
    pages = [page for page in read_watchlists(shipped_watchlists())[0] if page.fetch != "feed"]
    assert len(pages) > 1_000

    for page in pages:
        found = help_page(page.url)

        assert found is not None
        assert found.site is not None
        assert (found.public, found.site.marketplace) == (page.url, page.marketplace)
        assert found.locale == found.site.locale
