"""Rules entered by hand: those that are only in a forum post or a mail, with the day on which they end.

An entry takes the same path as every text: a snapshot of a page of our own, in the chain; a version with its targets; a
change of kind "announced", reported like any other. Its end is a second snapshot and a change of kind "gone". Both say
that a person entered them: nothing was fetched.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from diffs.comparing import compare
from diffs.database.models import ByHand, Change, Page, Snapshot, Version
from diffs.engine import record
from diffs.engine.record import Sides
from diffs.language.plain_text import in_short
from diffs.language.slugs import slug
from diffs.meaning.meaning import Meaning, meaning_of
from diffs.reading import policy_text
from diffs.store import pages, snapshots, targets, versions
from diffs.targets.extract import extract_targets
from diffs.values import Capture, Document, Outcome, Verdict

#: How such a page is "fetched"; the crawler does not know this value.
FETCH = targets.BY_HAND
RULE = "note"
REASON = "entered by hand"

LONGEST_TITLE = 90
_EXCERPT = 280


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody enters: a rule in their words, where it is from, for whom, from and until which day (inclusive)."""

    title: str
    text: str = ""
    url: str = ""
    marketplace: str = ""
    category: str = "policy"
    importance: str = "medium"
    begins: date | None = None
    ends: date | None = None

    def document(self) -> bytes:
        """The text that is kept, as Markdown."""
        about = (
            ("Marketplace", self.marketplace),
            ("From", self.begins),
            ("Until", self.ends),
            ("Source", self.url),
        )
        lines = [f"# {self.title}", "", self.text, "", *(f"- {name}: {value}" for name, value in about if value)]
        return "\n".join(lines).encode()


def add(session: Session, entry: Entry, *, now: datetime) -> tuple[Page, Change]:
    """Enter a rule; its page, and the change that reports it. `now` is UTC."""
    page = pages.upsert(
        session,
        key=_key(session, entry.title),
        url=entry.url,
        now=now,
        title=entry.title,
        marketplace=entry.marketplace,
        category=entry.category,
        fetch=FETCH,
        watched=False,
    )
    session.add(
        ByHand(page_id=page.id, text=entry.text, importance=entry.importance, begins=entry.begins, ends=entry.ends)
    )
    look = _look(session, page, entry.document(), now=now)
    version = _version(session, page, look)
    row = _change(session, page, look, version)
    row.importance, row.effective_on = entry.importance, entry.begins
    until = f" (until {entry.ends})" if entry.ends else ""
    row.headline = f"By hand: {entry.title[:LONGEST_TITLE]}{until}"
    row.points = [line for line in (in_short(entry.text, _EXCERPT), _days(entry), _by_hand(entry, now)) if line]
    return page, record.keep(session, row, page, now=now)


def end(session: Session, page: Page, *, on: date, now: datetime) -> Change:
    """Record that an entry ended; the change that reports it. `on` is its last day."""
    entry = session.get_one(ByHand, page.id)
    body = f"# Ended: {page.title}\n\nEnded on {on}, as entered by hand.\n".encode()
    look = _look(session, page, body, now=now, status=410)
    entry.ends, entry.ended_snapshot = on, look.id
    row = _change(session, page, look, None)
    row.importance = entry.importance
    row.headline = f"Ended on {on}: {page.title[:LONGEST_TITLE]}"
    last = f"An entry made by hand; its last day is {on}"
    row.points = [line for line in (in_short(entry.text, _EXCERPT), last) if line]
    return record.keep(session, row, page, now=now)


def end_due(session: Session, *, now: datetime) -> list[Change]:
    """End the entries whose last day has passed; the changes that report it."""
    query = select(ByHand, Page).join(Page, col(ByHand.page_id) == Page.id)
    over = query.where(col(ByHand.ended_snapshot).is_(None), col(ByHand.ends) < now.date()).order_by(Page.key)
    return [end(session, page, on=entry.ends or now.date(), now=now) for entry, page in session.exec(over).all()]


def listed(session: Session) -> list[tuple[Page, ByHand]]:
    """All entries, by page key."""
    query = select(Page, ByHand).join(ByHand, col(ByHand.page_id) == Page.id)
    return list(session.exec(query.order_by(Page.key)))


def standing_alike(session: Session, entry: Entry) -> Page | None:
    """An entry with the same title and words that has not ended, so that the same is not entered twice."""
    for page, known in listed(session):
        same = (page.title, page.marketplace, known.text) == (entry.title, entry.marketplace, entry.text)
        if same and known.ended_snapshot is None:
            return page
    return None


def _key(session: Session, title: str) -> str:
    stem = f"note-{slug(title, 40) or 'entry'}"
    taken = {page.key for page in pages.listed(session)}
    return next(key for number in range(1, len(taken) + 2) if (key := stem + f"-{number}" * (number > 1)) not in taken)


def _look(session: Session, page: Page, body: bytes, *, now: datetime, status: int = 200) -> Snapshot:
    capture = Capture(url=page.url, status=status, body=body, fetched_by=FETCH, media_type="markdown")
    look = snapshots.add(session, page, capture, observed_at=now, stored_at=now)
    page.derived_to, page.derived_with = look.id, FETCH
    return look


def _version(session: Session, page: Page, look: Snapshot) -> Version:
    found = policy_text.clean(policy_text.extraction_of(snapshots.capture_of(session, look), pages.selection(page)))
    version = versions.add(
        session,
        page,
        found.document,
        snapshot_id=look.id,
        seen_at=look.observed_at,
        extractor=FETCH,
        updated="",
    )
    version.state, version.edition = "confirmed", version.text_sha256
    targets.add(session, page, version, extract_targets(found.document))
    return version


def _change(session: Session, page: Page, look: Snapshot, version: Version | None) -> Change:
    """The change that a check of an entry makes; with `version` the entry begins, without it the entry ends."""
    _observe(session, page, look, version)
    kind = "announced" if version else "gone"
    row = Change(uid=record.uid(page, kind, look), page_id=page.id, snapshot_id=look.id)
    old = versions.latest(session, page) if version is None else None
    record.place(row, kind, Sides(old, version), first=look, decided=look)
    row.told, row.rule, row.reason = True, RULE, REASON
    row.reasons, row.categories = [REASON], [page.category]
    if version is not None:
        meant = _meaning(session, page, version)
        record.say(row, meant)
        row.categories = list(dict.fromkeys([page.category, *meant.judgement.categories]))
    return row


def _observe(session: Session, page: Page, look: Snapshot, version: Version | None) -> None:
    verdict = Verdict(Outcome.OK if version else Outcome.GONE, RULE, REASON)
    observation = record.observation(page, look, verdict, at=look.observed_at)
    observation.news, observation.why = "change" if version else "gone", REASON
    if version is not None:
        observation.text_sha256, observation.version_id = version.text_sha256, version.id
    session.add(observation)


def _meaning(session: Session, page: Page, version: Version) -> Meaning:
    """What the entry says, as if it were added to an empty page."""
    document, nothing = versions.document_of(session, version), Document(title=page.title, blocks=())
    comparison = compare.compare(nothing, document)
    return meaning_of(comparison, nothing, document, (), targets.of(session, version))


def _days(entry: Entry) -> str:
    begin = f"from {entry.begins}" if entry.begins else ""
    until = f"until {entry.ends}" if entry.ends else ""
    return f"In force {' '.join(filter(None, (begin, until)))}" if begin or until else ""


def _by_hand(entry: Entry, now: datetime) -> str:
    return f"Entered by hand on {now:%Y-%m-%d}; " + (f"source: {entry.url}" if entry.url else "no source was named")
