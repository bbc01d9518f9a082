"""The order of the steps: snapshot → reading → verdict → history → comparison → change.

`derive` judges every snapshot of a page that was not judged yet. It reads stored bytes only, so that it can be run
again at any time: `derive_again` throws away what was derived and replays, and nothing that was told is told twice.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from diffs.database.models import Observation, Page, Snapshot, Version
from diffs.errors import BodyLost
from diffs.judging import gate, history
from diffs.judging.history import Decision, Look, Memory, News
from diffs.language.tags import located
from diffs.meaning.meaning import Meaning
from diffs.reading import boilerplate, extract, policy_text
from diffs.reading.policy_text import Reading
from diffs.store import observations, snapshots
from diffs.store.events import OpenEvents
from diffs.store.targets import BY_HAND
from diffs.values import READ, Outcome, Verdict

from . import new_text, record, verdicts, wording
from .known_texts import Texts
from .runs import Kept, Run
from .thoughts import Thoughts

#: A page that has shown no former text for so long has stopped flapping.
FLAPPING_ENDS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Derived:
    """What came of the newest judged look of a page.

    `outcome` is None when there was nothing to judge. `changes` are the row ids of changes that became news just now.
    """

    outcome: Outcome | None
    reason: str = ""
    news: str = ""
    wants_confirmation: bool = False
    changes: tuple[int, ...] = ()
    version_seq: int | None = None


def rules(page: Page) -> str:
    """Names everything that a page's texts depend on: readers, noise rules, selectors, language."""
    title = "" if page.select else page.title
    language = located(page.language, page.marketplace)
    parts = [*page.select, "\x01", *page.remove, "\x01", language, "\x01", title]
    declared = "\x00".join([*parts, "index"] if page.is_index else parts)
    return f"{extract.EXTRACTOR}+{boilerplate.NOISE}+{gate.GATE}+{hashlib.sha256(declared.encode()).hexdigest()[:8]}"


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

    `confirm` asks for a second look before a change counts; recorded history never needs one. When the rules by which
    the page was read have changed, or a look older than the last one has come in, everything is derived again first.
    `thoughts` is what was thought of the page's texts before; `at_most` leaves the snapshots after so many for another
    transaction. `aside` are the bytes, by name, that are not read, each with the verdict on it; without it those that
    were set aside before. Raises BodyLost when the bytes of a snapshot are missing.
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
    first = _first(moments, at_most)
    return _judge_all(session, page, first, last, record.Stated(), kept=kept, confirm=confirm)


def _first(moments: dict[int, datetime], at_most: int | None) -> dict[int, datetime]:
    """The first so many looks, where they were stored before all others too; else all of them."""
    ids = list(moments)
    if at_most is None or len(ids) <= at_most or max(ids[:at_most]) > min(ids[at_most:]):
        return moments
    return {number: moments[number] for number in ids[:at_most]}


def derive_again(session: Session, page: Page, *, confirm: bool = False) -> Derived:
    """Throw away what was derived for a page and judge all its snapshots anew, by today's rules.

    Changes that were told keep their id and wording. A difference that only the new rules find in looks that had been
    judged before is listed, not told: it would be news of our own making. What was set aside stays so.
    """
    if page.fetch == BY_HAND:
        return Derived(outcome=None)
    kept = Kept(None, observations.set_aside(session, page))
    return _replay(session, page, kept, confirm=confirm, known_to=page.derived_to)


def accept(session: Session, page: Page, snapshot_id: int) -> Derived:
    """Take texts that were held back as too short, up to this snapshot, for the policy; what they changed is news."""
    page.accepted_snapshot = snapshot_id
    kept = Kept(None, observations.set_aside(session, page))
    derived = _replay(session, page, kept, confirm=False, known_to=0)
    wording.word(session)
    return derived


def _replay(session: Session, page: Page, kept: Kept, *, confirm: bool, known_to: int) -> Derived:
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
) -> Derived:
    thoughts = kept.thoughts or Thoughts()
    texts, events = Texts(session, page, thoughts), OpenEvents(session, page)
    run = Run(session, page, texts, events, stated, confirm, moments, kept.aside)
    run.traces = observations.last_traces(session, page, last[0]) if last else None
    memory, previous = Memory.from_json(page.memory), last
    for snapshot in snapshots.in_order(session, list(moments)):
        thoughts.begins(snapshot.body_sha256 or "")
        memory, observation = _judge(run, memory, snapshot, previous)
        session.add(observation)
        previous = (observation, snapshot)
    remembered = memory.to_json()
    if remembered != page.memory:
        page.memory = remembered
    page.derived_to = max([page.derived_to, *moments])
    page.derived_with = rules(page)
    session.flush()
    newest = _derived(session, previous[0]) if previous else Derived(outcome=None)
    return replace(newest, changes=tuple(run.changes))


def _derived(session: Session, observation: Observation) -> Derived:
    version = session.get(Version, observation.version_id) if observation.version_id else None
    return Derived(
        outcome=Outcome(observation.outcome),
        reason=observation.reason,
        news=observation.news,
        wants_confirmation=observation.news == News.HELD,
        version_seq=version.seq if version else None,
    )


def _judge(
    run: Run, memory: Memory, snapshot: Snapshot, previous: tuple[Observation, Snapshot] | None
) -> tuple[Memory, Observation]:
    memory, verdict, found = verdicts.given(run, memory, snapshot, previous)
    observation = record.observation(run.page, snapshot, verdict, at=run.moments[snapshot.id])
    if found is not None:
        observation.text_sha256 = found.document.fingerprint
    if verdict.outcome in READ:
        memory = _read_look(run, memory, snapshot, observation, found)
    else:
        memory = _unread_look(run, memory, snapshot, observation)
    return memory, observation


def _read_look(run: Run, memory: Memory, snapshot: Snapshot, observation: Observation, found: Reading | None) -> Memory:
    """History's part: a text was read. Without `found` it is the one read before."""
    run.events.ended(record.UNREAD_EVENTS, at=observation.observed_at)
    text = found.document.fingerprint if found else memory.held or memory.showing
    if not text:
        return memory
    look = Look(observation.observed_at, snapshot.id, text, snapshot.extractor_hint)
    before = memory
    memory, decision = history.read(memory, look, run.texts.past(text))
    meant: Meaning | None = None
    if decision is None:
        document = found.document if found else run.texts.known_document(text)
        confirm = run.confirm and not snapshot.recorded  # recorded history stands for itself
        memory, decision, meant = new_text.judge(run.texts, memory, look, document, confirm=confirm)
    if decision.news is News.RETURN:
        memory = _learn_return(run, memory, before.showing, look)
    _note_restlessness(run, memory, look, decision)
    version = _version(run, snapshot, found, text, decision)
    observation.text_sha256, observation.news, observation.why = text, decision.news, decision.why
    observation.version_id = version.id
    observation.traces = dict(found.traces) if found else run.traces
    if decision.news is News.SAME and found is not None:
        observation.news = News.NOISE
        observation.why = f"noise: {policy_text.varied(run.traces or {}, found.traces)}; the policy text is the same"
    run.traces = observation.traces
    observation.compared_with = _compared_with(run, decision)
    _record(run, snapshot, decision, version, meant)
    return memory


def _note_restlessness(run: Run, memory: Memory, look: Look, decision: Decision) -> None:
    """Tell the owner, in health, of what is kept quiet because it goes back and forth or never stands still."""
    if decision.news is News.RETURN:
        run.events.happened("flapping", at=look.at, detail=decision.why)
    run.events.quiet("flapping", at=look.at, after=FLAPPING_ENDS)
    places = history.volatile_places(memory, look.at)
    if places:
        run.events.happened("volatile", at=look.at, detail=f"places that change at nearly every check: {places}")
    else:
        run.events.ended(("volatile",), at=look.at)


def _learn_return(run: Run, memory: Memory, left: str, look: Look) -> Memory:
    old, new = run.texts.document(left), run.texts.document(look.text)
    if old is None or new is None:
        return memory
    return history.learn_return(memory, run.texts.compared(old, new), look.at)


def _version(run: Run, snapshot: Snapshot, found: Reading | None, text: str, decision: Decision) -> Version:
    version = run.texts.version(text)
    if version is None:
        if found is None:
            raise BodyLost(f"The text {text[:12]} of {run.page.key} is missing.", remedy="Run policywatch verify.")
        version = run.texts.add(found, snapshot, seen_at=run.moments[snapshot.id], extractor=rules(run.page))
    version.last_seen_at = max(version.last_seen_at, run.moments[snapshot.id])
    if decision.news is not News.HELD and version.state == "observed":
        known = run.texts.version(decision.against[0]) if decision.against else None
        variant = known is not None and decision.news in (News.VARIANT, News.COSMETIC, News.UPGRADE)
        version.state = "variant" if variant else "confirmed"
        version.edition = known.edition if known is not None and variant else text
    return version


def _compared_with(run: Run, decision: Decision) -> int | None:
    version = run.texts.version(decision.against[0]) if decision.against else None
    return version.id if version else None


def _record(run: Run, snapshot: Snapshot, decision: Decision, version: Version | None, meant: Meaning | None) -> None:
    """Write a change where the decision makes one."""
    if decision.news in (News.NONE, News.SAME, News.RETURN):
        return
    old = run.texts.version(decision.against[0]) if decision.against else None
    old_document = run.texts.document(old.text_sha256) if old else None
    new_document = run.texts.document(version.text_sha256) if version else None
    if meant is None and old_document is not None and new_document is not None:
        comparison = run.texts.compared(old_document, new_document)
        meant = run.texts.meaning(comparison, old_document, new_document)
    sides = record.Sides(old, version, old_document, new_document)
    is_news = meant is not None and decision.news is News.CHANGE
    for entry, part in meant.parts() if meant is not None and is_news else ((None, meant),):
        change = record.change(
            run.session, run.page, snapshot, decision, sides=sides, meant=part, stated=run.stated, entry=entry
        )
        if change is not None and change.told:
            run.changes.append(change.id)


def _unread_look(run: Run, memory: Memory, snapshot: Snapshot, observation: Observation) -> Memory:
    """History's part: nothing was read."""
    outcome = Outcome(observation.outcome)
    if outcome is not Outcome.GONE:
        record.note_unread(run.events, outcome, observation.reason, at=observation.observed_at)
        return memory if outcome in record.SAYS_NOTHING else history.unread(memory)
    memory, decision = history.missing(memory, observation.observed_at, snapshot.id)
    observation.news, observation.why = decision.news, decision.why
    if decision.news is News.GONE:
        _record(run, snapshot, decision, None, None)
    if memory.gone:
        # It was told: there is no page that could not be read.
        run.events.ended(record.UNREAD_EVENTS, at=observation.observed_at)
    else:
        run.events.happened("gone_suspected", at=observation.observed_at, detail=decision.why)
    return memory
