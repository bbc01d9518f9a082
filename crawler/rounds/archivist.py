"""Write a fetched page into the archive: stored first, then judged."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from crawler.items import FetchedPage, Judged
from crawler.watchlist.watchlists import WatchedPage
from diffs.database.archive import Archive
from diffs.engine import think, verdicts
from diffs.engine.apart import guard
from diffs.engine.apart.helper import Helper
from diffs.errors import ArchiveError, BodyLost
from diffs.store import events, observations, pages, snapshots, versions
from diffs.values import READ, Outcome

from .enrol import enrol, enrol_all

log = logging.getLogger(__name__)


class Keeper(Protocol):
    """What a round does with its pages and with what is fetched. Called in the archive's thread."""

    def enrol(self, watched: Iterable[WatchedPage]) -> Mapping[str, Mapping[str, str]]:
        """Begin with these pages; returns by key the headers of a conditional GET where one is possible."""

    def keep(self, page: WatchedPage, fetched: FetchedPage) -> FetchedPage:
        """What was fetched of a page, with the engine's judgement in `judged`."""

    def close(self) -> None:
        """End the round."""


class Archivist:
    """Stores what is fetched and has it judged.

    `clock` gives the time in UTC; `stopped` says whether a long judgement is to end early. The methods raise
    ArchiveError if the archive cannot be written, and MemoryError; then the round cannot continue.
    """

    def __init__(
        self,
        archive: Archive,
        *,
        clock: Callable[[], datetime],
        confirm: bool,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._archive = archive
        self._stopped = stopped
        self._clock = clock
        self._confirm = confirm
        self._helper = Helper()
        self._helper.begin(archive)  # before there are threads

    def close(self) -> None:
        """End the process used for judgements that might never end."""
        self._helper.close()

    def enrol(self, watched: Iterable[WatchedPage]) -> Mapping[str, Mapping[str, str]]:
        """Enter the pages into the archive."""
        now = self._clock()
        with self._archive.begin() as session:
            return enrol_all(session, watched, now=now)

    def keep(self, page: WatchedPage, fetched: FetchedPage) -> FetchedPage:
        """Store what was fetched, then judge it.

        The snapshot is committed before it is judged: a bug in judging costs nothing.
        """
        try:
            known = self._store(page, fetched)
        except (ArchiveError, MemoryError):
            raise
        except Exception as error:
            log.exception("page %s: could not be stored", page.key)
            reason = _fault(error, "the answer could not be stored")
            return replace(fetched, judged=Judged(Outcome.ERROR, reason=reason))
        return replace(fetched, judged=self._judge(page.key, fetched, known))

    def _store(self, page: WatchedPage, fetched: FetchedPage) -> Mapping[Any, Any]:
        with self._archive.begin() as session:
            row = pages.get(session, page.key) or enrol(session, page, now=fetched.observed_at)
            snapshots.add(
                session,
                row,
                fetched.capture,
                observed_at=fetched.observed_at,
                stored_at=self._clock(),
                purpose=fetched.look.purpose,
                language=page.language,
            )
            return session.info

    def _judge(self, key: str, fetched: FetchedPage, known: Mapping[Any, Any]) -> Judged:
        try:
            with self._archive.read() as session:
                row = think.page_of(session, key)
                unknown = versions.latest(session, row) is None
                is_apart = guard.is_needed(session, row, size=len(fetched.capture.body), is_ready=self._helper.is_ready)
            changes: tuple[int, ...] = ()
            if is_apart:
                apart = guard.judge(
                    self._archive, [key], confirm=self._confirm, stopped=self._stopped, helper=self._helper
                )
                changes = apart.changes
                if key in apart.unjudged:
                    return Judged(Outcome.ERROR, reason=apart.unjudged[key], changes=changes)
            # The bytes just stored need not be unpacked again.
            derived = think.judge(self._archive, key, think.Way(self._confirm, known=known))
            with self._archive.read() as session:
                row = think.page_of(session, key)
                outcome = derived.outcome or Outcome.ERROR
                last = observations.last(session, row)
                return Judged(
                    outcome=outcome,
                    reason=derived.reason,
                    wants_confirmation=self._confirm and derived.wants_confirmation,
                    version_seq=derived.version_seq,
                    changes=changes + derived.changes,
                    last_ok_at=fetched.observed_at if outcome in READ else observations.last_read_at(session, row),
                    events=tuple(event.kind for event in events.listed(session, row, open_only=True)),
                    partial=last is not None and last[0].rule in verdicts.PARTIAL,
                    first=unknown and derived.version_seq is not None,
                )
        except BodyLost as error:
            return Judged(Outcome.ERROR, reason=str(error))
        except (ArchiveError, MemoryError):
            raise
        except Exception as error:
            # A bug of ours in reading one page must not stop the round; the snapshot is safe and is judged again.
            log.exception("page %s: could not be judged", key)
            return Judged(Outcome.ERROR, reason=_fault(error, "the snapshot is kept"))


def _fault(error: Exception, then: str) -> str:
    return f"A fault in this program ({type(error).__name__}); {then}."
