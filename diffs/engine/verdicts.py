"""The verdict on a check: read, refused, set aside, or the same as the check before."""

from dataclasses import replace
from datetime import datetime, timedelta

from diffs.database.models import Observation, Snapshot
from diffs.errors import BodyLost
from diffs.failures import Reason
from diffs.judging import arrival, gate, history, lines
from diffs.judging.history import Look, Memory, News
from diffs.judging.lines import FIRST, Lines
from diffs.language.tags import located
from diffs.meaning import index_pages
from diffs.reading.policy_text import Reading
from diffs.store import observations, snapshots
from diffs.values import READ, Capture, Document, Outcome, Verdict
from diffs.wording import failures

from . import second_lines
from .runs import Run
from .second_lines import Placed

#: Checks of other pages count as checks of the same run if they are no older than this.
SAME_RUN = timedelta(hours=24)
#: Outcomes that the owner may overrule: a text was read, and only its difference from the former one is against it.
ACCEPTABLE = frozenset({Outcome.TRUNCATED, Outcome.WRONG_PAGE})
#: The rules of looks of which only a part arrived: the owner would take half a policy for the whole.
PARTIAL = frozenset({Reason.CUT_OFF, "cut-off", "broken-answer", arrival.CUT, arrival.FOOTLESS})
#: The verdict on a text that the owner accepted as the policy.
ACCEPTED = Verdict(Outcome.OK, "accepted", "unlike what it was before, and accepted by the owner as the policy")
#: Two policies may become one; if three or more do within a day, it is the site's own page.
ENOUGH_OTHERS = 2


def given(run: Run, known: Lines, snapshot: Snapshot, previous: tuple[Observation, Snapshot] | None) -> Placed:
    """A check as read and judged, on the line it belongs to; `found` is None if nothing had to be read."""
    if previous is not None and same_answer(snapshot, *previous):
        verdict = _as_before(previous[0])
        return Placed(known, verdict, None, FIRST if verdict.outcome in READ else second_lines.NONE)
    at = run.moments[snapshot.id]
    aside = run.aside.get(snapshot.body_sha256 or "")
    if aside is not None:
        return Placed(known, aside, None, second_lines.NONE)
    capture = _capture(run, snapshot)
    placed = second_lines.stays(run.texts, known, snapshot, capture) or _placed(run, known, snapshot, capture)
    seen = look(at, snapshot, placed.found.document.fingerprint if placed.found else "")
    placed = second_lines.begun(placed, seen)
    if placed.number == second_lines.NONE:
        return placed
    return replace(placed, lines=lines.shown(placed.lines, placed.number, seen))


def _placed(run: Run, known: Lines, snapshot: Snapshot, capture: Capture) -> Placed:
    """A check as read and judged beside the policy, on the line it belongs to, or the first of another line."""
    verdict, found = _read(run, known.first, snapshot, capture)
    first, verdict = _believed(known.first, verdict, run.moments[snapshot.id])
    known = known.remembering(FIRST, first) if first is not known.first else known
    placed = second_lines.place(run.texts, known, second_lines.Read(snapshot, capture, found, verdict))
    if placed.begins and found is not None:
        shared = _one_text_for_all(run, known.first, snapshot, found)
        if shared is not None:
            return replace(placed, verdict=shared, begins=False)
    return placed


def look(at: datetime, snapshot: Snapshot, text: str) -> Look:
    """A check at `at` (UTC) that read a text."""
    return Look(at, snapshot.id, text, snapshot.extractor_hint)


def same_answer(snapshot: Snapshot, observation: Observation, before: Snapshot) -> bool:
    """Whether a check brought the same as the check before: then it need not be read."""
    if snapshot.status == 304:
        # If we did not ask whether the page has changed, the answer says nothing about it.
        return observation.outcome in READ and not snapshot.error
    return (
        snapshot.body_sha256 is not None
        and snapshot.body_sha256 == before.body_sha256
        and (snapshot.status, snapshot.media_type, snapshot.final_url, snapshot.language)
        == (before.status, before.media_type, before.final_url, before.language)
        # A short text may have been accepted in the meantime; a new one is checked twice before it counts.
        and observation.outcome not in ACCEPTABLE
        and observation.rule not in (*arrival.DOUBTS, observations.FAULT, observations.SET_ASIDE)
        and observation.news != News.HELD
    )


def _as_before(observation: Observation) -> Verdict:
    if observation.outcome in READ:
        return Verdict(Outcome.UNCHANGED, "same-bytes", "the page has not changed since the last check")
    return Verdict(Outcome(observation.outcome), observation.rule, observation.reason)


def _capture(run: Run, snapshot: Snapshot) -> Capture:
    capture = snapshots.capture_of(run.session, snapshot)
    # As declared: the title finds the policy on a page with several, the language is the one we asked for.
    language = located(capture.language or run.page.language, run.page.marketplace)
    return replace(capture, title=run.page.title, language=language)


def _read(run: Run, memory: Memory, snapshot: Snapshot, capture: Capture) -> tuple[Verdict, Reading | None]:
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
    if verdict.outcome in ACCEPTABLE and second_lines.is_accepted(run.page, snapshot.id):
        verdict = ACCEPTED
    return verdict, found


def _fault(run: Run, memory: Memory, capture: Capture, found: Reading, last_good: Document) -> Verdict | None:
    """What went wrong in transit, judged by the capture that brought the text in force."""
    if found.extraction is None:
        return None
    snapshot = run.session.get(Snapshot, memory.showing_snapshot)
    if snapshot is None:
        return None
    try:
        doubtful = arrival.may_be_cut(capture) or arrival.ends_early(found.document, last_good)
        former = snapshots.capture_of(run.session, snapshot) if doubtful else capture
    except BodyLost:
        former = capture  # nobody can say how it ended
    return arrival.fault(capture, found.extraction, found.document, last_good, former)


def _believed(memory: Memory, verdict: Verdict, at: datetime) -> tuple[Memory, Verdict]:
    """The verdict, believed if doubted for long: a page may never have closing tags, or always a broken character."""
    if verdict.rule not in arrival.DOUBTS and verdict.outcome not in READ:
        return memory, verdict
    rule = verdict.rule if verdict.rule in arrival.DOUBTS else ""
    memory, is_believed = history.doubted(memory, rule, at)
    if is_believed and memory.doubt_since is not None:
        days = (at - memory.doubt_since).days
        verdict = arrival.believed(verdict, memory.doubt_looks, days)
    return memory, verdict


def _one_text_for_all(run: Run, memory: Memory, snapshot: Snapshot, found: Reading) -> Verdict | None:
    """The verdict on pages of one host that all turn into one text at once: that is the site's page, not a policy."""
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
