"""Judge a page's new snapshots, with the computing done outside the write lock.

Reading, comparing and finding what a difference says take long; writing it down does not. So each snapshot is
processed while only a read transaction is open, and then judged in a short write transaction, which reuses the
results. If the page's memory has changed by then, the results do not fit and are computed again.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from diffs.database.archive import Archive
from diffs.database.models import Observation, Page, Snapshot
from diffs.errors import ArchiveError, BodyLost
from diffs.failures import Failure, Reason
from diffs.judging import history
from diffs.judging.lines import Lines
from diffs.store import observations, pages, snapshots
from diffs.store.events import OpenEvents
from diffs.values import Document, Outcome, Verdict
from diffs.wording.failures import sentence

from . import derive, new_text, record, second_lines, verdicts, waiting
from .derive import Derived
from .known_texts import Texts
from .runs import Run, rules
from .thoughts import Thoughts

log = logging.getLogger(__name__)

#: How many snapshots that have to be read share a write transaction; those like the one before cost next to nothing.
TOGETHER = 20


@dataclass(frozen=True, slots=True)
class Way:
    """How a page is judged.

    `confirm` asks for a second check before a change counts. `together` is how many share a transaction.
    `begins` is called with the name of the bytes before each is begun. `known` is the `info` of the session that stored
    them. `aside` are bytes, by name, that are not read, in addition to those set aside before. `retry` reads the latter
    again if the page's rules have changed since, or their turn has come: only for a process that may be ended.
    """

    confirm: bool = False
    together: int = TOGETHER
    begins: Callable[[str], object] = lambda _: None
    known: Mapping[Any, Any] | None = None
    aside: Mapping[str, Verdict] = field(default_factory=dict)
    retry: bool = False


def judge(archive: Archive, key: str, way: Way) -> Derived:
    """The result of the page's newest check; everything not judged yet is judged now.

    A check that cannot be judged because of a fault in this program is recorded as such, and later ones are judged.
    Raises BodyLost, ArchiveError and MemoryError, and a fault that belongs to no check.
    """
    changes: list[int] = []
    while True:
        current: list[str] = []
        try:
            return _judge(archive, key, way, current=current, changes=changes)
        except (ArchiveError, BodyLost, MemoryError):
            raise
        except Exception as error:
            log.exception("page %s: could not be judged", key)
            body = current[-1] if current else ""
            if not body or body in way.aside:
                raise
            fault = verdict(Failure(Reason.SET_ASIDE_FAULT, detail=type(error).__name__))
            way = replace(way, aside={**way.aside, body: fault})


def verdict(failure: Failure) -> Verdict:
    """The verdict on bytes that are set aside."""
    rule = observations.FAULT if failure.reason is Reason.SET_ASIDE_FAULT else observations.SET_ASIDE
    return Verdict(Outcome.ERROR, rule, sentence(failure))


def page_of(session: Session, key: str) -> Page:
    """The page with this key. Raises ArchiveError if it is not in the archive."""
    page = pages.get(session, key)
    if page is None:
        raise ArchiveError(f"The page {key} is not in the archive.", remedy="Run policywatch crawl.")
    return page


def _judge(archive: Archive, key: str, way: Way, *, current: list[str], changes: list[int]) -> Derived:
    def begins(body: str) -> None:
        current.append(body)
        way.begins(body)

    known = {"bodies": {}, **(way.known or {})}  # shared: what was unpacked to think is reused to judge
    thoughts = Thoughts(begins)
    while True:
        with archive.read() as session:
            session.info.update(known)
            page = page_of(session, key)
            thoughts = _fitting(thoughts, page)
            _ahead(session, page, thoughts, way)
        with archive.begin() as session:
            session.info.update(known)
            page = page_of(session, key)
            thoughts = _fitting(thoughts, page)
            derived = derive.derive(
                session,
                page,
                confirm=way.confirm,
                thoughts=thoughts,
                at_most=way.together,
                aside=_aside(session, page, way),
            )
            is_done = derived.outcome is None or not snapshots.pending(session, page)
        changes.extend(derived.changes)
        if is_done:
            return replace(derived, changes=tuple(changes))


def _fitting(thoughts: Thoughts, page: Page) -> Thoughts:
    """The earlier results for the page, as long as its rules are the same: other rules read another text."""
    return replace(thoughts if thoughts.rules == rules(page) else Thoughts(thoughts.begins), rules=rules(page))


def _aside(session: Session, page: Page, way: Way) -> Mapping[str, Verdict]:
    before = {} if way.retry and derive.is_outdated(page) else observations.set_aside(session, page)
    again = observations.tried_again(session, page) if way.retry else frozenset()
    return {body: verdict for body, verdict in before.items() if body not in again} | dict(way.aside)


def _ahead(session: Session, page: Page, thoughts: Thoughts, way: Way) -> None:
    """Process the first snapshot that has to be read. Nothing is written, and nothing is decided.

    Those before it that return what the last one did change nothing that this one is compared with.
    """
    moments, last = snapshots.pending(session, page), observations.last(session, page)
    first = next(iter(moments), None)
    if first is None or derive.is_outdated(page) or (last is not None and moments[first] < last[0].observed_at):
        return  # nothing to do, or everything is derived again, from an empty memory
    snapshot = _first_to_read(session, moments, last)
    if snapshot is None:
        return
    thoughts.begins(snapshot.body_sha256 or "")
    texts, events = Texts(session, page, thoughts), OpenEvents(session, page)
    run = Run(session, page, texts, events, record.Stated(), way.confirm, moments, _aside(session, page, way))
    placed = verdicts.given(run, Lines.from_json(page.memory), snapshot, last)
    if placed.found is None or placed.number == second_lines.NONE:
        return
    document = placed.found.document
    texts.targets(document)
    memory = placed.lines.memory(placed.number)
    if not memory.current:
        _first_of_line(texts, placed.lines, document)
        return
    look = verdicts.look(moments[snapshot.id], snapshot, document.fingerprint)
    after, decision = history.read(memory, look, texts.past(look.text))
    if decision is None:
        new_text.judge(texts, after, look, document, confirm=waiting.confirms(run, snapshot, after, look))


def _first_to_read(
    session: Session, moments: Mapping[int, datetime], last: tuple[Observation, Snapshot] | None
) -> Snapshot | None:
    """The first of these snapshots that does not return what the one before it did."""
    for snapshot in snapshots.in_order(session, list(moments), batch=20):
        if last is None or not verdicts.same_answer(snapshot, *last):
            return snapshot
        last = (last[0], snapshot)
    return None


def _first_of_line(texts: Texts, known: Lines, document: Document) -> None:
    """Process what the first text on a second line changes; on the first line there is nothing to compare with."""
    policy = texts.document(known.first.showing)
    if policy is not None:
        texts.meaning(texts.compared(policy, document), policy, document)
