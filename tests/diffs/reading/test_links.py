"""An address in one form, however a page writes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffs.reading.links import help_id, link_key

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
