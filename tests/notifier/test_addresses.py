import pytest

from notifier.addresses import email_address, mailbox, network


@pytest.mark.parametrize(
    ("given_address", "stored"),
    [
        ("reader@Example.ORG", "reader@example.org"),
        (" Reader+policies@example.org ", "Reader+policies@example.org"),
        ("leser@münchen.example", "leser@xn--mnchen-3ya.example"),
        ("root@localhost", "root@localhost"),
        ("boss@office.local", "boss@office.local"),
        ('"first last"@example.org', '"first last"@example.org'),
        ("postmaster@[192.0.2.1]", "postmaster@[192.0.2.1]"),
    ],
)
def test_an_address_is_stored_in_one_form(given_address: str, stored: str) -> None:
    assert email_address(given_address) == stored


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "nobody",
        "@example.org",
        "a@",
        "a b@example.org",
        "a@b\r\nBcc: c@d",
        "a@b@c",
        "ü@example.org",
        f"{'x' * 300}@e.org",
        f"a@{'x' * 70}.org",
        "<a@b>",
        "a@b, c@d",
        "boss@example",
    ],
)
def test_what_is_no_address_is_not_stored(bad: str) -> None:
    with pytest.raises(ValueError, match="not a mail address"):
        email_address(bad)


@pytest.mark.parametrize(
    "spelt", ["Reader@Example.org", "reader+policies@example.org", "r.e.a.der@example.org", "READER+A+B@EXAMPLE.ORG"]
)
def test_many_spellings_are_one_mailbox(spelt: str) -> None:
    assert mailbox(spelt) == mailbox("reader@example.org")


@pytest.mark.parametrize("other", ["reader@example.com", "reader-policies@example.org", "readers@example.org"])
def test_other_people_have_other_mailboxes(other: str) -> None:
    assert mailbox(other) != mailbox("reader@example.org")


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("93.184.216.34", "93.184.216.34"),
        ("::ffff:93.184.216.34", "93.184.216.34"),
        ("2a01:4f8:7:1::5", "2a01:4f8:7::/48"),
        ("127.0.0.1", ""),
        ("10.0.0.7", ""),
        ("fe80::1%eth0", ""),
        ("testclient", ""),
        ("", ""),
    ],
)
def test_one_customer_of_a_provider_is_one_sender(host: str, counted: str) -> None:
    assert network(host) == counted
