"""Texts that wait for a second check before they count: which do, and what becomes of them at the next check."""

from collections.abc import Callable

from diffs.database.models import Snapshot
from diffs.judging import history, passing
from diffs.judging.history import Decision, Look, Memory
from diffs.judging.lines import FIRST, Lines
from diffs.meaning.meaning import Meaning
from diffs.values import Document

from . import new_text
from .runs import Run

#: Stores what was decided about the text that waits in a memory, and what it says.
Record = Callable[[Memory, Decision, Meaning], None]


def confirms(run: Run, snapshot: Snapshot, memory: Memory, look: Look) -> bool:
    """Whether a new text waits for a second check.

    In a live crawl it does if the pass says so, in recorded history as long as another check follows within a day.
    """
    if not snapshot.recorded:
        return run.confirm
    return passing.waits(memory.held_since or look.at, look.at, run.following(look.at))


def stays(run: Run, snapshot: Snapshot, memory: Memory, look: Look) -> Decision | None:
    """The decision on a recorded check that shows a waiting text again, if it can go on waiting; else None."""
    is_held = snapshot.recorded and memory.held == look.text
    return history.still_waits(memory) if is_held and confirms(run, snapshot, memory, look) else None


def settled(run: Run, snapshot: Snapshot, memory: Memory, now: Document, record: Record) -> Memory:
    """The memory at a recorded check that shows another text than the one that waits.

    If some of what that one changed is still other than before, it counts. Otherwise it was taken back; if that was
    so before, over days, it is one of two texts in turn, and known from now on.
    """
    if not snapshot.recorded or now.fingerprint == memory.held:
        return memory
    waiting = run.texts.known_document(memory.held)
    _, old, held = run.texts.closest(history.candidates(memory), waiting)
    if passing.is_taken_back(held, run.texts.compared(old, now), memory.held_marks, old):
        after, version = passing.taken_back(memory, run.moments[snapshot.id]), run.texts.version(memory.held)
        if version is not None and passing.is_in_turn(after, memory.held):
            version.state, version.edition = "confirmed", memory.held
        return after
    return counted(run, memory, record)


def due(run: Run, snapshot: Snapshot, known: Lines) -> list[int]:
    """The lines on which a text waits, though no recorded check follows in time to confirm it."""
    if not snapshot.recorded:
        return []
    at = run.moments[snapshot.id]
    following = run.following(at)
    memories = ((number, known.memory(number)) for number in (FIRST, *(line.number for line in known.others)))
    return [
        number
        for number, memory in memories
        if memory.held and memory.held_since and not passing.waits(memory.held_since, at, following)
    ]


def counted(run: Run, memory: Memory, record: Record) -> Memory:
    """The memory with the text that waits in it judged as one that counts, which is recorded."""
    if memory.held_since is None:
        return memory
    look = Look(memory.held_since, memory.held_snapshot, memory.held)
    waiting = run.texts.known_document(memory.held)
    after, decision, meant = new_text.judge(run.texts, memory, look, waiting, confirm=False)
    record(memory, decision, meant)
    return after
