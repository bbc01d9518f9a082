"""Connections that nobody may hold for ever: those that ask slowly, ask for ever, or never read the answer."""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

#: How long a request may take to arrive, from its first byte to its last, and how long a reader of an answer may take
#: nothing of it, in seconds. Behind a slow proxy both take a second or two.
PATIENCE = 30.0
#: The bytes of a request, its head among them. The largest form holds an address and a few choices.
MOST = 100_000


class Bounded(H11Protocol):
    """One connection of uvicorn's. Idle ones between two requests are uvicorn's own affair: it closes them."""

    patience = PATIENCE

    _arriving: asyncio.TimerHandle | None = None
    _taking: asyncio.TimerHandle | None = None
    _taken = 0
    _unread = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request, and watch whether the answers are read."""
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
        """End the connection where as much of an answer waits to be read as before."""
        unread = self.transport.get_write_buffer_size()
        if unread and unread == self._unread:
            self._end()
            return
        self._unread = unread
        self._taking = self.loop.call_later(self.patience, self._watch)

    def _end(self) -> None:
        self.transport.abort()  # not close(): that would wait for the reader


def bounded(patience: float) -> type[Bounded]:
    """Connections that wait for so many seconds."""
    return type("Bounded", (Bounded,), {"patience": patience})
