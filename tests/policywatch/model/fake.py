"""A fake OpenAI-compatible endpoint on the loopback: a real HTTP server that answers as a test wants it to."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-very-secret-4711"

#: From the lines it was given to the lines it answers with.
Rephrase = Callable[[list[str]], list[str]]


def chat(content: str) -> bytes:
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}).encode()


class Fake:
    """`says` is called with our lines and gives its lines; or `answers` gives status, headers and body as they are."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.says: Rephrase = lambda lines: lines
        self.answers: Callable[[], tuple[int, dict[str, str], bytes]] | None = None
        self.hang = threading.Event()
        self.hangs = False
        self.drips = False
        self.url = ""

    def answer(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        if self.answers is not None:
            return self.answers()
        if not body:
            return 200, {}, json.dumps({"object": "list", "data": [{"id": "small"}, {"id": "large"}]}).encode()
        lines = lines_of(json.loads(body))
        headline, *points = self.says(lines)
        return 200, {}, chat(json.dumps({"headline": headline, "points": points}))


def lines_of(asked: dict[str, Any]) -> list[str]:
    """Our lines in what was asked."""
    return json.loads(asked["messages"][1]["content"].split("\n")[1])["lines"]


@contextlib.contextmanager
def endpoint() -> Iterator[Fake]:
    fake = Fake()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            fake.requests.append({"path": self.path, "headers": dict(self.headers), "body": body})
            if fake.hangs:
                fake.hang.wait(30)
                self.close_connection = True
                return
            status, headers, content = fake.answer(body)
            self.send_response(status)
            for name, value in {"content-type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            with contextlib.suppress(OSError):  # whoever asked has gone
                if fake.drips:
                    while not fake.hang.wait(0.05):
                        self.wfile.write(b" ")
                self.wfile.write(content)
            self.close_connection = True

        do_GET = do_POST = _handle  # noqa: N815 (the names of http.server)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield fake
    finally:
        fake.hang.set()
        server.shutdown()
        server.server_close()
        thread.join()
