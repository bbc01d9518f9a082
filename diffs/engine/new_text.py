"""Judge a text that the page has not shown before: compare it, remove the noise, weigh what is left."""

from dataclasses import dataclass, replace
from datetime import datetime

from diffs.comparing.recut import recut
from diffs.judging import history, learned
from diffs.judging.evidence import slots
from diffs.judging.evidence.cut import only_at_ends
from diffs.judging.evidence.judge import furniture
from diffs.judging.evidence.known import Known
from diffs.judging.evidence.places import places
from diffs.judging.evidence.words import states_rule
from diffs.judging.history import Decision, Difference, Look, Memory, News
from diffs.meaning.announcements import Split
from diffs.meaning.meaning import Meaning, bearing
from diffs.meaning.places import places_turned
from diffs.values import Comparison, Document, Fact, Quiet

from .known_texts import Texts


@dataclass(frozen=True, slots=True)
class _Step:
    """The step from the nearest known text to the new one.

    `against` is the known text's fingerprint. `standing` is that text without the entries of a list that were added or
    dropped: places are named by what stays. `listed` are those entries, None if the page is not a list. `stating` are
    the indexes of the hunks that state a rule: those are never noise. Where the new text is another cut of the known
    one, `old` and `new` are both in the known text's blocks, and `as_shown` is how the two differ as they are.
    """

    against: str
    old: Document
    new: Document
    standing: Document
    listed: Split | None
    comparison: Comparison
    facts: tuple[Fact, ...]
    stating: frozenset[int]
    as_shown: Comparison | None = None


def judge(
    texts: Texts, memory: Memory, look: Look, document: Document, *, confirm: bool
) -> tuple[Memory, Decision, Meaning]:
    """What a new text is (news, noise or nothing), what it says, and the page's memory after it.

    `confirm` asks for a second check before it counts.
    """
    step = _compare(texts, history.candidates(memory), document, look.at)
    known = _known(texts, memory, look, step)
    left, quiet, meant = _left(texts, memory, step, known)
    if left.hunks and step.listed is None and meant.judgement.significance != "cosmetic":
        returned = _returned(texts, memory, look, document)
        if returned is not None:
            return returned
    after, decision = history.weigh(memory, look, _difference(texts, step, left, meant), confirm=confirm)
    if decision.news is not News.HELD or memory.held not in ("", look.text):
        # A check that waits for confirmation teaches nothing yet: both show one and the same edit.
        after = learned.learn_places(after, step.comparison, step.standing, look.at, step.stating)
        found = slots.learn(known, places(step.comparison), step.standing, step.new)
        after = replace(after, slots=found)
    if decision.confirmed:
        meant = _meaning(texts, step, learned.confirmed(left, step.standing, decision.confirmed))
    if not left.hunks:
        # Listed with everything that differs, though all of it is known noise.
        meant = replace(meant, comparison=step.as_shown or step.comparison)
    return after, _named(decision, step, quiet if not left.hunks else ()), replace(meant, quiet=quiet)


def _known(texts: Texts, memory: Memory, look: Look, step: _Step) -> Known:
    taught, real = texts.taught(look)
    times, days = texts.times(step.against, look.at), texts.days_since(look.at)
    return Known(memory.slots, times, days, step.stating, taught, real)


def _left(texts: Texts, memory: Memory, step: _Step, known: Known) -> tuple[Comparison, tuple[Quiet, ...], Meaning]:
    """What is left of a step without noise, what was removed, with the reasons, and what the rest says."""
    left, quiet = _without_furniture(memory, step, known)
    meant = _meaning(texts, step, left)
    if (quiet or step.as_shown) and meant.judgement.significance == "cosmetic":
        left = Comparison()
    if step.as_shown and not left.hunks:
        quiet = tuple(Quiet(hunk, _CUT_ANEW) for hunk in step.as_shown.hunks)
    return left, quiet, meant


def _returned(texts: Texts, memory: Memory, look: Look, document: Document) -> tuple[Memory, Decision, Meaning] | None:
    """The judgement on a text that says what a former edition said, but for furniture; None if it is none."""
    for former, past in history.former_editions(memory, look.at, texts.past):
        step = _compare(texts, (former,), document, look.at)
        left, quiet, meant = _left(texts, memory, step, _known(texts, memory, look, step))
        if not left.hunks or meant.judgement.significance == "cosmetic":
            return *history.nearly_returned(memory, look, past, former), replace(meant, quiet=quiet)
    return None


def _without_furniture(memory: Memory, step: _Step, known: Known) -> tuple[Comparison, tuple[Quiet, ...]]:
    """What is left of a step without learned noise and furniture, and what was removed, with the reasons."""
    real = slots.overruled(step.comparison, step.standing, known)
    left = learned.without_noise(memory, step.comparison, step.standing, known.times.now, step.stating | real)
    # A rule moved to where it says something else has the same letters but another meaning.
    is_turned = any(True for _ in places_turned(step.comparison, step.old, step.new))
    found = {} if is_turned else furniture(step.comparison, step.standing, step.new, known)
    found = {number: why for number, why in found.items() if number not in real}
    stays = {id(hunk) for hunk in left.hunks}
    quiet = [
        Quiet(hunk, found.get(number, _LEARNED))
        for number, hunk in enumerate(step.comparison.hunks)
        if number in found or id(hunk) not in stays
    ]
    taken = {id(one.hunk) for one in quiet}
    return replace(left, hunks=tuple(hunk for hunk in left.hunks if id(hunk) not in taken)), tuple(quiet)


#: Why a hunk that history knows is not reported.
_LEARNED = "a place where this page goes back and forth or changes at nearly every check"
#: Why nothing is reported of a text in another cut.
_CUT_ANEW = "the same words, divided into other lines, paragraphs or pages"


def _compare(texts: Texts, candidates: tuple[str, ...], document: Document, now: datetime) -> _Step:
    """The step from the nearest of some known texts to the new one, which is seen `now` (UTC)."""
    against, old, comparison = texts.closest(candidates, document)
    listed = texts.listed(old, document, now)
    as_shown = None
    found = None if listed else recut(old, document, comparison, lambda line: states_rule(line, document.language))
    if found:
        as_shown, old, document = comparison, found.old, found.new
        comparison = texts.compared(old, document)
    if listed is not None:
        comparison = listed.comparison
    facts = texts.facts(comparison, old, document)
    # A list grows at one end by nature: its new entries, which come first, are never noise.
    entries = frozenset(range(len(listed.news))) if listed else frozenset()
    return _Step(
        against,
        old,
        document,
        standing=listed.old if listed else old,
        listed=listed,
        comparison=comparison,
        facts=facts,
        stating=bearing(facts) | entries,
        as_shown=as_shown,
    )


def _meaning(texts: Texts, step: _Step, left: Comparison) -> Meaning:
    """What the rest of a step says, each new entry of a list on its own."""
    known = step.facts if left.hunks == step.comparison.hunks else None
    meant = texts.meaning(left, step.old, step.new, known)
    return texts.announced(meant, step.listed, step.old, step.new) if step.listed else meant


def _difference(texts: Texts, step: _Step, left: Comparison, meant: Meaning) -> Difference:
    """What history weighs in a step."""
    past = texts.past(step.against)
    return Difference(
        step.against,
        past.edition if past else step.against,
        len(left.hunks),
        meant.judgement.significance,
        meant.judgement.importance,
        learned.marks(left, step.standing),
        only_at_ends(left, step.standing, step.new),
    )


def _named(decision: Decision, step: _Step, quiet: tuple[Quiet, ...]) -> Decision:
    """The decision, with its own reason if only furniture differs, or if a list only lost its oldest entries."""
    reasons = dict.fromkeys(one.why for one in quiet)
    if reasons.keys() - {_LEARNED}:
        return replace(decision, why=f"only furniture of the page differs: {'; '.join(reasons)}", rule="furniture")
    if step.listed is None or step.comparison.hunks:
        return decision
    return replace(decision, why="only the oldest entries left the list; nothing was announced", rule="rolled-off")
