"""Run Twisted's reactor in its own thread, so that one process can crawl many times, and from any thread.

A reactor can run only once in a process. It is started with the first crawl and ends with the process.
"""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from crawler.resolver import GuardedResolver
from diffs.errors import CrawlError

T = TypeVar("T")

_starting = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def submit(work: Coroutine[Any, Any, T]) -> "Future[T]":
    """The future of a coroutine that runs in the reactor's thread."""
    return asyncio.run_coroutine_threadsafe(work, _running())


def start() -> None:
    """Start the reactor's thread if it is not running. Raises RuntimeError if the system has no thread for it."""
    _running()


def resolver() -> GuardedResolver:
    """The resolver of the reactor's thread, which is started if it is not running."""
    _running()
    assert GuardedResolver.current is not None
    return GuardedResolver.current


def _running() -> asyncio.AbstractEventLoop:
    global _loop  # noqa: PLW0603 (there is one reactor per process, as Twisted has it)
    with _starting:
        if _loop is None:
            started: Future[asyncio.AbstractEventLoop] = Future()
            threading.Thread(target=_run, args=(started,), name="reactor", daemon=True).start()
            _loop = started.result()
    return _loop


def _run(started: "Future[asyncio.AbstractEventLoop]") -> None:
    from scrapy.utils.reactor import install_reactor, is_asyncio_reactor_installed, is_reactor_installed

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    if is_reactor_installed():
        started.set_exception(CrawlError("This process runs a reactor of its own already; crawl in another process."))
        return
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    assert is_asyncio_reactor_installed()
    from twisted.internet import reactor  # importing it installs one, so not before

    guarded = GuardedResolver(reactor, allow_private=False)
    guarded.install_on_reactor()
    GuardedResolver.current = guarded

    def ready() -> None:
        try:
            # Start one thread of its pool now: if the system had none left for us, no name could be resolved.
            reactor.getThreadPool().adjustPoolsize(minthreads=1)
        except RuntimeError as error:
            started.set_exception(error)
        else:
            started.set_result(loop)

    reactor.callWhenRunning(ready)
    reactor.run(installSignalHandlers=False)  # type: ignore[call-arg, misc]
