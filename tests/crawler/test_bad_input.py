"""Whatever a host does, the crawl ends, the archive says what happened, and the other pages are read."""

import datetime as dt
import gzip
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from scrapy.exceptions import DownloadFailedError

from crawler.failures import failure_of
from crawler.resolver import GuardedResolver
from crawler.watchlist.watchlists import WatchedPage
from diffs.failures import Failure, Reason
from diffs.values import READ, Outcome
from tests.crawler.looking import Seller, policy, said, watched
from tests.site import Answer, Site, moved

TEXT = policy("Keep your late shipment rate under 4%.")


@pytest.fixture
def good(other_site: Site) -> WatchedPage:
    """A page on another host, which must come through."""
    other_site["/good"] = TEXT
    return watched(other_site, "/good")


def error_of(someone: Seller, key: str) -> str:
    (snapshot,) = someone.snapshots_of(key)
    assert snapshot.status == 0
    return said(snapshot)


def look(someone: Seller, bad: WatchedPage, good: WatchedPage, **settings: object) -> str:
    """Look at both; the good one was read, the bad one was not. Gives the reason told."""
    reports = someone.looks_at(bad, good, **settings)
    assert reports[good.key].outcome is Outcome.OK
    assert reports[bad.key].outcome not in READ
    return reports[bad.key].reason


def test_a_page_that_hangs(site: Site, someone: Seller, good: WatchedPage) -> None:
    site["/bad"] = Answer(after=60)

    look(someone, watched(site, "/bad"), good, timeout=0.5)

    assert "did not answer in time" in error_of(someone, "bad")


def test_a_page_that_never_ends(site: Site, someone: Seller, good: WatchedPage) -> None:
    def drops() -> Iterator[bytes]:
        while True:
            yield b"<p>drop</p>"

    site["/bad"] = Answer(stream=drops)

    look(someone, watched(site, "/bad"), good, timeout=30.0, max_body=200_000)

    assert "too large" in error_of(someone, "bad")


def test_a_host_that_refuses(someone: Seller, good: WatchedPage) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.3", 0))
        port = free.getsockname()[1]
    bad = WatchedPage(key="bad", url=f"http://127.0.0.3:{port}/")

    look(someone, bad, good)

    assert "refused the connection" in error_of(someone, "bad")


def test_a_name_that_does_not_exist(someone: Seller, good: WatchedPage) -> None:
    look(someone, WatchedPage(key="bad", url="http://nowhere.invalid/"), good)

    assert "could not be found (DNS)" in error_of(someone, "bad")


def test_a_machine_without_a_name_server_says_so(
    someone: Seller, good: WatchedPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo

    def look_up(host, *more):
        if host == "market.example":
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return real(host, *more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    report = someone.looks_at(WatchedPage(key="bad", url="http://market.example/"), good)["bad"]

    assert report.failure == Failure(
        Reason.ROBOTS_UNREAD, "market.example", cause=Failure(Reason.NO_NAME_SERVER, "market.example")
    )
    assert "no name server could be asked for market.example (DNS)" in report.reason


def test_a_machine_without_a_way_to_the_host_has_no_network() -> None:
    from twisted.internet.error import NoRouteError

    assert failure_of(NoRouteError(osError=101), "http://market.example/").reason is Reason.NO_NETWORK
    assert failure_of(DownloadFailedError("x"), "http://market.example/").reason is Reason.UNREADABLE


def test_a_host_that_lies_about_its_length(site: Site, someone: Seller, good: WatchedPage) -> None:
    site["/bad"] = Answer(body=TEXT, hang_up=100)

    look(someone, watched(site, "/bad"), good)

    assert "broke in the middle" in error_of(someone, "bad")


def test_something_that_is_no_http(someone: Seller, good: WatchedPage) -> None:
    from threading import Thread

    listening = socket.create_server(("127.0.0.3", 0))

    def answer() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.recv(1000)
                connection.sendall(b"220 mail.example ESMTP\r\n")

    Thread(target=answer, daemon=True).start()
    bad = WatchedPage(key="bad", url=f"http://127.0.0.3:{listening.getsockname()[1]}/")
    try:
        look(someone, bad, good)
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()

    assert error_of(someone, "bad")


def test_an_endless_redirect(site: Site, someone: Seller, good: WatchedPage) -> None:
    site["/bad"] = lambda _: moved(f"/bad?{len(site.log)}")

    reason = look(someone, watched(site, "/bad"), good)

    (snapshot,) = someone.snapshots_of("bad")
    assert len(site.asked("/bad")) == 6
    assert "redirects in an endless loop" in said(snapshot)
    assert reason


def test_a_redirect_to_something_that_is_no_web_page(site: Site, someone: Seller, good: WatchedPage) -> None:
    site["/bad"] = moved("file:///etc/passwd")

    look(someone, watched(site, "/bad"), good)

    (snapshot,) = someone.snapshots_of("bad")
    assert snapshot.status == 302
    assert someone.body_of(snapshot) == b""


def test_an_empty_body(site: Site, someone: Seller, good: WatchedPage) -> None:
    site["/bad"] = Answer(body="")

    look(someone, watched(site, "/bad"), good)

    (snapshot,) = someone.snapshots_of("bad")
    assert snapshot.status == 200
    assert snapshot.body_sha256 is None


def test_binary_instead_of_html(site: Site, someone: Seller, good: WatchedPage) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
    site["/bad"] = Answer(body=picture, kind="image/png")

    look(someone, watched(site, "/bad"), good)

    (snapshot,) = someone.snapshots_of("bad")
    assert snapshot.media_type == "other"
    assert someone.body_of(snapshot) == picture


def test_binary_that_says_it_is_html(site: Site, someone: Seller, good: WatchedPage) -> None:
    site["/bad"] = Answer(body=bytes(range(256)) * 40)

    look(someone, watched(site, "/bad"), good)

    assert len(someone.snapshots_of("bad")) == 1


@pytest.mark.parametrize("charset", ["utf-8", "latin-1", "shift_jis", "nonsense"])
def test_broken_encodings_are_stored_as_received(site: Site, someone: Seller, good: WatchedPage, charset: str) -> None:
    body = TEXT.encode() + b"<p>\xff\xfe\x80 caf\xe9</p>"
    site["/bad"] = Answer(body=body, kind=f"text/html; charset={charset}")

    reports = someone.looks_at(watched(site, "/bad"), good)

    assert reports["bad"].outcome is not None
    assert someone.body_of(someone.snapshots_of("bad")[0]) == body


def test_a_page_of_twenty_megabytes_is_refused(site: Site, someone: Seller, good: WatchedPage) -> None:
    site["/bad"] = Answer(body=b"<p>word</p>" * 1_900_000)

    look(someone, watched(site, "/bad"), good)

    assert "too large (setting max_body)" in error_of(someone, "bad")


@pytest.mark.parametrize("packing", ["gzip", "br", "zstd", "deflate"])
def test_a_bomb_is_unpacked_to_the_limit_only(site: Site, someone: Seller, good: WatchedPage, packing: str) -> None:
    site["/bad"] = Answer(body=packed(bytes(100_000_000), packing), headers={"Content-Encoding": packing})

    look(someone, watched(site, "/bad"), good, timeout=30.0)

    assert "too large when unpacked" in error_of(someone, "bad")


def test_a_bomb_within_a_bomb(site: Site, someone: Seller, good: WatchedPage) -> None:
    bomb = gzip.compress(gzip.compress(bytes(100_000_000), 9), 9)
    site["/bad"] = Answer(body=bomb, headers={"Content-Encoding": "gzip, gzip"})

    look(someone, watched(site, "/bad"), good, timeout=30.0)

    assert "too large when unpacked" in error_of(someone, "bad")


def test_packing_that_is_none(site: Site, someone: Seller, good: WatchedPage) -> None:
    site["/bad"] = Answer(body="not packed at all", headers={"Content-Encoding": "gzip"})

    look(someone, watched(site, "/bad"), good)

    assert error_of(someone, "bad")


def packed(data: bytes, how: str) -> bytes:
    import zlib
    from functools import partial

    import brotli
    from backports import zstd

    packers: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress,
        "br": partial(brotli.compress, quality=1),
        "zstd": zstd.compress,
        "deflate": zlib.compress,
    }
    return bytes(packers[how](data))


def test_a_private_address_is_refused(site: Site, someone: Seller) -> None:
    site["/bad"] = TEXT

    report = someone.looks_at(watched(site, "/bad"), allow_private_addresses=False)["bad"]

    assert site.log == []
    assert "in a private network" in error_of(someone, "bad")
    assert "POLICYWATCH_ALLOW_PRIVATE_ADDRESSES" in report.reason


@pytest.mark.parametrize("written", ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1"])
def test_a_private_address_is_refused_however_it_is_written(site: Site, someone: Seller, written: str) -> None:
    site["/bad"] = TEXT
    bad = WatchedPage(key="bad", url=f"http://{written}:{site.port}/bad")

    someone.looks_at(bad, allow_private_addresses=False)

    assert site.log == []
    assert "private network" in error_of(someone, "bad")


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What names resolve to, beside the real ones."""
    known: dict[str, str] = {}
    real = socket.getaddrinfo

    def look_up(host, port, family=0, type=0, *more):  # noqa: A002
        return real(known.get(host, host), port, family, type, *more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


def test_a_name_that_leads_into_a_private_network_is_refused(
    site: Site, someone: Seller, names: dict[str, str]
) -> None:
    names["policies.example"] = "127.0.0.1"
    site["/bad"] = TEXT

    someone.looks_at(
        WatchedPage(key="bad", url=site.url("/bad", host="policies.example")), allow_private_addresses=False
    )

    assert site.log == []
    assert "policies.example leads to 127.0.0.1" in error_of(someone, "bad")


def test_a_redirect_into_a_private_network_is_refused(
    site: Site, someone: Seller, names: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first host counts as public here; the redirect leads to the cloud's metadata address."""
    import crawler.addresses

    names["policies.example"] = "127.0.0.1"
    real = crawler.addresses.is_public
    monkeypatch.setattr(crawler.addresses, "is_public", lambda address: address == "127.0.0.1" or real(address))
    site["/bad"] = moved("http://169.254.169.254/latest/meta-data/")

    page = WatchedPage(key="bad", url=site.url("/bad", host="policies.example"))
    someone.looks_at(page, allow_private_addresses=False, timeout=2.0, min_gap=0.0)

    (snapshot,) = someone.snapshots_of("bad")
    assert "169.254.169.254 is in a private network" in said(snapshot)
    assert snapshot.final_url == "http://169.254.169.254/latest/meta-data/"


def test_the_address_that_is_asked_is_the_one_that_was_checked(someone: Seller, names: dict[str, str]) -> None:
    """A name that turns private after a first look-up gains nothing: every connection looks up and checks anew."""
    resolver = GuardedResolver(None, allow_private=False)  # type: ignore[arg-type]
    names["turning.example"] = "93.184.215.14"
    first = resolver._look_up("turning.example", 80, 0, socket.SOCK_STREAM)
    names["turning.example"] = "10.0.0.1"
    second = resolver._look_up("turning.example", 80, 0, socket.SOCK_STREAM)

    assert [entry[4][0] for entry in first] == ["93.184.215.14"]
    assert second == []
    assert resolver.why_refused("turning.example") == "10.0.0.1"


def test_a_certificate_that_nobody_signed_is_refused(tmp_path: Path, someone: Seller, good: WatchedPage) -> None:
    with Site("127.0.0.3", certificate=self_signed(tmp_path)) as lying:
        lying["/bad"] = TEXT
        look(someone, watched(lying, "/bad"), good)

        assert lying.log == []
    assert "certificate could not be verified" in error_of(someone, "bad")


def self_signed(folder: Path) -> tuple[str, str]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.3")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(paths[0]), str(paths[1])


def test_hostile_text_does_not_reach_the_log(site: Site, someone: Seller, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    site["/bad"] = Answer(404, "\x1b[31mSECRET-MARK\x1b[0m\r\nforged line")

    someone.looks_at(watched(site, "/bad"))

    assert "SECRET-MARK" not in caplog.text
