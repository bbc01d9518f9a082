"""What one check means for its page's history: which line it is on, whether it is news, and what is recorded of it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from diffs.database.models import Observation, Snapshot, Version
from diffs.errors import BodyLost
from diffs.judging import arrival, history, learned, lines
from diffs.judging.evidence import slots
from diffs.judging.history import Decision, Look, Memory, News
from diffs.judging.lines import FIRST, Line, Lines
from diffs.meaning.meaning import Meaning
from diffs.reading import policy_text
from diffs.reading.policy_text import Reading
from diffs.store import snapshots
from diffs.store.events import REJECTED, SECOND_LINE, SITE_WIDE
from diffs.values import Document, Outcome, Verdict

from . import new_text, record, second_lines, site_wide, verdicts, waiting
from .owner import missed
from .runs import Run, rules
from .second_lines import Placed

#: A page that has shown no former text for this long has stopped flapping.
FLAPPING_ENDS = timedelta(days=7)
#: Why a text on another line than the text before it is not news.
TURN = "noise: the page shows this text and another one in turn; this one is as it was"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a line, by its number, showed before and then: the fingerprints of two texts."""

    known: Lines
    number: int
    before: str
    after: str


def judge(
    run: Run, known: Lines, snapshot: Snapshot, previous: tuple[Observation, Snapshot] | None
) -> tuple[Lines, Observation]:
    """The page's lines after a check, with the check's results recorded. `previous` is the check before."""
    at = run.moments[snapshot.id]
    placed, is_replaced = _ripened(run, verdicts.given(run, known, snapshot, previous), snapshot, at)
    observation = record.observation(run.page, snapshot, placed.verdict, at=at)
    if placed.found is not None:
        observation.text_sha256 = placed.found.document.fingerprint
    if placed.number == second_lines.NONE:
        first = _unread_look(run, placed.lines.first, snapshot, observation)
        return _expired(run, placed.lines.remembering(FIRST, first), snapshot), observation
    second_lines.note(run.session, run.page, run.events, placed, at=at, now=record.live(snapshot, run.stated))
    known = _expired(run, _read_look(run, placed, snapshot, observation), snapshot)
    if is_replaced:
        observation.news, observation.why = News.REPLACED, "the policy was replaced"
    return known, observation


def _ripened(run: Run, placed: Placed, snapshot: Snapshot, at: datetime) -> tuple[Placed, bool]:
    """The same, after making a line that has lasted long enough the policy's own; whether one was."""
    line = placed.lines.other(placed.number)
    if line is None or not lines.is_ripe(placed.lines, line, at, run.texts.document, run.page.title):
        return placed, False
    why = f"another text has been in the policy's place since {line.since:%Y-%m-%d}"
    known = _replace(run, placed.lines, line, snapshot, why)
    verdict = Verdict(Outcome.OK, "replaced", "The policy was replaced by the text that the page shows now.")
    return replace(placed, lines=known, number=FIRST, verdict=verdict), True


def _replace(run: Run, known: Lines, line: Line, snapshot: Snapshot, why: str) -> Lines:
    """The lines with this one as the policy's own; the change that this is gets recorded."""
    version = run.texts.version(line.memory.showing)
    quiet = second_lines.came_with_news(run.session, run.page, line, version)
    known, decision = lines.replaced(known, line, snapshot.observed_at, why=why)
    _record(run, snapshot, decision, version, None, quiet=quiet)
    return known


def as_decided(run: Run, known: Lines, snapshot: Snapshot, observation: Observation) -> Lines:
    """The lines after what the owner decided about them when this snapshot was the newest."""
    for decision in run.page.decisions or ():
        if decision["snapshot"] == snapshot.id and "missed" in decision:
            known = missed.adopted(run, known, decision)
        line = next((line for line in known.others if line.snapshot == decision.get("line")), None)
        if line is None or decision["snapshot"] != snapshot.id:
            continue
        if decision["accepted"]:
            known = _replace(run, known, line, snapshot, verdicts.ACCEPTED.reason)
            run.events.ended((SECOND_LINE,), at=observation.observed_at)
            verdict, observation.news = verdicts.ACCEPTED, News.REPLACED
        else:
            known, verdict = lines.rejected(known, line), second_lines.rejected(line)
        observation.outcome, observation.rule, observation.reason = verdict.outcome, verdict.rule, verdict.reason
        if verdict.rule == REJECTED:
            record.note_unread(run.events, observation, at=observation.observed_at)
    return known


def _read_look(run: Run, placed: Placed, snapshot: Snapshot, observation: Observation) -> Lines:
    """The lines after a check that read a text, by its history. If none was found, the text is the one read before."""
    run.events.ended(record.UNREAD_EVENTS, at=observation.observed_at)
    found, number = placed.found, placed.number
    memory = before = placed.lines.memory(number)
    text = found.document.fingerprint if found else memory.held or memory.showing
    if not text:
        return placed.lines
    look = verdicts.look(observation.observed_at, snapshot, text)
    if memory.held and found is not None:
        count = _counting(run, snapshot, placed.lines, number)
        memory = waiting.settled(run, snapshot, memory, found.document, count)
    memory, decision = history.read(memory, look, run.texts.past(text))
    meant: Meaning | None = None
    line = placed.lines.other(number)
    if line is not None and not before.current:
        decision = lines.switched(placed.lines, line)
    decision = decision or waiting.stays(run, snapshot, memory, look)
    if decision is None:
        document = found.document if found else run.texts.known_document(text)
        confirm = waiting.confirms(run, snapshot, memory, look)
        memory, decision, meant = new_text.judge(run.texts, memory, look, document, confirm=confirm)
    if decision.news is News.RETURN:
        now = found.document if found else run.texts.document(text)
        memory = _learn_return(run, memory, before.showing, now, look.at)
    _note_restlessness(run, memory, look, decision)
    version = _version(run, snapshot, found, text, decision)
    observation.text_sha256, observation.news, observation.why = text, decision.news, decision.why
    observation.version_id = version.id
    observation.traces = dict(found.traces) if found else run.traces
    if decision.news is News.SAME and found is not None:
        observation.news = News.NOISE
        varied = policy_text.varied(run.traces or {}, found.traces)
        observation.why = TURN if placed.comes_back else f"noise: {varied}; the policy text is the same"
    run.traces = observation.traces
    observation.compared_with = _compared_with(run, decision)
    quiet = ""
    if decision.news is News.CHANGE and meant is not None:
        quiet = _quiet(run, Shown(placed.lines, number, before.showing, text), meant, snapshot)
    run.events.quiet(SITE_WIDE, at=look.at, after=FLAPPING_ENDS)
    _record(run, snapshot, decision, version, meant, line=number, quiet=quiet)
    return placed.lines.remembering(number, memory)


def _expired(run: Run, known: Lines, snapshot: Snapshot) -> Lines:
    """The lines after a check, with the texts counted that can wait no longer."""
    for number in waiting.due(run, snapshot, known):
        counted = waiting.counted(run, known.memory(number), _counting(run, snapshot, known, number))
        known = known.remembering(number, counted)
    return known


def _counting(run: Run, snapshot: Snapshot, known: Lines, number: int) -> waiting.Record:
    """How a text that waited on a line is recorded once another check, at this snapshot, shows that it counts."""

    def record_it(memory: Memory, decision: Decision, meant: Meaning) -> None:
        version = run.texts.version(memory.held)
        if version is not None:
            _settle(run, version, decision)
        step = Shown(known, number, memory.showing, memory.held)
        first = run.session.get(Snapshot, memory.held_snapshot) or snapshot
        quiet = _quiet(run, step, meant, first) if decision.news is News.CHANGE else ""
        _record(run, snapshot, decision, version, meant, line=number, quiet=quiet)

    return record_it


def _quiet(run: Run, step: Shown, meant: Meaning, snapshot: Snapshot) -> str:
    """Why a change that this snapshot showed is listed only, because of another line or pages; "" if it is reported."""
    at = run.moments.get(snapshot.id, snapshot.observed_at)
    old = run.texts.document(step.before)
    if old and _had_only_begun(run, step, old, snapshot):
        return "the first check of this page had received only the beginning of it"
    why = site_wide.said(run.session, run.page, meant, old, at=at) if old else ""
    if why:
        site_wide.note(run.session, run.page, run.events, at=at, detail=why)
    elif step.known.others:
        why = second_lines.reported(run.session, run.page, run.texts.version(step.before), step.number, meant)
        if not why and second_lines.is_no_policy(run.page, run.texts, step.known, step.number, step.after):
            second_lines.note_edit(run.session, run.page, now=record.live(snapshot, run.stated))
            why = second_lines.NO_POLICY
    return why


def _had_only_begun(run: Run, step: Shown, old: Document, snapshot: Snapshot) -> bool:
    """Whether the first check of the page, the only one before this text, was cut short."""
    version = run.texts.version(old.fingerprint)
    first = run.session.get(Snapshot, step.known.first.showing_snapshot)
    if version is None or first is None or version.seq > 1:
        return False
    if version.first_seen_at != version.last_seen_at:
        return False
    try:
        former, capture = (snapshots.capture_of(run.session, one) for one in (first, snapshot))
    except BodyLost:
        return False  # nobody can say how it ended
    return arrival.was_beginning(former, capture, old, run.texts.known_document(step.after))


def _note_restlessness(run: Run, memory: Memory, look: Look, decision: Decision) -> None:
    """Tell the owner, in health, what is not reported because it goes back and forth or never settles."""
    if decision.news is News.RETURN:
        run.events.happened("flapping", at=look.at, detail=decision.why)
    run.events.quiet("flapping", at=look.at, after=FLAPPING_ENDS)
    places = max(learned.volatile_places(memory, look.at), slots.volatile(memory.slots, look.at))
    if places:
        run.events.happened("volatile", at=look.at, detail=f"places that change at nearly every check: {places}")
    else:
        run.events.ended(("volatile",), at=look.at)


def _learn_return(run: Run, memory: Memory, left: str, new: Document | None, at: datetime) -> Memory:
    old = run.texts.document(left)
    if old is None or new is None:
        return memory
    return learned.learn_return(memory, run.texts.compared(old, new), at)


def _version(run: Run, snapshot: Snapshot, found: Reading | None, text: str, decision: Decision) -> Version:
    version = run.texts.version(text)
    if version is None:
        if found is None:
            raise BodyLost(f"The text {text[:12]} of {run.page.key} is missing.", remedy="Run policywatch verify.")
        version = run.texts.add(found, snapshot, seen_at=run.moments[snapshot.id], extractor=rules(run.page))
    version.last_seen_at = max(version.last_seen_at, run.moments[snapshot.id])
    _settle(run, version, decision)
    return version


def _settle(run: Run, version: Version, decision: Decision) -> None:
    """Set what a version counts as from now on: an edition of its own, or a variant of another."""
    if decision.news is News.HELD or version.state != "observed":
        return
    known = run.texts.version(decision.against[0]) if decision.against else None
    variant = known is not None and decision.news in (News.VARIANT, News.COSMETIC, News.UPGRADE, News.RETURN)
    version.state = "variant" if variant else "confirmed"
    version.edition = known.edition if known is not None and variant else version.text_sha256


def _compared_with(run: Run, decision: Decision) -> int | None:
    version = run.texts.version(decision.against[0]) if decision.against else None
    return version.id if version else None


def _record(
    run: Run,
    snapshot: Snapshot,
    decision: Decision,
    version: Version | None,
    meant: Meaning | None,
    *,
    line: int = FIRST,
    quiet: str = "",
) -> None:
    """Record a change if the decision makes one; see `record.change` for `line` and `quiet`."""
    is_listed = decision.news is News.HELD and decision.waited_snapshot  # since the first check that showed it
    if is_listed or decision.news in (News.NONE, News.SAME, News.RETURN):
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
            run.session,
            run.page,
            snapshot,
            decision,
            sides=sides,
            meant=part,
            stated=run.stated,
            entry=entry,
            line=line,
            quiet=quiet,
        )
        if change is not None and change.told:
            run.changes.append(change.id)


def _unread_look(run: Run, memory: Memory, snapshot: Snapshot, observation: Observation) -> Memory:
    """The memory after a check that read nothing."""
    outcome = Outcome(observation.outcome)
    if outcome is not Outcome.GONE:
        record.note_unread(run.events, observation, at=observation.observed_at)
        return memory if outcome in record.SAYS_NOTHING else history.unread(memory)
    memory, decision = history.missing(memory, observation.observed_at, snapshot.id)
    observation.news, observation.why = decision.news, decision.why
    if decision.news is News.GONE:
        _record(run, snapshot, decision, None, None)
    if memory.gone:
        # It was reported as gone: there is no page that could not be read.
        run.events.ended(record.UNREAD_EVENTS, at=observation.observed_at)
    else:
        run.events.happened("gone_suspected", at=observation.observed_at, detail=decision.why)
    return memory
