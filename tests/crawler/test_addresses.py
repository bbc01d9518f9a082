"""Which addresses may be requested."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.addresses import host_of, is_loopback, is_public, refused
from diffs.failures import Failure, Reason
from diffs.wording.failures import clause


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1"),
        *("::1", "::", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "nonsense"),
    ],
)
def test_an_address_that_is_not_of_the_open_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800:21f:cb07::1", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"]
)
def test_an_address_of_the_open_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url", ["http://printer.local/", "http://db.internal/", "http://a.localhost/", "http://LOCALHOST./"]
)
def test_a_name_of_a_private_place_is_refused(url: str) -> None:
    assert refused(url) == Failure(Reason.PRIVATE_ADDRESS, host_of(url))


def test_a_public_name_may_be_asked() -> None:
    assert refused("https://sellers.example.com/help?id=1") is None


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", "shop.localhost"])
def test_what_means_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["10.0.0.1", "example.com", "localhost.example.com", ""])
def test_what_does_not(host: str) -> None:
    assert not is_loopback(host)


def test_a_host_is_read_from_a_url() -> None:
    assert host_of("https://Example.COM.:8443/a") == "example.com"
    assert host_of("http://[::1") == ""


@given(st.text())
def test_no_text_breaks_the_check(text: str) -> None:
    failure = refused(text)

    assert failure is None or clause(failure)
    assert isinstance(is_public(text), bool)
