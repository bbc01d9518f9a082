"""Record decisions in the archive: changes, targets, events."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, count
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from diffs.database.models import Change, Event, Observation, Page, Snapshot, TargetRow, Version
from diffs.judging.history import Decision, News
from diffs.language.short_hash import short_hash
from diffs.meaning import effective_dates
from diffs.meaning.entries import Announced
from diffs.meaning.meaning import Meaning
from diffs.store import changes
from diffs.store.events import PRIVATE, REJECTED, SECOND_LINE, UNREAD, OpenEvents
from diffs.store.notices import queueing
from diffs.values import Comparison, Document, Judgement, Outcome, Verdict

#: Decisions that are reported, and their kind of change.
TOLD_KINDS = {
    News.CHANGE: "edit",
    News.ROLLBACK: "rollback",
    News.APPEARED: "appeared",
    News.GONE: "gone",
    News.REPLACED: "replaced",
}
#: The kinds of what is listed only, if it is not an edit.
_LISTED_KINDS = {News.FIRST: "appeared", News.SWITCHED: "replaced"}

#: Events that end when the policy is read again.
UNREAD_EVENTS = ("blocked", "unreadable", "shrunk", "gone_suspected", REJECTED)

#: The rule of a change that was not reported until the owner said that it was missed.
MISSED = "missed"

#: What is said about an edit of such a text.
NOT_ACCEPTED = "the page shows this text in the policy's place, and you have not accepted it yet"

#: Outcomes that say nothing about whether the page still exists: a run of "not found" checks continues.
SAYS_NOTHING = frozenset(
    {Outcome.ERROR, Outcome.THROTTLED, Outcome.UNAVAILABLE, Outcome.ROBOT_CHECK, Outcome.WAF_CHALLENGE}
)

_EVENT_OF = {
    Outcome.ROBOT_CHECK: "blocked",
    Outcome.WAF_CHALLENGE: "blocked",
    Outcome.TRUNCATED: "shrunk",
}


@dataclass(frozen=True)
class Stated:
    """What had been reported before a page was derived again.

    `frozen` holds reported changes by uid. Checks up to snapshot `known_to` had been judged before: a change found in
    them now is not news.
    """

    frozen: dict[str, Change] = field(default_factory=dict)
    known_to: int = 0


@dataclass(frozen=True, slots=True)
class Sides:
    """The two versions of a change with their texts; None if there is none."""

    old: Version | None
    new: Version | None
    old_document: Document | None = None
    new_document: Document | None = None


def uid(page: Page, kind: str, first: Snapshot) -> str:
    """The permanent id of a change: from the page, the kind and the first check that showed it.

    The check is identified by its time and bytes, not by its place in the chain: imported in parts, or with other
    pages, a change keeps its id.
    """
    look = f"{first.observed_at.isoformat()}\x00{first.body_sha256 or first.status}"
    return short_hash(f"{page.key}\x00{kind}\x00{look}", 20)


def announced_uid(page: Page, entry: Announced) -> str:
    """The permanent id of an announcement: from the page and the entry's own name."""
    return short_hash(f"{page.key}\x00announced\x00{entry.key}", 20)


def change(
    session: Session,
    page: Page,
    snapshot: Snapshot,
    decision: Decision,
    *,
    sides: Sides,
    meant: Meaning | None,
    stated: Stated,
    entry: Announced | None = None,
    line: int = 1,
    quiet: str = "",
) -> Change | None:
    """Store the change a decision makes; a reported one that is already known is only linked to its versions again.

    `line` is the number of the line that its texts are on (`diffs.judging.lines`); `quiet` is why it is listed only,
    whatever it is. With `entry` it is the announcement of that entry, made once however often the entry returns.
    """
    first = session.get(Snapshot, decision.waited_snapshot) if decision.waited_snapshot else snapshot
    first = first or snapshot
    kind = TOLD_KINDS.get(decision.news) or _LISTED_KINDS.get(decision.news, "edit")
    name = uid(page, kind, first)
    if entry is not None:
        kind, name = "announced", announced_uid(page, entry)
    known = stated.frozen.get(name)
    if known is not None:
        link(known, sides)
        return None
    told = not quiet and _is_told(decision, meant, snapshot, stated)
    row = session.exec(select(Change).where(Change.uid == name)).first()
    if entry is not None:
        if row is not None and row.told:
            return None
        _forget_held(session, uid(page, "edit", first))
    if row is not None and row.told and entry is None:
        link(row, sides)  # the owner reported it before the second check confirmed it
        return None
    row = row or Change(uid=name, page_id=page.id, snapshot_id=first.id)
    place(row, kind, sides, first=first, decided=snapshot)
    row.told, row.rule, row.line = told, decision.rule, line
    row.reason = quiet or _reason(decision, meant, snapshot, stated, told=told)
    if line > 1 and decision.news is not News.SWITCHED:
        row.reason = f"{row.reason}; {NOT_ACCEPTED}"
    _fill(row, page, meant, sides, entry)
    return keep(session, row, page, now=snapshot.stored_at)


def missed(
    session: Session, page: Page, first: Snapshot, *, sides: Sides, meant: Meaning, reason: str, now: datetime
) -> Change:
    """Report a change that was not reported before, first shown at the check `first`; `now` is UTC.

    Its row is the one that listed it, if that check made one, and a new one beside what was reported of that check.
    """
    names = (uid(page, kind, first) for kind in chain(("edit",), (f"missed {number}" for number in count(1))))
    rows = ((name, session.exec(select(Change).where(Change.uid == name)).first()) for name in names)
    name, known = next((name, row) for name, row in rows if row is None or not row.told)
    row = known or Change(uid=name, page_id=page.id, snapshot_id=first.id)
    place(row, "edit", sides, first=first, decided=first)
    row.decided_at, row.told, row.rule, row.reason = now, True, MISSED, reason
    row.headline = row.points = None  # it was listed with other words
    _fill(row, page, meant, sides, None)
    return keep(session, row, page, now=now)


def place(row: Change, kind: str, sides: Sides, *, first: Snapshot, decided: Snapshot) -> None:
    """Set a change's place: its kind, the check that first showed it, the one that decided it, its two versions."""
    row.kind, row.snapshot_id = kind, first.id
    row.seen_at, row.decided_at, row.recorded = first.observed_at, decided.observed_at, decided.recorded
    link(row, sides)
    row.from_version, row.to_version = version_json(sides.old), version_json(sides.new)


def say(row: Change, meant: Meaning) -> None:
    """Set what a change differs in and what that means."""
    row.hunks, row.renames = (
        changes.hunks_as_json(meant.comparison, meant.quiet),
        changes.as_json(meant.comparison.renames),
    )
    row.facts, row.targets = changes.as_json(meant.facts), changes.as_json(meant.moves)


def keep(session: Session, row: Change, page: Page, *, now: datetime) -> Change:
    """Store a change; if it is reported, with a notice for each subscriber who wants it. `now` is UTC."""
    session.add(row)
    session.flush()
    if row.told:
        queueing.queue(session, row, page, now=now)
    return row


def observation(page: Page, snapshot: Snapshot, verdict: Verdict, *, at: datetime) -> Observation:
    """The observation of a check that counts for `at` (UTC); what it means for the page's history is added later."""
    return Observation(
        snapshot_id=snapshot.id,
        page_id=page.id,
        observed_at=at,
        outcome=verdict.outcome,
        rule=verdict.rule,
        reason=verdict.reason,
    )


def _forget_held(session: Session, name: str) -> None:
    """Delete the listed edit of an entry that waited for a second check; it is now reported under its own name."""
    session.execute(delete(Change).where(col(Change.uid) == name, col(Change.told).is_(False)))


def _is_told(decision: Decision, meant: Meaning | None, snapshot: Snapshot, stated: Stated) -> bool:
    if decision.news not in TOLD_KINDS or snapshot.id <= stated.known_to:
        return False
    in_text = decision.news in (News.CHANGE, News.ROLLBACK)
    return not (in_text and meant is not None and meant.judgement.significance == "cosmetic")


def _reason(decision: Decision, meant: Meaning | None, snapshot: Snapshot, stated: Stated, *, told: bool) -> str:
    if decision.news is News.HELD:
        return f"unconfirmed: {decision.why}"
    if told or decision.news not in TOLD_KINDS:
        return decision.why
    if snapshot.id <= stated.known_to:
        return "found when stored pages were read again by newer rules; no news"
    return f"{decision.why}; {'; '.join(meant.judgement.reasons) if meant else 'nothing differs'}"


def link(row: Change, sides: Sides) -> None:
    """Link a change to its two versions, which are other rows after a page was derived again."""
    row.from_version_id = sides.old.id if sides.old else None
    row.to_version_id = sides.new.id if sides.new else None


def version_json(version: Version | None) -> dict[str, Any] | None:
    """What a change keeps of a version: it reads the same for ever, whatever is derived again."""
    if version is None:
        return None
    return {
        "seq": version.seq,
        "first_seen_at": version.first_seen_at.isoformat(),
        "last_seen_at": version.last_seen_at.isoformat(),
        "text_sha256": version.text_sha256,
    }


def _fill(row: Change, page: Page, meant: Meaning | None, sides: Sides, entry: Announced | None) -> None:
    """Set the content of a change: what differs, what it means, from when."""
    new = sides.new_document or Document(title=page.title, blocks=())
    if meant is None or not sides.old_document:
        judgement = Judgement("material", "high", (f"a whole page {row.kind}",))
        meant = Meaning(Comparison(), (), (), judgement)
    judgement = meant.judgement
    row.significance, row.importance = judgement.significance, judgement.importance
    row.reasons, row.categories = list(judgement.reasons), list(judgement.categories)
    say(row, meant)
    if entry is not None:
        # The dates of other entries in the list do not apply to this one.
        new = new.with_blocks(new.blocks[entry.start : entry.stop])
    row.effective_on, row.effective_sentence = effective_dates.effective_on(new, meant.comparison, row.seen_at)
    if row.effective_on is None:
        row.effective_on, row.effective_sentence = effective_dates.of_targets(
            meant.moves, meant.comparison, row.seen_at
        )
    row.updated_on = entry.published if entry is not None else effective_dates.last_updated(new)[0]


def live(snapshot: Snapshot, stated: Stated) -> datetime | None:
    """When a check was stored (UTC); None if the owner gets no mail about it: recorded history, or judged before."""
    return None if snapshot.recorded or snapshot.id <= stated.known_to else snapshot.stored_at


def note_unread(events: OpenEvents, observation: Observation, *, at: datetime) -> None:
    """Note that the policy could not be read: "could not check" is never "no change"."""
    outcome = Outcome(observation.outcome)
    kind = REJECTED if observation.rule == REJECTED else _EVENT_OF.get(outcome, "unreadable")
    if kind == REJECTED:
        events.ended((SECOND_LINE, *UNREAD), at=at)
    events.happened(kind, at=at, detail=f"{outcome}: {observation.reason}")


def forget(session: Session, page: Page) -> dict[str, Change]:
    """Delete what was derived for a page, except reported changes; those, by uid."""
    session.flush()
    session.execute(
        update(Change).where(col(Change.page_id) == page.id).values(from_version_id=None, to_version_id=None)
    )
    session.execute(delete(Change).where(col(Change.page_id) == page.id, col(Change.told).is_(False)))
    # What came from the owner's own report is not derived from checks.
    derived = col(Event.kind).not_in(PRIVATE)
    session.execute(delete(Event).where(col(Event.page_id) == page.id, derived))
    for table in (TargetRow, Observation, Version):
        session.execute(delete(table).where(col(table.page_id) == page.id))
    session.flush()
    session.expire_all()
    query = select(Change).where(Change.page_id == page.id)
    return {row.uid: row for row in session.exec(query)}
