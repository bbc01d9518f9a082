"""Connections that nobody can hold for ever: by slow requests, endless ones, or responses that are never read."""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

#: How long a request may take to arrive, from its first byte to its last, and how long a client may read none of the
#: response, in seconds. Behind a slow proxy both take a second or two.
PATIENCE = 30.0
#: The most bytes of a request, including its head. The largest form holds an address and a few choices.
MOST = 100_000


class Bounded(H11Protocol):
    """One connection of uvicorn's. Idle ones between two requests are left to uvicorn: it closes them."""

    patience = PATIENCE

    _arriving: asyncio.TimerHandle | None = None
    _taking: asyncio.TimerHandle | None = None
    _taken = 0
    _unread = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request, and watch whether the responses are read."""
        super().connection_made(transport)
        self._arriving = self.loop.call_later(self.patience, self._end)
        self._taking = self.loop.call_later(self.patience, self._watch)

    def data_received(self, data: bytes) -> None:
        """Take a piece of a request."""
        if self._arriving is None:
            self._arriving = self.loop.call_later(self.patience, self._end)
        self._taken += len(data)
        super().data_received(data)
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._stop_waiting()
        elif self._taken > MOST:
            self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        for timer in (self._arriving, self._taking):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def _stop_waiting(self) -> None:
        if self._arriving is not None:
            self._arriving.cancel()
        self._arriving, self._taken = None, 0

    def _watch(self) -> None:
        """End the connection if as much of a response waits to be read as before."""
        unread = self.transport.get_write_buffer_size()
        if unread and unread == self._unread:
            self._end()
            return
        self._unread = unread
        self._taking = self.loop.call_later(self.patience, self._watch)

    def _end(self) -> None:
        self.transport.abort()  # not close(): that would wait for the reader


def bounded(patience: float) -> type[Bounded]:
    """A connection class with these time limits in seconds."""
    return type("Bounded", (Bounded,), {"patience": patience})
