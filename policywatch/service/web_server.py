"""The web pages in their own thread: uvicorn on a socket that is bound before anything else begins."""

import socket
import threading
from types import TracebackType
from typing import Self

from diffs.database.archive import Archive
from diffs.errors import SettingsError
from notifier.settings import NotifierSettings
from policywatch import context

from .postman import Postman

#: Where the pages are served by default: on this machine only.
HOST, PORT = "127.0.0.1", 8080

#: How long a response that is being sent may still take when the program ends, in seconds.
GRACE = 5


class Serving:
    """The web pages of an open archive, from the beginning of the block to its end.

    Raises SettingsError if the address cannot be used. Port 0 takes any free one. `patience` is how many seconds a
    request may take to arrive, and a client may leave a response unread; by default the limits of `connections`.
    """

    def __init__(
        self,
        archive: Archive,
        settings: NotifierSettings,
        *,
        host: str = HOST,
        port: int = PORT,
        patience: float | None = None,
    ) -> None:
        import uvicorn  # loaded, like FastAPI, only where pages are really served

        from notifier.web.app import create_app

        from .connections import PATIENCE, bounded

        self._socket = _bound(host, port)
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{self._socket.getsockname()[1]}/"
        app = create_app(archive, settings, clock=context.now)
        self._postman = Postman(archive, settings, clock=context.now)
        config = uvicorn.Config(
            app,
            http=bounded(PATIENCE if patience is None else patience),
            ws="none",  # there are none, and a connection that became one would no longer have limits
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=GRACE,
        )
        self._server = uvicorn.Server(config)
        # Signals are the program's business: uvicorn ignores them outside the main thread.
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="web", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._postman.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(2 * GRACE)
        self._socket.close()
        self._postman.__exit__(kind, error, trace)


def _bound(host: str, port: int) -> socket.socket:
    try:
        family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, number)
    except OSError as error:
        raise _unusable(host, port, error) from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen()  # from now on, so that no connection is refused while the pages get ready
    except OSError as error:
        bound.close()
        raise _unusable(host, port, error) from error
    return bound


def _unusable(host: str, port: int, error: OSError) -> SettingsError:
    why = error.strerror or str(error)
    return SettingsError(f"Nothing can be served at {host}:{port}: {why}.", remedy="Choose another --host or --port.")
