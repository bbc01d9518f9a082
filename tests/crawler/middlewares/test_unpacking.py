"""A packed answer that was cut off is no whole page with less text."""

import gzip
import zlib

import brotli
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from crawler.middlewares.unpacking import is_whole
from diffs.failures import Failure, Reason
from diffs.values import Outcome
from tests.crawler.looking import Seller, policy, watched
from tests.site import Answer, Site

TEXT = policy(*(f"Parcels of group {n * 7919 % 1000} ship within {n * 31 % 17 + 1} days." for n in range(200))).encode()


def flushed(data: bytes) -> bytes:
    """A stream that a server sent and never ended."""
    stream = zlib.compressobj(wbits=31)
    return stream.compress(data) + stream.flush(zlib.Z_SYNC_FLUSH)


def named(data: bytes) -> bytes:
    """A gzip stream whose head holds every field there is."""
    fields = b"\x04\x00abcd" + b"name\x00" + b"comment\x00" + b"\x00\x00"
    return b"\x1f\x8b\x08\x1e" + bytes(6) + fields + gzip.compress(data)[10:]


def raw(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


PACKED = [
    (b"gzip", gzip.compress(TEXT)),
    (b"x-gzip", named(TEXT)),
    (b"gzip", gzip.compress(TEXT) + gzip.compress(TEXT)),
    (b"deflate", zlib.compress(TEXT)),
    (b"deflate", raw(TEXT)),
    (b"br", brotli.compress(TEXT)),
    (b"zstd", zstd.compress(TEXT)),
    (b"zstd", zstd.compress(TEXT) + zstd.compress(TEXT)),
]


@pytest.mark.parametrize(("encoding", "packed"), PACKED)
def test_a_whole_stream_is_whole_and_most_of_it_is_not(encoding: bytes, packed: bytes) -> None:
    assert is_whole(packed, encoding)
    for share in (0.3, 0.45, 0.75, 0.95):
        assert not is_whole(packed[: int(len(packed) * share)], encoding)


def test_a_server_that_leaves_the_checksum_out_or_never_ends_its_stream_has_sent_everything() -> None:
    assert is_whole(gzip.compress(TEXT)[:-8], b"gzip")
    assert is_whole(flushed(TEXT), b"gzip")
    assert is_whole(zlib.compress(TEXT)[:-4], b"deflate")


@pytest.mark.parametrize("encoding", [b"gzip", b"deflate", b"br", b"zstd", b"identity"])
def test_what_is_no_such_stream_says_nothing(encoding: bytes) -> None:
    assert is_whole(b"", encoding)
    assert is_whole(TEXT, encoding)


@given(st.binary(max_size=80), st.sampled_from([b"gzip", b"deflate", b"br", b"zstd"]))
def test_no_bytes_break_the_check(packed: bytes, encoding: bytes) -> None:
    assert is_whole(b"\x1f\x8b" + packed, encoding) in (True, False)


@pytest.mark.parametrize(("encoding", "packed"), PACKED[:1] + PACKED[3:4] + PACKED[5:7])
def test_half_a_packed_page_is_truncated_and_nothing_is_reported(
    site: Site, someone: Seller, encoding: bytes, packed: bytes
) -> None:
    headers, page = {"Content-Encoding": encoding.decode()}, watched(site, "/rate")
    site["/rate"] = Answer(body=packed, headers=headers)
    first = someone.looks_at(page, confirm=True, retries=0)["rate"]
    site["/rate"] = Answer(body=packed[: len(packed) * 3 // 4], headers=headers)

    second = someone.looks_at(page, confirm=True, retries=0)["rate"]

    assert (first.outcome, second.outcome) == (Outcome.OK, Outcome.TRUNCATED)
    assert second.failure == Failure(Reason.CUT_OFF, "127.0.0.1")
    assert second.reason == "Only a part of the answer arrived: the connection broke in the middle."
    assert second.changes == ()
    assert someone.body_of(someone.snapshots_of("rate")[1]) in TEXT, "what came is kept"


def test_a_page_that_was_cut_off_is_asked_for_again(site: Site, someone: Seller) -> None:
    packed, headers = gzip.compress(TEXT), {"Content-Encoding": "gzip"}
    site["/rate"] = [Answer(body=packed[:900], headers=headers), Answer(body=packed, headers=headers)]

    assert someone.looks_at(watched(site, "/rate"))["rate"].outcome is Outcome.OK
    assert [row.status for row in someone.snapshots_of("rate")] == [200, 200]


def test_a_robots_txt_that_was_cut_off_could_forbid_too_little(site: Site, someone: Seller) -> None:
    packed = gzip.compress(b"User-agent: *\n" + b"Allow: /a\n" * 500 + b"Disallow: /rate\n")
    site["/robots.txt"] = Answer(body=packed[:-20], headers={"Content-Encoding": "gzip"}, kind="text/plain")
    site["/rate"] = TEXT

    report = someone.looks_at(watched(site, "/rate"))["rate"]

    assert site.pages_asked == []
    assert report.failure is not None
    assert (report.failure.reason, report.failure.root.reason) == (Reason.ROBOTS_UNREAD, Reason.CUT_OFF)
