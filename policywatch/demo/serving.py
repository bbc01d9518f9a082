"""A web server in its own thread for the included sites: 127.0.0.1, a free port."""

import asyncio
import threading
from abc import ABC, abstractmethod
from concurrent.futures import Future
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from aiohttp import web
from aiohttp.typedefs import Handler


@dataclass(frozen=True, slots=True)
class Visit:
    """One request the site answered."""

    path: str
    status: int
    user_agent: str


class LoopbackSite(ABC):
    """Serves between `start` and `stop`, or inside a `with` block. `visits` lists what was requested, oldest first."""

    #: The name of the thread.
    name = "loopback-site"

    def __init__(self) -> None:
        self.visits: list[Visit] = []
        self._port = 0
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped: asyncio.Event | None = None

    @abstractmethod
    def application(self) -> web.Application:
        """The site's responses."""

    @property
    def base_url(self) -> str:
        """The address of the site: http://127.0.0.1:PORT, without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start serving. Raises OSError if no port can be opened."""
        listening: Future[int] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(listening)), name=self.name, daemon=True)
        self._thread.start()
        self._port = listening.result()

    def stop(self) -> None:
        """Stop serving and wait until the thread has ended."""
        if self._thread is None or self._loop is None or self._stopped is None:
            return
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()
        self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @abstractmethod
    def not_found(self) -> web.StreamResponse:
        """The response for a page that the site does not have."""

    @web.middleware
    async def remember(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Record every request in `visits`, for `application`."""
        try:
            response = await handler(request)
        except web.HTTPNotFound:
            response = self.not_found()
        self.visits.append(Visit(request.path, response.status, request.headers.get("User-Agent", "")))
        return response

    async def _serve(self, listening: "Future[int]") -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        runner = web.AppRunner(self.application(), access_log=None, shutdown_timeout=1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            listening.set_result(runner.addresses[0][1])
            await self._stopped.wait()
        except OSError as error:
            listening.set_exception(error)
        finally:
            await runner.cleanup()
