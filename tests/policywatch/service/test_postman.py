"""Questions to new readers go out beside the web pages, whatever the mail server does."""

import re
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest

from diffs.database.archive import Archive, open_archive
from diffs.errors import ArchiveError
from policywatch import context
from policywatch.service.postman import Postman
from policywatch.service.web_server import Serving
from tests.notifier.vocabulary import settings


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = open_archive(f"sqlite:///{tmp_path / 'policywatch.db'}")
    yield opened
    opened.close()


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds; the test fails when it never does."""
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def subscribe(url: str, address: str) -> int:
    form = urlencode({"email": address}).encode()
    with urllib.request.urlopen(f"{url}subscribe", form, timeout=30) as answer:
        return int(answer.status)


def test_the_question_goes_out_while_the_pages_are_served(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("policywatch.service.postman.EVERY", 0.05)
    chosen = settings(smtp_url=f"folder:{tmp_path / 'mail'}")
    with Serving(archive, chosen, port=0) as serving:
        assert subscribe(serving.url, "new@example.org") == 200
        until(lambda: [*(tmp_path / "mail").glob("*.eml")])

    (mail,) = (tmp_path / "mail").glob("*.eml")
    assert re.search(r"^To: new@example.org", mail.read_text(), re.MULTILINE)


@pytest.fixture
def mute() -> Iterator[int]:
    """A mail server that takes connections and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        kept: list[socket.socket] = []

        def take() -> None:
            with suppress(OSError):
                while True:
                    kept.append(listening.accept()[0])

        threading.Thread(target=take, daemon=True).start()
        yield listening.getsockname()[1]
        for connection in kept:
            connection.close()


def test_a_mute_mail_server_and_45_strangers_stop_nobody(
    archive: Archive, mute: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form asks no mail server anything, so more POSTs than there are worker threads leave the pages as they are."""
    monkeypatch.setattr("policywatch.service.postman.EVERY", 0.05)
    monkeypatch.setattr("policywatch.service.postman.PATIENCE", 0.1)
    chosen = settings(smtp_url=f"smtp://127.0.0.1:{mute}", smtp_timeout=300)
    answers: list[int] = []
    with Serving(archive, chosen, port=0) as serving:
        strangers = [
            threading.Thread(target=lambda at=at: answers.append(subscribe(serving.url, f"{at}@example.org")))
            for at in range(45)
        ]
        for stranger in strangers:
            stranger.start()
        for stranger in strangers:
            stranger.join()
        with urllib.request.urlopen(f"{serving.url}healthz", timeout=30) as health:
            assert health.status == 200

    assert answers == [200] * 45


def test_what_fails_once_is_tried_again(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def deliver(_postman: Postman) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise ArchiveError("locked")
        if len(calls) == 2:
            raise ZeroDivisionError

    monkeypatch.setattr(Postman, "_deliver", deliver)
    with Postman(archive, settings(), clock=context.now, every=0.01):
        until(lambda: len(calls) > 2)
