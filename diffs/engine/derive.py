"""The order of the steps: snapshot → reading → verdict → history → comparison → change.

`derive` judges every snapshot of a page that is not judged yet. It reads only stored bytes, so it can be run again at
any time: when its rules have changed, what was derived is discarded and replayed, and nothing is reported twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from diffs.database.models import Change, Observation, Page, Snapshot, Version
from diffs.judging.history import News
from diffs.judging.lines import Line, Lines
from diffs.store import observations, snapshots
from diffs.store.events import OpenEvents
from diffs.store.targets import BY_HAND
from diffs.values import Outcome, Verdict

from . import looks, record, second_lines, verdicts, wording
from .known_texts import Texts
from .runs import Kept, Run, rules
from .thoughts import Thoughts


@dataclass(frozen=True, slots=True)
class Derived:
    """The result of the newest judged check of a page.

    `outcome` is None if there was nothing to judge. `changes` are the row ids of changes that have just become news.
    """

    outcome: Outcome | None
    reason: str = ""
    news: str = ""
    wants_confirmation: bool = False
    changes: tuple[int, ...] = ()
    version_seq: int | None = None


def is_outdated(page: Page) -> bool:
    """Whether the page was last derived by other rules than today's."""
    return bool(page.derived_to) and page.derived_with != rules(page)


def derive(
    session: Session,
    page: Page,
    *,
    confirm: bool = False,
    thoughts: Thoughts | None = None,
    at_most: int | None = None,
    aside: Mapping[str, Verdict] | None = None,
) -> Derived:
    """Judge the page's new snapshots, in order of observation, and store what follows from them.

    `confirm` asks for a second check before a change counts; recorded history never needs one. If the rules by which
    the page was read have changed, or a check older than the last one was added, everything is derived again first.
    `thoughts` holds earlier results for the page's texts; `at_most` limits the number of snapshots that have to be read
    and leaves those after them for another transaction. `aside` are the bytes, by name, that are not read, each with
    its verdict; by default those set aside before. Raises BodyLost if the bytes of a snapshot are missing.
    """
    if page.fetch == BY_HAND:
        return Derived(outcome=None)
    moments = snapshots.pending(session, page)
    last = observations.last(session, page)
    kept = Kept(thoughts, observations.set_aside(session, page) if aside is None else aside)
    if is_outdated(page):
        return _replay(session, page, kept, confirm=confirm, known_to=page.derived_to)
    if not moments:
        return _derived(session, last[0]) if last else Derived(outcome=None)
    if last and min(moments.values()) < last[0].observed_at:
        return _replay(session, page, kept, confirm=confirm, known_to=0)
    stated = record.Stated()
    return _judge_all(session, page, moments, last, stated, kept=kept, confirm=confirm, at_most=at_most)


def accept(session: Session, page: Page, snapshot_id: int) -> Derived:
    """Accept the held text that the page showed last, at this snapshot, as the policy; what it changed is news.

    If it is on no line, the latest run of checks that showed it is judged again as good; other held texts stay held.
    """
    line = Lines.from_json(page.memory).open
    if line is not None and second_lines.is_shown(session, page):
        return _decide(session, page, line, accepted=True)
    since = observations.shows_since(session, page)
    page.decisions = [*(page.decisions or ()), {"snapshot": snapshot_id, "since": since, "accepted": True}]
    kept = Kept(None, observations.set_aside(session, page))
    derived = _replay(session, page, kept, confirm=False, known_to=0)
    wording.word(session)
    return derived


def reject(session: Session, page: Page) -> bool:
    """Reject the text that the page shows in place of its policy; False if it shows none."""
    line = Lines.from_json(page.memory).open
    if line is None or line.rejected or not second_lines.is_shown(session, page):
        return False
    _decide(session, page, line, accepted=False)
    return True


def _decide(session: Session, page: Page, line: Line, *, accepted: bool) -> Derived:
    """Apply the owner's decision about a line, and keep it for the next derivation."""
    last = observations.last(session, page)
    if last is None:
        return Derived(outcome=None)
    observation, snapshot = last
    said = {"snapshot": snapshot.id, "line": line.snapshot, "accepted": accepted}
    page.decisions = [*(page.decisions or ()), said]
    moments = {snapshot.id: observation.observed_at}
    texts, events = Texts(session, page), OpenEvents(session, page)
    run = Run(session, page, texts, events, record.Stated(), False, moments, {})
    page.memory = looks.as_decided(run, Lines.from_json(page.memory), snapshot, observation).to_json()
    session.flush()
    wording.word(session)
    return replace(_derived(session, observation), changes=tuple(run.changes))


def _replay(session: Session, page: Page, kept: Kept, *, confirm: bool, known_to: int) -> Derived:
    """Discard what was derived for a page and judge all its snapshots again, by today's rules.

    Reported changes keep their id and wording. A difference that only the new rules find in checks that were already
    judged, up to snapshot `known_to`, is listed, not reported: it would be news of our own making.
    """
    frozen = record.forget(session, page)
    page.derived_to, page.memory = 0, None
    session.flush()
    stated = record.Stated(frozen=frozen, known_to=known_to)
    moments = snapshots.pending(session, page)
    return (
        _judge_all(session, page, moments, None, stated, kept=kept, confirm=confirm)
        if moments
        else Derived(outcome=None)
    )


def _judge_all(
    session: Session,
    page: Page,
    moments: dict[int, datetime],
    last: tuple[Observation, Snapshot] | None,
    stated: record.Stated,
    *,
    kept: Kept,
    confirm: bool,
    at_most: int | None = None,
) -> Derived:
    thoughts = kept.thoughts or Thoughts()
    texts, events = Texts(session, page, thoughts), OpenEvents(session, page)
    run = Run(session, page, texts, events, stated, confirm, moments, kept.aside)
    run.traces = observations.last_traces(session, page, last[0]) if last else None
    known, previous = Lines.from_json(page.memory), last
    judged, read = list[int](), 0
    # Rows that are left for another transaction are read in vain.
    for snapshot in snapshots.in_order(session, list(moments), batch=min(200, 10 * (at_most or 20))):
        if previous is None or not verdicts.same_answer(snapshot, *previous):
            if at_most is not None and read >= at_most and _may_stop(judged, moments):
                break
            read += 1
            thoughts.begins(snapshot.body_sha256 or "")
        elif len(judged) % _COUNTED == 0:
            thoughts.begins(snapshot.body_sha256 or "")
        known, observation = looks.judge(run, known, snapshot, previous)
        session.add(observation)
        known = looks.as_decided(run, known, snapshot, observation)
        previous = (observation, snapshot)
        judged.append(snapshot.id)
    remembered = known.to_json()
    if remembered != page.memory:
        page.memory = remembered
    page.derived_to = max([page.derived_to, *judged])
    page.derived_with = rules(page)
    session.flush()
    newest = _derived(session, previous[0]) if previous else Derived(outcome=None)
    return replace(newest, changes=tuple(run.changes))


#: Of checks that are not read, every so many-th begins anew: together they take time, too.
_COUNTED = 100


def _may_stop(judged: list[int], moments: Mapping[int, datetime]) -> bool:
    """Whether what was not judged yet was also stored after what was: then it may wait for another transaction."""
    return max(judged) < min(moments.keys() - set(judged))


def _takes_back(session: Session, observation: Observation) -> bool:
    """Whether a check shows a former text in place of one that was reported: readers hear of it, so it is confirmed."""
    reported = select(Change.id).where(Change.page_id == observation.page_id, col(Change.told).is_(True))
    return observation.news == News.RETURN and session.exec(reported.limit(1)).first() is not None


def _derived(session: Session, observation: Observation) -> Derived:
    version = session.get(Version, observation.version_id) if observation.version_id else None
    return Derived(
        outcome=Outcome(observation.outcome),
        reason=observation.reason,
        news=observation.news,
        wants_confirmation=observation.news == News.HELD or _takes_back(session, observation),
        version_seq=version.seq if version else None,
    )
