"""Send questions to new readers while the web pages are served, apart from requests and crawls."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Self

from diffs.database.archive import Archive
from diffs.errors import PolicywatchError
from diffs.store.notices.outbox import QUESTION
from diffs.wording.failures import in_full
from notifier.channels.open import open_channels
from notifier.outbox import send
from notifier.settings import NotifierSettings
from notifier.subscribers import opt_in
from notifier.subscribers.links import links_from

log = logging.getLogger(__name__)

#: Seconds between two checks of what waits.
EVERY = 5.0

#: How long the end of the program waits for a mail that is being sent, in seconds. It stays due if it takes longer.
PATIENCE = 5.0


class Postman:
    """A thread of its own from the beginning of the block to its end. A mail server that hangs delays nothing else."""

    def __init__(
        self,
        archive: Archive,
        settings: NotifierSettings,
        *,
        clock: Callable[[], datetime],
        every: float | None = None,
    ) -> None:
        self._archive, self._settings, self._clock = archive, settings, clock
        self._every = EVERY if every is None else every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._go_round, name="postman", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(PATIENCE)

    def _go_round(self) -> None:
        while not self._stop.wait(self._every):
            try:
                self._deliver()
            except PolicywatchError as error:
                log.warning("questions to new readers wait: %s", in_full(error))
            except Exception:
                log.exception("questions to new readers wait: a fault of our own")

    def _deliver(self) -> None:
        now = self._clock()
        with self._archive.read() as session:
            if not opt_in.waits(session, now=now):
                return
        with open_channels(self._settings, links_from(self._settings)) as channels:
            send.run(
                self._archive,
                channels,
                now=now,
                settings=self._settings,
                clock=self._clock,
                stopped=self._stop.is_set,
                kinds=(QUESTION,),
            )
