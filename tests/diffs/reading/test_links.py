"""An address in one form, however a page writes it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffs.reading.links import cited, edition_of, help_id, link_key
from diffs.values import Document
from tests.diffs.phrasing import item, paragraph

HELP = "https://sellercentral.amazon.com/help/hub/reference/external/G1791?locale=en-US"


@pytest.mark.parametrize(
    "address",
    [
        "/help/hub/reference/external/G200205250?ref=efph_G200205250_cont_G200285190&locale=en-US",
        "/help/hub/reference/external/200205250",
        "https://sellercentral.amazon.com/gp/help/external/200205250?language=en_US",
        "https://sellercentral.amazon.com/gp/help/external/help.html?itemID=G200205250&language=en_US",
        "https://sellercentral.amazon.com/gp/help/help-page.html?itemID=200205250",
        "/sign-in?use_default_idp&redirect_to=%2Fhelp%2Fhub%2Freference%2Fexternal%2FG200205250",
        "/gp/sign-in/sign-in.html?destination=%2Fgp%2Fhelp%2Fexternal%2F200205250",
    ],
)
def test_a_help_page_is_one_document_however_its_address_is_written(address):
    assert link_key(address, HELP) == "help:sellercentral.amazon.com/200205250"


def test_the_same_help_id_on_another_host_is_another_document():
    assert link_key("https://sellercentral.amazon.de/gp/help/external/1791") != link_key(HELP)


@pytest.mark.parametrize(
    ("topic", "short"),
    [("G200205250", "200205250"), ("GQHQGBTD7XB7EECN", "QHQGBTD7XB7EECN"), ("G2ENZ", "G2ENZ"), ("g1791", "1791")],
)
def test_a_help_id_has_one_form(topic, short):
    assert help_id(topic) == short


def test_tracking_and_sessions_leave_an_address():
    plain = link_key("https://example.com/terms?a=1&b=2")
    assert link_key("HTTP://EXAMPLE.com:443/x/../terms/?b=2&utm_source=mail&a=1&sessionid=133-1") == plain
    assert link_key("https://example.com/terms;jsessionid=AF1/?a=1&b=2&gclid=7") == plain
    assert link_key("https://example.com/terms?a=2&b=2") != plain
    assert link_key("https://example.com:8080/terms?a=1&b=2") != plain


@pytest.mark.parametrize(
    "address",
    [
        "",
        "#top",
        "javascript:void(0)",
        "data:text/plain,x",
        f"{HELP}#fees",
        "/signin",
        "https://example.com/cdn-cgi/l/email-protection#5a3b",
    ],
)
def test_what_leads_to_no_other_document_is_no_link(address):
    assert link_key(address, HELP) == ""


def test_a_place_on_another_page_is_part_of_the_link():
    assert link_key("/fees#books", "https://example.com/terms") == "https://example.com/fees#books"


def test_mail_and_broken_addresses_are_kept_as_they_are():
    assert link_key("mailto:Legal@Example.com") == "mailto:legal@example.com"
    assert link_key("http://[broken", HELP) == "http://[broken"
    assert link_key("https://example.com/a\nb") == "https://example.com/ab"


def test_a_chain_of_sign_ins_ends():
    address = "https://example.com/login?next=/login?next=/login?next=/login?next=/terms"
    assert link_key(address) in ("", "https://example.com/terms")


@given(st.text(max_size=80), st.sampled_from(["", HELP, "nonsense"]))
def test_no_address_is_too_broken(address, base):
    assert isinstance(link_key(address, base), str)


SHOP = "https://shop.example"


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("/docs/fees-2025.pdf", "/docs/fees-2026.pdf"),
        ("/docs/seller_terms_v3.pdf", "/other/seller_terms_v4.pdf"),
        ("/Gebuehren_20250101.pdf", "/Gebuehren_20260101.pdf"),
        ("/tarifs-janvier-2025.xlsx", "/tarifs-mars-2026.xlsx"),
        ("/policies/returns-30-days", "/policies/returns-14-days"),
        ("/policies/commission-2025.html?lang=en", "/policies/commission-2026.html?lang=en"),
    ],
)
def test_another_year_version_or_figure_is_another_edition(was: str, now: str) -> None:
    one, other = edition_of(SHOP + was), edition_of(SHOP + now)

    assert one
    assert other
    assert other.replaces(one)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("/a8f3/fees-2025.pdf?sig=abc", "/b991/fees-2025.pdf?sig=def"),
        ("/fees.8f3a9c2d1b.pdf", "/fees.0b7d2e9f4a.pdf"),
        ("/fees-1690000000.pdf", "/fees-1700000000.pdf"),
        ("/fees-2025.pdf", "/charges-2026.pdf"),
        ("/answer/123456", "/answer/654321"),
        ("/cli/v9", "/cli/v10"),
        ("/docs/fees.pdf", "/docs/charges.pdf"),
        ("/" + "long-" * 40 + "1", "/" + "long-" * 40 + "2"),
    ],
)
def test_another_token_server_folder_or_name_is_no_other_edition(was: str, now: str) -> None:
    one, other = edition_of(SHOP + was), edition_of(SHOP + now)

    assert not (one and other and other.replaces(one))


@pytest.mark.parametrize("link", ["mailto:terms2026@shop.example", "", "help:shop.example/2026"])
def test_what_is_no_address_of_a_document_has_no_edition(link: str) -> None:
    assert edition_of(link) is None


def test_a_text_cites_files_wherever_and_pages_in_sentences() -> None:
    fees, returns, blog = (f"{SHOP}/{name}" for name in ("fees-2026.pdf", "returns-30-days", "top-10-tips"))
    lines = (
        paragraph("Returns follow the returns policy.", links=(returns,)),
        replace(item("Fee schedule"), links=(fees,)),
        replace(item("Fee schedule again"), links=(fees,)),
        replace(item("Our tips"), links=(blog,)),
    )

    assert cited(lines) == ("returns-30-days", "fees-2026.pdf")


def test_a_text_that_cites_another_edition_is_another_text() -> None:
    one, other = (Document("Rules", (paragraph("Pay."),), "en", cited=(name,)) for name in ("a-1.pdf", "a-2.pdf"))

    assert one.fingerprint != other.fingerprint
    assert one.compared == other.compared
    assert Document.from_json(one.to_json()) == one


def test_addresses_to_write_to_or_to_call_are_cited() -> None:
    block = paragraph("Write or call", links=("mailto:legal@a.example", "tel:123", "https://a.example/contact"))

    assert cited([block]) == ("mailto:legal@a.example", "tel:123")
