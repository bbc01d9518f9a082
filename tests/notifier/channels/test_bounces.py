"""Delivery reports as mail servers write them, and mail that only looks like one."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.channels.bounces import LONGEST, LONGEST_FIELD, Bounce, _parsed, bounces
from tests.counting import calls

MESSAGE_ID = "<notice.0123456789abcdef@policies.example>"


def report(
    *recipients: str,
    returned: str = "text/rfc822-headers",
    message_id: str = MESSAGE_ID,
    kind: str = "multipart/report",
) -> bytes:
    """A report on recipients, each given as the fields of its block."""
    blocks = "\n".join(f"{fields}\n" for fields in ("Reporting-MTA: dns; mx.example.org", *recipients))
    return f"""From: MAILER-DAEMON@mx.example.org
To: policies@policies.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: {kind}; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I am sorry.

--b
Content-Type: message/delivery-status

{blocks}
--b
Content-Type: {returned}

Message-ID: {message_id}
Subject: Notice period falls to 15 days

--b--
""".encode()


GONE = """Final-Recipient: rfc822; moved@example.org
Original-Recipient: rfc822; reader@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <moved@example.org>: no such user"""


def full(status: str, action: str = "failed") -> str:
    return f"Final-Recipient: rfc822; reader@example.org\nAction: {action}\nStatus: {status}"


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
def test_a_report_names_message_reader_and_reason(returned: str) -> None:
    assert bounces(report(GONE, returned=returned)) == [
        Bounce(
            message_id=MESSAGE_ID,
            address="reader@example.org",
            status="5.1.1",
            reason="550 5.1.1 <moved@example.org>: no such user",
            failed=True,
            gone=True,
        )
    ]


@pytest.mark.parametrize(
    ("status", "gone"),
    [
        ("5.1.1", True),
        ("5.1.10", True),
        ("5.2.1 (mailbox disabled)", True),
        ("5.2.2", False),
        ("5.7.1", False),
        ("5.1.8", False),
        ("4.4.7", False),
        ("", False),
    ],
)
def test_only_an_address_that_is_gone_is_gone(status: str, gone: bool) -> None:
    (bounce,) = bounces(report(full(status)))

    assert (bounce.failed, bounce.gone) == (True, gone)
    assert bounce.reason == status.split(" ", 1)[0]


def test_a_server_that_still_tries_has_not_failed() -> None:
    (bounce,) = bounces(report(full("4.4.1", action="delayed")))

    assert not bounce.failed


def test_a_report_may_be_about_several_readers() -> None:
    found = bounces(report(GONE, full("5.2.2").replace("rfc822; ", "")))

    assert [bounce.gone for bounce in found] == [True, False]
    assert found[1].address == "reader@example.org"


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"Subject: unsubscribe\n\nplease",
        report(GONE, kind="multipart/mixed"),
        report(GONE, returned="text/plain"),
        report(GONE, message_id=""),
        report(),
        report(GONE).replace(b"message/delivery-status", b"text/plain"),
        b"Content-Type: multipart/report\n\nnothing inside",
        b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n--b--",
        b"Content-Type: multipart/report; boundary=b\n\n--b\n" + b"Content-Type: message/rfc822\n\n" * 3000,
    ],
)
def test_what_is_no_report_on_a_returned_message_says_nothing(mail: bytes) -> None:
    assert bounces(mail) == []


@given(st.binary(max_size=400), st.integers(0, 900))
def test_a_broken_report_breaks_nothing(noise: bytes, at: int) -> None:
    whole = report(GONE)

    for bounce in bounces(whole[:at] + noise + whole[at:]):
        assert "\n" not in bounce.reason + bounce.address + bounce.message_id


def test_a_report_of_any_length_is_read_as_far_as_it_counts() -> None:
    assert bounces(report(GONE) + b"x" * (LONGEST + 1))[0].gone


PIECES = [
    "--b\n", "--b--\n", "--b1\n", "--b2\n", "\n", "\n\n", "Content-Type: multipart/mixed; boundary=b1\n\n", " a=\n", "\r",
    "Content-Type: multipart/report; boundary=b2\n\n", "Content-Type: message/rfc822\n\n", "--", ";", '"', " ", "x",
    "Content-Type: message/delivery-status\n\n", "Final-Recipient: rfc822; a@example.org\n", "Status: 5.1.1\n", ": ",
    "Content-Type: text/rfc822-headers\n\n", f"Message-ID: {MESSAGE_ID}\n", "Message-ID: <", "=?utf-8?q?a?= ", "\x00",
    "Content-Transfer-Encoding: base64\n", "Content-Transfer-Encoding: quoted-printable\n", "=\n", "; a*0*=", "\udcff",
]  # fmt: skip
RUNS = st.tuples(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4), st.sampled_from([1, 1, 3, 40, 900]))


@given(st.lists(RUNS, min_size=1, max_size=6), st.sampled_from([b"", report(GONE)[:-6]]))
def test_any_mail_is_read_within_bounds(runs: list[tuple[list[str], int]], before: bytes) -> None:
    body = "".join("".join(pieces) * times for pieces, times in runs)[:20_000]
    mail = before or b"Content-Type: multipart/report; boundary=b\n\n"

    assert calls(lambda: bounces(mail + body.encode("utf-8", "surrogateescape"))) <= 100_000 + 150 * len(body)


@pytest.mark.parametrize(
    "mail",
    [
        pytest.param(lambda n: b'Content-Type: multipart/report; a="' + b";" * n, id="parameters without end"),
        pytest.param(lambda n: b'Content-Type: multipart/report; a="' + b";\n " * n, id="in folded lines"),
        pytest.param(
            lambda n: (
                b"Content-Type: multipart/report; boundary=b\n\n"
                + b"".join(b"--b%s\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (b"" if not d else b"%d" % d, d + 1) for d in range(n // 100))
                + b"-\n" * n
            ),
            id="deep",
        ),
        pytest.param(lambda n: b"Content-Type: multipart/report; boundary=b\n\n" + b"--b\n\nx\n" * n, id="wide"),
    ],
)  # fmt: skip
def test_four_times_as_much_mail_is_four_times_the_work(mail: Callable[[int], bytes]) -> None:
    few, many = (calls(lambda size=size: bounces(mail(size))) for size in (5_000, 20_000))

    assert bounces(mail(20_000)) == []
    assert many <= 5 * few


def test_of_a_field_as_much_is_read_as_counts() -> None:
    """What its parameters cost grows with the square of its length, in C, where no call is counted."""
    assert len(_parsed(b"Subject: " + b"a;" * LONGEST_FIELD)["Subject"]) == LONGEST_FIELD


def test_a_report_on_many_readers_is_read_whole() -> None:
    assert len(bounces(report(*[GONE] * 900))) == 900
    assert bounces(report(*[GONE] * 1_100)) == []
