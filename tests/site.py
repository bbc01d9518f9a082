"""A site on the loopback for tests: real HTTP, answers by script, and a log of every request.

    with Site() as site:
        site["/page"] = "<p>Text</p>"                       # 200, HTML, with ETag on wish
        site["/gone"] = Answer(404)
        site["/moody"] = [Answer(503), "<p>Text</p>"]       # in turn; the last one stays
        site["/slow"] = Answer(body="late", after=3)
        site["/twisted"] = lambda asked: Answer(body=asked.headers["user-agent"])

Anything that no script names is 404, including robots.txt. Every request is logged with its time and headers.
"""

import asyncio
import gzip
import hashlib
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from time import monotonic
from typing import Self

from aiohttp import web


@dataclass(frozen=True)
class Asked:
    """A request as it came: `at` in seconds of the monotonic clock, header names in lower case."""

    at: float
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    host: str
    connection: int

    @property
    def conditional(self) -> bool:
        return "if-none-match" in self.headers or "if-modified-since" in self.headers


@dataclass(frozen=True)
class Answer:
    """What the site answers.

    `after` waits so many seconds first. `etag` answers 304 to who has it. `gzipped` packs the body. `stream` sends
    pieces of unknown number without a Content-Length. `hang_up` closes the connection after so many bytes of the body.
    """

    status: int = 200
    body: str | bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "text/html; charset=utf-8"
    after: float = 0.0
    etag: bool = False
    gzipped: bool = False
    stream: Callable[[], Iterable[bytes]] | None = None
    hang_up: int | None = None


def moved(where: str, status: int = 302) -> Answer:
    """A redirect."""
    return Answer(status, headers={"Location": where})


Script = str | bytes | Answer | Callable[[Asked], "Script"] | list["Script"]


class Site:
    """A web site in a thread of its own."""

    def __init__(self, host: str = "127.0.0.1", *, certificate: tuple[str, str] | None = None) -> None:
        self.host = host
        self.port = 0
        self.scripts: dict[str, Script] = {}
        self.log: list[Asked] = []
        self._turns: dict[str, int] = {}
        self._certificate = certificate
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="site", daemon=True)
        self._stop: asyncio.Event | None = None

    def __setitem__(self, path: str, script: Script) -> None:
        self.scripts[path] = script
        self._turns.pop(path, None)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def url(self, path: str = "/", *, host: str = "") -> str:
        scheme = "https" if self._certificate else "http"
        return f"{scheme}://{host or self.host}:{self.port}{path}"

    def asked(self, path: str) -> list[Asked]:
        """The requests for a path, in order."""
        return [asked for asked in self.log if asked.path == path]

    @property
    def pages_asked(self) -> list[Asked]:
        """All requests save those for robots.txt."""
        return [asked for asked in self.log if asked.path != "/robots.txt"]

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        unfinished = asyncio.all_tasks(self._loop)
        for task in unfinished:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*unfinished, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = web.Server(self._answer, access_log=None)
        runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await runner.setup()
        tls = None
        if self._certificate:
            tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            tls.load_cert_chain(*self._certificate)
        listening = web.TCPSite(runner, self.host, self.port, ssl_context=tls, backlog=256)
        await listening.start()
        assert runner.addresses
        self.port = runner.addresses[0][1]
        self._started.set()
        await self._stop.wait()
        await runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        asked = Asked(
            at=monotonic(),
            method=request.method,
            path=request.path,
            query=request.query_string,
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.read(),
            host=request.host,
            connection=id(request.transport),
        )
        self.log.append(asked)
        answer = self._script(asked)
        if answer.after:
            await asyncio.sleep(answer.after)
        if answer.stream is not None or answer.hang_up is not None:
            return await self._pour(request, answer)
        return _whole(asked, answer)

    def _script(self, asked: Asked) -> Answer:
        script: Script = self.scripts.get(asked.path, Answer(404, "not here"))
        if isinstance(script, list):
            turn = self._turns.get(asked.path, 0)
            self._turns[asked.path] = turn + 1
            script = script[min(turn, len(script) - 1)]
        if callable(script):
            script = script(asked)
        assert not isinstance(script, list)
        return script if isinstance(script, Answer) else Answer(body=script)

    async def _pour(self, request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
        response = web.StreamResponse(status=answer.status, headers={"Content-Type": answer.kind, **answer.headers})
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        if answer.hang_up is not None:
            response.content_length = len(body)
        await response.prepare(request)
        try:
            async for piece in _pieces(answer.stream() if answer.stream else [body[: answer.hang_up]]):
                await response.write(piece)
        except (ConnectionError, asyncio.CancelledError):
            return response
        if answer.hang_up is not None and request.transport is not None:
            request.transport.close()
        return response


async def _pieces(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
        await asyncio.sleep(0)


def _whole(asked: Asked, answer: Answer) -> web.Response:
    body = answer.body.encode() if isinstance(answer.body, str) else answer.body
    headers = {"Content-Type": answer.kind, **answer.headers}
    if answer.etag:
        headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if asked.headers.get("if-none-match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
    if answer.gzipped:
        body, headers["Content-Encoding"] = gzip.compress(body, 6), "gzip"
    return web.Response(status=answer.status, headers=headers, body=body)
