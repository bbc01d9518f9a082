"""Resolve the names of the hosts we ask, and refuse those that lead into a private network."""

import socket
from threading import Thread
from typing import TYPE_CHECKING, Any, Self

from . import addresses

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.internet.base import ReactorBase


class GuardedResolver:
    """Twisted's resolver, which returns no private address unless the settings allow it.

    Its threads end with the process, so a name server that hangs does not delay the exit.
    """

    def __init__(self, reactor: "ReactorBase", *, allow_private: bool) -> None:
        self._reactor = reactor
        self.allow_private = allow_private
        self._refused: dict[str, str] = {}
        self._no_server: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: "Crawler", reactor: "ReactorBase") -> Self:  # noqa: ARG003 (Scrapy's signature)
        """The resolver as Scrapy's own command starts it: closed, until a round that is allowed to opens it."""
        resolver = cls(reactor, allow_private=False)
        GuardedResolver.current = resolver
        return resolver

    #: The resolver in use in this process: there is one reactor.
    current: "GuardedResolver | None" = None

    def install_on_reactor(self) -> None:
        """Resolve all names of this process from now on."""
        # Code that only reads a watch-list checks addresses too; only code that fetches needs Twisted.
        from twisted.internet._resolver import GAIResolver
        from twisted.python.threadpool import ThreadPool

        pool = ThreadPool(0, 10, "resolver")
        pool.threadFactory = _daemon  # type: ignore[assignment]
        pool.start()
        resolver = GAIResolver(self._reactor, lambda: pool, self._look_up)  # type: ignore[arg-type]
        self._reactor.installNameResolver(resolver)  # type: ignore[arg-type]

    def why_refused(self, host: str) -> str:
        """The private address for which a host was refused, or ""."""
        return self._refused.get(host, "")

    def had_no_server(self, host: str) -> bool:
        """Whether no name server answered the last look-up of a host's name."""
        return host in self._no_server

    def _look_up(self, host: str | bytes, port: int, family: int, kind: int) -> list[Any]:
        name = host.decode() if isinstance(host, bytes) else host
        self._refused.pop(name, None)
        self._no_server.discard(name)
        try:
            found = socket.getaddrinfo(name, port, family, kind)
        except socket.gaierror as error:
            if error.errno == socket.EAI_AGAIN:
                self._no_server.add(name)
            raise
        if self.allow_private:
            return found
        public = [entry for entry in found if addresses.is_public(str(entry[4][0]))]
        if not public:
            self._refused[name] = str(found[0][4][0])
        return public


def _daemon(*args: Any, **kwargs: Any) -> Thread:
    return Thread(*args, **kwargs, daemon=True)
