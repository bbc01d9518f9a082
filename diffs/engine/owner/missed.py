"""Find a real change that was not reported, between two days the owner names, and report it now."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from diffs.database.models import Change, Observation, Page, Snapshot, Version
from diffs.engine import record, wording
from diffs.engine.known_texts import Texts
from diffs.engine.runs import Run
from diffs.judging.evidence import slots
from diffs.judging.evidence.known import Slots
from diffs.judging.evidence.words import says_something
from diffs.judging.history import Memory, News
from diffs.judging.lines import FIRST, Lines
from diffs.store import changes, observations, versions
from diffs.values import Comparison, Document, Hunk

from . import cases

#: Why such a change is reported.
REASON = "you said that this change was missed"
#: The decisions on checks whose text was not reported, or whose bytes differ only in what is not read.
_QUIET = (News.NOISE, News.HELD, News.RETURN, News.COSMETIC, News.VARIANT, News.UPGRADE, News.SWITCHED)


@dataclass(frozen=True, slots=True)
class Silence:
    """A check after which nothing was reported although something differed: when (UTC), by which rule, and why."""

    at: datetime
    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found between two days: how many checks there were, how many of them read a text, what was not reported.

    `change` is what is reported now, None if nothing unreported differs.
    """

    checks: int
    read: int
    quiet: tuple[Silence, ...] = ()
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    old: Version
    new: Version
    first: Observation
    left: Comparison


def report(session: Session, page: Page, since: datetime, until: datetime, *, now: datetime) -> Answer:
    """Report what differs between the text shown before a time and those shown in it, and was not reported (all UTC).

    From the next check on, changes in these places are reported, whatever evidence of noise there is. Raises BodyLost.
    """
    checks = observations.count_between(session, page, since, until)
    looks = versions.read_between(session, page, since, until)
    if not looks:
        return Answer(checks, 0)
    quiet = tuple(_silences(session, page, [look for _, look in looks]))
    answer = Answer(checks, len(looks), quiet)
    texts = Texts(session, page)
    before = versions.shown_at(session, page, since - timedelta(microseconds=1))
    found = _found(session, page, texts, before[0] if before else looks[0][0], looks)
    last = observations.last(session, page)
    if found is None or last is None:
        return answer
    first = session.get_one(Snapshot, found.first.snapshot_id)
    old, new = (texts.known_document(one.text_sha256) for one in (found.old, found.new))
    meant = texts.meaning(found.left, old, new)
    sides = record.Sides(found.old, found.new, old, new)
    evidence = _evidence(session, page, looks)  # before the row that lists it is rewritten
    row = record.missed(session, page, first, sides=sides, meant=meant, reason=REASON, now=now)
    said = {
        "snapshot": last[1].id,
        "noise": list(slots.all_names(found.left, old)),
        "is_noise": False,
        "change": row.uid,
        "missed": first.id,
        "texts": [found.old.text_sha256, found.new.text_sha256],
        "case": cases.case(
            row, old, label="real", rules=tuple(dict.fromkeys(one.rule for one in quiet)), evidence=evidence
        ),
    }
    page.decisions = [*(page.decisions or ()), said]
    page.memory = _adopted(session, page, texts, Lines.from_json(page.memory), said).to_json()
    session.flush()
    wording.word(session)
    return replace(answer, change=row)


def adopted(run: Run, known: Lines, said: dict[str, Any]) -> Lines:
    """The lines after the owner's report, when a page is derived again; the change is linked to its new versions."""
    row = run.stated.frozen.get(said["change"])
    if row is not None:
        old, new = map(run.texts.version, said["texts"])
        record.link(row, record.Sides(old, new))
    return _adopted(run.session, run.page, run.texts, known, said)


def _adopted(session: Session, page: Page, texts: Texts, known: Lines, said: dict[str, Any]) -> Lines:
    """The lines with the shown text as the edition in force if it contains the change: its end will be news later."""
    old, new = (texts.version(text) for text in said["texts"])
    memory = known.first
    shown = texts.version(memory.showing)
    if old is None or new is None or shown is None or memory.edition != memory.current:
        return known
    before, after = (texts.known_document(one.text_sha256) for one in (old, new))
    missed = _sides(texts.compared(before, after))
    if missed.isdisjoint(_sides(texts.compared(before, texts.known_document(shown.text_sha256)))):
        return known  # it has been reverted since
    for version in versions.listed(session, page):
        if version.snapshot_id >= said["missed"] and version.edition == memory.current:
            version.edition = shown.text_sha256
    return known.remembering(FIRST, _in_force(memory))


def _in_force(memory: Memory) -> Memory:
    return replace(memory, current=memory.showing, edition=memory.showing, current_told=True)


def _found(
    session: Session, page: Page, texts: Texts, old: Version, looks: list[tuple[Version, Observation]]
) -> _Found | None:
    """The last of the texts that differs from the one before in something unreported, and the check that showed it."""
    reported = _reported(session, page, looks)
    known = _missed_before(session, page, old)
    before = texts.known_document(old.text_sha256)
    for new in dict.fromkeys(version.text_sha256 for version, _ in reversed(looks)):
        comparison = texts.compared(before, texts.known_document(new))
        left = tuple(
            hunk
            for hunk in comparison.hunks
            if says_something(hunk) and _side(hunk) not in reported and hunk.old_at not in known
        )
        left = _without_counters(page, left, before)
        if left:
            wanted = {_side(hunk) for hunk in left}
            look = next(
                look
                for version, look in looks
                if not wanted.isdisjoint(_sides(texts.compared(before, texts.known_document(version.text_sha256))))
            )
            last = next(version for version, _ in looks if version.text_sha256 == new)
            return _Found(old, last, look, replace(comparison, hunks=left))
    return None


def _without_counters(page: Page, hunks: tuple[Hunk, ...], old: Document) -> tuple[Hunk, ...]:
    """The hunks without figures that differ again and again, if any others are left."""
    known = Lines.from_json(page.memory).first.slots
    left = tuple(hunk for hunk in hunks if not _counts(hunk, old, known))
    return left or hunks


def _counts(hunk: Hunk, old: Document, known: Slots) -> bool:
    names = slots.names(Comparison((hunk,)), old)
    return all(name.startswith("figure:") and len(known.get(name, ())) > 1 for name in names)


def _missed_before(session: Session, page: Page, old: Version) -> set[int]:
    """The places of this text in which the owner reported a missed change before."""
    rows = (row for row in changes.of_page(session, page) if row.rule == record.MISSED)
    said = (row for row in rows if row.from_version and row.from_version["text_sha256"] == old.text_sha256)
    return {hunk.old_at for row in said for hunk in changes.comparison_of(row).hunks}


def _reported(session: Session, page: Page, looks: list[tuple[Version, Observation]]) -> set[tuple[str, str]]:
    shown = {look.snapshot_id for _, look in looks}
    told = (row for row in changes.of_page(session, page) if row.told and row.snapshot_id in shown)
    return {side for row in told for side in _sides(changes.comparison_of(row))}


def _evidence(session: Session, page: Page, looks: list[tuple[Version, Observation]]) -> dict[tuple[str, str], str]:
    """Why each difference was not reported, by its two sides."""
    shown = {look.snapshot_id for _, look in looks}
    rows = (row for row in changes.of_page(session, page) if row.snapshot_id in shown)
    return {(one.hunk.text_before, one.hunk.text_after): one.why for row in rows for one in changes.quiet_of(row)}


def _sides(comparison: Comparison) -> set[tuple[str, str]]:
    return {_side(hunk) for hunk in comparison.hunks if says_something(hunk)}


def _side(hunk: Hunk) -> tuple[str, str]:
    before, after = ("\n".join(block.compared for block in side) for side in (hunk.before, hunk.after))
    return before, after


def _silences(session: Session, page: Page, looks: list[Observation]) -> list[Silence]:
    """The checks with something unreported, alone or beside what was reported, each with its reason."""
    listed = {row.snapshot_id: row for row in changes.of_page(session, page)}
    found = []
    for look in looks:
        row = listed.get(look.snapshot_id)
        if row is not None and row.told:
            whys = dict.fromkeys(one.why for one in changes.quiet_of(row))
            found += [Silence(look.observed_at, "furniture", why) for why in whys]
        elif row is not None and look.news != News.FIRST:
            found.append(Silence(look.observed_at, row.rule, row.reason))
        elif look.news in _QUIET:
            found.append(Silence(look.observed_at, str(look.news), look.why))
    return found
