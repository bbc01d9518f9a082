"""Nobody holds a connection of the web server for ever: real sockets on the loopback, and a limit of a moment."""

import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from http.client import HTTPResponse
from typing import Any

import pytest
import uvicorn

from diffs.database.archive import open_archive
from notifier.settings import NotifierSettings
from policywatch.service.connections import bounded
from policywatch.service.web_server import Serving

HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
FORM = b"POST /subscribe HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture(scope="module")
def connect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], socket.socket]]:
    """Connections to a server that waits for 0.3 seconds."""
    archive = open_archive(f"sqlite:///{tmp_path_factory.mktemp('served') / 'policywatch.db'}")
    with Serving(archive, NotifierSettings(), port=0, patience=0.3) as pages:
        port = int(pages.url.rstrip("/").rsplit(":", 1)[1])
        opened: list[socket.socket] = []

        def connected() -> socket.socket:
            opened.append(socket.create_connection(("127.0.0.1", port), timeout=60))
            return opened[-1]

        yield connected
        for connection in opened:
            connection.close()
    archive.close()


def heard(connection: socket.socket) -> bytes:
    """What comes until the server ends the connection; the test fails where it never does."""
    said = b""
    with suppress(ConnectionError):
        while piece := connection.recv(65_536):
            said += piece
    return said


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="says nothing"),
        pytest.param(b"GET /heal", id="begins a line"),
        pytest.param(HEAD, id="never ends its head"),
        pytest.param(FORM + b"Content-Length: 50\r\n\r\nemail=a", id="never ends its form"),
        pytest.param(FORM + b"Transfer-Encoding: chunked\r\n\r\n5\r\nemail\r\n", id="never ends its pieces"),
    ],
)
def test_who_stops_in_the_middle_of_a_request_is_hung_up_on(connect: Callable[[], socket.socket], sent: bytes) -> None:
    connection = connect()
    connection.sendall(sent)

    assert heard(connection) == b""


def test_who_says_a_word_now_and_then_is_hung_up_on(connect: Callable[[], socket.socket]) -> None:
    connection = connect()
    connection.settimeout(0.05)
    sent = 0
    with suppress(ConnectionError):
        while sent < 1_000:
            connection.sendall(b"X")
            sent += 1
            with suppress(TimeoutError):
                if not connection.recv(1):
                    break

    assert 0 < sent < 1_000


def test_a_second_request_on_a_connection_has_the_same_time(connect: Callable[[], socket.socket]) -> None:
    connection = connect()
    connection.sendall(HEAD + b"\r\n")
    answer = HTTPResponse(connection)
    answer.begin()
    assert answer.status == 200
    answer.read()  # head and body come apart where the machine is busy
    connection.sendall(HEAD)

    assert heard(connection) == b""


def test_a_form_without_end_is_cut_short(connect: Callable[[], socket.socket]) -> None:
    connection = connect()
    connection.sendall(FORM + b"Content-Length: 1000000000\r\n\r\nemail=")
    sent = 0
    with suppress(ConnectionError):
        while sent < 200_000_000:
            connection.sendall(b"a" * 65_536)
            sent += 65_536

    assert sent < 200_000_000


def test_who_never_reads_an_answer_is_hung_up_on() -> None:
    """By an application of 50 MB, which no buffer on the way holds: it comes to its end only when they are let go."""
    ended = threading.Event()

    async def answer(_scope: object, _receive: object, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(50):
            await send({"type": "http.response.body", "body": bytes(1_000_000), "more_body": True})
        ended.set()

    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(answer, http=bounded(0.3), lifespan="off", log_level="critical"))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    with socket.create_connection(listening.getsockname()) as connection:
        connection.sendall(HEAD + b"\r\n")
        was_let_go = ended.wait(60)
    server.should_exit = True
    thread.join()

    assert was_let_go


def test_a_server_full_of_such_connections_answers_the_next(connect: Callable[[], socket.socket]) -> None:
    for _ in range(100):
        connect().sendall(HEAD)
    connection = connect()
    connection.sendall(HEAD + b"Connection: close\r\n\r\n")

    assert heard(connection).startswith(b"HTTP/1.1 200")
