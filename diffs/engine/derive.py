"""The order of the steps: snapshot → reading → verdict → history → comparison → change.

`derive` judges every snapshot of a page that was not judged yet. It reads stored bytes only, so that it can be run
again at any time: `derive_again` throws away what was derived and replays, and nothing that was told is told twice.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from diffs.comparing import compare
from diffs.database.models import Observation, Page, Snapshot, Version
from diffs.errors import BodyLost
from diffs.judging import arrival, gate, history
from diffs.judging.history import Decision, Look, Memory, News
from diffs.language.tags import located
from diffs.meaning import index_pages
from diffs.meaning.meaning import Meaning
from diffs.reading import boilerplate, extract, policy_text
from diffs.reading.policy_text import Reading
from diffs.store import observations, snapshots
from diffs.store.events import OpenEvents
from diffs.store.targets import BY_HAND
from diffs.values import READ, Capture, Document, Outcome, Verdict
from diffs.wording import failures

from . import new_text, record, wording
from .known_texts import Texts

#: Looks at other pages count as looks of the same run when they are no older than this.
SAME_RUN = timedelta(hours=24)


#: A page that has shown no former text for so long has stopped flapping.
FLAPPING_ENDS = timedelta(days=7)
#: Outcomes that the owner may overrule: a text was read, and only the comparison with what it was speaks against it.
ACCEPTABLE = frozenset({Outcome.TRUNCATED, Outcome.WRONG_PAGE})


#: Two policies may become one; that three and more do within a day is the site's own page.
ENOUGH_OTHERS = 2


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


@dataclass
class _Run:
    """One pass over a page's snapshots: what does not change during it, and what is carried from look to look.

    `moments` is the time (UTC) each snapshot counts for, by id.
    """

    session: Session
    page: Page
    texts: Texts
    events: OpenEvents
    stated: record.Stated
    confirm: bool
    moments: dict[int, datetime]
    traces: dict[str, str] | None = None
    changes: list[int] = field(default_factory=list)


def rules(page: Page) -> str:
    """Names everything that a page's texts depend on: readers, noise rules, selectors, language."""
    title = "" if page.select else page.title
    language = located(page.language, page.marketplace)
    parts = [*page.select, "\x01", *page.remove, "\x01", language, "\x01", title]
    declared = "\x00".join([*parts, "index"] if page.is_index else parts)
    return f"{extract.EXTRACTOR}+{boilerplate.NOISE}+{gate.GATE}+{hashlib.sha256(declared.encode()).hexdigest()[:8]}"


def derive(session: Session, page: Page, *, confirm: bool = False) -> Derived:
    """Judge the page's new snapshots, in order of observation, and store what follows from them.

    `confirm` asks for a second look before a change counts; recorded history never needs one. When the rules by which
    the page was read have changed, or a look older than the last one has come in, everything is derived again first.
    Raises BodyLost when the bytes of a snapshot are missing.
    """
    if page.fetch == BY_HAND:
        return Derived(outcome=None)
    moments = snapshots.pending(session, page)
    last = observations.last(session, page)
    if page.derived_to and page.derived_with != rules(page):
        return derive_again(session, page, confirm=confirm)
    if not moments:
        return _derived(session, last[0]) if last else Derived(outcome=None)
    if last and min(moments.values()) < last[0].observed_at:
        return _replay(session, page, confirm=confirm, known_to=0)
    return _judge_all(session, page, moments, last, record.Stated(), confirm=confirm)


def derive_again(session: Session, page: Page, *, confirm: bool = False) -> Derived:
    """Throw away what was derived for a page and judge all its snapshots anew, by today's rules.

    Changes that were told keep their id and wording. A difference that only the new rules find in looks that had been
    judged before is listed, not told: it would be news of our own making.
    """
    if page.fetch == BY_HAND:
        return Derived(outcome=None)
    return _replay(session, page, confirm=confirm, known_to=page.derived_to)


def accept(session: Session, page: Page, snapshot_id: int) -> Derived:
    """Take texts that were held back as too short, up to this snapshot, for the policy; what they changed is news."""
    page.accepted_snapshot = snapshot_id
    derived = _replay(session, page, confirm=False, known_to=0)
    wording.word(session)
    return derived


def _replay(session: Session, page: Page, *, confirm: bool, known_to: int) -> Derived:
    frozen = record.forget(session, page)
    page.derived_to, page.memory = 0, None
    session.flush()
    stated = record.Stated(frozen=frozen, known_to=known_to)
    moments = snapshots.pending(session, page)
    return _judge_all(session, page, moments, None, stated, confirm=confirm) if moments else Derived(outcome=None)


def _judge_all(
    session: Session,
    page: Page,
    moments: dict[int, datetime],
    last: tuple[Observation, Snapshot] | None,
    stated: record.Stated,
    *,
    confirm: bool,
) -> Derived:
    run = _Run(session, page, Texts(session, page), OpenEvents(session, page), stated, confirm, moments)
    run.traces = observations.last_traces(session, page, last[0]) if last else None
    memory, previous = Memory.from_json(page.memory), last
    for snapshot in snapshots.in_order(session, list(moments)):
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
    run: _Run, memory: Memory, snapshot: Snapshot, previous: tuple[Observation, Snapshot] | None
) -> tuple[Memory, Observation]:
    again = previous is not None and _same_answer(snapshot, *previous)
    if again and previous is not None:
        verdict, found = _as_before(previous[0]), None
    else:
        verdict, found = _read(run, memory, snapshot)
        memory, verdict = _believed(memory, verdict, run.moments[snapshot.id])
    observation = record.observation(run.page, snapshot, verdict, at=run.moments[snapshot.id])
    if found is not None:
        observation.text_sha256 = found.document.fingerprint
    if verdict.outcome in READ:
        memory = _read_look(run, memory, snapshot, observation, found)
    else:
        memory = _unread_look(run, memory, snapshot, observation)
    return memory, observation


def _same_answer(snapshot: Snapshot, observation: Observation, before: Snapshot) -> bool:
    """Whether a look brought what the look before it brought: then it needs no reading."""
    if snapshot.status == 304:
        # Where nobody asked whether the page has changed, the answer says nothing of it.
        return observation.outcome in READ and not snapshot.error
    return (
        snapshot.body_sha256 is not None
        and snapshot.body_sha256 == before.body_sha256
        and (snapshot.status, snapshot.media_type, snapshot.final_url, snapshot.language)
        == (before.status, before.media_type, before.final_url, before.language)
        # A short text may have been accepted in the meantime; a new one is looked at twice before it counts.
        and observation.outcome not in ACCEPTABLE
        and observation.rule not in arrival.DOUBTS
        and observation.news != News.HELD
    )


def _as_before(observation: Observation) -> Verdict:
    if observation.outcome in READ:
        return Verdict(Outcome.UNCHANGED, "same-bytes", "the page has not changed since the last check")
    return Verdict(Outcome(observation.outcome), observation.rule, observation.reason)


def _read(run: _Run, memory: Memory, snapshot: Snapshot) -> tuple[Verdict, Reading | None]:
    capture = snapshots.capture_of(run.session, snapshot)
    # As declared: the title picks the policy on a page that holds several, the language is the one we asked for.
    language = located(capture.language or run.page.language, run.page.marketplace)
    capture = replace(capture, title=run.page.title, language=language)
    verdict = gate.judge_transport(capture)
    if verdict is not None:
        return failures.worded(verdict, capture), None
    found = run.texts.read(snapshot, capture, memory.showing)
    is_known = found.document.fingerprint == memory.showing
    last_good = found.document if is_known else run.texts.document(memory.showing)
    verdict = gate.judge(capture, found.extraction, found.document, last_good=last_good)
    if verdict.outcome is Outcome.OK and last_good is not None and not is_known:
        verdict = _fault(run, memory, capture, found, last_good) or verdict
    if verdict.outcome is Outcome.OK:
        verdict = _one_text_for_all(run, memory, snapshot, found) or verdict
    if verdict.outcome is Outcome.OK and run.page.is_index and last_good is not None:
        verdict = index_pages.cut_short(last_good, found.document, run.page.url) or verdict
    if verdict.outcome in ACCEPTABLE and snapshot.id <= (run.page.accepted_snapshot or 0):
        verdict = Verdict(Outcome.OK, "accepted", "unlike what it was before, and accepted by the owner as the policy")
    return verdict, found


def _fault(run: _Run, memory: Memory, capture: Capture, found: Reading, last_good: Document) -> Verdict | None:
    """What went wrong on the way, by what the look at the text in force was like."""
    if found.extraction is None:
        return None
    snapshot = run.session.get(Snapshot, memory.showing_snapshot)
    if snapshot is None:
        return None
    try:
        former = snapshots.capture_of(run.session, snapshot) if arrival.may_be_cut(capture) else capture
    except BodyLost:
        former = capture  # nobody can say how it ended
    return arrival.fault(capture, found.extraction, found.document, last_good, former)


def _believed(memory: Memory, verdict: Verdict, at: datetime) -> tuple[Memory, Verdict]:
    """What is doubted for long is believed: a page may leave out its closing tags, or hold a broken sign, for good."""
    if verdict.rule not in arrival.DOUBTS and verdict.outcome not in READ:
        return memory, verdict
    rule = verdict.rule if verdict.rule in arrival.DOUBTS else ""
    memory, is_believed = history.doubted(memory, rule, at)
    if is_believed and memory.doubt_since is not None:
        days = (at - memory.doubt_since).days
        verdict = arrival.believed(verdict, memory.doubt_looks, days)
    return memory, verdict


def _one_text_for_all(run: _Run, memory: Memory, snapshot: Snapshot, found: Reading) -> Verdict | None:
    """Pages of one host that all turn into the same text at once show the site's own page, not their policies."""
    text = found.document.fingerprint
    past = run.texts.past(text)
    if not memory.showing or text == memory.showing or (past and past.counted):
        return None
    since = run.moments[snapshot.id] - SAME_RUN
    others = observations.shown_elsewhere(run.session, run.page, text, was=memory.showing, since=since)
    if len(others) < ENOUGH_OTHERS:
        return None
    why = f"Other pages of this site turned into the very same text ({', '.join(others[:3])}): it is not this policy."
    return Verdict(Outcome.WRONG_PAGE, "same-on-other-pages", why)


def _read_look(
    run: _Run, memory: Memory, snapshot: Snapshot, observation: Observation, found: Reading | None
) -> Memory:
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


def _note_restlessness(run: _Run, memory: Memory, look: Look, decision: Decision) -> None:
    """Tell the owner, in health, of what is kept quiet because it goes back and forth or never stands still."""
    if decision.news is News.RETURN:
        run.events.happened("flapping", at=look.at, detail=decision.why)
    run.events.quiet("flapping", at=look.at, after=FLAPPING_ENDS)
    places = history.volatile_places(memory, look.at)
    if places:
        run.events.happened("volatile", at=look.at, detail=f"places that change at nearly every check: {places}")
    else:
        run.events.ended(("volatile",), at=look.at)


def _learn_return(run: _Run, memory: Memory, left: str, look: Look) -> Memory:
    old, new = run.texts.document(left), run.texts.document(look.text)
    if old is None or new is None:
        return memory
    return history.learn_return(memory, compare.compare(old, new), look.at)


def _version(run: _Run, snapshot: Snapshot, found: Reading | None, text: str, decision: Decision) -> Version:
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


def _compared_with(run: _Run, decision: Decision) -> int | None:
    version = run.texts.version(decision.against[0]) if decision.against else None
    return version.id if version else None


def _record(run: _Run, snapshot: Snapshot, decision: Decision, version: Version | None, meant: Meaning | None) -> None:
    """Write a change where the decision makes one."""
    if decision.news in (News.NONE, News.SAME, News.RETURN):
        return
    old = run.texts.version(decision.against[0]) if decision.against else None
    old_document = run.texts.document(old.text_sha256) if old else None
    new_document = run.texts.document(version.text_sha256) if version else None
    if meant is None and old_document is not None and new_document is not None:
        comparison = compare.compare(old_document, new_document)
        meant = run.texts.meaning(comparison, old_document, new_document)
    sides = record.Sides(old, version, old_document, new_document)
    is_news = meant is not None and decision.news is News.CHANGE
    for entry, part in meant.parts() if meant is not None and is_news else ((None, meant),):
        change = record.change(
            run.session, run.page, snapshot, decision, sides=sides, meant=part, stated=run.stated, entry=entry
        )
        if change is not None and change.told:
            run.changes.append(change.id)


def _unread_look(run: _Run, memory: Memory, snapshot: Snapshot, observation: Observation) -> Memory:
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
